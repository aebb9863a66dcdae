package main

import (
	"io"
	"reflect"
	"strings"
	"testing"
	"time"
)

func TestReportShowsMediansSpreadAndRatio(t *testing.T) {
	r := &report{settings: settings{callers: 64, messages: 20000, rounds: 3, binds: 2, window: 50}}
	for _, rate := range []float64{9000, 8000, 7000} {
		r.product = append(r.product, result{rate: rate, p50: 6 * time.Millisecond, p99: 11500 * time.Microsecond,
			cpu: cpuTimes{gateway: 95 * time.Microsecond, generator: 12 * time.Microsecond, sink: 8 * time.Microsecond}, refused: 1})
		r.limit = append(r.limit, result{rate: 2 * rate, p50: time.Millisecond, p99: 2 * time.Millisecond})
	}
	text := r.text()
	for _, want := range []string{
		"64 callers, 20000 messages a round, medians of 3 rounds each, alternating; 2 binds, window 50; go1.",
		"product       8000      7000 …   9000       6.00   11.50         95        12     8\n",
		"bare limit   16000     14000 …  18000",
		"ratio         0.50\n",
		"product: 3 receipts were refused and sent again.\n",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
}

func TestReportSaysWhatWasNotMeasured(t *testing.T) {
	text := (&report{limit: []result{{rate: 1}}}).text()
	if !strings.Contains(text, "product     not measured\n") || strings.Contains(text, "ratio") {
		t.Errorf("report\n%s", text)
	}
}

func TestMedian(t *testing.T) {
	for _, tc := range []struct {
		rates []float64
		want  float64
	}{
		{[]float64{5}, 5}, {[]float64{9, 1}, 5}, {[]float64{9, 1, 2}, 2}, {[]float64{4, 1, 3, 2}, 2.5},
	} {
		results := []result{}
		for _, r := range tc.rates {
			results = append(results, result{rate: r})
		}
		if got := median(results, rate); got != tc.want {
			t.Errorf("median of %v is %v, want %v", tc.rates, got, tc.want)
		}
	}
}

func TestPercentileIsTheNearestRank(t *testing.T) {
	sorted := make([]time.Duration, 200)
	for i := range sorted {
		sorted[i] = time.Duration(i + 1)
	}
	for p, want := range map[int]time.Duration{0: 1, 50: 100, 99: 198, 100: 200} {
		if got := percentile(sorted, p); got != want {
			t.Errorf("p%d is %d, want %d", p, got, want)
		}
	}
	if got := percentile(sorted[:1], 99); got != 1 {
		t.Errorf("p99 of one is %d", got)
	}
}

func TestParseStatCountsFromTheEndOfTheName(t *testing.T) {
	const rest = " S 1 2 3 4 5 6 7 8 9 10 150 25 0 0 20 0 8 0 12345\n"
	for _, name := range []string{"heliograph", "a) b (c", ""} {
		got, err := parseStat([]byte("42 (" + name + ")" + rest))
		if err != nil || got != 1750*time.Millisecond {
			t.Errorf("name %q: %v, %v", name, got, err)
		}
	}
	for _, stat := range []string{"", "42 (x) S 1 2", "42 (x) S 1 2 3 4 5 6 7 8 9 10 a b"} {
		if _, err := parseStat([]byte(stat)); err == nil {
			t.Errorf("%q: no error", stat)
		}
	}
}

func TestReadAddress(t *testing.T) {
	cases := []struct {
		name, output, want string
	}{
		{"both", "API      http://127.0.0.1:4001\nConsole  http://127.0.0.1:4002\n", "127.0.0.1:4001"},
		{"among others", "hello\n\nAPI http://127.0.0.1:4001\nSMSC 127.0.0.1:1\nConsole http://127.0.0.1:4002\nmore", "127.0.0.1:4001"},
		{"ended early", "API http://127.0.0.1:4001\n", ""},
		{"no API", "Console http://127.0.0.1:4002\n", ""},
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			got, ok := readAddress(io.MultiReader(strings.NewReader(tc.output)))
			if got != tc.want || ok != (tc.want != "") {
				t.Errorf("%q, %v", got, ok)
			}
		})
	}
}

func TestSettings(t *testing.T) {
	got, err := readSettings([]string{"-rounds", "3", "-messages", "10", "-callers", "4,8", "-binds", "1", "-window", "2", "-only", "limit"})
	want := settings{binary: "bin/heliograph", dir: "bin", only: "limit", rounds: 3, messages: 10, crowds: crowds{4, 8}, binds: 1, window: 2, patience: 2 * time.Minute}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%+v, %v", got, err)
	}
	for _, args := range [][]string{{"-rounds", "0"}, {"-callers", "-1"}, {"-only", "both"}, {"extra"}} {
		if _, err := readSettings(args); err == nil {
			t.Errorf("%v: no error", args)
		}
	}
}
