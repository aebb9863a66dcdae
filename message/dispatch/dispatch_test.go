package dispatch

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"heliograph/carrier"
	"heliograph/message"
	"heliograph/protocol/gsm"
)

func refusal(f carrier.Failure, code string) error { return &carrier.Error{Failure: f, Code: code} }

// Rule(SendTextMessage): the parts of a text go to the carrier in order and bear one reference.
func TestPartsGoInOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(&network{slots: 4}, 0)
		b.start(t)
		id := b.accept(t, long)
		synctest.Wait()
		seen := b.net.submissions()
		for i, p := range seen {
			header, _, err := gsm.ParseUDH(append(p.Segment.UDH, p.Segment.Data...))
			if err != nil || header.Concat == nil || int(header.Concat.Seq) != i+1 || p.Number != i+1 || p.Total != 3 || p.From != "Shop" {
				t.Errorf("part %d: %+v, %v", i+1, p, err)
			}
		}
		if len(seen) != 3 || b.disk.state(id) != message.Submitted {
			t.Errorf("%d parts, message is %s", len(seen), b.disk.state(id))
		}
		for i, p := range b.disk.parts(id) {
			if p.CarrierMessageID == "" || p.Attempts != 1 {
				t.Errorf("part %d on record: %+v", i+1, p)
			}
		}
		b.stop(t)
	})
}

// Rule(SendTextMessage): a part that the carrier could not take for the moment is tried again, longer apart each time.
// Proves(error): transient: the part is tried again with back-off.
func TestTransientFailureIsTriedAgain(t *testing.T) {
	for _, kind := range []carrier.Failure{carrier.Transient, carrier.InDoubt} {
		synctest.Test(t, func(t *testing.T) {
			left := 4
			b := newBench(&network{answer: func(context.Context, carrier.Part) error {
				if left--; left >= 0 {
					return refusal(kind, "ESME_RSYSERR")
				}
				return nil
			}}, 0)
			b.start(t)
			id := b.accept(t)
			elapse(time.Minute)
			synctest.Wait()
			if p := b.disk.parts(id)[0]; p.State != message.Submitted || p.Attempts != 5 {
				t.Errorf("%s: part is %+v; want it submitted at the fifth attempt", kind, p)
			}
			// About 1 s and 8 s, spread by a quarter and rounded up to a tick.
			first, last := b.net.at[1].Sub(b.net.at[0]), b.net.at[4].Sub(b.net.at[3])
			if first > 2*time.Second || last < 6*time.Second {
				t.Errorf("%s: attempts at %v do not move apart", kind, b.net.at)
			}
			b.stop(t)
		})
	}
}

// Rule(SendTextMessage): a message that was not handed over within its time to live ends TTL_EXPIRED, also while the carrier is down.
// Proves(limit): a message that waits for a carrier that is down ends with its time to live.
func TestTimeToLiveEndsWhileCarrierIsDown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(&network{answer: down}, 2)
		b.start(t)
		inHand := b.accept(t, lives(time.Hour))
		queued := b.accept(t, lives(5*time.Second))
		spilled := b.accept(t, lives(10*time.Second))
		elapse(7 * time.Second)
		synctest.Wait()
		if s := b.disk.state(queued); s != message.Expired {
			t.Errorf("message in the queue is %s after its time", s)
		}
		elapse(2 * time.Minute)
		synctest.Wait()
		if s := b.disk.state(spilled); s != message.Expired {
			t.Errorf("message on disk is %s after its time", s)
		}
		if s := b.disk.state(inHand); s != message.Queued {
			t.Errorf("message with time left is %s", s)
		}
		elapse(time.Hour)
		synctest.Wait()
		if s := b.disk.state(inHand); s != message.Expired {
			t.Errorf("message at the carrier is %s after its time", s)
		}
		b.stop(t)
	})
}

