package origination

import (
	"heliograph/api"
	"heliograph/api/awsjson"
)

// Register puts the operations on the server.
func (s *Service) Register(m *awsjson.Mux) {
	awsjson.Handle(m, api.RequestSenderId, s.RequestSenderId)
	awsjson.Handle(m, api.DescribeSenderIds, s.DescribeSenderIds)
	awsjson.Handle(m, api.UpdateSenderId, s.UpdateSenderId)
	awsjson.Handle(m, api.ReleaseSenderId, s.ReleaseSenderId)

	awsjson.Handle(m, api.RequestPhoneNumber, s.RequestPhoneNumber)
	awsjson.Handle(m, api.DescribePhoneNumbers, s.DescribePhoneNumbers)
	awsjson.Handle(m, api.UpdatePhoneNumber, s.UpdatePhoneNumber)
	awsjson.Handle(m, api.ReleasePhoneNumber, s.ReleasePhoneNumber)

	awsjson.Handle(m, api.CreatePool, s.CreatePool)
	awsjson.Handle(m, api.DescribePools, s.DescribePools)
	awsjson.Handle(m, api.UpdatePool, s.UpdatePool)
	awsjson.Handle(m, api.DeletePool, s.DeletePool)
	awsjson.Handle(m, api.AssociateOriginationIdentity, s.AssociateOriginationIdentity)
	awsjson.Handle(m, api.DisassociateOriginationIdentity, s.DisassociateOriginationIdentity)
	awsjson.Handle(m, api.ListPoolOriginationIdentities, s.ListPoolOriginationIdentities)
}
