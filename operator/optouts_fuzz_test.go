package operator

import (
	"strings"
	"testing"
	"time"
)

func FuzzOptOutLine(f *testing.F) {
	now := time.Date(2026, 5, 29, 12, 0, 0, 0, time.UTC)
	f.Add(`{"number":"+12065550142","optedOutAt":"2026-01-02T03:04:05Z","endUserOptedOut":true}`)
	f.Add("+12065550142")
	f.Add("{")
	f.Fuzz(func(t *testing.T, line string) {
		if line = strings.TrimSpace(line); line == "" {
			return
		}
		e, err := readOptOut([]byte(line), now)
		if err == nil && (e.Number[0] != '+' || strings.Trim(e.Number[1:], "0123456789") != "" || e.At.After(now) || e.At.UnixMilli() < 1) {
			t.Errorf("%q is %+v", line, e)
		}
	})
}
