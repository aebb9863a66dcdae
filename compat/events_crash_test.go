package compat

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	sms "github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2"
	"github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2/types"
)

// watch makes the configuration set "watched", whose events go to a topic.
func watch(t *testing.T, client *sms.Client) {
	t.Helper()
	ctx := context.Background()
	if _, err := client.CreateConfigurationSet(ctx, &sms.CreateConfigurationSetInput{ConfigurationSetName: aws.String("watched")}); err != nil {
		t.Fatal(err)
	}
	_, err := client.CreateEventDestination(ctx, &sms.CreateEventDestinationInput{
		ConfigurationSetName: aws.String("watched"), EventDestinationName: aws.String("all"),
		MatchingEventTypes: []types.EventType{types.EventTypeAll},
		SnsDestination:     &types.SnsDestination{TopicArn: aws.String("arn:aws:sns:us-east-1:000000000000:watched")},
	})
	if err != nil {
		t.Fatal(err)
	}
}

// story is what a target was told of each message, in order, each event once: a
// repeat is one that it had already.
type story struct {
	told    map[string][]string // by message id
	repeats int
}

func (s *story) tell(messageID, status string) {
	if s.told == nil {
		s.told = map[string][]string{}
	}
	for _, had := range s.told[messageID] {
		if had == status {
			s.repeats++
			return
		}
	}
	s.told[messageID] = append(s.told[messageID], status)
}

// lacks says which messages were not told of whole and in order.
func (s *story) lacks(ids []string) (list []string) {
	for _, id := range ids {
		if got := strings.Join(s.told[id], " "); got != "QUEUED SUCCESSFUL DELIVERED" {
			list = append(list, id+": "+got)
		}
	}
	return list
}

// nothingWaits waits until every target has what it is to get.
func (s *server) nothingWaits() {
	s.t.Helper()
	s.nothingWaitsWithin(patience)
}

// nothingWaitsWithin waits so long; it asks now and then, since the server counts
// all that waits for each answer.
func (s *server) nothingWaitsWithin(wait time.Duration) {
	s.t.Helper()
	waiting := struct{ Targets []any }{}
	for end := time.Now().Add(wait); time.Now().Before(end); <-time.After(100 * time.Millisecond) {
		if status := s.get("/operator/v1/events/targets", &waiting); status != http.StatusOK {
			s.t.Fatalf("HTTP %d", status)
		}
		if len(waiting.Targets) == 0 {
			return
		}
	}
	s.t.Fatalf("events still wait: %v", waiting.Targets)
}

// TestNoEventOfAStoredChangeIsLostAtKill kills the gateway under load, twice.
// After the restart the target has every event of every message that was answered,
// those of one message in the order that they happened.
func TestNoEventOfAStoredChangeIsLostAtKill(t *testing.T) {
	t.Setenv("ACME_PASSWORD", "secret")
	smsc := dev(t, "--empty")
	folder := t.TempDir()
	events, configuration := filepath.Join(folder, "events.jsonl"), filepath.Join(folder, "heliograph.yaml")
	text := fmt.Sprintf(`carriers:
  - { name: acme, type: smpp, address: %q, system_id: acme, password: "${ACME_PASSWORD}", binds: 2, window: 50 }
sinks:
  - { match: "arn:aws:sns:*:*:watched", type: file, path: %q }
`, smsc.smsc, events)
	if err := os.WriteFile(configuration, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	data := t.TempDir()
	var ids []string
	for round, calls := range []int{crashAnswers, 2 * crashAnswers} {
		s := serve(t, data, "--config", configuration)
		if round == 0 {
			watch(t, goSDK(s, rootKey, rootSecret))
		}
		for _, id := range sendUntilKilled(t, s, round, calls, "watched") {
			ids = append(ids, id)
		}
	}
	s := serve(t, data, "--config", configuration)
	for _, id := range ids {
		if state := s.finalWithin(id, crashQueue); state.State != "DELIVERED" {
			t.Errorf("%s ended %s", id, state.State)
		}
	}
	s.nothingWaitsWithin(crashQueue)
	written := readStory(t, events)
	if lacks := written.lacks(ids); len(lacks) > 0 {
		t.Errorf("%d of %d messages are not told of whole and in order, such as %s", len(lacks), len(ids), lacks[0])
	}
	figure(t, "%d messages, every event of each on disk; %d events written twice (in flight at a kill)", len(ids), written.repeats)
}

// readStory reads what a sink of type file has written.
func readStory(t *testing.T, path string) *story {
	t.Helper()
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	s := &story{}
	lines := bufio.NewScanner(file)
	for lines.Scan() {
		line := struct {
			Record struct{ MessageID, MessageStatus string }
		}{}
		if err := json.Unmarshal(lines.Bytes(), &line); err != nil {
			t.Fatalf("%v in %s", err, lines.Text())
		}
		s.tell(line.Record.MessageID, line.Record.MessageStatus)
	}
	return s
}
