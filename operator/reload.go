package operator

import (
	"context"
	"net/http"

	"heliograph/audit"
)

// Reloaded is what a reload of the configuration changed.
type Reloaded struct {
	Changes []string `json:"changes"` // the file's sections, such as "prices"
}

// reload applies the configuration file anew. The file is no row of the
// database, so the line of the audit is written when it is in force.
func (p Parts) reload(r *http.Request) (any, error) {
	if p.Reload == nil {
		return nil, unknown("the server was started without a configuration file")
	}
	done, err := p.Reload(r.Context())
	if err != nil {
		return nil, conflict(err.Error())
	}
	if done.Changes == nil {
		done.Changes = []string{}
	}
	entry, _ := audit.From(r.Context())
	for _, section := range done.Changes {
		entry.Targets = append(entry.Targets, "configuration/"+section)
	}
	// The caller may be gone; the configuration is in force all the same.
	return done, p.Audit.Audit(context.WithoutCancel(r.Context()), entry)
}
