package origination

import (
	"cmp"

	"heliograph/api"
	"heliograph/api/awsjson"
	"heliograph/resource"
)

// Register puts the operations on the server.
func (s *Service) Register(m *awsjson.Mux) {
	turns := cmp.Or(s.Turns, new(resource.Turns))
	awsjson.Handle(m, api.RequestSenderId, resource.InTurn(turns, s.RequestSenderId))
	awsjson.Handle(m, api.DescribeSenderIds, s.DescribeSenderIds)
	awsjson.Handle(m, api.UpdateSenderId, resource.InTurn(turns, s.UpdateSenderId))
	awsjson.Handle(m, api.ReleaseSenderId, resource.InTurn(turns, s.ReleaseSenderId))

	awsjson.Handle(m, api.RequestPhoneNumber, resource.InTurn(turns, s.RequestPhoneNumber))
	awsjson.Handle(m, api.DescribePhoneNumbers, s.DescribePhoneNumbers)
	awsjson.Handle(m, api.UpdatePhoneNumber, resource.InTurn(turns, s.UpdatePhoneNumber))
	awsjson.Handle(m, api.ReleasePhoneNumber, resource.InTurn(turns, s.ReleasePhoneNumber))

	awsjson.Handle(m, api.CreatePool, resource.InTurn(turns, s.CreatePool))
	awsjson.Handle(m, api.DescribePools, s.DescribePools)
	awsjson.Handle(m, api.UpdatePool, resource.InTurn(turns, s.UpdatePool))
	awsjson.Handle(m, api.DeletePool, resource.InTurn(turns, s.DeletePool))
	awsjson.Handle(m, api.AssociateOriginationIdentity, resource.InTurn(turns, s.AssociateOriginationIdentity))
	awsjson.Handle(m, api.DisassociateOriginationIdentity, resource.InTurn(turns, s.DisassociateOriginationIdentity))
	awsjson.Handle(m, api.ListPoolOriginationIdentities, s.ListPoolOriginationIdentities)
}
