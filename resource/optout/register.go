package optout

import (
	"cmp"

	"heliograph/api"
	"heliograph/api/awsjson"
	"heliograph/resource"
)

// Register puts the operations on the server.
func (s *Service) Register(m *awsjson.Mux) {
	turns := cmp.Or(s.Turns, new(resource.Turns))
	awsjson.Handle(m, api.CreateOptOutList, resource.InTurn(turns, s.CreateOptOutList))
	awsjson.Handle(m, api.DescribeOptOutLists, s.DescribeOptOutLists)
	awsjson.Handle(m, api.DeleteOptOutList, resource.InTurn(turns, s.DeleteOptOutList))
	awsjson.Handle(m, api.PutOptedOutNumber, s.PutOptedOutNumber)
	awsjson.Handle(m, api.DescribeOptedOutNumbers, s.DescribeOptedOutNumbers)
	awsjson.Handle(m, api.DeleteOptedOutNumber, s.DeleteOptedOutNumber)
}
