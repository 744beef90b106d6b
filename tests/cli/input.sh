#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
#
# attributes and mynumber: with the one PIN that opens them, at the least
# price, and nothing of it anywhere else.
set -u
# shellcheck source=tests/cli/lib.sh
. "$JPKI_SRC/tests/cli/lib.sh"

may=--i-may-handle-my-number
number=999999999999
# Open the card, SELECT application and PIN file, retry query, VERIFY, SELECT
# file, READ BINARY, leave.
price=8

# costs COMMANDS: so many, one VERIFY in them, and the card is logged out.
costs() {
	expect_equal commands "$(sent_commands)" "$1"
	expect_equal VERIFYs "$(sent_verifies)" 1
	expect_logged_out
}

# sends_no_pin COMMAND...
sends_no_pin() {
	expect_equal "VERIFYs of $1" "$(sent_verifies)" 0
}

the_attributes_are_shown() {
	run_pin 1234 attributes
	expect_success 'Name ' '見本　花子' 'Address ' '見本県見本市見本町１丁目２番３号' \
		'Date of birth          1990-04-01' 'Sex                    female'
	expect_equal lines "$(wc -l <"$out")" 4
	expect_no_output "$number"
	costs "$price"
	run_pin 1234 attributes -j
	expect_json '. == {"name":"見本　花子",
	    "address":"見本県見本市見本町１丁目２番３号","birth":"19900401",
	    "birth_date":"1990-04-01","sex":"2","sex_text":"female","others":[]}'
	costs "$price"
}

# Its codes are not those of the certificate, which says 3.
sex_is_of_iso_5218() {
	run_pin 1234 attributes -j
	expect_json '.sex == "0"' '.sex_text == "unknown"'
	run_pin ABC123 cert sign -j
	expect_json '.holder.sex == "3"'
}

# Longer than one READ BINARY; lengths of one, two and three bytes.
long_attributes_are_shown_whole() {
	run_pin 1234 attributes -j
	expect_json '.name | length == 100' '.address | length == 200' \
		'.birth_date == "1912-07-30"' '.sex_text == "male"'
	costs $((price + 3))
}

# only_warned: nothing else is on standard error.
only_warned() {
	expect_code 0
	expect_equal 'lines on standard error' "$(wc -l <"$err")" 1
	grep -q 'warning: .*番号法' "$err" || cat "$err"
}

the_number_is_shown() {
	run_pin 1234 mynumber "$may"
	only_warned
	expect_equal output "$(<"$out")" "$number"
	costs "$price"
	run_pin 1234 mynumber "$may" -j
	only_warned
	expect_equal output "$(<"$out")" "{\"mynumber\":\"$number\"}"
	costs "$price"
}

the_number_is_not_shown_unasked() {
	local option
	for option in '' -j -v; do
		# shellcheck disable=SC2086 # none is meant to be none
		run_pin 1234 mynumber $option
		expect_failure 2 "$may"
		error_lines | grep -q 'Number Act (番号法)' || cat "$err"
		expect_equal commands "$(sent_commands)" 0
	done
	run_pin 1234 attributes -j "$may"
	expect_failure 2 'takes no option'
	run_pin 1234 status -aj
	expect_no_output "$number"
}

# each_verb FUNCTION [ARGUMENT...]: $verb is the command line.
each_verb() {
	for verb in attributes "mynumber $may"; do
		"$@"
	done
}

with_pin() {
	# shellcheck disable=SC2086 # words are meant
	run_pin "$1" $verb
}

wrong_pin() {
	control tries input 3
	with_pin 4321
	expect_failure 4 '2 tries left'
	expect_equal VERIFYs "$(sent_verifies)" 1
	expect_logged_out
	expect_tries input 2
	expect_tries auth 3
	with_pin 1234
	expect_code 0
	expect_tries input 3
}
a_wrong_pin_is_told() { each_verb wrong_pin; }

# The user authentication PIN is another one, and has tries of its own.
another_pin() {
	control tries input 3
	with_pin 1234
	expect_failure 4 '2 tries left'
	expect_tries input 2
	expect_tries auth 3
	with_pin 5678
	expect_code 0
}
the_pin_is_its_own() {
	run_change 1234 5678 pin change input
	expect_success
	each_verb another_pin
}

odd_pin() {
	local pin
	for pin in ABC123 123 12345 '' 12a4 '1234 '; do
		with_pin "$pin"
		expect_failure 4 'nothing was sent'
		expect_equal "commands for \"$pin\"" "$(sent_commands)" 0
	done
}
what_cannot_be_the_pin_is_never_sent() {
	each_verb odd_pin
	expect_tries input 3
}

last_try() {
	control tries input 1
	with_pin 1234
	expect_failure 5 '--last-try'
	sends_no_pin "$verb"
	expect_tries input 1
	# shellcheck disable=SC2086 # words are meant
	run_pin 1234 $verb --last-try
	expect_code 0
	expect_tries input 3
	control tries input 1
	# shellcheck disable=SC2086 # words are meant
	run_pin 4321 $verb --last-try
	expect_failure 5 'was wrong, and is now locked'
	expect_tries input 0
}
the_last_try_is_kept() { each_verb last_try; }

locked() {
	with_pin 1234
	expect_failure 5 'input assistance PIN is locked'
	sends_no_pin "$verb"
	# shellcheck disable=SC2086 # words are meant
	run_pin 1234 $verb --last-try
	expect_failure 5 'is locked'
	sends_no_pin "$verb"
}
a_locked_pin_is_not_sent() {
	control tries input 0
	each_verb locked
}

