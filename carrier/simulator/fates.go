package simulator

import (
	"crypto/rand"
	"encoding/binary"
	"fmt"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"heliograph/protocol/smpp"
)

// ids gives every part an id of its own: eight hex digits drawn at start, then
// a count, so that no two runs of the centre give the same.
type ids struct {
	run   string
	count atomic.Uint64
}

func newIDs() *ids {
	var b [4]byte
	// Read never fails: the program would end first (package crypto/rand).
	_, _ = rand.Read(b[:])
	return &ids{run: fmt.Sprintf("%08x", binary.BigEndian.Uint32(b[:]))}
}

func (i *ids) next() string { return i.run + strconv.FormatUint(i.count.Add(1), 16) }

// queried is how many parts query_sm knows.
const queried = 10_000

// fate is how a part ends, and when.
type fate struct {
	ending
	at time.Time
}

// fates answers query_sm for the newest parts of this run.
type fates struct {
	mu    sync.Mutex
	byID  map[string]fate
	order []string
	next  int
}

func (f *fates) add(id string, one fate) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.byID == nil {
		f.byID = map[string]fate{}
	}
	if len(f.order) < queried {
		f.order = append(f.order, id)
	} else {
		delete(f.byID, f.order[f.next])
		f.order[f.next] = id
		f.next = (f.next + 1) % queried
	}
	f.byID[id] = one
}

// answer answers query_sm (SMPP 3.4 §4.8.2); ok is false for an unknown id.
func (f *fates) answer(id string, now time.Time) (r *smpp.QuerySMResp, ok bool) {
	f.mu.Lock()
	one, ok := f.byID[id]
	f.mu.Unlock()
	if !ok {
		return nil, false
	}
	if now.Before(one.at) {
		return &smpp.QuerySMResp{MessageID: id, State: smpp.StateEnroute}, true
	}
	code, err := strconv.ParseUint(one.code, 10, 8)
	if err != nil {
		code = 0
	}
	return &smpp.QuerySMResp{
		MessageID: id, FinalDate: smpp.FormatAbsolute(one.at), State: one.state, ErrorCode: uint8(code),
	}, true
}
