package origination

import (
	"heliograph/api"
	"heliograph/resource"
)

func (v *View) senderInformation(id SenderID) api.SenderIdInformation {
	return api.SenderIdInformation{
		SenderIdArn: v.senderARN(id.Key()), SenderId: id.Text, IsoCountryCode: id.ISOCountryCode,
		MessageTypes: id.MessageTypes, MonthlyLeasingPrice: senderPrice,
		DeletionProtectionEnabled: id.DeletionProtection, Registered: id.Registered, RegistrationId: id.RegistrationID,
	}
}

func (v *View) requested(id SenderID) *api.RequestSenderIdOutput {
	i := v.senderInformation(id)
	return &api.RequestSenderIdOutput{
		SenderIdArn: i.SenderIdArn, SenderId: i.SenderId, IsoCountryCode: i.IsoCountryCode, MessageTypes: i.MessageTypes,
		MonthlyLeasingPrice: i.MonthlyLeasingPrice, DeletionProtectionEnabled: i.DeletionProtectionEnabled,
		Registered: i.Registered, Tags: resource.TagsOut(id.Tags),
	}
}

func (v *View) senderUpdated(id SenderID) *api.UpdateSenderIdOutput {
	i := v.senderInformation(id)
	return &api.UpdateSenderIdOutput{
		SenderIdArn: i.SenderIdArn, SenderId: i.SenderId, IsoCountryCode: i.IsoCountryCode, MessageTypes: i.MessageTypes,
		MonthlyLeasingPrice: i.MonthlyLeasingPrice, DeletionProtectionEnabled: i.DeletionProtectionEnabled,
		Registered: i.Registered, RegistrationId: i.RegistrationId,
	}
}

func (v *View) senderReleased(id SenderID) *api.ReleaseSenderIdOutput {
	i := v.senderInformation(id)
	return &api.ReleaseSenderIdOutput{
		SenderIdArn: i.SenderIdArn, SenderId: i.SenderId, IsoCountryCode: i.IsoCountryCode, MessageTypes: i.MessageTypes,
		MonthlyLeasingPrice: i.MonthlyLeasingPrice, Registered: i.Registered, RegistrationId: i.RegistrationId,
	}
}

func (v *View) numberInformation(n PhoneNumber) api.PhoneNumberInformation {
	arn, role := n.Settings.channel()
	return api.PhoneNumberInformation{
		PhoneNumberArn: v.numberARN(n.ID), PhoneNumberId: n.ID, PhoneNumber: n.Number, Status: n.Status,
		IsoCountryCode: n.ISOCountryCode, MessageType: n.MessageType, NumberCapabilities: n.Capabilities,
		NumberType: n.Type, MonthlyLeasingPrice: n.MonthlyPrice,
		TwoWayEnabled: n.Settings.TwoWay, TwoWayChannelArn: arn, TwoWayChannelRole: role,
		SelfManagedOptOutsEnabled: n.Settings.SelfManagedOptOut, OptOutListName: n.Settings.OptOutList,
		InternationalSendingEnabled: n.International, DeletionProtectionEnabled: n.DeletionProtection,
		PoolId: n.PoolID, RegistrationId: n.RegistrationID, CreatedTimestamp: api.At(n.CreatedAt),
	}
}

func (v *View) numberRequested(n PhoneNumber) *api.RequestPhoneNumberOutput {
	i := v.numberInformation(n)
	return &api.RequestPhoneNumberOutput{
		PhoneNumberArn: i.PhoneNumberArn, PhoneNumberId: i.PhoneNumberId, PhoneNumber: i.PhoneNumber, Status: i.Status,
		IsoCountryCode: i.IsoCountryCode, MessageType: i.MessageType, NumberCapabilities: i.NumberCapabilities,
		NumberType: api.RequestableNumberType(i.NumberType), MonthlyLeasingPrice: i.MonthlyLeasingPrice,
		TwoWayEnabled: i.TwoWayEnabled, SelfManagedOptOutsEnabled: i.SelfManagedOptOutsEnabled, OptOutListName: i.OptOutListName,
		InternationalSendingEnabled: i.InternationalSendingEnabled, DeletionProtectionEnabled: i.DeletionProtectionEnabled,
		PoolId: i.PoolId, RegistrationId: i.RegistrationId, Tags: resource.TagsOut(n.Tags), CreatedTimestamp: i.CreatedTimestamp,
	}
}

