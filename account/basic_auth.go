package account

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"net/http"
)

type contextKey struct{}

// WithAccount gives a context that carries who calls the console port.
func WithAccount(ctx context.Context, a Account) context.Context {
	return context.WithValue(ctx, contextKey{}, a)
}

// FromContext is the account that BasicAuth let in.
func FromContext(ctx context.Context) (Account, bool) {
	a, ok := ctx.Value(contextKey{}).(Account)
	return a, ok
}

// errRefused is what BasicAuth answers, whatever was wrong.
var errRefused = errors.New("give a root key's id and secret by HTTP Basic authentication")

// BasicAuth guards the console port (RFC 7617): user name and password are the
// id and the secret of a root key. Others are answered 401. The handler finds
// the account by FromContext.
func (d *Directory) BasicAuth(next http.Handler) http.Handler {
	return d.guard(next, root, func(Account) bool { return true })
}

// OperatorAuth is BasicAuth that answers 403 to accounts other than the
// operator's.
func (d *Directory) OperatorAuth(next http.Handler) http.Handler {
	return d.guard(next, root, operators)
}

// MetricsAuth is OperatorAuth that lets the operator's metrics keys in too:
// those of his keys that are no root keys, which open nothing else.
func (d *Directory) MetricsAuth(next http.Handler) http.Handler {
	return d.guard(next, func(Key) bool { return true }, operators)
}

func root(k Key) bool { return k.Root }

func operators(a Account) bool { return a.ID == Operator }

func (d *Directory) guard(next http.Handler, opens func(Key) bool, allowed func(Account) bool) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		a, err := d.login(r, opens)
		switch {
		case errors.Is(err, errRefused):
			w.Header().Set("WWW-Authenticate", `Basic realm="heliograph", charset="UTF-8"`)
			refuse(w, http.StatusUnauthorized, err.Error())
		case err != nil:
			refuse(w, http.StatusInternalServerError, "the account cannot be looked up now")
		case !allowed(a):
			refuse(w, http.StatusForbidden, "this wants a root key of the operator's account "+Operator)
		default:
			next.ServeHTTP(w, r.WithContext(WithAccount(r.Context(), a)))
		}
	})
}

// login finds the account of a request's key. An unknown key costs the same
// comparison as a known one.
func (d *Directory) login(r *http.Request, opens func(Key) bool) (Account, error) {
	id, secret, ok := r.BasicAuth()
	if !ok {
		return Account{}, errRefused
	}
	key, known, err := d.Key(r.Context(), id)
	if err != nil {
		return Account{}, err
	}
	given, want := sha256.Sum256([]byte(secret)), sha256.Sum256([]byte(key.Secret))
	if subtle.ConstantTimeCompare(given[:], want[:]) != 1 || !known || !opens(key) {
		return Account{}, errRefused
	}
	return d.Admit(r.Context(), key)
}

// refuse writes the console port's form of an error.
func refuse(w http.ResponseWriter, status int, text string) {
	body, err := json.Marshal(map[string]string{"error": text})
	if err != nil {
		panic(err) // a map of texts
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(append(body, '\n')) // nobody is left to tell
}
