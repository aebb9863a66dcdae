package app

import (
	"regexp"
	"time"

	"heliograph/carrier/smsc"
	"heliograph/config"
	"heliograph/protocol/smpp"
)

// receipts sets what a carrier's receipts and message ids are like.
func (a *App) receipts(settings *smsc.Settings, c config.Carrier) {
	settings.Quarantine = a.store
	if c.Type == config.Simulator {
		settings.IDs = smsc.IDSame // our own centre has nothing to teach
	} else {
		settings.Memory = a.store
	}
	if c.Receipts != nil {
		settings.Receipts = receiptsOf(c.Receipts)
	}
	if c.TextReceipts {
		settings.Receipts.Detection = smsc.DetectText
	}
}

// receiptsOf is what the file says of a carrier's receipts. Zone and pattern were
// checked with the file.
func receiptsOf(r *config.Receipts) smsc.Receipts {
	settings := smsc.Receipts{
		None: !r.Expected, Detection: smsc.Detection(r.Detection), PerMessage: r.Per == "message",
		AcceptedIsFinal: r.Acceptd == "final_success", Errors: map[string]string{},
		NetworkTLV: smpp.Tag(r.NetworkTLV),
	}
	for code, state := range r.Errors {
		settings.Errors[smsc.ErrorKey(code)] = state
	}
	if r.Pattern != "" {
		settings.Pattern = regexp.MustCompile(r.Pattern)
	}
	if zone, err := time.LoadLocation(r.Timezone); err == nil {
		settings.Zone = zone
	}
	return settings
}
