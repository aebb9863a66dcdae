package accept

import (
	"hash/maphash"
	"math/rand/v2"
	"sync"
	"sync/atomic"
)

// referenceRows is how many counters there are; pairs of sender and recipient
// share them by hash.
const referenceRows = 1 << 14

// references gives out the references that tie the parts of a long text
// together (3GPP TS 23.040 §9.2.3.24.1). A phone joins parts by sender and
// reference, so the texts of one sender to one recipient count up from a random
// start: of any 255 in a row no two bear the same octet, and none bears zero.
type references struct {
	begin sync.Once
	seed  maphash.Seed
	last  [referenceRows]atomic.Uint32
}

func (r *references) start() {
	r.seed = maphash.MakeSeed()
	for i := range r.last {
		r.last[i].Store(rand.Uint32())
	}
}

// next is the reference of the next long text of a sender to a recipient. Where
// references are one octet wide, its low one counts.
func (r *references) next(from, to string) uint16 {
	r.begin.Do(r.start)
	row := &r.last[maphash.String(r.seed, from+" "+to)%referenceRows]
	for {
		if reference := uint16(row.Add(1)); reference&0xFF != 0 {
			return reference
		}
	}
}
