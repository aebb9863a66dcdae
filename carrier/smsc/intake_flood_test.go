package smsc

import (
	"context"
	"strconv"
	"testing"
	"testing/synctest"
	"time"

	"heliograph/carrier"
	"heliograph/protocol/smpp"
	"heliograph/protocol/smpp/smpptest"
)

// stuck takes nothing until it is let go.
type stuck struct {
	*kept
	ready chan struct{}
}

func (s stuck) Receipt(context.Context, carrier.Receipt) error {
	<-s.ready
	return nil
}

// Receipts that nothing can be done with hold up neither the answers to parts nor
// the session: what there is no room for is refused, and comes again.
// Proves(receipt): intake is bounded: a store that hangs starves no submit and costs no session; what there is no room for comes again.
func TestStoreThatHangsLeavesSubmitsAndTheSessionAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const flood = 5000
		log := &recorder{}
		smsc := smpptest.New(nil)
		reports := stuck{newKept(), make(chan struct{})}
		r := &rig{New(Settings{Name: "acme", SystemID: "us", Password: "secret", Dial: smsc.Dial, Log: log.logger()}, reports), smsc, nil}
		if err := r.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		c := <-smsc.Binds
		over := make(chan struct{})
		go func() {
			defer close(over)
			for n := range flood {
				c.Send(receiptText("id:" + strconv.Itoa(n) + " stat:DELIVRD"))
			}
		}()
		<-time.After(time.Second) // every lane is full
		began := time.Now()
		for range 3 {
			r.submit(t, part())
		}
		if took := time.Since(began); took > 30*time.Second {
			t.Errorf("three parts took %v", took)
		}
		<-time.After(10 * time.Minute)
		if r.Bound() != 1 || len(smsc.Binds) != 0 {
			t.Error("the session was given up")
		}
		if n := log.count("some is refused"); n == 0 || n > 11 {
			t.Errorf("the log heard of it %d times", n)
		}
		close(reports.ready)
		<-over
		if err := r.Stop(context.Background()); err != nil {
			t.Error(err)
		}
		smsc.Close()
	})
}

// An SMSC all of whose receipts are malformed, each in its own way, is told of once
// a minute too.
// Proves(receipt): malformed deliveries without end are told once a minute.
func TestMalformedDeliveriesAreToldNowAndThen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log := &recorder{}
		r := start(t, Settings{Quarantine: &ward{times: map[string]int{}}, Log: log.logger()}, nil)
		c := <-r.smsc.Binds
		for n := range byte(100) {
			pdu := garbled(n)
			pdu[19] = 'a' + n%26
			pdu[23] = 'a' + n/26
			c.Raw(pdu)
			received[*smpp.DeliverSMResp](r)
		}
		if n := log.count("cannot be read"); n != 1 {
			t.Errorf("told %d times", n)
		}
	})
}

// A full disk is told once a minute, not once a receipt.
// Proves(receipt): a full disk is told once a minute.
func TestStoreThatFailsIsToldNowAndThen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log := &recorder{}
		r := start(t, Settings{Log: log.logger()}, nil)
		r.kept.fail = errDisk
		c := <-r.smsc.Binds
		for range 500 {
			if status := answerTo(r, c, receiptText("id:7 stat:DELIVRD")); status != smpp.StatusXTAppn {
				t.Fatal(status)
			}
		}
		if n := log.count("cannot be kept"); n != 1 {
			t.Errorf("told %d times", n)
		}
		pause(time.Minute)
		if status := answerTo(r, c, receiptText("id:7 stat:DELIVRD")); status != smpp.StatusXTAppn {
			t.Error(status)
		}
		if n := log.count("cannot be kept"); n != 2 {
			t.Errorf("a minute later told %d times", n)
		}
	})
}
