package keyword

import (
	"cmp"

	"heliograph/api"
	"heliograph/api/awsjson"
	"heliograph/resource"
)

// Register puts the operations on the server.
func (s *Service) Register(m *awsjson.Mux) {
	turns := cmp.Or(s.Turns, new(resource.Turns))
	awsjson.Handle(m, api.PutKeyword, resource.InTurn(turns, s.PutKeyword))
	awsjson.Handle(m, api.DescribeKeywords, s.DescribeKeywords)
	awsjson.Handle(m, api.DeleteKeyword, resource.InTurn(turns, s.DeleteKeyword))
}
