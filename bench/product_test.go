package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"heliograph/config"
	"heliograph/protocol/smpp"
)

// runStandIn is a gateway that forgets everything: it proves how the product's
// side starts, calls and stops the program, not how fast anything is.
func runStandIn(args []string) error {
	flags := flag.NewFlagSet("serve", flag.ContinueOnError)
	file := flags.String("config", "", "")
	for _, name := range []string{"data", "listen", "console-listen"} {
		flags.String(name, "", "")
	}
	if err := flags.Parse(args); err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	settings, err := config.Load(*file)
	if err != nil {
		return err
	}
	carrier := settings.Carriers[0]
	session, err := smpp.Dial(ctx, carrier.Address, nil,
		&smpp.Bind{Mode: smpp.Transceiver, SystemID: carrier.SystemID, Password: carrier.Password.Reveal()},
		smpp.Config{Window: carrier.Window, Handler: smpp.HandlerFunc(func(_ context.Context, _ smpp.PDU, reply smpp.Reply) { reply.OK() })})
	if err != nil {
		return err
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		message := struct{ DestinationPhoneNumber, OriginationIdentity, MessageBody string }{}
		if err := json.NewDecoder(r.Body).Decode(&message); err != nil || r.Header.Get("X-Amz-Target") != target {
			http.Error(w, "bad request", http.StatusBadRequest)
			return
		}
		if _, err := session.Submit(r.Context(), &smpp.SubmitSM{
			Source:       smpp.Address{TON: smpp.TONAlphanumeric, Addr: message.OriginationIdentity},
			Destination:  smpp.Address{TON: smpp.TONInternational, NPI: smpp.NPIISDN, Addr: strings.TrimPrefix(message.DestinationPhoneNumber, "+")},
			ShortMessage: []byte(message.MessageBody),
		}); err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		fmt.Fprint(w, `{"MessageId":"x"}`)
	}))
	defer server.Close()
	fmt.Printf("API      %s\nConsole  http://127.0.0.1:1\n", server.URL)
	<-ctx.Done()
	return session.Close(context.Background())
}

func TestProductIsStartedDrivenAndStopped(t *testing.T) {
	own, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	s := settings{binary: own, dir: t.TempDir(), rounds: 2, messages: 100, callers: 4, binds: 2, window: 4, patience: time.Minute}
	got, err := compare(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	if len(got.product) != 2 || len(got.limit) != 2 {
		t.Fatalf("%d and %d rounds, want 2 and 2", len(got.product), len(got.limit))
	}
	for i, r := range got.product {
		if r.rate <= 0 || r.p50 <= 0 || r.duplicates != 0 || r.refused != 0 {
			t.Errorf("round %d: %+v", i, r)
		}
	}
}

func TestFailedStartShowsWhatTheGatewaySaid(t *testing.T) {
	own, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	const nobody = "127.0.0.1:1" // tcpmux: nothing listens there
	_, err = startProduct(t.Context(), settings{binary: own, binds: 1, window: 1}, t.TempDir(), nobody)
	if err == nil || !strings.Contains(err.Error(), "ended before it was ready") || !strings.Contains(err.Error(), "refused") {
		t.Errorf("error %v", err)
	}
}

func TestConfigurationIsOneThatTheGatewayAccepts(t *testing.T) {
	t.Setenv("BENCH_SMSC_PASSWORD", "bench")
	file := filepath.Join(t.TempDir(), "heliograph.yaml")
	if err := os.WriteFile(file, []byte(configuration(settings{binds: 3, window: 70}, "127.0.0.1:2775")), 0o600); err != nil {
		t.Fatal(err)
	}
	got, err := config.Load(file)
	if err != nil {
		t.Fatal(err)
	}
	c := got.Carriers[0]
	if len(got.Carriers) != 1 || c.Type != config.SMPP || c.Address != "127.0.0.1:2775" || c.Binds != 3 || c.Window != 70 {
		t.Errorf("carriers %+v", got.Carriers)
	}
}
