package fault_test

import (
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"pgregory.net/rapid"

	"heliograph/api"
	"heliograph/api/fault"
	"heliograph/api/model"
)

const (
	shop = "111122223333"
	bank = "444455556666"
)

func throttle(operation string, count int) fault.Fault {
	return fault.Fault{Operation: operation, Exception: api.ThrottlingException, Count: count}
}

func TestSetRefusesWhatNoCallCanMeet(t *testing.T) {
	good := throttle("SendTextMessage", 1)
	with := func(change func(*fault.Fault)) fault.Fault {
		f := good
		change(&f)
		return f
	}
	cases := map[string]struct {
		fault fault.Fault
		want  string
	}{
		"unknown operation":      {with(func(f *fault.Fault) { f.Operation = "SendFax" }), `operation "SendFax" is none of the API's`},
		"undeclared exception":   {fault.Fault{Operation: "DescribePools", Exception: api.ConflictException, Count: 1}, "DescribePools does not declare exception"},
		"exception of protocol":  {with(func(f *fault.Fault) { f.Exception = api.SerializationException }), "does not declare"},
		"reason of another":      {fault.Fault{Operation: "DeletePool", Exception: api.ConflictException, Reason: "INVALID_ARN", Count: 1}, `reason "INVALID_ARN" is none of ConflictException's`},
		"reason where none is":   {with(func(f *fault.Fault) { f.Reason = "OTHER" }), "none of ThrottlingException's"},
		"resource where none is": {with(func(f *fault.Fault) { f.ResourceID = "x" }), "names no resource"},
		"unknown resource type": {fault.Fault{Operation: "DeletePool", Exception: api.ResourceNotFoundException, ResourceType: "fax", Count: 1},
			`resourceType "fax" is none of the API's`},
		"no count":                 {with(func(f *fault.Fault) { f.Count = 0 }), "count 0 is not between 1 and 1000000"},
		"negative count":           {with(func(f *fault.Fault) { f.Count = -1 }), "count -1"},
		"count too large":          {with(func(f *fault.Fault) { f.Count = fault.MaxCount + 1 }), "count 1000001"},
		"negative delay":           {with(func(f *fault.Fault) { f.Delay = -1 }), "delay -1ns"},
		"delay too long":           {with(func(f *fault.Fault) { f.Delay = time.Minute + 1 }), "is not between 0s and 1m0s"},
		"unknown cut":              {with(func(f *fault.Fault) { f.Exception, f.Cut = "", "during" }), `cut "during" is neither`},
		"cut with an exception":    {with(func(f *fault.Fault) { f.Cut = fault.CutAfter }), "gets no exception"},
		"nothing":                  {with(func(f *fault.Fault) { f.Exception = "" }), "needs an exception, a delay or a cut"},
		"reason without exception": {fault.Fault{Operation: "DeletePool", Reason: "OTHER", Cut: fault.CutAfter, Count: 1}, "without an exception"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			b := fault.NewBook()
			if err := b.Set(shop, []fault.Fault{good}); err != nil {
				t.Fatal(err)
			}
			err := b.Set(shop, []fault.Fault{good, c.fault})
			if err == nil || !strings.HasPrefix(err.Error(), "faults[1]: ") || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v", err)
			}
			if left := b.Get(shop); len(left) != 1 {
				t.Errorf("a wrong list replaced the faults: %v", left)
			}
		})
	}
	if err := fault.NewBook().Set(shop, make([]fault.Fault, fault.MaxFaults+1)); err == nil || !strings.Contains(err.Error(), "at most 1000") {
		t.Errorf("got %v", err)
	}
}

func TestNextTakesTheFirstOfTheOperation(t *testing.T) {
	b := fault.NewBook()
	list := []fault.Fault{throttle("SendTextMessage", 2), {Operation: "SendTextMessage", Cut: fault.CutAfter, Count: 1}, throttle("DeletePool", 1)}
	if err := b.Set(shop, list); err != nil {
		t.Fatal(err)
	}
	var met []string
	for _, operation := range []string{"SendTextMessage", "DescribePools", "SendTextMessage", "SendTextMessage", "DeletePool", "SendTextMessage", "DeletePool"} {
		f, ok := b.Next(shop, operation)
		met = append(met, fmt.Sprint(ok, f.Exception, f.Cut, f.Count))
	}
	want := []string{"true ThrottlingException 1", "false 0", "true ThrottlingException 0", "true after 0", "true ThrottlingException 0", "false 0", "false 0"}
	for i := range want {
		if strings.Join(strings.Fields(met[i]), "") != strings.ReplaceAll(want[i], " ", "") {
			t.Errorf("call %d met %q, want %q", i, met[i], want[i])
		}
	}
}

