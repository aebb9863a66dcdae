package account

import "context"

// ResetRoot makes a new root key of the operator's account, writes it to the
// credentials file (0600), and only then removes the account's other root keys.
// At a crash in between, the key in the file works, be it the old or the new
// one: the database takes the new key before the file does, and gives up the
// old ones after it. It gives the new key's id and those of the removed.
func (d *Directory) ResetRoot(ctx context.Context, credentials string) (id string, removed []string, err error) {
	old, err := d.store.Keys(ctx, Operator)
	if err != nil {
		return "", nil, err
	}
	key := d.newRoot()
	if err := d.putStartKey(ctx, key); err != nil {
		return "", nil, err
	}
	if err := writeCredentials(credentials, key); err != nil {
		// The file may hold the new key or the old one: both stay, and what
		// nobody knows goes with the next reset.
		return "", nil, err
	}
	for _, k := range old {
		if !k.Root {
			continue
		}
		if err := d.DropKey(ctx, k.ID); err != nil {
			return key.ID, removed, err
		}
		removed = append(removed, k.ID)
	}
	return key.ID, removed, nil
}
