package api

import (
	"fmt"
	"math"
	"strconv"
	"time"
)

// Timestamp is a point in time, on the wire a JSON number of seconds since
// the epoch with milliseconds. Its zero value is absent.
type Timestamp struct{ time.Time }

// At makes a Timestamp, cut to the milliseconds that the wire carries.
func At(t time.Time) Timestamp {
	if t.IsZero() {
		return Timestamp{}
	}
	return Timestamp{t.UTC().Truncate(time.Millisecond)}
}

// Latest and earliest second that a Timestamp may hold: the years 1 to 9999.
const (
	minTimestamp = -62135596800
	maxTimestamp = 253402300799
)

// AppendJSON appends the number, as in 1700000000.250.
func (t Timestamp) AppendJSON(b []byte) []byte {
	return strconv.AppendFloat(b, float64(t.UnixMilli())/1000, 'f', 3, 64)
}

// MarshalJSON writes the number; null where the timestamp is absent.
func (t Timestamp) MarshalJSON() ([]byte, error) {
	if t.IsZero() {
		return []byte("null"), nil
	}
	return t.AppendJSON(nil), nil
}

// UnmarshalJSON reads a number or null. A string is an error.
func (t *Timestamp) UnmarshalJSON(b []byte) error {
	if string(b) == "null" {
		return nil
	}
	seconds, err := strconv.ParseFloat(string(b), 64)
	if err != nil {
		return fmt.Errorf("api: a timestamp is a number of seconds: %w", err)
	}
	if seconds < minTimestamp || seconds > maxTimestamp {
		return fmt.Errorf("api: timestamp %v is out of range", seconds)
	}
	*t = At(time.UnixMilli(int64(math.Round(seconds * 1000))))
	return nil
}
