package awsjson

import (
	"context"
	"strings"

	"heliograph/audit"
)

// unaudited begins the names of operations that leave no line in the audit:
// they change nothing, or make a message, which is its own record.
var unaudited = [...]string{"Describe", "List", "Get", "Send"}

// audited puts into ctx what the audit says of a change that this request
// makes.
func (q *request) audited(ctx context.Context, body []byte) context.Context {
	for _, prefix := range unaudited {
		if strings.HasPrefix(q.route.op.Name, prefix) {
			return ctx
		}
	}
	return audit.With(ctx, audit.Entry{
		Account: q.caller.Account, Region: q.caller.Region, AccessKeyID: q.caller.AccessKeyID,
		Origin: audit.API, Action: q.route.op.Name, Parameters: audit.Parameters(body), RequestID: q.id,
	})
}
