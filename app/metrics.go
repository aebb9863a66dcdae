package app

import (
	"context"

	"heliograph/message"
	"heliograph/message/dispatch"
	"heliograph/metrics"
)

// observers are all told, in turn.
type observers []dispatch.Observer

// Submitted implements dispatch.Observer.
func (o observers) Submitted(m *message.Message, s message.Submission) {
	for _, one := range o {
		one.Submitted(m, s)
	}
}

// CarrierMetrics implements metrics.Fleet.
func (f *fleet) CarrierMetrics(ctx context.Context) ([]metrics.Carrier, error) {
	carriers, err := f.Carriers(ctx)
	var list []metrics.Carrier
	for _, c := range carriers {
		list = append(list, metrics.Carrier{
			Name: c.Name, Binds: len(c.Binds), BindsUp: c.BindsUp, InFlight: c.InFlight, InMemory: c.InMemory, OnDisk: c.OnDisk,
			Throughput: c.Throughput, Limiter: c.LimitedBy(), Matched: c.Matched, Unmatched: c.Unmatched,
		})
	}
	return list, err
}
