package compat

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	sms "github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2"
)

const (
	crashAnswers  = 1000 // answers before each kill
	crashCallers  = 25
	crashHandsets = 50
	crashQueue    = 5 * time.Minute // at most until so many are answered, or have ended
)

// TestNothingAcceptedIsLostAtKill kills the gateway with SIGKILL right after the
// thousandth answer, twice: when that was the last call, and in the midst of
// two thousand. The SMSC is a process of its own. Whatever was answered
// must be on a handset after the restart, and end as delivered.
func TestNothingAcceptedIsLostAtKill(t *testing.T) {
	t.Setenv("ACME_PASSWORD", "secret")
	smsc := dev(t, "--empty")
	configuration := filepath.Join(t.TempDir(), "heliograph.yaml")
	carrier := fmt.Sprintf("carriers:\n  - { name: acme, type: smpp, address: %q, system_id: acme, password: \"${ACME_PASSWORD}\", binds: 2, window: 50 }\n", smsc.smsc)
	if err := os.WriteFile(configuration, []byte(carrier), 0o600); err != nil {
		t.Fatal(err)
	}
	data := t.TempDir()
	answered := map[string]string{} // body → message id
	for round, calls := range []int{crashAnswers, 2 * crashAnswers} {
		s := serve(t, data, "--config", configuration)
		for body, id := range sendUntilKilled(t, s, round, calls, "") {
			answered[body] = id
		}
	}
	s := serve(t, data, "--config", configuration)
	for body, id := range answered {
		if state := s.finalWithin(id, crashQueue); state.State != "DELIVERED" {
			t.Errorf("%q ended %s", body, state.State)
		}
	}
	shown := bodiesOnHandsets(t, smsc)
	doubles := 0
	for body := range answered {
		if shown[body] == 0 {
			t.Errorf("%q was answered and is on no handset", body)
		}
		doubles += max(shown[body]-1, 0)
	}
	figure(t, "%d answered, %d of them delivered twice (in flight at a kill)", len(answered), doubles)
}

// sendUntilKilled makes calls from many callers and kills the server right
// after the thousandth answer; it gives the bodies that were answered. set is the
// configuration set of the messages, "" = none.
func sendUntilKilled(t *testing.T, s *server, round, calls int, set string) map[string]string {
	t.Helper()
	client := goSDK(s, rootKey, rootSecret)
	var next, answers atomic.Int64
	var mutex sync.Mutex
	answered := map[string]string{}
	var callers sync.WaitGroup
	ctx, cancel := context.WithTimeout(context.Background(), crashQueue)
	defer cancel()
	for range crashCallers {
		callers.Go(func() {
			for i := next.Add(1); int(i) <= calls && ctx.Err() == nil; i = next.Add(1) {
				body := fmt.Sprintf("round %d message %d", round, i)
				in := &sms.SendTextMessageInput{
					DestinationPhoneNumber: aws.String(crashHandset(int(i))), MessageBody: aws.String(body), OriginationIdentity: aws.String("CRASH")}
				if set != "" {
					in.ConfigurationSetName = aws.String(set)
				}
				out, err := client.SendTextMessage(ctx, in,
					func(o *sms.Options) { o.Retryer = aws.NopRetryer{} })
				if err != nil {
					return // the server is dead: nothing was promised
				}
				mutex.Lock()
				answered[body] = aws.ToString(out.MessageId)
				mutex.Unlock()
				if int(answers.Add(1)) == crashAnswers {
					s.kill()
					cancel()
				}
			}
		})
	}
	callers.Wait()
	if int(answers.Load()) < crashAnswers {
		t.Fatalf("%d answers, the kill was to come after %d\n%s", answers.Load(), crashAnswers, s.log)
	}
	return answered
}

func crashHandset(i int) string { return fmt.Sprintf("+336123456%02d", i%crashHandsets) }

// bodiesOnHandsets counts how often each body is shown.
func bodiesOnHandsets(t *testing.T, smsc *server) map[string]int {
	t.Helper()
	shown := map[string]int{}
	for i := range crashHandsets {
		answer := struct {
			Messages []handsetMessage `json:"messages"`
		}{}
		smsc.get("/simulator/v1/handsets/"+url.PathEscape(crashHandset(i))+"/messages", &answer)
		for _, m := range answer.Messages {
			shown[m.Body]++
		}
	}
	return shown
}
