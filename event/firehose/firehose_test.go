package firehose_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"heliograph/event"
	"heliograph/event/awscall/awstest"
	"heliograph/event/firehose"
)

const stream = "arn:aws:firehose:eu-west-3:111122223333:deliverystream/receipts"

func deliveries(n, size int) (list []event.Delivery) {
	for i := range n {
		list = append(list, event.Delivery{ID: fmt.Sprint(i), MessageID: fmt.Sprint(i), At: time.Now(), Record: bytes.Repeat([]byte("x"), size)})
	}
	return list
}

// batch is the body of PutRecordBatch.
type batch struct {
	DeliveryStreamName string
	Records            []struct{ Data []byte }
}

// answer is what Firehose says of records: those with an index in failed were
// not taken.
func answer(n int, failed ...int) string {
	out := struct {
		FailedPutCount   int
		RequestResponses []map[string]string
	}{FailedPutCount: len(failed)}
	for i := range n {
		out.RequestResponses = append(out.RequestResponses, map[string]string{"RecordId": fmt.Sprint(i)})
	}
	for _, i := range failed {
		out.RequestResponses[i] = map[string]string{"ErrorCode": "ServiceUnavailableException", "ErrorMessage": "Slow down."}
	}
	text, err := json.Marshal(out)
	if err != nil {
		panic(err)
	}
	return string(text)
}

// well takes all that is within the limits of the API.
func well(t testing.TB) func(awstest.Request) (int, string) {
	return func(r awstest.Request) (int, string) {
		var in batch
		r.Read(t, &in)
		total := 0
		for _, one := range in.Records {
			total += len(one.Data)
			if len(one.Data) > 1000<<10 || !bytes.HasSuffix(one.Data, []byte("\n")) {
				t.Errorf("a record of %d bytes that ends in %q", len(one.Data), one.Data[len(one.Data)-1:])
			}
		}
		if r.Target != "Firehose_20150804.PutRecordBatch" || in.DeliveryStreamName != "receipts" || len(in.Records) > 500 || total > 4<<20 {
			t.Errorf("%s to %s: %d records, %d bytes", r.Target, in.DeliveryStreamName, len(in.Records), total)
		}
		return 200, answer(len(in.Records))
	}
}

func TestRecordsAreLinesWithinTheLimits(t *testing.T) {
	for _, c := range []struct {
		name              string
		list              []event.Delivery
		calls, takenFirst int
	}{
		{"few", deliveries(3, 100), 1, 3},
		{"many", deliveries(1201, 10), 3, 500},
		{"one byte too much for a batch", append(deliveries(4, 1000<<10-1), deliveries(1, 96<<10)...), 2, 4},
	} {
		s := awstest.Start(t, "firehose", well(t))
		errs := firehose.New(s.Config(awstest.Patience), stream).Deliver(t.Context(), c.list)
		var first batch
		s.Requests()[0].Read(t, &first)
		if strings.Trim(awstest.Said(errs), "taken ") != "" || len(s.Requests()) != c.calls || len(first.Records) != c.takenFirst {
			t.Errorf("%s: %d calls, first with %d, %s", c.name, len(s.Requests()), len(first.Records), awstest.Said(errs))
		}
	}
}

func TestARecordThatNoCallHoldsIsFinal(t *testing.T) {
	s := awstest.Start(t, "firehose", well(t))
	list := deliveries(3, 10)
	list[1].Record = bytes.Repeat([]byte("x"), 1000<<10)
	if got := awstest.Said(firehose.New(s.Config(awstest.Patience), stream).Deliver(t.Context(), list)); got != "taken refused taken" {
		t.Error(got)
	}
}

// Only what failed is said to have failed, so only that is handed over again.
func TestABatchThatWasTakenInPartIsToldByRecord(t *testing.T) {
	s := awstest.Start(t, "firehose", func(awstest.Request) (int, string) { return 200, answer(4, 1, 3) })
	errs := firehose.New(s.Config(awstest.Patience), stream).Deliver(t.Context(), deliveries(4, 10))
	if got := awstest.Said(errs); got != "taken again taken again" || errs[1].Error() != "ServiceUnavailableException: Slow down." {
		t.Error(got, errs[1])
	}
}

func TestOnlyWhatIsOfTheRecordIsFinal(t *testing.T) {
	for _, c := range []struct{ code, text, want string }{
		{"InvalidArgumentException", "1 validation error detected: Value at 'records.1.member.data' failed to satisfy constraint", "taken refused taken"},
		{"InvalidArgumentException", "Value at 'deliveryStreamName' failed to satisfy constraint", "again again again"},
		{"ResourceNotFoundException", "Firehose receipts not found under account", "again again again"},
		{"AccessDeniedException", "User is not authorized", "again again again"},
		{"ServiceUnavailableException", "Slow down.", "again again again"},
	} {
		list := deliveries(3, 10)
		list[1].Record = []byte("bad")
		s := awstest.Start(t, "firehose", func(r awstest.Request) (int, string) {
			var in batch
			r.Read(t, &in)
			if c.want != "again again again" && !bytes.Contains(bytes.Join(records(in), nil), []byte("bad")) {
				return 200, answer(len(in.Records))
			}
			return 400, fmt.Sprintf(`{"__type":%q,"message":%q}`, c.code, c.text)
		})
		if got := awstest.Said(firehose.New(s.Config(awstest.Patience), stream).Deliver(t.Context(), list)); got != c.want {
			t.Errorf("%s: %s", c.code, got)
		}
	}
}

func records(in batch) (list [][]byte) {
	for _, one := range in.Records {
		list = append(list, one.Data)
	}
	return list
}

func TestTroubleOfTheStreamIsTriedAgain(t *testing.T) {
	build := func(c aws.Config) event.Sink { return firehose.New(c, stream) }
	awstest.Chaos(t, "firehose", well(t), build, deliveries(7, 10))
	s := awstest.Start(t, "firehose", func(awstest.Request) (int, string) { return 200, answer(2) })
	if got := awstest.Said(build(s.Config(awstest.Patience)).Deliver(t.Context(), deliveries(3, 10))); got != "again again again" {
		t.Errorf("an answer for two of three: %s", got)
	}
}

func TestReachable(t *testing.T) {
	for _, c := range []struct {
		body   string
		status int
		want   string
	}{
		{`{"DeliveryStreamDescription":{"DeliveryStreamStatus":"ACTIVE"}}`, 200, "<nil>"},
		{`{"DeliveryStreamDescription":{"DeliveryStreamStatus":"CREATING_FAILED"}}`, 200, "the delivery stream is CREATING_FAILED"},
		{`{"__type":"ResourceNotFoundException","message":"no such stream"}`, 400, "ResourceNotFoundException: no such stream"},
		{`{"__type":"AccessDeniedException","message":"no"}`, 400, "AccessDeniedException: no"},
		{`{"__type":"UnknownOperationException"}`, 400, "<nil>"},
		{`not found`, 404, "<nil>"},
		{`trouble`, 500, "HTTP 500 without an answer of the service"},
	} {
		s := awstest.Start(t, "firehose", func(awstest.Request) (int, string) { return c.status, c.body })
		if got := fmt.Sprint(firehose.New(s.Config(awstest.Patience), stream).Reachable(t.Context())); got != c.want {
			t.Errorf("%s: %s", c.body, got)
		}
	}
}
