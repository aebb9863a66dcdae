package cli

import (
	"context"
	"fmt"
	"net/http"
	"strings"
)

// Reload makes the server read its configuration file again and tells what
// changed; an invalid file is refused with its errors and changes nothing.
func Reload(ctx context.Context, env Environment) error {
	c, err := newConsole(env)
	if err != nil {
		return err
	}
	answer := struct {
		Changes []string `json:"changes"`
	}{}
	if err := c.do(ctx, http.MethodPost, "/operator/v1/reload", nil, &answer); err != nil {
		return err
	}
	if len(answer.Changes) == 0 {
		_, err := fmt.Fprintln(env.Stdout, "the configuration is valid, and nothing in it changed")
		return err
	}
	_, err = fmt.Fprintf(env.Stdout, "the configuration is in force; changed: %s\n", strings.Join(answer.Changes, ", "))
	return err
}
