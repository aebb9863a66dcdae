package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"heliograph/api/model"
)

// answering is an API server that keeps what it was asked and answers the
// given bodies one after the other.
func answering(t *testing.T, status int, answers ...string) (endpoint string, asked *[]map[string]any, targets *[]string) {
	t.Helper()
	asked, targets = &[]map[string]any{}, &[]string{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil || r.URL.Path != "/" {
			t.Errorf("%s: %v", r.URL.Path, err)
		}
		input := map[string]any{}
		if err := json.Unmarshal(body, &input); err != nil {
			t.Error(err)
		}
		if !strings.HasPrefix(r.Header.Get("Authorization"), "AWS4-HMAC-SHA256 Credential=test/") {
			t.Errorf("Authorization: %q", r.Header.Get("Authorization"))
		}
		*asked = append(*asked, input)
		*targets = append(*targets, r.Header.Get("X-Amz-Target"))
		w.WriteHeader(status)
		_, _ = io.WriteString(w, answers[min(len(*asked), len(answers))-1])
	}))
	t.Cleanup(server.Close)
	return server.URL, asked, targets
}

// environment is one with the given variables and buffers.
func environment(variables map[string]string) (Environment, *bytes.Buffer) {
	out := &bytes.Buffer{}
	return Environment{Getenv: func(name string) string { return variables[name] }, Stdout: out, Stderr: io.Discard}, out
}

func signedEnvironment() (Environment, *bytes.Buffer) {
	return environment(map[string]string{"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"})
}

func TestFlagsBecomeTheOperationsInput(t *testing.T) {
	file := filepath.Join(t.TempDir(), "body.txt")
	if err := os.WriteFile(file, []byte("from a file"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		line string
		want string
	}{
		{"associate-origination-identity --pool-id P --origination-identity SENDER --iso-country-code IN",
			`{"PoolId":"P","OriginationIdentity":"SENDER","IsoCountryCode":"IN"}`},
		{"AssociateOriginationIdentity --pool-id=P", `{"PoolId":"P"}`},
		{"describe-pools --pool-ids a b", `{"PoolIds":["a","b"]}`},
		{`describe-pools --pool-ids ["a","b"] --max-results 7`, `{"PoolIds":["a","b"],"MaxResults":7}`},
		{"describe-sender-ids --sender-ids SenderId=A,IsoCountryCode=IN SenderId=B,IsoCountryCode=FR",
			`{"SenderIds":[{"SenderId":"A","IsoCountryCode":"IN"},{"SenderId":"B","IsoCountryCode":"FR"}]}`},
		{"describe-pools --filters Name=status,Values=ACTIVE,CREATING", `{"Filters":[{"Name":"status","Values":["ACTIVE","CREATING"]}]}`},
		{`describe-pools --filters [{"Name":"status","Values":["ACTIVE"]}]`, `{"Filters":[{"Name":"status","Values":["ACTIVE"]}]}`},
		{"update-pool --pool-id P --no-two-way-enabled --deletion-protection-enabled",
			`{"PoolId":"P","TwoWayEnabled":false,"DeletionProtectionEnabled":true}`},
		{"send-text-message --message-body file://" + file + " --time-to-live 60 --destination-country-parameters IN_ENTITY_ID=1,IN_TEMPLATE_ID=2",
			`{"MessageBody":"from a file","TimeToLive":60,"DestinationCountryParameters":{"IN_ENTITY_ID":"1","IN_TEMPLATE_ID":"2"}}`},
		{`create-pool --cli-input-json {"MessageType":"PROMOTIONAL","OriginationIdentity":"X"} --message-type TRANSACTIONAL`,
			`{"MessageType":"TRANSACTIONAL","OriginationIdentity":"X"}`},
	} {
		endpoint, asked, _ := answering(t, http.StatusOK, "{}")
		env, _ := signedEnvironment()
		err := API(context.Background(), env, append(strings.Fields(c.line), "--endpoint-url", endpoint, "--no-paginate"))
		if err != nil {
			t.Errorf("%s: %v", c.line, err)
			continue
		}
		want := map[string]any{}
		if err := json.Unmarshal([]byte(c.want), &want); err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual((*asked)[0], want) {
			t.Errorf("%s\n sent %v\n want %v", c.line, (*asked)[0], want)
		}
	}
}

func TestWrongUsageSaysWhatToDo(t *testing.T) {
	for line, want := range map[string]string{
		"create-pol":                                              "did you mean create-pool?",
		"create-pool --identity X":                                "unknown flag --identity for CreatePool",
		"create-pool X":                                           `unexpected "X": flags begin with --`,
		"create-pool --message-type A B":                          "wants one value, got 2",
		"describe-pools --max-results many":                       `--max-results: "many" is not a whole number`,
		"describe-phone-numbers --owner A B":                      "wants one value, got 2",
		"update-pool --two-way-enabled maybe":                     `"maybe" is not true or false`,
		"qqq":                                                     `unknown operation "qqq" (heliograph api --help`,
		"describe-pools --filters status":                         "neither JSON nor Key=Value",
		"describe-pools --filters Title=x":                        "no member Title",
		"create-pool --output text":                               "only json",
		"create-pool --cli-input-json {":                          "--cli-input-json",
		"send-text-message --message-body file:///does/not/exist": "does/not/exist",
	} {
		env, _ := signedEnvironment()
		err := API(context.Background(), env, strings.Fields(line))
		if err == nil || !IsUsage(err) || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v; want wrong usage with %q", line, err, want)
		}
	}
}

