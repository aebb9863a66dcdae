package operator

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"heliograph/country"
	"heliograph/resource"
	"heliograph/resource/optout"
)

const (
	errorsTold  = 20   // of an import
	longestLine = 4096 // octets
)

// importShown is what an import did.
type importShown struct {
	Taken   int           `json:"taken"`   // lines whose number is on the list now
	Refused int           `json:"refused"` // lines
	Errors  []lineRefused `json:"errors"`  // the first of them
}

// lineRefused is a line that names no number.
type lineRefused struct {
	Line  int    `json:"line"` // from 1
	Error string `json:"error"`
}

// importOptOuts puts the numbers of the body on a list, some at a time: what was
// taken stays when the rest does not come.
func (p Parts) importOptOuts(r *http.Request) (any, error) {
	scope, list, err := p.optOutList(r)
	if err != nil {
		return nil, err
	}
	if err := p.noteOptOuts(r, scope, list, ""); err != nil {
		return nil, err
	}
	i := optOutImport{Parts: p, ctx: r.Context(), scope: scope, list: list, shown: importShown{Errors: []lineRefused{}}}
	if err := i.run(r.Body); err != nil {
		return nil, err
	}
	return i.shown, nil
}

// optOutImport is an import under way.
type optOutImport struct {
	Parts
	ctx   context.Context
	scope resource.Scope
	list  string
	batch []optout.Entry
	shown importShown
}

func (i *optOutImport) run(body io.Reader) error {
	scanner := bufio.NewScanner(body)
	scanner.Buffer(make([]byte, longestLine), longestLine)
	line := 1
	for ; scanner.Scan(); line++ {
		text := bytes.TrimSpace(scanner.Bytes())
		if len(text) == 0 {
			continue
		}
		entry, err := readOptOut(text, i.Now())
		if err != nil {
			i.refuse(line, err)
			continue
		}
		if i.batch = append(i.batch, entry); len(i.batch) == entriesTogether {
			if err := i.write(); err != nil {
				return err
			}
		}
	}
	if err := i.write(); err != nil {
		return err
	}
	if err := scanner.Err(); err != nil {
		return invalid(fmt.Sprintf("line %d cannot be read: %v; %d numbers were taken before it", line, err, i.shown.Taken))
	}
	return nil
}

func (i *optOutImport) refuse(line int, err error) {
	i.shown.Refused++
	if len(i.shown.Errors) < errorsTold {
		i.shown.Errors = append(i.shown.Errors, lineRefused{line, err.Error()})
	}
}

func (i *optOutImport) write() error {
	if len(i.batch) == 0 {
		return nil
	}
	err := i.OptOuts.ImportOptOuts(i.ctx, i.scope, i.list, i.batch)
	if errors.Is(err, optout.ErrNoList) {
		return noOptOutList(i.list)
	}
	if err == nil {
		i.shown.Taken += len(i.batch)
		i.batch = i.batch[:0]
	}
	return err
}

// readOptOut reads a line: a number, or a JSON object.
func readOptOut(text []byte, now time.Time) (optout.Entry, error) {
	line := optOutShown{Number: string(text)}
	if text[0] == '{' {
		line = optOutShown{}
		decoder := json.NewDecoder(bytes.NewReader(text))
		decoder.DisallowUnknownFields()
		if err := decoder.Decode(&line); err != nil || decoder.InputOffset() != int64(len(text)) {
			return optout.Entry{}, errors.New(`no JSON object such as {"number":"+12065550142","optedOutAt":"2026-05-29T12:00:00Z","endUserOptedOut":true}`)
		}
	}
	number, err := country.Parse(strings.TrimSpace(line.Number))
	if err != nil {
		return optout.Entry{}, errors.New("no phone number in E.164 form, such as +12065550142")
	}
	switch {
	case line.OptedOutAt.IsZero():
		line.OptedOutAt = now
	case line.OptedOutAt.After(now) || line.OptedOutAt.Before(time.UnixMilli(1)):
		return optout.Entry{}, errors.New("optedOutAt is in the future, or before 1970")
	}
	return optout.Entry{Number: number.E164, At: line.OptedOutAt.Truncate(time.Millisecond), ByEndUser: line.EndUser}, nil
}
