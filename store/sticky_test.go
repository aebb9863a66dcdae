package store_test

import (
	"context"
	"path/filepath"
	"reflect"
	"testing"
	"time"

	"github.com/google/uuid"

	"heliograph/account"
	"heliograph/message"
	"heliograph/protocol/gsm"
	"heliograph/resource"
	"heliograph/store"
	"heliograph/store/sqlite"
)

// noon is a time without anything below a millisecond, as the store keeps it.
var noon = time.Date(2026, 7, 1, 12, 0, 0, 0, time.UTC)

func opened(t *testing.T) *store.DB {
	t.Helper()
	db, err := sqlite.Open(filepath.Join(t.TempDir(), "heliograph.db"))
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Stop(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return db
}

func TestStickyChoiceIsReplacedAndScoped(t *testing.T) {
	db, scope := opened(t), resource.Scope{Account: account.Operator, Region: "eu-west-1"}
	first := message.Sticky{Scope: scope, Pool: "pool-1", Destination: "+33700000000", Identity: "a", State: 1 << 63, At: noon}
	second := first
	second.Identity, second.At = "b", noon.Add(time.Hour)
	for _, c := range []message.Sticky{first, second} {
		if err := db.PutStickyChoice(t.Context(), c); err != nil {
			t.Fatal(err)
		}
	}
	// A write that is waited for comes after those that are not.
	if err := db.PutAccount(t.Context(), account.Account{ID: account.Operator}); err != nil {
		t.Fatal(err)
	}
	got, found, err := db.StickyChoice(t.Context(), scope, "pool-1", "+33700000000")
	if err != nil || !found || !reflect.DeepEqual(got, second) {
		t.Errorf("choice = %+v, %v, %v; want %+v", got, found, err, second)
	}
	for _, other := range []message.Sticky{
		{Scope: scope, Destination: "+33700000000"},
		{Scope: scope, Pool: "pool-1", Destination: "+33700000001"},
		{Scope: resource.Scope{Account: account.Operator, Region: "us-east-1"}, Pool: "pool-1", Destination: "+33700000000"},
	} {
		if _, found, err := db.StickyChoice(t.Context(), other.Scope, other.Pool, other.Destination); found || err != nil {
			t.Errorf("choice of %+v: %v, %v", other, found, err)
		}
	}
}

func TestInboundPartsComeBackInOrder(t *testing.T) {
	db, scope := opened(t), resource.Scope{Account: account.Operator, Region: "eu-west-1"}
	var want []message.Inbound
	for _, s := range []gsm.Segment{
		{Encoding: gsm.GSM7, Data: []byte("Yes")},
		{Encoding: gsm.UCS2, UDH: []byte{5, 0, 3, 9, 2, 1}, Data: []byte{0, 'j'}},
	} {
		id, err := uuid.NewV7()
		if err != nil {
			t.Fatal(err)
		}
		in := message.Inbound{ID: id, Scope: scope, Carrier: "acme", From: "+33700000000", To: "+12065550142", Segment: s, At: noon}
		want = append(want, in)
		for range 2 { // a repetition changes nothing
			if err := db.PutInbound(t.Context(), in); err != nil {
				t.Fatal(err)
			}
		}
	}
	got, err := db.KeptInbound(t.Context())
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("inbound = %+v, %v; want %+v", got, err, want)
	}
	if err := db.DropInbound(t.Context(), want[0].ID); err != nil {
		t.Fatal(err)
	}
	if rest, err := db.KeptInbound(t.Context()); err != nil || len(rest) != 1 || rest[0].ID != want[1].ID {
		t.Errorf("after the first was dropped: %v, %v", rest, err)
	}
}

func TestBacklogIsCountedAndExpiredMessagesFound(t *testing.T) {
	db := opened(t)
	for i, carrier := range []string{"acme", "acme", "gone"} {
		id, err := uuid.NewV7()
		if err != nil {
			t.Fatal(err)
		}
		m := &message.Message{ID: id, Carrier: carrier, Parts: i + 1, Body: "x", AcceptedAt: noon, ExpiresAt: noon.Add(time.Duration(i) * time.Hour)}
		if err := db.Accept(t.Context(), m); err != nil {
			t.Fatal(err)
		}
	}
	counts, err := db.QueuedByCarrier(t.Context())
	if err != nil || !reflect.DeepEqual(counts, map[string]int{"acme": 2, "gone": 1}) {
		t.Errorf("counts %v, %v", counts, err)
	}
	for hours, want := range []int{1, 2} {
		list, err := db.ExpiredMessages(t.Context(), "acme", noon.Add(time.Duration(hours)*time.Hour), 10)
		if err != nil || len(list) != want || len(list[want-1].PartLog) != want {
			t.Errorf("after %d hours: %+v, %v; want %d", hours, list, err, want)
		}
	}
}
