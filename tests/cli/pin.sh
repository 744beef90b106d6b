#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
#
# pin: no try is lost by what cannot be right, none is used twice, and the
# last one only by who asks for it.
set -u
# shellcheck source=tests/cli/lib.sh
. "$JPKI_SRC/tests/cli/lib.sh"

# never_sent PIN-NAME BYTES...: each cannot be right, and costs nothing.
never_sent() {
	local name=$1 bytes
	shift
	for bytes; do
		run pin verify "$name" --pin-fd 9 9< <(printf '%b' "$bytes")
		expect_failure 4 'nothing was sent'
		expect_equal "commands for \"$bytes\"" "$(sent_commands)" 0
		run pin change "$name" --pin-fd 9 --new-pin-fd 8 \
			9< <(printf '%b' "$bytes") 8< <(echo XYZ789)
		expect_failure 4 'nothing was sent'
		expect_equal "commands for \"$bytes\"" "$(sent_commands)" 0
	done
}

malformed_pins_are_never_sent() {
	never_sent auth 123 12345 '' '\n' '1234\n\n' '12\n34' 'abcd' '12 4' \
		' 1234' '1234 ' '1234\x00' '１２３' '１２３４５' '十二三四' '-123'
	never_sent sign ABC12 ABCDEFGH123456789 '' '\n' 'ABC123\n\n' 'ABC-123' \
		'ABC 123' 'ＡＢＣ１２' '\xEF\xBC' 'ＡＢＣ１２３！'
	never_sent auth "$(printf '1%.0s' {1..400})"
	expect_tries auth 3
	expect_tries sign 5
}

# accepted PIN-NAME BYTES...
accepted() {
	local name=$1 bytes
	shift
	for bytes; do
		run pin verify "$name" --pin-fd 9 9< <(printf '%b' "$bytes")
		expect_success 'is right'
		expect_equal "VERIFYs for \"$bytes\"" "$(sent_verifies)" 1
	done
}

right_pins_are_accepted() {
	accepted auth 1234 '1234\n' '1234\r\n' '１２３４' '１2３4\n'
	accepted sign ABC123 abc123 aBc123 'ＡＢＣ１２３' 'ａｂｃ１２３\n' 'ａBc１23'
	accepted input 1234
	run_pin 1234 pin verify auth -j
	expect_json '. == {"pin":"auth","verified":true}'
}

pin_files_are_read() {
	printf '1234\n' >"$work/pin"
	chmod 600 "$work/pin"
	run pin verify auth --pin-file "$work/pin"
	expect_success 'is right'
	chmod 644 "$work/pin"
	run pin verify auth --pin-file "$work/pin"
	expect_code 0
	grep -q 'warning: .*chmod 600' "$err" || echo 'no warning'
	run pin verify auth --pin-fd 0 <"$work/pin"
	expect_success 'is right'
	printf '5678' >"$work/new"
	chmod 600 "$work/pin" "$work/new"
	run pin change auth --pin-file "$work/pin" --new-pin-file "$work/new"
	expect_success 'is changed'
	run pin verify auth --pin-file "$work/new"
	expect_success 'is right'
}

wrong_pin_leaves_one_try_less() {
	run_pin 1111 pin verify auth
	expect_failure 4 '2 tries left'
	expect_equal 'VERIFYs' "$(sent_verifies)" 1
	expect_tries auth 2
	run_pin ABC124 pin verify sign
	expect_failure 4 '4 tries left'
	expect_equal 'VERIFYs' "$(sent_verifies)" 1
	run_pin 1111 sign -k auth "$0"
	expect_failure 4 '1 try left'
	expect_equal 'VERIFYs' "$(sent_verifies)" 1
	expect_equal 'signatures' "$(sent_signatures)" 0
	run_pin 1111 -j pin verify input
	expect_failure 4 '2 tries left'
	expect_tries auth 1
	expect_tries sign 4
	expect_tries input 2
}

