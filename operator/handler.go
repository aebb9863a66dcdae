package operator

import (
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"time"

	"heliograph/account"
)

// Root is the path that the operator's API lies under.
const Root = "/operator/v1"

// maxBody bounds a request's body, in octets.
const maxBody = 1 << 20

// Parts are what the operator's API works on.
type Parts struct {
	Messages    Messages
	Provisioner *Provisioner
	Accounts    *account.Directory
	Carriers    []string // names that identities may be provisioned on
	Now         func() time.Time
	Log         *slog.Logger // of changes; nil = none
}

// Handler answers /operator/v1. It does not ask who calls: guard it with
// account.Directory.OperatorAuth.
func Handler(p Parts) http.Handler {
	if p.Log == nil {
		p.Log = slog.New(slog.DiscardHandler)
	}
	mux := http.NewServeMux()
	for pattern, serve := range map[string]func(*http.Request) (int, any, error){
		"GET " + Root + "/messages/{id}":                    p.message,
		"POST " + Root + "/provision/sender-ids":            p.provisionSender,
		"POST " + Root + "/provision/phone-numbers":         p.provisionNumber,
		"GET " + Root + "/accounts":                         p.listAccounts,
		"GET " + Root + "/accounts/{account}/keys":          p.listKeys,
		"POST " + Root + "/accounts/{account}/keys":         p.createKey,
		"DELETE " + Root + "/accounts/{account}/keys/{key}": p.dropKey,
	} {
		mux.Handle(pattern, p.answer(serve))
	}
	mux.Handle(Root+"/", p.answer(func(*http.Request) (int, any, error) {
		return 0, nil, &problem{http.StatusNotFound, "there is nothing under this path, or not with this method"}
	}))
	return mux
}

// problem is an error that the operator can do something about.
type problem struct {
	status int
	text   string
}

// Error is what the operator reads.
func (p *problem) Error() string { return p.text }

func invalid(text string) error { return &problem{http.StatusBadRequest, text} }

func unknown(text string) error { return &problem{http.StatusNotFound, text} }

// answer writes what a handler returns as JSON: its body, none with 204, or
// {"error": …}.
func (p Parts) answer(serve func(*http.Request) (status int, body any, err error)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.Body = http.MaxBytesReader(w, r.Body, maxBody)
		status, body, err := serve(r)
		var wrong *problem
		switch {
		case errors.As(err, &wrong):
			status, body = wrong.status, map[string]string{"error": wrong.text}
		case err != nil:
			p.Log.ErrorContext(r.Context(), "operator request failed", "method", r.Method, "pattern", r.Pattern, "error", err)
			status, body = http.StatusInternalServerError, map[string]string{"error": "this failed; the log of the server says why"}
		case r.Method != http.MethodGet:
			p.Log.InfoContext(r.Context(), "operator changed something", "method", r.Method, "pattern", r.Pattern)
		}
		if status == http.StatusNoContent {
			w.WriteHeader(status)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		_ = json.NewEncoder(w).Encode(body) // nobody is left to tell
	})
}

// read decodes a request's body strictly.
func read(r *http.Request, into any) error {
	decoder := json.NewDecoder(r.Body)
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(into); err != nil {
		return invalid("the body cannot be read: " + err.Error())
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return invalid("the body goes on after its JSON object")
	}
	return nil
}
