package configset_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"heliograph/api/awsjson"
	"heliograph/resource"
	"heliograph/resource/configset"
	"heliograph/resource/resourcetest"
)

const (
	topic  = `"SnsDestination":{"TopicArn":"arn:aws:sns:us-east-1:000000000000:sms"}`
	stream = `"KinesisFirehoseDestination":{"IamRoleArn":"arn:aws:iam::000000000000:role/sms","DeliveryStreamArn":"arn:aws:firehose:us-east-1:000000000000:deliverystream/sms"}`
	group  = `"CloudWatchLogsDestination":{"IamRoleArn":"arn:aws:iam::000000000000:role/sms","LogGroupArn":"arn:aws:logs:us-east-1:000000000000:log-group:sms"}`
)

// of is a request about the event destination E of the set A.
func of(members string) string {
	return `{"ConfigurationSetName":"A","EventDestinationName":"E",` + members + `}`
}

// Rule(CreateEventDestination): a destination is enabled from the start; topic, delivery stream and log group are answered as given.
// Rule(DescribeConfigurationSets): a set shows its event destinations in the order of their creation.
// Rule(DeleteEventDestination): answers the destination as it was, and it is gone.
// Rule(DeleteConfigurationSet): answers the event destinations that the set had.
func TestEventDestinationsAreShownAsGiven(t *testing.T) {
	h, c := open(t)
	c.OK("CreateConfigurationSet", named)
	for name, target := range map[string]string{"topic": topic, "stream": stream, "group": group} {
		t.Run(name, func(t *testing.T) {
			want := `{"ConfigurationSetName":"A","ConfigurationSetArn":"` + arnA + `",
				"EventDestination":{"EventDestinationName":"E","Enabled":true,"MatchingEventTypes":["TEXT_ALL","VOICE_ANSWERED"],` + target + `}}`
			h.Expect(c.OK("CreateEventDestination", of(`"MatchingEventTypes":["TEXT_ALL","VOICE_ANSWERED"],`+target)), want)
			h.Restart()
			h.Expect(c.OK("DeleteEventDestination", `{"ConfigurationSetName":"`+arnA+`","EventDestinationName":"E"}`), want)
			c.Refused("DeleteEventDestination", `{"ConfigurationSetName":"A","EventDestinationName":"E"}`, "ResourceNotFound event-destination E")
		})
	}
	c.OK("CreateEventDestination", of(`"MatchingEventTypes":["ALL"],`+topic))
	c.OK("CreateEventDestination", `{"ConfigurationSetName":"A","EventDestinationName":"D","MatchingEventTypes":["ALL"],`+group+`}`)
	for _, operation := range []string{"DescribeConfigurationSets", "DeleteConfigurationSet"} {
		a := c.OK(operation, map[string]string{"DescribeConfigurationSets": `{}`, "DeleteConfigurationSet": named}[operation])
		if operation == "DescribeConfigurationSets" {
			a = a.List("ConfigurationSets")[0]
		}
		if got := a.Column("EventDestinations", "EventDestinationName"); got != "E D" {
			t.Errorf("%s shows %q", operation, got)
		}
	}
}

// Rule(CreateEventDestination): exactly one of topic, delivery stream and log group is given, by an ARN of its kind.
// Rule(CreateEventDestination): a name is taken once in a set, and a set has five destinations unless the operator says otherwise.
func TestEventDestinationsAreRefused(t *testing.T) {
	_, c := open(t)
	c.OK("CreateConfigurationSet", named)
	const types = `"MatchingEventTypes":["ALL"]`
	for _, r := range []struct{ members, want string }{
		{types, "Validation MISSING_PARAMETER CloudWatchLogsDestination KinesisFirehoseDestination SnsDestination"},
		{types + "," + topic + "," + group, "Validation PARAMETERS_CANNOT_BE_USED_TOGETHER CloudWatchLogsDestination SnsDestination"},
		{types + `,"SnsDestination":{"TopicArn":"arn:aws:sqs:us-east-1:000000000000:sms"}`, "Validation INVALID_ARN SnsDestination"},
		{types + `,"CloudWatchLogsDestination":{"IamRoleArn":"arn:aws:sns:us-east-1:000000000000:sms","LogGroupArn":"arn:aws:logs:us-east-1:000000000000:log-group:sms"}`,
			"Validation INVALID_ARN CloudWatchLogsDestination"},
		{`"MatchingEventTypes":[],` + topic, "Validation INVALID_PARAMETER MatchingEventTypes"},
		{`"MatchingEventTypes":["TEXT_LOST"],` + topic, "Validation INVALID_PARAMETER MatchingEventTypes[0]"},
	} {
		c.Refused("CreateEventDestination", of(r.members), r.want)
	}
	c.Refused("CreateEventDestination", `{"ConfigurationSetName":"X","EventDestinationName":"E",`+types+`,`+topic+`}`, "ResourceNotFound configuration-set X")
	c.OK("CreateEventDestination", of(types+","+topic))
	c.Refused("CreateEventDestination", of(types+","+topic), "Conflict RESOURCE_ALREADY_EXISTS event-destination E")
	for i := range 4 {
		c.OK("CreateEventDestination", fmt.Sprintf(`{"ConfigurationSetName":"A","EventDestinationName":"E%d",%s,%s}`, i, types, topic))
	}
	c.Refused("CreateEventDestination", `{"ConfigurationSetName":"A","EventDestinationName":"F",`+types+`,`+topic+`}`,
		"ServiceQuotaExceeded EVENT_DESTINATIONS_PER_CONFIGURATION_SET")
}

