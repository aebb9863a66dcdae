// Package audit says who changes something, so that the store can note it in
// the transaction of the change. Whoever lets a change begin (the API's
// server, the operator's, the file's provisioning) puts an Entry into the
// context; the store takes it from there. No standard; left out: where entries
// are kept, and any judgement on who may do what.
package audit

import (
	"context"
	"time"
)

// Where a change comes from, as Entry.Origin.
const (
	API      = "api"      // a signed call of the API port
	Operator = "operator" // /operator/v1, or a reset on the console port
	File     = "file"     // the configuration file, the environment, or what a server starts with
	Offline  = "offline"  // a command that worked on the data folder without a server
)

// Entry is one line of the audit: who changed what.
type Entry struct {
	ID int64     // in the order of the commits, given by the store
	At time.Time // of the commit, given by the store

	// Account and Region are whose things were changed; the store fills them
	// in where they are empty and the change tells them.
	Account string
	Region  string

	AccessKeyID string   // of who asked, "" = nobody by a key
	Origin      string   // API, Operator, File or Offline
	Action      string   // an operation's name, or a verb phrase such as CreateAccessKey
	Targets     []string // what was changed, such as pool/pool-1 or sender-id/SENDER/IN
	Parameters  string   // the request's JSON, made by Parameters
	Reason      string   // why, in the words of who asked
	RequestID   string
}

type contextKey struct{}

// With gives a context whose changes are noted as the entry says. It replaces
// an entry that ctx carries.
func With(ctx context.Context, e Entry) context.Context {
	return context.WithValue(ctx, contextKey{}, e)
}

// From is the entry that changes made with ctx are noted as. Without one they
// are the server's own bookkeeping and leave no line.
func From(ctx context.Context) (Entry, bool) {
	e, ok := ctx.Value(contextKey{}).(Entry)
	return e, ok
}

// Query says which lines are read; members that are not set choose all.
type Query struct {
	Account string
	Action  string
	Since   time.Time // inclusive
	Until   time.Time // exclusive
	Before  int64     // lines with a lower id only
	Limit   int       // at most so many
}
