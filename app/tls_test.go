package app

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"heliograph/config"
)

// authority issues certificates.
type authority struct {
	t    *testing.T
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
}

func newAuthority(t *testing.T) *authority {
	a := &authority{t: t}
	a.key = a.newKey()
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "authority"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true,
	}
	a.cert = a.sign(template, template, a.key)
	return a
}

func (a *authority) newKey() *ecdsa.PrivateKey {
	a.t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		a.t.Fatal(err)
	}
	return key
}

func (a *authority) sign(template, parent *x509.Certificate, key *ecdsa.PrivateKey) *x509.Certificate {
	a.t.Helper()
	der, err := x509.CreateCertificate(rand.Reader, template, parent, key.Public(), a.key)
	if err != nil {
		a.t.Fatal(err)
	}
	signed, err := x509.ParseCertificate(der)
	if err != nil {
		a.t.Fatal(err)
	}
	return signed
}

// issue writes a new certificate and its key into a folder.
func (a *authority) issue(folder, name string) {
	a.t.Helper()
	key := a.newKey()
	leaf := a.sign(&x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()), Subject: pkix.Name{CommonName: name},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
	}, a.cert, key)
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		a.t.Fatal(err)
	}
	write(a.t, filepath.Join(folder, "tls.pem"), string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: leaf.Raw})))
	write(a.t, filepath.Join(folder, "tls.key"), string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: secret})))
}

// secured is a server with TLS, and a client that trusts it.
type secured struct {
	*reloadable
	*authority
	folder  string
	trusted *x509.CertPool
}

func runSecured(t *testing.T) *secured {
	t.Helper()
	folder := t.TempDir()
	s := &secured{authority: newAuthority(t), folder: folder, trusted: x509.NewCertPool()}
	s.trusted.AddCert(s.cert)
	s.issue(folder, "first")
	path := filepath.Join(folder, "heliograph.yaml")
	write(t, path, "tls: { cert_file: tls.pem, key_file: tls.key }\n")
	file, err := config.Load(path)
	if err != nil {
		t.Fatal(err)
	}
	s.reloadable = &reloadable{run(t, t.TempDir(), file, func(o *Options) { o.Settings.Config = path }), path}
	return s
}

// client makes a client of its own connections.
func (s *secured) client() *http.Client {
	transport := &http.Transport{ForceAttemptHTTP2: true, TLSClientConfig: &tls.Config{RootCAs: s.trusted, MinVersion: tls.VersionTLS12}}
	s.authority.t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport, Timeout: patience}
}

// shown is the name in the certificate that a new connection sees on a port.
func (s *secured) shown(url string) string {
	s.authority.t.Helper()
	conn, err := tls.Dial("tcp", strings.TrimPrefix(url, "https://"), &tls.Config{RootCAs: s.trusted, MinVersion: tls.VersionTLS12})
	if err != nil {
		s.authority.t.Fatal(err)
	}
	defer func() {
		if err := conn.Close(); err != nil {
			s.authority.t.Error(err)
		}
	}()
	return conn.ConnectionState().PeerCertificates[0].Subject.CommonName
}

// health asks over a client's connection; it gives the protocol and the name in
// the certificate.
func (s *secured) health(client *http.Client) (protocol, name string) {
	s.authority.t.Helper()
	answer, err := client.Get(s.ConsoleURL() + "/healthz")
	if err != nil {
		s.authority.t.Error(err)
		return "", ""
	}
	defer answer.Body.Close()
	if _, err := new(bytes.Buffer).ReadFrom(answer.Body); err != nil || answer.StatusCode != http.StatusOK {
		s.authority.t.Errorf("HTTP %d, %v", answer.StatusCode, err)
	}
	return answer.Proto, answer.TLS.PeerCertificates[0].Subject.CommonName
}

