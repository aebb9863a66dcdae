// Package dispatch brings accepted messages to their carriers: a bounded queue
// in memory and one worker a window slot for each carrier, attempts until the
// time to live is over, and the sweeps for what nobody told the end of.
//
// A message is on disk before it comes here. What does not fit into memory
// stays there and is read when there is room; what was in flight at a crash is
// read at the next start and sent again: delivery is at least once. A message
// is never in flight twice. Carriers come, go and are replaced while it runs.
//
// Each origination identity has a queue of its own within that of a carrier, and
// they take turns, transactional messages before promotional ones: what a limit
// or quiet hours hold (message/limit) holds up nobody else, in memory and on disk.
//
// What leaves a carrier that refuses, rests or is down for another one is on disk as
// that one's before it goes, and goes once, however often it moves to and fro.
//
// Left out: which carriers a message may go over (message/route), and the limit of
// parts per second of a carrier, which is the carrier's own.
package dispatch