right_pin_restores_all_tries() {
	run_pin 1111 pin verify auth
	run_pin 1234 pin verify auth
	expect_success
	expect_tries auth 3
}

last_try_is_kept() {
	control tries auth 1
	control tries sign 1
	run_pin 1234 pin verify auth
	expect_failure 5 '--last-try'
	expect_equal 'VERIFYs' "$(sent_verifies)" 0
	run_pin 1234 sign -k auth "$0"
	expect_failure 5 '--last-try'
	expect_equal 'VERIFYs' "$(sent_verifies)" 0
	run_pin ABC123 cert sign
	expect_failure 5 '--last-try'
	run_pin ABC123 status
	expect_failure 5 '--last-try'
	run_change 1234 5678 pin change auth
	expect_failure 5 '--last-try'
	expect_equal 'VERIFYs' "$(sent_verifies)" 0
	expect_tries auth 1
	expect_tries sign 1
}

last_try_is_used_if_allowed() {
	control tries auth 1
	run_pin 1234 pin verify auth --last-try
	expect_success
	expect_tries auth 3
	control tries auth 1
	run_change 1234 5678 --last-try pin change auth
	expect_success
	control tries auth 1
	run_pin 1111 pin verify auth --last-try
	expect_failure 5 'the user authentication PIN was wrong, and is now locked'
	expect_equal 'VERIFYs' "$(sent_verifies)" 1
	expect_tries auth 0
	control tries sign 1
	run_change ABC124 XYZ7890 --last-try pin change sign
	expect_failure 5 'the signature PIN was wrong, and is now locked'
	expect_equal 'VERIFYs' "$(sent_verifies)" 1
	expect_equal 'CHANGEs' "$(sent_changes)" 0
	expect_tries sign 0
}

locked_pin_is_never_sent() {
	local verb
	control tries auth 0
	for verb in 'pin verify auth' "sign -k auth $0" \
		'pin verify auth --last-try'; do
		# shellcheck disable=SC2086 # words are meant
		run_pin 1234 $verb
		expect_failure 5 'is locked'
		expect_equal "VERIFYs of $verb" "$(sent_verifies)" 0
	done
	run_change 1234 5678 pin change auth
	expect_failure 5 'is locked'
	expect_equal 'VERIFYs' "$(sent_verifies)" 0
	# The other PIN is not touched by that.
	run_pin ABC123 pin verify sign
	expect_success
}

pins_are_changed() {
	run_change 1234 5678 pin change auth
	expect_success 'The user authentication PIN is changed'
	expect_equal 'VERIFYs' "$(sent_verifies)" 1
	expect_equal 'CHANGEs' "$(sent_changes)" 1
	run_pin 5678 pin verify auth
	expect_success
	run_change abc123 'xyz7890' pin change sign -j
	expect_json '. == {"pin":"sign","changed":true}'
	run_pin XYZ7890 pin verify sign
	expect_success
	run_change 1234 '９８７６' pin change input
	expect_success 'is changed'
	run_pin 9876 pin verify input
	expect_success
}

# The PIN is another one now: who only hears of standard output loses tries.
unheard_change_is_said() {
	code=0
	: >"$out"
	"$JPKI_TOOL" pin change auth --pin-fd 8 --new-pin-fd 9 8< <(echo 1234) \
		9< <(echo 5678) >/dev/full 2>"$err" || code=$?
	expect_failure 1 'the PIN is changed, but'
	run_pin 5678 pin verify auth
	expect_success
}

# not_changed NAME OLD NEW CODE TEXT: and nothing is sent.
not_changed() {
	run_change "$2" "$3" pin change "$1"
	expect_failure "$4" "$5"
	expect_equal "VERIFYs for $3" "$(sent_verifies)" 0
	expect_equal "CHANGEs for $3" "$(sent_changes)" 0
}

