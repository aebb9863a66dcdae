package smsc

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"strings"

	"heliograph/protocol/smpp"
)

// stage is how far an attempt to bind came.
type stage string

const (
	resolving   stage = "lookup"
	connecting  stage = "connect"
	securing    stage = "TLS handshake"
	binding     stage = "bind"
	established stage = "session"
)

// stageError is an error and the stage that met it.
type stageError struct {
	stage stage
	err   error
}

func (e *stageError) Error() string { return string(e.stage) + ": " + e.err.Error() }
func (e *stageError) Unwrap() error { return e.err }

// login is what binds identify themselves with.
type login struct{ systemID, password string }

// connect makes a session at a host and binds it.
func (b *bind) connect(ctx context.Context) (*smpp.Session, error) {
	ctx, cancel := context.WithTimeout(ctx, bindTimeout)
	defer cancel()
	conn, err := b.host.dial(ctx)
	if err != nil {
		return nil, err
	}
	session := smpp.NewSession(conn, smpp.ESME, b.carrier.sessionConfig(b.carrier.intake))
	session.Start()
	if err := b.login(ctx, session); err != nil {
		return nil, err
	}
	return session, nil
}

// login binds a session, or closes it.
func (b *bind) login(ctx context.Context, session *smpp.Session) error {
	_, err := session.Bind(ctx, b.carrier.bindRequest(b.mode))
	if err == nil {
		return nil
	}
	// It is not bound, so that Close has nothing to wait for.
	_ = session.Close(ctx)
	return &stageError{binding, fmt.Errorf("%v: %w", b.mode, err)}
}

func (c *Carrier) bindRequest(mode smpp.BindMode) *smpp.Bind {
	s, as := &c.settings, c.login.Load()
	return &smpp.Bind{
		Mode: mode, SystemID: as.systemID, Password: as.password, SystemType: s.SystemType,
		InterfaceVersion: s.version(), AddressRange: s.AddressRange,
	}
}

func (c *Carrier) sessionConfig(handler smpp.Handler) smpp.Config {
	return smpp.Config{
		Handler: handler, Window: c.settings.Window,
		ResponseTimeout: c.settings.ResponseTimeout, EnquireInterval: c.settings.EnquireInterval,
		Stray: c.late.stray, Malformed: c.intake.malformed,
	}
}

// dial opens a connection, in TLS from the first octet where that is configured
// (SMPP has no STARTTLS). Keep-alive of TCP is on, as net.Dialer has it.
func (h *host) dial(ctx context.Context) (net.Conn, error) {
	s := &h.carrier.settings
	if s.Dial != nil {
		return s.Dial(ctx)
	}
	conn, err := s.dialer()(ctx, "tcp", h.address)
	if err != nil {
		return nil, &stageError{connecting, err}
	}
	if s.TLS == nil {
		return conn, nil
	}
	secured, err := h.secure(ctx, conn)
	if err != nil {
		_ = conn.Close()
		return nil, &stageError{securing, err}
	}
	return secured, nil
}

func (s *Settings) dialer() func(ctx context.Context, network, address string) (net.Conn, error) {
	if s.DialContext != nil {
		return s.DialContext
	}
	var d net.Dialer
	if s.SourceAddress != nil {
		d.LocalAddr = &net.TCPAddr{IP: s.SourceAddress}
	}
	return d.DialContext
}

// secure checks the SMSC's certificate against the host's configured name, not the
// record that was dialled.
func (h *host) secure(ctx context.Context, conn net.Conn) (net.Conn, error) {
	config, err := h.carrier.settings.TLS()
	if err != nil {
		return nil, err
	}
	if config.ServerName == "" {
		config = config.Clone()
		config.ServerName = h.name
	}
	secured := tls.Client(conn, config)
	return secured, secured.HandshakeContext(ctx)
}

// modeName is a mode of bind without its command's prefix.
func modeName(mode smpp.BindMode) string { return strings.TrimPrefix(mode.String(), "bind_") }
