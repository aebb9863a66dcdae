package account

import (
	"context"
	"crypto/rand"
	"encoding/base32"
	"encoding/base64"
	"errors"
	"fmt"
	"os"
	"regexp"

	"heliograph/audit"
)

// Root is a root key that the environment gives; both members or none are set.
type Root struct {
	ID     string // HELIOGRAPH_ROOT_ACCESS_KEY_ID
	Secret string // HELIOGRAPH_ROOT_SECRET_ACCESS_KEY
}

// RootFrom reads the operator's root key from the environment.
func RootFrom(env func(string) (string, bool)) Root {
	id, _ := env("HELIOGRAPH_ROOT_ACCESS_KEY_ID")
	secret, _ := env("HELIOGRAPH_ROOT_SECRET_ACCESS_KEY")
	return Root{ID: id, Secret: secret}
}

// An access key id stands in the signature's scope, whose parts are set apart
// by slashes and commas; secrets are printable so that files can hold them.
var (
	keyIDPattern  = regexp.MustCompile(`^[A-Za-z0-9_]{3,128}$`)
	secretPattern = regexp.MustCompile(`^[!-~]{1,256}$`)
)

// check says what is wrong with the environment's key, without its secret.
func (r Root) check() error {
	switch {
	case (r.ID == "") != (r.Secret == ""):
		return errors.New("account: set both HELIOGRAPH_ROOT_ACCESS_KEY_ID and HELIOGRAPH_ROOT_SECRET_ACCESS_KEY, or none")
	case r.ID != "" && !keyIDPattern.MatchString(r.ID):
		return errors.New("account: HELIOGRAPH_ROOT_ACCESS_KEY_ID wants 3 to 128 letters, digits and underscores")
	case r.ID != "" && !secretPattern.MatchString(r.Secret):
		return errors.New("account: HELIOGRAPH_ROOT_SECRET_ACCESS_KEY wants 1 to 256 printable ASCII characters without blanks")
	}
	return nil
}

// Begin runs at each start: it makes the operator's account and sees to its
// root key. A key of the environment takes the place of the one that an earlier
// start gave it; keys that the operator made stay. Without one, and only when
// the account has none, a key is generated and written to the credentials file
// in the AWS shared-credentials format with mode 0600; written says that this
// happened.
func (d *Directory) Begin(ctx context.Context, root Root, credentials string) (written bool, err error) {
	if err := root.check(); err != nil {
		return false, err
	}
	ctx = audit.With(ctx, audit.Entry{Origin: audit.File, Action: "Start"})
	if _, ok, err := d.Account(ctx, Operator); err != nil {
		return false, err
	} else if !ok {
		operator := Account{ID: Operator, Name: "operator", Tier: Production, CreatedAt: d.now()}
		if err := d.PutAccount(ctx, operator); err != nil {
			return false, err
		}
	}
	keys, err := d.store.Keys(ctx, Operator)
	if err != nil {
		return false, err
	}
	if root.ID != "" {
		return false, d.replaceRoots(ctx, keys, root)
	}
	for _, k := range keys {
		if k.Root {
			return false, nil
		}
	}
	_, err = d.generateRoot(ctx, credentials)
	return true, err
}

// replaceRoots puts the environment's key in the place of the one that an
// earlier start gave the account, which may have been changed because it leaked.
func (d *Directory) replaceRoots(ctx context.Context, keys []SealedKey, root Root) error {
	key := Key{ID: root.ID, Account: Operator, Secret: root.Secret, Root: true, CreatedAt: d.now()}
	if owner, ok, err := d.store.Key(ctx, root.ID); err != nil {
		return err
	} else if ok && owner.Account != Operator {
		return fmt.Errorf("account: HELIOGRAPH_ROOT_ACCESS_KEY_ID is a key of account %s already", owner.Account)
	}
	if err := d.putStartKey(ctx, key); err != nil {
		return err
	}
	for _, k := range keys {
		_, ours, err := d.store.ServerValue(ctx, startKey+k.ID)
		if err == nil && ours && k.ID != root.ID {
			err = d.DropKey(ctx, k.ID)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// same says whether a key is kept as it is given. One that was sealed under a
// key that is no longer in the key file is not.
func (d *Directory) same(kept SealedKey, given Key) bool {
	secret, err := d.ring.Open(kept.Secret, kept.ID)
	return err == nil && kept.ID == given.ID && kept.Root && string(secret) == given.Secret
}

// startKey begins the name of the value that marks a key as given by a start.
const startKey = "start_key:"

// putStartKey writes a key and marks it; the same key again, as at each start, is
// no change.
func (d *Directory) putStartKey(ctx context.Context, key Key) error {
	if _, err := d.store.PutServerValueOnce(ctx, startKey+key.ID, []byte{1}); err != nil {
		return err
	}
	if kept, ok, err := d.store.Key(ctx, key.ID); err != nil || ok && d.same(kept, key) {
		return err
	}
	return d.PutKey(ctx, key)
}

// generateRoot writes the file before the database: after a crash between the
// two the next start makes another key, and no key exists that nobody knows.
func (d *Directory) generateRoot(ctx context.Context, credentials string) (id string, err error) {
	key := d.newRoot()
	if err := writeCredentials(credentials, key); err != nil {
		return "", err
	}
	return key.ID, d.putStartKey(ctx, key)
}

// newRoot generates a root key of the operator's account.
func (d *Directory) newRoot() Key {
	key := GenerateKey()
	key.Account, key.Root, key.CreatedAt = Operator, true, d.now()
	return key
}

// writeCredentials replaces the credentials file, on disk when it returns. A
// failure leaves the one before.
func writeCredentials(path string, key Key) error {
	text := "[default]\naws_access_key_id = " + key.ID + "\naws_secret_access_key = " + key.Secret + "\n"
	draft, err := writeDraft(path, text)
	if err != nil {
		return fmt.Errorf("account: write the credentials file: %w", err)
	}
	if err := os.Rename(draft, path); err != nil {
		return errors.Join(fmt.Errorf("account: write the credentials file: %w", err), os.Remove(draft))
	}
	if err := syncFolder(path); err != nil {
		return fmt.Errorf("account: write the credentials file: %w", err)
	}
	return nil
}

// GenerateKey makes the id and secret of an access key, as long as AWS's own:
// 80 and 240 random bits.
func GenerateKey() Key {
	random := make([]byte, 40)
	rand.Read(random)
	return Key{
		ID:     "AKIA" + base32.StdEncoding.EncodeToString(random[:10]),
		Secret: base64.StdEncoding.EncodeToString(random[10:]),
	}
}
