package route

import (
	"fmt"

	"heliograph/message"
)

// explainTried puts into words which carriers a message waited for or was
// refused by after it was accepted.
func explainTried(tried []message.Tried) (lines []string) {
	for _, t := range tried {
		line := fmt.Sprintf("Carrier %s %s", t.Carrier, triedInWords(t))
		if t.Times > 1 {
			line += fmt.Sprintf(" (%d times)", t.Times)
		}
		lines = append(lines, line+".")
	}
	return lines
}

func triedInWords(t message.Tried) string {
	switch {
	case t.Code == message.TriedDown:
		return "had no connection: the message went on to another one of the route"
	case t.Code == message.TriedGone:
		return "was taken out of the configuration: the message went on to another one of the route"
	case t.Code == message.TriedInDoubt:
		return "did not answer a part that it may have taken: the part was sent there again and may arrive twice"
	case t.Code == message.TriedMoved:
		return "had the message until the operator gave it to another one"
	case t.Refused:
		return "did not take the message (" + t.Code + "), which another one may: it went on to the next of the route"
	}
	return "had trouble that lasted (" + t.Code + "): the message went on to another one of the route"
}
