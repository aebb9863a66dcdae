package compat

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	sms "github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2"
)

const debianPython = "/usr/bin/python3"

// retrier is an official client that sends a text with the retries that it
// comes with, and tells the message's id.
type retrier struct {
	name      string
	anonymous bool // its attempts do not say which call they belong to
	send      func(t *testing.T, endpoint string, as accessKey, to, body string) (string, error)
}

type accessKey struct{ id, secret string }

func retriers(t *testing.T) []retrier {
	t.Helper()
	python := func(mode string) func(*testing.T, string, accessKey, string, string) (string, error) {
		return func(t *testing.T, endpoint string, as accessKey, to, body string) (string, error) {
			return printed(t, as, debianPython, filepath.Join("testdata", "retry", "send.py"), endpoint, mode, to, body)
		}
	}
	line := func(path string) func(*testing.T, string, accessKey, string, string) (string, error) {
		return func(t *testing.T, endpoint string, as accessKey, to, body string) (string, error) {
			return printed(t, as, path, "--endpoint-url", endpoint, "--region", "us-east-1", "--output", "text", "pinpoint-sms-voice-v2",
				"send-text-message", "--destination-phone-number", to, "--origination-identity", "RETRY", "--message-body", body)
		}
	}
	list := []retrier{
		{name: "go", send: sendWithGoSDK},
		{name: "javascript", send: func(t *testing.T, endpoint string, as accessKey, to, body string) (string, error) {
			return printed(t, as, "node", filepath.Join("testdata", "retry", "send.mjs"), endpoint, to, body)
		}},
		{name: "boto3-legacy", send: python("legacy")},
		{name: "boto3-standard", send: python("standard")},
		{name: "debian-awscli", anonymous: true, send: line(debianCLI)},
	}
	if path, err := exec.LookPath("aws"); err == nil && path != debianCLI {
		list = append(list, retrier{name: "awscli-in-path", send: line(path)})
	}
	return list
}

func sendWithGoSDK(t *testing.T, endpoint string, as accessKey, to, body string) (string, error) {
	client := goSDK(&server{api: endpoint}, as.id, as.secret)
	out, err := client.SendTextMessage(t.Context(), &sms.SendTextMessageInput{
		DestinationPhoneNumber: aws.String(to), OriginationIdentity: aws.String("RETRY"), MessageBody: aws.String(body)})
	if err != nil {
		return "", err
	}
	return aws.ToString(out.MessageId), nil
}

// printed runs a client and gives what it prints.
func printed(t *testing.T, as accessKey, program string, args ...string) (string, error) {
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	command := exec.CommandContext(ctx, program, args...)
	command.Env = append(withoutAWS(os.Environ()), "AWS_ACCESS_KEY_ID="+as.id, "AWS_SECRET_ACCESS_KEY="+as.secret,
		"AWS_CONFIG_FILE=/dev/null", "AWS_SHARED_CREDENTIALS_FILE=/dev/null", "AWS_PAGER=", "AWS_EC2_METADATA_DISABLED=true")
	var stdout, stderr bytes.Buffer
	command.Stdout, command.Stderr = &stdout, &stderr
	if err := command.Run(); err != nil {
		return "", fmt.Errorf("%s: %w\n%s", program, err, stderr.String())
	}
	return strings.TrimSpace(stdout.String()), nil
}

// mishapsOfACall are what may befall a call that ends well all the same.
var mishapsOfACall = []struct {
	name      string
	mishaps   []mishap
	fault     string // exception of the server's answers to the first two attempts
	want      int    // attempts
	anonymous int    // messages of a client that does not name its calls
}{
	{name: "throttled twice", fault: "ThrottlingException", want: 3, anonymous: 1},
	{name: "failed twice", fault: "InternalServerException", want: 3, anonymous: 1},
	{name: "cut before the commit", mishaps: []mishap{cutBefore, cutBefore}, want: 3, anonymous: 1},
	{name: "cut after the commit", mishaps: []mishap{cutAfter, cutAfter}, want: 3, anonymous: 3},
	{name: "cut before and after", mishaps: []mishap{cutBefore, cutAfter}, want: 3, anonymous: 2},
	{name: "overtaken by its retry", mishaps: []mishap{overtaken}, want: 2, anonymous: 2},
}

