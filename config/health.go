package config

import (
	"errors"
	"time"

	"github.com/goccy/go-yaml/ast"
)

// Health says when a carrier that takes messages, and does not report them delivered, is passed over. Absent means never: then only a carrier without a connection is passed over.
type Health struct {
	// Messages to a country that must have been judged within the window before anything is said of a carrier there.
	Minimum int `yaml:"minimum" rule:"min=1 max=1000000 default=50"`
	// How far back is looked. At least a minute, at most a day.
	Window Duration `yaml:"window" rule:"default=15m"`
	// Least share of messages with a receipt in time that says more than that the network failed. Above 0, at most 1.
	ReceiptRatio Share `yaml:"receipt_ratio" rule:"default=0.5"`
	// A receipt that is not here by then counts as missing. At least a second, at most a day.
	ReceiptLatency Duration `yaml:"receipt_latency" rule:"default=10m"`
}

// Share is a part of a whole, 0 to 1.
type Share float64

// share reads a part of a whole that is more than nothing.
func (d *decoder) share(n ast.Node, target *Share, path string) {
	var value float64
	switch number := n.(type) {
	case *ast.FloatNode:
		value = number.Value
	case *ast.IntegerNode:
		if number.GetToken().Value == "1" {
			value = 1
		}
	}
	if !(value > 0 && value <= 1) {
		d.fail(path, "want a share above 0 and at most 1, such as 0.5")
		return
	}
	*target = Share(value)
}

// health checks the bounds of its spans of time.
func (d *decoder) health(f *File) {
	if f.Health == nil {
		return
	}
	for _, one := range []struct {
		path  string
		value Duration
		least time.Duration
	}{
		{"health.window", f.Health.Window, time.Minute},
		{"health.receipt_latency", f.Health.ReceiptLatency, time.Second},
	} {
		if err := between(one.value.Of(), one.least); err != nil && d.has(one.path) {
			d.fail(one.path, "%s", err)
		}
	}
}

// between refuses a span of time that is shorter than another, or longer than a
// day.
func between(span, least time.Duration) error {
	switch {
	case span < least:
		return errors.New("is less than " + least.String())
	case span > 24*time.Hour:
		return errors.New("is more than 24h")
	}
	return nil
}
