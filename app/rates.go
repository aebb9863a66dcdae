package app

import (
	"slices"
	"strings"
	"time"

	"heliograph/api"
	"heliograph/config"
	"heliograph/message/limit"
	"heliograph/rate"
)

// partLimits are what the file limits of message parts, nil where it limits
// nothing.
func partLimits(file *config.File) *limit.Rules {
	s := limit.Settings{PartsPerSecond: file.Limits.MessagePartsPerSecond, Published: file.Limits.PublishedRates}
	for _, line := range file.Limits.Rates {
		key, value := line.Of()
		s.Rates = append(s.Rates, limit.Rate{Of: limit.Dimension(key), Value: value, PartsPerSecond: line.PartsPerSecond})
	}
	for _, q := range file.QuietHours {
		hours := limit.Hours{Countries: q.Countries, From: config.Clock(q.From), To: config.Clock(q.To), Zone: time.UTC, Days: weekdays(q.Days)}
		if zone, err := time.LoadLocation(q.Zone); err == nil { // the file was checked
			hours.Zone = zone
		}
		for _, t := range q.MessageTypes {
			hours.Types = append(hours.Types, api.MessageType(t))
		}
		s.Quiet = append(s.Quiet, hours)
	}
	return limit.New(s)
}

// partLimits are those in force.
func (a *App) partLimits() *limit.Rules { return a.force.Load().parts }

// requestRates holds accounts to requests per second, each operation by itself.
type requestRates struct {
	limits func() config.Limits // in force
	now    func() time.Time
	table  rate.Table[requestKey]
}

type requestKey struct{ account, region, operation string }

func (a *App) requestRates() *requestRates {
	return &requestRates{limits: func() config.Limits { return a.force.Load().file.Limits }, now: a.options.Now}
}

// Allow counts a request, unless it is one too many: a second's worth may come at
// once.
func (r *requestRates) Allow(account, region, operation string) bool {
	limits := r.limits()
	perSecond := limits.APIRequestsPerSecond
	if perSecond == 0 && limits.PublishedRates {
		perSecond = publishedRequests(operation)
	}
	if perSecond == 0 {
		return true
	}
	held, _ := r.table.Take(r.now(), []rate.Charge[requestKey]{
		{Key: requestKey{account, region, operation}, PerSecond: perSecond, Lead: time.Second},
	})
	return held < 0
}

// publishedRequests is the service's figure for an operation, in requests per
// second, 0 = none: what sends is held to message parts per second instead.
func publishedRequests(operation string) int {
	switch {
	case strings.HasPrefix(operation, "Send"):
		return 0
	case slices.Contains([]string{"PutOptedOutNumber", "DeleteOptedOutNumber", "ListTagsForResource"}, operation):
		return 10
	case operation == "PutMessageFeedback":
		return 20
	}
	return 1
}
