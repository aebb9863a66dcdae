package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"

	"heliograph/api/model"
)

// Environment is what a command reads and writes.
type Environment struct {
	Getenv func(string) string
	Stdout io.Writer
	Stderr io.Writer
}

// DefaultEndpoint is where `heliograph api` calls unless told otherwise.
const DefaultEndpoint = "http://127.0.0.1:7788"

// API runs one operation, named and flagged as in the AWS CLI, and prints the
// answer as JSON. Pages are followed and merged unless --no-paginate,
// --max-results or --next-token is given.
func API(ctx context.Context, env Environment, args []string) error {
	m, err := model.Load()
	if err != nil {
		return err
	}
	if len(args) == 0 || args[0] == "--help" || args[0] == "help" {
		return listOperations(env.Stdout, m)
	}
	op := findOperation(m, args[0])
	if op == nil {
		return Usagef("unknown operation %q%s (heliograph api --help lists all %d)", args[0], nearest(m, args[0]), len(m.Operations))
	}
	p, err := parseFlags(m, op, args[1:])
	if err != nil {
		return err
	}
	if p.help {
		return describeOperation(env.Stdout, m, op)
	}
	caller, err := newCaller(env, m, p.callOptions)
	if err != nil {
		return err
	}
	answer, err := caller.callAll(ctx, op, p)
	if err != nil {
		return err
	}
	return printJSON(env.Stdout, answer)
}

func findOperation(m *model.Model, name string) *model.Operation {
	for i := range m.Operations {
		if kebab(m.Operations[i].Name) == name || m.Operations[i].Name == name {
			return &m.Operations[i]
		}
	}
	return nil
}

// callAll makes the call, and the calls for further pages where the caller did
// not ask for one page.
func (c *caller) callAll(ctx context.Context, op *model.Operation, p parsed) ([]byte, error) {
	answer, err := c.call(ctx, op.Name, p.input)
	if err != nil || op.Page == nil || !p.paginate || p.input[op.Page.Size] != nil || p.input[op.Page.InputToken] != nil {
		return answer, err
	}
	merged := map[string]json.RawMessage{}
	if err := json.Unmarshal(answer, &merged); err != nil {
		return nil, fmt.Errorf("the server's answer is no JSON: %w", err)
	}
	for merged[op.Page.OutputToken] != nil {
		p.input[op.Page.InputToken] = merged[op.Page.OutputToken]
		answer, err := c.call(ctx, op.Name, p.input)
		if err != nil {
			return nil, err
		}
		if err := mergePage(merged, answer, op.Page); err != nil {
			return nil, err
		}
	}
	return c.inModelOrder(op, merged)
}

// mergePage appends a page's list to the first answer and takes over its token.
func mergePage(merged map[string]json.RawMessage, answer []byte, page *model.Page) error {
	next := map[string]json.RawMessage{}
	if err := json.Unmarshal(answer, &next); err != nil {
		return fmt.Errorf("the server's answer is no JSON: %w", err)
	}
	var all, more []json.RawMessage
	if err := json.Unmarshal(merged[page.List], &all); err != nil {
		return err
	}
	if err := json.Unmarshal(next[page.List], &more); err != nil {
		return err
	}
	list, err := json.Marshal(append(all, more...))
	if err != nil {
		return err
	}
	merged[page.List] = list
	delete(merged, page.OutputToken)
	if token := next[page.OutputToken]; token != nil {
		merged[page.OutputToken] = token
	}
	return nil
}

// inModelOrder writes an object's members in the order of the output shape.
func (c *caller) inModelOrder(op *model.Operation, members map[string]json.RawMessage) ([]byte, error) {
	var out bytes.Buffer
	out.WriteByte('{')
	for _, member := range c.model.Shape(op.Output).Members {
		value, ok := members[member.Name]
		if !ok {
			continue
		}
		if out.Len() > 1 {
			out.WriteByte(',')
		}
		fmt.Fprintf(&out, "%q:%s", member.Name, value)
	}
	out.WriteByte('}')
	return out.Bytes(), nil
}

func printJSON(w io.Writer, answer []byte) error {
	var out bytes.Buffer
	if err := json.Indent(&out, answer, "", "    "); err != nil {
		return fmt.Errorf("the server's answer is no JSON: %w", err)
	}
	out.WriteByte('\n')
	_, err := out.WriteTo(w)
	return err
}
