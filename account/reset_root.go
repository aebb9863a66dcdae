package account

import "context"

// ResetRoot makes a new root key of the operator's account, writes it to the
// credentials file (0600), and only then removes the account's other root keys:
// after a crash in between, the file's key works. It gives the new key's id and
// those of the removed.
func (d *Directory) ResetRoot(ctx context.Context, credentials string) (id string, removed []string, err error) {
	old, err := d.store.Keys(ctx, Operator)
	if err != nil {
		return "", nil, err
	}
	if id, err = d.generateRoot(ctx, credentials); err != nil {
		return "", nil, err
	}
	for _, k := range old {
		if !k.Root {
			continue
		}
		if err := d.DropKey(ctx, k.ID); err != nil {
			return id, removed, err
		}
		removed = append(removed, k.ID)
	}
	return id, removed, nil
}
