package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
)

const optOutsPath = "/operator/v1/opt-outs"

// OptOutList says which list is meant.
type OptOutList struct {
	Account string // twelve digits
	Region  string
	List    string // name
}

func (l OptOutList) query() (url.Values, error) {
	if !accountPattern.MatchString(l.Account) {
		return nil, Usagef("--account %s: an account is twelve digits, as in 111122223333", l.Account)
	}
	return url.Values{"account": {l.Account}, "region": {l.Region}, "list": {l.List}}, nil
}

// ListOptOuts writes all numbers of a list, a JSON object a line, as they come.
func ListOptOuts(ctx context.Context, env Environment, list OptOutList, reason string) error {
	query, err := list.query()
	if err != nil {
		return err
	}
	c, err := newConsole(env)
	if err != nil {
		return err
	}
	query.Set("reason", reason)
	answer, err := c.stream(ctx, http.MethodGet, optOutsPath+"?"+query.Encode(), nil)
	if err != nil {
		return err
	}
	defer answer.Close()
	if _, err := io.Copy(env.Stdout, answer); err != nil {
		return fmt.Errorf("the list broke off: %w", err)
	}
	return nil
}

// ImportOptOuts puts the numbers of a file on a list: a number, or a JSON object
// as ListOptOuts writes them, a line.
func ImportOptOuts(ctx context.Context, env Environment, list OptOutList, file string) error {
	query, err := list.query()
	if err != nil {
		return err
	}
	lines, err := os.Open(file)
	if err != nil {
		return err
	}
	defer lines.Close() // which the request did, unless it was not sent
	c, err := newConsole(env)
	if err != nil {
		return err
	}
	answer, err := c.stream(ctx, http.MethodPost, optOutsPath+"?"+query.Encode(), lines)
	if err != nil {
		return err
	}
	defer answer.Close()
	did := struct {
		Taken   int `json:"taken"`
		Refused int `json:"refused"`
		Errors  []struct {
			Line  int    `json:"line"`
			Error string `json:"error"`
		} `json:"errors"`
	}{}
	if err := json.NewDecoder(answer).Decode(&did); err != nil {
		return fmt.Errorf("the answer cannot be read: %w", err)
	}
	for _, e := range did.Errors {
		fmt.Fprintf(env.Stderr, "%s:%d: %s\n", file, e.Line, plain(e.Error))
	}
	if _, err := fmt.Fprintf(env.Stdout, "%d numbers are on the opt-out list %s\n", did.Taken, list.List); err != nil {
		return err
	}
	if did.Refused > 0 {
		return fmt.Errorf("%d lines were left out: correct and import them again", did.Refused)
	}
	return nil
}