func (v *View) numberUpdated(n PhoneNumber) *api.UpdatePhoneNumberOutput {
	i := v.numberInformation(n)
	return &api.UpdatePhoneNumberOutput{
		PhoneNumberArn: i.PhoneNumberArn, PhoneNumberId: i.PhoneNumberId, PhoneNumber: i.PhoneNumber, Status: i.Status,
		IsoCountryCode: i.IsoCountryCode, MessageType: i.MessageType, NumberCapabilities: i.NumberCapabilities,
		NumberType: i.NumberType, MonthlyLeasingPrice: i.MonthlyLeasingPrice,
		TwoWayEnabled: i.TwoWayEnabled, TwoWayChannelArn: i.TwoWayChannelArn, TwoWayChannelRole: i.TwoWayChannelRole,
		SelfManagedOptOutsEnabled: i.SelfManagedOptOutsEnabled, OptOutListName: i.OptOutListName,
		InternationalSendingEnabled: i.InternationalSendingEnabled, DeletionProtectionEnabled: i.DeletionProtectionEnabled,
		RegistrationId: i.RegistrationId, CreatedTimestamp: i.CreatedTimestamp,
	}
}

func (v *View) numberReleased(n PhoneNumber) *api.ReleasePhoneNumberOutput {
	i := v.numberInformation(n)
	return &api.ReleasePhoneNumberOutput{
		PhoneNumberArn: i.PhoneNumberArn, PhoneNumberId: i.PhoneNumberId, PhoneNumber: i.PhoneNumber, Status: i.Status,
		IsoCountryCode: i.IsoCountryCode, MessageType: i.MessageType, NumberCapabilities: i.NumberCapabilities,
		NumberType: i.NumberType, MonthlyLeasingPrice: i.MonthlyLeasingPrice,
		TwoWayEnabled: i.TwoWayEnabled, TwoWayChannelArn: i.TwoWayChannelArn, TwoWayChannelRole: i.TwoWayChannelRole,
		SelfManagedOptOutsEnabled: i.SelfManagedOptOutsEnabled, OptOutListName: i.OptOutListName,
		RegistrationId: i.RegistrationId, CreatedTimestamp: i.CreatedTimestamp,
	}
}

func (v *View) poolInformation(p Pool) api.PoolInformation {
	arn, role := p.Settings.channel()
	return api.PoolInformation{
		PoolArn: v.poolARN(p.ID), PoolId: p.ID, Status: p.Status, MessageType: p.MessageType,
		TwoWayEnabled: p.Settings.TwoWay, TwoWayChannelArn: arn, TwoWayChannelRole: role,
		SelfManagedOptOutsEnabled: p.Settings.SelfManagedOptOut, OptOutListName: p.Settings.OptOutList,
		SharedRoutesEnabled: p.SharedRoutes, DeletionProtectionEnabled: p.DeletionProtection,
		CreatedTimestamp: api.At(p.CreatedAt),
	}
}

func (v *View) poolCreated(p Pool) *api.CreatePoolOutput {
	i := v.poolInformation(p)
	return &api.CreatePoolOutput{
		PoolArn: i.PoolArn, PoolId: i.PoolId, Status: i.Status, MessageType: i.MessageType,
		TwoWayEnabled: i.TwoWayEnabled, TwoWayChannelArn: i.TwoWayChannelArn, TwoWayChannelRole: i.TwoWayChannelRole,
		SelfManagedOptOutsEnabled: i.SelfManagedOptOutsEnabled, OptOutListName: i.OptOutListName,
		SharedRoutesEnabled: i.SharedRoutesEnabled, DeletionProtectionEnabled: i.DeletionProtectionEnabled,
		Tags: resource.TagsOut(p.Tags), CreatedTimestamp: i.CreatedTimestamp,
	}
}

func (v *View) poolUpdated(p Pool) *api.UpdatePoolOutput {
	out := api.UpdatePoolOutput(v.poolInformation(p))
	return &out
}

func (v *View) poolDeleted(p Pool) *api.DeletePoolOutput {
	i := v.poolInformation(p)
	return &api.DeletePoolOutput{
		PoolArn: i.PoolArn, PoolId: i.PoolId, Status: i.Status, MessageType: i.MessageType,
		TwoWayEnabled: i.TwoWayEnabled, TwoWayChannelArn: i.TwoWayChannelArn, TwoWayChannelRole: i.TwoWayChannelRole,
		SelfManagedOptOutsEnabled: i.SelfManagedOptOutsEnabled, OptOutListName: i.OptOutListName,
		SharedRoutesEnabled: i.SharedRoutesEnabled, CreatedTimestamp: i.CreatedTimestamp,
	}
}
