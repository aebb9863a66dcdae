package accept

import "testing"

func TestReferencesOfOnePairDoNotRepeat(t *testing.T) {
	r := &references{}
	for range 10 { // wherever the counter starts
		seen := map[uint8]bool{}
		for range 255 {
			octet := uint8(r.next("SENDER", "+919876543210"))
			if octet == 0 || seen[octet] {
				t.Fatalf("octet %d came twice among 255, or is zero", octet)
			}
			seen[octet] = true
		}
	}
}

func TestReferencesOfOtherPairsAreTheirOwn(t *testing.T) {
	r := &references{}
	same := 0
	for i := range 200 {
		if uint8(r.next("SENDER", "+9198765432"+string(rune('a'+i)))) == uint8(r.next("OTHER", "+3361234567"+string(rune('a'+i)))) {
			same++
		}
	}
	if same > 20 {
		t.Errorf("%d of 200 pairs began with the same reference", same)
	}
}
