// Package metrics counts what the server does and shows it in the text format
// of Prometheus (exposition format 0.0.4): messages and parts, carriers, calls
// of the API, commits, and the process. Labels are countries, states, carriers,
// operations and exceptions, and the ARNs of targets that events wait for: never a
// number or an id of a message, whose values have no bound and tell of people.
//
// Left out: traces, metrics of single accounts, and anything that is kept over a
// restart: counters begin anew, as Prometheus expects.
package metrics

import (
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"heliograph/message"
)

// prefix of the names of all but Go's and the process's.
const prefix = "heliograph_"

// Metrics are the counters of a server. The parts of the server tell them what
// happens, each by its own interface. It is safe for concurrent use.
type Metrics struct {
	registry  *prometheus.Registry
	accepted  *prometheus.CounterVec
	ended     *prometheus.CounterVec
	submitted *prometheus.CounterVec
	requests  *prometheus.CounterVec
	commits   prometheus.Histogram
	writes    prometheus.Counter
}

// New makes the counters of a server, all at nothing.
func New() *Metrics {
	m := &Metrics{
		registry:  prometheus.NewRegistry(),
		accepted:  counter("messages_accepted_total", "Messages that were accepted, by country of the destination.", "country"),
		ended:     counter("messages_ended_total", "Messages that ended, by country and state. One that arrives after an end without word counts again.", "country", "state"),
		submitted: counter("parts_submitted_total", "Message parts that a carrier took.", "carrier"),
		requests:  counter("requests_total", "Calls of the API, by operation and by the exception that they were answered.", "operation", "exception"),
		commits: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: prefix + "commit_seconds", Help: "Time that a transaction took, until it was on disk.",
			Buckets: prometheus.ExponentialBuckets(0.00025, 2, 15),
		}),
		writes: prometheus.NewCounter(prometheus.CounterOpts{Name: prefix + "writes_total", Help: "Writes that shared those transactions."}),
	}
	m.Add(m.accepted, m.ended, m.submitted, m.requests, m.commits, m.writes,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

func counter(name, help string, labels ...string) *prometheus.CounterVec {
	return prometheus.NewCounterVec(prometheus.CounterOpts{Name: prefix + name, Help: help}, labels)
}

// Add shows what other collectors know, such as Carriers. It panics when one has
// the names of another.
func (m *Metrics) Add(list ...prometheus.Collector) { m.registry.MustRegister(list...) }

// Handler shows everything. It does not ask who reads.
func (m *Metrics) Handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{Registry: m.registry, ErrorHandling: promhttp.ContinueOnError})
}

// Accepted counts a message that is on disk.
func (m *Metrics) Accepted(msg *message.Message) { m.accepted.WithLabelValues(msg.Country).Inc() }

// Ended counts a message that came to a final state.
func (m *Metrics) Ended(country string, state message.State) {
	m.ended.WithLabelValues(country, state.String()).Inc()
}

// Submitted counts a part that a carrier took.
func (m *Metrics) Submitted(_ *message.Message, s message.Submission) {
	m.submitted.WithLabelValues(s.Carrier).Inc()
}

// Answered counts a call of the API; exception is "" where it succeeded, and
// operation where it named none.
func (m *Metrics) Answered(operation, exception string) {
	m.requests.WithLabelValues(operation, exception).Inc()
}

// Committed counts a transaction with its writes.
func (m *Metrics) Committed(took time.Duration, writes int) {
	m.commits.Observe(took.Seconds())
	m.writes.Add(float64(writes))
}