no_application() {
	with_pin 1234
	expect_failure 1 'has no card surface input assistance PIN'
	sends_no_pin "$verb"
	expect_equal commands "$(sent_commands)" 2
}
a_phone_has_neither() { each_verb no_application; }

pulled() {
	local n
	for n in $(seq $((price - 1))); do
		control counters clear
		control fault "remove@$n"
		with_pin 1234
		expect_failure 3 ';'
		[ "$(sent_verifies)" -le 1 ] || echo "$(sent_verifies) VERIFYs at $n"
		control faults clear
		control remove
		control insert
	done
	with_pin 1234
	expect_code 0
	costs "$price"
}
a_card_that_is_pulled_gives_nothing() {
	each_verb pulled
	expect_tries input 3
}

# The logout that fails changes nothing about what was read.
pulled_at_the_end() {
	control counters clear
	control fault "remove@$price"
	with_pin 1234
	expect_code 0
	[ -s "$out" ] || echo 'nothing is shown'
	control faults clear
	control remove
	control insert
}
a_card_that_is_pulled_at_the_logout_is_read() { each_verb pulled_at_the_end; }

# odd_answer FAULT CODE TEXT
odd_answer() {
	control counters clear
	control fault "$1@ins=B0"
	with_pin 1234
	expect_failure "$2" "$3"
	expect_equal "VERIFYs at $1" "$(sent_verifies)" 1
	control faults clear
}
odd_answers() {
	odd_answer garbage 1 ';'
	odd_answer sw=6982 1 'asks for a PIN'
	odd_answer sw=6A82 1 'does not hold'
	odd_answer sw=6F00 1 'status 6F00'
	odd_answer sw=9000 1 ';'
	odd_answer truncate-sw 1 ';'
}
odd_answers_give_nothing() {
	each_verb odd_answers
	expect_tries input 3
}

# fetched QUIRK-LIKE: 61xx and 6Cxx are followed.
in_parts() {
	with_pin 1234
	expect_code 0
	expect_equal VERIFYs "$(sent_verifies)" 1
}
answers_in_parts_are_put_together() {
	each_verb in_parts
	run_pin 1234 -vv attributes
	expect_output '見本　花子'
	! grep -i "$(printf 見本 | od -An -tx1 | tr -d ' \n')" "$err"
}

# Neither as text nor in hexadecimal; and no file is written.
nothing_is_logged() {
	local folder=$work/empty hex=
	mkdir -p "$folder"
	for _ in 1 2 3 4 5 6; do
		hex+=39
	done
	(cd "$folder" && run_pin 1234 -vvv mynumber "$may")
	grep -q '^jpki: < \[15 bytes not shown\] 9000$' "$err" || cat "$err"
	! grep -iE "$hex|999999" "$err"
	(cd "$folder" && run_pin 1234 -vvv attributes)
	grep -qE '^jpki: < \[[0-9]+ bytes not shown\] 9000$' "$err" || cat "$err"
	! grep -iE "見本|$(printf 見本 | od -An -tx1 | tr -d ' \n')" "$err"
	expect_equal files "$(ls -A "$folder")" ''
}

a_full_output_is_an_error() {
	code=0
	: >"$out"
	"$JPKI_TOOL" mynumber "$may" --pin-fd 9 9< <(echo 1234) >/dev/full 2>"$err" || code=$?
	expect_failure 1 'No space left'
	expect_logged_out
}

play "$@"

"$JPKI_VCARD" create "$work/long" --birth 1912-07-30 --sex male \
	--name "$(printf '氏%.0s' {1..100})" --address "$(printf '町%.0s' {1..200})" ||
	exit 1
"$JPKI_VCARD" create "$work/unknown" --sex unknown || exit 1
tap 'the attributes are shown' in_world adult the_attributes_are_shown
tap 'the sex is of ISO 5218, not of the certificate' in_world unknown sex_is_of_iso_5218
tap 'long attributes are shown whole' in_world long long_attributes_are_shown_whole
tap 'the number is shown' in_world adult the_number_is_shown
tap 'the number is not shown unasked' in_world adult the_number_is_not_shown_unasked
tap 'a wrong PIN is told' in_world adult a_wrong_pin_is_told
tap 'the PIN is its own' in_world adult the_pin_is_its_own
tap 'what cannot be the PIN is never sent' in_world adult what_cannot_be_the_pin_is_never_sent
tap 'the last try is kept' in_world adult the_last_try_is_kept
tap 'a locked PIN is not sent' in_world adult a_locked_pin_is_not_sent
tap 'a smartphone has neither' in_world phone a_phone_has_neither
tap 'a card that is pulled gives nothing' in_world adult a_card_that_is_pulled_gives_nothing
tap 'one that is pulled at the logout was read' \
	in_world adult a_card_that_is_pulled_at_the_logout_is_read
tap 'odd answers give nothing' in_world adult odd_answers_give_nothing
tap 'answers that have to be fetched' \
	in_world adult answers_in_parts_are_put_together --quirk get-response
tap 'answers to another Le' \
	in_world adult answers_in_parts_are_put_together --quirk wrong-le
tap 'nothing is logged, nothing is written' in_world adult nothing_is_logged
tap 'a full standard output is an error' in_world adult a_full_output_is_an_error
tap_end
