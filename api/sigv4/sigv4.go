// Package sigv4 verifies and makes AWS Signature Version 4 signatures of
// requests to the service sms-voice, in the form that stands in the
// Authorization header.
//
// Left out: signatures in the query string (presigned URLs), asymmetric
// signatures (SigV4a), bodies signed in chunks and unsigned bodies. No SDK uses
// them for this service. Session tokens are reported, not judged.
package sigv4

import (
	"cmp"
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/aws/smithy-go/aws-http-auth/credentials"
	awssigv4 "github.com/aws/smithy-go/aws-http-auth/sigv4"
	v4 "github.com/aws/smithy-go/aws-http-auth/v4"
)

const (
	// Service is the signing name of the API.
	Service = "sms-voice"
	// Skew is how far a request's time may be from ours.
	Skew = 5 * time.Minute

	timeFormat = "20060102T150405Z"
	dayFormat  = "20060102"
)

// The exceptions by which SDKs know what is wrong with a signature.
const (
	MissingAuthenticationToken = "MissingAuthenticationTokenException" // there is none
	IncompleteSignature        = "IncompleteSignatureException"        // it cannot be read
	InvalidSignature           = "InvalidSignatureException"           // it is not that of the request, or not of this time
	UnrecognizedClient         = "UnrecognizedClientException"         // the access key is unknown
)

// Error says why a signature was refused.
type Error struct {
	Exception string // one of the constants above
	Message   string // for the caller; it names no secret
}

// Error returns the message.
func (e *Error) Error() string { return e.Message }

// SecretSource knows the secrets of access keys.
type SecretSource interface {
	// Secret returns the secret of a key; ok is false where there is no such
	// key. An error says that the look-up failed, not that the key is unknown.
	Secret(ctx context.Context, accessKeyID string) (secret string, ok bool, err error)
}

// Verifier verifies signatures. It holds no state and may be used by many
// goroutines.
type Verifier struct {
	Secrets SecretSource
	Now     func() time.Time
	Service string // signing name, "" = the API's
}

// Identity is who signed a request and for which Region.
type Identity struct {
	AccessKeyID  string
	Region       string
	SessionToken string // as sent; not verified, empty where there is none
}

// Verify returns who signed the request, whose body has been read already.
// Errors are *Error with the exception that SDKs know, or what the
// SecretSource answered.
func (v *Verifier) Verify(ctx context.Context, r *http.Request, body []byte) (Identity, error) {
	auth, err := authorizationOf(r)
	if err != nil {
		return Identity{}, err
	}
	if err := auth.checkScope(cmp.Or(v.Service, Service)); err != nil {
		return Identity{}, err
	}
	at, err := v.timeOf(r, auth)
	if err != nil {
		return Identity{}, err
	}
	if err := auth.covers(r); err != nil {
		return Identity{}, err
	}
	hash := sha256.Sum256(body)
	if err := bodyMatches(r, hash); err != nil {
		return Identity{}, err
	}
	secret, ok, err := v.Secrets.Secret(ctx, auth.accessKeyID)
	if err != nil {
		return Identity{}, fmt.Errorf("sigv4: secret of an access key: %w", err)
	}
	if !ok {
		return Identity{}, refused(UnrecognizedClient, "The security token included in the request is invalid. Use an access key of this server.")
	}
	if err := auth.matches(r, body, hash, secret, at); err != nil {
		return Identity{}, err
	}
	return Identity{AccessKeyID: auth.accessKeyID, Region: auth.region, SessionToken: r.Header.Get("X-Amz-Security-Token")}, nil
}

func authorizationOf(r *http.Request) (authorization, error) {
	switch headers := r.Header.Values("Authorization"); len(headers) {
	case 0:
		return authorization{}, refused(MissingAuthenticationToken, "Missing Authentication Token. Sign the request with Signature Version 4 in the Authorization header.")
	case 1:
		return parseAuthorization(headers[0])
	}
	return authorization{}, incomplete("Send one Authorization header.")
}

