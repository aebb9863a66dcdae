package receipt

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/uuid"

	"heliograph/carrier"
	"heliograph/message"
)

// Proves(receipt): each state and network error code has its state of the API.
func TestReceiptStatesAndCodes(t *testing.T) {
	for _, c := range []struct {
		said carrier.ReceiptState
		code string
		want message.State
	}{
		{carrier.Enroute, "", message.Submitted},
		{carrier.Accepted, "", message.Submitted},
		{carrier.Delivered, "", message.Delivered},
		{carrier.Delivered, "13", message.Delivered},
		{carrier.Deleted, "", message.CarrierBlocked},
		{carrier.RejectedState, "", message.CarrierBlocked},
		{carrier.RejectedState, "spam-filter", message.Spam},
		{carrier.Expired, "", message.Expired},
		{carrier.Expired, "1", message.Expired},
		{carrier.Expired, "006", message.Unreachable},
		{carrier.Expired, "32", message.Unreachable},
		{carrier.StateUnknown, "1", message.Unknown},
		{"NEW_STATE", "", message.Unknown},
		{carrier.Undeliverable, "", message.Unknown},
		{carrier.Undeliverable, "000", message.Unknown},
		{carrier.Undeliverable, "001", message.Invalid},
		{carrier.Undeliverable, "5", message.Invalid},
		{carrier.Undeliverable, "9", message.Invalid},
		{carrier.Undeliverable, "11", message.Invalid},
		{carrier.Undeliverable, "013", message.Blocked},
		{carrier.Undeliverable, "27", message.Unreachable},
		{carrier.Undeliverable, "31", message.Unreachable},
		{carrier.Undeliverable, " 34 ", message.CarrierUnreachable},
		{carrier.Undeliverable, "21", message.CarrierUnreachable},
		{carrier.Undeliverable, "255", message.CarrierUnreachable},
		{carrier.Undeliverable, "SPAM", message.Spam},
		{carrier.Undeliverable, "4711", message.Unknown},
	} {
		if got := State(c.said, c.code); got != c.want {
			t.Errorf("State(%s, %q) = %s, want %s", c.said, c.code, got, c.want)
		}
	}
}

type disk struct {
	got     message.Receipt
	late    message.Submission
	matched message.Match
	err     error
}

func (d *disk) Receipt(_ context.Context, r message.Receipt) (message.Match, error) {
	d.got = r
	return d.matched, d.err
}

func (d *disk) Submitted(_ context.Context, s message.Submission) error {
	d.late = s
	return d.err
}

func TestLateAnswersAreKeptByTheirMessage(t *testing.T) {
	d := &disk{}
	s := Service{Store: d}
	id := uuid.New()
	for of, kept := range map[string]bool{id.String(): true, "none": false} {
		d.late = message.Submission{}
		if err := s.Late(t.Context(), carrier.Late{Carrier: "acme", Of: of, Part: 2, MessageID: "7"}); (err == nil) != kept {
			t.Errorf("%s: %v", of, err)
		}
		if got := d.late == (message.Submission{ID: id, Part: 2, Carrier: "acme", CarrierMessageID: "7", Late: true}); got != kept {
			t.Errorf("%s: kept %+v", of, d.late)
		}
	}
}

// Proves(receipt): answered OK when it is kept, also where it matches nothing; the carrier's own error map goes first.
func TestReceiptIsAcknowledgedOnlyWhenKept(t *testing.T) {
	d := &disk{}
	s := Service{Store: d}
	r := carrier.Receipt{Carrier: "acme", MessageID: "7", State: carrier.Undeliverable, Code: "013"}
	for _, d.matched = range []message.Match{message.Matched, message.Unmatched, message.Repeated} {
		if err := s.Receipt(t.Context(), r); err != nil {
			t.Errorf("found %v: %v", d.matched, err)
		}
	}
	if want := (message.Receipt{Carrier: "acme", CarrierMessageID: "7", State: message.Blocked, Code: "013"}); d.got != want {
		t.Errorf("kept %+v, want %+v", d.got, want)
	}
	done := time.Unix(1, 0)
	r.Verdict, r.DoneAt, r.Whole = "UNREACHABLE", done, true
	if err := s.Receipt(t.Context(), r); err != nil || d.got.State != message.Unreachable || !d.got.DoneAt.Equal(done) || !d.got.Whole {
		t.Errorf("by the carrier's own table: %+v, %v", d.got, err)
	}
	d.err = errors.New("disk full")
	if err := s.Receipt(t.Context(), r); !errors.Is(err, d.err) {
		t.Errorf("not kept: %v", err)
	}
}
