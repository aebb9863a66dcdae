package config

import (
	"errors"
	"fmt"
	"maps"
	"net/textproto"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"
)

// The built types of sink.
const (
	SNS            = "sns"
	Firehose       = "firehose"
	CloudWatchLogs = "cloudwatchlogs"
	Webhook        = "webhook"
	EventFile      = "file"
)

func builtSinks() []string { return []string{SNS, Firehose, CloudWatchLogs, Webhook, EventFile} }

// Sink is how events reach the targets of event destinations, and inbound messages those of two-way channels. The first line of the list that takes a target's ARN is used; an ARN that no line takes goes to the built-in journal.
type Sink struct {
	// Pattern of ARNs, with `*` for any text. Types sns, firehose and cloudwatchlogs take ARNs of their own service alone, so that `*` there means all topics, delivery streams or log groups.
	Match string `yaml:"match" rule:"required is=target"`
	// How the target is spoken to.
	Type string `yaml:"type" rule:"required oneof=sns|firehose|cloudwatchlogs|webhook|file"`
	// URL of a server that speaks the service's API. Absent means AWS. For types sns, firehose, cloudwatchlogs.
	Endpoint string `yaml:"endpoint" rule:"is=url"`
	// Region that calls are signed for. Absent means that of the ARN. For types sns, firehose, cloudwatchlogs.
	Region string `yaml:"region" rule:"is=region"`
	// A secret. Absent means the AWS SDK's own search: variables, profile, role of the machine. For types sns, firehose, cloudwatchlogs.
	AccessKeyID Secret `yaml:"access_key_id"`
	// A secret, with access_key_id.
	SecretAccessKey Secret `yaml:"secret_access_key"`
	// Where events are posted to, https or http. For type webhook.
	URL string `yaml:"url" rule:"is=url"`
	// json posts the record itself, sns the notification that Amazon SNS posts to its HTTP subscribers. For type webhook.
	Format string `yaml:"format" rule:"oneof=json|sns default=json"`
	// With format json: the attributes of CloudEvents 1.0 in headers (ce-id, ce-type and so on). For type webhook.
	CloudEvents bool `yaml:"cloudevents"`
	// What requests are signed with, in the header Heliograph-Signature. Absent means that they are not. For type webhook.
	Secret Secret `yaml:"secret"`
	// The header Authorization, a secret, such as one that reads "Bearer …". For type webhook.
	Authorization Secret `yaml:"authorization"`
	// Further headers of each request. For type webhook.
	Headers map[string]string `yaml:"headers" rule:"is=header"`
	// Of a request, 1s to 5m; what is not answered by then is tried again. For all types but file.
	Timeout Duration `yaml:"timeout" rule:"default=10s"`
	// PEM file of the authorities to trust. Absent means those of the system. For all types but file.
	CAFile string `yaml:"ca_file" rule:"is=file"`
	// File of JSON lines, in a folder that exists. For type file.
	Path string `yaml:"path"`
	// MiB after which the file is rotated: PATH becomes PATH.1, that PATH.2 and so on. For type file.
	MaxSize int `yaml:"max_size" rule:"min=1 max=1000000 default=100"`
	// Rotated files that are kept; what is older is deleted. For type file.
	Keep int `yaml:"keep" rule:"min=0 max=1000 default=10"`
}

// services are the parts of ARNs that types take.
var services = map[string]string{SNS: "sns", Firehose: "firehose", CloudWatchLogs: "logs"}

// Takes says whether the line is for a target.
func (s *Sink) Takes(arn string) bool {
	return (services[s.Type] == "" || service(arn) == services[s.Type]) && glob(s.Match, arn)
}

func service(arn string) string {
	parts := strings.SplitN(arn, ":", 4)
	if len(parts) < 4 {
		return ""
	}
	return parts[2]
}

// glob says whether a pattern with * for any text is all of s.
func glob(pattern, s string) bool {
	pieces := strings.Split(pattern, "*")
	last := len(pieces) - 1
	if last == 0 {
		return s == pattern
	}
	rest, fits := strings.CutPrefix(s, pieces[0])
	if !fits {
		return false
	}
	for _, piece := range pieces[1:last] {
		at := strings.Index(rest, piece)
		if at < 0 {
			return false
		}
		rest = rest[at+len(piece):]
	}
	return strings.HasSuffix(rest, pieces[last])
}

// sinks checks what the keys of sinks say of each other.
func (d *decoder) sinks(f *File) {
	paths := d.once()
	for i := range f.Sinks {
		s := &f.Sinks[i]
		at := fmt.Sprintf("sinks[%d]", i)
		d.sinkKeys(s, at)
		d.sinkNeeds(s, at)
		if want := services[s.Type]; want != "" && d.has(at+".match") && !canBe(s.Match, want) {
			d.fail(at+".match", "names nothing of %s: a sink of type %s takes ARNs that begin with arn:aws:%s:", want, s.Type, want)
		}
		if span := s.Timeout.Of(); d.has(at+".timeout") && (span < time.Second || span > 5*time.Minute) {
			d.fail(at+".timeout", "is not from 1s to 5m")
		}
		if s.Path != "" {
			s.Path = d.beside(s.Path)
			paths.use(at+".path", s.Path)
		}
		d.sinkFile(s, at)
	}
}

