package sns_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"heliograph/event"
	"heliograph/event/awscall/awstest"
	"heliograph/event/sns"
)

const topic = "arn:aws:sns:eu-west-3:111122223333:receipts"

func deliveries(n int) (list []event.Delivery) {
	for i := range n {
		list = append(list, event.Delivery{
			ID: fmt.Sprintf("event-%d", i), MessageID: fmt.Sprintf("message-%d", i), Type: "TEXT_DELIVERED",
			At: time.Now(), Record: fmt.Appendf(nil, `{"place":%d,"text":"é & <b>"}`, i),
		})
	}
	return list
}

// well answers as SNS does.
func well(r awstest.Request) (int, string) {
	if r.Action == "Publish" {
		return 200, `<PublishResponse><PublishResult><MessageId>m-1</MessageId></PublishResult></PublishResponse>`
	}
	var entries strings.Builder
	for i := 1; r.Form().Has(entry(i, "Id")); i++ {
		fmt.Fprintf(&entries, `<member><Id>%s</Id><MessageId>m</MessageId></member>`, r.Form().Get(entry(i, "Id")))
	}
	return 200, `<PublishBatchResponse><PublishBatchResult><Successful>` + entries.String() + `</Successful><Failed/></PublishBatchResult></PublishBatchResponse>`
}

func entry(i int, name string) string {
	return fmt.Sprintf("PublishBatchRequestEntries.member.%d.%s", i, name)
}

func TestOneEventIsPublished(t *testing.T) {
	s := awstest.Start(t, "sns", well)
	list := deliveries(1)
	if got := awstest.Said(sns.New(s.Config(awstest.Patience), topic).Deliver(t.Context(), list)); got != "taken" {
		t.Fatal(got)
	}
	form := s.Requests()[0].Form()
	if form.Get("Action") != "Publish" || form.Get("TopicArn") != topic || form.Get("Message") != string(list[0].Record) || form.Has("MessageGroupId") {
		t.Errorf("published %v", form)
	}
}

func TestManyEventsAreBatchesWithinTheLimits(t *testing.T) {
	s := awstest.Start(t, "sns", well)
	list := deliveries(24)
	list[3].Record = []byte(strings.Repeat("x", 200<<10)) // two of these are no batch
	list[4].Record = []byte(strings.Repeat("y", 100<<10))
	list[5].Record = []byte(strings.Repeat("z", 256<<10+1))
	want := strings.Repeat("taken ", 5) + "refused" + strings.Repeat(" taken", 18)
	if got := awstest.Said(sns.New(s.Config(awstest.Patience), topic).Deliver(t.Context(), list)); got != want {
		t.Fatal(got)
	}
	published := 0
	for _, r := range s.Requests() {
		form, size := r.Form(), 0
		for i := 1; form.Has(entry(i, "Id")); i++ {
			size += len(form.Get(entry(i, "Message")))
			published++
			if i > 10 {
				t.Errorf("%d entries", i)
			}
		}
		if r.Action == "Publish" {
			published++
		}
		if size > 256<<10 {
			t.Errorf("a batch of %d bytes", size)
		}
	}
	if published != 23 {
		t.Errorf("%d published", published)
	}
}

// A server may take less than the API says.
func TestABatchThatIsTooMuchGoesInHalves(t *testing.T) {
	s := awstest.Start(t, "sns", func(r awstest.Request) (int, string) {
		if r.Form().Has(entry(4, "Id")) {
			return 400, `<ErrorResponse><Error><Code>AWS.SimpleNotificationService.TooManyEntriesInBatchRequest</Code><Message>Too many.</Message></Error></ErrorResponse>`
		}
		return well(r)
	})
	errs := sns.New(s.Config(awstest.Patience), topic).Deliver(t.Context(), deliveries(10))
	if strings.Trim(awstest.Said(errs), "taken ") != "" {
		t.Error(errs)
	}
}

func TestATopicThatKeepsOrderHasAGroupForEachMessage(t *testing.T) {
	s := awstest.Start(t, "sns", well)
	sink := sns.New(s.Config(awstest.Patience), topic+".fifo")
	sink.Deliver(t.Context(), deliveries(1))
	sink.Deliver(t.Context(), deliveries(2))
	one, two := s.Requests()[0].Form(), s.Requests()[1].Form()
	if one.Get("MessageGroupId") != "message-0" || one.Get("MessageDeduplicationId") != "event-0" ||
		two.Get(entry(2, "MessageGroupId")) != "message-1" || two.Get(entry(2, "MessageDeduplicationId")) != "event-1" {
		t.Errorf("published %v and %v", one, two)
	}
}

