package origination

import (
	"context"
	"strings"

	"heliograph/api"
	"heliograph/resource"
)

// tagged is a resource with its tags, and the change that gives it others.
type tagged struct {
	arn  string
	tags []resource.Tag
	put  func(c *Change, tags []resource.Tag)
}

// Tags gives the ARN and the tags of the number, the sender ID (in any case) or
// the pool that an ARN of the caller's scope names. Errors:
// ResourceNotFoundException.
func (s *Service) Tags(ctx context.Context, a resource.ARN) (string, []resource.Tag, error) {
	v, err := s.view(ctx)
	if err != nil {
		return "", nil, err
	}
	t, err := v.tagged(a)
	return t.arn, t.tags, err
}

// Retag rewrites the tags of the number, the sender ID (in any case) or the
// pool that an ARN of the caller's scope names. Errors:
// ResourceNotFoundException, those of rewrite, api.ErrStale.
func (s *Service) Retag(ctx context.Context, a resource.ARN, rewrite func([]resource.Tag) ([]resource.Tag, error)) error {
	v, err := s.view(ctx)
	if err != nil {
		return err
	}
	t, err := v.tagged(a)
	if err != nil {
		return err
	}
	tags, err := rewrite(t.tags)
	if err != nil {
		return err
	}
	c := v.change(nil)
	t.put(&c, tags)
	return s.Store.ChangeIdentities(ctx, c)
}

// tagged finds what an ARN names.
func (v *View) tagged(a resource.ARN) (tagged, error) {
	switch api.ResourceType(a.Kind) {
	case api.ResourceTypePhoneNumber:
		n, err := v.namedNumber("ResourceArn", v.numberARN(a.Tail))
		return tagged{v.numberARN(n.ID), n.Tags, func(c *Change, tags []resource.Tag) {
			n.Tags = tags
			c.PutNumbers = []PhoneNumber{n}
		}}, err
	case api.ResourceTypePool:
		p, err := v.namedPool("ResourceArn", v.poolARN(a.Tail))
		return tagged{v.poolARN(p.ID), p.Tags, func(c *Change, tags []resource.Tag) {
			p.Tags = tags
			c.PutPools = []Pool{p}
		}}, err
	}
	text, iso, _ := strings.Cut(a.Tail, "/")
	key := SenderKey{strings.ToUpper(text), strings.ToUpper(iso)}
	id, ok := v.Sender(key.Text, key.ISOCountryCode)
	if !ok {
		return tagged{}, unknownSender(key)
	}
	return tagged{v.senderARN(key), id.Tags, func(c *Change, tags []resource.Tag) {
		id.Tags = tags
		c.PutSenders = []SenderID{id}
	}}, nil
}
