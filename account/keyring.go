package account

import (
	"bytes"
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
)

// ErrOtherKey says that what is sealed was sealed under a key that the key file
// does not hold.
var ErrOtherKey = errors.New("account: sealed under a key that is not in the key file")

// Sizes in octets of a key and of the fingerprint that names it.
const (
	keySize         = 32
	fingerprintSize = 8
	sealVersion     = 1
)

// Keyring seals and opens secrets with AES-256-GCM (NIST SP 800-38D). It holds
// several keys: the first seals, all open, so that a new key may be put in
// front of the old ones.
type Keyring struct{ keys []ringKey }

type ringKey struct {
	fingerprint [fingerprintSize]byte
	raw         []byte
	aead        cipher.AEAD
}

// ParseKeys reads a key file's content: 32 octets in base64 a line, the current
// key first. Empty lines and lines that begin with # are skipped. No error
// shows a key.
func ParseKeys(content []byte) (*Keyring, error) {
	ring := &Keyring{}
	for i, line := range strings.Split(string(content), "\n") {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		raw, err := base64.StdEncoding.DecodeString(line)
		if err != nil || len(raw) != keySize {
			return nil, fmt.Errorf("account: line %d of the key file is not base64 of %d octets", i+1, keySize)
		}
		if err := ring.add(raw); err != nil {
			return nil, err
		}
	}
	if len(ring.keys) == 0 {
		return nil, errors.New("account: the key file holds no key")
	}
	return ring, nil
}

// add appends a key.
func (k *Keyring) add(raw []byte) error {
	block, err := aes.NewCipher(raw)
	if err != nil {
		return fmt.Errorf("account: key: %w", err)
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		return fmt.Errorf("account: key: %w", err)
	}
	key := ringKey{raw: raw, aead: aead}
	copy(key.fingerprint[:], derive(raw, "fingerprint", fingerprintSize))
	k.keys = append(k.keys, key)
	return nil
}

// Seal encrypts under the current key. The context, such as the access key's
// id, is not kept in the result, and the same one must be given to Open: a
// sealed secret moved to another row does not open.
func (k *Keyring) Seal(plain []byte, context string) []byte {
	key := k.keys[0]
	nonce := make([]byte, key.aead.NonceSize())
	rand.Read(nonce) // never fails: crypto/rand ends the program instead
	sealed := append([]byte{sealVersion}, key.fingerprint[:]...)
	sealed = append(sealed, nonce...)
	return key.aead.Seal(sealed, nonce, plain, []byte(context))
}

// Open decrypts what Seal made, under whichever key it was sealed. The error
// wraps ErrOtherKey when that key is not here.
func (k *Keyring) Open(sealed []byte, context string) ([]byte, error) {
	if len(sealed) < 1+fingerprintSize || sealed[0] != sealVersion {
		return nil, errors.New("account: sealed bytes of an unknown form")
	}
	fingerprint, rest := sealed[1:1+fingerprintSize], sealed[1+fingerprintSize:]
	for _, key := range k.keys {
		if !bytes.Equal(key.fingerprint[:], fingerprint) {
			continue
		}
		if len(rest) < key.aead.NonceSize() {
			return nil, errors.New("account: sealed bytes are cut off")
		}
		plain, err := key.aead.Open(nil, rest[:key.aead.NonceSize()], rest[key.aead.NonceSize():], []byte(context))
		if err != nil {
			return nil, errors.New("account: sealed bytes were changed, or belong elsewhere")
		}
		return plain, nil
	}
	return nil, ErrOtherKey
}

// Derive gives 32 octets that only holders of the current key can compute, a
// different value for each purpose (HKDF-SHA256, RFC 5869): for page tokens.
func (k *Keyring) Derive(purpose string) []byte {
	return derive(k.keys[0].raw, "derive "+purpose, keySize)
}

func derive(raw []byte, info string, size int) []byte {
	key, err := hkdf.Key(sha256.New, raw, nil, "heliograph "+info, size)
	if err != nil {
		panic(err) // only for sizes beyond 255 hashes
	}
	return key
}

// checkName and checkText are the value that tells whether a key file belongs
// to a database.
const (
	checkName = "key_check"
	checkText = "heliograph"
)

// Check makes sure that the database was encrypted under this key file. The
// first start writes the check value; a key file without the key that it was
// sealed under is refused.
func (k *Keyring) Check(ctx context.Context, store ServerStore) error {
	kept, err := store.PutServerValueOnce(ctx, checkName, k.Seal([]byte(checkText), checkName))
	if err != nil {
		return fmt.Errorf("account: check value of the key file: %w", err)
	}
	plain, err := k.Open(kept, checkName)
	if errors.Is(err, ErrOtherKey) {
		return errors.New("account: the key file is not the one that this database was encrypted under; give the right one with --key-file, or add its line to this file")
	}
	if err != nil || string(plain) != checkText {
		return fmt.Errorf("account: the database's check value of the key file is damaged: %w", err)
	}
	return nil
}