// Proves(error): transient: what fails until its time to live ends is CARRIER_UNREACHABLE.
func TestTransientFailuresUntilTheEndAreTheNetworksFault(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(&network{answer: func(context.Context, carrier.Part) error {
			return refusal(carrier.Transient, "ESME_RSYSERR")
		}}, 0)
		b.start(t)
		id := b.accept(t, lives(time.Minute))
		elapse(62 * time.Second)
		synctest.Wait()
		if p := b.disk.parts(id)[0]; p.State != message.CarrierUnreachable || p.Code != "ESME_RSYSERR" {
			t.Errorf("part ended %+v", p)
		}
		b.stop(t)
	})
}

// Rule(SendTextMessage): a refusal for good ends the message in the state that says why.
// Proves(error): permanent: the message ends at once in the state of the cause, and no later part goes.
func TestPermanentFailureEndsTheMessage(t *testing.T) {
	for kind, want := range map[carrier.Failure]message.State{
		carrier.InvalidNumber:     message.Invalid,
		carrier.SenderRefused:     message.CarrierBlocked,
		carrier.InvalidMessage:    message.InvalidMessage,
		carrier.Rejected:          message.CarrierBlocked,
		carrier.ConfigurationFail: message.Unknown,
	} {
		synctest.Test(t, func(t *testing.T) {
			b := newBench(&network{answer: func(_ context.Context, p carrier.Part) error {
				if p.Number == 2 {
					return refusal(kind, "CODE")
				}
				return nil
			}}, 0)
			b.start(t)
			id := b.accept(t, long)
			synctest.Wait()
			parts := b.disk.parts(id)
			if b.disk.state(id) != want || parts[0].State != message.Submitted || parts[1].Code != "CODE" || parts[2].State != want {
				t.Errorf("%s: message is %s, parts %+v; want %s from the second on", kind, b.disk.state(id), parts, want)
			}
			if n := len(b.net.submissions()); n != 2 {
				t.Errorf("%s: %d submissions; the third part must not go", kind, n)
			}
			b.stop(t)
		})
	}
}

// Rule(SendTextMessage): a sender ID to India without IN_ENTITY_ID and IN_TEMPLATE_ID is accepted and ends INVALID_MESSAGE before it is submitted, with the reason.
func TestIndianSenderIDNeedsBothParameters(t *testing.T) {
	entity, template := map[string]string{"IN_ENTITY_ID": "1"}, map[string]string{"IN_TEMPLATE_ID": "2"}
	both := map[string]string{"IN_ENTITY_ID": "1", "IN_TEMPLATE_ID": "2"}
	for _, c := range []struct {
		parameters map[string]string
		kind       carrier.AddressKind
		want       message.State
		code       string
	}{
		{nil, carrier.Alphanumeric, message.InvalidMessage, codeNoEntity},
		{template, carrier.Alphanumeric, message.InvalidMessage, codeNoEntity},
		{entity, carrier.Alphanumeric, message.InvalidMessage, codeNoTemplate},
		{both, carrier.Alphanumeric, message.Submitted, ""},
		{nil, carrier.LongCode, message.Submitted, ""},
	} {
		synctest.Test(t, func(t *testing.T) {
			b := newBench(&network{}, 0)
			b.start(t)
			id := b.accept(t, func(m *message.Message) { m.Country, m.Parameters, m.Origin.Kind = "IN", c.parameters, c.kind })
			synctest.Wait()
			if p := b.disk.parts(id)[0]; p.State != c.want || p.Code != c.code {
				t.Errorf("%v from %s: %+v; want %s %s", c.parameters, c.kind, p, c.want, c.code)
			}
			b.stop(t)
		})
	}
}

// Proves(receipt): no receipt for 72 hours: the message is UNKNOWN.
func TestMessageWithoutReceiptEndsUnknownAfter72Hours(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(&network{}, 0)
		b.start(t)
		id := b.accept(t)
		elapse(72*time.Hour - time.Minute)
		synctest.Wait()
		if s := b.disk.state(id); s != message.Submitted {
			t.Errorf("message is %s before 72 hours", s)
		}
		elapse(3 * time.Minute)
		synctest.Wait()
		if s := b.disk.state(id); s != message.Unknown {
			t.Errorf("message is %s after 72 hours", s)
		}
		if len(b.disk.purged) == 0 {
			t.Error("no receipts were forgotten")
		}
		b.stop(t)
	})
}
