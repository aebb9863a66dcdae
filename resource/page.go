package resource

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"time"

	"heliograph/api"
)

// Differs(all): pages hold 100 entries where MaxResults is absent, oldest first; the service's default is not published.

// DefaultPage is how many entries a page has when the request does not say.
const DefaultPage = 100

// Pages makes and reads page tokens. A token is sealed under the server's key
// (AES-256-GCM), so that it says nothing and cannot be made up, and holds for
// the listing that it was made for only.
type Pages struct{ seal cipher.AEAD }

// NewPages takes a secret of any length; every node of an installation needs
// the same one.
func NewPages(secret []byte) (*Pages, error) {
	key := sha256.Sum256(append([]byte("page token\x00"), secret...))
	block, err := aes.NewCipher(key[:])
	if err != nil {
		return nil, fmt.Errorf("resource: page tokens: %w", err)
	}
	seal, err := cipher.NewGCM(block)
	if err != nil {
		return nil, fmt.Errorf("resource: page tokens: %w", err)
	}
	return &Pages{seal: seal}, nil
}

// Listing is what a request lists. A token holds for all of it but Size.
type Listing struct {
	Scope     Scope
	Operation string
	Selection []any  // the request's ids, filters and owner
	Token     string // NextToken of the request, "" = from the start
	Size      *int   // MaxResults of the request, nil = DefaultPage
}

// Place is where an entry stands in a listing: oldest first.
type Place struct {
	Key string    `json:"k"` // names the entry within the listing
	At  time.Time `json:"t"` // when it was created
}

// Page cuts one page out of all entries, which are in order of creation, and
// gives the token of the next one, "" at the end. The place is looked up among
// all entries, whether kept or not: rows that are added, or change so that a
// filter no longer keeps them, move nothing. Errors: INVALID_NEXT_TOKEN.
func Page[T any](p *Pages, l Listing, all []T, place func(T) Place, keep func(T) bool) ([]T, string, error) {
	size := DefaultPage
	if l.Size != nil {
		size = *l.Size
	}
	start := 0
	if l.Token != "" {
		last, err := p.open(l)
		if err != nil {
			return nil, "", err
		}
		start = after(last, all, place)
	}
	page := make([]T, 0, min(size, len(all)))
	for _, entry := range all[start:] {
		if !keep(entry) {
			continue
		}
		if len(page) == size {
			token, err := p.token(l, place(page[size-1]))
			return page, token, err
		}
		page = append(page, entry)
	}
	return page, "", nil
}

// after is the index of the entry that follows a place. Where the entry of the
// place has been deleted, that is the first one not older: rather one entry
// twice than one never.
func after[T any](last Place, all []T, place func(T) Place) int {
	younger := len(all)
	for i, entry := range all {
		here := place(entry)
		if here.Key == last.Key && here.At.Equal(last.At) {
			return i + 1
		}
		if i < younger && !here.At.Before(last.At) {
			younger = i
		}
	}
	return younger
}

func (p *Pages) token(l Listing, last Place) (string, error) {
	plain, err := json.Marshal(last)
	if err != nil {
		return "", fmt.Errorf("resource: page token: %w", err)
	}
	nonce := make([]byte, p.seal.NonceSize())
	rand.Read(nonce) // never fails
	return base64.RawURLEncoding.EncodeToString(p.seal.Seal(nonce, nonce, plain, l.bound())), nil
}

func (p *Pages) open(l Listing) (Place, error) {
	refused := api.Invalid(api.ValidationExceptionReasonInvalidNextToken,
		"Give the NextToken of this listing's last page, with the same ids, filters and owner.", "NextToken")
	sealed, err := base64.RawURLEncoding.Strict().DecodeString(l.Token)
	if err != nil || len(sealed) < p.seal.NonceSize() {
		return Place{}, refused
	}
	nonce, text := sealed[:p.seal.NonceSize()], sealed[p.seal.NonceSize():]
	plain, err := p.seal.Open(nil, nonce, text, l.bound())
	if err != nil {
		return Place{}, refused
	}
	var last Place
	if err := json.Unmarshal(plain, &last); err != nil {
		return Place{}, refused
	}
	return last, nil
}

// bound is what a token holds for; quoted, so that no two listings agree.
func (l Listing) bound() []byte {
	sum := sha256.Sum256(fmt.Appendf(nil, "%q %q %q %q", l.Scope.Account, l.Scope.Region, l.Operation, l.Selection))
	return sum[:]
}
