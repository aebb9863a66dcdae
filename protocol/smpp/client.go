package smpp

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
)

// Connect starts an ESME's session over conn and binds it. When the bind fails the
// connection is closed, and the error is that of Session.Bind: a Status when the
// SMSC refused.
func Connect(ctx context.Context, conn net.Conn, bind *Bind, config Config) (*Session, error) {
	s := NewSession(conn, ESME, config)
	s.Start()
	if _, err := s.Bind(ctx, bind); err != nil {
		s.fail(err)
		<-s.done
		return nil, fmt.Errorf("smpp: %v: %w", bind.Mode, err)
	}
	return s, nil
}

// Dial opens a TCP connection to address, in TLS from the first octet when tlsConfig
// is not nil (SMPP has no STARTTLS), and binds; errors are those of the network and
// of Connect.
func Dial(ctx context.Context, address string, tlsConfig *tls.Config, bind *Bind, config Config) (*Session, error) {
	var dialer net.Dialer
	conn, err := dialer.DialContext(ctx, "tcp", address)
	if err != nil {
		return nil, fmt.Errorf("smpp: %w", err)
	}
	if tlsConfig == nil {
		return Connect(ctx, conn, bind, config)
	}
	if tlsConfig.ServerName == "" {
		tlsConfig = tlsConfig.Clone()
		tlsConfig.ServerName, _, _ = net.SplitHostPort(address)
	}
	secured := tls.Client(conn, tlsConfig)
	if err := secured.HandshakeContext(ctx); err != nil {
		_ = conn.Close()
		return nil, fmt.Errorf("smpp: %w", err)
	}
	return Connect(ctx, secured, bind, config)
}
