package config

import (
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
)

// maxSecret bounds a secret's file, in bytes.
const maxSecret = 64 << 10

// Secret is a value that is never printed: formatting, logging and marshalling
// show "[secret]".
type Secret struct{ plain string }

// NewSecret makes a secret of plain text, for settings that no file gave.
func NewSecret(plain string) Secret { return Secret{plain: plain} }

// Reveal gives the plain text.
func (s Secret) Reveal() string { return s.plain }

// String hides the value.
func (s Secret) String() string { return "[secret]" }

// GoString hides the value from %#v.
func (s Secret) GoString() string { return "[secret]" }

// MarshalText hides the value from encoders.
func (s Secret) MarshalText() ([]byte, error) { return []byte("[secret]"), nil }

// LogValue hides the value from logs.
func (s Secret) LogValue() slog.Value { return slog.StringValue("[secret]") }

// resolve reads the secret that a file names as ${NAME} or file:PATH. Its
// errors never bear what was written, which may be a secret in plain text.
func (d *decoder) resolve(text string) (Secret, error) {
	if path, ok := strings.CutPrefix(text, "file:"); ok {
		return d.secretFile(path)
	}
	name, ok := environmentName(text)
	if !ok {
		return Secret{}, errors.New("write a secret as ${NAME} of an environment variable or as file:PATH")
	}
	plain, ok := d.env(name)
	if !ok || plain == "" {
		return Secret{}, fmt.Errorf("the environment variable %s is not set", name)
	}
	return Secret{plain: plain}, nil
}

// secretFile reads a secret from a file and drops the line end that editors add.
func (d *decoder) secretFile(path string) (Secret, error) {
	path = d.beside(path)
	info, err := os.Stat(path)
	if err != nil {
		return Secret{}, fmt.Errorf("the secret's file cannot be read: %w", err)
	}
	if !info.Mode().IsRegular() || info.Size() > maxSecret {
		return Secret{}, fmt.Errorf("the secret's file %s is no plain file of at most 64 KiB", path)
	}
	content, err := os.ReadFile(path)
	if err != nil {
		return Secret{}, fmt.Errorf("the secret's file cannot be read: %w", err)
	}
	plain := strings.TrimRight(string(content), "\r\n")
	if plain == "" {
		return Secret{}, fmt.Errorf("the secret's file %s is empty", path)
	}
	return Secret{plain: plain}, nil
}

// environmentName takes NAME out of ${NAME}.
func environmentName(text string) (string, bool) {
	name, ok := strings.CutPrefix(text, "${")
	if !ok {
		return "", false
	}
	name, ok = strings.CutSuffix(name, "}")
	return name, ok && environmentPattern.MatchString(name)
}

// beside makes a path that a file names relative to that file's own folder, so
// that it means the same wherever the program was started.
func (d *decoder) beside(path string) string {
	if filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(d.folder, path)
}
