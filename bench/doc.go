// Command bench measures how many messages a second the gateway accepts and
// delivers with receipt, and beside it the bare limit of the same machine: group
// commit of a file and raw SMPP, nothing else.
//
// Both sides are driven by the same closed-loop callers and end at the same sink
// SMSC, a process of its own. It reads CPU time from /proc, so it runs on Linux.
// What it leaves out: carriers with latency or loss, texts of several parts,
// operations other than SendTextMessage, and networks beyond loopback.
package main
