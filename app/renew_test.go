package app

import (
	"fmt"
	"net/http"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"heliograph/protocol/smpp"
	"heliograph/protocol/smpp/smpptest"
)

// bouncer lets in who has the password, and at most so many sessions at once.
type bouncer struct {
	password atomic.Pointer[string]
	most     int
	admitted chan string
}

func newBouncer(password string, most int) *bouncer {
	b := &bouncer{most: most, admitted: make(chan string, 1000)}
	b.password.Store(&password)
	return b
}

func (b *bouncer) configure(s *smpptest.SMSC) {
	s.OnBind = func(_ *smpptest.Conn, bind *smpp.Bind) smpp.Status {
		switch {
		case bind.Password != *b.password.Load():
			return smpp.StatusInvPaswd
		case s.Open() > b.most:
			return smpp.StatusAlyBnd
		}
		b.admitted <- bind.Password
		return smpp.StatusOK
	}
}

// await waits until so many binds bore a password.
func (b *bouncer) await(t *testing.T, password string, times int) {
	t.Helper()
	for times > 0 {
		select {
		case got := <-b.admitted:
			if got == password {
				times--
			}
		case <-time.After(patience):
			t.Fatalf("%d binds with the password are missing", times)
		}
	}
}

// Rule(SendTextMessage): a carrier's password that is changed by a reload loses no text and sends none twice, whether the SMSC allows two sessions or one.
// Proves(bind): through the real server: a password changed by a reload under load loses no text and sends none twice.
func TestPasswordChangesUnderLoad(t *testing.T) {
	for name, c := range map[string]struct{ binds, most int }{
		"several binds":         {3, 3},
		"one bind, two allowed": {1, 2},
		"one bind, one allowed": {1, 1},
	} {
		t.Run(name, func(t *testing.T) {
			taken, door := &peers{times: map[string]int{}}, newBouncer("secret", c.most)
			peer := taken.start(t, door.configure)
			content := "carriers:\n" + line("acme", peer, fmt.Sprint(", binds: ", c.binds)) + "routes: [{ carriers: [acme] }]\n"
			s := runFile(t, content)
			door.await(t, "secret", c.binds)
			l := s.underLoad(4)
			l.more(50)
			changed := "newpass1"
			door.password.Store(&changed)
			t.Setenv("CARRIER_PASSWORD", changed)
			s.applies(content, "[carrier acme binds anew with its changed login]")
			door.await(t, changed, c.binds)
			l.more(50)
			taken.await(t, l.end())
			s.applies(content, "[]")
		})
	}
}

// Proves(bind): a client certificate renewed by a reload binds anew, and a bad one changes nothing.
func TestRenewedCertificateOfACarrierBindsAnewAndABadOneChangesNothing(t *testing.T) {
	taken, door := &peers{times: map[string]int{}}, newBouncer("secret", 10)
	folder := t.TempDir()
	issuer := newAuthority(t)
	issuer.issue(folder, "gateway")
	peer := taken.start(t, door.configure)
	files := fmt.Sprintf(", tls: { cert_file: %q, key_file: %q }", filepath.Join(folder, "tls.pem"), filepath.Join(folder, "tls.key"))
	content := "carriers:\n" + line("acme", peer, files)
	s := runFile(t, content)
	issuer.issue(folder, "renewed")
	s.applies(content, "[carrier acme binds anew with its changed login]")
	s.applies(content, "[]")
	write(t, filepath.Join(folder, "tls.key"), "no key")
	if status, got := s.reload(content); status == http.StatusOK {
		t.Error(got)
	}
}
