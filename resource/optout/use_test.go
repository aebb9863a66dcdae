package optout_test

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"heliograph/resource"
	"heliograph/resource/optout"
	"heliograph/resource/origination"
	"heliograph/resource/resourcetest"
)

// Rule(RequestPhoneNumber, UpdatePhoneNumber, UpdatePool, CreatePool): an opt-out list is named by its name or its ARN and has to exist; answers show its name.
// Rule(DeleteOptOutList): a list that a number or a pool uses stays; a number in a pool uses its own list too.
func TestListsInUseStay(t *testing.T) {
	h, c := open(t)
	c.OK("CreateOptOutList", named)
	c.Refused("RequestPhoneNumber", request(`,"OptOutListName":"X"`), "ResourceNotFound opt-out-list X")
	h.Client("111122223333", "us-east-1").Refused("RequestPhoneNumber", request(`,"OptOutListName":"A"`), gone)

	id := number(c, `,"OptOutListName":"`+arnA+`"`)
	c.Refused("DeleteOptOutList", named, inUse)
	update := `{"PhoneNumberId":"` + id + `","OptOutListName":"%s"}`
	c.Refused("UpdatePhoneNumber", fmt.Sprintf(update, arns+"X"), "ResourceNotFound opt-out-list X")
	h.Expect(c.OK("UpdatePhoneNumber", fmt.Sprintf(update, "Default")), `{"OptOutListName":"Default"}`)
	h.Expect(c.OK("UpdatePhoneNumber", fmt.Sprintf(update, "A")), `{"OptOutListName":"A"}`)
	h.Expect(c.OK("UpdatePhoneNumber", `{"PhoneNumberId":"`+id+`","InternationalSendingEnabled":false}`), `{"OptOutListName":"A"}`)

	p := pool(c, id)
	update = `{"PoolId":"` + p + `","OptOutListName":"%s"}`
	h.Expect(c.OK("DescribePools", `{}`).List("Pools")[0], `{"OptOutListName":"A"}`)
	c.Refused("UpdatePool", fmt.Sprintf(update, "X"), "ResourceNotFound opt-out-list X")
	h.Expect(c.OK("UpdatePool", fmt.Sprintf(update, "Default")), `{"OptOutListName":"Default"}`)
	c.Refused("DeleteOptOutList", named, inUse)
	h.Expect(c.OK("UpdatePool", fmt.Sprintf(update, arnA)), `{"OptOutListName":"A"}`)
	other := number(c, `,"OptOutListName":"A"`)
	c.OK("AssociateOriginationIdentity", `{"PoolId":"`+p+`","OriginationIdentity":"`+other+`"}`)
	c.OK("DeletePool", `{"PoolId":"`+p+`"}`)
	for _, left := range []string{id, other} {
		c.Refused("DeleteOptOutList", named, inUse)
		c.OK("ReleasePhoneNumber", `{"PhoneNumberId":"`+left+`"}`)
	}
	c.OK("DeleteOptOutList", named)
}

// hooked runs something around the look for users, once.
type hooked struct {
	optout.Users
	before, after func()
}

func (h *hooked) OptOutListUser(ctx context.Context, s resource.Scope, list string) (string, resource.Revision, error) {
	before, after := h.before, h.after
	h.before, h.after = nil, nil
	if before != nil {
		before()
	}
	id, at, err := h.Users.OptOutListUser(ctx, s, list)
	if after != nil {
		after()
	}
	return id, at, err
}

// overtaken runs something before a change of identities is written, once.
type overtaken struct {
	origination.Store
	before func()
}

func (o *overtaken) ChangeIdentities(ctx context.Context, c origination.Change) error {
	if before := o.before; before != nil {
		o.before = nil
		before()
	}
	return o.Store.ChangeIdentities(ctx, c)
}

