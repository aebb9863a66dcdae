package cli

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"time"
)

var (
	accountPattern = regexp.MustCompile(`^[0-9]{12}$`)
	keyPattern     = regexp.MustCompile(`^[A-Za-z0-9_]{3,128}$`)
)

// accessKey is what the operator API tells of a key.
type accessKey struct {
	ID        string    `json:"accessKeyId"`
	Secret    string    `json:"secretAccessKey,omitempty"`
	Root      bool      `json:"root"`
	CreatedAt time.Time `json:"createdAt"`
}

// keysPath is where the operator API has the keys of an account.
func keysPath(account string) (string, error) {
	if !accountPattern.MatchString(account) {
		return "", Usagef("--account %s: an account is twelve digits, as in 111122223333", account)
	}
	return "/operator/v1/accounts/" + account + "/keys", nil
}

// CreateKey makes an access key of an account and prints it with its secret,
// which nobody can read again: as lines for a shell, or as JSON.
func CreateKey(ctx context.Context, env Environment, account, output string) error {
	path, err := keysPath(account)
	if err != nil {
		return err
	}
	return createKey(ctx, env, path, "Key of account "+account, output)
}

// CreateMetricsKey makes a key of the operator's account that reads /metrics
// alone, and prints it as CreateKey does.
func CreateMetricsKey(ctx context.Context, env Environment, output string) error {
	return createKey(ctx, env, "/operator/v1/metrics-keys", "Key for /metrics alone, by HTTP Basic authentication", output)
}

func createKey(ctx context.Context, env Environment, path, about, output string) error {
	c, err := newConsole(env)
	if err != nil {
		return err
	}
	key := accessKey{}
	if err := c.do(ctx, http.MethodPost, path, nil, &key); err != nil {
		return err
	}
	if output == JSON {
		return printValue(env.Stdout, key)
	}
	fmt.Fprintf(env.Stdout, "# %s. The secret is shown this once; paste:\n", about)
	_, err = fmt.Fprintf(env.Stdout, "export AWS_ACCESS_KEY_ID=%s\nexport AWS_SECRET_ACCESS_KEY=%s\nunset AWS_SESSION_TOKEN AWS_PROFILE\n", key.ID, key.Secret)
	return err
}

// ListKeys prints the access keys of an account, without their secrets.
func ListKeys(ctx context.Context, env Environment, account, output string) error {
	path, err := keysPath(account)
	if err != nil {
		return err
	}
	c, err := newConsole(env)
	if err != nil {
		return err
	}
	answer := struct {
		Keys []accessKey `json:"keys"`
	}{}
	if err := c.do(ctx, http.MethodGet, path, nil, &answer); err != nil {
		return err
	}
	if output == JSON {
		return printValue(env.Stdout, answer)
	}
	if len(answer.Keys) == 0 {
		_, err := fmt.Fprintf(env.Stdout, "Account %s has no keys; make one with: heliograph credentials create --account %s\n", account, account)
		return err
	}
	rows := make([][]string, len(answer.Keys))
	for i, k := range answer.Keys {
		kind := "metrics"
		if k.Root {
			kind = "root"
		}
		rows[i] = []string{k.ID, kind, local(k.CreatedAt, dateAndClock)}
	}
	return table(env.Stdout, []string{"KEY", "KIND", "CREATED"}, rows)
}

// RevokeKey removes an access key: the next request with it is refused.
func RevokeKey(ctx context.Context, env Environment, account, id string) error {
	path, err := keysPath(account)
	if err != nil {
		return err
	}
	if !keyPattern.MatchString(id) {
		return Usagef("%q is no access key id", id)
	}
	c, err := newConsole(env)
	if err != nil {
		return err
	}
	if err := c.do(ctx, http.MethodDelete, path+"/"+url.PathEscape(id), nil, nil); err != nil {
		return err
	}
	_, err = fmt.Fprintf(env.Stdout, "revoked %s of account %s\n", id, account)
	return err
}
