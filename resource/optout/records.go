package optout

import (
	"time"

	"heliograph/resource"
)

// List is an opt-out list.
type List struct {
	Name      string
	Tags      []resource.Tag
	CreatedAt time.Time
}

// View is what a scope holds at one revision, immutable: the lists that were
// made there, ordered by creation, and the tags of Default, which nobody made.
type View struct {
	Scope       resource.Scope
	Revision    resource.Revision
	Lists       []List
	DefaultTags []resource.Tag
}

// Count is how many lists the scope has, Default among them.
func (v *View) Count() int { return 1 + len(v.Lists) }
