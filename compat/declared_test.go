package compat

import (
	"net/http"
	"slices"
	"testing"
)

// metException is an exception that the server said it would answer, and what
// the client met.
type metException struct {
	Told toldFault      `json:"told"`
	Met  map[string]any `json:"met"`
}

// toldFault is a fault as the server shows it, with what was left to it.
type toldFault struct {
	Operation    string `json:"operation"`
	Exception    string `json:"exception"`
	Reason       string `json:"reason"`
	ResourceType string `json:"resourceType"`
	ResourceID   string `json:"resourceId"`
}

// faults sets the account's faults, one call each, and reads how the server
// shows them.
func (s *server) faults(list []toldFault) []toldFault {
	s.t.Helper()
	type body struct {
		Faults []toldFault `json:"faults"`
	}
	if status := s.do(http.MethodPut, "/simulator/v1/faults", body{list}, nil); status >= 300 {
		s.t.Fatalf("PUT faults: HTTP %d", status)
	}
	shown := body{}
	if status := s.do(http.MethodGet, "/simulator/v1/faults", nil, &shown); status >= 300 {
		s.t.Fatalf("GET faults: HTTP %d", status)
	}
	return shown.Faults
}

// declared are the exceptions of the operations that a client has.
func (m *apiModel) declared(known []string) (list []toldFault) {
	for _, o := range m.Operations {
		if !slices.Contains(known, o.Name) {
			continue
		}
		for _, exception := range o.Errors {
			list = append(list, toldFault{Operation: o.Name, Exception: exception})
		}
	}
	return list
}

// oneOfEach keeps the last of each exception.
func oneOfEach(list []toldFault) (kept []toldFault) {
	for _, f := range slices.Backward(list) {
		if !slices.ContainsFunc(kept, func(k toldFault) bool { return k.Exception == f.Exception }) {
			kept = append(kept, f)
		}
	}
	return kept
}

// meet makes a valid call for each fault.
func meet(t testing.TB, s *server, m *apiModel, c client, list []toldFault) (met []metException) {
	t.Helper()
	for _, told := range s.faults(list) {
		_, exception, _ := c.call(told.Operation, m.valid(t, m.operation(told.Operation).Input).(map[string]any))
		met = append(met, metException{told, exception})
	}
	return met
}

// checkDeclared expects, for every operation that the client has and every
// exception that it declares, the client's own type of that exception, with the
// members that the server said it would give.
func (r *report) checkDeclared(t *testing.T, m *apiModel) {
	t.Helper()
	checkMet(t, m.declared(r.Known), r.Declared)
	figure(t, "%d exceptions of %d operations met", len(r.Declared), len(r.Known))
}

// checkMet compares what was met with what was wanted and with what the server
// said.
func checkMet(t *testing.T, want []toldFault, met []metException) {
	t.Helper()
	if len(met) != len(want) || len(want) == 0 {
		t.Fatalf("%d exceptions were tried, %d are declared", len(met), len(want))
	}
	for i, d := range met {
		at := d.Told.Operation + " " + d.Told.Exception
		if d.Told.Operation != want[i].Operation || d.Told.Exception != want[i].Exception {
			t.Fatalf("fault %d is %s, want %s %s", i, at, want[i].Operation, want[i].Exception)
		}
		if d.Met["name"] != d.Told.Exception {
			t.Errorf("%s: %v", at, d.Met)
		}
		for member, told := range d.Told.members() {
			if got, _ := d.Met[member].(string); got != told {
				t.Errorf("%s: %s is %q, want %q", at, member, got, told)
			}
		}
		for _, member := range alwaysGiven(d.Told.Exception) {
			if got, _ := d.Met[member].(string); got == "" {
				t.Errorf("%s has no %s: %v", at, member, d.Met)
			}
		}
	}
}

// members are the exception's, as the server said; "" = none.
func (f toldFault) members() map[string]string {
	return map[string]string{"Reason": f.Reason, "ResourceType": f.ResourceType, "ResourceId": f.ResourceID}
}

// alwaysGiven are the members that an exception is never without.
func alwaysGiven(exception string) []string {
	switch exception {
	case "ConflictException":
		return []string{"Message", "Reason", "ResourceType", "ResourceId"}
	case "ResourceNotFoundException":
		return []string{"Message", "ResourceType", "ResourceId"}
	case "ServiceQuotaExceededException", "ValidationException":
		return []string{"Message", "Reason"}
	case "InternalServerException":
		return []string{"Message", "RequestId"}
	}
	return []string{"Message"}
}
