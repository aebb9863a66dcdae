package smpp

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestTimesAreReadAsWritten(t *testing.T) {
	now := time.Date(2026, 11, 23, 1, 2, 3, 400e6, time.UTC)
	cases := []struct {
		text string
		want time.Time
	}{
		{"", time.Time{}},
		{"261123010203400+", now},
		{"261123030203408+", now},
		{"261122230203408-", now},
		{"000000010000000R", now.Add(time.Hour)},
		{"000003000000000R", now.AddDate(0, 0, 3)},
		{"010200000000000R", now.AddDate(1, 2, 0)},
	}
	for _, c := range cases {
		got, err := ParseTime(c.text, now)
		if err != nil || !got.Equal(c.want) {
			t.Errorf("%q: %v, %v, want %v", c.text, got, err, c.want)
		}
	}
	for _, text := range []string{"1", "261123010203400x", "26112301020340+R", "269923010203400+"} {
		if _, err := ParseTime(text, now); err == nil {
			t.Errorf("%q was read", text)
		}
	}
}

func TestFormattedTimesComeBack(t *testing.T) {
	now := time.Date(2026, 11, 23, 1, 2, 3, 0, time.UTC)
	rapid.Check(t, func(t *rapid.T) {
		d := time.Duration(rapid.IntRange(0, 99*86400).Draw(t, "seconds")) * time.Second
		for _, text := range []string{FormatRelative(d), FormatAbsolute(now.Add(d))} {
			got, err := ParseTime(text, now)
			if err != nil || !got.Equal(now.Add(d)) {
				t.Fatalf("%q: %v, %v, want %v", text, got, err, now.Add(d))
			}
		}
	})
}

func TestRelativeTimeStaysInItsRange(t *testing.T) {
	cases := map[time.Duration]string{
		-time.Hour:            "000000000000000R",
		time.Hour:             "000000010000000R",
		72 * time.Hour:        "000003000000000R",
		1000 * 24 * time.Hour: "000099235959000R",
	}
	for d, want := range cases {
		if got := FormatRelative(d); got != want {
			t.Errorf("%v: %q, want %q", d, got, want)
		}
	}
}
