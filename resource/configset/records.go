package configset

import (
	"time"

	"heliograph/api"
	"heliograph/resource"
)

// Set is a configuration set: defaults that a message takes when its sender
// names the set.
type Set struct {
	Name            string
	DefaultSenderID string // byte for byte as given
	DefaultType     api.MessageType
	DefaultFeedback *bool         // nil = never set
	Destinations    []Destination // in the order of their creation
	Tags            []resource.Tag
	CreatedAt       time.Time
}

// View is all the configuration sets of a scope at one revision, immutable,
// ordered by creation.
type View struct {
	Scope    resource.Scope
	Revision resource.Revision
	Sets     []Set
}

// Named finds a set by its name.
func (v *View) Named(name string) (Set, bool) {
	for _, s := range v.Sets {
		if s.Name == name {
			return s, true
		}
	}
	return Set{}, false
}
