#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
#
# The link to the card breaks in the middle: one line, a documented status,
# nothing sent twice; and the next call works.
set -u
# shellcheck source=tests/cli/lib.sh
. "$JPKI_SRC/tests/cli/lib.sh"

put_back() {
	control remove
	control insert
}

recovers() {
	control faults clear
	put_back
	run status -j
	expect_json '.kind == "card"'
}

# status sends about 16 commands: the card leaves at each of the first 9.
removed_anywhere_in_status() {
	local n
	for n in 1 2 3 4 5 6 7 8 9; do
		control counters clear
		control fault "remove@$n"
		run status
		expect_failure 3 ';'
		put_back
	done
	recovers
}

removed_during_verify() {
	control counters clear
	control fault 'remove=after@ins=20#2'
	run_pin 1234 pin verify auth
	expect_failure 3 'the PIN may have been sent: look with "jpki-tool status" first'
	! grep 'try again' "$err"
	expect_equal 'VERIFYs' "$(sent_verifies)" 1
	recovers
	expect_tries auth 3
}

# The PIN arrived, and who asks in a hurry sends it once more.
pcscd_killed_during_verify() {
	control counters clear
	control fault 'hold,after@ins=20#2'
	{
		"$JPKI_VCARD" control "$JPKI_VCARD_CONTROL" held 60 &&
			"$JPKI_VCARD" control "$JPKI_VCARD_CONTROL" pcscd kill
	} >/dev/null &
	run_pin 9999 pin verify auth
	wait
	expect_failure 3 'the PIN may have been sent: look with "jpki-tool status" first'
	expect_equal 'VERIFYs' "$(sent_verifies)" 1
	control pcscd start
	recovers
	expect_tries auth 2
}

odd_answer_to_verify() {
	control counters clear
	control fault 'sw=6F00,after@ins=20#2'
	run_pin 1234 pin verify auth
	expect_failure 1 '(status 6F00); the PIN may have been sent'
	! grep 'try again' "$err"
	expect_equal 'VERIFYs' "$(sent_verifies)" 1
	recovers
	expect_tries auth 3
}

removed_during_change() {
	control counters clear
	control fault 'remove=after@ins=24'
	run_change 1234 5678 pin change auth
	expect_failure 1 'the old or the new one'
	expect_equal 'CHANGEs' "$(sent_changes)" 1
	recovers
}

removed_during_signature() {
	control counters clear
	control fault 'remove@ins=2A'
	run_pin 1234 sign -k auth "$0"
	expect_failure 3 ';'
	expect_equal 'VERIFYs' "$(sent_verifies)" 1
	recovers
	run_pin 1234 sign -k auth "$0"
	expect_success
}

garbled_answers_are_reported() {
	local fault
	for fault in 'sw=6F01@ins=B0' 'garbage@ins=B0' 'sw=6D00@ins=2A' \
		'short=10@ins=2A' 'truncate-sw@ins=2A'; do
		control fault "$fault"
		run_pin 1234 sign -k auth "$0"
		expect_failure 1 ';'
		control faults clear
	done
	recovers
}

pcscd_is_back_again() {
	control pcscd stop
	run status
	expect_failure 3 'start it'
	control pcscd start
	recovers
}

play "$@"

tap 'the card leaves anywhere in status' in_world adult removed_anywhere_in_status
tap 'the card leaves during VERIFY' in_world adult removed_during_verify
tap 'pcscd is killed during VERIFY' in_world adult pcscd_killed_during_verify
tap 'an odd answer to VERIFY' in_world adult odd_answer_to_verify
tap 'the card leaves during CHANGE' in_world adult removed_during_change
tap 'the card leaves during a signature' in_world adult removed_during_signature
tap 'garbled answers are reported' in_world adult garbled_answers_are_reported
tap 'pcscd stops and starts again' in_world adult pcscd_is_back_again
tap_end
