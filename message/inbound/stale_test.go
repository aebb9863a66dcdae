package inbound

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"

	"heliograph/api"
	"heliograph/message"
)

// TestListThatChangesMeanwhileIsReadAnew has the number take another list between
// the look at it and the opt-out.
func TestListThatChangesMeanwhileIsReadAnew(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDisk()
		s := on(t, d, rules())
		s.Conversations = &changing{disk: d, left: 2}
		start(t, s)
		give(t, s, text(person, "stop"))
		synctest.Wait()
		stop(t, s)
		if got := d.outcome(); !strings.HasPrefix(got, "out of L2") {
			t.Errorf("what follows: %s", got)
		}
	})
}

// changing gives the number another list a few times before a text is concluded.
type changing struct {
	*disk
	left int
}

func (c *changing) Conclude(ctx context.Context, m message.Conclusion) (bool, error) {
	if c.left == 0 {
		return c.disk.Conclude(ctx, m)
	}
	c.left--
	c.number.Settings.OptOutList = fmt.Sprint("L", 2-c.left)
	return false, api.ErrStale
}
