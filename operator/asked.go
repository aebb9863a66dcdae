package operator

import (
	"fmt"
	"net/url"
	"strconv"
	"time"
)

// asked reads a request's query and keeps the first thing that is wrong with
// it.
type asked struct {
	url.Values
	now   func() time.Time
	wrong error
}

func (a *asked) refuse(text string) {
	if a.wrong == nil {
		a.wrong = invalid(text)
	}
}

func (a *asked) text(name string) string { return a.Get(name) }

// moment reads a time: RFC 3339, or a duration, which is that long ago. Not
// given = zero.
func (a *asked) moment(name string) time.Time {
	text := a.text(name)
	if text == "" {
		return time.Time{}
	}
	if ago, err := time.ParseDuration(text); err == nil && ago >= 0 {
		return a.now().Add(-ago)
	}
	at, err := time.Parse(time.RFC3339, text)
	if err != nil || at.Before(time.UnixMilli(0)) {
		a.refuse(name + " is a time such as 2026-05-29T12:00:00Z, or a duration such as 24h")
	}
	return at
}

// limit reads how many are listed.
func (a *asked) limit(otherwise int) int {
	text := a.text("limit")
	if text == "" {
		return otherwise
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 || n > mostListed {
		a.refuse(fmt.Sprintf("limit is 1 to %d", mostListed))
	}
	return n
}
