package sigv4

import (
	"crypto/sha256"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/aws/smithy-go/aws-http-auth/credentials"
	awssigv4 "github.com/aws/smithy-go/aws-http-auth/sigv4"
	v4 "github.com/aws/smithy-go/aws-http-auth/v4"
)

// Credentials are an access key; SessionToken is empty for a key that lasts.
type Credentials struct {
	AccessKeyID     string
	SecretAccessKey string
	SessionToken    string
}

// Sign signs the request, whose body is given, for the Region at that time. It
// sets X-Amz-Date, Authorization and, with a session token,
// X-Amz-Security-Token; every X-Amz-… header and Content-Type is signed.
func Sign(r *http.Request, body []byte, c Credentials, region string, at time.Time) error {
	hash := sha256.Sum256(body)
	err := awssigv4.New().SignRequest(&awssigv4.SignRequestInput{
		Request:     r,
		PayloadHash: hash[:],
		Credentials: credentials.Credentials{AccessKeyID: c.AccessKeyID, SecretAccessKey: c.SecretAccessKey, SessionToken: c.SessionToken},
		Service:     Service,
		Region:      region,
		Time:        at,
	}, func(o *v4.SignerOptions) { o.HeaderRules = clientRules{} })
	if err != nil {
		return fmt.Errorf("sigv4: sign: %w", err)
	}
	return nil
}

// clientRules are the headers that our own clients sign.
type clientRules struct{}

// IsSigned says whether the header, in lower case, is signed.
func (clientRules) IsSigned(name string) bool {
	return name == "host" || name == "content-type" || strings.HasPrefix(name, "x-amz-")
}
