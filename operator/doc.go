// Package operator is what the provider does: it puts accounts, numbers and
// sender IDs in place, makes access keys and looks into messages, by the
// configuration file and by /operator/v1 (JSON over HTTP, no standard). Review
// of registrations, carriers, audit and reload over HTTP are left out.
package operator
