package main

import (
	"bytes"
	"fmt"
	"os"
	"strconv"
	"syscall"
	"time"
)

// clockTick is the unit of CPU times in /proc: USER_HZ is 100 on Linux wherever
// Go runs.
const clockTick = 10 * time.Millisecond

// cpuTimes are the CPU times, user and system, that processes have used so far.
type cpuTimes struct{ gateway, generator, sink time.Duration }

func (t cpuTimes) since(before cpuTimes) cpuTimes {
	return cpuTimes{t.gateway - before.gateway, t.generator - before.generator, t.sink - before.sink}
}

func (t cpuTimes) each(messages int) cpuTimes {
	n := time.Duration(messages)
	return cpuTimes{t.gateway / n, t.generator / n, t.sink / n}
}

// cpuOf reads the times of the gateway's process (none when 0), of this one and
// of the sink's.
func cpuOf(gateway, sink int) (t cpuTimes, err error) {
	if gateway != 0 {
		if t.gateway, err = processCPU(gateway); err != nil {
			return t, err
		}
	}
	if t.sink, err = processCPU(sink); err != nil {
		return t, err
	}
	own := syscall.Rusage{}
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &own); err != nil {
		return t, fmt.Errorf("getrusage: %w", err)
	}
	t.generator = time.Duration(own.Utime.Nano() + own.Stime.Nano())
	return t, nil
}

func processCPU(pid int) (time.Duration, error) {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0, err
	}
	return parseStat(stat)
}

// parseStat reads utime and stime, fields 14 and 15 of proc(5)'s stat. The second
// field is a name in parentheses that may hold anything, so counting starts
// behind the last of them.
func parseStat(stat []byte) (time.Duration, error) {
	fields := bytes.Fields(stat[bytes.LastIndexByte(stat, ')')+1:])
	if len(fields) < 13 {
		return 0, fmt.Errorf("/proc/PID/stat has %d fields behind the name, want 13 or more", len(fields))
	}
	ticks := int64(0)
	for _, field := range fields[11:13] {
		n, err := strconv.ParseInt(string(field), 10, 64)
		if err != nil {
			return 0, fmt.Errorf("/proc/PID/stat: %w", err)
		}
		ticks += n
	}
	return time.Duration(ticks) * clockTick, nil
}