new_pins_obey_the_rules() {
	local new
	for new in 123 12345 abcd '' '５６７'; do
		not_changed auth 1234 "$new" 1 'has 4 digits'
	done
	for new in ABCDEF 123456 AB123 ABCDEFGH123456789 'ABC-123' ''; do
		not_changed sign ABC123 "$new" 1 '6 to 16 letters and digits, at least one'
	done
	not_changed auth 1234 1234 1 'is the current one'
	not_changed auth 1234 １２３４ 1 'is the current one'
	not_changed sign ABC123 abc123 1 'is the current one'
	run_pin 1234 pin verify auth
	expect_success
	run_pin ABC123 pin verify sign
	expect_success
}

wrong_current_pin_changes_nothing() {
	run_change 1111 5678 pin change auth
	expect_failure 4 '2 tries left'
	expect_equal 'CHANGEs' "$(sent_changes)" 0
	expect_tries auth 2
	run_pin 1234 pin verify auth
	expect_success
}

register_pin_is_for_the_counter() {
	run_change 1234 5678 pin change register
	expect_failure 1 'municipal counter'
	run_pin 1234 pin verify register
	expect_failure 1 'municipal counter'
	expect_equal 'commands' "$(sent_commands)" 0
}

pins_never_show_in_the_log() {
	run_change 1234 5678 -vvvv pin change auth
	expect_code 0
	grep -q '^jpki: ' "$err" || echo 'there is no trace'
	! grep -iE '31 ?32 ?33 ?34|35 ?36 ?37 ?38|1234|5678' "$err"
	run_pin ABC123 -v -v -v pin verify sign
	! grep -iE '41 ?42 ?43|ABC123' "$err"
}

phone_has_no_input_pin() {
	run_pin 1234 pin verify input
	expect_failure 1 'has no card surface input assistance PIN'
	run_change 1234 5678 pin change input
	expect_failure 1 'has no card surface input assistance PIN'
	run_change 1234 5678 pin change auth
	expect_success
}

nothing_stays_verified() {
	run_pin 1234 pin verify auth
	expect_logged_out
	run_pin ABC123 cert sign
	expect_logged_out
	run_pin 1234 sign -k auth "$0"
	expect_logged_out
	run_change 1234 5678 pin change auth
	expect_logged_out
	run_pin ABC123 status -a
	expect_code 0
	expect_logged_out
	run_pin 1111 pin verify auth
	expect_code 4
}

play "$@"

tap 'malformed PINs are never sent' in_world adult malformed_pins_are_never_sent
tap 'right PINs are accepted, full width and lower case too' \
	in_world adult right_pins_are_accepted
tap 'PIN files are read' in_world adult pin_files_are_read
tap 'a wrong PIN leaves one try less' in_world adult wrong_pin_leaves_one_try_less
tap 'a right PIN restores all tries' in_world adult right_pin_restores_all_tries
tap 'the last try is kept' in_world adult last_try_is_kept
tap 'the last try is used if that is allowed' \
	in_world adult last_try_is_used_if_allowed
tap 'a locked PIN is never sent' in_world adult locked_pin_is_never_sent
for quirk in locked-6983 query-locked-sw query-6700-short; do
	tap "a locked PIN is never sent ($quirk)" \
		in_world adult locked_pin_is_never_sent --quirk $quirk
done
tap 'PINs are changed' in_world adult pins_are_changed
tap 'a change is said even if standard output is full' \
	in_world adult unheard_change_is_said
tap 'new PINs obey the rules, or nothing is sent' \
	in_world adult new_pins_obey_the_rules
tap 'a wrong current PIN changes nothing' \
	in_world adult wrong_current_pin_changes_nothing
tap 'the register PIN is for the counter' \
	in_world adult register_pin_is_for_the_counter
tap 'PINs never show in the log' in_world adult pins_never_show_in_the_log
tap 'a smartphone has no input assistance PIN' \
	in_world phone phone_has_no_input_pin
tap 'nothing stays verified' in_world adult nothing_stays_verified
tap_end
