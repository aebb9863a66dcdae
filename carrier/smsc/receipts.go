package smsc

// Receipts is what a carrier's delivery receipts are like. The zero value is an
// SMSC by the book: receipts are asked for with every part and marked as such.
type Receipts struct {
	// None is for a carrier that gives no receipts: registered_delivery is 0
	// (SMPP 3.4 §5.2.17), and a part's road ends with its response.
	None bool
}
