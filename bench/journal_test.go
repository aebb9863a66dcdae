package main

import (
	"errors"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// slowFile takes a second for each sync and remembers what each made durable.
type slowFile struct {
	mu      sync.Mutex
	written string
	syncs   []string
	broken  error
}

func (f *slowFile) Write(b []byte) (int, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.written += string(b)
	return len(b), nil
}

func (f *slowFile) Sync() error {
	<-time.After(time.Second)
	f.mu.Lock()
	defer f.mu.Unlock()
	f.syncs = append(f.syncs, f.written)
	return f.broken
}

func (f *slowFile) content() string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.written
}

func (f *slowFile) Close() error { return nil }

func TestJournalSharesOneSyncAmongAllThatWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		file := &slowFile{}
		j := newJournal(file)
		start := time.Now()
		writers := sync.WaitGroup{}
		for i := range 64 {
			writers.Go(func() {
				if err := newPen(j).write([]byte(strconv.Itoa(i) + ";")); err != nil {
					t.Error(err)
				}
			})
		}
		writers.Wait()
		// Who comes while the first sync runs shares the second.
		if took := time.Since(start); took > 2*time.Second {
			t.Errorf("64 writers took %v and %d syncs, want two at most", took, len(file.syncs))
		}
		if err := j.close(); err != nil {
			t.Fatal(err)
		}
	})
}

func TestJournalTellsNobodyBeforeTheRecordIsDurable(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		file := &slowFile{}
		j := newJournal(file)
		told := atomic.Bool{}
		j.append([]byte("one"), func(error) { told.Store(true) })
		synctest.Wait()
		if written := file.content(); told.Load() || written != "one" {
			t.Errorf("during the sync: told %v, written %q", told.Load(), written)
		}
		if err := newPen(j).write([]byte("two")); err != nil {
			t.Fatal(err)
		}
		if !told.Load() || len(file.syncs) != 2 || file.syncs[1] != "onetwo" {
			t.Errorf("told %v, syncs %q", told.Load(), file.syncs)
		}
		if err := j.close(); err != nil {
			t.Fatal(err)
		}
	})
}

func TestJournalTellsEverybodyOfAFailedSync(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		broken := errors.New("disk full")
		j := newJournal(&slowFile{broken: broken})
		for range 2 {
			if err := newPen(j).write([]byte("x")); !errors.Is(err, broken) {
				t.Errorf("error %v, want that of the disk", err)
			}
		}
		if err := j.close(); err != nil {
			t.Fatal(err)
		}
	})
}

func TestClosedJournalCommitsWhatWaitsAndTakesNoMore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		file := &slowFile{}
		j := newJournal(file)
		told := errors.New("not told")
		j.append([]byte("last"), func(err error) { told = err })
		for range 2 {
			if err := j.close(); err != nil {
				t.Fatal(err)
			}
		}
		if told != nil || len(file.syncs) != 1 {
			t.Errorf("told %v, syncs %q", told, file.syncs)
		}
		if err := newPen(j).write([]byte("x")); !errors.Is(err, errJournalClosed) {
			t.Errorf("error %v", err)
		}
	})
}
