package metrics

import (
	"context"

	"github.com/prometheus/client_golang/prometheus"
)

// Carrier is what is shown of a carrier.
type Carrier struct {
	Name               string
	Binds, BindsUp     int
	InFlight           int    // messages taken up
	InMemory, OnDisk   int    // messages that wait
	Throughput         int    // message parts a second in force, 0 = not limited
	Limiter            string // what holds messages back now, one of few words; "" = nothing
	Matched, Unmatched int64  // receipts by whether they named a message
}

// Fleet knows the carriers in use.
type Fleet interface {
	// CarrierMetrics tells of all.
	CarrierMetrics(ctx context.Context) ([]Carrier, error)
}

// Carriers shows the carriers as they are when somebody asks.
func Carriers(fleet Fleet) prometheus.Collector {
	queued := about("queue_messages", "Messages before a carrier: taken up (in_flight), waiting in memory, waiting on disk.", "carrier", "place")
	binds := about("binds", "Sessions that a carrier is configured to have.", "carrier")
	up := about("binds_up", "Sessions of a carrier that are bound.", "carrier")
	throughput := about("carrier_parts_per_second", "Throughput of a carrier in force, 0 where it is not limited.", "carrier")
	limited := about("carrier_limited", "1 for what holds a carrier's messages back now.", "carrier", "limiter")
	receipts := about("receipts_total", "Delivery receipts, by whether they named a message on record; one that comes before its submission does not yet.", "carrier", "matched")
	return collector{
		about: []*prometheus.Desc{queued, binds, up, throughput, limited, receipts},
		kinds: map[*prometheus.Desc]prometheus.ValueType{receipts: prometheus.CounterValue},
		read: func(ctx context.Context) (list []sample, err error) {
			carriers, err := fleet.CarrierMetrics(ctx)
			for _, c := range carriers {
				list = append(list,
					sample{queued, float64(c.InFlight), []string{c.Name, "in_flight"}},
					sample{queued, float64(c.InMemory), []string{c.Name, "memory"}},
					sample{queued, float64(c.OnDisk), []string{c.Name, "disk"}},
					sample{binds, float64(c.Binds), []string{c.Name}},
					sample{up, float64(c.BindsUp), []string{c.Name}},
					sample{throughput, float64(c.Throughput), []string{c.Name}},
					sample{receipts, float64(c.Matched), []string{c.Name, "true"}},
					sample{receipts, float64(c.Unmatched), []string{c.Name, "false"}})
				if c.Limiter != "" {
					list = append(list, sample{limited, 1, []string{c.Name, c.Limiter}})
				}
			}
			return list, err
		},
	}
}
