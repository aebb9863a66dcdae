// Package cloudwatchlogs writes events to a log group of Amazon CloudWatch Logs,
// or of a server that speaks its API, by the official SDK (PutLogEvents): a log
// event each, in a stream a day for each node, made when it is missing.
//
// Left out: making log groups, sequence tokens, which the service ignores.
package cloudwatchlogs

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs/types"

	"heliograph/event"
	"heliograph/event/awscall"
)

// limits of a call: 10,000 events, 1 MiB with 26 bytes each, 24 hours.
var limits = event.Limits{Events: 10_000, Bytes: 1 << 20, Each: 1<<20 - frame, Frame: frame, Span: 24*time.Hour - time.Millisecond}

const (
	frame  = 26
	oldest = 14 * 24 * time.Hour // that the service takes
	newest = 2 * time.Hour       // ahead of its clock
)

var (
	errOld   = &event.Refusal{Err: errors.New("the event is older than 14 days, or than the log group keeps")}
	errAhead = errors.New("the event is more than two hours ahead of the service's clock")
)

// Sink writes to one log group.
type Sink struct {
	client *cloudwatchlogs.Client
	group  string
	node   string
	now    func() time.Time
}

// New makes the sink of a log group by its ARN; node names this server among
// those that write there.
func New(c aws.Config, arn, node string, now func() time.Time) *Sink {
	group := strings.TrimPrefix(awscall.Resource(arn), "log-group:")
	return &Sink{
		client: cloudwatchlogs.NewFromConfig(c), group: strings.TrimSuffix(group, ":*"),
		node: strings.NewReplacer(":", "-", "*", "-").Replace(node), now: now,
	}
}

// Capacity is below the API's batch: answers come sooner, and what waits for a
// repeat is less. Streams take calls at the same time.
func (s *Sink) Capacity() event.Capacity { return event.Capacity{Batch: 1000, Calls: 2} }

// Deliver writes log events, in the order of their time as the API wants. Final
// is an event that is too old, or one that the service says is too large; one
// that is ahead is tried when its time has come.
func (s *Sink) Deliver(ctx context.Context, list []event.Delivery) []error {
	errs := make([]error, len(list))
	var order []int
	for i, d := range list {
		if errs[i] = s.timely(d.At); errs[i] == nil {
			order = append(order, i)
		}
	}
	slices.SortStableFunc(order, func(a, b int) int { return list[a].At.Compare(list[b].At) })
	sorted := make([]event.Delivery, len(order))
	for i, place := range order {
		sorted[i] = list[place]
	}
	said := limits.Deliver(sorted, func(batch []event.Delivery) ([]error, error) { return s.put(ctx, batch) })
	for i, place := range order {
		errs[place] = said[i]
	}
	return errs
}

func (s *Sink) timely(at time.Time) error {
	switch age := s.now().Sub(at); {
	case age > oldest:
		return errOld
	case age < -newest:
		return &event.Later{After: -newest - age, Err: errAhead}
	}
	return nil
}

// put writes a batch, and makes the stream where it is missing.
func (s *Sink) put(ctx context.Context, list []event.Delivery) ([]error, error) {
	stream := s.stream()
	in := &cloudwatchlogs.PutLogEventsInput{LogGroupName: &s.group, LogStreamName: &stream}
	for _, d := range list {
		in.LogEvents = append(in.LogEvents, types.InputLogEvent{Message: aws.String(string(d.Record)), Timestamp: aws.Int64(d.At.UnixMilli())})
	}
	out, err := s.client.PutLogEvents(ctx, in)
	if awscall.Code(err) == "ResourceNotFoundException" {
		if err := s.make(ctx, stream); err != nil {
			return nil, awscall.Said(err)
		}
		out, err = s.client.PutLogEvents(ctx, in)
	}
	if err != nil {
		return s.failed(list, err)
	}
	return outcomes(list, out.RejectedLogEventsInfo), nil
}

// stream is that of this node and day.
func (s *Sink) stream() string { return s.now().UTC().Format("2006/01/02") + "/" + s.node }

func (s *Sink) make(ctx context.Context, stream string) error {
	_, err := s.client.CreateLogStream(ctx, &cloudwatchlogs.CreateLogStreamInput{LogGroupName: &s.group, LogStreamName: &stream})
	if awscall.Code(err) == "ResourceAlreadyExistsException" {
		return nil // another call was first
	}
	return err
}

func (s *Sink) failed(list []event.Delivery, err error) ([]error, error) {
	told := awscall.Said(err)
	switch code := awscall.Code(err); {
	case code == "DataAlreadyAcceptedException":
		return event.All(list, nil), nil
	case code == "InvalidParameterException" && strings.Contains(strings.ToLower(told.Error()), "log event"):
		return nil, &event.Refusal{Err: told}
	}
	return nil, told
}

// outcomes are what an answer says of events that it took no notice of: the
// first ones up to an index were too old, the last ones from an index ahead.
func outcomes(list []event.Delivery, rejected *types.RejectedLogEventsInfo) []error {
	errs := make([]error, len(list))
	if rejected == nil {
		return errs
	}
	old := max(place(rejected.TooOldLogEventEndIndex, 0), place(rejected.ExpiredLogEventEndIndex, 0))
	ahead := place(rejected.TooNewLogEventStartIndex, len(list))
	for i := range errs {
		switch {
		case i < old:
			errs[i] = errOld
		case i >= ahead:
			errs[i] = errAhead
		}
	}
	return errs
}

func place(index *int32, absent int) int {
	if index == nil {
		return absent
	}
	return int(*index)
}

// Reachable makes the stream of the day (logs:CreateLogStream), which is written
// to anyway.
func (s *Sink) Reachable(ctx context.Context) error {
	err := s.make(ctx, s.stream())
	if awscall.Unknown(err) {
		return nil
	}
	return awscall.Said(err)
}
