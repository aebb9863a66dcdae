package fault

import (
	"fmt"
	"slices"
	"strings"
	"sync"

	"heliograph/api"
	"heliograph/api/model"
)

// facts is what faults are checked against: the model, read when the first
// fault is set.
type facts struct {
	model func() (*model.Model, error)
}

func newFacts() facts { return facts{sync.OnceValues(model.Load)} }

// complete checks an account's list and fills in what was left to it.
func (k facts) complete(faults []Fault) ([]Fault, error) {
	if len(faults) > MaxFaults {
		return nil, fmt.Errorf("there are %d faults; at most %d are kept", len(faults), MaxFaults)
	}
	m, err := k.model()
	if err != nil {
		return nil, err
	}
	whole := make([]Fault, len(faults))
	for i, f := range faults {
		if whole[i], err = completed(m, f); err != nil {
			return nil, fmt.Errorf("faults[%d]: %w", i, err)
		}
	}
	return whole, nil
}

func completed(m *model.Model, f Fault) (Fault, error) {
	op := m.Operation(f.Operation)
	if op == nil {
		return f, fmt.Errorf("operation %q is none of the API's", f.Operation)
	}
	if err := bounds(f); err != nil {
		return f, err
	}
	if f.Exception == "" {
		return f, bare(f)
	}
	return excepted(m, op, f)
}

// bounds checks what every fault has.
func bounds(f Fault) error {
	switch {
	case f.Count < 1 || f.Count > MaxCount:
		return fmt.Errorf("count %d is not between 1 and %d", f.Count, MaxCount)
	case f.Delay < 0 || f.Delay > MaxDelay:
		return fmt.Errorf("delay %s is not between 0s and %s", f.Delay, MaxDelay)
	case f.Cut != "" && f.Cut != CutBefore && f.Cut != CutAfter:
		return fmt.Errorf("cut %q is neither %q nor %q", f.Cut, CutBefore, CutAfter)
	case f.Cut != "" && f.Exception != "":
		return fmt.Errorf("a call whose connection is cut gets no exception: leave out cut or %s", f.Exception)
	}
	return nil
}

// bare checks a fault without an exception.
func bare(f Fault) error {
	switch {
	case f.Reason != "" || f.ResourceType != "" || f.ResourceID != "":
		return fmt.Errorf("a fault without an exception has no reason and names no resource")
	case f.Delay == 0 && f.Cut == "":
		return fmt.Errorf("a fault needs an exception, a delay or a cut")
	}
	return nil
}

// excepted checks the members of an exception and fills in those that were
// left out.
func excepted(m *model.Model, op *model.Operation, f Fault) (Fault, error) {
	if !slices.Contains(op.Errors, f.Exception) {
		return f, fmt.Errorf("%s does not declare exception %q; it declares %s", op.Name, f.Exception, strings.Join(op.Errors, ", "))
	}
	shape := m.Shape(f.Exception)
	if f.Reason == "" {
		f.Reason = defaultReason(op.Name, f.Exception)
	}
	if f.Reason != "" && !slices.Contains(values(m, shape, "Reason"), f.Reason) {
		return f, fmt.Errorf("reason %q is none of %s's", f.Reason, f.Exception)
	}
	kinds := values(m, shape, "ResourceType")
	switch {
	case kinds == nil && (f.ResourceType != "" || f.ResourceID != ""):
		return f, fmt.Errorf("%s names no resource", f.Exception)
	case kinds != nil && f.ResourceType == "":
		f.ResourceType = subjectOf(op.Name).resource
	case kinds != nil && !slices.Contains(kinds, string(f.ResourceType)):
		return f, fmt.Errorf("resourceType %q is none of the API's", f.ResourceType)
	}
	if kinds != nil && f.ResourceID == "" {
		f.ResourceID = DefaultResourceID
	}
	if f.Exception == api.ValidationException {
		f.fields = complaint(m.Shape(op.Input))
	}
	return f, nil
}

// values is the enumeration of an exception's member, nil where it has no such
// member.
func values(m *model.Model, exception *model.Shape, member string) []string {
	for _, mb := range exception.Members {
		if mb.Name == member {
			return m.Shape(mb.Shape).Enum
		}
	}
	return nil
}

// complaint is the member of a request that a ValidationException names: one
// that callers must give, where there is one.
func complaint(input *model.Shape) []string {
	switch {
	case len(input.Required) > 0:
		return input.Required[:1]
	case len(input.Members) > 0:
		return []string{input.Members[0].Name}
	}
	return nil
}
