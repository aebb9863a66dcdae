package sigv4

import (
	"slices"
	"strings"
)

const (
	algorithm  = "AWS4-HMAC-SHA256"
	terminator = "aws4_request"

	maxAuthorization = 4096 // octets of the header
	maxKeyID         = 128  // characters of an access key id
	maxRegion        = 32   // characters of a Region's name
	signatureSize    = 64   // hexadecimal digits of an HMAC-SHA256
)

// authorization is a parsed Authorization header.
type authorization struct {
	accessKeyID string
	day         string // of the credential scope, as in 20260131
	region      string
	service     string
	terminator  string
	signed      []string // headers, lower case, in order
	signature   string   // lower-case hexadecimal
}

// parseAuthorization reads
//
//	AWS4-HMAC-SHA256 Credential=KEY/DAY/REGION/SERVICE/aws4_request, SignedHeaders=a;b, Signature=HEX
//
// Each part stands once, in any order. Errors are IncompleteSignatureException.
func parseAuthorization(header string) (authorization, error) {
	var a authorization
	if len(header) > maxAuthorization {
		return a, incomplete("The Authorization header is too long.")
	}
	scheme, rest, _ := strings.Cut(header, " ")
	if scheme != algorithm {
		return a, incomplete("Authorization must begin with " + algorithm + ".")
	}
	parts, err := parseParts(rest)
	if err != nil {
		return a, err
	}
	for _, name := range []string{"Credential", "SignedHeaders", "Signature"} {
		if parts[name] == "" {
			return a, incomplete("Authorization header requires '" + name + "' parameter.")
		}
	}
	if err := a.parseCredential(parts["Credential"]); err != nil {
		return a, err
	}
	a.signed = strings.Split(parts["SignedHeaders"], ";")
	if !areHeaderNames(a.signed) {
		return a, incomplete("SignedHeaders must be header names in lower case, each once, in order.")
	}
	a.signature = parts["Signature"]
	if len(a.signature) != signatureSize || !consistsOf(a.signature, isHex) {
		return a, incomplete("Signature must be 64 hexadecimal digits in lower case.")
	}
	return a, nil
}

func parseParts(text string) (map[string]string, error) {
	parts := make(map[string]string, 3)
	for _, part := range strings.Split(text, ",") {
		name, value, ok := strings.Cut(strings.Trim(part, " "), "=")
		if _, repeated := parts[name]; !ok || repeated {
			return nil, incomplete("Authorization must have Credential, SignedHeaders and Signature, each once.")
		}
		switch name {
		case "Credential", "SignedHeaders", "Signature":
			parts[name] = value
		default:
			return nil, incomplete("Authorization has a part that is not Credential, SignedHeaders or Signature.")
		}
	}
	return parts, nil
}

func (a *authorization) parseCredential(text string) error {
	fields := strings.Split(text, "/")
	if len(fields) != 5 {
		return incomplete("Credential must be KEY/DAY/REGION/SERVICE/" + terminator + ".")
	}
	a.accessKeyID, a.day, a.region, a.service, a.terminator = fields[0], fields[1], fields[2], fields[3], fields[4]
	if a.accessKeyID == "" || len(a.accessKeyID) > maxKeyID || !consistsOf(a.accessKeyID, isKeyID) {
		return incomplete("Credential must begin with an access key id.")
	}
	if len(a.day) != len(dayFormat) || !consistsOf(a.day, isDigit) {
		return incomplete("Credential must have a day as in 20260131.")
	}
	if a.region == "" || len(a.region) > maxRegion || !consistsOf(a.region, isRegion) {
		return incomplete("Credential must have a Region's name: lower-case letters, digits and hyphens.")
	}
	return nil
}

// checkScope checks what the signature was made for.
func (a authorization) checkScope(service string) error {
	if a.service != service {
		return invalid("Credential should be scoped to correct service: '" + service + "'.")
	}
	if a.terminator != terminator {
		return invalid("Credential should be scoped with a valid terminator: '" + terminator + "'.")
	}
	return nil
}

func areHeaderNames(names []string) bool {
	for i, n := range names {
		if n == "" || !consistsOf(n, isHeaderName) || i > 0 && names[i-1] >= n {
			return false
		}
	}
	return true
}

func consistsOf(s string, in func(rune) bool) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return !in(r) })
}

func isDigit(r rune) bool { return r >= '0' && r <= '9' }

func isLower(r rune) bool { return r >= 'a' && r <= 'z' }

func isHex(r rune) bool { return isDigit(r) || r >= 'a' && r <= 'f' }

func isRegion(r rune) bool { return isDigit(r) || isLower(r) || r == '-' }

func isKeyID(r rune) bool {
	return isRegion(r) || r >= 'A' && r <= 'Z' || r == '_'
}

// isHeaderName says whether a lower-case header name may have the character
// (RFC 9110 §5.6.2).
func isHeaderName(r rune) bool {
	return isDigit(r) || isLower(r) || slices.Contains([]rune("!#$%&'*+-.^_`|~"), r)
}