func TestListsOfCallersAreNotTheBooks(t *testing.T) {
	b, list := fault.NewBook(), []fault.Fault{throttle("DeletePool", 2)}
	if err := b.Set(shop, list); err != nil {
		t.Fatal(err)
	}
	list[0].Count = 7
	got := b.Get(shop)
	got[0].Count = 9
	if left := b.Get(shop); left[0].Count != 2 {
		t.Errorf("%+v", left)
	}
}

// TestEachCountIsMetOnceByCallersAtTheSameTime: a fault of n calls is met n
// times, whoever calls.
func TestEachCountIsMetOnceByCallersAtTheSameTime(t *testing.T) {
	b := fault.NewBook()
	if err := b.Set(shop, []fault.Fault{throttle("DeletePool", 100)}); err != nil {
		t.Fatal(err)
	}
	var met atomic.Int32
	var callers sync.WaitGroup
	for range 8 {
		callers.Go(func() {
			for range 50 {
				if _, ok := b.Next(shop, "DeletePool"); ok {
					met.Add(1)
				}
			}
		})
	}
	callers.Wait()
	if met.Load() != 100 || len(b.Get(shop)) != 0 {
		t.Errorf("%d calls met it, %v is left", met.Load(), b.Get(shop))
	}
}

// TestAccountsFaultsAreTheirOwn plays any course of calls beside a plain
// account of what is due: counts never fall below one while a fault is kept,
// and no account meets another's.
func TestAccountsFaultsAreTheirOwn(t *testing.T) {
	operations := []string{"SendTextMessage", "DeletePool", "DescribePools"}
	rapid.Check(t, func(t *rapid.T) {
		b := fault.NewBook()
		due := map[string][]fault.Fault{}
		for range rapid.IntRange(1, 60).Draw(t, "steps") {
			account := rapid.SampledFrom([]string{shop, bank}).Draw(t, "account")
			if rapid.IntRange(0, 5).Draw(t, "set") == 0 {
				list := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) fault.Fault {
					f := throttle(rapid.SampledFrom(operations).Draw(t, "operation"), rapid.IntRange(1, 3).Draw(t, "count"))
					f.Delay = time.Duration(rapid.IntRange(0, 60).Draw(t, "delay")) * time.Second
					return f
				}), 0, 4).Draw(t, "faults")
				if err := b.Set(account, list); err != nil {
					t.Fatal(err)
				}
				due[account] = spread(list)
			} else {
				operation := rapid.SampledFrom(operations).Draw(t, "call")
				want, rest, isDue := take(due[account], operation)
				due[account] = rest
				if got, ok := b.Next(account, operation); ok != isDue || ok && got.Delay != want.Delay {
					t.Fatalf("%s of %s met %+v %t, want %+v %t", operation, account, got, ok, want, isDue)
				}
			}
			for _, who := range []string{shop, bank} {
				left := 0
				for _, f := range b.Get(who) {
					if f.Count < 1 {
						t.Fatalf("%+v is kept", f)
					}
					left += f.Count
				}
				if left != len(due[who]) {
					t.Fatalf("%s has %d calls left, want %d", who, left, len(due[who]))
				}
			}
		}
	})
}

// spread writes a fault of n calls n times.
func spread(list []fault.Fault) (calls []fault.Fault) {
	for _, f := range list {
		for range f.Count {
			calls = append(calls, f)
		}
	}
	return calls
}

func take(due []fault.Fault, operation string) (met fault.Fault, rest []fault.Fault, ok bool) {
	for _, f := range due {
		if !ok && f.Operation == operation {
			met, ok = f, true
			continue
		}
		rest = append(rest, f)
	}
	return met, rest, ok
}

// TestWhatIsLeftOutIsFilledInForEveryOperation: a fault that only names an
// exception has a reason and a resource of the model where the exception bears
// them.
func TestWhatIsLeftOutIsFilledInForEveryOperation(t *testing.T) {
	m, err := model.Load()
	if err != nil {
		t.Fatal(err)
	}
	b := fault.NewBook()
	for _, op := range m.Operations {
		for _, exception := range op.Errors {
			if err := b.Set(shop, []fault.Fault{{Operation: op.Name, Exception: exception, Count: 1}}); err != nil {
				t.Fatal(err)
			}
			f := b.Get(shop)[0]
			reasoned := exception == api.ConflictException || exception == api.ValidationException || exception == api.ServiceQuotaExceededException
			located := exception == api.ConflictException || exception == api.ResourceNotFoundException
			if (f.Reason != "") != reasoned || (f.ResourceType != "") != located || (f.ResourceID != "") != located {
				t.Errorf("%s %s: %+v", op.Name, exception, f)
			}
		}
	}
}
