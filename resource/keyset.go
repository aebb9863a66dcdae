package resource

// A listing that is too long to be held is read from the store a page at a time,
// with Start and Cut.

// Start is where a page of a listing starts: after which place, the zero one from
// the beginning, and how many entries it has. Errors: INVALID_NEXT_TOKEN.
func (p *Pages) Start(l Listing) (after Place, size int, err error) {
	size = DefaultPage
	if l.Size != nil {
		size = *l.Size
	}
	if l.Token != "" {
		after, err = p.open(l)
	}
	return after, size, err
}

// Cut makes a page of entries that were read from the start of one, one more than
// its size where there are more, and gives the token of the next one, "" at the
// end.
func Cut[T any](p *Pages, l Listing, read []T, size int, place func(T) Place) (page []T, next string, err error) {
	if len(read) <= size {
		return read, "", nil
	}
	next, err = p.token(l, place(read[size-1]))
	return read[:size], next, err
}
