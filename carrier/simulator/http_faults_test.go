package simulator_test

import (
	"strings"
	"testing"

	"heliograph/api"
)

// throttled is a list of one fault, as a test author writes it and reads it.
const throttled = `{"faults":[{"operation":"SendTextMessage","exception":"ThrottlingException","reason":"","count":3,"delay":"0s"}]}`

func TestFaultsAreReadAndSet(t *testing.T) {
	tests := map[string]struct {
		in     string
		status int
		want   string
	}{
		"as written":  {throttled, 200, throttled},
		"none":        {`{"faults":[]}`, 200, `{"faults":[]}`},
		"absent list": {`{}`, 200, `{"faults":[]}`},
		"what is left out": {`{"faults":[{"operation":"DeletePool","exception":"ConflictException"}]}`, 200,
			`{"faults":[{"operation":"DeletePool","exception":"ConflictException","reason":"RESOURCE_NOT_ACTIVE","count":1,"delay":"0s","resourceType":"pool","resourceId":"set-by-a-fault"}]}`},
		"delay and cut": {`{"faults":[{"operation":"DeletePool","count":2,"delay":"1m0s","cut":"after"}]}`, 200,
			`{"faults":[{"operation":"DeletePool","exception":"","reason":"","count":2,"delay":"1m0s","cut":"after"}]}`},
		"not declared":   {`{"faults":[{"operation":"DescribePools","exception":"ConflictException"}]}`, 400, `faults[0]: DescribePools does not declare`},
		"no count":       {`{"faults":[{"operation":"DeletePool","exception":"ThrottlingException","count":0}]}`, 400, `count 0`},
		"half a count":   {`{"faults":[{"operation":"DeletePool","exception":"ThrottlingException","count":1.5}]}`, 400, `cannot be read`},
		"no duration":    {`{"faults":[{"operation":"DeletePool","exception":"ThrottlingException","delay":"soon"}]}`, 400, `soon`},
		"unknown member": {`{"faults":[{"operation":"DeletePool","status":503}]}`, 400, `status`},
		"no JSON":        {`faults`, 400, `cannot be read`},
	}
	for name, c := range tests {
		t.Run(name, func(t *testing.T) {
			f := newFixture(t)
			status, answer := f.call(t, shop, "PUT", "/faults", c.in)
			if status != c.status || !strings.Contains(string(answer), c.want) {
				t.Fatalf("%d %s\nwant %d %s", status, answer, c.status, c.want)
			}
			want := string(answer)
			if status != 200 {
				want = `{"faults":[]}`
			}
			if _, answer := f.call(t, shop, "GET", "/faults", ""); string(answer) != want {
				t.Errorf("then %s, want %s", answer, want)
			}
		})
	}
}

func TestFaultsBelongToOneAccount(t *testing.T) {
	f := newFixture(t)
	for _, c := range []struct {
		account, method, path, body string
		status                      int
		want                        string
	}{
		{shop, "PUT", "/faults", throttled, 200, throttled},
		{bank, "GET", "/faults", "", 200, `{"faults":[]}`},
		{operator, "GET", "/faults", "", 200, `{"faults":[]}`},
		{operator, "GET", "/faults?account=" + shop, "", 200, throttled},
		{bank, "GET", "/faults?account=" + shop, "", 403, "operator"},
		{bank, "PUT", "/faults?account=" + shop, throttled, 403, "operator"},
		{operator, "PUT", "/faults?account=" + bank, throttled, 200, throttled},
		{bank, "GET", "/faults", "", 200, throttled},
		{bank, "POST", "/reset", "", 204, ""},
		{bank, "GET", "/faults", "", 200, `{"faults":[]}`},
		{shop, "GET", "/faults", "", 200, throttled},
	} {
		if status, answer := f.call(t, c.account, c.method, c.path, c.body); status != c.status || !strings.Contains(string(answer), c.want) {
			t.Errorf("%s %s %s: %d %s", c.account, c.method, c.path, status, answer)
		}
	}
}

func TestFaultsShowTheCountsThatAreLeft(t *testing.T) {
	f := newFixture(t)
	f.call(t, shop, "PUT", "/faults", throttled)
	if got, ok := f.faults.Next(shop, "SendTextMessage"); !ok || got.Exception != api.ThrottlingException {
		t.Errorf("%+v %t", got, ok)
	}
	if _, answer := f.call(t, shop, "GET", "/faults", ""); !strings.Contains(string(answer), `"count":2`) {
		t.Errorf("%s", answer)
	}
}