// timeOf returns the time the request was signed, from X-Amz-Date or, without
// it, from Date. SDKs correct their clock after "Signature expired" and
// "Signature not yet current" by the Date header of the answer.
func (v *Verifier) timeOf(r *http.Request, auth authorization) (time.Time, error) {
	at, err := signedAt(r)
	if err != nil {
		return at, err
	}
	if at.Format(dayFormat) != auth.day {
		return at, invalid("Date in Credential scope does not match the day of X-Amz-Date. Sign the request anew.")
	}
	now := v.Now().UTC().Truncate(time.Second)
	if oldest := now.Add(-Skew); at.Before(oldest) {
		return at, invalid(fmt.Sprintf("Signature expired: %s is now earlier than %s (%s - 5 min.)", at.Format(timeFormat), oldest.Format(timeFormat), now.Format(timeFormat)))
	}
	if newest := now.Add(Skew); at.After(newest) {
		return at, invalid(fmt.Sprintf("Signature not yet current: %s is still later than %s (%s + 5 min.)", at.Format(timeFormat), newest.Format(timeFormat), now.Format(timeFormat)))
	}
	return at, nil
}

func signedAt(r *http.Request) (time.Time, error) {
	dates := r.Header.Values("X-Amz-Date")
	if len(dates) == 1 && len(dates[0]) == len(timeFormat) {
		if at, err := time.Parse(timeFormat, dates[0]); err == nil {
			return at, nil
		}
	}
	if len(dates) > 0 {
		return time.Time{}, incomplete("Date must be in ISO-8601 'basic format'. Send X-Amz-Date once, as in 20260131T093000Z.")
	}
	at, err := http.ParseTime(r.Header.Get("Date"))
	if err != nil {
		return time.Time{}, incomplete("Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header.")
	}
	return at.UTC(), nil
}

// covers says whether the signature covers what decides where the request
// goes and what it does.
func (a authorization) covers(r *http.Request) error {
	if !slices.Contains(a.signed, "host") {
		return invalid("'Host' must be a signed header. Sign it.")
	}
	if len(r.Header.Values("X-Amz-Target")) > 0 && !slices.Contains(a.signed, "x-amz-target") {
		return invalid("'X-Amz-Target' must be a signed header. Sign it.")
	}
	return nil
}

// bodyMatches checks the hash that a client may state besides signing it.
func bodyMatches(r *http.Request, hash [sha256.Size]byte) error {
	stated := r.Header.Values("X-Amz-Content-Sha256")
	if len(stated) == 0 || len(stated) == 1 && stated[0] == hex.EncodeToString(hash[:]) {
		return nil
	}
	return invalid("X-Amz-Content-Sha256 is not the hash of the body. Sign the body; unsigned bodies are refused.")
}

// matches signs the signed parts of the request again and compares.
func (a authorization) matches(r *http.Request, body []byte, hash [sha256.Size]byte, secret string, at time.Time) error {
	again := &http.Request{Method: r.Method, URL: r.URL, Host: r.Host, Header: a.signedHeaders(r, len(body))}
	err := awssigv4.New().SignRequest(&awssigv4.SignRequestInput{
		Request:     again,
		PayloadHash: hash[:],
		Credentials: credentials.Credentials{AccessKeyID: a.accessKeyID, SecretAccessKey: secret},
		Service:     a.service,
		Region:      a.region,
		Time:        at,
	}, func(o *v4.SignerOptions) { o.HeaderRules = only(a.signed) })
	if err != nil {
		return fmt.Errorf("sigv4: sign again: %w", err)
	}
	_, want, _ := strings.Cut(again.Header.Get("Authorization"), "Signature=")
	if subtle.ConstantTimeCompare([]byte(want), []byte(a.signature)) != 1 {
		return invalid("The request signature we calculated does not match the signature you provided. Check the secret access key and the signing method.")
	}
	return nil
}

// signedHeaders returns the headers that the client has signed, with runs of
// blanks made one, as the canonical form wants it.
func (a authorization) signedHeaders(r *http.Request, bodySize int) http.Header {
	h := make(http.Header, len(a.signed)+1)
	for _, name := range a.signed {
		key := http.CanonicalHeaderKey(name)
		for _, value := range r.Header[key] {
			h[key] = append(h[key], oneBlank(value))
		}
	}
	if slices.Contains(a.signed, "content-length") && h["Content-Length"] == nil {
		h.Set("Content-Length", strconv.Itoa(bodySize))
	}
	return h
}

func oneBlank(s string) string {
	if !strings.Contains(s, "  ") && !strings.Contains(s, "\t") {
		return s
	}
	return strings.Join(strings.Fields(s), " ")
}

// only signs exactly these headers.
type only []string

// IsSigned says whether the header, in lower case, is signed.
func (o only) IsSigned(name string) bool { return slices.Contains(o, name) }

func refused(exception, message string) error {
	return &Error{Exception: exception, Message: message}
}

func invalid(message string) error {
	return refused(InvalidSignature, message)
}

func incomplete(message string) error {
	return refused(IncompleteSignature, message)
}
