// Package config reads the configuration file (YAML 1.2, strict) and the
// settings of the command line and the environment. An unknown key, a key that
// nothing honours, a name that does not exist and a secret in plain text are
// errors, each with its line and the path of the field, several at once.
// Anchors, aliases, tags and several documents in one file are left out.
package config

//go:generate go run ./gen -o ../docs/config.md
