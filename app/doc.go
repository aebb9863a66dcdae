// Package app puts the program together: it is the one place that knows every
// package. New builds, Start brings up the parts in the order of the road,
// Stop takes them down in the reverse order, and Reload puts a changed
// configuration file in force while they run. It holds no rules of its own.
// Left out: PostgreSQL and more than one node.
package app
