package smsc

// fifo is a map that is bounded: the oldest goes first. Its zero value with a limit
// is usable.
type fifo[K comparable, V any] struct {
	limit  int
	order  []K // as they came, from place on; some may be gone
	place  int
	values map[K]V
}

func (f *fifo[K, V]) get(key K) (V, bool) {
	v, known := f.values[key]
	return v, known
}

// put keeps a value, and gives the key that goes for it.
func (f *fifo[K, V]) put(key K, value V) (gone K, full bool) {
	if f.values == nil {
		f.values = map[K]V{}
	}
	if _, known := f.values[key]; !known {
		gone, full = f.enter(key)
	}
	f.values[key] = value
	return gone, full
}

// enter notes a new key in the order. The caller deletes what gone stands for.
func (f *fifo[K, V]) enter(key K) (gone K, full bool) {
	if len(f.order) < f.limit {
		f.order = append(f.order, key)
		return gone, false
	}
	gone = f.order[f.place]
	f.order[f.place] = key
	f.place = (f.place + 1) % f.limit
	_, full = f.values[gone]
	return gone, full
}

func (f *fifo[K, V]) remove(key K) { delete(f.values, key) }

func (f *fifo[K, V]) len() int { return len(f.values) }
