package cli

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"time"
)

// PauseCarrier takes up no more messages of a carrier.
func PauseCarrier(ctx context.Context, env Environment, name, reason string) error {
	return orderCarrier(ctx, env, http.MethodPost, carrierPath(name, "/pause"), map[string]string{"reason": reason})
}

// ResumeCarrier takes messages of a carrier up again.
func ResumeCarrier(ctx context.Context, env Environment, name string) error {
	return orderCarrier(ctx, env, http.MethodPost, carrierPath(name, "/resume"), nil)
}

// SetThroughput changes a carrier's throughput, in message parts per second; 0 =
// no limit.
func SetThroughput(ctx context.Context, env Environment, name string, partsPerSecond int) error {
	if partsPerSecond < 0 {
		return Usagef("%d: message parts per second, or 0 for no limit", partsPerSecond)
	}
	if err := orderCarrier(ctx, env, http.MethodPut, carrierPath(name, "/throughput"), map[string]int{"partsPerSecond": partsPerSecond}); err != nil {
		return err
	}
	_, err := fmt.Fprintln(env.Stderr, "In force until the next reload or restart; `throughput` of the configuration file is what lasts.")
	return err
}

// orderCarrier asks for a change of a carrier and says how it stands afterwards.
func orderCarrier(ctx context.Context, env Environment, method, path string, in any) error {
	c, err := newConsole(env)
	if err != nil {
		return err
	}
	now := shownCarrier{}
	if err := c.do(ctx, method, path, in, &now); err != nil {
		return err
	}
	_, err = fmt.Fprintf(env.Stdout, "carrier %s is %s: throughput %s, %s in flight, %d queued\n",
		plain(now.Name), now.State, throughput(now.Throughput), counted(now.InFlight, "message"), now.InMemory+now.OnDisk)
	return err
}

// drainLook is how long one request waits for the end of a drain.
const drainLook = 2 * time.Second

// Drain pauses a carrier and waits until nothing is in flight, telling how far it
// is. It is an error when the time is over first.
func Drain(ctx context.Context, env Environment, name, reason string, wait time.Duration) error {
	c, err := newConsole(env)
	if err != nil {
		return err
	}
	for began := time.Now(); ; {
		left := max(0, wait-time.Since(began))
		now := struct {
			Drained  bool `json:"drained"`
			InFlight int  `json:"inFlight"`
			Queued   int  `json:"queued"`
		}{}
		path := carrierPath(name, "/drain?wait="+url.QueryEscape(min(left, drainLook).String()))
		if err := c.do(ctx, http.MethodPost, path, map[string]string{"reason": reason}, &now); err != nil {
			return err
		}
		if now.Drained {
			_, err := fmt.Fprintf(env.Stdout, "carrier %s is paused and nothing is in flight; %d queued\n", name, now.Queued)
			return err
		}
		if left == 0 {
			return fmt.Errorf("carrier %s is paused, and %s in flight still; --wait waits for the end", name, isAre(now.InFlight))
		}
		fmt.Fprintf(env.Stderr, "%s in flight, %d queued\n", isAre(now.InFlight), now.Queued)
	}
}

func isAre(n int) string {
	if n == 1 {
		return "1 message is"
	}
	return fmt.Sprintf("%d messages are", n)
}

// Move gives another carrier the messages that wait for one, a step at a time,
// telling how far it is.
func Move(ctx context.Context, env Environment, from, to string) error {
	c, err := newConsole(env)
	if err != nil {
		return err
	}
	type left struct {
		Reason string `json:"reason"`
		Count  int    `json:"count"`
	}
	moved, stay, after := 0, map[string]int{}, ""
	for {
		step := struct {
			Moved int    `json:"moved"`
			Left  []left `json:"left"`
			Next  string `json:"next"`
		}{}
		asks := map[string]string{"to": to}
		if after != "" {
			asks["after"] = after
		}
		if err := c.do(ctx, http.MethodPost, carrierPath(from, "/move"), asks, &step); err != nil {
			return afterMoved(moved, err)
		}
		moved, after = moved+step.Moved, step.Next
		for _, l := range step.Left {
			stay[l.Reason] += l.Count
		}
		if after == "" {
			break
		}
		fmt.Fprintf(env.Stderr, "%d moved…\n", moved)
	}
	fmt.Fprintf(env.Stdout, "%s moved from %s to %s\n", counted(moved, "message"), from, to)
	for _, reason := range slices.Sorted(maps.Keys(stay)) {
		fmt.Fprintf(env.Stdout, "%d left: %s\n", stay[reason], plain(reason))
	}
	return nil
}

// afterMoved says what was moved before it failed.
func afterMoved(moved int, err error) error {
	if moved == 0 {
		return err
	}
	return fmt.Errorf("after %s moved: %w", counted(moved, "message"), err)
}

// Cancel ends a message that waits to be sent.
func Cancel(ctx context.Context, env Environment, id, reason string) error {
	c, err := newConsole(env)
	if err != nil {
		return err
	}
	now := shownMessage{}
	if err := c.do(ctx, http.MethodPost, "/operator/v1/messages/"+url.PathEscape(id)+"/cancel", map[string]string{"reason": reason}, &now); err != nil {
		return err
	}
	_, err = fmt.Fprintf(env.Stdout, "message %s is cancelled: %s %s, and it was not sent\n", now.ID, now.State, now.Code)
	return err
}
