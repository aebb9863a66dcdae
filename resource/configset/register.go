package configset

import (
	"cmp"

	"heliograph/api"
	"heliograph/api/awsjson"
	"heliograph/resource"
)

// Register puts the operations on the server.
func (s *Service) Register(m *awsjson.Mux) {
	turns := cmp.Or(s.Turns, new(resource.Turns))
	awsjson.Handle(m, api.CreateConfigurationSet, resource.InTurn(turns, s.CreateConfigurationSet))
	awsjson.Handle(m, api.DescribeConfigurationSets, s.DescribeConfigurationSets)
	awsjson.Handle(m, api.DeleteConfigurationSet, resource.InTurn(turns, s.DeleteConfigurationSet))
	awsjson.Handle(m, api.CreateEventDestination, resource.InTurn(turns, s.CreateEventDestination))
	awsjson.Handle(m, api.UpdateEventDestination, resource.InTurn(turns, s.UpdateEventDestination))
	awsjson.Handle(m, api.DeleteEventDestination, resource.InTurn(turns, s.DeleteEventDestination))
	awsjson.Handle(m, api.SetDefaultSenderId, resource.InTurn(turns, s.SetDefaultSenderId))
	awsjson.Handle(m, api.DeleteDefaultSenderId, resource.InTurn(turns, s.DeleteDefaultSenderId))
	awsjson.Handle(m, api.SetDefaultMessageType, resource.InTurn(turns, s.SetDefaultMessageType))
	awsjson.Handle(m, api.DeleteDefaultMessageType, resource.InTurn(turns, s.DeleteDefaultMessageType))
	awsjson.Handle(m, api.SetDefaultMessageFeedbackEnabled, resource.InTurn(turns, s.SetDefaultMessageFeedbackEnabled))
}
