package account

import (
	"context"
	"net/http"
	"time"

	"heliograph/api"
	"heliograph/api/sigv4"
)

// Differs(all): a key has no policy: a root key of an account may call everything, any other key nothing
// (AccessDeniedException).
// Differs(all): no session tokens are given out; heliograph serve refuses one, heliograph dev ignores it with its own
// keys.
// Differs(all): one address serves every Region; any well-formed Region name in the signature is one.

// Authenticator says who called the API port.
type Authenticator struct {
	directory *Directory
	verifier  *sigv4.Verifier
}

// NewAuthenticator makes an authenticator of a directory's keys.
func NewAuthenticator(d *Directory, now func() time.Time) *Authenticator {
	return &Authenticator{directory: d, verifier: &sigv4.Verifier{Secrets: d, Now: now}}
}

// Authenticate verifies the signature of a request, whose body has been read
// already, and gives its caller without a request id. Errors are *sigv4.Error
// and *api.Error, or what lies beneath.
//
// A session token is refused, since none is ever given out; of dev's own keys
// it is ignored, because an environment often still holds an old one. A key
// that is no root key has no policy, and is refused.
func (a *Authenticator) Authenticate(ctx context.Context, r *http.Request, body []byte) (api.Caller, error) {
	identity, err := a.verifier.Verify(ctx, r, body)
	if err != nil {
		return api.Caller{}, err
	}
	if identity.SessionToken != "" && !a.directory.DevKey(identity.AccessKeyID) {
		return api.Caller{}, unrecognized("This server gives no session tokens: unset AWS_SESSION_TOKEN.")
	}
	key, ok, err := a.directory.Key(ctx, identity.AccessKeyID)
	if err != nil {
		return api.Caller{}, err
	}
	if !ok { // revoked since the signature was verified
		return api.Caller{}, unrecognized("Use an access key of this server.")
	}
	if !key.Root {
		return api.Caller{}, api.AccessDenied("", "Use a root key: other keys may not call the API.")
	}
	if _, err := a.directory.Admit(ctx, key); err != nil {
		return api.Caller{}, err
	}
	return api.Caller{Account: key.Account, Region: identity.Region, AccessKeyID: key.ID}, nil
}

func unrecognized(remedy string) error {
	return &sigv4.Error{Exception: sigv4.UnrecognizedClient, Message: "The security token included in the request is invalid. " + remedy}
}
