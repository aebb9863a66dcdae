package operator

import "net/http"

func (p Parts) carrierRoutes() []endpoint {
	missing, refused := []int{http.StatusNotFound}, []int{http.StatusNotFound, http.StatusConflict}
	return []endpoint{{
		method: http.MethodGet, path: "/carriers", id: "listCarriers", status: http.StatusOK,
		summary: "All carriers: their connections, what waits for them, and what is wrong in words.",
		tells:   carriersShown{}, serve: p.listCarriers,
	}, {
		method: http.MethodGet, path: "/carriers/{name}", id: "getCarrier", status: http.StatusOK,
		summary: "One carrier.", tells: Carrier{}, refuses: missing, serve: p.carrier,
	}, {
		method: http.MethodPost, path: "/carriers/{name}/pause", id: "pauseCarrier", status: http.StatusOK, action: "PauseCarrier",
		summary: "Takes up no more messages of a carrier until it is resumed, also after a restart. What is in flight ends; what waits does so until its time to live is over.",
		asks:    pauseAsked{}, tells: Carrier{}, refuses: missing, serve: p.pauseCarrier,
	}, {
		method: http.MethodPost, path: "/carriers/{name}/resume", id: "resumeCarrier", status: http.StatusOK, action: "ResumeCarrier",
		summary: "Takes messages of a paused carrier up again, in their order.",
		tells:   Carrier{}, refuses: missing, serve: p.resumeCarrier,
	}, {
		method: http.MethodPost, path: "/carriers/{name}/drain", id: "drainCarrier", status: http.StatusOK, action: "DrainCarrier",
		summary: "Pauses a carrier and says whether anything is in flight still.",
		query:   []parameter{{name: "wait", kind: "string", summary: "a duration such as 5s, at most 30s: hold the answer until nothing is in flight"}},
		asks:    pauseAsked{}, tells: drainShown{}, refuses: missing, serve: p.drainCarrier,
	}, {
		method: http.MethodPost, path: "/carriers/{name}/move", id: "moveQueue", status: http.StatusOK, action: "MoveQueue",
		summary: "Gives another carrier the messages that wait for one, a step at a time: those that no carrier has taken a part of and whose sender is provisioned there.",
		asks:    moveAsked{}, tells: Moved{}, refuses: refused, serve: p.moveQueue,
	}, {
		method: http.MethodPut, path: "/carriers/{name}/throughput", id: "setThroughput", status: http.StatusOK, action: "SetThroughput",
		summary: "Changes a carrier's throughput at once. It is in force until the next reload or restart: the configuration file says what is afterwards.",
		asks:    throughputAsked{}, tells: Carrier{}, refuses: refused, serve: p.setThroughput,
	}}
}

func (p Parts) cancelRoute() endpoint {
	return endpoint{
		method: http.MethodPost, path: "/messages/{id}/cancel", id: "cancelMessage", status: http.StatusOK, action: "CancelMessage",
		summary: "Ends a message that waits and of which no carrier has taken a part: it is never sent. It ends as UNKNOWN with the code CANCELLED.",
		asks:    cancelAsked{}, tells: messageShown{}, refuses: []int{http.StatusNotFound, http.StatusConflict}, serve: p.cancelMessage,
	}
}

func (p Parts) traceRoutes() []endpoint {
	return []endpoint{{
		method: http.MethodPost, path: "/trace", id: "startTrace", status: http.StatusCreated, action: "StartTrace",
		summary: "Keeps the PDUs to and from one number, for a time and up to a number of them, without texts and other numbers.",
		asks:    traceAsked{}, tells: traceShown{}, refuses: []int{http.StatusConflict}, serve: p.startTrace,
	}, {
		method: http.MethodGet, path: "/trace", id: "getTrace", status: http.StatusOK,
		summary: "What was traced, until an hour after its end.",
		query:   []parameter{{name: "after", kind: "integer", summary: "only PDUs after the one of this number"}},
		tells:   traceShown{}, refuses: []int{http.StatusNotFound}, serve: p.trace,
	}, {
		method: http.MethodDelete, path: "/trace", id: "stopTrace", status: http.StatusNoContent, action: "StopTrace",
		summary: "Ends the trace and forgets what it has kept.", serve: p.stopTrace,
	}}
}
