package cli

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"heliograph/api/model"
)

// listOperations prints every operation in two columns.
func listOperations(w io.Writer, m *model.Model) error {
	fmt.Fprintf(w, `Usage: heliograph api OPERATION [--flags]

Calls any of the %d operations, named and flagged as in the AWS CLI.

Flags of every call:
  --endpoint-url URL      default AWS_ENDPOINT_URL, else %s
  --region NAME           default AWS_REGION, else %s
  --no-paginate           one page only
  --cli-input-json JSON   the whole input; file://PATH reads a file

Examples:
  heliograph api describe-sender-ids
  heliograph api associate-origination-identity --pool-id pool-… --origination-identity SENDER --iso-country-code IN
  heliograph api send-text-message --destination-phone-number +12065550142 --message-body Hello

Operations (docs/operations.md says which are built):
`, len(m.Operations), DefaultEndpoint, DefaultRegion)
	half := (len(m.Operations) + 1) / 2
	columns := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for i := range half {
		second := ""
		if i+half < len(m.Operations) {
			second = kebab(m.Operations[i+half].Name)
		}
		fmt.Fprintf(columns, "  %s\t%s\n", kebab(m.Operations[i].Name), second)
	}
	return columns.Flush()
}

// describeOperation prints an operation's flags with their limits.
func describeOperation(w io.Writer, m *model.Model, op *model.Operation) error {
	shape := m.Shape(op.Input)
	fmt.Fprintf(w, "Usage: heliograph api %s%s\n\n", kebab(op.Name), synopsis(m, shape))
	rows := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, member := range shape.Members {
		need := ""
		if shape.IsRequired(member.Name) {
			need = "required"
		}
		fmt.Fprintf(rows, "  --%s\t%s\t%s\n", kebab(member.Name), describeShape(m, m.Shape(member.Shape)), need)
	}
	if err := rows.Flush(); err != nil {
		return err
	}
	fmt.Fprintf(w, "\nMay answer: %s\n", strings.Join(op.Errors, ", "))
	return nil
}

func synopsis(m *model.Model, shape *model.Shape) string {
	text := ""
	for _, name := range shape.Required {
		text += " --" + kebab(name) + " …"
	}
	if len(shape.Members) > len(shape.Required) {
		text += " [--flags]"
	}
	return text
}

// describeShape says what a flag takes, in a few words.
func describeShape(m *model.Model, s *model.Shape) string {
	switch s.Kind {
	case model.Boolean:
		return "on; --no-… turns it off"
	case model.List:
		return "list of: " + describeShape(m, m.Shape(s.Element)) + bounds(s, " entries")
	case model.Map:
		return "Key=Value,… or JSON" + bounds(s, " pairs")
	case model.Structure:
		names := make([]string, 0, len(s.Members))
		for _, member := range s.Members {
			names = append(names, member.Name+"=…")
		}
		return strings.Join(names, ",") + " or JSON"
	case model.String:
		if len(s.Enum) > 0 && len(s.Enum) <= 8 {
			return strings.Join(s.Enum, " | ")
		}
		if len(s.Enum) > 8 {
			return fmt.Sprintf("%s | … (%d values)", strings.Join(s.Enum[:4], " | "), len(s.Enum))
		}
		return "text" + bounds(s, " characters")
	default:
		return string(s.Kind) + bounds(s, "")
	}
}

func bounds(s *model.Shape, unit string) string {
	switch {
	case s.Min != nil && s.Max != nil:
		return fmt.Sprintf(", %v to %v%s", *s.Min, *s.Max, unit)
	case s.Max != nil:
		return fmt.Sprintf(", at most %v%s", *s.Max, unit)
	default:
		return ""
	}
}

// nearest asks for the operation whose name shares the longest beginning and
// the most words with what was typed; it is empty where none comes near.
func nearest(m *model.Model, typed string) string {
	best, bestScore := "", 4
	for _, op := range m.Operations {
		name, score := kebab(op.Name), 0
		for i := 0; i < len(name) && i < len(typed) && name[i] == typed[i]; i++ {
			score++
		}
		for _, word := range strings.Split(typed, "-") {
			if len(word) > 2 && strings.Contains(name, word) {
				score += 5
			}
		}
		if score > bestScore {
			best, bestScore = "; did you mean "+name+"?", score
		}
	}
	return best
}