func (s *secured) reloadTLS(want string) {
	s.authority.t.Helper()
	changes, err := s.Reload(s.authority.t.Context())
	if err != nil || strings.Join(changes, " ") != want {
		s.authority.t.Fatalf("changes %v, %v", changes, err)
	}
}

// TestCertificatesChangeUnderLoad renews the files alone: no request fails, new
// connections see the new certificate on both ports, open ones go on.
func TestCertificatesChangeUnderLoad(t *testing.T) {
	s := runSecured(t)
	open := s.client()
	if protocol, name := s.health(open); protocol != "HTTP/2.0" || name != "first" {
		t.Errorf("%s with the certificate %q", protocol, name)
	}
	halt := make(chan struct{})
	asked := make(chan struct{}, 100_000)
	var load sync.WaitGroup
	for range 4 {
		load.Go(func() {
			for {
				select {
				case <-halt:
					return
				default:
				}
				s.health(&http.Client{Timeout: patience, Transport: &http.Transport{DisableKeepAlives: true,
					TLSClientConfig: &tls.Config{RootCAs: s.trusted, MinVersion: tls.VersionTLS12}}})
				asked <- struct{}{}
			}
		})
	}
	stop := sync.OnceFunc(func() {
		close(halt)
		load.Wait()
	})
	defer stop()
	for _, name := range []string{"second", "third", "fourth"} {
		s.issue(s.folder, name)
		s.reloadTLS("tls certificate")
		for _, url := range []string{s.APIURL(), s.ConsoleURL()} {
			if got := s.shown(url); got != name {
				t.Errorf("%s shows %q; want %q", url, got, name)
			}
		}
		for range 10 {
			<-asked
		}
	}
	stop()
	s.reloadTLS("")
	if _, name := s.health(open); name != "first" {
		t.Errorf("the open connection was ended: a new one saw %q", name)
	}
}

// TestBadCertificateLeavesTheOldOne in force, and the reload says why.
func TestBadCertificateLeavesTheOldOne(t *testing.T) {
	s := runSecured(t)
	old, err := os.ReadFile(filepath.Join(s.folder, "tls.key"))
	if err != nil {
		t.Fatal(err)
	}
	s.issue(s.folder, "second")
	for _, c := range []struct{ file, content, want string }{
		{"tls.key", string(old), "private key does not match public key"},
		{"tls.key", "no key", "certificate and key do not load"},
		{"heliograph.yaml", "prices: []\n", "turning TLS on or off needs a restart"},
		{"heliograph.yaml", "tls: { cert_file: gone.pem, key_file: tls.key }\n", ":1: tls.cert_file: the file cannot be read"},
	} {
		write(t, filepath.Join(s.folder, c.file), c.content)
		if _, err := s.Reload(t.Context()); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v; want %s", c.content, err, c.want)
		}
		if got := s.shown(s.APIURL()); got != "first" {
			t.Errorf("%s: a new connection sees %q", c.content, got)
		}
	}
	plain := runFile(t, "prices: []\n")
	s.issue(filepath.Dir(plain.path), "late")
	if status, text := plain.reload("tls: { cert_file: tls.pem, key_file: tls.key }\n"); status != http.StatusConflict ||
		!strings.Contains(text, "turning TLS on or off needs a restart") {
		t.Errorf("HTTP %d %s", status, text)
	}
}

// TestOldTLSIsRefused takes TLS 1.2 and later.
func TestOldTLSIsRefused(t *testing.T) {
	s := runSecured(t)
	for version, taken := range map[uint16]bool{tls.VersionTLS11: false, tls.VersionTLS12: true, tls.VersionTLS13: true} {
		conn, err := tls.Dial("tcp", strings.TrimPrefix(s.APIURL(), "https://"),
			&tls.Config{RootCAs: s.trusted, MinVersion: version, MaxVersion: version})
		if (err == nil) != taken {
			t.Errorf("%s: %v", tls.VersionName(version), err)
		}
		if err == nil {
			_ = conn.Close()
		}
	}
}
