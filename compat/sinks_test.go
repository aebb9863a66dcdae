package compat

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/Admiral-Piett/goaws/app/models"
	"github.com/Admiral-Piett/goaws/app/router"
	"github.com/aws/aws-sdk-go-v2/aws"
	sms "github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2"
	"github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2/types"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sqs"

	"heliograph/event"
	"heliograph/event/awscall"
	sink "heliograph/event/sns"
)

// subscribed is an SNS-compatible server with a topic, and a queue that gets what
// is published there, spoken to by the official SDK.
type subscribed struct {
	endpoint, topic string
	client          *sns.Client
	queues          *sqs.Client
	queue           string
	config          aws.Config
}

func subscribe(t *testing.T) *subscribed {
	t.Helper()
	server := httptest.NewServer(router.New())
	t.Cleanup(server.Close)
	host, port, _ := strings.Cut(strings.TrimPrefix(server.URL, "http://"), ":")
	models.CurrentEnvironment = models.Environment{Host: host, Port: port, Region: "us-east-1", AccountID: "111122223333"}
	c, closing, err := awscall.Load(t.Context(), awscall.Settings{
		Endpoint: server.URL, Region: "us-east-1", AccessKeyID: "AKIAGOAWS", SecretAccessKey: "x", Timeout: patience,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(closing)
	s := &subscribed{endpoint: server.URL, client: sns.NewFromConfig(c), queues: sqs.NewFromConfig(c), config: c}
	topic, err := s.client.CreateTopic(t.Context(), &sns.CreateTopicInput{Name: aws.String("receipts")})
	if err != nil {
		t.Fatal(err)
	}
	queue, err := s.queues.CreateQueue(t.Context(), &sqs.CreateQueueInput{QueueName: aws.String("receipts")})
	if err != nil {
		t.Fatal(err)
	}
	s.topic, s.queue = aws.ToString(topic.TopicArn), aws.ToString(queue.QueueUrl)
	if _, err := s.client.Subscribe(t.Context(), &sns.SubscribeInput{
		TopicArn: topic.TopicArn, Protocol: aws.String("sqs"), Endpoint: aws.String("arn:aws:sqs:us-east-1:111122223333:receipts"),
	}); err != nil {
		t.Fatal(err)
	}
	return s
}

// read takes messages out of the queue until it has had as many as wanted; it
// gives what was published, in the order of arrival.
func (s *subscribed) read(t *testing.T, want int) (records []string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	for len(records) < want {
		out, err := s.queues.ReceiveMessage(ctx, &sqs.ReceiveMessageInput{QueueUrl: &s.queue, MaxNumberOfMessages: 10, WaitTimeSeconds: 1})
		if err != nil {
			t.Fatalf("%d of %d messages: %v", len(records), want, err)
		}
		for _, m := range out.Messages {
			envelope := struct{ Type, TopicArn, Message string }{}
			if err := json.Unmarshal([]byte(aws.ToString(m.Body)), &envelope); err != nil || envelope.Type != "Notification" || envelope.TopicArn != s.topic {
				t.Errorf("message %s: %v", aws.ToString(m.Body), err)
			}
			records = append(records, envelope.Message)
			if _, err := s.queues.DeleteMessage(ctx, &sqs.DeleteMessageInput{QueueUrl: &s.queue, ReceiptHandle: m.ReceiptHandle}); err != nil {
				t.Fatal(err)
			}
		}
	}
	return records
}

// TestEventsReachASubscriberOfAnSNSServer publishes one event and batches of them
// to a server that is not ours, and reads them with the official SDK.
func TestEventsReachASubscriberOfAnSNSServer(t *testing.T) {
	s := subscribe(t)
	topic := sink.New(s.config, s.topic)
	if err := topic.Reachable(t.Context()); err != nil {
		t.Errorf("reachable: %v", err)
	}
	published := map[string]int{}
	for _, size := range []int{1, 10, 14} {
		var list []event.Delivery
		for i := range size {
			record := fmt.Sprintf(`{"eventType":"TEXT_DELIVERED","context":{"n":"%d of %d <é>&"}}`, i, size)
			published[record]++
			list = append(list, event.Delivery{ID: fmt.Sprint(size, "-", i), MessageID: fmt.Sprint(i), At: time.Now(), Record: []byte(record)})
		}
		for i, err := range topic.Deliver(t.Context(), list) {
			if err != nil {
				t.Errorf("event %d of %d: %v", i, size, err)
			}
		}
	}
	for _, record := range s.read(t, 25) {
		published[record]--
	}
	for record, left := range published {
		if left != 0 {
			t.Errorf("%s: %d not read", record, left)
		}
	}
	missing := sink.New(s.config, s.topic+"-missing")
	err := missing.Deliver(t.Context(), []event.Delivery{{ID: "x", MessageID: "x", Record: []byte("{}")}})[0]
	if _, final := err.(*event.Refusal); err == nil || final {
		t.Errorf("a missing topic: %v", err)
	}
}

// TestAMessageIsToldToASubscriberOfAnSNSServer goes the whole way: the real server
// with a file that names the SNS server, a configuration set whose destination is
// its topic, a text to a handset, and its events out of the queue.
func TestAMessageIsToldToASubscriberOfAnSNSServer(t *testing.T) {
	s := subscribe(t)
	t.Setenv("SINK_SECRET", "of-the-sink")
	server := serveConfigured(t, fmt.Sprintf("sinks:\n- { match: \"arn:aws:sns:*:*:receipts\", type: sns, endpoint: %q, "+
		"access_key_id: \"${SINK_SECRET}\", secret_access_key: \"${SINK_SECRET}\" }\n", s.endpoint))
	client := goSDK(server.server, rootKey, rootSecret)
	if _, err := client.CreateConfigurationSet(t.Context(), &sms.CreateConfigurationSetInput{ConfigurationSetName: aws.String("told")}); err != nil {
		t.Fatal(err)
	}
	if _, err := client.CreateEventDestination(t.Context(), &sms.CreateEventDestinationInput{
		ConfigurationSetName: aws.String("told"), EventDestinationName: aws.String("topic"),
		MatchingEventTypes: []types.EventType{types.EventTypeAll}, SnsDestination: &types.SnsDestination{TopicArn: &s.topic},
	}); err != nil {
		t.Fatal(err)
	}
	sent, err := client.SendTextMessage(t.Context(), &sms.SendTextMessageInput{
		DestinationPhoneNumber: aws.String(french), MessageBody: aws.String("Bonjour"), OriginationIdentity: aws.String("ACME"),
		ConfigurationSetName: aws.String("told"), Context: map[string]string{"order": "17"},
	})
	if err != nil {
		t.Fatal(err)
	}
	var told []string
	for _, text := range s.read(t, 3) { // the queue keeps no order
		record := struct {
			EventType, MessageID string
			Context              map[string]string
		}{}
		if err := json.Unmarshal([]byte(text), &record); err != nil {
			t.Fatal(err)
		}
		if record.MessageID != aws.ToString(sent.MessageId) || record.Context["order"] != "17" {
			t.Errorf("record %+v", record)
		}
		told = append(told, record.EventType)
	}
	if slices.Sort(told); strings.Join(told, " ") != "TEXT_DELIVERED TEXT_QUEUED TEXT_SUCCESSFUL" {
		t.Errorf("told %v", told)
	}
}
