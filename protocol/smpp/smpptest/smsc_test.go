package smpptest

import (
	"errors"
	"testing"

	"go.uber.org/goleak"

	"heliograph/protocol/smpp"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func dial(t *testing.T, s *SMSC) *smpp.Session {
	t.Helper()
	session, err := smpp.Dial(t.Context(), s.Addr, nil, &smpp.Bind{Mode: smpp.Transceiver, SystemID: "test"}, smpp.Config{})
	if err != nil {
		t.Fatal(err)
	}
	return session
}

func TestSMSCAcceptsByItself(t *testing.T) {
	s := Start(nil)
	defer s.Close()
	session := dial(t, s)
	for _, want := range []string{"1", "2"} {
		if got, err := session.Submit(t.Context(), &smpp.SubmitSM{}); err != nil || got.MessageID != want {
			t.Errorf("%+v, %v", got, err)
		}
	}
	if r := <-s.Requests; r.Header.ID != smpp.CommandBindTransceiver {
		t.Error(r.Header.ID)
	}
	if err := session.Close(t.Context()); err != nil {
		t.Error(err)
	}
	<-s.Closed
	if s.Open() != 0 {
		t.Error("a connection is open")
	}
}

func TestSMSCMisbehavesAsTheScriptSays(t *testing.T) {
	s := Start(func(s *SMSC) {
		s.OnSubmit = func(c *Conn, sequence uint32, m *smpp.SubmitSM) {
			switch string(m.ShortMessage) {
			case "split":
				c.Split(sequence, &smpp.SubmitSMResp{MessageID: "s"})
			case "twice":
				c.Reply(sequence, &smpp.SubmitSMResp{MessageID: "t"})
				c.Reply(sequence, &smpp.SubmitSMResp{MessageID: "t"})
			case "refuse":
				c.Reply(sequence, &smpp.SubmitSMResp{Status: smpp.StatusThrottled})
			case "length":
				c.Raw([]byte{0, 0, 0, 1})
			}
		}
	})
	defer s.Close()
	session := dial(t, s)
	submit := func(text string) error {
		_, err := session.Submit(t.Context(), &smpp.SubmitSM{ShortMessage: []byte(text)})
		return err
	}
	cases := map[string]error{"split": nil, "twice": nil, "refuse": smpp.StatusThrottled}
	for text, want := range cases {
		if err := submit(text); !errors.Is(err, want) {
			t.Errorf("%s: %v", text, err)
		}
	}
	if err := submit("length"); !errors.Is(err, smpp.ErrNoResponse) {
		t.Error(err)
	}
	<-session.Done()
}
