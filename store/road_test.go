package store

import (
	"strconv"
	"testing"

	"heliograph/message"
)

func TestOrphansAreBounded(t *testing.T) {
	r := newRoad(nil)
	r.orphans = map[carrierID][]message.Receipt{}
	r.step.clear()
	for i := range roadKept + 10 {
		r.orphan(carrierID{"acme", strconv.Itoa(i)}, message.Receipt{State: message.Delivered})
	}
	rows := len(r.step.orphans) / putOrphan.values
	if len(r.orphans) != roadKept || rows != roadKept {
		t.Errorf("%d ids in memory, %d rows", len(r.orphans), rows)
	}
	r.orphan(carrierID{"acme", "0"}, message.Receipt{State: message.Submitted})
	if got := len(r.orphans[carrierID{"acme", "0"}]); got != 2 {
		t.Errorf("%d receipts of a known id", got)
	}
}