func TestABatchThatWasTakenInPartIsToldByEvent(t *testing.T) {
	s := awstest.Start(t, "sns", func(awstest.Request) (int, string) {
		return 200, `<PublishBatchResponse><PublishBatchResult><Successful><member><Id>0</Id><MessageId>m</MessageId></member></Successful><Failed>
			<member><Id>2</Id><Code>InternalError</Code><SenderFault>false</SenderFault></member>
			<member><Id>3</Id><Code>InvalidParameter</Code><Message>Invalid parameter: Message too long</Message><SenderFault>true</SenderFault></member>
			<member><Id>99</Id><Code>InternalError</Code><SenderFault>false</SenderFault></member>
			</Failed></PublishBatchResult></PublishBatchResponse>`
	})
	if got := awstest.Said(sns.New(s.Config(awstest.Patience), topic).Deliver(t.Context(), deliveries(4))); got != "taken again again refused" {
		t.Error(got)
	}
}

// What is wrong with one event is found out of a batch; what is wrong with the
// topic, or with our key, is never final.
func TestOnlyWhatIsOfTheEventIsFinal(t *testing.T) {
	for _, c := range []struct{ status, code, text, want string }{
		{"400", "InvalidParameter", "Invalid parameter: Message too long", "taken refused taken"},
		{"400", "InvalidParameter", "Invalid parameter: TopicArn", "again again again"},
		{"400", "InvalidParameter", "Invalid parameter: The MessageGroupId parameter is required for FIFO topics", "again again again"},
		{"404", "NotFound", "Topic does not exist", "again again again"},
		{"403", "AuthorizationError", "User is not authorized to perform: SNS:Publish", "again again again"},
		{"403", "InvalidClientTokenId", "The security token included in the request is invalid", "again again again"},
		{"400", "Throttling", "Rate exceeded", "again again again"},
		{"400", "KMSDisabled", "The key is disabled", "again again again"},
	} {
		list := deliveries(3)
		s := awstest.Start(t, "sns", func(r awstest.Request) (int, string) {
			if c.want != "again again again" && !strings.Contains(r.Form().Encode(), "place%22%3A1") {
				return well(r)
			}
			status := 0
			_, _ = fmt.Sscan(c.status, &status)
			return status, fmt.Sprintf(`<ErrorResponse><Error><Type>Sender</Type><Code>%s</Code><Message>%s</Message></Error></ErrorResponse>`, c.code, c.text)
		})
		errs := sns.New(s.Config(awstest.Patience), topic).Deliver(t.Context(), list)
		if got := awstest.Said(errs); got != c.want || !strings.Contains(errs[1].Error(), c.code+": "+c.text) {
			t.Errorf("%s %s: %s: %v", c.code, c.text, got, errs[1])
		}
	}
}

func TestTroubleOfTheTopicIsTriedAgain(t *testing.T) {
	build := func(c aws.Config) event.Sink { return sns.New(c, topic) }
	t.Run("one", func(t *testing.T) { awstest.Chaos(t, "sns", well, build, deliveries(1)) })
	t.Run("batch", func(t *testing.T) { awstest.Chaos(t, "sns", well, build, deliveries(12)) })
}

func TestReachable(t *testing.T) {
	for _, c := range []struct {
		name, body string
		status     int
		want       string
	}{
		{"there", `<GetTopicAttributesResponse><GetTopicAttributesResult><Attributes/></GetTopicAttributesResult></GetTopicAttributesResponse>`, 200, "<nil>"},
		{"missing", `<ErrorResponse><Error><Code>NotFound</Code><Message>Topic does not exist</Message></Error></ErrorResponse>`, 404, "NotFound: Topic does not exist"},
		{"forbidden", `<ErrorResponse><Error><Code>AuthorizationError</Code><Message>no</Message></Error></ErrorResponse>`, 403, "AuthorizationError: no"},
		{"call not known", "Bad Request", 400, "<nil>"},
		{"action not known", `<ErrorResponse><Error><Code>InvalidAction</Code></Error></ErrorResponse>`, 400, "<nil>"},
	} {
		s := awstest.Start(t, "sns", func(awstest.Request) (int, string) { return c.status, c.body })
		if got := fmt.Sprint(sns.New(s.Config(awstest.Patience), topic).Reachable(t.Context())); got != c.want {
			t.Errorf("%s: %s", c.name, got)
		}
	}
	s := awstest.Start(t, "sns", well)
	sink := sns.New(s.Config(awstest.Patience), topic)
	s.Kill()
	if err := sink.Reachable(t.Context()); err == nil || !strings.Contains(err.Error(), "connection refused") {
		t.Errorf("killed: %v", err)
	}
}
