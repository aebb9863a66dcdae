package metrics

import (
	"context"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// patience bounds what a collector reads while somebody waits for the answer.
const patience = 5 * time.Second

// sample is a value with its labels, which are not checked.
type sample struct {
	of     *prometheus.Desc
	value  float64
	labels []string
}

// collector reads samples whenever metrics are asked for. Those of one that fails
// are missing from the answer, which counts it in
// promhttp_metric_handler_errors_total; the others are told.
type collector struct {
	about []*prometheus.Desc
	kinds map[*prometheus.Desc]prometheus.ValueType // gauges where absent
	read  func(ctx context.Context) ([]sample, error)
}

// Describe implements prometheus.Collector.
func (c collector) Describe(to chan<- *prometheus.Desc) {
	for _, d := range c.about {
		to <- d
	}
}

// Collect implements prometheus.Collector.
func (c collector) Collect(to chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	samples, err := c.read(ctx)
	if err != nil {
		to <- prometheus.NewInvalidMetric(c.about[0], err)
		return
	}
	for _, s := range samples {
		kind, known := c.kinds[s.of]
		if !known {
			kind = prometheus.GaugeValue
		}
		to <- prometheus.MustNewConstMetric(s.of, kind, s.value, s.labels...)
	}
}

func about(name, help string, labels ...string) *prometheus.Desc {
	return prometheus.NewDesc(prefix+name, help, labels, nil)
}

// Gauge is one value by one label, such as how long events of a target wait: the
// keys of what read gives are the label's values, of which there must be few.
func Gauge(name, help, label string, read func(ctx context.Context) (map[string]float64, error)) prometheus.Collector {
	value := about(name, help, label)
	return collector{about: []*prometheus.Desc{value}, read: func(ctx context.Context) ([]sample, error) {
		values, err := read(ctx)
		var list []sample
		for name, v := range values {
			list = append(list, sample{value, v, []string{name}})
		}
		return list, err
	}}
}
