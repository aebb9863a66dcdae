package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestSinksAreRefusedWithLineAndField(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"not built", "- { match: \"*\", type: kafka, brokers: x }", `2: sinks[0].type: sinks of type "kafka" are not built; built are sns, firehose, cloudwatchlogs, webhook, file`},
		{"no list", "  match: x", "1: sinks: want a list: here are keys with values"},
		{"nothing said", "- {}", "2: sinks[0].match: is missing\n2: sinks[0].type: is missing"},
		{"no ARN", "- { match: receipts, type: file, path: x }", `2: sinks[0].match: "receipts" is no pattern of ARNs such as arn:aws:sns:*:*:receipts`},
		{"another service", "- { match: \"arn:aws:logs:*:*:log-group:x\", type: sns }", "2: sinks[0].match: names nothing of sns: a sink of type sns takes ARNs that begin with arn:aws:sns:"},
		{"keys of other types", "- { match: \"*\", type: sns, url: \"https://a\", path: b }", "2: sinks[0].url: is for sinks of type webhook\n2: sinks[0].path: is for sinks of type file"},
		{"webhook of nothing", "- { match: \"*\", type: webhook, region: us-east-1 }", "2: sinks[0].region: is for sinks of type sns, firehose, cloudwatchlogs\n2: sinks[0].url: is missing: a sink of type webhook needs it"},
		{"file of nothing", "- { match: \"*\", type: file, timeout: 3s }", "2: sinks[0].timeout: is for sinks of type sns, firehose, cloudwatchlogs, webhook\n2: sinks[0].path: is missing: a sink of type file needs it"},
		{"file twice", "- { match: \"a*\", type: file, path: x }\n- { match: \"*\", type: file, path: ./x }", "2: sinks[0].match: \"a*\" is no pattern of ARNs such as arn:aws:sns:*:*:receipts\n3: sinks[1].path: the same stands in line 2 (sinks[0].path)"},
		{"half a key", "- { match: \"*\", type: sns, access_key_id: \"${ACME_PASSWORD}\" }\n- { match: \"*\", type: sns, secret_access_key: \"${ACME_PASSWORD}\" }", "2: sinks[0].secret_access_key: is missing: access_key_id needs it\n3: sinks[1].access_key_id: is missing: secret_access_key needs it"},
		{"secrets in plain text", "- { match: \"*\", type: webhook, url: \"https://a\", secret: hunter2, authorization: Bearer }", "2: sinks[0].secret: write a secret as ${NAME} of an environment variable or as file:PATH\n2: sinks[0].authorization: write a secret as ${NAME} of an environment variable or as file:PATH"},
		{"URLs", "- { match: \"*\", type: webhook, url: \"ftp://a\" }\n- { match: \"*\", type: webhook, url: \"https://hunter:2@a\" }\n- { match: \"*\", type: sns, endpoint: localhost }", "2: sinks[0].url: is no URL that begins with https:// or http://\n3: sinks[1].url: bears a login: write it as a secret of its own\n4: sinks[2].endpoint: is no URL that begins with https:// or http://"},
		{"headers", "- { match: \"*\", type: webhook, url: \"https://a\", headers: { authorization: x, \"a b\": x, X: \"é\", Heliograph-Target: y } }", "2: sinks[0].headers.X: a header is printable ASCII\n2: sinks[0].headers.Heliograph-Target: is set by the server itself\n2: sinks[0].headers.a b: is no name of a header\n2: sinks[0].headers.authorization: bears a secret: use the key authorization"},
		{"format", "- { match: \"*\", type: webhook, url: \"https://a\", format: xml }\n- { match: \"*\", type: webhook, url: \"https://a\", format: sns, cloudevents: true }", "2: sinks[0].format: \"xml\" is not one of json, sns\n3: sinks[1].cloudevents: goes with format json alone"},
		{"bounds", "- { match: \"*\", type: webhook, url: \"https://a\", timeout: 6m }\n- { match: \"*\", type: file, path: x, max_size: 0, keep: -1 }", "2: sinks[0].timeout: is not from 1s to 5m\n3: sinks[1].max_size: 0 is less than 1\n3: sinks[1].keep: -1 is less than 0"},
		{"authorities", "- { match: \"*\", type: sns, ca_file: f.yaml }\n- { match: \"*\", type: sns, ca_file: nix }", "2: sinks[0].ca_file: the file holds no PEM certificate\n3: sinks[1].ca_file: the file cannot be read: open FOLDER/nix: no such file or directory"},
		{"unknown key", "- { match: \"*\", type: file, path: x, rotate: daily }", "2: sinks[0].rotate: unknown key; the keys here are match, type, endpoint, region, access_key_id, secret_access_key, url, format, cloudevents, secret, authorization, headers, timeout, ca_file, path, max_size, keep"},
	} {
		t.Run(c.name, func(t *testing.T) {
			folder := t.TempDir()
			write(t, folder, "f.yaml", "")
			_, err := parse(filepath.Join(folder, "f.yaml"), []byte("sinks:\n"+c.text+"\n"), environment)
			if err == nil {
				t.Fatal("the file was accepted")
			}
			got := strings.ReplaceAll(strings.ReplaceAll(err.Error(), filepath.Join(folder, "f.yaml")+":", ""), folder, "FOLDER")
			if got != c.want {
				t.Errorf("got\n%s\nwant\n%s", got, c.want)
			}
		})
	}
}