// Rule(UpdateEventDestination): what is left out stays; a destination stays of its kind.
func TestUpdateEventDestinationKeepsWhatIsLeftOut(t *testing.T) {
	h, c := open(t)
	c.OK("CreateConfigurationSet", named)
	c.OK("CreateEventDestination", of(`"MatchingEventTypes":["ALL"],`+topic))
	h.Expect(c.OK("UpdateEventDestination", of(`"Enabled":false`)), `{"EventDestination":{"EventDestinationName":"E","Enabled":false,"MatchingEventTypes":["ALL"],`+topic+`}}`)
	const other = `"SnsDestination":{"TopicArn":"arn:aws:sns:eu-west-1:111122223333:other"}`
	h.Expect(c.OK("UpdateEventDestination", of(`"MatchingEventTypes":["TEXT_SENT"],`+other)),
		`{"EventDestination":{"EventDestinationName":"E","Enabled":false,"MatchingEventTypes":["TEXT_SENT"],`+other+`}}`)
	c.Refused("UpdateEventDestination", of(group), "Conflict EVENT_DESTINATION_MISMATCH event-destination E")
	c.Refused("UpdateEventDestination", `{"ConfigurationSetName":"A","EventDestinationName":"X","Enabled":true}`, "ResourceNotFound event-destination X")
	h.Restart()
	shown := c.OK("DescribeConfigurationSets", `{}`).List("ConfigurationSets")[0].List("EventDestinations")[0]
	h.Expect(shown, `{"EventDestinationName":"E","Enabled":false,"MatchingEventTypes":["TEXT_SENT"],`+other+`}`)
}

// Rule(DescribeConfigurationSets): the filters on event destinations look at names and at types as they were given.
func TestConfigurationSetsByEventDestination(t *testing.T) {
	_, c := open(t)
	c.OK("CreateConfigurationSet", named)
	c.OK("CreateConfigurationSet", `{"ConfigurationSetName":"B"}`)
	c.OK("CreateEventDestination", of(`"MatchingEventTypes":["TEXT_ALL","VOICE_BUSY"],`+topic))
	for filter, want := range map[string]string{
		`{"Name":"event-destination-name","Values":["E"]}`:             "A",
		`{"Name":"event-destination-name","Values":["e"]}`:             "",
		`{"Name":"matching-event-types","Values":["VOICE_BUSY"]}`:      "A",
		`{"Name":"matching-event-types","Values":["TEXT_SUCCESSFUL"]}`: "",
	} {
		if got := c.OK("DescribeConfigurationSets", `{"Filters":[`+filter+`]}`).Column("ConfigurationSets", "ConfigurationSetName"); got != want {
			t.Errorf("%s: %q, want %q", filter, got, want)
		}
	}
}

// closed is a target that nothing can be written to.
type closed struct{}

func (closed) Reachable(_ context.Context, d configset.Destination) error {
	return errors.New("the topic " + d.ARN + " answers 403")
}

// Rule(CreateEventDestination, UpdateEventDestination): a target that cannot be written to is refused.
func TestUnreachableTargetsAreRefused(t *testing.T) {
	h := resourcetest.Open(t, func(h *resourcetest.House, m *awsjson.Mux) {
		(&configset.Service{Store: h.DB, Now: h.Now, Limits: resource.DefaultLimits, Pages: h.Pages, Targets: closed{}}).Register(m)
	})
	c := h.Client("000000000000", "us-east-1")
	c.OK("CreateConfigurationSet", named)
	c.Refused("CreateEventDestination", of(`"MatchingEventTypes":["ALL"],`+topic), "Validation RESOURCE_NOT_ACCESSIBLE SnsDestination")
	if got := c.OK("DescribeConfigurationSets", `{}`).List("ConfigurationSets")[0].List("EventDestinations"); len(got) != 0 {
		t.Errorf("kept %v", got)
	}
}

// Rule(CreateEventDestination): a repeat with the same token answers the same and creates once.
func TestEventDestinationIsCreatedOnce(t *testing.T) {
	h, c := open(t)
	c.OK("CreateConfigurationSet", named)
	body := of(`"ClientToken":"t","MatchingEventTypes":["ALL"],` + topic)
	first := c.OK("CreateEventDestination", body)
	h.Restart()
	if again := c.OK("CreateEventDestination", body); fmt.Sprint(again) != fmt.Sprint(first) {
		t.Errorf("%v\n%v", first, again)
	}
}
