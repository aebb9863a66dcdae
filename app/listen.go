package app

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"

	"heliograph/config"
)

// Bounds of every connection.
const (
	headerTime = 10 * time.Second
	readTime   = 30 * time.Second
	writeTime  = 90 * time.Second // a handset's messages may be waited for
	idleTime   = 2 * time.Minute
	headerSize = 64 << 10 // octets of the request's headers
)

// listener is a port with its HTTP server.
type listener struct {
	net.Listener
	server *http.Server
	scheme string
}

// listen opens a port. With tls settings it speaks TLS 1.2 and later.
func listen(address string, handler http.Handler, settings *config.TLS, log *slog.Logger) (*listener, error) {
	port, err := net.Listen("tcp", address)
	if err != nil {
		return nil, fmt.Errorf("listen: %w", err)
	}
	l := &listener{Listener: port, scheme: "http", server: &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: headerTime,
		ReadTimeout:       readTime,
		WriteTimeout:      writeTime,
		IdleTimeout:       idleTime,
		MaxHeaderBytes:    headerSize,
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelWarn),
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

// url is the address as a client writes it.
func (l *listener) url() string { return l.scheme + "://" + l.Addr().String() }

// serve answers until the server is shut down.
func (l *listener) serve(failed func(error)) {
	if err := l.server.Serve(l.Listener); !errors.Is(err, http.ErrServerClosed) {
		failed(fmt.Errorf("%s: %w", l.Addr(), err))
	}
}

// stop ends the port: requests under way end first, bounded by ctx.
func (l *listener) stop(ctx context.Context) error {
	if err := l.server.Shutdown(ctx); err != nil {
		return errors.Join(err, l.server.Close())
	}
	return nil
}
