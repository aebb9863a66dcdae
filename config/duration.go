package config

import (
	"errors"
	"time"

	"github.com/goccy/go-yaml/ast"
)

// Duration is a span of time, written as 30s, 10m or 1h30m.
type Duration time.Duration

// Of is the duration as the standard library has it.
func (d Duration) Of() time.Duration { return time.Duration(d) }

// duration reads a span of time that is not negative. 0 may stand without a unit.
func (d *decoder) duration(n ast.Node, target *Duration, path string) {
	span, err := durationOf(n)
	if err != nil {
		d.fail(path, "%s", err)
		return
	}
	*target = Duration(span)
}

func durationOf(n ast.Node) (time.Duration, error) {
	wrong := errors.New("want a span of time such as 30s, 10m or 1h30m")
	if i, ok := n.(*ast.IntegerNode); ok && i.GetToken().Value == "0" {
		return 0, nil
	}
	text, ok := plainText(n)
	if !ok {
		return 0, wrong
	}
	span, err := time.ParseDuration(text)
	if err != nil || span < 0 {
		return 0, wrong
	}
	return span, nil
}