// TestRetriesOfSDKsMakeOneMessage lets every client meet every mishap with the
// retries that it comes with: the message is on the handset once, under the id
// that the client got. Debian's AWS CLI (2.9.19) does not name its calls: each
// of its attempts that reaches the server is a message.
func TestRetriesOfSDKsMakeOneMessage(t *testing.T) {
	s := dev(t, "--empty")
	for i, client := range retriers(t) {
		t.Run(client.name, func(t *testing.T) {
			t.Parallel()
			for j, c := range mishapsOfACall {
				t.Run(c.name, func(t *testing.T) {
					account, to := fmt.Sprintf("5550000001%02d", i), fmt.Sprintf("+33612346%d%02d", i, j)
					if c.fault != "" {
						setFault(t, s, account, c.fault, 2)
					}
					network := newBadNetwork(t, s, c.mishaps...)
					body := "retried: " + client.name + ", " + c.name
					id, err := client.send(t, network.url(), accessKey{account, "test"}, to, body)
					if err != nil {
						t.Fatal(err)
					}
					client.checkAttempts(t, network.seen(), c.want)
					checkMessages(t, s, to, body, id, client.messages(c.anonymous))
				})
			}
		})
	}
}

// TestRetryAfterARestartGivesTheFirstMessage kills the server after the commit
// and before the answer: the retry finds the message on disk.
func TestRetryAfterARestartGivesTheFirstMessage(t *testing.T) {
	for i, client := range retriers(t) {
		t.Run(client.name, func(t *testing.T) {
			t.Parallel()
			s := serve(t, t.TempDir())
			network := newBadNetwork(t, s, cutAfter)
			again := make(chan *server, 1)
			network.mu.Lock()
			network.between = func() { again <- s.restart() }
			network.mu.Unlock()
			to, body := fmt.Sprintf("+3361234700%d", i), "retried after a restart: "+client.name
			id, err := client.send(t, network.url(), accessKey{rootKey, rootSecret}, to, body)
			if err != nil {
				t.Fatal(err)
			}
			client.checkAttempts(t, network.seen(), 2)
			checkMessages(t, <-again, to, body, id, client.messages(2))
		})
	}
}

// restart kills the server and starts it on the same data folder and ports.
func (s *server) restart() *server {
	s.kill()
	return start(s.t, s.data, "serve", "--data", s.data,
		"--listen", strings.TrimPrefix(s.api, "http://"), "--console-listen", strings.TrimPrefix(s.console, "http://"))
}

func setFault(t *testing.T, s *server, account, exception string, count int) {
	t.Helper()
	fault := map[string]any{"operation": "SendTextMessage", "exception": exception, "count": count}
	status := s.do(http.MethodPut, "/simulator/v1/faults?account="+account, map[string]any{"faults": []any{fault}}, nil)
	if status >= 300 {
		t.Fatalf("PUT faults: HTTP %d", status)
	}
}

// messages is how many its call makes, when the server takes so many attempts.
func (r retrier) messages(taken int) int {
	if r.anonymous {
		return taken
	}
	return 1
}

// checkAttempts looks at what the client said of its attempts: without a number
// of the call a retry after the commit cannot be told from another message.
func (r retrier) checkAttempts(t *testing.T, attempts []attempt, want int) {
	t.Helper()
	if len(attempts) != want {
		t.Errorf("%d attempts, want %d: %v", len(attempts), want, attempts)
	}
	for i, a := range attempts {
		if r.anonymous && a == (attempt{}) {
			continue
		}
		if a.invocation == "" || a.invocation != attempts[0].invocation || !strings.Contains(a.request, fmt.Sprintf("attempt=%d", i+1)) {
			t.Errorf("attempt %d says %+v", i+1, a)
		}
	}
}

// checkMessages waits for the message's end, and for a later one to the same
// handset: a double would stand before it.
func checkMessages(t *testing.T, s *server, to, body, id string, want int) {
	t.Helper()
	if state := s.final(id); state.State != "DELIVERED" {
		t.Errorf("message %s ended %s: %v", id, state.State, state.Why)
	}
	last, err := goSDK(s, rootKey, rootSecret).SendTextMessage(t.Context(), &sms.SendTextMessageInput{
		DestinationPhoneNumber: aws.String(to), OriginationIdentity: aws.String("RETRY"), MessageBody: aws.String("the end")})
	if err != nil {
		t.Fatal(err)
	}
	s.final(aws.ToString(last.MessageId))
	shown := struct {
		Messages []handsetMessage `json:"messages"`
	}{}
	if status := s.get("/simulator/v1/handsets/"+url.PathEscape(to)+"/messages", &shown); status != http.StatusOK {
		t.Fatalf("handset %s: HTTP %d", to, status)
	}
	var ids []string
	for _, m := range shown.Messages {
		if m.Body == body {
			ids = append(ids, m.MessageID)
		}
	}
	if len(ids) != want || !slices.Contains(ids, id) {
		t.Errorf("the handset shows %q under %v; want %d, and the client got %s", body, ids, want, id)
	}
}
