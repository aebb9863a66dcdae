package operator

import (
	"net/http"
	"regexp"
	"strconv"
	"strings"
)

// document is an OpenAPI description.
type document map[string]any

// refusesAlways are the answers that any endpoint may give: a query parameter
// that it does not know, no key, another account's key, a failure of the server.
var refusesAlways = [...]int{http.StatusBadRequest, http.StatusUnauthorized, http.StatusForbidden, http.StatusInternalServerError}

// describe makes the OpenAPI 3.0.3 description of all routes, from the table
// that serves them.
func (p Parts) describe() document {
	paths, schemas := document{}, schemas{}
	for _, e := range p.routes() {
		operations, known := paths[Root+e.path].(document)
		if !known {
			operations = document{}
			paths[Root+e.path] = operations
		}
		operations[strings.ToLower(e.method)] = e.describe(schemas)
	}
	return document{
		"openapi": "3.0.3",
		"info": document{
			"title": "Heliograph operator API", "version": "1",
			"description": "What the operator of a server does: accounts, keys, provisioning, messages, events, carriers, traces, audit, reload.",
		},
		"paths": paths,
		"components": document{
			"schemas": schemas,
			"securitySchemes": document{"rootKey": document{
				"type": "http", "scheme": "basic",
				"description": "Id and secret of a root key of the operator's account.",
			}},
		},
		"security": []any{document{"rootKey": []string{}}},
	}
}

func (e endpoint) describe(schemas schemas) document {
	description := document{"operationId": e.id, "summary": e.summary, "responses": e.responses(schemas)}
	if list := e.parameters(); len(list) > 0 {
		description["parameters"] = list
	}
	if e.asks != nil {
		description["requestBody"] = document{"required": true, "content": e.content(http.MethodPost, schemas.of(e.asks))}
	}
	return description
}

var pathParameter = regexp.MustCompile(`\{(\w+)\}`)

// parameters are those of the path and of the query.
func (e endpoint) parameters() []any {
	var list []any
	for _, name := range pathParameter.FindAllStringSubmatch(e.path, -1) {
		list = append(list, document{"name": name[1], "in": "path", "required": true, "schema": document{"type": "string"}})
	}
	for _, p := range e.query {
		schema := document{"type": p.kind}
		if p.values != nil {
			schema["enum"] = p.values
		}
		list = append(list, document{"name": p.name, "in": "query", "description": p.summary, "schema": schema})
	}
	return list
}

// responses are the success and all refusals.
func (e endpoint) responses(schemas schemas) document {
	success := document{"description": http.StatusText(e.status)}
	if e.tells != nil {
		success["content"] = e.content(http.MethodGet, schemas.of(e.tells))
	}
	all := document{strconv.Itoa(e.status): success}
	for _, status := range append(refusesAlways[:], e.refuses...) {
		all[strconv.Itoa(status)] = document{
			"description": http.StatusText(status), "content": jsonOf(schemas.of(errorShown{})),
		}
	}
	return all
}

// content describes a body; of an endpoint of lines, that of the method bears them.
// OpenAPI 3.0 has no words for a schema of each line, so it stands beside.
func (e endpoint) content(method string, schema any) document {
	if e.lines && e.method == method {
		return document{lineType: document{"schema": document{"type": "string"}, "x-line": schema}}
	}
	return jsonOf(schema)
}

func jsonOf(schema any) document {
	return document{"application/json": document{"schema": schema}}
}
