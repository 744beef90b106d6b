#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
#
# status --warn-days, and what doc/examples makes of it: silent until something
# is due, then the words and a status of its own; and never a PIN.
set -u
# shellcheck source=tests/cli/lib.sh
. "$JPKI_SRC/tests/cli/lib.sh"

examples=$JPKI_SRC/doc/examples

# due DAYS / not_due DAYS: and no PIN is sent.
due() {
	run status --warn-days "$1"
	expect_code 7
	[ ! -s "$err" ] || cat "$err"
	expect_equal VERIFYs "$(sent_verifies)" 0
}
not_due() {
	run status --warn-days "$1"
	expect_success
	[ ! -s "$out" ] || { echo "something is said:"; cat "$out"; }
	expect_equal VERIFYs "$(sent_verifies)" 0
}

# 45 days are left.
what_ends_soon_is_told() {
	not_due 30
	not_due 0
	due 60
	for text in 'User authentication certificate' 'days left' 'open since' \
		'three months before the end, at the municipal counter' \
		'known only with its PIN' 'change of name or address ends' \
		'0120-95-0178, choose 2'; do
		grep -q "$text" "$out" || { echo "no \"$text\" in:"; cat "$out"; }
	done
	expect_no_output LOCKED
	expect_no_output 'Serial number'
	due 36500
}

what_has_ended_is_told() {
	due 0
	expect_output EXPIRED
	expect_output 'get a new one at the municipal counter'
	expect_output 'Get a new certificate at the municipal counter'
	expect_no_output 'Renewal opens'
}

what_ends_later_is_not_told() {
	not_due 90
	due 3650
	expect_output 'open from'
}

# The object is that of status, whatever is due.
json_is_that_of_status() {
	run status -j
	cp "$out" "$work/status"
	run status -j --warn-days 60
	expect_code 7
	cmp "$out" "$work/status"
	run status -j --warn-days 30
	expect_success
	cmp "$out" "$work/status"
}

# With its PIN, and only then, the signature certificate counts too.
the_signature_certificate_counts_with_its_pin() {
	run_pin ABC123 status --warn-days 60
	expect_code 7
	expect_output 'Signature certificate'
	expect_output 'User authentication certificate'
	expect_no_output 'only with its PIN'
	expect_equal VERIFYs "$(sent_verifies)" 1
	expect_logged_out
	run_pin ABC124 status --warn-days 60
	expect_failure 4 '4 tries left'
}

locked_pins_are_told_if_something_is_due() {
	control tries auth 0
	not_due 30
	due 60
	expect_output 'The user authentication PIN is locked'
}

# The one needs its PIN, the other lacks the certificate.
what_is_not_known_is_no_answer() {
	run status --warn-days 60
	expect_failure 1 'not known when one ends'
	expect_equal VERIFYs "$(sent_verifies)" 0
}

without_a_card_there_is_no_answer() {
	control remove
	run status --warn-days 60
	expect_failure 3 'no card'
}

numbers_are_days() {
	local days
	for days in -1 soon 36501 99999999999 '' 1.5; do
		run status "--warn-days=$days"
		expect_failure 2 'whole number'
		expect_equal commands "$(sent_commands)" 0
	done
	run cert auth --warn-days 30
	expect_failure 2 'takes no option'
}

# The script, with jpki-tool in the PATH, and the desktop that is asked for.
renewal() {
	local bin=$work/bin
	mkdir -p "$bin"
	ln -sf "$JPKI_TOOL" "$bin/jpki-tool"
	code=0
	mark=$(wc -c <"$JPKI_VCARD_LOG")
	env -u DISPLAY -u WAYLAND_DISPLAY PATH="$bin:$PATH" "${desktop[@]}" \
		sh "$examples/jpki-renewal" "$@" >"$out" 2>"$err" || code=$?
}
desktop=()

the_example_writes_what_is_due() {
	renewal 60
	expect_success '0120-95-0178'
	expect_equal VERIFYs "$(sent_verifies)" 0
	renewal
	expect_success '0120-95-0178'
	renewal 30
	expect_success
	[ ! -s "$out" ] || cat "$out"
	renewal soon
	expect_code 1
	grep -q 'whole number' "$err" || cat "$err"
	control remove
	says_nothing_of_what_is_not_there
}

says_nothing_of_what_is_not_there() {
	local language
	for language in en ja; do
		LC_ALL=C.UTF-8 LANGUAGE=$language renewal 60
		expect_success
		cat "$out" "$err"
	done
}

