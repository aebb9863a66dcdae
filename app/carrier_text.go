package app

import (
	"heliograph/carrier/smsc"
	"heliograph/config"
)

// carrierText is how a carrier takes texts.
func carrierText(c config.Carrier) smsc.Text {
	text := smsc.Text{}
	if c.Reference == 16 {
		text.Concatenation = smsc.ConcatenationUDH16
	}
	return text
}
