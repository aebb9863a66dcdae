package awsjson

import (
	"net/http"
	"slices"
	"testing"

	"heliograph/api"
	"heliograph/api/fault"
)

// allowance lets so many requests pass and notes whose they are.
type allowance struct {
	left  int
	asked []string
}

func (a *allowance) Allow(account, region, operation string) bool {
	a.asked = append(a.asked, account+" "+region+" "+operation)
	a.left--
	return a.left >= 0
}

// Rule(DeletePool): a request beyond the operator's rate is answered ThrottlingException, after signature and shape, before anything happens.
func TestRequestsBeyondTheRateAreThrottled(t *testing.T) {
	s, runs := counted(t)
	rates := &allowance{left: 1}
	s.server.Rates = rates
	s.call(t, "DeletePool", `{}`).wants(t, api.ValidationException, "MISSING_PARAMETER")
	unsigned := s.request(t, "DeletePool", goodPool, nil)
	unsigned.Header.Del("Authorization")
	s.send(t, unsigned).wants(t, api.MissingAuthenticationTokenException, "")
	if a := s.call(t, "DeletePool", goodPool); a.status != http.StatusOK {
		t.Errorf("within the rate: %s", a.text)
	}
	s.setFaults(t, fault.Fault{Operation: "DeletePool", Exception: api.InternalServerException, Count: 1})
	s.call(t, "DeletePool", goodPool).wants(t, api.ThrottlingException, "")
	s.call(t, "DescribePools", `{}`).wants(t, api.ThrottlingException, "") // not built: throttled all the same
	if runs.Load() != 1 || len(s.faults.Get(account)) != 1 {
		t.Errorf("%d runs, faults %v", runs.Load(), s.faults.Get(account))
	}
	want := []string{account + " eu-west-1 DeletePool", account + " eu-west-1 DeletePool", account + " eu-west-1 DescribePools"}
	if !slices.Equal(rates.asked, want) {
		t.Errorf("asked %q, want %q", rates.asked, want)
	}
}

// TestEveryOperationMayBeThrottled: whichever is called too often can say so.
func TestEveryOperationMayBeThrottled(t *testing.T) {
	for _, op := range api.Operations() {
		if !op.Declares(api.ThrottlingException) {
			t.Errorf("%s does not declare ThrottlingException", op.Name)
		}
	}
}
