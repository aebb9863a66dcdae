package main

// Both sides send the same message: a text of one part from a sender ID that
// nobody owns, to France, where sender IDs need no registration.
const (
	senderID    = "BENCH"
	messageText = "Your order is on its way and arrives today between 4 and 6 pm."
	// numberPrefix and seven digits make a French mobile number, without the plus
	// sign as SMPP has it.
	numberPrefix = "3361"
	numberDigits = 7
)

// putDigits writes the last len(b) decimal digits of n.
func putDigits(b []byte, n int) {
	for i := len(b) - 1; i >= 0; i-- {
		b[i] = byte('0' + n%10)
		n /= 10
	}
}

// appendNumber appends the n-th destination.
func appendNumber(b []byte, n int) []byte {
	b = append(b, numberPrefix...)
	b = append(b, make([]byte, numberDigits)...)
	putDigits(b[len(b)-numberDigits:], n)
	return b
}
