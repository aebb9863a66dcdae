package app

import (
	"testing"
	"time"

	"heliograph/config"
	"heliograph/store"
)

// TestWhatIsKeptIsOfTheFile has the janitor keep texts and opt-ins as long as the
// file says, and texts for 30 days where it does not.
func TestWhatIsKeptIsOfTheFile(t *testing.T) {
	file := config.Default()
	s := run(t, t.TempDir(), file, nil)
	if got, want := s.kept(), (store.Kept{Texts: 30 * 24 * time.Hour, OptIns: 30 * 24 * time.Hour}); got != want {
		t.Errorf("kept %v, want %v", got, want)
	}
	s.stop()
	file.Inbound.Keep, file.Limits.OptInDays = config.Duration(48*time.Hour), 3
	s = run(t, t.TempDir(), file, nil)
	if got, want := s.kept(), (store.Kept{Texts: 48 * time.Hour, OptIns: 72 * time.Hour}); got != want {
		t.Errorf("kept %v, want %v", got, want)
	}
}
