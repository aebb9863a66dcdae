package smsc

import (
	"context"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

const (
	// answersKept and strangeKept bound what is remembered to learn from.
	answersKept = 16384
	strangeKept = 256
	// Looking takes milliseconds: not more often than firstLook, and less and less
	// while it teaches nothing.
	firstLook   = time.Second
	longestLook = 5 * time.Minute
)

// settlePauses are between the times that what is kept is gone through again after
// something was learnt: parts and receipts that were on their way then come on
// record under their ids as they were.
var settlePauses = [...]time.Duration{time.Second, 10 * time.Second, time.Minute}

// Memory keeps what a carrier has learnt from its traffic.
type Memory interface {
	// LearntIDs is the form that LearnIDs kept, "" when there is none.
	LearntIDs(ctx context.Context, carrier string) (form string, err error)
	// LearnIDs keeps the form of a carrier's ids, and gives what waits under an
	// id, parts for their receipts and receipts for their parts, the id that
	// response and receipt make of it, so that they find each other. Said
	// again, it does so again.
	LearnIDs(ctx context.Context, carrier, form string, response, receipt func(id string) string) error
}

// ids reads the message ids of a carrier, and learns how to where the settings
// leave it open. Where they do not, it says when the traffic speaks against them.
type ids struct {
	settings *Settings
	learning bool
	watching bool
	form     atomic.Pointer[IDType]
	learnt   atomic.Bool
	better   atomic.Pointer[IDType] // than the configured form, nil when it is right

	relearnt chan struct{} // signals that there is something to settle

	mu       sync.Mutex
	answered recent // ids of responses as they came, by their normal form
	strange  recent // ids of receipts that matched none
	agreed   int    // receipts that did since the last look
	looking  bool
	next     time.Time // not before is looked again
	wait     time.Duration
}

func newIDs(s *Settings) *ids {
	i := &ids{settings: s, learning: s.IDs == IDLearn, wait: firstLook, relearnt: make(chan struct{}, 1)}
	i.watching = i.learning || s.Memory != nil
	i.answered.limit, i.strange.limit = answersKept, strangeKept
	form := s.IDs
	if i.learning || form == "" {
		form = IDSame
	}
	i.form.Store(&form)
	return i
}

// start takes up what was learnt before.
func (i *ids) start(ctx context.Context) {
	if !i.learning || i.settings.Memory == nil {
		return
	}
	kept, err := i.settings.Memory.LearntIDs(ctx, i.settings.Name)
	if err != nil {
		i.settings.Log.Error("the learnt form of message ids cannot be read; it will be learnt again", "error", err)
		return
	}
	if form := IDType(kept); kept != "" {
		i.form.Store(&form)
		i.learnt.Store(true)
		i.unsettled()
	}
}

// unsettled has what is kept gone through again.
func (i *ids) unsettled() {
	select {
	case i.relearnt <- struct{}{}:
	default:
	}
}

// response is the id of a submit_sm_resp as receipts are matched with it, "" for
// one that is empty or 0: that is none, and SMSCs that give it give it to all.
func (i *ids) response(id string) string {
	if strings.Trim(id, "0") == "" {
		return ""
	}
	key := i.form.Load().fromResponse(id)
	if i.watching {
		i.mu.Lock()
		defer i.mu.Unlock()
		i.answered.put(key, id)
	}
	return key
}

// receipt is the id of a receipt in the same form.
func (i *ids) receipt(id string) string { return i.form.Load().fromReceipt(id) }

// heard is told of each receipt's id when the receipt is on record. It may take
// milliseconds.
func (i *ids) heard(ctx context.Context, id string) {
	if !i.watching {
		return
	}
	responses, receipts, agreed, look := i.note(id)
	if look {
		form, clear := taught(*i.form.Load(), responses, receipts, agreed)
		switch {
		case clear && i.learning:
			clear = i.take(ctx, form)
		case clear:
			clear = false
			i.advise(form)
		}
		i.looked(clear)
	}
}

// note remembers a receipt, and says whether it is time to look what those
// that matched nothing have in common.
func (i *ids) note(id string) (responses, receipts []string, agreed int, look bool) {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.answered.has(i.receipt(id)) {
		i.agreed++
		return nil, nil, 0, false
	}
	i.strange.put(id, id)
	now := i.settings.Now()
	if i.looking || len(i.strange.byKey) < evidence || now.Before(i.next) {
		return nil, nil, 0, false
	}
	i.looking = true
	agreed, i.agreed = i.agreed, 0
	return i.answered.all(), i.strange.all(), agreed, true
}

// looked ends a look.
func (i *ids) looked(learnt bool) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.looking = false
	now := i.settings.Now()
	i.next = now.Add(i.wait)
	i.wait = min(2*i.wait, longestLook)
	if !learnt {
		return
	}
	i.wait = firstLook
	i.unsettled()
	known := i.answered.all()
	i.answered.clear()
	i.strange.clear()
	for _, id := range known {
		i.answered.put(i.form.Load().fromResponse(id), id)
	}
}

