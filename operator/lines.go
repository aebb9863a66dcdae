package operator

import (
	"io"
	"log/slog"
	"net/http"
	"time"
)

// lineType is the media type of a JSON object a line.
const lineType = "application/x-ndjson"

// lines is an answer of any length, written while it is read.
type lines func(w io.Writer) error

// linePatience is how long each piece of a long body may take.
const linePatience = 30 * time.Second

// piecewise lets a request and its answer take as long as pieces of them come.
type piecewise struct {
	http.ResponseWriter
	body io.ReadCloser
}

// Read reads from the request's body.
func (p *piecewise) Read(into []byte) (int, error) {
	p.extend()
	return p.body.Read(into)
}

// Close ends the reading of the body.
func (p *piecewise) Close() error { return p.body.Close() }

// Write writes to the answer.
func (p *piecewise) Write(piece []byte) (int, error) {
	p.extend()
	return p.ResponseWriter.Write(piece)
}

func (p *piecewise) extend() {
	control := http.NewResponseController(p.ResponseWriter)
	until := time.Now().Add(linePatience)
	// Where a connection has no deadlines there is nothing to extend.
	_ = control.SetReadDeadline(until)
	_ = control.SetWriteDeadline(until)
}

// stream writes lines. What fails on the way cuts the connection, so that nobody
// takes a part for the whole.
func stream(w http.ResponseWriter, log *slog.Logger, pattern string, body lines) {
	w.Header().Set("Content-Type", lineType)
	w.WriteHeader(http.StatusOK)
	if err := body(&piecewise{ResponseWriter: w}); err != nil {
		log.Error("an answer was cut", "pattern", pattern, "error", err)
		panic(http.ErrAbortHandler)
	}
}
