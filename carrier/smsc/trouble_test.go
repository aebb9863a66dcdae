package smsc

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"math/big"
	"net"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"heliograph/protocol/smpp"
	"heliograph/protocol/smpp/smpptest"
)

// identity is a certificate for 127.0.0.1 and "smsc.example", signed by itself.
func identity(t *testing.T) (tls.Certificate, *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "smsc"}, IsCA: true, BasicConstraintsValid: true,
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		DNSNames: []string{"smsc.example"}, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(leaf)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key, Leaf: leaf}, pool
}

// told starts a carrier over real sockets and waits for the first word of its bind.
func told(t *testing.T, s Settings) string {
	t.Helper()
	said := make(chan string, 100)
	log := &recorder{said: said}
	s.Name, s.SystemID, s.Password, s.Log = "acme", "gateway", "secret08", log.logger()
	c := New(s, newKept())
	if err := c.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := c.Stop(context.Background()); err != nil {
			t.Error(err)
		}
	}()
	return <-said
}

func fixed(c *tls.Config) func() (*tls.Config, error) {
	return func() (*tls.Config, error) { return c, nil }
}

// Proves(bind): TLS with an authority, a server name and a client certificate.
func TestMutualTLSBinds(t *testing.T) {
	certificate, pool := identity(t)
	client, clients := identity(t)
	server := smpptest.StartTLS(&tls.Config{
		Certificates: []tls.Certificate{certificate}, ClientAuth: tls.RequireAndVerifyClientCert, ClientCAs: clients,
	}, nil)
	defer server.Close()
	got := told(t, Settings{Address: server.Addr, Connection: Connection{
		SourceAddress: net.IPv4(127, 0, 0, 1),
		TLS:           fixed(&tls.Config{RootCAs: pool, ServerName: "smsc.example", Certificates: []tls.Certificate{client}}),
	}})
	if got != "INFO bound to the SMSC" {
		t.Error(got)
	}
}

// Proves(bind): certificate files are read at each dial.
func TestFilesOfTLSAreReadAtEachDial(t *testing.T) {
	certificate, pool := identity(t)
	server := smpptest.StartTLS(&tls.Config{Certificates: []tls.Certificate{certificate}}, nil)
	defer server.Close()
	asked := make(chan struct{}, 10)
	c := New(Settings{
		Address: server.Addr, Name: "acme", SystemID: "gateway", Jitter: func() float64 { return 0 },
		Connection: Connection{TLS: func() (*tls.Config, error) {
			asked <- struct{}{}
			return &tls.Config{RootCAs: pool, ServerName: "smsc.example"}, nil
		}},
	}, newKept())
	if err := c.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	<-asked
	(<-server.Binds).Close()
	<-asked
	<-server.Binds
	if err := c.Stop(t.Context()); err != nil {
		t.Error(err)
	}
}

// Proves(bind): a wrong port, TLS on one end only, a missing authority, server name or client certificate, and what is no SMPP are told in words with the setting to change.
func TestMisconfiguredConnectionIsToldInWords(t *testing.T) {
	certificate, pool := identity(t)
	plain := smpptest.Start(nil)
	secured := smpptest.StartTLS(&tls.Config{Certificates: []tls.Certificate{certificate}}, nil)
	asking := smpptest.StartTLS(&tls.Config{Certificates: []tls.Certificate{certificate}, ClientAuth: tls.RequireAnyClientCert}, nil)
	alerting := smpptest.Start(func(s *smpptest.SMSC) { // as OpenSSL answers what is no TLS
		s.Always(smpp.CommandBindTransceiver, smpptest.Write([]byte{0x15, 3, 1, 0, 2, 2, 70}))
	})
	web := smpptest.Start(func(s *smpptest.SMSC) {
		s.Always(smpp.CommandBindTransceiver, smpptest.Write([]byte("HTTP/1.1 400 Bad Request\r\n\r\n")))
	})
	shut := smpptest.Start(func(s *smpptest.SMSC) { s.Always(smpp.CommandBindTransceiver, smpptest.Hangup) })
	closed := smpptest.Start(nil)
	closed.Close()
	for _, s := range []*smpptest.SMSC{plain, secured, asking, alerting, web, shut} {
		defer s.Close()
	}
	right := &tls.Config{RootCAs: pool, ServerName: "smsc.example"}
	cases := map[string]struct {
		address string
		tls     *tls.Config
		want    string
	}{
		"port refused":              {closed.Addr, nil, "port refused"},
		"TLS on a plain port":       {plain.Addr, right, "TLS mismatch"},
		"plain on a TLS port":       {secured.Addr, nil, "set tls: true"},
		"plain, the port alerts":    {alerting.Addr, nil, "TLS mismatch"},
		"no SMPP at all":            {web.Addr, nil, "does not speak SMPP"},
		"closed at the bind":        {shut.Addr, nil, "admits our address"},
		"authority not trusted":     {secured.Addr, &tls.Config{ServerName: "smsc.example"}, "set tls.ca_file"},
		"other name":                {secured.Addr, &tls.Config{RootCAs: pool, ServerName: "other.example"}, "set tls.server_name"},
		"client certificate wanted": {asking.Addr, right, "tls.cert_file"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			s := Settings{Address: c.address}
			if c.tls != nil {
				s.TLS = fixed(c.tls)
			}
			if got := told(t, s); !strings.HasPrefix(got, "WARN no bind to the SMSC: ") || !strings.Contains(got, c.want) {
				t.Error(got)
			}
		})
	}
}

