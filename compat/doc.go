// Package compat drives the real binary with official clients, as a customer
// would: the AWS CLIs and the SDKs for Go, JavaScript and Python over the API
// port, node-smpp, go-smpp, gosmpp and Kannel over SMPP, processes that are killed in the middle
// of their work. It has a module of its own, so that the clients' dependencies
// stay out of the product. Left out: the SDKs for other languages and
// Terraform's own program.
package compat
