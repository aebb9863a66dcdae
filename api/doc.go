// Package api is the Amazon Pinpoint SMS and Voice API, version 2, as Go
// types: inputs and outputs of its operations, their limits, exceptions and
// the descriptors by which a server registers them. The types are generated
// from api/model; the wire form is AWS JSON 1.0.
//
// The package knows nothing of HTTP (see api/awsjson) nor of what an operation
// does. Rules that the model does not state are not here either.
package api

//go:generate go run ./gen
//go:generate go run ./gen -operations ../docs/operations.md -compatibility ../docs/compatibility.md -carriers ../docs/carriers-proof.md
