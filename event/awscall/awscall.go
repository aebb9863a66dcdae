// Package awscall is what calls to services of AWS, or to servers that speak
// like them, have in common: how a client of the official SDK is set up, and what
// an error of it says. The SDK does not try again: who calls does.
//
// Left out: roles. The service would assume that of a destination; here the
// operator's own credentials are used.
package awscall

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"net/http"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/arn"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/credentials"
)

// Settings say where a service is and whose credentials it is called with.
type Settings struct {
	Endpoint        string // URL, "" = that of AWS
	Region          string
	AccessKeyID     string // "" = the SDK's chain: variables, profiles, roles of the machine
	SecretAccessKey string
	Timeout         time.Duration  // of a call
	CA              *x509.CertPool // nil = those of the system
}

// Load is the configuration of the SDK's clients, and what closes their
// connections.
func Load(ctx context.Context, s Settings) (aws.Config, func(), error) {
	c := aws.Config{Region: s.Region, Credentials: credentials.NewStaticCredentialsProvider(s.AccessKeyID, s.SecretAccessKey, "")}
	if s.AccessKeyID == "" {
		var err error
		if c, err = config.LoadDefaultConfig(ctx, config.WithRegion(s.Region)); err != nil {
			return c, nil, Said(err)
		}
	}
	if s.Endpoint != "" {
		c.BaseEndpoint = aws.String(s.Endpoint)
	}
	client := client(s)
	c.HTTPClient = client
	c.Retryer = func() aws.Retryer { return aws.NopRetryer{} }
	return c, client.CloseIdleConnections, nil
}

func client(s Settings) *http.Client {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.TLSClientConfig = &tls.Config{RootCAs: s.CA, MinVersion: tls.VersionTLS12}
	transport.MaxIdleConnsPerHost = 8
	return &http.Client{Transport: transport, Timeout: s.Timeout, CheckRedirect: func(*http.Request, []*http.Request) error {
		return http.ErrUseLastResponse // a body with records goes nowhere else
	}}
}

// Region is that of an ARN, "" where it has none.
func Region(text string) string {
	parsed, err := arn.Parse(text)
	if err != nil {
		return ""
	}
	return parsed.Region
}

// Resource is the last part of an ARN, such as log-group:sms.
func Resource(text string) string {
	parsed, err := arn.Parse(text)
	if err != nil {
		return text
	}
	return parsed.Resource
}
