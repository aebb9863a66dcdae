package app

import (
	"fmt"
	"net/http"
	"testing"

	"heliograph/config"
)

// Rule(PutOptedOutNumber): who is on a list of `heliograph dev` stays there over a restart and goes with a reset.
// Rule(CreateOptOutList, DeleteOptOutList, TagResource, ListTagsForResource): opt-out lists and tags of `heliograph dev` outlive a restart and go with a reset.
func TestResetForgetsListsAndTags(t *testing.T) {
	folder := t.TempDir()
	r := run(t, folder, config.Default(), nil)
	made := r.must("CreateOptOutList", map[string]any{"OptOutListName": "marketing"})
	list := fmt.Sprint(made["OptOutListArn"])
	standard := list[:len(list)-len("marketing")] + "Default"
	for _, arn := range []string{list, standard} {
		r.must("TagResource", map[string]any{"ResourceArn": arn, "Tags": []map[string]string{{"Key": "k", "Value": "v"}}})
	}
	number := r.must("RequestPhoneNumber", map[string]any{"IsoCountryCode": "US", "MessageType": "TRANSACTIONAL",
		"NumberCapabilities": []string{"SMS"}, "NumberType": "LONG_CODE", "OptOutListName": list})
	if number["OptOutListName"] != "marketing" {
		t.Errorf("the number uses %v", number["OptOutListName"])
	}
	if status, answer := r.call("DeleteOptOutList", map[string]any{"OptOutListName": "marketing"}); status != http.StatusBadRequest || answer["Reason"] != "RESOURCE_NOT_EMPTY" {
		t.Errorf("deleting a list in use: %d %v", status, answer)
	}
	entry := map[string]any{"OptOutListName": "Default", "OptedOutNumber": "+12065550142"}
	r.must("PutOptedOutNumber", entry)
	r.must("DeleteOptedOutNumber", entry)
	r.must("PutOptedOutNumber", entry)
	r.stop()

	r = run(t, folder, config.Default(), nil)
	if tags := r.must("ListTagsForResource", map[string]any{"ResourceArn": list})["Tags"]; len(tags.([]any)) != 1 {
		t.Errorf("after the restart: tags %v", tags)
	}
	on := func() int {
		return len(r.must("DescribeOptedOutNumbers", map[string]any{"OptOutListName": "Default"})["OptedOutNumbers"].([]any))
	}
	if n := on(); n != 1 {
		t.Errorf("after the restart: %d numbers on Default", n)
	}
	if status, answer := r.console(http.MethodPost, "/simulator/v1/reset", ""); status != http.StatusNoContent {
		t.Fatalf("reset: %d %v", status, answer)
	}
	if n := on(); n != 0 {
		t.Errorf("after the reset: %d numbers on Default", n)
	}
	r.must("PutOptedOutNumber", entry)
	r.must("DeleteOptedOutNumber", entry) // nobody remembers the one before
	if left := r.must("DescribeOptOutLists", map[string]any{})["OptOutLists"].([]any); len(left) != 1 {
		t.Errorf("after the reset: %v", left)
	}
	if tags := r.must("ListTagsForResource", map[string]any{"ResourceArn": standard})["Tags"]; len(tags.([]any)) != 0 {
		t.Errorf("after the reset: tags of Default %v", tags)
	}
	if status, answer := r.call("ListTagsForResource", map[string]any{"ResourceArn": list}); status != http.StatusBadRequest || answer["ResourceType"] != "opt-out-list" {
		t.Errorf("tags of a list that is gone: %d %v", status, answer)
	}
}

// TestResetGivesTheOperatorsAccountWhatDevStartsWith resets the account that
// starts with a number, a pool and a sender ID, twice and over a
// restart.
func TestResetGivesTheOperatorsAccountWhatDevStartsWith(t *testing.T) {
	folder := t.TempDir()
	r := run(t, folder, config.Default(), nil)
	for range 2 {
		held := r.must("DescribePhoneNumbers", map[string]any{})["PhoneNumbers"].([]any)
		first := held[0].(map[string]any)
		r.must("DeletePool", map[string]any{"PoolId": first["PoolId"]})
		r.must("RequestSenderId", map[string]any{"SenderId": "MINE", "IsoCountryCode": "FR"})
		if status, answer := r.console(http.MethodPost, "/simulator/v1/reset", ""); status != http.StatusNoContent {
			t.Fatalf("reset: %d %v", status, answer)
		}
		r.startsAsDevSays()
		r.stop()
		r = run(t, folder, config.Default(), nil)
		r.startsAsDevSays()
	}
	r.must("SendTextMessage", map[string]any{"DestinationPhoneNumber": "+12065550199", "MessageBody": "after a reset"})
}

// startsAsDevSays expects one number in one pool, and SENDER.
func (r *running) startsAsDevSays() {
	r.t.Helper()
	numbers := r.must("DescribePhoneNumbers", map[string]any{})["PhoneNumbers"].([]any)
	pools := r.must("DescribePools", map[string]any{})["Pools"].([]any)
	senders := r.must("DescribeSenderIds", map[string]any{})["SenderIds"].([]any)
	if len(numbers) != 1 || len(pools) != 1 || len(senders) != 1 {
		r.t.Fatalf("numbers %v, pools %v, sender IDs %v", numbers, pools, senders)
	}
	number, pool, sender := numbers[0].(map[string]any), pools[0].(map[string]any), senders[0].(map[string]any)
	if number["PhoneNumber"] != "+12065550142" || number["PoolId"] != pool["PoolId"] || sender["SenderId"] != "SENDER" || sender["Registered"] != true {
		r.t.Errorf("number %v, pool %v, sender ID %v", number, pool, sender)
	}
}

func TestResetWhileTheAccountIsInUse(t *testing.T) {
	r := run(t, t.TempDir(), config.Default(), nil)
	r.must("CreateOptOutList", map[string]any{"OptOutListName": "first"})
	done := make(chan struct{})
	go func() {
		defer close(done)
		for i := range 100 {
			if status, answer := r.call("CreateOptOutList", map[string]any{"OptOutListName": fmt.Sprint("list-", i)}); status == http.StatusInternalServerError {
				t.Errorf("create: %v", answer)
			}
		}
	}()
	for running := true; running; {
		select {
		case <-done:
			running = false
		default:
		}
		if status, answer := r.console(http.MethodPost, "/simulator/v1/reset", ""); status != http.StatusNoContent {
			t.Errorf("reset: %d %v", status, answer)
		}
	}
	if left := r.must("DescribeOptOutLists", map[string]any{})["OptOutLists"].([]any); len(left) != 1 {
		t.Errorf("after the last reset: %v", left)
	}
}