// Proves(bind): the source address is dialled from, and one that is not this computer's is told.
func TestSourceAddressIsDialledFrom(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = listener.Close() }()
	elsewhere := Settings{Address: listener.Addr().String(), Connection: Connection{SourceAddress: net.IPv4(192, 0, 2, 1)}}
	if got := told(t, elsewhere); !strings.Contains(got, "source_address is no address of this computer") {
		t.Error(got)
	}
	ours := Connection{SourceAddress: net.IPv4(127, 0, 0, 1)}
	conn, err := (&Settings{Connection: ours}).dialer()(t.Context(), "tcp", listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	if from := conn.LocalAddr().(*net.TCPAddr).IP; !from.Equal(ours.SourceAddress) {
		t.Errorf("from %v", from)
	}
	_ = conn.Close()
}

// Proves(bind): a refused bind is told in words with the setting to check.
func TestRefusedBindIsToldInWords(t *testing.T) {
	cases := map[smpp.Status]string{
		smpp.StatusInvPaswd:  "refuses the password",
		smpp.StatusInvSysID:  "does not know the system_id",
		smpp.StatusBindFail:  "refuses the bind: check",
		smpp.StatusAlyBnd:    "already bound",
		smpp.StatusThrottled: "throttled",
		smpp.StatusInvSysTyp: "system_type",
		smpp.StatusInvCmdID:  "mode: pairs",
		smpp.Status(0x500):   "ask the carrier",
	}
	for status, want := range cases {
		err := error(&stageError{binding, status})
		if got := advise(err, "one:1", false); !strings.Contains(got, want) || !strings.Contains(got, status.String()) {
			t.Errorf("%v: %s", status, got)
		}
	}
}

// Proves(bind): errors of the network and of TLS are told in words with the setting to check.
func TestNetworkErrorsAreToldInWords(t *testing.T) {
	timeout := &net.OpError{Op: "dial", Net: "tcp", Err: context.DeadlineExceeded}
	cases := map[string]struct {
		err  error
		want string
	}{
		"no answer":       {&stageError{connecting, timeout}, "timeout: one:1 does not answer: check address"},
		"source address":  {&stageError{connecting, syscall.EADDRNOTAVAIL}, "source_address"},
		"no such host":    {&stageError{connecting, &net.DNSError{Name: "one"}}, "does not resolve"},
		"no route":        {&stageError{connecting, &net.OpError{Op: "dial", Err: syscall.EHOSTUNREACH}}, "cannot be reached"},
		"silent at bind":  {&stageError{binding, smpp.ErrTimeout}, "does not answer the bind"},
		"silent at TLS":   {&stageError{securing, context.DeadlineExceeded}, "TLS mismatch"},
		"expired":         {&stageError{securing, x509.CertificateInvalidError{Reason: x509.Expired}}, "not valid"},
		"key files":       {&stageError{securing, errors.New("no such file")}, "check the files of tls"},
		"link dead":       {smpp.ErrLinkDead, "enquire_link"},
		"unbound":         {smpp.ErrPeerUnbound, "the SMSC unbound"},
		"reset":           {&net.OpError{Op: "read", Err: syscall.ECONNRESET}, "closed the connection without unbind"},
		"no SMPP":         {&smpp.DecodeError{Status: smpp.StatusInvCmdLen}, "no SMPP"},
		"write timer":     {smpp.ErrTimeout, "takes nothing more"},
		"other":           {errors.New("odd"), "the connection was lost: odd"},
		"other at bind":   {&stageError{binding, errors.New("odd")}, "the bind fails: odd"},
		"unbound at bind": {&stageError{binding, smpp.ErrPeerUnbound}, "unbound instead of binding"},
	}
	for name, c := range cases {
		if got := advise(c.err, "one:1", false); !strings.Contains(got, c.want) {
			t.Errorf("%s: %s", name, got)
		}
	}
}

