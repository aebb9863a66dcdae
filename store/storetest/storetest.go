// Package storetest is the suite that every engine of the store passes. It
// speaks to the store by its exported methods alone, so it says what the
// contracts of the store's users mean. An engine's own settings are left out.
package storetest

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"heliograph/store"
)

// Open gives a store, not started, on the database kept in dir: the same
// folder gives the same database again.
type Open func(t *testing.T, dir string) *store.DB

// Run runs the suite.
func Run(t *testing.T, open Open) {
	for name, test := range map[string]func(*testing.T, *fixture){
		"AccountIsReplaced":             testAccountIsReplaced,
		"KeyNeedsItsAccount":            testKeyNeedsItsAccount,
		"ServerValueIsWrittenOnce":      testServerValueIsWrittenOnce,
		"StopFlushesAndRefusesFurther":  testStopFlushesAndRefusesFurther,
		"ReopenedStoreHasWhatWasStored": testReopenedStoreHasWhatWasStored,

		"IdentitiesComeBackWhole":        testIdentitiesComeBackWhole,
		"StaleRevisionIsRefused":         testStaleRevisionIsRefused,
		"RacingChangesAllLand":           testRacingChangesAllLand,
		"OneTokenCreatesOnce":            testOneTokenCreatesOnce,
		"OneOfTwoLeasesWins":             testOneOfTwoLeasesWins,
		"WithdrawnStockLeavesOrIsMarked": testWithdrawnStockLeavesOrIsMarked,
		"ConfigurationSetsComeBackWhole": testConfigurationSetsComeBackWhole,
		"OptOutListsComeBackWhole":       testOptOutListsComeBackWhole,
		"ListsShareTheRevision":          testListsShareTheRevision,
		"OptedOutIsRefused":              testOptedOutIsRefused,
		"EntryIsKept":                    testEntryIsKept,
		"ManyEntriesGoWithTheirList":     testManyEntriesGoWithTheirList,

		"ChangesAreNotedWithWhatTheyTouch": testChangesAreNotedWithWhatTheyTouch,
		"WhatChangesNothingIsNotNoted":     testWhatChangesNothingIsNotNoted,
		"OneTokenIsNotedOnce":              testOneTokenIsNotedOnce,
		"InventoryIsNotedWhenItChanges":    testInventoryIsNotedWhenItChanges,
		"AuditSurvivesAndIsChosen":         testAuditSurvivesAndIsChosen,
		"MessagesAreSearchedNewestFirst":   testMessagesAreSearchedNewestFirst,
		"SearchGoesOnUntilAllIsSeen":       testSearchGoesOnUntilAllIsSeen,

		"MessageComesBackWhole":           testMessageComesBackWhole,
		"LifeOfOnePart":                   testLifeOfOnePart,
		"WirePartsAreNotThoseCounted":     testWirePartsAreNotThoseCounted,
		"EndOfAMessageThatWasCounted":     testEndOfAMessageThatWasCounted,
		"CarrierIDGivenAgain":             testCarrierIDGivenAgain,
		"ReceiptBeforeSubmission":         testReceiptBeforeSubmission,
		"LateAnswer":                      testLateAnswer,
		"OrphansArePurged":                testOrphansArePurged,
		"LearntIDsMatchWhatWaits":         testLearntIDsMatchWhatWaits,
		"PartWithoutCarrierIDIsGivenUp":   testPartWithoutCarrierIDIsGivenUp,
		"FinalSubmissionIsSuccessful":     testFinalSubmissionIsSuccessful,
		"ReceiptSpeaksForTheMessage":      testReceiptSpeaksForTheMessage,
		"QuarantineCountsAndIsBounded":    testQuarantineCountsAndIsBounded,
		"DeliveryAfterExpiry":             testDeliveryAfterExpiry,
		"PartsFold":                       testPartsFold,
		"EndingTakesEveryOpenPart":        testEndingTakesEveryOpenPart,
		"UnknownMessageIsRefused":         testUnknownMessageIsRefused,
		"QueueSurvivesRestart":            testQueueSurvivesRestart,
		"AwaitingReceiptIsListed":         testAwaitingReceiptIsListed,
		"RecentInvocationIsFound":         testRecentInvocationIsFound,
		"SpendLimitHoldsAtOnce":           testSpendLimitHoldsAtOnce,
		"SpendOverrideHoldsFromTheNext":   testSpendOverrideHoldsFromTheNextMessage,
		"SpendOverrideIsReadBack":         testSpendOverrideIsReadBack,
		"PricesNeverExceedTheLimit":       testAcceptedPricesNeverExceedTheLimit,
		"ManyMessagesAtOnce":              testManyMessagesAtOnce,
		"NewsInAnyOrderFollowsTheMachine": testNewsInAnyOrderFollowsTheMachine,

		"KeywordsComeBackWhole":     testKeywordsComeBackWhole,
		"TextIsConcludedOnce":       testTextIsConcludedOnce,
		"ManyTextsArePurged":        testManyTextsArePurged,
		"RefusedReplyLeavesTheRest": testRefusedReplyLeavesTheRest,
		"OptOutIsConfirmedOnce":     testOptOutIsConfirmedOnce,
		"OptOutGoesOnTheListOfNow":  testOptOutGoesOnTheListOfNow,
		"LastMessageIsFound":        testLastMessageIsFound,

		"EventsOfOnePart":            testEventsOfOnePart,
		"EventsAreToldInTimesOrder":  testEventsAreToldInTimesOrder,
		"EventsOfSeveralParts":       testEventsOfSeveralParts,
		"EventsOfEnds":               testEventsOfEnds,
		"EventsFollowTheSet":         testEventsFollowTheSet,
		"SettledEventsLeave":         testSettledEventsLeaveAndDeadOnesComeBack,
		"JournalIsReadByTime":        testJournalIsReadByTime,
		"EventsTellTheStatesInOrder": testEventsTellTheStatesInOrder,
	} {
		t.Run(name, func(t *testing.T) { test(t, newFixture(t, open)) })
	}
}

// fixture is a started store in a folder of its own.
type fixture struct {
	*store.DB
	dir  string
	open Open

	adopted atomic.Int64 // receipts that found their part later
}

func newFixture(t *testing.T, open Open) *fixture {
	t.Helper()
	f := &fixture{dir: t.TempDir(), open: open}
	f.DB = f.start(t)
	return f
}

// start opens and starts a store on the fixture's folder and stops it with the
// test.
func (f *fixture) start(t *testing.T) *store.DB {
	t.Helper()
	db := f.open(t, f.dir)
	db.OnAdopted(func(_ string, receipts int) { f.adopted.Add(int64(receipts)) })
	must(t, db.Start(t.Context()))
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		must(t, db.Stop(ctx))
	})
	return db
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
