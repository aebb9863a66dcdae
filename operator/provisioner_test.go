package operator_test

import (
	"context"
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"

	"heliograph/account"
	"heliograph/api"
	"heliograph/resource"
	"heliograph/resource/origination"
)

func writeFile(path, text string) error { return os.WriteFile(path, []byte(text), 0o600) }

const sender = "sender_ids:\n- { sender_id: %s, country: IN, account: \"111122223333\"%s }\n"

// senders lists what a scope holds, as everybody sees it.
func (h *house) senders(t *testing.T, s resource.Scope) string {
	t.Helper()
	v, err := h.provisioner.Identities(t.Context(), s)
	must(t, err)
	var list []string
	for _, id := range v.Senders {
		list = append(list, fmt.Sprintf("%s/%s/%s registered=%v %v %v", id.Text, id.ISOCountryCode, id.Spelling, id.Registered, id.MessageTypes, id.Provisions))
	}
	return strings.Join(list, "; ")
}

func TestSenderIDOfEveryRegionAppearsInEachScopeWhenLookedAt(t *testing.T) {
	h := open(t, t.TempDir())
	h.provision(t, fmt.Sprintf(sender, "Sender", ", registered: true, carriers: [{ name: simulator, as: X }]"))
	want := "SENDER/IN/Sender registered=true [TRANSACTIONAL PROMOTIONAL] [{simulator X}]"
	for _, region := range []string{"eu-west-3", "us-east-1", "moon-north-7"} {
		if got := h.senders(t, resource.Scope{Account: shop.Account, Region: region}); got != want {
			t.Errorf("%s: got %q", region, got)
		}
	}
	if got := h.senders(t, resource.Scope{Account: "999999999999", Region: "eu-west-3"}); got != "" {
		t.Errorf("another account got %q", got)
	}
}

func TestSenderIDOfARegionStaysThere(t *testing.T) {
	h := open(t, t.TempDir())
	h.provision(t, fmt.Sprintf(sender, "SENDER", ", region: eu-west-3"))
	if h.senders(t, shop) == "" || h.senders(t, resource.Scope{Account: shop.Account, Region: "us-east-1"}) != "" {
		t.Error("the sender ID is not in its Region alone")
	}
}

// release is what the customer does by ReleaseSenderId.
func (h *house) release(t *testing.T) {
	t.Helper()
	must(t, h.ChangeIdentities(t.Context(), origination.Change{
		Scope: shop, Override: true, DropSenders: []origination.SenderKey{{Text: "SENDER", ISOCountryCode: "IN"}},
	}))
}

func TestAReleasedSenderIDStaysReleasedUntilItsLineChanges(t *testing.T) {
	folder := t.TempDir()
	h := open(t, folder)
	line := fmt.Sprintf(sender, "SENDER", "")
	h.provision(t, line)
	if h.senders(t, shop) == "" {
		t.Fatal("not provisioned")
	}
	h.release(t)
	h.provision(t, line)
	if got := h.senders(t, shop); got != "" {
		t.Errorf("after a reload: %q", got)
	}
	again := open(t, folder)
	again.provision(t, "# laid out anew\n"+strings.Replace(line, "country: IN, account: \"111122223333\"", "account: \"111122223333\", country: IN", 1))
	if got := again.senders(t, shop); got != "" {
		t.Errorf("after a restart: %q", got)
	}
	again.provision(t, fmt.Sprintf(sender, "SENDER", ", registered: true"))
	if got := again.senders(t, shop); got == "" {
		t.Error("a changed line was not applied")
	}
}

func TestARemovedSenderLineTakesNothing(t *testing.T) {
	h := open(t, t.TempDir())
	h.provision(t, fmt.Sprintf(sender, "SENDER", ""))
	before := h.senders(t, shop)
	h.provision(t, "")
	if got := h.senders(t, shop); got == "" || got != before {
		t.Errorf("got %q, before %q", got, before)
	}
}

func TestAChangedLineKeepsWhatIsTheCustomers(t *testing.T) {
	h := open(t, t.TempDir())
	tags := []resource.Tag{{Key: "team", Value: "a"}}
	must(t, h.ChangeIdentities(t.Context(), origination.Change{Scope: shop, Override: true, PutSenders: []origination.SenderID{
		{Text: "SENDER", Spelling: "Sender", ISOCountryCode: "IN", DeletionProtection: true, Tags: tags, CreatedAt: noon().AddDate(0, -1, 0)},
	}}))
	h.provision(t, fmt.Sprintf(sender, "SENDER", ", registered: true"))
	v, err := h.provisioner.Identities(t.Context(), shop)
	must(t, err)
	s, _ := v.Sender("SENDER", "IN")
	if !s.Registered || s.Spelling != "SENDER" || !s.DeletionProtection || len(s.Tags) != 1 || !s.CreatedAt.Before(noon()) {
		t.Errorf("got %+v", s)
	}
}

