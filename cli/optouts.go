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
	return c.stream(ctx, http.MethodGet, optOutsPath+"?"+query.Encode(), nil, func(answer io.Reader) error {
		if _, err := io.Copy(env.Stdout, answer); err != nil {
			return fmt.Errorf("the list broke off: %w", err)
		}
		return nil
	})
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
	did := imported{}
	err = c.stream(ctx, http.MethodPost, optOutsPath+"?"+query.Encode(), lines, func(answer io.Reader) error {
		return json.NewDecoder(answer).Decode(&did)
	})
	if err != nil {
		return err
	}
	return did.tell(env, list.List, file)
}

// imported is what the operator API tells of an import.
type imported struct {
	Taken   int `json:"taken"`
	Refused int `json:"refused"`
	Errors  []struct {
		Line  int    `json:"line"`
		Error string `json:"error"`
	} `json:"errors"`
}

// tell says what was taken and, of what was not, where in the file it stands.
func (did imported) tell(env Environment, list, file string) error {
	for _, e := range did.Errors {
		fmt.Fprintf(env.Stderr, "%s:%d: %s\n", file, e.Line, plain(e.Error))
	}
	if _, err := fmt.Fprintf(env.Stdout, "%d numbers are on the opt-out list %s\n", did.Taken, list); err != nil {
		return err
	}
	if did.Refused > 0 {
		return fmt.Errorf("%d lines were left out: correct and import them again", did.Refused)
	}
	return nil
}
