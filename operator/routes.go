package operator

import "net/http"

// endpoint is one thing that the operator's API does: the table of them serves and
// is described at /operator/v1/openapi.json.
type endpoint struct {
	method  string
	path    string // below Root
	id      string // operationId of the description
	summary string
	action  string // in the audit, "" = leaves no line
	query   []parameter
	asks    any  // zero value of the request's body, nil = none
	tells   any  // zero value of the answer's body, nil = none
	lines   bool // the body of the request, or of a GET's answer, is lines of asks or tells, of any number
	status  int  // of the answer
	refuses []int
	serve   func(*http.Request) (any, error)
}

// parameter is a query parameter.
type parameter struct {
	name    string
	kind    string // "string" or "integer"
	summary string
	values  []string // that it may have, nil = any
}

// routes lists all that the API does.
func (p Parts) routes() []endpoint {
	list := p.messageRoutes()
	list = append(list, p.accountRoutes()...)
	list = append(list, p.provisionRoutes()...)
	list = append(list, p.carrierRoutes()...)
	list = append(list, p.traceRoutes()...)
	list = append(list, p.eventRoutes()...)
	list = append(list, p.optOutRoutes()...)
	list = append(list, p.routeRoute())
	list = append(list, p.cancelRoute(), p.auditRoute(), p.reloadRoute())
	return append(list, endpoint{
		method: http.MethodGet, path: "/openapi.json", id: "describe", status: http.StatusOK,
		summary: "This description, OpenAPI 3.0.3.", tells: document{},
		serve: func(*http.Request) (any, error) { return p.describe(), nil },
	})
}

func (p Parts) messageRoutes() []endpoint {
	return []endpoint{{
		method: http.MethodGet, path: "/messages", id: "searchMessages", status: http.StatusOK,
		summary: "Messages, the newest first. Numbers are masked and texts left out unless a reason is given.", action: "ReadMessages",
		query: searchParameters(), tells: messagesShown{}, serve: p.searchMessages,
	}, {
		method: http.MethodGet, path: "/messages/{id}", id: "getMessage", status: http.StatusOK,
		summary: "What became of a message, and why. The number is masked and the text left out unless a reason is given.",
		action:  "ReadMessage",
		query:   []parameter{reasonParameter()}, tells: messageShown{},
		refuses: []int{http.StatusNotFound}, serve: p.message,
	}}
}

func (p Parts) accountRoutes() []endpoint {
	return []endpoint{{
		method: http.MethodGet, path: "/accounts", id: "listAccounts", status: http.StatusOK,
		summary: "All accounts.", tells: accountsShown{}, serve: p.listAccounts,
	}, {
		method: http.MethodGet, path: "/accounts/{account}/keys", id: "listAccessKeys", status: http.StatusOK,
		summary: "The access keys of an account, without their secrets.",
		tells:   keysShown{}, refuses: []int{http.StatusNotFound}, serve: p.listKeys,
	}, {
		method: http.MethodPost, path: "/accounts/{account}/keys", id: "createAccessKey", status: http.StatusCreated,
		summary: "Makes a root key of an account. The answer alone shows its secret.", action: "CreateAccessKey",
		tells: keyShown{}, refuses: []int{http.StatusNotFound}, serve: p.createKey,
	}, {
		method: http.MethodPost, path: "/metrics-keys", id: "createMetricsKey", status: http.StatusCreated,
		summary: "Makes a key of the operator's account that reads /metrics alone. The answer alone shows its secret.", action: "CreateMetricsKey",
		tells: keyShown{}, serve: p.createMetricsKey,
	}, {
		method: http.MethodDelete, path: "/accounts/{account}/keys/{key}", id: "deleteAccessKey", status: http.StatusNoContent,
		summary: "Revokes an access key.", action: "DeleteAccessKey",
		refuses: []int{http.StatusNotFound, http.StatusConflict}, serve: p.dropKey,
	}}
}

func (p Parts) provisionRoutes() []endpoint {
	refuses := []int{http.StatusNotFound}
	return []endpoint{{
		method: http.MethodPost, path: "/provision/sender-ids", id: "provisionSenderId", status: http.StatusCreated,
		summary: "Puts a sender ID into an account and Region.", action: "ProvisionSenderId",
		asks: senderAsked{}, tells: senderShown{}, refuses: refuses, serve: p.provisionSender,
	}, {
		method: http.MethodPost, path: "/provision/phone-numbers", id: "provisionPhoneNumber", status: http.StatusCreated,
		summary: "Leases a number of the inventory to an account and Region.", action: "ProvisionPhoneNumber",
		asks: numberAsked{}, tells: numberShown{}, refuses: refuses, serve: p.provisionNumber,
	}}
}

func (p Parts) auditRoute() endpoint {
	return endpoint{
		method: http.MethodGet, path: "/audit", id: "listAuditEntries", status: http.StatusOK,
		summary: "Who changed what, and who looked at messages, the newest first.",
		query:   auditParameters(), tells: entriesShown{}, serve: p.listAudit,
	}
}

func (p Parts) reloadRoute() endpoint {
	return endpoint{
		method: http.MethodPost, path: "/reload", id: "reload", status: http.StatusOK,
		summary: "Reads the configuration file again and applies it whole. An invalid one changes nothing.",
		action:  "Reload", tells: Reloaded{}, refuses: []int{http.StatusNotFound, http.StatusConflict}, serve: p.reload,
	}
}
