package cli

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"
)

// showWhole prints all that is known of one message: facts, text, parts, and
// why it went as it went.
func showWhole(w io.Writer, m shownMessage, withBody bool) error {
	fmt.Fprintln(w, "Message", plain(m.ID))
	facts := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, fact := range m.facts() {
		if fact[1] != "" {
			fmt.Fprintf(facts, "  %s\t%s\n", fact[0], plain(fact[1]))
		}
	}
	if err := facts.Flush(); err != nil {
		return err
	}
	if withBody {
		for _, line := range bodyLines(m.Body) {
			fmt.Fprintln(w, "  │", line)
		}
	}
	if err := showParts(w, m.Parts); err != nil {
		return err
	}
	fmt.Fprintln(w, "\nWhy it went so:")
	for _, sentence := range m.Why {
		fmt.Fprintln(w, "  -", plain(sentence))
	}
	return nil
}

// facts are label and value; an empty value is not shown.
func (m shownMessage) facts() [][2]string {
	origin := fmt.Sprintf("%s (%s)", dash(m.From), dash(m.FromKind))
	if m.Identity != "" && m.Identity != m.From {
		origin += ", " + m.Identity
	}
	if m.Pool != "" {
		origin += ", of " + m.Pool
	}
	return [][2]string{
		{"state", strings.TrimSpace(m.State + " " + m.Code)},
		{"account", m.Account + " in " + m.Region},
		{"from", origin},
		{"to", fmt.Sprintf("%s (%s)", m.To, m.Country)},
		{"network", m.Network},
		{"carrier", m.Carrier},
		{"type", m.MessageType},
		{"encoding", fmt.Sprintf("%s, %s", m.Encoding, counted(len(m.Parts), "part"))},
		{"price", m.Price + " US dollars"},
		{"configuration set", m.ConfigurationSet},
		{"context", pairs(m.Context)},
		{"parameters", pairs(m.Parameters)},
		{"accepted", local(m.AcceptedAt, dateAndClock)},
		{"expires", m.unless(m.EndedAt.IsZero(), m.ExpiresAt)},
		{"feedback", m.Feedback},
		{"ended", m.unless(!m.EndedAt.IsZero(), m.EndedAt)},
	}
}

// unless shows a time where it matters: an ended message expires no more.
func (shownMessage) unless(matters bool, at time.Time) string {
	if !matters || at.IsZero() {
		return ""
	}
	return local(at, dateAndClock)
}

func pairs(values map[string]string) string {
	list := make([]string, 0, len(values))
	for _, name := range slices.Sorted(maps.Keys(values)) {
		list = append(list, name+"="+values[name])
	}
	return strings.Join(list, ", ")
}

func showParts(w io.Writer, parts []shownPart) error {
	if len(parts) == 0 {
		return nil
	}
	rows := make([][]string, len(parts))
	for i, p := range parts {
		rows[i] = []string{
			"  " + strconv.Itoa(p.Number), p.State, strconv.Itoa(p.Attempts), local(p.SubmittedAt, clock), local(p.EndedAt, clock),
			dash(p.CarrierMessageID), dash(p.Code),
		}
	}
	fmt.Fprintln(w)
	return table(w, []string{"  PART", "STATE", "ATTEMPTS", "SUBMITTED", "ENDED", "CARRIER'S ID", "CODE"}, rows)
}