// Proves(bind): trouble is logged once for all binds of a host until it changes.
func TestTroubleIsLoggedOnceForAllBindsOfAHostUntilItChanges(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log := &recorder{}
		n := &town{smscs: map[string]*smpptest.SMSC{}}
		r := settle(t, Settings{Address: "one:1", Binds: 4, Log: log.logger()}, n)
		pause(time.Hour)
		if got := log.atLeastWarn(); len(got) != 1 || !strings.Contains(got[0], "port refused") {
			t.Fatalf("%q", got)
		}
		refusing := smpptest.New(func(s *smpptest.SMSC) {
			s.OnBind = func(*smpptest.Conn, *smpp.Bind) smpp.Status { return smpp.StatusInvPaswd }
		})
		n.set(func() { n.smscs["one:1"] = refusing })
		pause(time.Hour)
		if got := log.atLeastWarn(); len(got) != 2 || !strings.Contains(got[1], "password") {
			t.Fatalf("%q", got)
		}
		refusing.Close()
		right := smpptest.New(nil)
		n.set(func() { n.smscs["one:1"] = right })
		pause(10 * time.Minute)
		if log.count("bound to the SMSC") == 0 || r.Bound() != 4 {
			t.Errorf("%d bound: %q", r.Bound(), log.all())
		}
		before := len(log.atLeastWarn())
		right.Close() // a trouble of its own after a good time
		pause(time.Hour)
		if got := log.atLeastWarn()[before:]; len(got) < 1 || len(got) > 2 {
			t.Errorf("%q", got)
		}
	})
}

// Proves(bind): an SMSC that comes and goes for a day makes three lines in the log.
func TestFlappingSMSCDoesNotFloodTheLog(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log := &recorder{}
		r := start(t, Settings{Log: log.logger()}, nil)
		over := make(chan struct{})
		defer close(over)
		go func() {
			for {
				select {
				case c := <-r.smsc.Binds:
					c.Close()
				case <-over:
					return
				}
			}
		}()
		pause(24 * time.Hour)
		if lines := log.all(); len(lines) != 3 { // bound, lost, bound
			t.Errorf("%d lines: %q", len(lines), lines[:min(len(lines), 5)])
		}
	})
}

// Proves(bind): the status of a bind shows window, parts in flight, since when, and the next attempt.
func TestStatusShowsWhatIsInFlightAndSince(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := start(t, Settings{Window: 7}, func(s *smpptest.SMSC) { s.Always(smpp.CommandSubmitSM, smpptest.Drop) })
		<-r.smsc.Binds
		synctest.Wait()
		began := time.Now()
		ctx, cancel := context.WithCancel(t.Context())
		for range 3 {
			go func() { _, _ = r.Submit(ctx, part()) }()
		}
		pause(10 * time.Second)
		b := r.Status().Binds[0]
		if b.State != BindUp || !b.Since.Equal(began) || b.Window != 7 || b.InFlight != 3 || b.Mode != "transceiver" || b.Trouble != "" {
			t.Errorf("%+v", b)
		}
		cancel()
		r.smsc.Close()
		synctest.Wait()
		b = r.Status().Binds[0]
		if b.State != BindDown || !b.Since.Equal(time.Now()) || b.InFlight != 0 || b.Trouble == "" || !b.NextAttempt.After(b.Since) {
			t.Errorf("%+v", b)
		}
	})
}