// Rule(DeleteOptOutList, UpdatePhoneNumber, UpdatePool, RequestPhoneNumber): a list that is taken into use while it is deleted either stays, or the other call finds it gone.
func TestListTakenIntoUseWhileItIsDeleted(t *testing.T) {
	for operation, body := range users() {
		for _, moment := range []string{"before the look", "after the look"} {
			h, c := open(t)
			id := number(c, "")
			p := pool(c, number(c, ""))
			c.OK("CreateOptOutList", named)
			use := func() { c.OK(operation, body(id, p)) }
			around := &hooked{Users: h.identities, before: use}
			if moment == "after the look" {
				around = &hooked{Users: h.identities, after: use}
			}
			h.lists.Users = around
			c.Refused("DeleteOptOutList", named, inUse)
		}
		h, c := open(t)
		id := number(c, "")
		p := pool(c, number(c, ""))
		c.OK("CreateOptOutList", named)
		h.identities.Store = &overtaken{Store: h.DB, before: func() { c.OK("DeleteOptOutList", named) }}
		c.Refused(operation, body(id, p), gone)
	}
}

// behind gives at first what was so before the last change: nobody used the
// list.
type behind struct {
	optout.Users
	looked bool
}

func (b *behind) OptOutListUser(ctx context.Context, s resource.Scope, list string) (string, resource.Revision, error) {
	id, at, err := b.Users.OptOutListUser(ctx, s, list)
	if !b.looked {
		b.looked = true
		return "", at - 1, err
	}
	return id, at, err
}

// Rule(DeleteOptOutList): that nothing uses a list counts only as of the scope's last change.
func TestListIsNotDeletedOnOldNews(t *testing.T) {
	h, c := open(t)
	c.OK("CreateOptOutList", named)
	number(c, `,"OptOutListName":"A"`)
	h.lists.Users = &behind{Users: h.identities}
	c.Refused("DeleteOptOutList", named, inUse)
}

// users are operations that name the list A, for a number and a pool.
func users() map[string]func(number, pool string) string {
	return map[string]func(string, string) string{
		"UpdatePhoneNumber":  func(number, _ string) string { return `{"PhoneNumberId":"` + number + `","OptOutListName":"A"}` },
		"UpdatePool":         func(_, pool string) string { return `{"PoolId":"` + pool + `","OptOutListName":"A"}` },
		"RequestPhoneNumber": func(_, _ string) string { return request(`,"OptOutListName":"A"`) },
	}
}

// Rule(DeleteOptOutList, UpdatePhoneNumber, UpdatePool, CreatePool, CreateOptOutList): whatever callers do at the same time, every list in use exists.
func TestListsInUseExistUnderConcurrentChanges(t *testing.T) {
	h, c := open(t)
	numbers := []string{number(c, ""), number(c, "")}
	p := pool(c, number(c, ""))
	var calls sync.WaitGroup
	for caller := range 4 {
		calls.Go(func() {
			for turn := range 12 {
				step(t, c, caller+turn, numbers, p)
			}
		})
	}
	calls.Wait()
	lists, err := h.DB.OptOutLists(t.Context(), c.Scope)
	if err != nil {
		t.Fatal(err)
	}
	exists := map[string]bool{resource.DefaultOptOutList: true}
	for _, l := range lists.Lists {
		exists[l.Name] = true
	}
	v, err := h.DB.Identities(t.Context(), c.Scope)
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range v.Numbers {
		if !exists[n.Settings.OptOutList] {
			t.Errorf("%s uses %s, which is gone", n.ID, n.Settings.OptOutList)
		}
	}
	for _, p := range v.Pools {
		if !exists[p.Settings.OptOutList] {
			t.Errorf("%s uses %s, which is gone", p.ID, p.Settings.OptOutList)
		}
	}
}

// step does one of the things that may get in each other's way.
func step(t *testing.T, c resourcetest.Client, turn int, numbers []string, pool string) {
	number := numbers[turn%len(numbers)]
	calls := [][2]string{
		{"CreateOptOutList", named},
		{"UpdatePhoneNumber", `{"PhoneNumberId":"` + number + `","OptOutListName":"A"}`},
		{"DeleteOptOutList", named},
		{"CreatePool", `{"OriginationIdentity":"` + number + `","MessageType":"TRANSACTIONAL"}`},
		{"UpdatePool", `{"PoolId":"` + pool + `","OptOutListName":"A"}`},
		{"UpdatePhoneNumber", `{"PhoneNumberId":"` + number + `","OptOutListName":"Default"}`},
		{"UpdatePool", `{"PoolId":"` + pool + `","OptOutListName":"Default"}`},
	}
	call := calls[turn%len(calls)]
	if failure := c.Call(call[0], call[1]).Failure(); len(failure) > 8 && failure[:8] == "Internal" {
		t.Errorf("%s %s: %s", call[0], call[1], failure)
	}
}