func TestManyFirstLooksApplyALineOnce(t *testing.T) {
	h := open(t, t.TempDir())
	h.provision(t, fmt.Sprintf(sender, "SENDER", ""))
	var wg sync.WaitGroup
	for range 16 {
		wg.Go(func() {
			v, err := h.provisioner.Identities(t.Context(), shop)
			if err != nil || len(v.Senders) != 1 || v.Revision != 1 {
				t.Errorf("got %+v, %v", v, err)
			}
		})
	}
	wg.Wait()
}

// stale makes the first writes of a change come too late.
type stale struct {
	*house
	left int
}

func (s *stale) ChangeIdentities(ctx context.Context, c origination.Change) error {
	if s.left--; s.left >= 0 {
		return api.ErrStale
	}
	return s.house.ChangeIdentities(ctx, c)
}

func TestProvisioningGivesWayToOthersChanges(t *testing.T) {
	h := open(t, t.TempDir())
	for left, want := range map[int]bool{9: true, 10: false} {
		p := newProvisioner(&stale{h, left}, h)
		must(t, p.Provision(t.Context(), file(t, fmt.Sprintf(sender, fmt.Sprintf("S%d", left), ""))))
		if _, err := p.Identities(t.Context(), shop); (err == nil) != want {
			t.Errorf("%d stale writes: %v", left, err)
		}
	}
}

func TestAccountLinesAreAppliedOnce(t *testing.T) {
	folder := t.TempDir()
	h := open(t, folder)
	line := "accounts:\n- { id: \"222233334444\", name: shop, tier: SANDBOX, text_spend_limit_usd: %d }\n"
	h.provision(t, fmt.Sprintf(line, 50))
	a, ok, err := h.directory.Account(t.Context(), "222233334444")
	if err != nil || !ok || a.Name != "shop" || a.Tier != account.Sandbox || *a.TextSpendLimit != 50 || !a.CreatedAt.Equal(noon()) {
		t.Fatalf("got %+v, %v, %v", a, ok, err)
	}
	a.Tier = account.Production
	must(t, h.directory.PutAccount(t.Context(), a))
	h.provision(t, fmt.Sprintf(line, 50))
	if a, _, _ = h.directory.Account(t.Context(), a.ID); a.Tier != account.Production {
		t.Error("an applied line was applied again")
	}
	h.provision(t, "")
	if _, ok, _ = h.directory.Account(t.Context(), a.ID); !ok {
		t.Error("a removed line took the account")
	}
	again := open(t, folder)
	again.provision(t, fmt.Sprintf(line, 60))
	if a, _, _ = again.directory.Account(t.Context(), a.ID); a.Tier != account.Sandbox || *a.TextSpendLimit != 60 {
		t.Errorf("a changed line was not applied: %+v", a)
	}
}

func TestInventoryIsWhatTheFileSaysButLeasedNumbersStay(t *testing.T) {
	h := open(t, t.TempDir())
	const first, second = `- { number: "+12065550142", type: LONG_CODE }`, `- { number: "+12065550143", type: TEN_DLC, capabilities: [SMS, VOICE], message_type: PROMOTIONAL, monthly_price: "2.50" }`
	h.provision(t, "numbers:\n"+first+"\n"+second+"\n")
	free, err := h.FreeStock(t.Context())
	must(t, err)
	if got := fmt.Sprint(free); got != "[{+12065550142 US LONG_CODE  [SMS] 1.00 [] false} {+12065550143 US TEN_DLC PROMOTIONAL [SMS VOICE] 2.50 [] false}]" {
		t.Errorf("inventory = %s", got)
	}
	status, _ := h.call(t, "POST", "/operator/v1/provision/phone-numbers", `{"account":"111122223333","region":"eu-west-3","number":"+12065550142"}`)
	if status != 201 {
		t.Fatalf("status %d", status)
	}
	h.provision(t, "")
	if free, err = h.FreeStock(t.Context()); err != nil || len(free) != 0 {
		t.Errorf("left in the inventory: %v, %v", free, err)
	}
	v, err := h.provisioner.Identities(t.Context(), shop)
	must(t, err)
	if len(v.Numbers) != 1 || !v.Numbers[0].Withdrawn || v.Numbers[0].Status != api.NumberStatusActive {
		t.Errorf("numbers = %+v", v.Numbers)
	}
}
