// Package cli holds the commands that speak to a running server over the same
// API as its customers and its operator: api for the AWS JSON API, handset for
// the simulated handsets; credentials, provision, messages, audit and reload
// for the operator. Credentials come from the AWS environment variables or
// shared credentials file. Left out: roles, single sign-on and every other
// source of AWS credentials; nothing here ever speaks to AWS.
package cli
