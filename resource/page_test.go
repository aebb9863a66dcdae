package resource

import (
	"crypto/rand"
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

type row struct {
	name string
	at   time.Time
}

func rowPlace(r row) Place { return Place{Key: r.name, At: r.at} }

func every(row) bool { return true }

// rows are n rows, a few of them at the same moment, in order of creation.
func rows(n int) []row {
	all := make([]row, n)
	for i := range all {
		all[i] = row{fmt.Sprintf("row-%03d", i), time.UnixMilli(int64(1000 + i/3))}
	}
	return all
}

func pages(t interface{ Fatal(...any) }, secret string) *Pages {
	p, err := NewPages([]byte(secret))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func listing(token string, size int) Listing {
	return Listing{Scope: scope(), Operation: "DescribePools", Selection: []any{[]string{"a"}, []Filter{{"n", []string{"v"}}}}, Token: token, Size: &size}
}

func TestPagesShowEveryRowOnceInOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := pages(t, "key")
		all := rows(rapid.IntRange(0, 40).Draw(t, "rows"))
		size := rapid.IntRange(1, 10).Draw(t, "size")
		var seen []row
		for token, first := "", true; first || token != ""; first = false {
			page, next, err := Page(p, listing(token, size), all, rowPlace, every)
			if err != nil || len(page) > size || next != "" && len(page) != size {
				t.Fatalf("page %v, token %q, %v", page, next, err)
			}
			seen, token = append(seen, page...), next
		}
		if !slices.Equal(seen, all) {
			t.Fatalf("saw %v of %v", seen, all)
		}
	})
}

func TestPagesStayWhereRowsAreAddedAndDeleted(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := pages(t, "key")
		all := rows(rapid.IntRange(3, 30).Draw(t, "rows"))
		before := slices.Clone(all)
		var seen []string
		for token, first := "", true; first || token != ""; first = false {
			page, next, err := Page(p, listing(token, 2), all, rowPlace, every)
			if err != nil {
				t.Fatal(err)
			}
			for _, r := range page {
				seen = append(seen, r.name)
			}
			if len(all) < 100 {
				all = append(all, row{fmt.Sprintf("new-%03d", len(all)), time.UnixMilli(int64(5000 + len(all)))})
			}
			if len(page) > 0 && rapid.Bool().Draw(t, "delete the row that the token names") {
				gone := page[len(page)-1]
				all = slices.DeleteFunc(all, func(r row) bool { return r == gone })
			}
			if len(seen) > 1000 {
				t.Fatal("the listing does not end")
			}
			token = next
		}
		for _, r := range before {
			if !slices.Contains(seen, r.name) {
				t.Fatalf("%s was never shown", r.name)
			}
		}
	})
}

func TestFiltersDoNotMovePages(t *testing.T) {
	p, all := pages(t, "key"), rows(10)
	odd := func(r row) bool { return (r.name[6]-'0')%2 == 1 }
	page, next, err := Page(p, listing("", 2), all, rowPlace, odd)
	if err != nil || len(page) != 2 || page[1].name != "row-003" || next == "" {
		t.Fatal(page, next, err)
	}
	// row-003 changes so that it is kept no longer.
	page, next, err = Page(p, listing(next, 3), all, rowPlace, func(r row) bool { return odd(r) && r.name != "row-003" })
	if err != nil || len(page) != 3 || page[0].name != "row-005" || next != "" {
		t.Fatal(page, next, err)
	}
}

func TestTokenHoldsForItsListingOnly(t *testing.T) {
	p, all := pages(t, "key"), rows(3)
	_, token, err := Page(p, listing("", 1), all, rowPlace, every)
	if err != nil || token == "" || len(token) > 1024 {
		t.Fatal(token, err)
	}
	for name, change := range map[string]func(*Listing){
		"account":   func(l *Listing) { l.Scope.Account = "111122223333" },
		"Region":    func(l *Listing) { l.Scope.Region = "eu-west-1" },
		"operation": func(l *Listing) { l.Operation = "DescribeSenderIds" },
		"ids":       func(l *Listing) { l.Selection[0] = []string{"b"} },
		"filters":   func(l *Listing) { l.Selection[1] = []Filter{{"n", []string{"w"}}} },
		"other":     func(l *Listing) { l.Token = "AAAA" },
		"long":      func(l *Listing) { l.Token = l.Token + "AAAA" },
		"flipped":   func(l *Listing) { l.Token = l.Token[:5] + "!" + l.Token[6:] },
	} {
		l := listing(token, 1)
		change(&l)
		if _, _, err := Page(p, l, all, rowPlace, every); reason(err) != "INVALID_NEXT_TOKEN" {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, _, err := Page(pages(t, "another"), listing(token, 1), all, rowPlace, every); reason(err) != "INVALID_NEXT_TOKEN" {
		t.Errorf("another key: %v", err)
	}
	if page, _, err := Page(pages(t, "key"), listing(token, 2), all, rowPlace, every); err != nil || len(page) != 2 {
		t.Errorf("the same key, another size: %v, %v", page, err)
	}
}

func TestPagesHoldAHundredWhenNotTold(t *testing.T) {
	l := listing("", 0)
	l.Size = nil
	page, next, err := Page(pages(t, "key"), l, rows(101), rowPlace, every)
	if err != nil || len(page) != 100 || next == "" {
		t.Errorf("%d rows, token %q, %v", len(page), next, err)
	}
}

// FuzzTokens has a key of its own: the fuzzer keeps texts of other runs, whose
// tokens are none here.
func FuzzTokens(f *testing.F) {
	p := pages(f, rand.Text())
	_, token, err := Page(p, listing("", 1), rows(3), rowPlace, every)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(token + "x")
	f.Add(token[:len(token)-1] + string(token[len(token)-1]+1)) // may decode to the same octets
	f.Add("")
	f.Fuzz(func(t *testing.T, text string) {
		page, _, err := Page(p, listing(text, 1), rows(3), rowPlace, every)
		if text != "" && text != token && (reason(err) != "INVALID_NEXT_TOKEN" || page != nil) {
			t.Errorf("%q: %v, %v", text, page, err)
		}
	})
}
