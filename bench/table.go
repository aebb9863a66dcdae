package main

import (
	"fmt"
	"runtime"
	"slices"
	"strings"
	"time"
)

// report is what a run has measured; a side that was left out has no results.
type report struct {
	settings settings
	product  []result
	limit    []result
}

// text is the report for people.
func (r *report) text() string {
	s := r.settings
	b := &strings.Builder{}
	fmt.Fprintf(b, "\n%d callers, %d messages a round, medians of %d rounds each, alternating; %d binds, window %d; %s, %d CPUs\n\n",
		s.callers, s.messages, s.rounds, s.binds, s.window, runtime.Version(), runtime.NumCPU())
	fmt.Fprintln(b, "                messages/s                     accept ms       CPU µs a message")
	fmt.Fprintln(b, "            median       min …    max        p50     p99    gateway generator  sink")
	row(b, "product", r.product)
	row(b, "bare limit", r.limit)
	if len(r.product) > 0 && len(r.limit) > 0 {
		fmt.Fprintf(b, "ratio      %7.2f\n", median(r.product, rate)/median(r.limit, rate))
	}
	fmt.Fprintf(b, "\n%s\n", explanation(s))
	remark(b, "product", r.product)
	remark(b, "bare limit", r.limit)
	return b.String()
}

func row(b *strings.Builder, name string, results []result) {
	if len(results) == 0 {
		fmt.Fprintf(b, "%-10s  not measured\n", name)
		return
	}
	gateway := "-"
	if micros := median(results, func(r result) float64 { return us(r.cpu.gateway) }); micros > 0 {
		gateway = fmt.Sprintf("%.0f", micros)
	}
	low, high := spread(results, rate)
	fmt.Fprintf(b, "%-10s %7.0f   %7.0f … %6.0f    %7.2f %7.2f    %7s %9.0f %5.0f\n", name,
		median(results, rate), low, high,
		median(results, func(r result) float64 { return us(r.p50) / 1000 }),
		median(results, func(r result) float64 { return us(r.p99) / 1000 }),
		gateway,
		median(results, func(r result) float64 { return us(r.cpu.generator) }),
		median(results, func(r result) float64 { return us(r.cpu.sink) }))
}

// explanation says what the numbers are.
func explanation(s settings) string {
	return fmt.Sprintf(`A message counts from the first call to the last receipt that was acknowledged
after it was durable. The bare limit is the same %d closed-loop callers in one
process that only append each message, answer and receipt to a file under group
commit with fsync and speak raw SMPP over as many sessions to the same sink: no
HTTP, no signatures, no rules, no database. Its work is in the generator's column.`, s.callers)
}

// remark says what should not have happened.
func remark(b *strings.Builder, name string, results []result) {
	duplicates, refused := 0, 0
	for _, r := range results {
		duplicates += r.duplicates
		refused += r.refused
	}
	if duplicates != 0 {
		fmt.Fprintf(b, "%s: %d submissions beyond one a message.\n", name, duplicates)
	}
	if refused > 0 {
		fmt.Fprintf(b, "%s: %d receipts were refused and sent again.\n", name, refused)
	}
}

func rate(r result) float64 { return r.rate }

func us(d time.Duration) float64 { return float64(d) / float64(time.Microsecond) }

func values(results []result, of func(result) float64) []float64 {
	sorted := make([]float64, len(results))
	for i, r := range results {
		sorted[i] = of(r)
	}
	slices.Sort(sorted)
	return sorted
}

// median of one or more results; of an even number the mean of the middle two.
func median(results []result, of func(result) float64) float64 {
	sorted := values(results, of)
	middle := len(sorted) / 2
	if len(sorted)%2 == 1 {
		return sorted[middle]
	}
	return (sorted[middle-1] + sorted[middle]) / 2
}

// spread is the least and the greatest of one or more results.
func spread(results []result, of func(result) float64) (low, high float64) {
	sorted := values(results, of)
	return sorted[0], sorted[len(sorted)-1]
}
