package operator

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"time"

	"heliograph/audit"
	"heliograph/config"
	"heliograph/resource"
	"heliograph/resource/optout"
)

// OptOuts keeps who is on opt-out lists.
type OptOuts interface {
	OptOutLists(ctx context.Context, s resource.Scope) (*optout.View, error)
	// OptedOutRange reads a page of a list.
	OptedOutRange(ctx context.Context, r optout.Range) ([]optout.Entry, error)
	// ImportOptOuts puts numbers on a list in one transaction. Of those that are
	// there the time stays, and that the person did it themselves is added where the
	// import says so. Errors: optout.ErrNoList.
	ImportOptOuts(ctx context.Context, s resource.Scope, list string, entries []optout.Entry) error
}

// entriesTogether are the entries that are read, or written, at once: so many that
// whoever else writes does not wait for long.
const entriesTogether = 500

// optOutShown is a line of a list, taken and given.
type optOutShown struct {
	Number     string    `json:"number"` // E.164 with +
	OptedOutAt time.Time `json:"optedOutAt,omitzero"`
	EndUser    bool      `json:"endUserOptedOut,omitempty"`
}

func (p Parts) optOutRoutes() []endpoint {
	which := []parameter{
		{name: "account", kind: "string", summary: "twelve digits"},
		{name: "region", kind: "string", summary: "such as us-east-1"},
		{name: "list", kind: "string", summary: "the list's name; Default unless told"},
	}
	return []endpoint{{
		method: http.MethodGet, path: "/opt-outs", id: "exportOptOuts", status: http.StatusOK,
		summary: "All numbers on an opt-out list, oldest first: a JSON object a line, as many as there are. A reason has to be given.",
		action:  "ExportOptOuts", lines: true, query: append(slices.Clone(which), reasonParameter()), tells: optOutShown{},
		refuses: []int{http.StatusNotFound}, serve: p.exportOptOuts,
	}, {
		method: http.MethodPost, path: "/opt-outs", id: "importOptOuts", status: http.StatusOK,
		summary: "Puts numbers on an opt-out list: a number a line, or a JSON object a line as an export has them, as many as there are. A number that is on the list keeps its time; where the import says that the person opted out themselves, that is noted.",
		action:  "ImportOptOuts", lines: true, query: which, asks: optOutShown{}, tells: importShown{},
		refuses: []int{http.StatusNotFound}, serve: p.importOptOuts,
	}}
}

// optOutList reads which list is meant, which has to exist.
func (p Parts) optOutList(r *http.Request) (s resource.Scope, list string, err error) {
	query := r.URL.Query()
	s = resource.Scope{Account: query.Get("account"), Region: query.Get("region")}
	if err := config.CheckRegion(s.Region); err != nil {
		return s, "", invalid("region: " + err.Error())
	}
	if err := p.knownAccount(r, s.Account); err != nil {
		return s, "", err
	}
	if list = query.Get("list"); list == "" || list == resource.DefaultOptOutList {
		return s, resource.DefaultOptOutList, nil
	}
	v, err := p.OptOuts.OptOutLists(r.Context(), s)
	if err == nil && !slices.ContainsFunc(v.Lists, func(l optout.List) bool { return l.Name == list }) {
		err = noOptOutList(list)
	}
	return s, list, err
}

func noOptOutList(name string) error {
	return unknown("the account has no opt-out list " + name + " in this Region")
}

// noteOptOuts puts on record that somebody reads or fills a list, before it
// happens.
func (p Parts) noteOptOuts(r *http.Request, s resource.Scope, list, reason string) error {
	entry, _ := audit.From(r.Context())
	entry.Account, entry.Region, entry.Reason = s.Account, s.Region, reason
	return p.note(r.WithContext(audit.With(r.Context(), entry)), "opt-out-list/"+list)
}

// exportOptOuts streams a list, a page at a time.
func (p Parts) exportOptOuts(r *http.Request) (any, error) {
	asked := asked{r.URL.Query(), p.Now, nil}
	reason := asked.reason()
	switch {
	case asked.wrong != nil:
		return nil, asked.wrong
	case reason == "":
		return nil, invalid("numbers are shown for a reason only: give one")
	}
	scope, list, err := p.optOutList(r)
	if err != nil {
		return nil, err
	}
	if err := p.noteOptOuts(r, scope, list, reason); err != nil {
		return nil, err
	}
	next := optout.Range{Scope: scope, List: list, Limit: entriesTogether}
	page, err := p.OptOuts.OptedOutRange(r.Context(), next)
	if err != nil {
		return nil, err
	}
	return lines(func(w io.Writer) error {
		for encoder := json.NewEncoder(w); len(page) > 0; {
			for _, e := range page {
				if err := encoder.Encode(optOutShown{e.Number, e.At.UTC(), e.ByEndUser}); err != nil {
					return err
				}
			}
			next.After = page[len(page)-1]
			if page, err = p.OptOuts.OptedOutRange(r.Context(), next); err != nil {
				return err
			}
		}
		return nil
	}), nil
}
