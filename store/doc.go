// Package store keeps the server's records in an SQL database: one SQL text in
// the subset that SQLite and PostgreSQL share, beside the method it belongs to.
// What differs between engines stands in store/sqlite. The contracts are owned
// by the packages that use them; *DB satisfies them.
//
// Every write goes through one writer, which puts the writes that wait into one
// transaction, so that many callers share one sync of the disk. Times are
// milliseconds since 1970 (UTC), 0 = never; lists are JSON text. Retention,
// backups and PostgreSQL are left out.
package store
