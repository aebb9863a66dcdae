package configset

import (
	"heliograph/api"
	"heliograph/api/awsjson"
)

// Register puts the operations on the server.
func (s *Service) Register(m *awsjson.Mux) {
	awsjson.Handle(m, api.CreateConfigurationSet, s.CreateConfigurationSet)
	awsjson.Handle(m, api.DescribeConfigurationSets, s.DescribeConfigurationSets)
	awsjson.Handle(m, api.DeleteConfigurationSet, s.DeleteConfigurationSet)
	awsjson.Handle(m, api.SetDefaultSenderId, s.SetDefaultSenderId)
	awsjson.Handle(m, api.DeleteDefaultSenderId, s.DeleteDefaultSenderId)
	awsjson.Handle(m, api.SetDefaultMessageType, s.SetDefaultMessageType)
	awsjson.Handle(m, api.DeleteDefaultMessageType, s.DeleteDefaultMessageType)
	awsjson.Handle(m, api.SetDefaultMessageFeedbackEnabled, s.SetDefaultMessageFeedbackEnabled)
}
