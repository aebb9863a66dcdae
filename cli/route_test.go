package cli

import (
	"strings"
	"testing"
)

// Proves(route): `heliograph route explain --to --from` tells the choice in words.
func TestRouteExplainTellsInWords(t *testing.T) {
	f := &fake{answers: map[string]string{
		"GET /operator/v1/route": `{"sends":true,"country":"FR","network":"20801","line":12,"from":"MyBrand","fromKind":"ALPHANUMERIC",
			"messageType":"TRANSACTIONAL","carrier":"b","groups":[{"carriers":[{"name":"a","weight":3,"up":false,"well":true,"chosen":false,"because":"it had no connection"}]},
			{"carriers":[{"name":"b","weight":1,"up":true,"well":false,"chosen":true}]}],"encoding":"GSM","parts":2,"price":"0.1","why":["It was so."]}`,
	}}
	env, out, _ := against(t, f)
	err := ExplainRoute(t.Context(), env, RouteOptions{To: "+33612345678", From: "MyBrand", Body: "Hello"})
	if err != nil {
		t.Fatal(err)
	}
	const want = `It would be sent from MyBrand (ALPHANUMERIC) by carrier b, as TRANSACTIONAL.
The destination is in FR, network 20801.
The text takes 2 parts (GSM) and costs 0.1 US dollars.

The route in line 12 of the configuration file:
  GROUP  CARRIER  WEIGHT  CONNECTION  DELIVERY  
  1      a        3       down        well      it had no connection
  2      b        1       up          not well  taken

Why:
  - It was so.
`
	if got := out.String(); strings.ReplaceAll(got, " \n", "\n") != strings.ReplaceAll(want, " \n", "\n") && got != want {
		t.Errorf("got\n%s", got)
	}
}

// Proves(route): `heliograph route explain` tells of a refusal.
func TestRouteExplainTellsOfRefusals(t *testing.T) {
	f := &fake{answers: map[string]string{
		"GET /operator/v1/route": `{"sends":false,"refusal":"ValidationException: no","groups":[],"why":[]}`,
	}}
	env, out, _ := against(t, f)
	if err := ExplainRoute(t.Context(), env, RouteOptions{To: "+33612345678"}); err != nil || out.String() != "It would be refused: ValidationException: no\n" {
		t.Errorf("%q, %v", out, err)
	}
	out.Reset()
	if err := ExplainRoute(t.Context(), env, RouteOptions{To: "+33612345678", Output: JSON}); err != nil || !strings.Contains(out.String(), `"sends": false`) {
		t.Errorf("%q, %v", out, err)
	}
}
