#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
#
# wait: for a card to come or go, or for somebody to lose patience.
set -u
# shellcheck source=tests/cli/lib.sh
. "$JPKI_SRC/tests/cli/lib.sh"

there_already() {
	run wait insert
	expect_success
	expect_equal 'lines' "$(wc -l <"$out")" 1
	run wait insert -j
	expect_json '.event == "insert" and (.reader | length > 0)'
	control remove
	run wait remove
	expect_success
	run wait remove -r 'No Such Reader'
	expect_success
}

# start ARGUMENT...: in the background, its process in $waiter.
start() {
	"$JPKI_TOOL" "$@" >"$out" 2>"$err" &
	waiter=$!
	# It waits once it has opened its socket to pcscd and sleeps.
	until [ "$(sockets)" -gt 0 ] && grep -q '^State:.*sleeping' "/proc/$waiter/status"; do
		kill -0 "$waiter" 2>/dev/null || { echo 'it did not wait'; return; }
		sleep 0.05
	done
}

sockets() { find "/proc/$waiter/fd" -lname 'socket:*' 2>/dev/null | wc -l; }

finish() {
	code=0
	wait "$waiter" || code=$?
}

card_comes() {
	control remove
	start wait insert
	control insert
	finish
	expect_success
	expect_equal 'lines' "$(wc -l <"$out")" 1
}

card_goes() {
	start wait remove
	control remove
	finish
	expect_success
}

time_runs_out() {
	control remove
	run wait insert --timeout 0
	expect_failure 1 'time ran out'
	run wait insert --timeout=1
	expect_failure 1 'time ran out'
	run wait insert -t 1 -r 'No Such Reader'
	expect_failure 1 'time ran out'
}

# Whenever the signal comes, the wait ends by it.
signals_cancel() {
	local signal
	control remove
	for signal in INT TERM HUP; do
		# A job of a script ignores SIGINT; env gives it back.
		start_signalled "$signal"
		finish
		expect_failure 6 'cancelled'
	done
}

start_signalled() {
	start_taking --default-signal=INT
	kill -s "$1" "$waiter"
}

# start_taking OPTION-OF-ENV...: until signals are taken.
start_taking() {
	env "$@" "$JPKI_TOOL" wait insert >"$out" 2>"$err" &
	waiter=$!
	# Threads: the one that waits, and the one that takes signals.
	until [ "$(find "/proc/$waiter/task" -mindepth 1 -maxdepth 1 2>/dev/null | wc -l)" -gt 1 ]; do
		kill -0 "$waiter" 2>/dev/null || { echo 'it did not wait'; return; }
		sleep 0.05
	done
}

# As nohup wants it, and a shell for what it starts behind.
ignored_signals_do_not_cancel() {
	local signal
	control remove
	start_taking --ignore-signal=INT,TERM,HUP
	for signal in INT TERM HUP HUP; do
		kill -s "$signal" "$waiter"
	done
	control insert
	finish
	expect_success
	expect_equal 'lines' "$(wc -l <"$out")" 1
}

play "$@"

tap 'what is so already is not waited for' in_world adult there_already
tap 'a card comes' in_world adult card_comes
tap 'a card goes' in_world adult card_goes
tap 'the time runs out' in_world adult time_runs_out
tap 'signals cancel' in_world adult signals_cancel
tap 'ignored signals do not cancel' in_world adult ignored_signals_do_not_cancel
tap_end