// canBe says whether the service in a pattern can be this one.
func canBe(pattern, want string) bool {
	parts := strings.SplitN(pattern, ":", 4)
	for _, part := range parts[:min(3, len(parts))] {
		if strings.Contains(part, "*") {
			return true
		}
	}
	return len(parts) == 4 && parts[2] == want
}

// keysOfSinks are those that only some types have.
var keysOfSinks = []struct {
	types []string
	keys  []string
}{
	{[]string{SNS, Firehose, CloudWatchLogs}, []string{"endpoint", "region", "access_key_id", "secret_access_key"}},
	{[]string{Webhook}, []string{"url", "format", "cloudevents", "secret", "authorization", "headers"}},
	{[]string{SNS, Firehose, CloudWatchLogs, Webhook}, []string{"timeout", "ca_file"}},
	{[]string{EventFile}, []string{"path", "max_size", "keep"}},
}

func (d *decoder) sinkKeys(s *Sink, at string) {
	for _, group := range keysOfSinks {
		if !slices.Contains(builtSinks(), s.Type) || slices.Contains(group.types, s.Type) {
			continue
		}
		for _, key := range group.keys {
			if d.has(at + "." + key) {
				d.fail(at+"."+key, "is for sinks of type %s", strings.Join(group.types, ", "))
			}
		}
	}
}

// sinkNeeds refuses what lacks its other half.
func (d *decoder) sinkNeeds(s *Sink, at string) {
	need := func(wanted bool, key, why string) {
		if wanted && !d.has(at+"."+key) {
			d.fail(at+"."+key, "is missing: %s", why)
		}
	}
	need(s.Type == Webhook, "url", "a sink of type webhook needs it")
	need(s.Type == EventFile, "path", "a sink of type file needs it")
	need(d.has(at+".access_key_id"), "secret_access_key", "access_key_id needs it")
	need(d.has(at+".secret_access_key"), "access_key_id", "secret_access_key needs it")
	if s.CloudEvents && s.Format != "json" {
		d.fail(at+".cloudevents", "goes with format json alone")
	}
	for _, name := range slices.Sorted(maps.Keys(s.Headers)) {
		if err := isHeaderName(name); err != nil {
			d.fail(at+".headers."+name, "%s", err)
		}
	}
}

// sinkFile checks the file of authorities.
func (d *decoder) sinkFile(s *Sink, at string) {
	if s.CAFile == "" {
		return
	}
	s.CAFile = d.beside(s.CAFile)
	d.authorities(s.CAFile, at+".ca_file")
}

var headerPattern = regexp.MustCompile("^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}$")

// isHeaderName refuses headers that are made elsewhere, and those that bear
// secrets.
func isHeaderName(name string) error {
	switch key := textproto.CanonicalMIMEHeaderKey(name); {
	case !headerPattern.MatchString(name):
		return errors.New("is no name of a header")
	case key == "Authorization" || key == "Proxy-Authorization" || key == "Cookie":
		return errors.New("bears a secret: use the key authorization")
	case slices.Contains([]string{"Host", "Content-Type", "Content-Length", "Transfer-Encoding", "Connection", "User-Agent", "Idempotency-Key"}, key),
		strings.HasPrefix(key, "Heliograph-"), strings.HasPrefix(key, "X-Amz-Sns-"), strings.HasPrefix(key, "Ce-"):
		return errors.New("is set by the server itself")
	}
	return nil
}

func isHeaderValue(s string) error {
	if strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r > '~' }) {
		return errors.New("a header is printable ASCII")
	}
	return nil
}

// isURL checks an address to send to. It is not shown: its query may be secret.
func isURL(s string) error {
	u, err := url.Parse(s)
	switch {
	case err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http":
		return errors.New("is no URL that begins with https:// or http://")
	case u.User != nil:
		return errors.New("bears a login: write it as a secret of its own")
	case u.Fragment != "":
		return errors.New("has a fragment (#), which is never sent")
	}
	return nil
}

// isTarget checks a pattern of ARNs.
func isTarget(s string) error {
	begins := func(prefix string) bool { return strings.HasPrefix(s, prefix) }
	if !begins("arn:") && !begins("connect.") && !begins("*") || strings.Trim(s, printable) != "" {
		return fmt.Errorf("%q is no pattern of ARNs such as arn:aws:sns:*:*:receipts", s)
	}
	return nil
}

// printable is ASCII without the space.
const printable = "!\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefghijklmnopqrstuvwxyz{|}~"
