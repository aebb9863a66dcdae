// Package cli holds the commands that speak to a running server over the same
// API as its customers: api for the AWS JSON API, handset for the simulated
// handsets, and check for configuration files. Credentials come from the AWS
// environment variables or shared credentials file. Left out: roles, single
// sign-on and every other source of AWS credentials; nothing here ever speaks
// to AWS.
package cli
