package compat

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// Bounds of what a newcomer waits for. Of an AWS CLI's command its own start is
// taken off, which is Python's; it counts in the whole.
const (
	firstMinute = 10 * time.Second // until the second text is read
	oneCommand  = time.Second
	minutes     = 8 // tried at most, on a machine that others use too: the best counts
)

// cliStart is how long the AWS CLI takes to say its version.
func (n *newcomer) cliStart() time.Duration {
	n.t.Helper()
	begun := time.Now()
	if out, err := n.shell("aws --version").CombinedOutput(); err != nil {
		n.t.Fatalf("aws --version: %v\n%s", err, out)
	}
	return time.Since(begun)
}

// warmUp has the CLI read its files once: they are in the machine's memory then.
func (n *newcomer) warmUp() {
	n.t.Helper()
	out, err := n.shell("unset AWS_PROFILE; aws --region us-east-1 pinpoint-sms-voice-v2 send-text-message --generate-cli-skeleton input").CombinedOutput()
	if err != nil {
		n.t.Fatalf("the CLI does not start: %v\n%s", err, out)
	}
}

// minute is how long somebody waited.
type minute struct {
	steps []time.Duration // less the CLI's own start
	total time.Duration
}

// typeAll goes through the transcript once.
func (n *newcomer) typeAll(steps []step) minute {
	n.t.Helper()
	start := n.cliStart()
	m := minute{steps: make([]time.Duration, len(steps))}
	begun := time.Now()
	printed, stop := n.openDev(steps[0].command)
	n.compare(steps[0], printed)
	m.steps[0] = time.Since(begun)
	for i, s := range steps[1:] {
		typed := time.Now()
		n.run(s)
		m.steps[i+1] = time.Since(typed)
		if strings.HasPrefix(s.command, "aws ") {
			m.steps[i+1] = max(0, m.steps[i+1]-start)
		}
	}
	m.total = time.Since(begun)
	stop()
	if n.failed {
		n.t.Logf("as it went:\n%s", &n.recorded)
	}
	return m
}

// better takes the best of two minutes, step by step.
func (m minute) better(other minute) minute {
	best := minute{total: min(m.total, other.total)}
	for i := range m.steps {
		best.steps = append(best.steps, min(m.steps[i], other.steps[i]))
	}
	return best
}

// slow lists what a newcomer waited for too long.
func (m minute) slow(steps []step) (found []string) {
	for i, took := range m.steps {
		if took > oneCommand {
			found = append(found, fmt.Sprintf("%v, more than %v: %s", took, oneCommand, steps[i].command))
		}
	}
	if m.total > firstMinute {
		found = append(found, fmt.Sprintf("%v in all, more than %v", m.total, firstMinute))
	}
	return found
}

// bestMinute repeats the first minute while it is too slow, and prints the best.
func bestMinute(t *testing.T, aws string, steps []step) minute {
	t.Helper()
	newNewcomer(t, aws).warmUp()
	best := newNewcomer(t, aws).typeAll(steps)
	for range minutes - 1 {
		if len(best.slow(steps)) == 0 || t.Failed() {
			break
		}
		best = best.better(newNewcomer(t, aws).typeAll(steps))
	}
	for i, s := range steps {
		figure(t, "%5d ms  %.80s", best.steps[i].Milliseconds(), s.command)
	}
	figure(t, "%5d ms in all, with the starts of the CLI", best.total.Milliseconds())
	return best
}
