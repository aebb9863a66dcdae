package api

import (
	"errors"
	"strings"
)

// Differs(all): the sentences of errors are this server's own, in the shape that the service's known messages have; Reason,
// ResourceType, ResourceId and Fields are the API's.

// ErrStale is what a store answers when a record is no longer at the revision
// that the caller has read. The handler is then run again.
var ErrStale = errors.New("api: the record has changed since it was read")

// ErrTokenTaken is what a store answers when an idempotency token of the
// account, Region and operation is already recorded. The first answer is then
// given again.
var ErrTokenTaken = errors.New("api: the client token is already recorded")

// The exceptions of the protocol, which any request may meet before its
// operation is reached. They are not declared by operations.
const (
	UnknownOperationException           = "UnknownOperationException"
	SerializationException              = "SerializationException"
	MissingAuthenticationTokenException = "MissingAuthenticationTokenException"
	IncompleteSignatureException        = "IncompleteSignatureException"
	InvalidSignatureException           = "InvalidSignatureException"
	UnrecognizedClientException         = "UnrecognizedClientException"
)

// The exceptions of the model.
const (
	AccessDeniedException         = "AccessDeniedException"
	ConflictException             = "ConflictException"
	InternalServerException       = "InternalServerException"
	ResourceNotFoundException     = "ResourceNotFoundException"
	ServiceQuotaExceededException = "ServiceQuotaExceededException"
	ThrottlingException           = "ThrottlingException"
	ValidationException           = "ValidationException"
)

// Field is a member that a ValidationException complains about.
type Field struct {
	Name    string // path, as in Tags[0].Key
	Message string // what is wrong with it; never its value
}

// Error is an exception of the API. Members that an exception does not have
// stay empty. Use the constructors.
type Error struct {
	Exception    string       // name on the wire
	Reason       string       // one of the exception's reasons, or empty
	ResourceType ResourceType // ConflictException, ResourceNotFoundException
	ResourceID   string       // same
	Fields       []Field      // ValidationException
	Remedy       string       // one plain sentence: what to do
}

// NotFound makes a ResourceNotFoundException.
func NotFound(resourceType ResourceType, id, remedy string) *Error {
	return &Error{Exception: ResourceNotFoundException, ResourceType: resourceType, ResourceID: id, Remedy: remedy}
}

// Conflict makes a ConflictException: the request is well-formed, but does not
// fit the present state of the resource.
func Conflict(reason ConflictExceptionReason, resourceType ResourceType, id, remedy string) *Error {
	return &Error{Exception: ConflictException, Reason: string(reason), ResourceType: resourceType, ResourceID: id, Remedy: remedy}
}

// Invalid makes a ValidationException that names the offending members.
func Invalid(reason ValidationExceptionReason, remedy string, fields ...string) *Error {
	e := &Error{Exception: ValidationException, Reason: string(reason), Remedy: remedy}
	for _, f := range fields {
		e.Fields = append(e.Fields, Field{Name: f, Message: remedy})
	}
	return e
}

// QuotaExceeded makes a ServiceQuotaExceededException.
func QuotaExceeded(reason ServiceQuotaExceededExceptionReason, remedy string) *Error {
	return &Error{Exception: ServiceQuotaExceededException, Reason: string(reason), Remedy: remedy}
}

// AccessDenied makes an AccessDeniedException; the reason is empty where a
// policy said no.
func AccessDenied(reason AccessDeniedExceptionReason, remedy string) *Error {
	return &Error{Exception: AccessDeniedException, Reason: string(reason), Remedy: remedy}
}

// Throttled makes a ThrottlingException; SDKs wait and try again.
func Throttled(remedy string) *Error {
	return &Error{Exception: ThrottlingException, Remedy: remedy}
}

// Protocol makes an error of the protocol or the signature: one of the
// exceptions that no operation declares.
func Protocol(exception, message string) *Error {
	return &Error{Exception: exception, Remedy: message}
}

// Error is the Message of the exception on the wire:
//
//	<Title> - Reason="X" ResourceType="t" ResourceId="id". <sentence>
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(e.title())
	var facts []string
	for _, f := range [][2]string{
		{"Reason", e.Reason}, {"ResourceType", string(e.ResourceType)},
		{"ResourceId", e.ResourceID}, {"Fields", e.fieldNames()},
	} {
		if f[1] != "" {
			facts = append(facts, f[0]+`="`+f[1]+`"`)
		}
	}
	if b.Len() > 0 && len(facts) > 0 {
		b.WriteString(" - " + strings.Join(facts, " "))
	}
	if e.Remedy != "" {
		if b.Len() > 0 {
			b.WriteString(". ")
		}
		b.WriteString(e.Remedy)
	}
	return b.String()
}

// title is the fixed text that an exception of the model begins with.
func (e *Error) title() string {
	switch e.Exception {
	case AccessDeniedException:
		return "Access Denied"
	case ConflictException:
		return "Conflict Occurred"
	case InternalServerException:
		return "Internal Server Error"
	case ResourceNotFoundException:
		return "Resource Not Found"
	case ServiceQuotaExceededException:
		return "Service Quota Exceeded"
	case ThrottlingException:
		return "Rate Exceeded"
	case ValidationException:
		return "Validation Failed"
	}
	return ""
}

func (e *Error) fieldNames() string {
	names := make([]string, len(e.Fields))
	for i, f := range e.Fields {
		names[i] = f.Name
	}
	return strings.Join(names, ",")
}
