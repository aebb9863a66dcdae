package simulator

import (
	"context"
	"fmt"
	"net/http"
	"regexp"
	"strconv"
	"time"

	"heliograph/audit"
)

func (c *SMSC) listHandsets(r *request) (int, any, error) {
	list, err := c.settings.Store.Handsets(r.Context(), r.sees())
	if err != nil {
		return 0, nil, fmt.Errorf("simulator: list handsets: %w", err)
	}
	return http.StatusOK, map[string][]Handset{"handsets": append([]Handset{}, list...)}, nil
}

func (c *SMSC) clearAll(r *request) (int, any, error) {
	if err := c.settings.Store.ClearHandsets(r.Context(), r.owns(), ""); err != nil {
		return 0, nil, fmt.Errorf("simulator: clear handsets: %w", err)
	}
	return http.StatusNoContent, nil, nil
}

func (c *SMSC) clearOne(r *request) (int, any, error) {
	number, err := r.number()
	if err != nil {
		return 0, nil, err
	}
	if err := c.settings.Store.ClearHandsets(r.Context(), r.owns(), number); err != nil {
		return 0, nil, fmt.Errorf("simulator: clear handset: %w", err)
	}
	return http.StatusNoContent, nil, nil
}

// listMessages answers once there is a message after the known ones, or the
// wait is over.
func (c *SMSC) listMessages(r *request) (int, any, error) {
	number, after, wait, err := r.messages()
	if err != nil {
		return 0, nil, err
	}
	q := Query{Account: r.sees(), Handset: number, After: after}
	list := []Message{}
	err = c.await(r, number, wait, func(ctx context.Context) (bool, error) {
		found, err := c.settings.Store.HandsetMessages(ctx, q)
		list = append(list, found...)
		return len(list) > 0, err
	})
	if err != nil {
		return 0, nil, err
	}
	return http.StatusOK, map[string][]Message{"messages": list}, nil
}

// messages reads what the two readers of a handset have in common.
func (r *request) messages() (number string, after int64, wait time.Duration, err error) {
	if number, err = r.number(); err != nil {
		return "", 0, 0, err
	}
	if text := r.URL.Query().Get("after"); text != "" {
		after, err = strconv.ParseInt(text, 10, 64)
		if err != nil || after < 0 {
			return "", 0, 0, problem(http.StatusBadRequest, "after=%s is no message id", text)
		}
	}
	wait, err = r.waits()
	return number, after, wait, err
}

// await looks, and looks again with each message that comes to the handset,
// until look is satisfied, the wait is over, the server stops or the client has
// gone.
func (c *SMSC) await(r *request, number string, wait time.Duration, look func(context.Context) (bool, error)) error {
	timer := time.NewTimer(wait)
	defer timer.Stop()
	for {
		// Held before the look, so that nothing arrives unheard in between.
		rung, letGo := c.bell.hold(screen{r.sees(), number})
		enough, err := look(r.Context())
		if err != nil || enough || wait == 0 {
			letGo()
			return err
		}
		select {
		case <-rung:
			letGo()
		case <-timer.C:
			letGo()
			return nil
		case <-r.closing:
			letGo()
			return nil
		case <-r.Context().Done():
			letGo()
			return nil
		}
	}
}

// searched is how many of a handset's newest messages a match looks at.
const searched = 1000

// latestAnswer is the newest message to a handset and what matched in it.
type latestAnswer struct {
	Message Message  `json:"message"`
	Match   string   `json:"match"`  // the whole match; the body where nothing was asked for
	Groups  []string `json:"groups"` // of the expression, in order
}

// latest finds the newest message to the handset whose body matches: a
// one-time password for a test, most often.
func (c *SMSC) latest(r *request) (int, any, error) {
	number, after, wait, err := r.messages()
	if err != nil {
		return 0, nil, err
	}
	pattern, err := regexp.Compile(r.URL.Query().Get("match"))
	if err != nil {
		return 0, nil, problem(http.StatusBadRequest, "match is no regular expression: %v", err)
	}
	q := Query{Account: r.sees(), Handset: number, After: after, Direction: ToHandset, Newest: true, Limit: searched}
	var found *latestAnswer
	err = c.await(r, number, wait, func(ctx context.Context) (bool, error) {
		list, err := c.settings.Store.HandsetMessages(ctx, q)
		found = firstMatch(list, pattern)
		return found != nil, err
	})
	if err != nil {
		return 0, nil, err
	}
	if found == nil {
		return 0, nil, problem(http.StatusNotFound, "no message to this handset matches")
	}
	return http.StatusOK, found, nil
}

func firstMatch(list []Message, pattern *regexp.Regexp) *latestAnswer {
	for _, m := range list {
		if pattern.String() == "" {
			return &latestAnswer{Message: m, Match: m.Body, Groups: []string{}}
		}
		if groups := pattern.FindStringSubmatch(m.Body); groups != nil {
			return &latestAnswer{Message: m, Match: groups[0], Groups: append([]string{}, groups[1:]...)}
		}
	}
	return nil
}

// ruleList is the body of the rules' requests and answers.
type ruleList struct {
	Rules []Rule `json:"rules"`
}

func (c *SMSC) getRules(r *request) (int, any, error) {
	return http.StatusOK, ruleList{c.rules.get(r.owns())}, nil
}

func (c *SMSC) putRules(r *request) (int, any, error) {
	var in ruleList
	if err := r.decode(&in); err != nil {
		return 0, nil, err
	}
	if err := checkRules(in.Rules); err != nil {
		return 0, nil, problem(http.StatusBadRequest, "%v", err)
	}
	if err := c.setRules(r.Context(), r.owns(), in.Rules); err != nil {
		return 0, nil, err
	}
	return http.StatusOK, ruleList{c.rules.get(r.owns())}, nil
}

func (c *SMSC) setRules(ctx context.Context, owner string, rules []Rule) error {
	if err := c.settings.Store.SaveHandsetRules(ctx, owner, rules); err != nil {
		return fmt.Errorf("simulator: save rules: %w", err)
	}
	c.rules.set(owner, rules)
	return nil
}

// reset empties the account's handsets, rules and faults, and whatever else the
// surroundings hold of it.
func (c *SMSC) reset(r *request, console Console) (int, any, error) {
	if err := c.settings.Store.ClearHandsets(r.Context(), r.owns(), ""); err != nil {
		return 0, nil, fmt.Errorf("simulator: clear handsets: %w", err)
	}
	if err := c.setRules(r.Context(), r.owns(), nil); err != nil {
		return 0, nil, err
	}
	if console.Faults != nil {
		if err := console.Faults.Set(r.owns(), nil); err != nil {
			return 0, nil, fmt.Errorf("simulator: end faults: %w", err)
		}
	}
	if console.Reset != nil {
		key, _, _ := r.BasicAuth()
		ctx := audit.With(r.Context(), audit.Entry{AccessKeyID: key, Origin: audit.Operator, Action: "Reset"})
		if err := console.Reset(ctx, r.owns()); err != nil {
			return 0, nil, fmt.Errorf("simulator: reset account: %w", err)
		}
	}
	return http.StatusNoContent, nil, nil
}
