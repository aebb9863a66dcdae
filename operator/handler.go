package operator

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"heliograph/account"
	"heliograph/audit"
	"heliograph/carrier/smsc"
)

// Root is the path that the operator's API lies under.
const Root = "/operator/v1"

// maxBody bounds a request's body, in octets.
const maxBody = 1 << 20

// Parts are what the operator's API works on.
type Parts struct {
	Messages    Messages
	Audit       AuditLog
	Provisioner *Provisioner
	Accounts    *account.Directory
	Carriers    func() []string // names that identities may be provisioned on
	Fleet       Fleet           // the carriers in use
	Queue       Queue           // what waits for them
	Trace       *smsc.Tracer    // of the PDUs that all carriers exchange
	Chooser     Chooser         // of senders and carriers
	Events      Events          // what customers' programs are told
	OptOuts     OptOuts         // who is on opt-out lists
	// Network gives the mobile country and network code (ITU-T E.212) of a number
	// whose receipt told none. Nil = none is known.
	Network func(e164 string) (mccmnc string, known bool)
	Now     func() time.Time
	Log     *slog.Logger // of changes; nil = none
	// Reload reads the configuration file again and says what changed; its
	// error says why the old configuration stays. Nil = the server has no file.
	Reload func(ctx context.Context) (Reloaded, error)
}

// Handler answers /operator/v1. It does not ask who calls: guard it with
// account.Directory.OperatorAuth.
func Handler(p Parts) http.Handler {
	if p.Log == nil {
		p.Log = slog.New(slog.DiscardHandler)
	}
	mux := http.NewServeMux()
	for _, e := range p.routes() {
		mux.Handle(e.method+" "+Root+e.path, p.answer(e))
	}
	mux.Handle(Root+"/", p.answer(endpoint{serve: func(*http.Request) (any, error) {
		return nil, &problem{http.StatusNotFound, "there is nothing under this path, or not with this method"}
	}}))
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

func conflict(text string) error { return &problem{http.StatusConflict, text} }

// errorShown is every answer that is no success.
type errorShown struct {
	Error string `json:"error"`
}

// answer writes what an endpoint's handler returns as JSON: its body, none with
// 204, or {"error": …}.
func (p Parts) answer(e endpoint) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if e.lines {
			r.Body = &piecewise{w, r.Body}
		} else {
			r.Body = http.MaxBytesReader(w, r.Body, maxBody)
		}
		id := uuid.NewString()
		w.Header().Set("X-Request-Id", id)
		status := e.status
		body, err := e.serveChecked(r.WithContext(audited(r, e.action, id)))
		var wrong *problem
		switch {
		case errors.As(err, &wrong):
			status, body = wrong.status, errorShown{wrong.text}
		case err != nil:
			p.Log.ErrorContext(r.Context(), "operator request failed", "method", r.Method, "pattern", r.Pattern, "error", err)
			status, body = http.StatusInternalServerError, errorShown{"this failed; the log of the server says why"}
		case e.method != http.MethodGet: // HEAD is served by GET's endpoint
			p.Log.InfoContext(r.Context(), "operator changed something", "method", r.Method, "pattern", r.Pattern)
		}
		if status == http.StatusNoContent {
			w.WriteHeader(status)
			return
		}
		if long, ok := body.(lines); ok {
			stream(w, p.Log, r.Pattern, long)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		_ = json.NewEncoder(w).Encode(body) // nobody is left to tell
	})
}

// audited puts into the request's context what the audit says of a change that
// it makes. Endpoints that nobody needs to answer for have no action.
func audited(r *http.Request, action, id string) context.Context {
	ctx := r.Context()
	if action == "" {
		return ctx
	}
	key, _, _ := r.BasicAuth()
	return audit.With(ctx, audit.Entry{AccessKeyID: key, Origin: audit.Operator, Action: action, RequestID: id})
}

// serveChecked refuses query parameters that cannot be read, that the endpoint
// does not know or that are empty, which would otherwise be thought to choose
// something, and serves the others.
func (e endpoint) serveChecked(r *http.Request) (any, error) {
	query, err := url.ParseQuery(r.URL.RawQuery) // URL.Query leaves out what it cannot read
	if err != nil {
		return nil, invalid("the query cannot be read: " + err.Error())
	}
	for name, values := range query {
		known := e.path == "" || slices.ContainsFunc(e.query, func(p parameter) bool { return p.name == name })
		switch {
		case !known || len(values) > 1:
			return nil, invalid("there is no query parameter " + name + " here, or it is given twice")
		case e.path != "" && values[0] == "":
			return nil, invalid("the query parameter " + name + " is empty: leave it out, or give it a value")
		}
	}
	return e.serve(r)
}

// read decodes a request's body strictly and lets the audit know it.
func read(r *http.Request, into any) (*http.Request, error) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return r, invalid("the body cannot be read: " + err.Error())
	}
	decoder := json.NewDecoder(strings.NewReader(string(body)))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(into); err != nil {
		return r, invalid("the body cannot be read: " + err.Error())
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return r, invalid("the body goes on after its JSON object")
	}
	entry, ok := audit.From(r.Context())
	if !ok {
		return r, nil
	}
	entry.Parameters = audit.Parameters(body)
	return r.WithContext(audit.With(r.Context(), entry)), nil
}
