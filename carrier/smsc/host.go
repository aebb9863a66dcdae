package smsc

import (
	"context"
	"net"
	"slices"
	"sync"
	"time"

	"heliograph/protocol/smpp"
)

const (
	// lookupInterval is how often the records of a host are looked up anew.
	lookupInterval = time.Minute
	// lookupPatience is how many lookups in a row must leave a record out before
	// its binds go: resolvers answer with a part of many records, in turn.
	lookupPatience = 10
	// mostRecords bounds the records of a host that get binds.
	mostRecords = 16
)

// host is where binds go: an address of the configuration, or with ResolveAll one
// record of it.
type host struct {
	carrier *Carrier
	name    string // as configured, without the port
	address string // host:port to dial
	standby bool
	gate    gate

	mu    sync.Mutex
	binds []*bind // and the health of each
}

func (c *Carrier) newHost(configured, address string) *host {
	h := &host{carrier: c, address: address, gate: newGate()}
	h.name, _, _ = net.SplitHostPort(configured)
	return h
}

// hold keeps a number of binds up until ctx ends.
func (h *host) hold(ctx context.Context, binds int) {
	var runs sync.WaitGroup
	for range binds {
		for _, b := range h.couple() {
			runs.Go(func() { b.run(ctx) })
		}
	}
	runs.Wait()
}

// couple adds one configured bind.
func (h *host) couple() []*bind {
	modes := []smpp.BindMode{smpp.Transceiver}
	s := &h.carrier.settings
	if s.Pairs {
		modes = []smpp.BindMode{smpp.Transmitter, smpp.Receiver}
	}
	together := &couple{pool: h.carrier.pool, alone: !s.Pairs || s.Receipts.None}
	var binds []*bind
	for _, mode := range modes {
		binds = append(binds, newBind(h, mode, together))
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.binds = append(h.binds, binds...)
	return binds
}

func (h *host) all() []*bind {
	h.mu.Lock()
	defer h.mu.Unlock()
	return slices.Clone(h.binds)
}

// lines are the sessions that are up.
func (h *host) lines() []*line {
	h.mu.Lock()
	defer h.mu.Unlock()
	var lines []*line
	for _, b := range h.binds {
		if b.health.line != nil {
			lines = append(lines, b.health.line)
		}
	}
	return lines
}

// region is the part of a carrier's hosts that one configured address has, so that
// they stay in order.
type region struct {
	carrier *Carrier
	address Address

	mu    sync.Mutex
	hosts []*host
}

func (r *region) all() []*host {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.hosts)
}

func (r *region) add(h *host) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.hosts = append(r.hosts, h)
}

func (r *region) remove(h *host) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.hosts = slices.DeleteFunc(r.hosts, func(other *host) bool { return other == h })
}

// run holds the binds of an address until ctx ends.
func (r *region) run(ctx context.Context) {
	s := &r.carrier.settings
	name, port, err := net.SplitHostPort(r.address.Address)
	if !s.ResolveAll || err != nil || net.ParseIP(name) != nil {
		h := r.carrier.newHost(r.address.Address, r.address.Address)
		h.standby = r.address.Standby
		r.add(h)
		h.hold(ctx, r.address.Binds)
		return
	}
	r.follow(ctx, name, port)
}

// record is one answer of the DNS and its binds.
type record struct {
	stop   context.CancelFunc
	missed int // lookups in a row
}

// follow holds the binds of every record of a host, as the records come and go.
func (r *region) follow(ctx context.Context, name, port string) {
	records := map[string]*record{}
	// unknown stands in the status while no record is known.
	unknown := r.carrier.newHost(r.address.Address, r.address.Address)
	lookups := newBind(unknown, smpp.Transceiver, nil)
	unknown.binds = []*bind{lookups}
	var runs sync.WaitGroup
	for wait := time.Duration(0); sleep(ctx, wait); wait = lookupInterval {
		found, err := r.lookup(ctx, name)
		if err != nil {
			lookups.down("no address of the SMSC", &stageError{resolving, err}, lookupInterval)
			r.show(unknown, len(records) == 0)
			continue
		}
		lookups.found()
		r.show(unknown, false)
		for _, ip := range found {
			if records[ip] == nil && len(records) < mostRecords {
				records[ip] = r.begin(ctx, net.JoinHostPort(ip, port), &runs)
			}
		}
		forget(records, found)
	}
	runs.Wait()
}

// begin holds the binds of one record.
func (r *region) begin(ctx context.Context, address string, runs *sync.WaitGroup) *record {
	running, stop := context.WithCancel(ctx)
	h := r.carrier.newHost(r.address.Address, address)
	h.standby = r.address.Standby
	r.add(h)
	runs.Go(func() {
		defer r.remove(h)
		h.hold(running, r.address.Binds)
	})
	return &record{stop: stop}
}

// forget stops the binds of records that have been gone for long.
func forget(records map[string]*record, found []string) {
	for ip, known := range records {
		known.missed++
		if slices.Contains(found, ip) {
			known.missed = 0
		}
		if known.missed >= lookupPatience {
			known.stop()
			delete(records, ip)
		}
	}
}

func (r *region) lookup(ctx context.Context, name string) ([]string, error) {
	ctx, cancel := context.WithTimeout(ctx, bindTimeout)
	defer cancel()
	if look := r.carrier.settings.LookupHost; look != nil {
		return look(ctx, name)
	}
	return net.DefaultResolver.LookupHost(ctx, name)
}

// show puts a host without records into the status, or takes it out.
func (r *region) show(h *host, shown bool) {
	r.remove(h)
	if shown {
		r.add(h)
	}
}
