package cli

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net/http"
	"os"
)

// newHTTP makes a client for one command. AWS_CA_BUNDLE names the authorities
// that it trusts instead of the system's, as for the AWS CLI.
func newHTTP(env Environment) (*http.Client, error) {
	client := &http.Client{Timeout: callTimeout}
	bundle := env.Getenv("AWS_CA_BUNDLE")
	if bundle == "" {
		return client, nil
	}
	pem, err := os.ReadFile(bundle)
	if err != nil {
		return nil, fmt.Errorf("AWS_CA_BUNDLE: %w", err)
	}
	authorities := x509.NewCertPool()
	if !authorities.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("AWS_CA_BUNDLE: %s holds no PEM certificate", bundle)
	}
	client.Transport = &http.Transport{
		Proxy: http.ProxyFromEnvironment, ForceAttemptHTTP2: true,
		TLSClientConfig: &tls.Config{RootCAs: authorities, MinVersion: tls.VersionTLS12},
	}
	return client, nil
}
