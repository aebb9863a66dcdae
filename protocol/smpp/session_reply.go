package smpp

// Reply answers one request of the peer. It is a small value that may be kept, and
// is used once.
type Reply struct {
	session  *Session
	sequence uint32
	request  CommandID
}

// Session is the session that the request came by.
func (r Reply) Session() *Session { return r.session }

// With answers with a response. It waits only when a megabyte of answers waits to
// be written. The errors are ErrUnexpectedResponse for a response of another kind
// than the request's, ErrField, and ErrClosed when the session has ended: then the
// peer will ask again.
func (r Reply) With(response Response) error {
	if id := response.CommandID(); id != r.request.Response() && id != CommandGenericNack {
		return ErrUnexpectedResponse
	}
	return r.session.out.append(r.sequence, response)
}

// OK answers with StatusOK and an empty body, as deliver_sm wants it.
func (r Reply) OK() { r.Refuse(StatusOK) }

// Refuse answers with a status and nothing else. A session that has ended is
// nobody's concern any more: the error is dropped.
func (r Reply) Refuse(st Status) {
	switch r.request {
	case CommandAlertNotification, CommandOutbind:
		return
	}
	response, ok := newPDU(r.request.Response()).(Response)
	if !ok {
		response = &GenericNack{}
	}
	response.setStatus(st)
	_ = r.session.out.append(r.sequence, response)
}
