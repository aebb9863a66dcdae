package app

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
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

// listener is a port with its HTTP server.
type listener struct {
	net.Listener
	server *http.Server
	scheme string
	cut    context.CancelFunc // ends the requests under way
}

// listen opens a port. With tls settings it speaks TLS 1.2 and later.
func listen(address string, handler http.Handler, settings *config.TLS, log *slog.Logger) (*listener, error) {
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
	if settings == nil {
		return l, nil
	}
	certificate, err := tls.LoadX509KeyPair(settings.CertFile, settings.KeyFile)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("tls: %w", err), port.Close())
	}
	l.scheme = "https"
	l.Listener = tls.NewListener(port, &tls.Config{Certificates: []tls.Certificate{certificate}, MinVersion: tls.VersionTLS12})
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
	if err := l.server.Serve(l.Listener); !errors.Is(err, http.ErrServerClosed) {
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
