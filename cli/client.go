package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"heliograph/api/model"
	"heliograph/api/sigv4"
)

// callTimeout bounds one call, its connection included.
const callTimeout = 70 * time.Second

// caller makes signed calls to the API port.
type caller struct {
	model       *model.Model
	endpoint    string
	credentials Credentials
	http        *http.Client
}

func newCaller(env Environment, m *model.Model, options callOptions) (*caller, error) {
	found, err := FindCredentials(env.Getenv)
	if err != nil {
		return nil, err
	}
	client, err := newHTTP(env)
	if err != nil {
		return nil, err
	}
	found.Region = firstOf(options.region, found.Region)
	endpoint := firstOf(options.endpoint, env.Getenv("AWS_ENDPOINT_URL_PINPOINT_SMS_VOICE_V2"), env.Getenv("AWS_ENDPOINT_URL"), DefaultEndpoint)
	return &caller{model: m, endpoint: strings.TrimRight(endpoint, "/"), credentials: found, http: client}, nil
}

// call makes one operation's call and gives the answer's body.
func (c *caller) call(ctx context.Context, operation string, input map[string]any) ([]byte, error) {
	body, err := json.Marshal(input)
	if err != nil {
		return nil, err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, c.endpoint+"/", bytes.NewReader(body))
	if err != nil {
		return nil, Usagef("--endpoint-url %s: %v", c.endpoint, err)
	}
	request.Header.Set("Content-Type", "application/x-amz-json-"+c.model.JSONVersion)
	request.Header.Set("X-Amz-Target", c.model.TargetPrefix+"."+operation)
	key := sigv4.Credentials{AccessKeyID: c.credentials.AccessKeyID, SecretAccessKey: c.credentials.SecretAccessKey}
	if err := sigv4.Sign(request, body, key, c.credentials.Region, time.Now()); err != nil {
		return nil, err
	}
	answer, err := c.http.Do(request)
	if err != nil {
		return nil, unreachable(c.endpoint, err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		return nil, err
	}
	if answer.StatusCode != http.StatusOK {
		return nil, apiError(operation, answer.StatusCode, text)
	}
	return text, nil
}

// unreachable says that nobody answers, without what net/http puts before the
// cause.
func unreachable(address string, err error) error {
	var failed *url.Error
	if errors.As(err, &failed) {
		err = failed.Err
	}
	return fmt.Errorf("no server answers at %s; start one with: heliograph dev (%w)", address, err)
}

// apiError words an exception as the AWS CLI does.
func apiError(operation string, status int, body []byte) error {
	exception := struct {
		Type    string `json:"__type"`
		Message string `json:"Message"`
	}{}
	if err := json.Unmarshal(body, &exception); err != nil || exception.Type == "" {
		return fmt.Errorf("calling %s: the server answered HTTP %d, so the endpoint is none of this API", operation, status)
	}
	return fmt.Errorf("an error occurred (%s) when calling the %s operation: %s", exception.Type, operation, exception.Message)
}
