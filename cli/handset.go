package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"time"
)

// HandsetOptions are the flags of `heliograph handset`.
type HandsetOptions struct {
	Number string        // E.164
	Wait   time.Duration // for a first message, and for states to be final
	Reply  string        // text that the person answers
	To     string        // whom the person answers
}

// handsetMessage is what the simulator API tells of a message.
type handsetMessage struct {
	ID         int64     `json:"id"`
	MessageID  string    `json:"messageId"`
	Direction  string    `json:"direction"`
	From       string    `json:"from"`
	To         string    `json:"to"`
	FromKind   string    `json:"fromKind"`
	Body       string    `json:"body"`
	Encoding   string    `json:"encoding"`
	Parts      int       `json:"parts"`
	ReceivedAt time.Time `json:"receivedAt"`
}

// messageState is what the simulator API tells of a message.
type messageState struct {
	State      string     `json:"state"`
	AcceptedAt time.Time  `json:"acceptedAt"`
	EndedAt    *time.Time `json:"endedAt"`
}

var numberPattern = regexp.MustCompile(`^\+?[0-9]{2,18}$`)

// Handset shows the messages of a simulated handset, waits for them, or
// answers one.
func Handset(ctx context.Context, env Environment, options HandsetOptions) error {
	if !numberPattern.MatchString(options.Number) {
		return Usagef("%q is no phone number such as +12065550199", options.Number)
	}
	if (options.Reply == "") != (options.To == "") {
		return Usagef("--reply and --to go together: heliograph handset %s --reply TEXT --to FROM", options.Number)
	}
	c, err := newConsole(env)
	if err != nil {
		return err
	}
	path := "/simulator/v1/handsets/" + url.PathEscape(options.Number) + "/messages"
	if options.Reply != "" {
		return c.reply(ctx, env.Stdout, path, options)
	}
	deadline := time.Now().Add(options.Wait)
	messages, err := c.messages(ctx, path, 0, options.Wait)
	if err != nil {
		return err
	}
	if len(messages) == 0 {
		return sayNone(env.Stdout, options)
	}
	fmt.Fprintln(env.Stdout, options.Number)
	return c.show(ctx, env.Stdout, messages, deadline)
}

// show prints messages with what became of them.
func (c *console) show(ctx context.Context, w io.Writer, messages []handsetMessage, deadline time.Time) error {
	for _, m := range messages {
		state, err := c.state(ctx, m.MessageID, deadline)
		if err != nil {
			return err
		}
		showMessage(w, m, state)
	}
	return nil
}

// sayNone tells that there is nothing, and what may help.
func sayNone(w io.Writer, options HandsetOptions) error {
	hint := "--wait 5s waits for one"
	if options.Wait > 0 {
		hint = "none came in " + options.Wait.String()
	}
	_, err := fmt.Fprintf(w, "%s has no messages; %s.\n", options.Number, hint)
	return err
}

// longestWait is how long the server holds an answer at most.
const longestWait = 60 * time.Second

// messages gives what the handset holds after a message, waiting for a first one.
func (c *console) messages(ctx context.Context, path string, after int64, wait time.Duration) ([]handsetMessage, error) {
	answer := struct {
		Messages []handsetMessage `json:"messages"`
	}{}
	path += "?after=" + strconv.FormatInt(after, 10)
	err := c.do(ctx, http.MethodGet, path, nil, &answer)
	for err == nil && len(answer.Messages) == 0 && wait > 0 {
		turn := min(wait, longestWait)
		wait -= turn
		err = c.do(ctx, http.MethodGet, path+"&wait="+url.QueryEscape(turn.String()), nil, &answer)
	}
	return answer.Messages, err
}

// state asks what became of a message, until it is final or the deadline is
// over. Messages of other accounts are not told of, and those of foreign clients
// have no state: nil.
func (c *console) state(ctx context.Context, messageID string, deadline time.Time) (*messageState, error) {
	if messageID == "" {
		return nil, nil
	}
	pause := 10 * time.Millisecond
	for {
		state := &messageState{}
		err := c.do(ctx, http.MethodGet, "/simulator/v1/messages/"+url.PathEscape(messageID), nil, state)
		if _, untold := err.(refused); untold { //nolint:errorlint // made by do, never wrapped
			return nil, nil
		}
		if err != nil || state.EndedAt != nil || time.Now().After(deadline) {
			return state, err
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(pause):
			pause = min(2*pause, 200*time.Millisecond)
		}
	}
}

func showMessage(w io.Writer, m handsetMessage, state *messageState) {
	arrow, other := "from", m.From
	if m.Direction == "FROM_HANDSET" {
		arrow, other = "to", m.To
	}
	fmt.Fprintf(w, "\n  %s %s (%s)   %s, %s   received %s\n", arrow, plain(other), m.FromKind, m.Encoding, counted(m.Parts, "part"), m.ReceivedAt.Local().Format(clock))
	for _, line := range bodyLines(m.Body) {
		fmt.Fprintf(w, "  │ %s\n", line)
	}
	if state == nil {
		return
	}
	fmt.Fprintf(w, "  %s   accepted %s", state.State, state.AcceptedAt.Local().Format(clock))
	if state.EndedAt != nil {
		fmt.Fprintf(w, ", ended %s", state.EndedAt.Local().Format(clock))
	}
	fmt.Fprintf(w, "   message %s\n", m.MessageID)
}

func (c *console) reply(ctx context.Context, w io.Writer, path string, options HandsetOptions) error {
	said := handsetMessage{}
	if err := c.do(ctx, http.MethodPost, path, map[string]string{"to": options.To, "body": options.Reply}, &said); err != nil {
		return err
	}
	fmt.Fprintf(w, "%s answered %s (%s, %s)\n", options.Number, said.To, said.Encoding, counted(said.Parts, "part"))
	if options.Wait == 0 {
		return nil
	}
	deadline := time.Now().Add(options.Wait)
	messages, err := c.messages(ctx, path, said.ID, options.Wait)
	if err == nil && len(messages) == 0 {
		_, err = fmt.Fprintf(w, "\n  nothing came back in %s\n", options.Wait)
		return err
	}
	return errors.Join(err, c.show(ctx, w, messages, deadline))
}