# cron's mail says why; else a refusal would be silent for ever.
the_example_tells_why_it_cannot_look() {
	PCSCLITE_CSOCK_NAME=$work/comm renewal 60
	expect_code 1
	[ ! -s "$out" ] || cat "$out"
	grep -q 'pcscd is not running' "$err" || cat "$err"
	PCSCLITE_CSOCK_NAME=$work/comm LC_ALL=C.UTF-8 LANGUAGE=ja renewal 60
	expect_code 1
	grep -q 'pcscdが動いていません' "$err" || cat "$err"
}

# On a desktop, by notify-send; where that fails, in words as before.
the_example_tells_the_desktop() {
	mkdir -p "$work/bin"
	cat >"$work/bin/notify-send" <<-'END'
		#!/bin/sh
		[ -z "$NO_BUS" ] || exit 1
		printf '%s\n' "$@" >"$SAID"
	END
	chmod +x "$work/bin/notify-send"
	desktop=(DISPLAY=:99 SAID="$work/said")
	renewal 60
	expect_success
	[ ! -s "$out" ] || cat "$out"
	grep -q '0120-95-0178' "$work/said" || cat "$work/said"
	grep -qx 'My Number Card' "$work/said" || cat "$work/said"
	rm "$work/said"
	renewal 30
	expect_success
	[ ! -e "$work/said" ] || cat "$work/said"
	desktop+=(NO_BUS=1)
	renewal 60
	expect_success '0120-95-0178'
	desktop=(DISPLAY=:99 SAID="$work/said" LC_ALL='' LC_MESSAGES='' LANG=ja_JP.UTF-8
		PCSCLITE_CSOCK_NAME="$work/comm")
	renewal 60
	expect_code 1
	grep -q 'pcscd' "$work/said" || echo 'the desktop is not told why'
	grep -qx 'マイナンバーカード' "$work/said" || cat "$work/said"
}

# The units are put where they find what they start.
units_are_right() {
	local folder=$work/units
	mkdir -p "$folder" "$work/run"
	chmod 700 "$work/run"
	cp "$examples/jpki-renewal.timer" "$folder"
	cp "$examples/jpki-renewal" "$folder"
	chmod +x "$folder/jpki-renewal"
	sed "s#/usr/local/bin#$folder#" "$examples/jpki-renewal.service" \
		>"$folder/jpki-renewal.service"
	XDG_RUNTIME_DIR=$work/run systemd-analyze --user --man=no verify \
		"$folder/jpki-renewal.timer" "$folder/jpki-renewal.service" 2>&1
	grep -q "^ExecStart=$folder/jpki-renewal 90$" "$folder/jpki-renewal.service" ||
		cat "$folder/jpki-renewal.service"
}

# And a wrong one is found out.
a_wrong_unit_is_found_out() {
	mkdir -p "$work/run" "$work/wrong"
	sed 's/weekly/now and then/' "$examples/jpki-renewal.timer" \
		>"$work/wrong/jpki-renewal.timer"
	! XDG_RUNTIME_DIR=$work/run systemd-analyze --user --man=no verify \
		"$work/wrong/jpki-renewal.timer" 2>/dev/null
}

play "$@"

tap 'what ends soon is told' in_world expiring what_ends_soon_is_told
tap 'what has ended is told' in_world expired what_has_ended_is_told
tap 'what ends later is not told' in_world adult what_ends_later_is_not_told
tap 'the JSON is that of status' in_world expiring json_is_that_of_status
tap 'the signature certificate counts with its PIN' \
	in_world expiring the_signature_certificate_counts_with_its_pin
tap 'locked PINs are told if something is due' \
	in_world expiring locked_pins_are_told_if_something_is_due
tap 'a smartphone does not tell' in_world phone what_is_not_known_is_no_answer
tap 'a card without user authentication does not tell' \
	in_world no-auth what_is_not_known_is_no_answer
tap 'without a card there is no answer' in_world adult without_a_card_there_is_no_answer
tap 'numbers are days' in_world adult numbers_are_days

tap_tool systemd-analyze
tap_tool desktop-file-validate
tap 'the example writes what is due' in_world expiring the_example_writes_what_is_due
tap 'the example says nothing without a reader' \
	in_world - says_nothing_of_what_is_not_there --no-reader
tap 'the example tells why it cannot look' \
	in_world - the_example_tells_why_it_cannot_look --no-reader
tap 'the example tells the desktop' in_world expiring the_example_tells_the_desktop
tap 'the units are right' units_are_right
tap 'a wrong unit is found out' a_wrong_unit_is_found_out
tap 'the autostart entry is right' \
	desktop-file-validate "$examples/jpki-renewal.desktop"
tap_end
