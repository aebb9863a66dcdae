package dispatch

// fifo is a list that is taken from at its beginning. It keeps its memory.
type fifo[T any] struct {
	list []T
	head int
}

func (f *fifo[T]) len() int { return len(f.list) - f.head }

// first is the zero value where there is none.
func (f *fifo[T]) first() (one T) {
	if f.len() > 0 {
		one = f.list[f.head]
	}
	return one
}

func (f *fifo[T]) push(one T) {
	const worth = 32 // of moving the rest to the beginning
	if f.head >= worth && f.head > len(f.list)/2 && len(f.list) == cap(f.list) {
		n := copy(f.list, f.list[f.head:])
		clear(f.list[n:])
		f.list, f.head = f.list[:n], 0
	}
	f.list = append(f.list, one)
}

// unshift puts one before all others.
func (f *fifo[T]) unshift(one T) {
	if f.head == 0 {
		// Room for as many again, so that the next ones cost nothing.
		room := f.len() + 1
		list := make([]T, room+f.len())
		copy(list[room:], f.list)
		f.list, f.head = list, room
	}
	f.head--
	f.list[f.head] = one
}

// shift takes the first; there must be one.
func (f *fifo[T]) shift() T {
	var none T
	one := f.list[f.head]
	f.list[f.head] = none
	f.head++
	if f.head == len(f.list) {
		f.list, f.head = f.list[:0], 0
	}
	return one
}

// remove takes out what leave says and appends it to gone.
func (f *fifo[T]) remove(leave func(T) bool, gone []T) []T {
	kept := f.list[:f.head]
	for _, one := range f.list[f.head:] {
		if leave(one) {
			gone = append(gone, one)
		} else {
			kept = append(kept, one)
		}
	}
	clear(f.list[len(kept):])
	f.list = kept
	return gone
}

// fair is how many transactional turns there are to a promotional one while both
// wait.
const fair = 9

// turns is who comes next: transactional before promotional, which gets at least
// one turn in ten.
type turns[T any] struct {
	transactional, promotional fifo[T]
	since                      int // transactional turns that promotional ones waited for
}

func (t *turns[T]) list(promotional bool) *fifo[T] {
	if promotional {
		return &t.promotional
	}
	return &t.transactional
}

func (t *turns[T]) push(one T, promotional bool) { t.list(promotional).push(one) }

// now is the list whose turn it is.
func (t *turns[T]) now() *fifo[T] {
	return t.list(t.transactional.len() == 0 || t.promotional.len() > 0 && t.since >= fair)
}

// first is whose turn it is, the zero value where nobody waits.
func (t *turns[T]) first() T { return t.now().first() }

func (t *turns[T]) len() int { return t.transactional.len() + t.promotional.len() }

// shift takes the first, whose turn this is.
func (t *turns[T]) shift() T {
	list := t.now()
	one := list.shift()
	if list == &t.transactional && t.promotional.len() > 0 {
		t.since++
	} else {
		t.since = 0
	}
	return one
}

// drop takes the first out without a turn.
func (t *turns[T]) drop() { t.now().shift() }

func (t *turns[T]) each(visit func(T)) {
	for _, list := range []*fifo[T]{&t.transactional, &t.promotional} {
		for _, one := range list.list[list.head:] {
			visit(one)
		}
	}
}
