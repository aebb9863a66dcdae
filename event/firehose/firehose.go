// Package firehose puts events into a delivery stream of Amazon Data Firehose,
// or of a server that speaks its API, by the official SDK (PutRecordBatch). A
// record is an event's JSON and a newline, so that what Firehose joins can be
// taken apart.
//
// Left out: making streams, compression.
package firehose

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/firehose"
	"github.com/aws/aws-sdk-go-v2/service/firehose/types"

	"heliograph/event"
	"heliograph/event/awscall"
)

// limits of a call: 500 records and 4 MiB, of a record 1,000 KiB with its newline.
var limits = event.Limits{Events: 500, Bytes: 4 << 20, Each: 1000<<10 - 1, Frame: 1}

var errSilent = errors.New("the answer does not say what became of the record")

// Sink writes to one delivery stream.
type Sink struct {
	client *firehose.Client
	stream string
}

// New makes the sink of a stream by its ARN.
func New(c aws.Config, arn string) *Sink {
	return &Sink{client: firehose.NewFromConfig(c), stream: strings.TrimPrefix(awscall.Resource(arn), "deliverystream/")}
}

// Capacity is a batch of the API, two at once.
func (s *Sink) Capacity() event.Capacity { return event.Capacity{Batch: limits.Events, Calls: 2} }

// Deliver puts records. Of a batch that was taken in part, only what failed is
// to be tried again. Final is what the service says of a record; what it says of
// the stream, or of us, can be mended.
func (s *Sink) Deliver(ctx context.Context, list []event.Delivery) []error {
	return limits.Deliver(list, func(batch []event.Delivery) ([]error, error) { return s.put(ctx, batch) })
}

func (s *Sink) put(ctx context.Context, list []event.Delivery) ([]error, error) {
	in := &firehose.PutRecordBatchInput{DeliveryStreamName: &s.stream}
	for _, d := range list {
		line := append(append(make([]byte, 0, len(d.Record)+1), d.Record...), '\n')
		in.Records = append(in.Records, types.Record{Data: line})
	}
	out, err := s.client.PutRecordBatch(ctx, in)
	if err != nil {
		return nil, judged(err)
	}
	if len(out.RequestResponses) != len(list) {
		return nil, errSilent
	}
	return outcomes(out.RequestResponses), nil
}

func outcomes(answers []types.PutRecordBatchResponseEntry) []error {
	errs := make([]error, len(answers))
	for i, a := range answers {
		switch {
		case a.ErrorCode != nil:
			errs[i] = fmt.Errorf("%s: %s", *a.ErrorCode, aws.ToString(a.ErrorMessage))
		case a.RecordId == nil:
			errs[i] = errSilent
		}
	}
	return errs
}

// judged makes an error final where it is of a record.
func judged(err error) error {
	told := awscall.Said(err)
	code := awscall.Code(err)
	if (code == "InvalidArgumentException" || code == "ValidationException") && strings.Contains(strings.ToLower(told.Error()), "record") {
		return &event.Refusal{Err: told}
	}
	return told
}

// Reachable asks for the stream (firehose:DescribeDeliveryStream). A server that
// has no such call is taken for reachable.
func (s *Sink) Reachable(ctx context.Context) error {
	out, err := s.client.DescribeDeliveryStream(ctx, &firehose.DescribeDeliveryStreamInput{DeliveryStreamName: &s.stream})
	switch {
	case awscall.Unknown(err):
		return nil
	case err != nil:
		return awscall.Said(err)
	case out.DeliveryStreamDescription == nil:
		return nil
	case out.DeliveryStreamDescription.DeliveryStreamStatus != types.DeliveryStreamStatusActive:
		return fmt.Errorf("the delivery stream is %s", out.DeliveryStreamDescription.DeliveryStreamStatus)
	}
	return nil
}
