// Package compat drives the real binary with official clients, as a customer
// would: the AWS CLI and the Go SDK over the API port, node-smpp and Kannel over
// SMPP, processes that are killed in the middle of their work. It has a module
// of its own, so that the clients' dependencies stay out of the product. Left
// out: the JavaScript SDK, boto3 and Terraform.
package compat
