package configset

import (
	"context"
	"slices"
	"strings"

	"heliograph/api"
	"heliograph/resource"
)

// Kinds of event destinations: the service part of the ARN that they bear.
const (
	SNS            = "sns"
	Firehose       = "firehose"
	CloudWatchLogs = "logs"
)

// Destination is where the events of a set's messages go.
type Destination struct {
	Name    string
	Enabled bool
	Types   []api.EventType // as given, wildcards among them
	Kind    string          // one of the above; it never changes
	ARN     string          // of the topic, delivery stream or log group
	Role    string          // ARN of the role to write there with, "" where the kind has none
}

// Takes says whether the destination gets events of a type: it is enabled, and
// names the type or a wildcard of it, as in TEXT_ALL.
func (d Destination) Takes(kind api.EventType) bool {
	if !d.Enabled {
		return false
	}
	channel, _, _ := strings.Cut(string(kind), "_")
	all := api.EventType(channel + "_ALL")
	return slices.ContainsFunc(d.Types, func(t api.EventType) bool {
		return t == kind || t == all || t == api.EventTypeAll
	})
}

// Targets tell whether what an event destination names can be written to.
type Targets interface {
	// Reachable is nil, or says why events cannot be delivered there. Nil is
	// also the answer where it is not known.
	Reachable(ctx context.Context, d Destination) error
}

// targets are the members of a request that say where events go.
type targets struct {
	logs     *api.CloudWatchLogsDestination
	firehose *api.KinesisFirehoseDestination
	sns      *api.SnsDestination
}

// given are the destinations of a request, each with the member that named it.
func (t targets) given() (list []Destination, members []string) {
	if t.logs != nil {
		list = append(list, Destination{Kind: CloudWatchLogs, ARN: t.logs.LogGroupArn, Role: t.logs.IamRoleArn})
		members = append(members, "CloudWatchLogsDestination")
	}
	if t.firehose != nil {
		list = append(list, Destination{Kind: Firehose, ARN: t.firehose.DeliveryStreamArn, Role: t.firehose.IamRoleArn})
		members = append(members, "KinesisFirehoseDestination")
	}
	if t.sns != nil {
		list = append(list, Destination{Kind: SNS, ARN: t.sns.TopicArn})
		members = append(members, "SnsDestination")
	}
	return list, members
}

// one gives the destination that a request names, found false when there is
// none. Errors: PARAMETERS_CANNOT_BE_USED_TOGETHER, INVALID_ARN.
func (t targets) one() (d Destination, found bool, err error) {
	list, members := t.given()
	switch {
	case len(list) == 0:
		return Destination{}, false, nil
	case len(list) > 1:
		return Destination{}, false, api.Invalid(api.ValidationExceptionReasonParametersCannotBeUsedTogether,
			"Give one destination, and make another event destination for the next.", members...)
	}
	d = list[0]
	if !arnOf(d.ARN, d.Kind) {
		return Destination{}, false, api.Invalid(api.ValidationExceptionReasonInvalidArn,
			"Give an ARN as in "+examples[d.Kind]+".", members[0])
	}
	if d.Role != "" && !arnOf(d.Role, "iam") {
		return Destination{}, false, api.Invalid(api.ValidationExceptionReasonInvalidArn,
			"Give the ARN of a role, as in arn:aws:iam::111122223333:role/sms-events.", members[0])
	}
	return d, true, nil
}

// arnOf says whether text is an ARN of a service; Region and account may be
// anybody's.
func arnOf(text, service string) bool {
	parts := strings.SplitN(text, ":", 6)
	return len(parts) == 6 && parts[0] == "arn" && parts[1] != "" && parts[2] == service && parts[5] != ""
}

// examples are the ARNs that a refused request is shown.
var examples = map[string]string{
	SNS:            "arn:aws:sns:us-east-1:111122223333:sms-events",
	Firehose:       "arn:aws:firehose:us-east-1:111122223333:deliverystream/sms-events",
	CloudWatchLogs: "arn:aws:logs:us-east-1:111122223333:log-group:sms-events",
}

// out is the destination as answers show it.
func (d Destination) out() api.EventDestination {
	enabled := d.Enabled
	shown := api.EventDestination{EventDestinationName: d.Name, Enabled: &enabled, MatchingEventTypes: d.Types}
	switch d.Kind {
	case CloudWatchLogs:
		shown.CloudWatchLogsDestination = &api.CloudWatchLogsDestination{IamRoleArn: d.Role, LogGroupArn: d.ARN}
	case Firehose:
		shown.KinesisFirehoseDestination = &api.KinesisFirehoseDestination{IamRoleArn: d.Role, DeliveryStreamArn: d.ARN}
	case SNS:
		shown.SnsDestination = &api.SnsDestination{TopicArn: d.ARN}
	}
	return shown
}

// destinations are those of a set as answers show them.
func (s Set) destinations() []api.EventDestination {
	var list []api.EventDestination
	for _, d := range s.Destinations {
		list = append(list, d.out())
	}
	return list
}

// place of a destination in the set, -1 when it has none of that name.
func (s Set) place(name string) int {
	return slices.IndexFunc(s.Destinations, func(d Destination) bool { return d.Name == name })
}

// destinationNames and eventTypes are what filters look at.
func (s Set) destinationNames() (names []string) {
	for _, d := range s.Destinations {
		names = append(names, d.Name)
	}
	return names
}

func (s Set) eventTypes() (types []string) {
	for _, d := range s.Destinations {
		types = append(types, resource.Values(d.Types...)...)
	}
	return types
}

// member is the member of a request that names a kind of destination.
var member = map[string]string{
	SNS: "SnsDestination", Firehose: "KinesisFirehoseDestination", CloudWatchLogs: "CloudWatchLogsDestination",
}
