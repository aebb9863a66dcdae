package pool

// Differs(all): things are kept for a day | here.

// Register does.
//
// Differs(ListThings, CreateThing): a difference that is longer than a line
// goes on until the full stop.
func Register(m *awsjson.Mux, s *Service) {
	awsjson.Handle(m, api.CreateThing, s.CreateThing)
}
