package storetest

import (
	"fmt"
	"testing"
	"time"
)

func testQuarantineCountsAndIsBounded(t *testing.T, f *fixture) {
	for i := range 3 {
		times, err := f.Quarantine(t.Context(), "acme", []byte("bad"), "too short", noon.Add(time.Duration(i)*time.Minute))
		must(t, err)
		if times != i+1 {
			t.Errorf("came %d times, want %d", times, i+1)
		}
		if i == 1 {
			f.DB = f.start(t)
		}
	}
	list, err := f.Quarantined(t.Context())
	must(t, err)
	if len(list) != 1 || list[0].Times != 3 || string(list[0].Octets) != "bad" || !list[0].FirstSeen.Equal(noon) || !list[0].LastSeen.Equal(noon.Add(2*time.Minute)) {
		t.Fatalf("%+v", list)
	}
	for i := range 205 {
		_, err := f.Quarantine(t.Context(), "acme", fmt.Append(nil, i), "too short", noon.Add(time.Hour+time.Duration(i)*time.Second))
		must(t, err)
	}
	list, err = f.Quarantined(t.Context())
	must(t, err)
	if len(list) != 200 || string(list[0].Octets) != "204" || string(list[199].Octets) != "5" {
		t.Errorf("%d are kept, from %s to %s", len(list), list[0].Octets, list[len(list)-1].Octets)
	}
}
