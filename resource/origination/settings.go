package origination

import (
	"context"
	"strings"

	"heliograph/api"
	"heliograph/country"
)

// settingsUpdate is what a request changes of a number's or a pool's
// settings; what it leaves out stays.
type settingsUpdate struct {
	twoWay      *bool
	channelARN  string
	channelRole string
	selfManaged *bool
	optOutList  string // name or ARN
}

// changed applies an update. Errors: TWO_WAY_CHANNEL_NOT_PRESENT,
// TWO_WAY_NOT_ENABLED, INVALID_PARAMETER or MISSING_PARAMETER for the channel,
// and what finding the opt-out list gives.
func (v *View) changed(st Settings, u settingsUpdate) (Settings, error) {
	set(&st.TwoWay, u.twoWay)
	set(&st.SelfManagedOptOut, u.selfManaged)
	if u.channelARN != "" {
		st.TwoWayChannelARN = u.channelARN
	}
	if u.channelRole != "" {
		st.TwoWayChannelRole = u.channelRole
	}
	if u.optOutList != "" {
		list, err := v.optOutList(u.optOutList)
		if err != nil {
			return Settings{}, err
		}
		st.OptOutList = list
	}
	return st, st.check()
}

func (st Settings) check() error {
	switch {
	case st.TwoWay && st.TwoWayChannelARN == "":
		return api.Invalid(api.ValidationExceptionReasonTwoWayChannelNotPresent,
			"Give the channel that inbound messages go to.", "TwoWayChannelArn")
	case st.SelfManagedOptOut && !st.TwoWay:
		return api.Invalid(api.ValidationExceptionReasonTwoWayNotEnabled,
			"Switch two-way messages on to manage opt-outs yourself.", "SelfManagedOptOutsEnabled")
	case st.TwoWayChannelARN == "":
		return nil
	case strings.HasPrefix(st.TwoWayChannelARN, "connect.") && strings.HasSuffix(st.TwoWayChannelARN, ".amazonaws.com"):
		if st.TwoWayChannelRole == "" {
			return api.Invalid(api.ValidationExceptionReasonMissingParameter,
				"Give the role that may write to Amazon Connect.", "TwoWayChannelRole")
		}
		return nil
	}
	return checkTopic(st.TwoWayChannelARN)
}

// checkTopic takes the ARN of a standard SNS topic: a FIFO one cannot be a
// channel.
func checkTopic(arn string) error {
	parts := strings.Split(arn, ":")
	if len(parts) == 6 && parts[0] == "arn" && parts[2] == "sns" && parts[5] != "" && !strings.HasSuffix(arn, ".fifo") {
		return nil
	}
	return api.Invalid(api.ValidationExceptionReasonInvalidParameter,
		"Give the ARN of a standard SNS topic, or connect.<region>.amazonaws.com.", "TwoWayChannelArn")
}

// checkChannel refuses a channel that nothing can be written to, where it is not
// the one that was in use.
func (s *Service) checkChannel(ctx context.Context, was, st Settings) error {
	arn, _ := st.channel()
	old, _ := was.channel()
	if s.Channels == nil || arn == "" || arn == old {
		return nil
	}
	err := s.Channels.Reachable(ctx, arn)
	if err == nil {
		return nil
	}
	return api.Invalid(api.ValidationExceptionReasonResourceNotAccessible,
		"Nothing can be written there: "+err.Error()+".", "TwoWayChannelArn")
}

// checkTwoWayCountry refuses two-way messages where nobody can answer.
func checkTwoWayCountry(st Settings, iso string) error {
	if rules, _ := country.Lookup(iso); !st.TwoWay || rules.TwoWay {
		return nil
	}
	return api.Invalid(api.ValidationExceptionReasonTwoWayNotSupportedInCountry,
		"Leave two-way messages off: numbers of "+iso+" take no answers.", "TwoWayEnabled")
}

// optOutList finds the list that a request names.
func (v *View) optOutList(text string) (string, error) {
	name, err := v.Scope.Resolve(api.ResourceTypeOptOutList, "OptOutListName", text)
	if err != nil {
		return "", err
	}
	if !v.HasOptOutList(name) {
		return "", api.NotFound(api.ResourceTypeOptOutList, name, "Name an opt-out list of this account and Region, such as Default.")
	}
	return name, nil
}

// channel and role are shown, and compared, only while two-way is on.
func (st Settings) channel() (arn, role string) {
	if !st.TwoWay {
		return "", ""
	}
	return st.TwoWayChannelARN, st.TwoWayChannelRole
}

// mismatch is the reason why a number with these settings does not fit into a
// pool with those, "" when it does.
func (st Settings) mismatch(pool Settings) api.ConflictExceptionReason {
	arn, role := st.channel()
	poolARN, poolRole := pool.channel()
	switch {
	case st.TwoWay != pool.TwoWay || arn != poolARN || role != poolRole:
		return api.ConflictExceptionReasonTwoWayConfigMismatch
	case st.SelfManagedOptOut != pool.SelfManagedOptOut:
		return api.ConflictExceptionReasonSelfManagedOptOutsMismatch
	case st.OptOutList != pool.OptOutList:
		return api.ConflictExceptionReasonOptOutListMismatch
	}
	return ""
}
