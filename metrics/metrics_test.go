package metrics_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"heliograph/metrics"
)

// scrape reads what a server would show.
func scrape(t *testing.T, m *metrics.Metrics) (int, string) {
	t.Helper()
	answer := httptest.NewRecorder()
	m.Handler().ServeHTTP(answer, httptest.NewRequest(http.MethodGet, "/metrics", http.NoBody))
	return answer.Code, answer.Body.String()
}

// TestGaugesAreReadWhenAskedFor adds what another part of a server knows.
func TestGaugesAreReadWhenAskedFor(t *testing.T) {
	m, lag, failed := metrics.New(), map[string]float64{"webhook": 1.5}, error(nil)
	m.Add(metrics.Gauge("event_lag_seconds", "Age of the oldest event that waits.", "kind", func(context.Context) (map[string]float64, error) {
		return lag, failed
	}))
	if _, text := scrape(t, m); !strings.Contains(text, `heliograph_event_lag_seconds{kind="webhook"} 1.5`+"\n") {
		t.Error(text)
	}
	lag = map[string]float64{"sns": 0}
	if _, text := scrape(t, m); strings.Contains(text, "webhook") || !strings.Contains(text, `heliograph_event_lag_seconds{kind="sns"} 0`+"\n") {
		t.Error(text)
	}
	failed = errors.New("the database does not answer")
	_, _ = scrape(t, m) // counts the failure
	if status, text := scrape(t, m); status != http.StatusOK || !strings.Contains(text, `promhttp_metric_handler_errors_total{cause="gathering"} 1`) ||
		!strings.Contains(text, "go_goroutines ") {
		t.Errorf("%d %s", status, text)
	}
}
