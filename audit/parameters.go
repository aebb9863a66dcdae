package audit

import (
	"encoding/json"
	"strings"
	"unicode/utf8"
)

// MaxParameters bounds Entry.Parameters, in octets.
const MaxParameters = 4096

// Marks of what is missing from Entry.Parameters.
const (
	cutMark    = "…(cut)"
	hiddenMark = `"…"`
)

// Parameters is a request's JSON as the audit keeps it: on one line, without
// message bodies, secrets, codes and attached files, cut with a mark at 4096
// octets. What is no JSON object is left out, since nobody can tell what it
// holds.
func Parameters(request []byte) string {
	var members map[string]json.RawMessage
	if json.Unmarshal(request, &members) != nil || len(members) == 0 {
		return ""
	}
	for name := range members {
		if hidden(name) {
			members[name] = json.RawMessage(hiddenMark)
		}
	}
	text, err := json.Marshal(members)
	if err != nil {
		return ""
	}
	return cut(strings.ToValidUTF8(string(text), "\uFFFD"))
}

// hidden says whether a member may hold what no audit may show.
func hidden(name string) bool {
	name = strings.ToLower(name)
	for _, part := range []string{"body", "secret", "password", "verificationcode"} {
		if strings.Contains(name, part) {
			return true
		}
	}
	return false
}

// cut shortens a text to MaxParameters octets, mark included, between
// characters.
func cut(text string) string {
	if len(text) <= MaxParameters {
		return text
	}
	end := MaxParameters - len(cutMark)
	for end > 0 && !utf8.RuneStart(text[end]) {
		end--
	}
	return text[:end] + cutMark
}
