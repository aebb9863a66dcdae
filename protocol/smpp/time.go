package smpp

import (
	"fmt"
	"strconv"
	"time"
)

// FormatAbsolute writes t as an absolute time in UTC, YYMMDDhhmmsst00+ (SMPP 3.4
// §7.1.1.1).
func FormatAbsolute(t time.Time) string {
	t = t.UTC()
	return t.Format("060102150405") + strconv.Itoa(t.Nanosecond()/1e8) + "00+"
}

// FormatRelative writes d as a relative time, YYMMDDhhmmss000R, rounded down to
// seconds (SMPP 3.4 §7.1.1.2). Days carry everything beyond a day: months and
// years have no fixed length. The longest is 99 days.
func FormatRelative(d time.Duration) string {
	const longest = 100*24*time.Hour - time.Second
	s := int(min(max(d, 0), longest) / time.Second)
	return fmt.Sprintf("0000%02d%02d%02d%02d000R", s/86400, s/3600%24, s/60%60, s%60)
}

// ParseTime reads an absolute or relative time against the time now; the empty
// string is the zero time (SMPP 3.4 §7.1.1).
func ParseTime(text string, now time.Time) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	if len(text) != maxTime-1 || !allDigits(text[:15]) {
		return time.Time{}, fmt.Errorf("smpp: time %q is not of the form YYMMDDhhmmsstnnp", text)
	}
	if text[15] == 'R' {
		return relativeTo(text, now), nil
	}
	t, err := time.Parse("060102150405", text[:12])
	if err != nil {
		return time.Time{}, fmt.Errorf("smpp: absolute time: %w", err)
	}
	t = t.Add(time.Duration(pair(text, 12)/10) * 100 * time.Millisecond)
	quarters := time.Duration(pair(text, 13)) * 15 * time.Minute
	switch text[15] {
	case '+':
		return t.Add(-quarters), nil
	case '-':
		return t.Add(quarters), nil
	}
	return time.Time{}, fmt.Errorf("smpp: time %q ends in none of +, -, R", text)
}

func relativeTo(text string, now time.Time) time.Time {
	return now.AddDate(pair(text, 0), pair(text, 2), pair(text, 4)).Add(
		time.Duration(pair(text, 6))*time.Hour +
			time.Duration(pair(text, 8))*time.Minute +
			time.Duration(pair(text, 10))*time.Second)
}

// pair reads the two digits at i, which are known to be digits.
func pair(text string, i int) int { return int(text[i]-'0')*10 + int(text[i+1]-'0') }

func allDigits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}
