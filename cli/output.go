package cli

import (
	"encoding/json"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// JSON is the value of --output for machines.
const JSON = "json"

// columnGap is the space between columns.
const columnGap = 2

const (
	dateAndClock = "2006-01-02 15:04:05"
	clock        = "15:04:05.000"
)

// table prints rows under a heading, each column as wide as it needs. A row of
// one cell is a remark on the row before it and widens nothing. Cells are
// printed as plain has them.
func table(w io.Writer, heading []string, rows [][]string) error {
	widths := make([]int, len(heading))
	all := append([][]string{heading}, rows...)
	for _, row := range all {
		for i, cell := range row {
			if len(row) > 1 {
				widths[i] = max(widths[i], utf8.RuneCountInString(cell))
			}
		}
	}
	for _, row := range all {
		line := &strings.Builder{}
		for i, cell := range row {
			line.WriteString(plain(cell))
			if i < len(row)-1 {
				line.WriteString(strings.Repeat(" ", widths[i]-utf8.RuneCountInString(cell)+columnGap))
			}
		}
		if _, err := fmt.Fprintln(w, line); err != nil {
			return err
		}
	}
	return nil
}

// printValue prints a value as indented JSON.
func printValue(w io.Writer, value any) error {
	text, err := json.Marshal(value)
	if err != nil {
		return err
	}
	return printJSON(w, text)
}

// local is a time on this computer's clock; "-" when there is none.
func local(t time.Time, layout string) string {
	if t.IsZero() {
		return "-"
	}
	return t.Local().Format(layout)
}

// dash stands where a column has nothing.
func dash(text string) string {
	if text == "" {
		return "-"
	}
	return text
}

// counted is a number with its noun.
func counted(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return strconv.Itoa(n) + " " + noun + "s"
}

// bodyLines are a message's lines as a terminal may show them.
func bodyLines(body string) []string {
	lines := strings.Split(strings.ReplaceAll(body, "\r\n", "\n"), "\n")
	for i, line := range lines {
		lines[i] = plain(line)
	}
	return lines
}

// plain is text for one line of a terminal: what customers, carriers and people
// with a phone wrote must not move the cursor, change colours or begin a line.
func plain(text string) string {
	return strings.Map(func(r rune) rune {
		if r != '\t' && !unicode.IsGraphic(r) {
			return unicode.ReplacementChar
		}
		return r
	}, text)
}

var days = regexp.MustCompile(`^([0-9]{1,4})d$`)

// moment reads a point in time: RFC 3339, a date (UTC), or how long ago, as in
// 90m, 24h or 7d. Empty is the zero time.
func moment(flag, text string, now time.Time) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	if found := days.FindStringSubmatch(text); found != nil {
		n, err := strconv.Atoi(found[1])
		return now.AddDate(0, 0, -n), err
	}
	if ago, err := time.ParseDuration(text); err == nil && ago >= 0 {
		return now.Add(-ago), nil
	}
	for _, layout := range []string{time.RFC3339, time.DateOnly} {
		if at, err := time.Parse(layout, text); err == nil {
			return at, nil
		}
	}
	return time.Time{}, Usagef("--%s %s: give how long ago (24h, 7d), a date (2006-01-02) or a time (2006-01-02T15:04:05Z)", flag, text)
}
