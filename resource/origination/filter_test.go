package origination_test

import (
	"testing"

	"heliograph/api/model"
)

// Rule(DescribePhoneNumbers, DescribePools, DescribeSenderIds, ListPoolOriginationIdentities): a filter about an enumeration takes the values of the model, and refuses others as INVALID_FILTER_VALUES.
func TestFiltersTakeTheValuesOfTheModelAlone(t *testing.T) {
	_, c := open(t)
	in := `"PoolId":"` + pool(c, number(c, ""), "US") + `",`
	facts, err := model.Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range []struct{ operation, more, filter, enumeration string }{
		{"DescribePhoneNumbers", "", "status", "NumberStatus"},
		{"DescribePhoneNumbers", "", "message-type", "MessageType"},
		{"DescribePhoneNumbers", "", "number-capability", "NumberCapability"},
		{"DescribePhoneNumbers", "", "number-type", "NumberType"},
		{"DescribePools", "", "status", "PoolStatus"},
		{"DescribePools", "", "message-type", "MessageType"},
		{"DescribeSenderIds", "", "message-type", "MessageType"},
		{"ListPoolOriginationIdentities", in, "number-capability", "NumberCapability"},
	} {
		values := facts.Shape(f.enumeration).Enum
		c.OK(f.operation, "{"+f.more+filter(f.filter, values...)+"}")
		for _, wrong := range []string{"FOO", "active", values[0] + "X"} {
			c.Refused(f.operation, "{"+f.more+filter(f.filter, values[0], wrong)+"}", "Validation INVALID_FILTER_VALUES Filters")
		}
	}
}
