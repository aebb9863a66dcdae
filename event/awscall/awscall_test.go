package awscall_test

import (
	"errors"
	"net/url"
	"testing"

	"github.com/aws/smithy-go"

	"heliograph/event/awscall"
)

func TestPartsOfARNs(t *testing.T) {
	const logs = "arn:aws:logs:eu-west-3:111122223333:log-group:sms:*"
	if got := awscall.Region(logs) + " " + awscall.Resource(logs) + " " + awscall.Region("x") + awscall.Resource("x"); got != "eu-west-3 log-group:sms:* x" {
		t.Error(got)
	}
}

func TestErrorsAreToldInFewWords(t *testing.T) {
	denied := &smithy.GenericAPIError{Code: "AccessDenied", Message: "no"}
	for _, c := range []struct {
		err  error
		want string
	}{
		{&smithy.OperationError{ServiceID: "SNS", OperationName: "Publish", Err: denied}, "AccessDenied: no"},
		{&smithy.OperationError{ServiceID: "SNS", OperationName: "Publish", Err: &smithy.OperationError{ServiceID: "STS", OperationName: "AssumeRole", Err: denied}}, "Could not assume IAM role: AccessDenied: no"},
		{&smithy.OperationError{ServiceID: "SNS", Err: &url.Error{Op: "Post", URL: "http://10.0.0.1/?secret", Err: errors.New("connection refused")}}, "no answer: connection refused"},
	} {
		if got := awscall.Said(c.err); got.Error() != c.want || !errors.Is(got, c.err) {
			t.Errorf("got %v, want %s", got, c.want)
		}
	}
	if awscall.Said(nil) != nil {
		t.Error("no error is told as one")
	}
}

func TestWithoutAKeyTheSDKLooksForOne(t *testing.T) {
	t.Setenv("AWS_ACCESS_KEY_ID", "AKIAFROMTHEENVIRONMENT")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "x")
	c, closing, err := awscall.Load(t.Context(), awscall.Settings{Region: "eu-west-3"})
	if err != nil {
		t.Fatal(err)
	}
	defer closing()
	key, err := c.Credentials.Retrieve(t.Context())
	if err != nil || key.AccessKeyID != "AKIAFROMTHEENVIRONMENT" || c.Region != "eu-west-3" {
		t.Errorf("key %s of %s, %v", key.AccessKeyID, c.Region, err)
	}
}
