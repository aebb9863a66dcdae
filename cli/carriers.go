package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"
	"unicode/utf8"
)

// shownCarrier is what the operator API tells of a carrier.
type shownCarrier struct {
	Name       string      `json:"name"`
	Type       string      `json:"type"`
	State      string      `json:"state"`
	Summary    string      `json:"summary"`
	Binds      []shownBind `json:"binds"`
	BindsUp    int         `json:"bindsUp"`
	Window     int         `json:"window"`
	Unanswered int         `json:"unanswered"`
	InFlight   int         `json:"inFlight"`
	InMemory   int         `json:"queuedInMemory"`
	OnDisk     int         `json:"queuedOnDisk"`
	Throughput int         `json:"partsPerSecond"`
	Limiter    string      `json:"limiter"`
	IDs        string      `json:"messageIds"`
	Matched    int64       `json:"receiptsMatched"`
	Unmatched  int64       `json:"receiptsUnmatched"`
	Repeated   int64       `json:"receiptsRepeated"`
	Problems   []string    `json:"problems"`

	Delivery []struct {
		Country string  `json:"country"`
		Well    bool    `json:"well"`
		Judged  int     `json:"judged"`
		Arrived int     `json:"arrived"`
		Waiting int     `json:"waiting"`
		Latency float64 `json:"receiptLatencySeconds"`
	} `json:"delivery"`
}

type shownBind struct {
	Address     string    `json:"address"`
	Mode        string    `json:"mode"`
	State       string    `json:"state"`
	Since       time.Time `json:"since"`
	NextAttempt time.Time `json:"nextAttempt"`
	Window      int       `json:"window"`
	Unanswered  int       `json:"unanswered"`
}

const carriersPath = "/operator/v1/carriers"

// carrierPath is that of a carrier, or of what is done with it.
func carrierPath(name, verb string) string { return carriersPath + "/" + url.PathEscape(name) + verb }

// terminal is how wide a terminal is taken to be.
const terminal = 100

// Carriers shows all carriers, or the one of a name.
func Carriers(ctx context.Context, env Environment, name, output string) error {
	c, err := newConsole(env)
	if err != nil {
		return err
	}
	path := carriersPath
	if name != "" {
		path = carrierPath(name, "")
	}
	answer := json.RawMessage{}
	if err := c.do(ctx, http.MethodGet, path, nil, &answer); err != nil {
		return err
	}
	switch {
	case output == JSON:
		return printJSON(env.Stdout, answer)
	case name != "":
		return showCarrier(env.Stdout, answer)
	}
	return listCarriers(env, answer)
}

func listCarriers(env Environment, answer json.RawMessage) error {
	list := struct {
		Carriers []shownCarrier `json:"carriers"`
	}{}
	if err := json.Unmarshal(answer, &list); err != nil {
		return err
	}
	var rows [][]string
	for _, c := range list.Carriers {
		rows = append(rows, []string{
			c.Name, c.State, fmt.Sprintf("%d of %d", c.BindsUp, len(c.Binds)), fmt.Sprintf("%d of %d", c.Unanswered, c.Window),
			strconv.Itoa(c.InMemory + c.OnDisk + max(0, c.InFlight-c.Unanswered)), perSecond(c.Throughput), dash(c.Limiter),
		})
		if c.State == "PAUSED" {
			rows = remark(rows, c.Summary)
		}
		for _, problem := range c.Problems {
			rows = remark(rows, problem)
		}
	}
	if err := table(env.Stdout, []string{"CARRIER", "STATE", "BINDS UP", "UNANSWERED", "WAITING", "RATE", "HELD BACK BY"}, rows); err != nil {
		return err
	}
	_, err := fmt.Fprintln(env.Stderr, "heliograph carriers NAME tells more of one.")
	return err
}

// remark adds a text below a row, on as many lines as it needs.
func remark(rows [][]string, text string) [][]string {
	for _, line := range wrapped(text, terminal-len("│ ")) {
		rows = append(rows, []string{"│ " + line})
	}
	return rows
}

