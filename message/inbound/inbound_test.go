package inbound

import (
	"context"
	"errors"
	"testing"
	"time"

	"heliograph/carrier"
	"heliograph/message"
	"heliograph/protocol/gsm"
	"heliograph/resource"
)

type disk struct {
	holders map[string]resource.Scope
	kept    []message.Inbound
	err     error
}

func (d *disk) Leased(context.Context, []string) (map[string]resource.Scope, error) {
	return d.holders, nil
}

func (d *disk) PutInbound(_ context.Context, in message.Inbound) error {
	if d.err == nil {
		d.kept = append(d.kept, in)
	}
	return d.err
}

func TestInboundIsKeptForWhoHoldsTheNumber(t *testing.T) {
	scope := resource.Scope{Account: "111122223333", Region: "eu-west-1"}
	d := &disk{holders: map[string]resource.Scope{"+12065550142": scope}}
	s := Service{Leases: d, Store: d}
	in := carrier.Inbound{Carrier: "acme", From: "+14255550100", To: "+12065550142",
		Segment: gsm.Segment{Data: []byte("Yes")}, At: time.Unix(1, 0)}
	if err := s.Inbound(t.Context(), in); err != nil {
		t.Fatal(err)
	}
	if len(d.kept) != 1 || d.kept[0].Scope != scope || d.kept[0].From != in.From || d.kept[0].ID == (message.ID{}) {
		t.Errorf("kept %+v", d.kept)
	}
	in.To = "+12065559999"
	if err := s.Inbound(t.Context(), in); err != nil || len(d.kept) != 1 || s.Stray() != 1 {
		t.Errorf("to nobody: %v, kept %d, stray %d", err, len(d.kept), s.Stray())
	}
	d.err, in.To = errors.New("disk full"), "+12065550142"
	if err := s.Inbound(t.Context(), in); !errors.Is(err, d.err) {
		t.Errorf("not kept: %v", err)
	}
}
