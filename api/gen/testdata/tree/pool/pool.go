package pool

func Register(m *awsjson.Mux, s *Service) {
	awsjson.Handle(m, api.CreateThing, s.CreateThing)
}
