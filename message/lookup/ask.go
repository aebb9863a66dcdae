package lookup

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
)

// mostAnswered bounds an answer, in octets.
const mostAnswered = 64 << 10

// errNoNetwork is of an answer that names no network in five or six digits.
var errNoNetwork = errors.New("lookup: the answer has no mobile country and network code where the settings say")

// ask asks the service about a number. "" without an error is a number that it
// knows to be in no network. No error shows the number.
func (s *Settings) ask(ctx context.Context, client *http.Client, number string) (mccmnc string, err error) {
	ctx, cancel := context.WithTimeout(ctx, s.Timeout)
	defer cancel()
	address := strings.ReplaceAll(s.URL, "{number}", url.QueryEscape(strings.TrimPrefix(number, "+")))
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return "", errors.New("lookup: the address is no URL")
	}
	request.Header.Set("Accept", "application/json")
	if s.Authorization != "" {
		request.Header.Set("Authorization", s.Authorization)
	}
	response, err := client.Do(request)
	if err != nil {
		return "", fmt.Errorf("lookup: %w", beneath(err))
	}
	defer func() { _ = response.Body.Close() }()
	switch {
	case response.StatusCode == http.StatusNotFound:
		return "", nil
	case response.StatusCode != http.StatusOK:
		return "", fmt.Errorf("lookup: the service answers HTTP %d", response.StatusCode)
	}
	body, err := io.ReadAll(io.LimitReader(response.Body, mostAnswered))
	if err != nil {
		return "", fmt.Errorf("lookup: %w", beneath(err))
	}
	return s.read(body)
}

// beneath is an error without the URL, which bears the number.
func beneath(err error) error {
	var of *url.Error
	if errors.As(err, &of) {
		return of.Err
	}
	return err
}

// read finds the network in an answer; null is none.
func (s *Settings) read(body []byte) (string, error) {
	var answer any
	decoder := json.NewDecoder(strings.NewReader(string(body)))
	decoder.UseNumber()
	if err := decoder.Decode(&answer); err != nil {
		return "", errors.New("lookup: the answer is no JSON")
	}
	if s.MCC != "" {
		mcc, known := member(answer, s.MCC)
		mnc, known2 := member(answer, s.MNC)
		if !known || !known2 {
			return "", errNoNetwork
		}
		return network(mcc + mnc)
	}
	mccmnc, known := member(answer, s.MCCMNC)
	if !known {
		return "", errNoNetwork
	}
	return network(mccmnc)
}

// member is a text, a number or null of an answer, by its path.
func member(answer any, path string) (text string, known bool) {
	for name := range strings.SplitSeq(path, ".") {
		object, ok := answer.(map[string]any)
		if !ok {
			return "", false
		}
		if answer, ok = object[name]; !ok {
			return "", false
		}
	}
	switch value := answer.(type) {
	case nil:
		return "", true
	case string:
		return strings.TrimSpace(value), true
	case json.Number:
		return value.String(), true
	}
	return "", false
}

// network checks a code; "" stays none.
func network(mccmnc string) (string, error) {
	if mccmnc == "" {
		return "", nil
	}
	if len(mccmnc) < 5 || len(mccmnc) > 6 || strings.Trim(mccmnc, "0123456789") != "" {
		return "", errNoNetwork
	}
	return mccmnc, nil
}
