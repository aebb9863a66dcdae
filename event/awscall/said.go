package awscall

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"

	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/smithy-go"
)

// said is an error in few words: neither addresses nor ids of requests.
type said struct {
	text string
	err  error
}

// Error is the few words.
func (s *said) Error() string { return s.text }

// Unwrap is the SDK's error.
func (s *said) Unwrap() error { return s.err }

// Said tells what a service answered, or why there was no answer. A role that
// the credentials need and do not get is told as the service tells it.
func Said(err error) error {
	if err == nil {
		return nil
	}
	text := words(err)
	if ofRole(err) {
		text = "Could not assume IAM role: " + text
	}
	return &said{text, err}
}

// ofRole says whether a call failed since the credentials are those of a role
// that could not be had.
func ofRole(err error) bool {
	for operation := (*smithy.OperationError)(nil); errors.As(err, &operation); err = operation.Err {
		if operation.Service() == "STS" {
			return true
		}
	}
	return false
}

func words(err error) string {
	var api smithy.APIError
	var answer *awshttp.ResponseError
	var transport *url.Error
	var garbled *smithy.DeserializationError
	switch {
	case errors.As(err, &api):
		return api.ErrorCode() + ": " + api.ErrorMessage()
	case errors.As(err, &transport):
		return "no answer: " + transport.Err.Error()
	case errors.As(err, &answer) && answer.HTTPStatusCode() >= http.StatusMultipleChoices:
		return fmt.Sprintf("HTTP %d without an answer of the service", answer.HTTPStatusCode())
	case errors.As(err, &garbled):
		return "the answer cannot be read"
	}
	return err.Error()
}

// Code is the exception that a service answered, "" where it did not.
func Code(err error) string {
	if api := smithy.APIError(nil); errors.As(err, &api) {
		return api.ErrorCode()
	}
	return ""
}

// Unknown says that a server does not know what it was asked: it speaks only a
// part of the service's API.
func Unknown(err error) bool {
	if slices.Contains([]string{"InvalidAction", "UnknownOperationException", "NotImplemented", "UnknownError"}, Code(err)) {
		return is(err, http.StatusBadRequest, http.StatusNotFound, http.StatusMethodNotAllowed, http.StatusNotImplemented)
	}
	garbled := (*smithy.DeserializationError)(nil)
	return errors.As(err, &garbled) && is(err, http.StatusBadRequest, http.StatusNotFound, http.StatusMethodNotAllowed, http.StatusNotImplemented)
}

func is(err error, statuses ...int) bool {
	answer := (*awshttp.ResponseError)(nil)
	return errors.As(err, &answer) && slices.Contains(statuses, answer.HTTPStatusCode())
}
