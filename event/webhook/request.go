package webhook

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"heliograph/event"
)

// Headers of every request.
const (
	EventID   = "Heliograph-Event-Id"  // the same at each attempt: a consumer tells a repeat by it
	Target    = "Heliograph-Target"    // ARN
	Timestamp = "Heliograph-Timestamp" // seconds since 1970, of the attempt
	Signature = "Heliograph-Signature" // see Sign
)

// Inbound is the CloudEvents type of what a handset sent, which the API has no
// name for.
const Inbound = "INBOUND_MESSAGE"

// Sign is the signature of a request: "v1=" and, in hexadecimal, HMAC-SHA256
// with the secret over the timestamp as it is in its header, a full stop and the
// body.
func Sign(secret, timestamp string, body []byte) string {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(timestamp + "."))
	mac.Write(body)
	return "v1=" + hex.EncodeToString(mac.Sum(nil))
}

// request is the body and the headers of an event.
func (s Settings) request(d event.Delivery) ([]byte, http.Header, error) {
	headers := http.Header{}
	for name, value := range s.Headers {
		headers.Set(name, value)
	}
	if s.Authorization != "" {
		headers.Set("Authorization", s.Authorization)
	}
	headers.Set("User-Agent", "heliograph")
	headers.Set(EventID, d.ID)
	headers.Set("Idempotency-Key", d.ID) // also lets a connection that was closed meanwhile be replaced
	headers.Set(Target, s.Target.ARN)
	body, err := s.body(d, headers)
	if err != nil {
		return nil, nil, err
	}
	timestamp := strconv.FormatInt(s.Now().Unix(), 10)
	headers.Set(Timestamp, timestamp)
	if s.Secret != "" {
		headers.Set(Signature, Sign(s.Secret, timestamp, body))
	}
	return body, headers, nil
}

func (s Settings) body(d event.Delivery, headers http.Header) ([]byte, error) {
	if s.Envelope {
		return s.notification(d, headers)
	}
	headers.Set("Content-Type", "application/json")
	if s.CloudEvents {
		s.cloudEvent(d, headers)
	}
	return d.Record, nil
}

// cloudEvent adds the attributes of CloudEvents 1.0 (HTTP binding §3.1).
func (s Settings) cloudEvent(d event.Delivery, headers http.Header) {
	kind := d.Type
	if kind == "" {
		kind = Inbound
	}
	headers.Set("ce-specversion", "1.0")
	headers.Set("ce-id", d.ID)
	headers.Set("ce-source", s.Target.ARN)
	headers.Set("ce-type", kind)
	headers.Set("ce-time", d.At.UTC().Format(time.RFC3339Nano))
	headers.Set("ce-subject", d.MessageID)
}

// envelope is SNS's notification, with its members in the published order. The
// certificate and what it signs are empty: subscribers verify the header
// Heliograph-Signature instead.
type envelope struct {
	Type             string
	MessageID        string `json:"MessageId"`
	TopicARN         string `json:"TopicArn"`
	Message          string
	Timestamp        string
	SignatureVersion string
	Signature        string
	SigningCertURL   string
	UnsubscribeURL   string
}

// notification is the envelope of an event, and the headers that SNS sends.
func (s Settings) notification(d event.Delivery, headers http.Header) ([]byte, error) {
	if !utf8.Valid(d.Record) {
		return nil, errors.New("the record is no text in UTF-8")
	}
	headers.Set("Content-Type", "text/plain; charset=UTF-8")
	headers.Set("x-amz-sns-message-type", "Notification")
	headers.Set("x-amz-sns-message-id", d.ID)
	headers.Set("x-amz-sns-topic-arn", s.Target.ARN)
	headers.Set("x-amz-sns-subscription-arn", s.Target.ARN+":heliograph")
	return marshal(envelope{
		Type: "Notification", MessageID: d.ID, TopicARN: s.Target.ARN, Message: string(d.Record),
		Timestamp: d.At.UTC().Format("2006-01-02T15:04:05.000Z"), SignatureVersion: "1",
	})
}

// marshal writes < and > as they are, as SNS does.
func marshal(e envelope) ([]byte, error) {
	var b strings.Builder
	out := json.NewEncoder(&b)
	out.SetEscapeHTML(false)
	err := out.Encode(e)
	return []byte(strings.TrimSuffix(b.String(), "\n")), err
}