func TestSinksHaveTheirDefaults(t *testing.T) {
	f, err := read(t, "sinks:\n- { match: \"*\", type: file, path: e.jsonl }\n- { match: \"*\", type: webhook, url: \"https://a/b?c=d\" }\n")
	if err != nil {
		t.Fatal(err)
	}
	file, hook := f.Sinks[0], f.Sinks[1]
	if file.MaxSize != 100 || file.Keep != 10 || !filepath.IsAbs(file.Path) || filepath.Base(file.Path) != "e.jsonl" {
		t.Errorf("file = %+v", file)
	}
	if hook.Format != "json" || hook.Timeout.Of() != 10*time.Second || hook.Secret.Reveal() != "" {
		t.Errorf("webhook = %+v", hook)
	}
}

func TestSinksTakeTargets(t *testing.T) {
	const topic, stream, logs = "arn:aws:sns:us-east-1:111122223333:receipts", "arn:aws:firehose:us-east-1:111122223333:deliverystream/x", "arn:aws:logs:us-east-1:111122223333:log-group:x"
	for _, c := range []struct {
		kind, match string
		takes       string // letters of the targets taken
	}{
		{SNS, "*", "t"}, {Firehose, "*", "s"}, {CloudWatchLogs, "arn:aws:logs:*", "l"}, {Webhook, "*", "tsl"}, {EventFile, "arn:*", "tsl"},
		{Webhook, "arn:aws:sns:*:*:receipts", "t"}, {Webhook, "arn:aws:sns:*:*:receipt", ""}, {Webhook, "arn:aws:sns:us-east-1:*", "t"},
		{Webhook, topic, "t"}, {Webhook, "*:111122223333:*x", "sl"}, {Webhook, "*receipts*receipts", ""}, {Webhook, "arn:aws:sns:eu-*", ""},
	} {
		sink, got := Sink{Type: c.kind, Match: c.match}, ""
		for _, target := range []struct{ letter, arn string }{{"t", topic}, {"s", stream}, {"l", logs}} {
			if sink.Takes(target.arn) {
				got += target.letter
			}
		}
		if got != c.takes {
			t.Errorf("%s %s takes %q, want %q", c.kind, c.match, got, c.takes)
		}
	}
}

// A pattern takes what it is made of with any texts for its stars.
func TestPatternsTakeWhatIsPutIntoThem(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		pieces := rapid.SliceOfN(rapid.StringMatching("[ab]{0,3}"), 1, 4).Draw(t, "pieces")
		text := pieces[0]
		for _, piece := range pieces[1:] {
			text += rapid.StringMatching("[ab]{0,3}").Draw(t, "filling") + piece
		}
		if pattern := strings.Join(pieces, "*"); !glob(pattern, text) || glob(pattern, text+"c") && !strings.HasSuffix(pattern, "*") {
			t.Fatalf("%s and %s", pattern, text)
		}
	})
}

// The sinks that the page and the README show are valid.
func TestSinksOfTheDocumentationAreRead(t *testing.T) {
	anything := func(string) (string, bool) { return "x", true }
	blocks := 0
	for _, page := range []string{"../docs/events.md", "../README.md"} {
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		for _, block := range strings.Split(string(text), "```yaml\n")[1:] {
			content, _, _ := strings.Cut(block, "```")
			if !strings.HasPrefix(content, "sinks:") {
				continue
			}
			blocks++
			if _, err := parse(filepath.Join(t.TempDir(), "f.yaml"), []byte(content), anything); err != nil {
				t.Errorf("%s: %v", page, err)
			}
		}
	}
	if blocks != 3 {
		t.Errorf("%d blocks of sinks", blocks)
	}
}
