package app

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync/atomic"
	"syscall"
	"time"

	"heliograph/config"
)

// Bounds of every connection.
const (
	headerTime = 10 * time.Second
	readTime   = 30 * time.Second
	writeTime  = 90 * time.Second // a handset's messages may be waited for
	idleTime   = 2 * time.Minute
	stopTime   = 4 * time.Second // requests under way, of the ten seconds that a stop may take
	headerSize = 64 << 10        // octets of the request's headers
)

// certificate is what a port shows to new connections; a reload puts another in
// its place.
type certificate struct {
	atomic.Pointer[tls.Certificate]
}

// newCertificate loads the file's; nil without settings.
func newCertificate(settings *config.TLS) (*certificate, error) {
	if settings == nil {
		return nil, nil
	}
	loaded, err := settings.Certificate()
	if err != nil {
		return nil, fmt.Errorf("tls: %w", err)
	}
	c := &certificate{}
	c.Store(&loaded)
	return c, nil
}

func (c *certificate) get(*tls.ClientHelloInfo) (*tls.Certificate, error) { return c.Load(), nil }

// listener is a port with its HTTP server.
type listener struct {
	net.Listener
	server *http.Server
	scheme string
	cut    context.CancelFunc // ends the requests under way
}

// listen opens a port. With a certificate it speaks TLS 1.2 and later, and
// HTTP/2 to those who can.
func listen(address string, handler http.Handler, certificate *certificate, log *slog.Logger) (*listener, error) {
	port, err := net.Listen("tcp", address)
	if errors.Is(err, syscall.EADDRINUSE) {
		return nil, fmt.Errorf("%s is in use by another program: stop that, or choose another address", address)
	}
	if err != nil {
		return nil, err
	}
	requests, cut := context.WithCancel(context.Background())
	l := &listener{Listener: port, scheme: "http", cut: cut, server: &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: headerTime,
		ReadTimeout:       readTime,
		WriteTimeout:      writeTime,
		IdleTimeout:       idleTime,
		MaxHeaderBytes:    headerSize,
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelWarn),
		BaseContext:       func(net.Listener) context.Context { return requests },
	}}
	if certificate != nil {
		l.scheme = "https"
		l.server.TLSConfig = &tls.Config{GetCertificate: certificate.get, MinVersion: tls.VersionTLS12}
	}
	return l, nil
}

// url is the address as a client writes it: a listener on all addresses is
// reached by loopback too.
func (l *listener) url() string {
	address := l.Addr().String()
	if host, port, err := net.SplitHostPort(address); err == nil && net.ParseIP(host).IsUnspecified() {
		address = net.JoinHostPort("127.0.0.1", port)
	}
	return l.scheme + "://" + address
}

// serve answers until the server is shut down.
func (l *listener) serve(failed func(error)) {
	serve := l.server.Serve
	if l.scheme == "https" {
		serve = func(port net.Listener) error { return l.server.ServeTLS(port, "", "") }
	}
	if err := serve(l.Listener); !errors.Is(err, http.ErrServerClosed) {
		failed(fmt.Errorf("%s: %w", l.Addr(), err))
	}
}

// stop ends the port: requests under way end first. Those that take longer than
// their share of the stop are cut, so that what comes after the ports has time.
func (l *listener) stop(ctx context.Context) error {
	defer l.cut()
	ctx, cancel := context.WithTimeout(ctx, stopTime)
	defer cancel()
	err := l.server.Shutdown(ctx)
	if errors.Is(err, context.DeadlineExceeded) {
		return l.server.Close()
	}
	return err
}
