package pool

// TestThing proves two rules.
//
// Rule(CreateThing, ListThings): a thing has one name | one tag.
// Rule(CreateThing): a rule that is longer than a line
// goes on until the full stop.
func TestThing(t *testing.T) {}
