// Package operator is what the provider does: it puts accounts, numbers and
// sender IDs in place, makes access keys, looks for messages and says in plain
// words what became of them, tells of carriers and pauses, drains, slows and
// empties them, cancels and traces, reads the audit and reloads the configuration, by
// the configuration file and by /operator/v1: JSON over HTTP, described by
// itself in OpenAPI 3.0.3. Review of registrations is left out, and so is who
// may call: account.Directory guards it.
package operator
