package storetest

import (
	"encoding/binary"
	"fmt"
	"slices"
	"testing"
	"time"

	"heliograph/message"
	"heliograph/resource"
)

func message1(t *testing.T) *message.Message {
	t.Helper()
	return Message(idAt(noon, 1), 1)
}

// idAt is a UUIDv7 of a time, told apart by a number.
func idAt(at time.Time, n int) (id message.ID) {
	binary.BigEndian.PutUint64(id[:8], uint64(at.UnixMilli())<<16|0x7000)
	binary.BigEndian.PutUint64(id[8:], 1<<63|uint64(n))
	return id
}

// sixty are messages a minute apart: every third to another number, every
// fourth of another account, the tenth delivered, the twentieth of three parts.
func sixty(t *testing.T, f *fixture) {
	t.Helper()
	for i := range 60 {
		at := noon.Add(time.Duration(i) * time.Minute)
		m := Message(idAt(at, i), 1)
		m.AcceptedAt, m.Scope, m.To = at, resource.Scope{Account: "111122223333", Region: "eu-west-3"}, "+33612340000"
		if i%3 == 0 {
			m.To = "+33612340003"
		}
		if i%4 == 0 {
			m.Scope.Account = "444455556666"
		}
		if i == 20 {
			m.Parts = 3
		}
		must(t, f.Accept(t.Context(), m))
		if i == 10 {
			must(t, f.Ended(t.Context(), message.Ending{ID: m.ID, State: message.Delivered, At: at}))
		}
	}
}

// minutes tells found messages by the minute they were accepted in.
func minutes(list []*message.Message) (found []int) {
	for _, m := range list {
		found = append(found, int(m.AcceptedAt.Sub(noon)/time.Minute))
	}
	return found
}

func testMessagesAreSearchedNewestFirst(t *testing.T, f *fixture) {
	sixty(t, f)
	delivered, minute := message.Delivered, func(n int) time.Time { return noon.Add(time.Duration(n) * time.Minute) }
	for name, c := range map[string]struct {
		s    message.Search
		want []int
		more bool
	}{
		"newest":        {message.Search{Limit: 3, Rows: 100}, []int{59, 58, 57}, true},
		"number":        {message.Search{Limit: 3, Rows: 100, To: "+33612340003"}, []int{57, 54, 51}, true},
		"account":       {message.Search{Limit: 2, Rows: 100, Account: "444455556666"}, []int{56, 52}, true},
		"state":         {message.Search{Limit: 9, Rows: 100, State: &delivered}, []int{10}, false},
		"times":         {message.Search{Limit: 9, Rows: 100, Since: minute(4), Until: minute(7)}, []int{6, 5, 4}, false},
		"another place": {message.Search{Limit: 9, Rows: 100, Region: "us-east-1"}, nil, false},
		"going on":      {message.Search{Limit: 9, Rows: 100, After: idAt(minute(2), 2)}, []int{1, 0}, false},
		"few rows":      {message.Search{Limit: 9, Rows: 7, To: "+33612340003"}, []int{57, 54}, true},
	} {
		found, err := f.SearchMessages(t.Context(), c.s)
		must(t, err)
		if got := minutes(found.Messages); !slices.Equal(got, c.want) || (found.Next != message.ID{}) != c.more {
			t.Errorf("%s: %v, next %s; want %v, more %v", name, got, found.Next, c.want, c.more)
		}
	}
	found, err := f.SearchMessages(t.Context(), message.Search{Limit: 1, Rows: 1, After: idAt(minute(21), 21)})
	must(t, err)
	if parts := found.Messages[0].PartLog; len(parts) != 3 || !found.Back.Equal(minute(20)) {
		t.Errorf("parts %v, looked back to %v", parts, found.Back)
	}
}

// testSearchGoesOnUntilAllIsSeen follows Next with small bounds: nothing is
// missed and nothing comes twice.
func testSearchGoesOnUntilAllIsSeen(t *testing.T, f *fixture) {
	sixty(t, f)
	for limit := 1; limit < 5; limit++ {
		for rows := 1; rows < 9; rows++ {
			var seen []int
			s := message.Search{Limit: limit, Rows: rows, To: "+33612340003", Since: noon}
			for turns := 0; turns < 100; turns++ {
				found, err := f.SearchMessages(t.Context(), s)
				must(t, err)
				seen = append(seen, minutes(found.Messages)...)
				if s.After = found.Next; s.After == (message.ID{}) {
					break
				}
			}
			if got := fmt.Sprint(seen); got != "[57 54 51 48 45 42 39 36 33 30 27 24 21 18 15 12 9 6 3 0]" {
				t.Errorf("limit %d, rows %d: %s", limit, rows, got)
			}
		}
	}
}
