package awsjson

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/go-json-experiment/json/jsontext"

	"heliograph/api"
	"heliograph/api/sigv4"
)

// ofProtocol says whether the exception may answer any operation, declared or
// not.
func ofProtocol(exception string) bool {
	switch exception {
	case api.UnknownOperationException, api.SerializationException,
		api.MissingAuthenticationTokenException, api.IncompleteSignatureException,
		api.InvalidSignatureException, api.UnrecognizedClientException:
		return true
	}
	return false
}

// refuse answers an error. What is no exception of the operation becomes
// InternalServerException, and its cause is logged.
func (q *request) refuse(err error) {
	var signature *sigv4.Error
	if errors.As(err, &signature) {
		err = api.Protocol(signature.Exception, signature.Message)
	}
	var e *api.Error
	if errors.As(err, &e) && !q.mayAnswer(e) {
		// Without its text, which may name a phone number.
		err, e = fmt.Errorf("%s %s is not declared by the operation", e.Exception, e.Reason), nil
	}
	if asked := (injected{}); errors.As(err, &asked) {
		q.fail(statusOf(e.Exception), e)
		return
	}
	if e == nil || e.Exception == api.InternalServerException {
		q.log(q.r.Context(), "request failed", err)
		q.fail(http.StatusInternalServerError, &api.Error{
			Exception: api.InternalServerException,
			Remedy:    "Try again; the log of the server has the cause under the request id " + q.id + ".",
		})
		return
	}
	q.fail(http.StatusBadRequest, e)
}

// statusOf is 400 for what a client did wrong, 500 for the one server fault.
func statusOf(exception string) int {
	if exception == api.InternalServerException {
		return http.StatusInternalServerError
	}
	return http.StatusBadRequest
}

func (q *request) mayAnswer(e *api.Error) bool {
	return q.route == nil || ofProtocol(e.Exception) || q.route.op.Declares(e.Exception)
}

func (q *request) fail(status int, e *api.Error) {
	q.count(e.Exception)
	q.w.Header().Set("X-Amzn-Errortype", e.Exception)
	q.write(status, q.encode(e))
}

// encode writes the exception's name, its message and those of its members
// that are set.
func (q *request) encode(e *api.Error) []byte {
	b := append([]byte{'{'}, `"__type":`...)
	b = appendText(b, e.Exception)
	member := func(name, value string) {
		if value != "" {
			b = append(append(append(b, ',', '"'), name...), '"', ':')
			b = appendText(b, value)
		}
	}
	member("Message", e.Error())
	member("Reason", e.Reason)
	member("ResourceType", string(e.ResourceType))
	member("ResourceId", e.ResourceID)
	if e.Exception == api.InternalServerException {
		member("RequestId", q.id)
	}
	if len(e.Fields) > 0 {
		b = appendFields(append(b, `,"Fields":`...), e.Fields)
	}
	return append(b, '}')
}

func appendFields(b []byte, fields []api.Field) []byte {
	for i, f := range fields {
		b = append(b, "[,"[min(i, 1)])
		b = appendText(append(b, `{"Name":`...), f.Name)
		b = appendText(append(b, `,"Message":`...), f.Message)
		b = append(b, '}')
	}
	return append(b, ']')
}

// appendText appends a JSON string; octets that are no UTF-8 become U+FFFD.
func appendText(b []byte, s string) []byte {
	b, _ = jsontext.AppendQuote(b, s) // the error only tells of the replacement
	return b
}

func (q *request) log(ctx context.Context, what string, err error) {
	operation := ""
	if q.route != nil {
		operation = q.route.op.Name
	}
	q.mux.server.Logger.ErrorContext(ctx, what,
		"operation", operation, "requestId", q.id, "account", q.caller.Account, "region", q.caller.Region, "error", err)
}
