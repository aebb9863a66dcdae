package smpp

import (
	"context"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
)

// BenchmarkSubmit is submit_sm and its answer over loopback TCP, both ends in this
// process.
func BenchmarkSubmit(b *testing.B) {
	for _, window := range []int{1, 50, 500} {
		b.Run("window="+strconv.Itoa(window), func(b *testing.B) { benchmarkSubmit(b, window) })
	}
}

func benchmarkSubmit(b *testing.B, window int) {
	var count atomic.Int64
	server := &Server{Config: Config{Handler: HandlerFunc(func(_ context.Context, _ PDU, reply Reply) {
		_ = reply.With(&SubmitSMResp{MessageID: strconv.FormatInt(count.Add(1), 16)})
	})}}
	if err := server.Start(); err != nil {
		b.Fatal(err)
	}
	ctx := context.Background()
	s, err := Dial(ctx, server.Addr().String(), nil, &Bind{Mode: Transceiver, SystemID: "bench"}, Config{Window: window})
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	b.ResetTimer()
	var left atomic.Int64
	left.Store(int64(b.N))
	var callers sync.WaitGroup
	for range window {
		callers.Go(func() {
			m := sampleSubmit()
			for left.Add(-1) >= 0 {
				if _, err := s.Submit(ctx, m); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	callers.Wait()
	b.StopTimer()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "submits/s")
	if err := s.Close(ctx); err != nil {
		b.Error(err)
	}
	if err := server.Stop(ctx); err != nil {
		b.Error(err)
	}
}

func BenchmarkAppendSubmitSM(b *testing.B) {
	m := sampleSubmit()
	var e encoder
	b.ReportAllocs()
	for b.Loop() {
		e.b = e.b[:0]
		if err := e.pdu(1, m); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkDecodeSubmitSM(b *testing.B) {
	frame, err := AppendPDU(nil, 1, sampleSubmit())
	if err != nil {
		b.Fatal(err)
	}
	h, err := ParseHeader(frame)
	if err != nil {
		b.Fatal(err)
	}
	var d decoder
	var m SubmitSM
	b.ReportAllocs()
	for b.Loop() {
		if err := d.pdu(h, frame[HeaderLen:], &m); err != nil {
			b.Fatal(err)
		}
	}
}

func sampleSubmit() *SubmitSM {
	return &SubmitSM{
		Source:             Address{TONAlphanumeric, NPIUnknown, "SENDER"},
		Destination:        Address{TONInternational, NPIISDN, "919812345678"},
		ValidityPeriod:     "000003000000000R",
		RegisteredDelivery: FinalReceipt,
		ShortMessage:       []byte("Your code is 123456. It is valid for five minutes. Do not tell anyone."),
		TLVs:               TLVs{{0x1400, []byte("1101234560000012345")}, {0x1401, []byte("1107161234567890123")}},
	}
}
