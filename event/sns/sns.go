// Package sns publishes events to a topic of Amazon SNS, or of a server that
// speaks its API, by the official SDK: one event by Publish, several by
// PublishBatch. In a topic that keeps order (its name ends in .fifo) the events
// of a message are a group, and a repeat is known by the event's id.
//
// Left out: message attributes and subjects, which the service does not set.
package sns

import (
	"context"
	"errors"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sns/types"

	"heliograph/event"
	"heliograph/event/awscall"
)

// limits of a call: 256 KiB, of one event or of ten.
var limits = event.Limits{Events: 10, Bytes: 256 << 10, Each: 256 << 10}

var (
	errSilent = errors.New("the answer does not say what became of the event")
	// aboutText finds what SNS says of the text, as in "Invalid parameter: Message
	// too long", and not of a group or a topic.
	aboutText = regexp.MustCompile(`\bMessage\b`)
)

// Sink publishes to one topic.
type Sink struct {
	client *sns.Client
	topic  string // ARN
}

// New makes the sink of a topic.
func New(c aws.Config, topic string) *Sink {
	return &Sink{client: sns.NewFromConfig(c), topic: topic}
}

// Capacity is a batch of the API, four at once.
func (s *Sink) Capacity() event.Capacity { return event.Capacity{Batch: limits.Events, Calls: 4} }

// Deliver publishes events. Final is what can never work for the event itself: a
// text that the topic does not take. A topic that is missing or forbidden can be
// made or opened, so its events are tried again.
func (s *Sink) Deliver(ctx context.Context, list []event.Delivery) []error {
	return limits.Deliver(list, func(batch []event.Delivery) ([]error, error) {
		if len(batch) == 1 {
			return []error{nil}, s.publish(ctx, batch[0])
		}
		return s.publishBatch(ctx, batch)
	})
}

func (s *Sink) publish(ctx context.Context, d event.Delivery) error {
	in := &sns.PublishInput{TopicArn: &s.topic, Message: aws.String(string(d.Record))}
	in.MessageGroupId, in.MessageDeduplicationId = s.order(d)
	out, err := s.client.Publish(ctx, in)
	if err != nil {
		return judged(err)
	}
	if out.MessageId == nil {
		return errSilent
	}
	return nil
}

func (s *Sink) publishBatch(ctx context.Context, list []event.Delivery) ([]error, error) {
	in := &sns.PublishBatchInput{TopicArn: &s.topic}
	for i, d := range list {
		entry := types.PublishBatchRequestEntry{Id: aws.String(strconv.Itoa(i)), Message: aws.String(string(d.Record))}
		entry.MessageGroupId, entry.MessageDeduplicationId = s.order(d)
		in.PublishBatchRequestEntries = append(in.PublishBatchRequestEntries, entry)
	}
	out, err := s.client.PublishBatch(ctx, in)
	if err != nil {
		return nil, judged(err)
	}
	return outcomes(list, out), nil
}

// outcomes are those of each event. One that the answer does not name is tried
// again.
func outcomes(list []event.Delivery, out *sns.PublishBatchOutput) []error {
	errs := event.All(list, errSilent)
	tell := func(id *string, err error) {
		if i, wrong := strconv.Atoi(aws.ToString(id)); wrong == nil && i >= 0 && i < len(errs) {
			errs[i] = err
		}
	}
	for _, entry := range out.Successful {
		tell(entry.Id, nil)
	}
	for _, entry := range out.Failed {
		code, text := aws.ToString(entry.Code), aws.ToString(entry.Message)
		err := errors.New(code + ": " + text)
		if refused(code, text) {
			err = &event.Refusal{Err: err}
		}
		tell(entry.Id, err)
	}
	return errs
}

// order ties the events of a message together in a topic that keeps order.
func (s *Sink) order(d event.Delivery) (group, deduplication *string) {
	if !strings.HasSuffix(s.topic, ".fifo") {
		return nil, nil
	}
	return &d.MessageID, &d.ID
}

// judged makes an error final where it is of the event.
func judged(err error) error {
	told := awscall.Said(err)
	if refused(awscall.Code(err), told.Error()) {
		return &event.Refusal{Err: told}
	}
	return told
}

// refused says whether an error is of what was published. Of a batch that is too
// much for a server, whose limits may be narrower, that is not final: its halves
// are published.
func refused(code, text string) bool {
	code = code[strings.LastIndex(code, ".")+1:] // some servers write AWS.SimpleNotificationService.X
	tooMuch := []string{"BatchRequestTooLong", "BatchRequestTooLongException", "TooManyEntriesInBatchRequest", "TooManyEntriesInBatchRequestException"}
	if slices.Contains(tooMuch, code) {
		return true
	}
	invalid := []string{"InvalidParameter", "InvalidParameterException", "InvalidParameterValue", "ParameterValueInvalid", "ValidationError", "ValidationException"}
	return slices.Contains(invalid, code) && aboutText.MatchString(text)
}

// Reachable asks for the topic's attributes (sns:GetTopicAttributes). A server
// that has no such call is taken for reachable.
func (s *Sink) Reachable(ctx context.Context) error {
	_, err := s.client.GetTopicAttributes(ctx, &sns.GetTopicAttributesInput{TopicArn: &s.topic})
	if awscall.Unknown(err) {
		return nil
	}
	return awscall.Said(err)
}
