package configset

import (
	"heliograph/api"
	"heliograph/api/awsjson"
	"heliograph/resource"
)

// Register puts the operations on the server.
func (s *Service) Register(m *awsjson.Mux) {
	awsjson.Handle(m, api.CreateConfigurationSet, resource.InTurn(&s.turns, s.CreateConfigurationSet))
	awsjson.Handle(m, api.DescribeConfigurationSets, s.DescribeConfigurationSets)
	awsjson.Handle(m, api.DeleteConfigurationSet, resource.InTurn(&s.turns, s.DeleteConfigurationSet))
	awsjson.Handle(m, api.SetDefaultSenderId, resource.InTurn(&s.turns, s.SetDefaultSenderId))
	awsjson.Handle(m, api.DeleteDefaultSenderId, resource.InTurn(&s.turns, s.DeleteDefaultSenderId))
	awsjson.Handle(m, api.SetDefaultMessageType, resource.InTurn(&s.turns, s.SetDefaultMessageType))
	awsjson.Handle(m, api.DeleteDefaultMessageType, resource.InTurn(&s.turns, s.DeleteDefaultMessageType))
	awsjson.Handle(m, api.SetDefaultMessageFeedbackEnabled, resource.InTurn(&s.turns, s.SetDefaultMessageFeedbackEnabled))
}