func TestPagesAreMerged(t *testing.T) {
	endpoint, asked, targets := answering(t, http.StatusOK,
		`{"PoolArn":"arn","PoolId":"p","OriginationIdentities":[{"OriginationIdentity":"a"}],"NextToken":"t1"}`,
		`{"PoolArn":"arn","PoolId":"p","OriginationIdentities":[{"OriginationIdentity":"b"}],"NextToken":"t2"}`,
		`{"PoolArn":"arn","PoolId":"p","OriginationIdentities":[]}`)
	env, out := signedEnvironment()
	if err := API(context.Background(), env, []string{"list-pool-origination-identities", "--pool-id", "p", "--endpoint-url", endpoint}); err != nil {
		t.Fatal(err)
	}
	const want = `{
    "PoolArn": "arn",
    "PoolId": "p",
    "OriginationIdentities": [
        {
            "OriginationIdentity": "a"
        },
        {
            "OriginationIdentity": "b"
        }
    ]
}
`
	if out.String() != want {
		t.Errorf("printed %s", out)
	}
	if (*asked)[1]["NextToken"] != "t1" || (*asked)[2]["NextToken"] != "t2" || (*targets)[0] != "PinpointSMSVoiceV2.ListPoolOriginationIdentities" {
		t.Errorf("asked %v of %v", *asked, *targets)
	}
}

func TestExceptionsAreWordedAsByTheAWSCLI(t *testing.T) {
	endpoint, _, _ := answering(t, http.StatusBadRequest, `{"__type":"ConflictException","Message":"Conflict - Reason=\"X\""}`)
	env, _ := signedEnvironment()
	err := API(context.Background(), env, []string{"describe-pools", "--endpoint-url", endpoint})
	if err == nil || err.Error() != `an error occurred (ConflictException) when calling the DescribePools operation: Conflict - Reason="X"` {
		t.Error(err)
	}
	if IsUsage(err) {
		t.Error("an exception is no wrong usage")
	}
}

func TestEveryOperationHasHelp(t *testing.T) {
	m, err := model.Load()
	if err != nil {
		t.Fatal(err)
	}
	env, out := environment(nil)
	if err := API(context.Background(), env, []string{"--help"}); err != nil {
		t.Fatal(err)
	}
	for _, op := range m.Operations {
		name := kebab(op.Name)
		if !strings.Contains(out.String(), " "+name) {
			t.Errorf("heliograph api --help lacks %s", name)
		}
		env, help := environment(nil)
		if err := API(context.Background(), env, []string{name, "--help"}); err != nil {
			t.Fatal(err)
		}
		for _, member := range m.Shape(op.Input).Members {
			if !strings.Contains(help.String(), "--"+kebab(member.Name)+" ") {
				t.Errorf("%s --help lacks --%s", name, kebab(member.Name))
			}
		}
	}
}

func TestCredentialsComeFromVariablesThenFile(t *testing.T) {
	file := filepath.Join(t.TempDir(), "credentials")
	text := "# comment\n[default]\naws_access_key_id = AKIA1\naws_secret_access_key = s=1\n[shop]\naws_access_key_id=AKIA2\naws_secret_access_key=s2\nregion = eu-west-1\n[half]\naws_access_key_id=AKIA3\n"
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		variables map[string]string
		want      Credentials
		wantErr   string
	}{
		"variables": {map[string]string{"AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b", "AWS_REGION": "ap-south-1"}, Credentials{"a", "b", "ap-south-1"}, ""},
		"default":   {map[string]string{"AWS_SHARED_CREDENTIALS_FILE": file}, Credentials{"AKIA1", "s=1", DefaultRegion}, ""},
		"profile":   {map[string]string{"AWS_SHARED_CREDENTIALS_FILE": file, "AWS_PROFILE": "shop"}, Credentials{"AKIA2", "s2", "eu-west-1"}, ""},
		"half":      {map[string]string{"AWS_SHARED_CREDENTIALS_FILE": file, "AWS_PROFILE": "half"}, Credentials{}, "profile [half] has no"},
		"nothing":   {map[string]string{"HOME": t.TempDir()}, Credentials{}, "no credentials"},
	} {
		got, err := FindCredentials(func(v string) string { return c.variables[v] })
		if c.wantErr != "" {
			if err == nil || !strings.Contains(err.Error(), c.wantErr) {
				t.Errorf("%s: %v, want %q", name, err, c.wantErr)
			}
			continue
		}
		if err != nil || got != c.want {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
}

func TestEndpointMayEndInASlash(t *testing.T) {
	endpoint, asked, _ := answering(t, http.StatusOK, `{"Pools":[]}`)
	env, _ := environment(map[string]string{"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_ENDPOINT_URL": endpoint + "/"})
	if err := API(context.Background(), env, []string{"describe-pools"}); err != nil || len(*asked) != 1 {
		t.Errorf("%v, %d calls", err, len(*asked))
	}
}

func TestBlobsOfFilesAreSentAsBase64(t *testing.T) {
	file := filepath.Join(t.TempDir(), "picture")
	if err := os.WriteFile(file, []byte{0xff, 0xd8}, 0o600); err != nil {
		t.Fatal(err)
	}
	endpoint, asked, _ := answering(t, http.StatusOK, `{}`)
	env, _ := signedEnvironment()
	if err := API(context.Background(), env, []string{"create-registration-attachment", "--attachment-body", "fileb://" + file, "--endpoint-url", endpoint}); err != nil {
		t.Fatal(err)
	}
	if got := (*asked)[0]["AttachmentBody"]; got != "/9g=" {
		t.Errorf("sent %v", got)
	}
}
