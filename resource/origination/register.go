package origination

import (
	"heliograph/api"
	"heliograph/api/awsjson"
	"heliograph/resource"
)

// Register puts the operations on the server.
func (s *Service) Register(m *awsjson.Mux) {
	awsjson.Handle(m, api.RequestSenderId, resource.InTurn(&s.turns, s.RequestSenderId))
	awsjson.Handle(m, api.DescribeSenderIds, s.DescribeSenderIds)
	awsjson.Handle(m, api.UpdateSenderId, resource.InTurn(&s.turns, s.UpdateSenderId))
	awsjson.Handle(m, api.ReleaseSenderId, resource.InTurn(&s.turns, s.ReleaseSenderId))

	awsjson.Handle(m, api.RequestPhoneNumber, resource.InTurn(&s.turns, s.RequestPhoneNumber))
	awsjson.Handle(m, api.DescribePhoneNumbers, s.DescribePhoneNumbers)
	awsjson.Handle(m, api.UpdatePhoneNumber, resource.InTurn(&s.turns, s.UpdatePhoneNumber))
	awsjson.Handle(m, api.ReleasePhoneNumber, resource.InTurn(&s.turns, s.ReleasePhoneNumber))

	awsjson.Handle(m, api.CreatePool, resource.InTurn(&s.turns, s.CreatePool))
	awsjson.Handle(m, api.DescribePools, s.DescribePools)
	awsjson.Handle(m, api.UpdatePool, resource.InTurn(&s.turns, s.UpdatePool))
	awsjson.Handle(m, api.DeletePool, resource.InTurn(&s.turns, s.DeletePool))
	awsjson.Handle(m, api.AssociateOriginationIdentity, resource.InTurn(&s.turns, s.AssociateOriginationIdentity))
	awsjson.Handle(m, api.DisassociateOriginationIdentity, resource.InTurn(&s.turns, s.DisassociateOriginationIdentity))
	awsjson.Handle(m, api.ListPoolOriginationIdentities, s.ListPoolOriginationIdentities)
}
