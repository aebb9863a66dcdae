package compat

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	sms "github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2"
)

// configured is a server with a configuration file, and its log in a file.
type configured struct {
	*server
	folder string
	config string
	log    string
}

// serveConfigured starts `heliograph serve` on a configuration file.
func serveConfigured(t *testing.T, content string) *configured {
	t.Helper()
	folder := t.TempDir()
	c := &configured{folder: folder, config: filepath.Join(folder, "heliograph.yaml"), log: filepath.Join(folder, "log")}
	c.put(t, "heliograph.yaml", content)
	log, err := os.Create(c.log)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = log.Close() })
	c.server = &server{t: t, data: filepath.Join(folder, "data"), log: &bytes.Buffer{}, exited: make(chan error, 1)}
	c.command = exec.Command(binary(t), "serve", "--data", c.data, "--config", c.config, "--listen", "127.0.0.1:0", "--console-listen", "127.0.0.1:0")
	c.command.Env = append(os.Environ(), "HELIOGRAPH_ROOT_ACCESS_KEY_ID="+rootKey, "HELIOGRAPH_ROOT_SECRET_ACCESS_KEY="+rootSecret)
	c.command.Stderr = log
	stdout, err := c.command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.command.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.kill)
	c.readAddresses(stdout)
	return c
}

// put replaces a file of the folder as a whole.
func (c *configured) put(t *testing.T, name, content string) {
	t.Helper()
	path := filepath.Join(c.folder, name)
	if err := os.WriteFile(path+".next", []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(path+".next", path); err != nil {
		t.Fatal(err)
	}
}

// hangUp sends SIGHUP and waits for a line of the log.
func (c *configured) hangUp(line string) {
	c.t.Helper()
	before, err := os.ReadFile(c.log)
	if err != nil {
		c.t.Fatal(err)
	}
	if err := c.command.Process.Signal(syscall.SIGHUP); err != nil {
		c.t.Fatal(err)
	}
	ticker := time.NewTicker(10 * time.Millisecond)
	defer ticker.Stop()
	var log []byte
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); <-ticker.C {
		if log, err = os.ReadFile(c.log); err != nil {
			c.t.Fatal(err)
		}
		if strings.Contains(string(log[len(before):]), line) {
			return
		}
	}
	c.t.Fatalf("the log does not say %q:\n%s", line, log[len(before):])
}

// price sends a text to France and gives what it cost.
func (c *configured) price() string {
	c.t.Helper()
	sent, err := goSDK(c.server, rootKey, rootSecret).SendTextMessage(context.Background(), &sms.SendTextMessageInput{
		DestinationPhoneNumber: aws.String(french), MessageBody: aws.String("Bonjour"), OriginationIdentity: aws.String("ACME")})
	if err != nil {
		c.t.Fatal(err)
	}
	m := struct{ Price string }{}
	if status := c.get("/operator/v1/messages/"+aws.ToString(sent.MessageId), &m); status != http.StatusOK {
		c.t.Fatalf("HTTP %d", status)
	}
	return m.Price
}

// TestHangupReloads sends SIGHUP to the real process: a valid file is applied, an
// invalid one is refused with its line and field, and the server goes on.
func TestHangupReloads(t *testing.T) {
	const prices = "prices:\n  - { country: FR, text_part: \"%s\" }\n"
	c := serveConfigured(t, fmt.Sprintf(prices, "0.05"))
	if got := c.price(); got != "0.05" {
		t.Errorf("price %s", got)
	}
	c.put(t, "heliograph.yaml", fmt.Sprintf(prices, "0.07"))
	c.hangUp("change=prices")
	if got := c.price(); got != "0.07" {
		t.Errorf("price %s after SIGHUP", got)
	}
	c.put(t, "heliograph.yaml", fmt.Sprintf(prices, "0.09")+"routes:\n  - { carriers: [nobody] }\n")
	c.hangUp(c.config + ":4: routes[0].carriers[0]: no carrier is named")
	if got := c.price(); got != "0.07" {
		t.Errorf("price %s after an invalid file", got)
	}
	command := exec.Command(binary(t), "reload")
	command.Env = append(quiet(), "AWS_ACCESS_KEY_ID="+rootKey, "AWS_SECRET_ACCESS_KEY="+rootSecret, "HELIOGRAPH_CONSOLE_URL="+c.console)
	if out, err := command.CombinedOutput(); err == nil || !strings.Contains(string(out), ":4: routes[0].carriers[0]") {
		t.Errorf("heliograph reload: %v, %s", err, out)
	}
	audit := struct {
		Entries []struct {
			Origin  string
			Targets []string
		}
	}{}
	if status := c.get("/operator/v1/audit?action=Reload", &audit); status != http.StatusOK || len(audit.Entries) != 1 ||
		audit.Entries[0].Origin != "file" || fmt.Sprint(audit.Entries[0].Targets) != "[configuration/prices]" {
		t.Errorf("audit: HTTP %d %+v", status, audit)
	}
	c.stop()
}

