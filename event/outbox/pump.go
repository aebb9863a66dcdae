// Package outbox carries events from the database to their targets: at least
// once, those of one message in order and one at a time, each target by itself,
// so that a slow or dead one delays no other and no message. An event stands in
// the outbox from the commit that made it until its target has it.
//
// Left out: what an event looks like (package event) and how a target is
// spoken to (the packages of its sinks).
package outbox
