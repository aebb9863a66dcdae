package fault

import (
	"strings"

	"heliograph/api"
)

// subject is what operations with a part of their name are about.
type subject struct {
	part     string
	resource api.ResourceType
	quota    api.ServiceQuotaExceededExceptionReason // "" where none of them declares the exception
}

// subjectOf finds what an operation is about, so that an exception of a fault
// reads as one of the service would.
func subjectOf(operation string) subject {
	for _, s := range subjects() {
		if strings.Contains(operation, s.part) {
			return s
		}
	}
	return subject{resource: api.ResourceTypeAccount, quota: api.ServiceQuotaExceededExceptionReasonMonthlySpendLimitReachedForText}
}

// subjects in the order in which they are looked for: longer names stand before
// those that they contain.
func subjects() []subject {
	return []subject{
		{"OptedOutNumber", api.ResourceTypeOptedOutNumber, ""},
		{"OptOutList", api.ResourceTypeOptOutList, api.ServiceQuotaExceededExceptionReasonOptOutListsPerAccount},
		{"EventDestination", api.ResourceTypeEventDestination, api.ServiceQuotaExceededExceptionReasonEventDestinationsPerConfigurationSet},
		{"ConfigurationSet", api.ResourceTypeConfigurationSet, api.ServiceQuotaExceededExceptionReasonConfigurationSetsPerAccount},
		{"DefaultMessage", api.ResourceTypeConfigurationSet, ""},
		{"DefaultSenderId", api.ResourceTypeConfigurationSet, ""},
		{"OriginationIdentit", api.ResourceTypePool, api.ServiceQuotaExceededExceptionReasonOriginationIdentitiesPerPool},
		{"Pool", api.ResourceTypePool, api.ServiceQuotaExceededExceptionReasonPoolsPerAccount},
		{"ProtectConfiguration", api.ResourceTypeProtectConfiguration, api.ServiceQuotaExceededExceptionReasonProtectConfigurationsPerAccount},
		{"SpendLimit", api.ResourceTypeAccount, ""},
		{"NotifyTemplate", api.ResourceTypeNotifyTemplate, ""},
		{"SendNotify", api.ResourceTypeNotifyConfiguration, api.ServiceQuotaExceededExceptionReasonMonthlySpendLimitReachedForNotify},
		{"Notify", api.ResourceTypeNotifyConfiguration, api.ServiceQuotaExceededExceptionReasonNotifyConfigurationsPerAccount},
		{"SendRcs", api.ResourceTypeRcsAgent, api.ServiceQuotaExceededExceptionReasonMonthlySpendLimitReachedForText},
		{"Rcs", api.ResourceTypeRcsAgent, api.ServiceQuotaExceededExceptionReasonRcsAgentsPerAccount},
		{"RegistrationAttachment", api.ResourceTypeRegistrationAttachment, api.ServiceQuotaExceededExceptionReasonRegistrationAttachmentsPerAccount},
		{"RegistrationVersion", api.ResourceTypeRegistration, api.ServiceQuotaExceededExceptionReasonRegistrationVersionsCreatedPerDay},
		{"RegistrationAssociation", api.ResourceTypeRegistration, api.ServiceQuotaExceededExceptionReasonAssociationsPerRegistration},
		{"Registration", api.ResourceTypeRegistration, api.ServiceQuotaExceededExceptionReasonRegistrationsPerAccount},
		{"VerificationCode", api.ResourceTypeVerifiedDestinationNumber, api.ServiceQuotaExceededExceptionReasonVerificationAttemptsPerDay},
		{"DestinationNumber", api.ResourceTypeVerifiedDestinationNumber, api.ServiceQuotaExceededExceptionReasonVerifiedDestinationNumbersPerAccount},
		{"MessageFeedback", api.ResourceTypeMessage, ""},
		{"SendText", api.ResourceTypePhoneNumber, api.ServiceQuotaExceededExceptionReasonMonthlySpendLimitReachedForText},
		{"SendMedia", api.ResourceTypePhoneNumber, api.ServiceQuotaExceededExceptionReasonMonthlySpendLimitReachedForMedia},
		{"SendVoice", api.ResourceTypePhoneNumber, api.ServiceQuotaExceededExceptionReasonMonthlySpendLimitReachedForVoice},
		{"PhoneNumber", api.ResourceTypePhoneNumber, api.ServiceQuotaExceededExceptionReasonPhoneNumbersPerAccount},
		{"SenderId", api.ResourceTypeSenderId, api.ServiceQuotaExceededExceptionReasonSenderIdsPerAccount},
		{"Keyword", api.ResourceTypeKeyword, api.ServiceQuotaExceededExceptionReasonKeywordsPerPhoneNumber},
		{"ResourcePolicy", api.ResourceTypePolicy, ""},
		{"Tag", api.ResourceTypePhoneNumber, api.ServiceQuotaExceededExceptionReasonTagsPerResource},
	}
}

// defaultReason fits the operation and the exception; "" where the exception
// has none, or needs none: an AccessDeniedException of a policy bears none.
func defaultReason(operation, exception string) string {
	switch exception {
	case api.ConflictException:
		if strings.HasPrefix(operation, "Create") || strings.HasPrefix(operation, "Request") {
			return string(api.ConflictExceptionReasonResourceAlreadyExists)
		}
		return string(api.ConflictExceptionReasonResourceNotActive)
	case api.ServiceQuotaExceededException:
		return string(subjectOf(operation).quota)
	case api.ValidationException:
		return string(api.ValidationExceptionReasonInvalidParameter)
	}
	return ""
}
