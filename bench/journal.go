package main

import (
	"errors"
	"fmt"
	"os"
	"sync"
)

// durableFile is what a journal writes to.
type durableFile interface {
	Write(b []byte) (int, error)
	Sync() error
	Close() error
}

var errJournalClosed = errors.New("the journal is closed")

// journal appends records to a file under group commit: one goroutine writes
// whatever waits, makes it durable with one fsync and then tells everybody who
// waited.
type journal struct {
	file durableFile

	mu      sync.Mutex
	changed *sync.Cond
	waiting []byte
	tell    []func(error)
	closed  bool
	failed  error

	ended chan struct{}
}

func openJournal(path string) (*journal, error) {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return nil, err
	}
	return newJournal(file), nil
}

func newJournal(file durableFile) *journal {
	j := &journal{file: file, ended: make(chan struct{})}
	j.changed = sync.NewCond(&j.mu)
	go j.run()
	return j
}

// append adds a record, which is copied. done is called once, by another
// goroutine and not for long: with nil when the record is durable.
func (j *journal) append(record []byte, done func(error)) {
	j.mu.Lock()
	err := j.failed
	if j.closed {
		err = errJournalClosed
	}
	if err == nil {
		j.waiting = append(j.waiting, record...)
		j.tell = append(j.tell, done)
		if len(j.tell) == 1 {
			j.changed.Signal()
		}
	}
	j.mu.Unlock()
	if err != nil {
		done(err)
	}
}

// run is the journal's one writer. What it has written becomes the room for what
// will wait next but one.
func (j *journal) run() {
	defer close(j.ended)
	var batch []byte
	var tell []func(error)
	for {
		var ok bool
		if batch, tell, ok = j.take(batch, tell); !ok {
			return
		}
		err := j.commit(batch)
		for _, done := range tell {
			done(err)
		}
		clear(tell)
	}
}

func (j *journal) take(spare []byte, told []func(error)) (batch []byte, tell []func(error), ok bool) {
	j.mu.Lock()
	defer j.mu.Unlock()
	for len(j.tell) == 0 && !j.closed {
		j.changed.Wait()
	}
	batch, tell = j.waiting, j.tell
	j.waiting, j.tell = spare[:0], told[:0]
	return batch, tell, len(tell) > 0
}

func (j *journal) commit(batch []byte) error {
	_, err := j.file.Write(batch)
	if err == nil {
		err = j.file.Sync()
	}
	if err == nil {
		return nil
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	j.failed = fmt.Errorf("journal: %w", err)
	return j.failed
}

// close commits what waits and closes the file; it may be called again.
func (j *journal) close() error {
	j.mu.Lock()
	again := j.closed
	j.closed = true
	j.changed.Signal()
	j.mu.Unlock()
	<-j.ended
	if again {
		return nil
	}
	return j.file.Close()
}

// pen writes records one at a time and waits for each; it is used by one
// goroutine.
type pen struct {
	journal *journal
	durable chan error
	done    func(error)
}

func newPen(j *journal) *pen {
	p := &pen{journal: j, durable: make(chan error, 1)}
	p.done = func(err error) { p.durable <- err }
	return p
}

// write appends a record and waits until it is durable.
func (p *pen) write(record []byte) error {
	p.journal.append(record, p.done)
	return <-p.durable
}
