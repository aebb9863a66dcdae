package awsjson

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"

	"heliograph/api"
	"heliograph/api/fault"
	"heliograph/api/model"
)

// titles begin the Message of each exception of the model.
func titles() map[string]string {
	return map[string]string{
		"AccessDeniedException":         "Access Denied",
		"ConflictException":             "Conflict Occurred",
		"InternalServerException":       "Internal Server Error",
		"ResourceNotFoundException":     "Resource Not Found",
		"ServiceQuotaExceededException": "Service Quota Exceeded",
		"ThrottlingException":           "Rate Exceeded",
		"ValidationException":           "Validation Failed",
	}
}

// expectation is an exception that a call must be answered with.
type expectation struct {
	m         *model.Model
	exception *model.Shape
	set       fault.Fault // as the Book keeps it
}

// provoke sets a fault, makes a valid request and checks the answer.
func (s *server) provoke(t *testing.T, m *model.Model, op model.Operation, f fault.Fault) {
	t.Helper()
	s.setFaults(t, f)
	want := expectation{m, m.Shape(f.Exception), s.faults.Get(account)[0]}
	k := maker{t, m}
	want.check(t, s.call(t, op.Name, text(t, k.valid(op.Input, false))), m.Shape(op.Input))
	if left := s.faults.Get(account); len(left) > 0 {
		t.Errorf("%s %s: the call has not met %v", op.Name, f.Exception, left)
	}
}

// check compares status, name, and every member with what the model says.
func (x expectation) check(t *testing.T, a answer, input *model.Shape) {
	t.Helper()
	status := http.StatusBadRequest
	if x.exception.Fault {
		status = http.StatusInternalServerError
	}
	var members map[string]any
	if err := json.Unmarshal([]byte(a.text), &members); err != nil {
		t.Fatal(err)
	}
	if a.status != status || a.header.Get("X-Amzn-ErrorType") != x.exception.Name || members["__type"] != x.exception.Name {
		t.Errorf("%d %s %s, want %d %s", a.status, a.header.Get("X-Amzn-ErrorType"), a.text, status, x.exception.Name)
	}
	delete(members, "__type")
	for _, mb := range x.exception.Members {
		x.member(t, mb, members[mb.Name], a, input)
		delete(members, mb.Name)
	}
	if len(members) > 0 {
		t.Errorf("members beyond the model: %v", members)
	}
}

func (x expectation) member(t *testing.T, mb model.Member, got any, a answer, input *model.Shape) {
	t.Helper()
	word, _ := got.(string)
	ok := true
	switch mb.Name {
	case "Message":
		ok = x.message(word)
	case "Reason":
		ok = word == x.set.Reason && (slices.Contains(x.m.Shape(mb.Shape).Enum, word) || got == nil && x.exception.Name == "AccessDeniedException")
	case "ResourceType":
		ok = word == string(x.set.ResourceType) && slices.Contains(x.m.Shape(mb.Shape).Enum, word)
	case "ResourceId":
		ok = word == x.set.ResourceID && word != ""
	case "RequestId":
		ok = word == a.header.Get("x-amzn-RequestId") && word != ""
	case "Fields":
		ok = fieldsFit(got, input)
	default:
		t.Errorf("no rule for member %s", mb.Name)
	}
	if !ok {
		t.Errorf("%s: %s is %v", x.exception.Name, mb.Name, got)
	}
}

// message says whether the text has the shape that command line users read:
// title, the members that say what is wrong, and a sentence with the remedy.
func (x expectation) message(text string) bool {
	facts := ""
	for _, f := range [][2]string{{"Reason", x.set.Reason}, {"ResourceType", string(x.set.ResourceType)}, {"ResourceId", x.set.ResourceID}} {
		if f[1] != "" {
			facts += ` ` + f[0] + `="` + f[1] + `"`
		}
	}
	head, remedy, ok := strings.Cut(text, ". ")
	if name, fields, found := strings.Cut(head, ` Fields="`); found {
		head, ok = name, ok && strings.HasSuffix(fields, `"`)
	}
	want := titles()[x.exception.Name]
	if facts != "" {
		want += " -" + facts
	}
	return ok && head == want && remedy == "This fault was set at /simulator/v1/faults."
}

// fieldsFit says whether Fields names members of the request; requests without
// members have none to name.
func fieldsFit(got any, input *model.Shape) bool {
	list, _ := got.([]any)
	if len(input.Members) == 0 {
		return got == nil
	}
	for _, entry := range list {
		field, _ := entry.(map[string]any)
		named := slices.ContainsFunc(input.Members, func(mb model.Member) bool { return mb.Name == field["Name"] })
		if sentence, _ := field["Message"].(string); !named || sentence == "" || len(field) != 2 {
			return false
		}
	}
	return len(list) > 0
}

// TestEveryDeclaredExceptionOfEveryOperation sets a fault for each operation of
// the model and each exception that it declares, and reads the answer of a
// valid request as clients do.
func TestEveryDeclaredExceptionOfEveryOperation(t *testing.T) {
	m, err := model.Load()
	if err != nil {
		t.Fatal(err)
	}
	s, cases := newServer(t), 0
	for _, op := range m.Operations {
		t.Run(op.Name, func(t *testing.T) {
			for _, exception := range op.Errors {
				cases++
				s.provoke(t, m, op, fault.Fault{Operation: op.Name, Exception: exception, Count: 1})
			}
		})
	}
	s.http.Close() // the log is complete
	if s.log.Len() > 0 {
		t.Errorf("faults were logged as failures: %s", s.log)
	}
	t.Logf("%d operations: %d pairs of operation and exception", len(m.Operations), cases)
	if cases < 600 {
		t.Errorf("only %d pairs: cases were lost", cases)
	}
}

// TestEveryReasonOfEveryException goes through the enumerations of the
// exceptions: each of their reasons, and each kind of resource, as an answer of
// an operation that declares the exception.
func TestEveryReasonOfEveryException(t *testing.T) {
	m, err := model.Load()
	if err != nil {
		t.Fatal(err)
	}
	s, cases := newServer(t), 0
	for _, exception := range m.Shapes {
		if !exception.Exception {
			continue
		}
		i := slices.IndexFunc(m.Operations, func(o model.Operation) bool { return slices.Contains(o.Errors, exception.Name) })
		for _, mb := range exception.Members {
			for _, value := range m.Shape(mb.Shape).Enum {
				cases++
				s.provoke(t, m, m.Operations[i], faultWith(t, m.Operations[i].Name, exception.Name, mb.Name, value))
			}
		}
	}
	t.Logf("%d reasons and kinds of resources", cases)
	if cases < 150 {
		t.Errorf("only %d cases: some were lost", cases)
	}
}

func faultWith(t *testing.T, operation, exception, member, value string) fault.Fault {
	t.Helper()
	f := fault.Fault{Operation: operation, Exception: exception, ResourceID: "pool-1", Count: 1}
	switch member {
	case "Reason":
		f.Reason = value
		if exception != api.ConflictException {
			f.ResourceID = ""
		}
	case "ResourceType":
		f.ResourceType = api.ResourceType(value)
	default:
		t.Fatalf("%s has an enumeration %s", exception, member)
	}
	return f
}