// certificates are an authority of one's own.
type certificates struct {
	t    *testing.T
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
	pem  string
}

// newCertificates makes the authority.
func newCertificates(t *testing.T) *certificates {
	t.Helper()
	a := &certificates{t: t}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "authority"}, IsCA: true, BasicConstraintsValid: true}
	a.pem, _ = a.issue(template)
	block, _ := pem.Decode([]byte(a.pem))
	var err error
	if a.cert, err = x509.ParseCertificate(block.Bytes); err != nil {
		t.Fatal(err)
	}
	return a
}

// issue signs a certificate; the first is the authority's own.
func (a *certificates) issue(template *x509.Certificate) (certificate, secret string) {
	a.t.Helper()
	template.NotBefore, template.NotAfter = time.Now().Add(-time.Hour), time.Now().Add(time.Hour)
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		a.t.Fatal(err)
	}
	parent := a.cert
	if a.key == nil {
		a.key, parent = key, template
	}
	der, err := x509.CreateCertificate(rand.Reader, template, parent, key.Public(), a.key)
	if err != nil {
		a.t.Fatal(err)
	}
	octets, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		a.t.Fatal(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})),
		string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: octets}))
}

// renew puts a new certificate for loopback into a server's folder.
func (a *certificates) renew(folder, name string) {
	a.t.Helper()
	certificate, secret := a.issue(&x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()), Subject: pkix.Name{CommonName: name}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}})
	for file, content := range map[string]string{"tls.pem": certificate, "tls.key": secret} {
		if err := os.WriteFile(filepath.Join(folder, file), []byte(content), 0o600); err != nil {
			a.t.Fatal(err)
		}
	}
}

// seen notes the protocol and the certificate of the last answer.
type seen struct {
	http.RoundTripper
	protocol, name string
}

// RoundTrip makes a request.
func (s *seen) RoundTrip(r *http.Request) (*http.Response, error) {
	answer, err := s.RoundTripper.RoundTrip(r)
	if err == nil {
		s.protocol, s.name = answer.Proto, answer.TLS.PeerCertificates[0].Subject.CommonName
	}
	return answer, err
}

// TestClientsOverTLS calls the API with the AWS CLIs, our own commands and the
// Go SDK, before and after the certificate is renewed.
func TestClientsOverTLS(t *testing.T) {
	authority := newCertificates(t)
	keys := t.TempDir()
	authority.renew(keys, "first")
	bundle := filepath.Join(keys, "ca.pem")
	if err := os.WriteFile(bundle, []byte(authority.pem), 0o600); err != nil {
		t.Fatal(err)
	}
	c := serveConfigured(t, fmt.Sprintf("tls: { cert_file: %q, key_file: %q }\n", filepath.Join(keys, "tls.pem"), filepath.Join(keys, "tls.key")))
	trusted := x509.NewCertPool()
	trusted.AddCert(authority.cert)
	for _, name := range []string{"first", "second"} {
		if name != "first" {
			authority.renew(keys, name)
			c.hangUp(`change="tls certificate"`)
		}
		c.commandsOverTLS(bundle)
		watched := &seen{RoundTripper: &http.Transport{ForceAttemptHTTP2: true, TLSClientConfig: &tls.Config{RootCAs: trusted, MinVersion: tls.VersionTLS12}}}
		client := sms.New(goSDK(c.server, rootKey, rootSecret).Options(), func(o *sms.Options) { o.HTTPClient = &http.Client{Transport: watched} })
		if _, err := client.DescribePools(context.Background(), &sms.DescribePoolsInput{}); err != nil {
			t.Error(err)
		}
		if watched.protocol != "HTTP/2.0" || watched.name != name {
			t.Errorf("the Go SDK spoke %s and saw the certificate %q; want %q", watched.protocol, watched.name, name)
		}
	}
	c.stop()
}

// commandsOverTLS runs every command line with the authority's bundle.
func (c *configured) commandsOverTLS(bundle string) {
	c.t.Helper()
	run := func(want, path string, variables []string, args ...string) {
		c.t.Helper()
		command := exec.Command(path, args...)
		command.Env = append(append(quiet(), "AWS_ACCESS_KEY_ID="+rootKey, "AWS_SECRET_ACCESS_KEY="+rootSecret, "HELIOGRAPH_CONSOLE_URL="+c.console), variables...)
		if out, err := command.CombinedOutput(); err != nil || !strings.Contains(string(out), want) {
			c.t.Errorf("%s %v: %v, %s", path, args, err, out)
		}
	}
	for _, line := range commandLines(c.t) {
		path, args := line.args(c.server, []string{"describe-pools"})
		if path == binary(c.t) {
			run("Pools", path, []string{"AWS_CA_BUNDLE=" + bundle}, args...)
			continue
		}
		run("Pools", path, nil, append(args, "--ca-bundle", bundle)...)
	}
	run("", binary(c.t), []string{"AWS_CA_BUNDLE=" + bundle}, "handset", french)
}
