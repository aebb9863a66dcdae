package simulator

import (
	"net/http"
	"time"

	"heliograph/api"
	"heliograph/api/fault"
)

// Faults keeps what test authors want the API to answer.
type Faults interface {
	// Get lists the faults of an account that calls have yet to meet.
	Get(account string) []fault.Fault
	// Set replaces them. The error tells the author what is wrong with them.
	Set(account string, faults []fault.Fault) error
}

// faultLine is a fault as JSON has it.
type faultLine struct {
	Operation    string           `json:"operation"`
	Exception    string           `json:"exception"`
	Reason       string           `json:"reason"`
	Count        *int             `json:"count"` // absent = 1
	Delay        Delay            `json:"delay"`
	Cut          fault.Cut        `json:"cut,omitempty"`
	ResourceType api.ResourceType `json:"resourceType,omitempty"`
	ResourceID   string           `json:"resourceId,omitempty"`
}

// faultList is the body of the faults' requests and answers.
type faultList struct {
	Faults []faultLine `json:"faults"`
}

func getFaults(r *request, book Faults) (int, any, error) {
	out := faultList{Faults: []faultLine{}}
	for _, f := range book.Get(r.owns()) {
		out.Faults = append(out.Faults, faultLine{
			Operation: f.Operation, Exception: f.Exception, Reason: f.Reason, Count: &f.Count, Delay: Delay(f.Delay),
			Cut: f.Cut, ResourceType: f.ResourceType, ResourceID: f.ResourceID,
		})
	}
	return http.StatusOK, out, nil
}

func putFaults(r *request, book Faults) (int, any, error) {
	var in faultList
	if err := r.decode(&in); err != nil {
		return 0, nil, err
	}
	faults := make([]fault.Fault, len(in.Faults))
	for i, l := range in.Faults {
		faults[i] = fault.Fault{
			Operation: l.Operation, Exception: l.Exception, Reason: l.Reason, Count: 1, Delay: time.Duration(l.Delay),
			Cut: l.Cut, ResourceType: l.ResourceType, ResourceID: l.ResourceID,
		}
		if l.Count != nil {
			faults[i].Count = *l.Count
		}
	}
	if err := book.Set(r.owns(), faults); err != nil {
		return 0, nil, problem(http.StatusBadRequest, "%v", err)
	}
	return getFaults(r, book)
}
