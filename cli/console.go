package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
)

// DefaultConsole is the address of the operator and simulator API.
const DefaultConsole = "http://127.0.0.1:7789"

// console speaks to the operator and simulator API of a running server.
type console struct {
	address     string
	credentials Credentials
	http        *http.Client
}

func newConsole(env Environment) (*console, error) {
	found, err := FindCredentials(env.Getenv)
	if err != nil {
		return nil, err
	}
	client, err := newHTTP(env)
	if err != nil {
		return nil, err
	}
	address := strings.TrimRight(firstOf(env.Getenv("HELIOGRAPH_CONSOLE_URL"), DefaultConsole), "/")
	if !strings.HasPrefix(address, "http://") && !strings.HasPrefix(address, "https://") {
		return nil, Usagef("HELIOGRAPH_CONSOLE_URL=%s is no URL such as %s", address, DefaultConsole)
	}
	return &console{
		address:     address,
		credentials: found,
		http:        client,
	}, nil
}

// refused is an answer of the console port that is no success.
type refused struct {
	status int
	text   string
}

func (r refused) Error() string { return r.text }

// do sends in as JSON (nil = no body) and decodes the answer into out.
func (c *console) do(ctx context.Context, method, path string, in, out any) error {
	var body io.Reader
	if in != nil {
		text, err := json.Marshal(in)
		if err != nil {
			return err
		}
		body = bytes.NewReader(text)
	}
	request, err := http.NewRequestWithContext(ctx, method, c.address+path, body)
	if err != nil {
		return Usagef("HELIOGRAPH_CONSOLE_URL=%s: %v", c.address, err)
	}
	request.SetBasicAuth(c.credentials.AccessKeyID, c.credentials.SecretAccessKey)
	request.Header.Set("Content-Type", "application/json")
	answer, err := c.http.Do(request)
	if err != nil {
		return unreachable(c.address, err)
	}
	defer answer.Body.Close()
	if answer.StatusCode >= http.StatusBadRequest {
		return refusal(answer)
	}
	if out == nil {
		return nil
	}
	if err := json.NewDecoder(answer.Body).Decode(out); err != nil {
		return fmt.Errorf("what answers at %s is no console port of Heliograph: see HELIOGRAPH_CONSOLE_URL (%w)", c.address, err)
	}
	return nil
}

// stream sends a body of any length, nil = none, and lets that of the answer be
// read. It takes as long as it takes.
func (c *console) stream(ctx context.Context, method, path string, body io.Reader, read func(io.Reader) error) error {
	request, err := http.NewRequestWithContext(ctx, method, c.address+path, body)
	if err != nil {
		return Usagef("HELIOGRAPH_CONSOLE_URL=%s: %v", c.address, err)
	}
	request.SetBasicAuth(c.credentials.AccessKeyID, c.credentials.SecretAccessKey)
	patient := *c.http
	patient.Timeout = 0
	answer, err := patient.Do(request)
	if err != nil {
		return unreachable(c.address, err)
	}
	defer answer.Body.Close()
	if answer.StatusCode >= http.StatusBadRequest {
		return refusal(answer)
	}
	return read(answer.Body)
}

func refusal(answer *http.Response) error {
	if answer.StatusCode == http.StatusUnauthorized {
		return refused{answer.StatusCode, "the server does not take this access key: it has to be a root key of the server (AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or the profile)"}
	}
	problem := struct {
		Error string `json:"error"`
	}{}
	if err := json.NewDecoder(answer.Body).Decode(&problem); err != nil || problem.Error == "" {
		problem.Error = "the server answered " + answer.Status
	}
	return refused{status: answer.StatusCode, text: problem.Error}
}
