// Package file appends events to a file of JSON lines, which is rotated by its
// size: events.jsonl is written to, events.jsonl.1 is what was before it. A line
// holds the event's id, type and time, the target that it is for, and its record.
// What is said to be delivered is on the disk.
//
// Left out: compression, rotation by time, rotation by other programs.
package file

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"time"

	"heliograph/event"
)

// Settings of a file.
type Settings struct {
	Path string
	Size int64 // bytes after which it is rotated
	Keep int   // files beside the one that is written
}

// File is a file of events of many targets. It is opened at its first event, and
// again after a fault.
type File struct {
	settings Settings

	mu     sync.Mutex
	f      *os.File // nil = not open
	size   int64
	closed bool
}

// New makes a file; nothing is opened.
func New(s Settings) *File { return &File{settings: s} }

var errClosed = errors.New("the configuration has changed")

// Close closes the file for good.
func (f *File) Close() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.closed = true
	return f.shut()
}

// shut is called under mu.
func (f *File) shut() error {
	if f.f == nil {
		return nil
	}
	err := f.f.Close()
	f.f = nil
	return err
}

// For is the sink of one target.
func (f *File) For(t event.Target) *Sink { return &Sink{f, t} }

// append writes lines and waits until they are on the disk. After a fault
// nothing of them counts, and the file is opened anew, which mends a torn line.
func (f *File) append(lines []byte) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	err := f.ready(int64(len(lines)))
	if err == nil {
		_, err = f.f.Write(lines)
	}
	if err == nil {
		err = f.f.Sync()
	}
	if err != nil {
		return errors.Join(plain(err), f.shut())
	}
	f.size += int64(len(lines))
	return nil
}

// ready opens the file, and rotates it where the lines would make it too large.
func (f *File) ready(more int64) error {
	if f.closed {
		return errClosed
	}
	if f.f == nil {
		if err := f.open(); err != nil {
			return err
		}
	}
	if f.size == 0 || f.size+more <= f.settings.Size {
		return nil
	}
	if err := f.shut(); err != nil {
		return err
	}
	if err := f.rotate(); err != nil {
		return err
	}
	return f.open()
}

// open opens the file at its end. A line without an end is what a crash left of
// one: it is taken off.
func (f *File) open() error {
	file, err := os.OpenFile(f.settings.Path, os.O_RDWR|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return err
	}
	size, err := mend(file)
	if err == nil {
		err = syncFolder(filepath.Dir(f.settings.Path))
	}
	if err != nil {
		return errors.Join(err, file.Close())
	}
	f.f, f.size = file, size
	return nil
}

// mend takes off a torn last line, which nobody was told is delivered, and gives
// the file's size.
func mend(file *os.File) (int64, error) {
	info, err := file.Stat()
	if err != nil {
		return 0, err
	}
	end := info.Size()
	for block := make([]byte, 64<<10); end > 0; {
		n := min(end, int64(len(block)))
		if _, err := file.ReadAt(block[:n], end-n); err != nil {
			return 0, err
		}
		if at := bytes.LastIndexByte(block[:n], '\n'); at >= 0 {
			end += int64(at) + 1 - n
			break
		}
		end -= n
	}
	if end == info.Size() {
		return end, nil
	}
	return end, file.Truncate(end)
}

// rotate moves each file one place on; the last falls off.
func (f *File) rotate() error {
	place := func(n int) string {
		if n == 0 {
			return f.settings.Path
		}
		return f.settings.Path + "." + strconv.Itoa(n)
	}
	if f.settings.Keep == 0 {
		return os.Remove(f.settings.Path)
	}
	for n := f.settings.Keep - 1; n >= 0; n-- {
		if err := os.Rename(place(n), place(n+1)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

// syncFolder puts names on the disk.
func syncFolder(path string) error {
	folder, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(folder.Sync(), folder.Close())
}

// plain leaves out the path, which callers of the API may not learn.
func plain(err error) error {
	if path := (*fs.PathError)(nil); errors.As(err, &path) {
		err = path.Err
	} else if link := (*os.LinkError)(nil); errors.As(err, &link) {
		err = link.Err
	}
	return fmt.Errorf("the file cannot be written: %w", err)
}

// Sink writes the events of one target.
type Sink struct {
	file   *File
	target event.Target
}

// Capacity is what is put on the disk at once.
func (s *Sink) Capacity() event.Capacity { return event.Capacity{Batch: 500, Calls: 1} }

// Deliver appends events, all or none. Final is a record that is no JSON, which
// would be no line of JSON.
func (s *Sink) Deliver(_ context.Context, list []event.Delivery) []error {
	errs := make([]error, len(list))
	var lines bytes.Buffer
	for i, d := range list {
		before := lines.Len()
		if err := s.line(&lines, d); err != nil {
			errs[i] = &event.Refusal{Err: fmt.Errorf("the record is no JSON: %w", err)}
			lines.Truncate(before)
		}
	}
	if lines.Len() == 0 {
		return errs
	}
	err := s.file.append(lines.Bytes())
	for i := range errs {
		if errs[i] == nil {
			errs[i] = err
		}
	}
	return errs
}

// line writes an event as the file has it: JSON without line ends within, and one
// after it.
func (s *Sink) line(to *bytes.Buffer, d event.Delivery) error {
	out := json.NewEncoder(to)
	out.SetEscapeHTML(false)
	return out.Encode(struct {
		ID     string          `json:"id"`
		Type   string          `json:"type,omitempty"`
		At     time.Time       `json:"at"`
		Target string          `json:"target"`
		Record json.RawMessage `json:"record"`
	}{d.ID, d.Type, d.At.UTC(), s.target.ARN, d.Record})
}

// Reachable opens the file.
func (s *Sink) Reachable(context.Context) error {
	s.file.mu.Lock()
	defer s.file.mu.Unlock()
	if err := s.file.ready(0); err != nil {
		return plain(err)
	}
	return nil
}