// take reads ids in a new form from now on.
func (i *ids) take(ctx context.Context, form IDType) bool {
	former := i.form.Swap(&form)
	if err := i.keep(ctx, form); err != nil {
		i.settings.Log.Error("the form of message ids that was learnt cannot be kept", "error", err)
		i.form.Store(former)
		return false
	}
	i.learnt.Store(true)
	i.settings.Log.Warn("receipts bear other ids than the responses did; learnt from the traffic how they correspond",
		"msg_id_type", form, "before", *former)
	return true
}

// advise says once that the configured form is not that of the traffic.
func (i *ids) advise(form IDType) {
	if former := i.better.Swap(&form); former == nil || *former != form {
		i.settings.Log.Error("message ids are not as msg_id_type says, so receipts match nothing: set it to what the traffic shows, or to learn",
			"msg_id_type", *i.form.Load(), "traffic", form)
	}
}

// settle goes through what is kept again, a few times, whenever something was
// learnt, until ctx ends.
func (i *ids) settle(ctx context.Context) {
	for {
		select {
		case <-i.relearnt:
		case <-ctx.Done():
			return
		}
		for _, pause := range settlePauses {
			if !sleep(ctx, pause) {
				return
			}
			if err := i.keep(ctx, *i.form.Load()); err != nil {
				i.settings.Log.Error("receipts that wait for their messages cannot be matched again", "error", err)
			}
		}
	}
}

func (i *ids) keep(ctx context.Context, form IDType) error {
	if i.settings.Memory == nil {
		return nil
	}
	return i.settings.Memory.LearnIDs(ctx, i.settings.Name, string(form), form.fromResponse, form.fromReceipt)
}

// IDs is how the SMSC's message ids are read now, in the words of msg_id_type, and
// whether the traffic taught it.
func (c *Carrier) IDs() (form string, learnt bool) {
	return string(*c.ids.form.Load()), c.ids.learnt.Load()
}

// IDTrouble is what is wrong with the configured msg_id_type by what the traffic
// shows, in a sentence that says what to do; "" when nothing speaks against it.
func (c *Carrier) IDTrouble() string {
	better := c.ids.better.Load()
	if better == nil {
		return ""
	}
	return "receipts do not match: set msg_id_type: " + string(*better) + ", which the traffic shows, or learn"
}

// recent is a bounded memory of ids by a key; the oldest goes first.
type recent struct {
	limit int
	order []string // keys
	place int
	byKey map[string]string
}

func (r *recent) has(key string) bool {
	_, known := r.byKey[key]
	return known
}

func (r *recent) put(key, id string) {
	if r.has(key) {
		return
	}
	if r.byKey == nil {
		r.byKey = map[string]string{}
	}
	if len(r.order) < r.limit {
		r.order = append(r.order, key)
	} else {
		delete(r.byKey, r.order[r.place])
		r.order[r.place] = key
		r.place = (r.place + 1) % r.limit
	}
	r.byKey[key] = id
}

func (r *recent) all() []string {
	list := make([]string, 0, len(r.byKey))
	for _, id := range r.byKey {
		list = append(list, id)
	}
	return list
}

func (r *recent) clear() { r.order, r.place, r.byKey = nil, 0, nil }