// wrapped cuts a text between words into lines of a width; a longer word has a
// line of its own.
func wrapped(text string, width int) []string {
	var lines []string
	line := ""
	for _, word := range strings.Fields(text) {
		switch {
		case line == "":
			line = word
		case utf8.RuneCountInString(line)+1+utf8.RuneCountInString(word) <= width:
			line += " " + word
		default:
			lines, line = append(lines, line), word
		}
	}
	return append(lines, line)
}

func perSecond(parts int) string {
	if parts == 0 {
		return "-"
	}
	return strconv.Itoa(parts) + "/s"
}

// showCarrier prints all that is known of one carrier.
func showCarrier(w io.Writer, answer json.RawMessage) error {
	c := shownCarrier{}
	if err := json.Unmarshal(answer, &c); err != nil {
		return err
	}
	fmt.Fprintln(w, "Carrier", plain(c.Name))
	facts := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, fact := range [][2]string{
		{"state", c.State + ": " + c.Summary},
		{"type", dash(c.Type)},
		{"unanswered", fmt.Sprintf("%s, of a window of %d", counted(c.Unanswered, "message part"), c.Window)},
		{"in flight", counted(c.InFlight, "message") + " taken up: unanswered, or waiting for a bind or for their turn"},
		{"queued", fmt.Sprintf("%s in memory, %d more on disk", counted(c.InMemory, "message"), c.OnDisk)},
		{"throughput", throughput(c.Throughput)},
		{"held back by", dash(c.Limiter)},
		{"message ids", dash(c.IDs)},
		{"receipts", fmt.Sprintf("%d matched a message, %d did not, %d told what was known, since the server started", c.Matched, c.Unmatched, c.Repeated)},
	} {
		fmt.Fprintf(facts, "  %s\t%s\n", fact[0], plain(fact[1]))
	}
	if err := facts.Flush(); err != nil {
		return err
	}
	if err := errors.Join(showBinds(w, c.Binds), showDelivery(w, c)); err != nil || len(c.Problems) == 0 {
		return err
	}
	fmt.Fprintln(w, "\nWhat is wrong:")
	for _, problem := range c.Problems {
		for i, line := range wrapped(problem, terminal-len("  - ")) {
			fmt.Fprintln(w, [...]string{"  - ", "    "}[min(i, 1)]+plain(line))
		}
	}
	return nil
}

func throughput(parts int) string {
	if parts == 0 {
		return "not limited"
	}
	return counted(parts, "message part") + " per second"
}

// showDelivery prints what is reported of the messages to each country.
func showDelivery(w io.Writer, c shownCarrier) error {
	if len(c.Delivery) == 0 {
		return nil
	}
	var rows [][]string
	for _, d := range c.Delivery {
		share, latency, stands := "-", "-", "well"
		if d.Judged > 0 {
			share = fmt.Sprintf("%d%%", 100*d.Arrived/d.Judged)
		}
		if d.Arrived > 0 {
			latency = fmt.Sprintf("%.3gs", d.Latency)
		}
		if !d.Well {
			stands = "passed over"
		}
		rows = append(rows, []string{"  " + plain(d.Country), strconv.Itoa(d.Arrived), strconv.Itoa(d.Judged), share, latency, strconv.Itoa(d.Waiting), stands})
	}
	fmt.Fprintln(w)
	return table(w, []string{"  COUNTRY", "DELIVERED", "JUDGED", "SHARE", "LATENCY", "WAITING", "HEALTH"}, rows)
}

func showBinds(w io.Writer, binds []shownBind) error {
	if len(binds) == 0 {
		return nil
	}
	rows := make([][]string, len(binds))
	for i, b := range binds {
		rows[i] = []string{
			"  " + dash(b.Address), b.Mode, b.State, local(b.Since, dateAndClock), fmt.Sprintf("%d of %d", b.Unanswered, b.Window), local(b.NextAttempt, clock),
		}
	}
	fmt.Fprintln(w)
	return table(w, []string{"  BIND", "MODE", "STATE", "SINCE", "UNANSWERED", "NEXT ATTEMPT"}, rows)
}
