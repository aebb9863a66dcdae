package cli

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
	"strings"
)

// pageSize is how many rows one call asks for at most.
const pageSize = 1000

// list is a list of the operator API that comes in pages.
type list struct {
	path   string
	rows   string // the answer's member that holds the rows
	cursor string // the parameter that takes an earlier answer's `next`
}

// collect follows pages until there are enough rows; more says that there are
// others. A page may be empty and still have a next one: the server looks at
// so much at a time.
func (c *console) collect(ctx context.Context, l list, query url.Values, limit int) (found []json.RawMessage, more bool, err error) {
	found = []json.RawMessage{}
	for {
		query.Set("limit", strconv.Itoa(min(limit-len(found), pageSize)))
		page := map[string]json.RawMessage{}
		if err := c.do(ctx, http.MethodGet, l.path+"?"+query.Encode(), nil, &page); err != nil {
			return nil, false, err
		}
		var rows []json.RawMessage
		if err := json.Unmarshal(page[l.rows], &rows); err != nil {
			return nil, false, err
		}
		found = append(found, rows...)
		next := strings.Trim(string(page["next"]), `"`) // a number or a text
		if next == "" || next == "null" || len(found) >= limit || next == query.Get(l.cursor) {
			return found, next != "" && next != "null", nil
		}
		query.Set(l.cursor, next)
	}
}

// decodeAll reads rows.
func decodeAll[T any](rows []json.RawMessage) ([]T, error) {
	decoded := make([]T, len(rows))
	for i, row := range rows {
		if err := json.Unmarshal(row, &decoded[i]); err != nil {
			return nil, err
		}
	}
	return decoded, nil
}
