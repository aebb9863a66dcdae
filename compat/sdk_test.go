package compat

import (
	"context"
	"errors"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	sms "github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2"
	"github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2/types"
)

// goSDK is the official Go client of a server.
func goSDK(s *server, key, secret string) *sms.Client {
	return sms.New(sms.Options{
		Region:       "us-east-1",
		BaseEndpoint: aws.String(s.api),
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: key, SecretAccessKey: secret}, nil
		}),
	})
}

// TestPublishedSenderIDProceduresWithGoSDK makes the three published calls with
// the Go SDK, on an account that parallel tests of its own would use.
func TestPublishedSenderIDProceduresWithGoSDK(t *testing.T) {
	ctx := context.Background()
	s := dev(t)
	c := goSDK(s, "test", "test")

	pools, err := c.DescribePools(ctx, &sms.DescribePoolsInput{})
	if err != nil || len(pools.Pools) != 1 {
		t.Fatalf("dev's account has pools %v, %v; want one", pools, err)
	}
	pool := pools.Pools[0].PoolId
	joined, err := c.AssociateOriginationIdentity(ctx, &sms.AssociateOriginationIdentityInput{
		PoolId: pool, OriginationIdentity: aws.String("SENDER"), IsoCountryCode: aws.String("IN")})
	if err != nil || aws.ToString(joined.OriginationIdentity) != "SENDER" {
		t.Fatalf("AssociateOriginationIdentity: %v, %v", joined, err)
	}
	if _, err := c.CreateConfigurationSet(ctx, &sms.CreateConfigurationSetInput{ConfigurationSetName: aws.String("promotions")}); err != nil {
		t.Fatal(err)
	}
	set, err := c.SetDefaultSenderId(ctx, &sms.SetDefaultSenderIdInput{ConfigurationSetName: aws.String("promotions"), SenderId: aws.String("News")})
	if err != nil || aws.ToString(set.SenderId) != "News" {
		t.Fatalf("SetDefaultSenderId: %v, %v", set, err)
	}

	shown := sdkSend(t, s, c, &sms.SendTextMessageInput{
		DestinationPhoneNumber: aws.String(indian), MessageBody: aws.String("Hello"), OriginationIdentity: pool,
		DestinationCountryParameters: map[string]string{"IN_ENTITY_ID": "1101234567890123456", "IN_TEMPLATE_ID": "1107161234567890123"}})
	if shown.From != "SENDER" || shown.TLVs["1400"] != hexOf("1101234567890123456") {
		t.Errorf("Indian handset shows %+v", shown)
	}
	shown = sdkSend(t, s, c, &sms.SendTextMessageInput{
		DestinationPhoneNumber: aws.String(french), MessageBody: aws.String("Bonjour"), ConfigurationSetName: aws.String("promotions")})
	if shown.From != "News" {
		t.Errorf("French handset shows %+v, want News", shown)
	}

	removed, err := c.DeleteDefaultSenderId(ctx, &sms.DeleteDefaultSenderIdInput{ConfigurationSetName: aws.String("promotions")})
	if err != nil || aws.ToString(removed.SenderId) != "News" {
		t.Fatalf("DeleteDefaultSenderId: %v, %v", removed, err)
	}
	if again, err := c.DeleteDefaultSenderId(ctx, &sms.DeleteDefaultSenderIdInput{ConfigurationSetName: aws.String("promotions")}); err != nil || again.SenderId != nil {
		t.Errorf("deleting a default that is not set: %v, %v; want no member and no error", again, err)
	}
}

func sdkSend(t *testing.T, s *server, c *sms.Client, in *sms.SendTextMessageInput) handsetMessage {
	t.Helper()
	out, err := c.SendTextMessage(context.Background(), in)
	if err != nil {
		t.Fatal(err)
	}
	if state := s.final(aws.ToString(out.MessageId)); state.State != "DELIVERED" {
		t.Errorf("message ended %s: %v", state.State, state.Why)
	}
	return s.newest(aws.ToString(in.DestinationPhoneNumber), 0)
}

// TestGoSDKReadsTypedExceptions looks at the members that the SDK gives of an
// exception.
func TestGoSDKReadsTypedExceptions(t *testing.T) {
	ctx := context.Background()
	c := goSDK(dev(t, "--empty"), "111122223333", "test")

	_, err := c.DescribePools(ctx, &sms.DescribePoolsInput{PoolIds: []string{"pool-0123456789abcdef0123456789abcdef"}})
	var missing *types.ResourceNotFoundException
	if !errors.As(err, &missing) || missing.ResourceType != types.ResourceTypePool || aws.ToString(missing.ResourceId) != "pool-0123456789abcdef0123456789abcdef" {
		t.Errorf("an unknown pool: %v", err)
	}
	_, err = c.RequestSenderId(ctx, &sms.RequestSenderIdInput{SenderId: aws.String("SENDER"), IsoCountryCode: aws.String("IN")})
	var invalid *types.ValidationException
	if !errors.As(err, &invalid) || invalid.Reason != types.ValidationExceptionReasonSenderIdRequiresRegistration {
		t.Errorf("RequestSenderId in a registration country: %v", err)
	}
	if _, err := c.CreateConfigurationSet(ctx, &sms.CreateConfigurationSetInput{ConfigurationSetName: aws.String("twice")}); err != nil {
		t.Fatal(err)
	}
	_, err = c.CreateConfigurationSet(ctx, &sms.CreateConfigurationSetInput{ConfigurationSetName: aws.String("twice")})
	var conflict *types.ConflictException
	if !errors.As(err, &conflict) || conflict.Reason != types.ConflictExceptionReasonResourceAlreadyExists {
		t.Errorf("a taken name: %v", err)
	}
}

// TestGoSDKPaginates reads 30 sender IDs in pages of seven while more are
// requested: each once, in order of creation.
func TestGoSDKPaginates(t *testing.T) {
	ctx := context.Background()
	c := goSDK(dev(t, "--empty"), "111122223333", "test")
	request := func(name string) {
		t.Helper()
		if _, err := c.RequestSenderId(ctx, &sms.RequestSenderIdInput{SenderId: aws.String(name), IsoCountryCode: aws.String("FR")}); err != nil {
			t.Fatal(err)
		}
	}
	var want []string
	for i := range 30 {
		name := "BRAND" + string(rune('A'+i%26)) + string(rune('A'+i/26))
		want = append(want, name)
		request(name)
	}
	var got []string
	pages := sms.NewDescribeSenderIdsPaginator(c, &sms.DescribeSenderIdsInput{MaxResults: aws.Int32(7)})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			t.Fatal(err)
		}
		for _, sender := range page.SenderIds {
			got = append(got, aws.ToString(sender.SenderId))
		}
		if len(got) == 7 {
			request("LATECOMER")
			want = append(want, "LATECOMER")
		}
	}
	if len(got) != len(want) {
		t.Fatalf("pages gave %d sender IDs, want %d: %v", len(got), len(want), got)
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("sender ID %d is %s, want %s", i, got[i], want[i])
		}
	}
}
