#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
#
# The command line, as far as no card is needed: what cannot be meant is
# refused with status 2 and one line, before anything else happens.
set -u
# shellcheck source=tests/cli/lib.sh
. "$JPKI_SRC/tests/cli/lib.sh"

# refused TEXT ARGUMENT...
refused() {
	local text=$1
	shift
	run "$@"
	expect_failure 2 "$text"
}

verbs='readers status cert pin sign attributes mynumber verify ssh-key wait doctor browser'

help_names_every_verb() {
	local verb
	run --help
	expect_success 'usage: jpki-tool' 'Exit status'
	for verb in $verbs; do
		expect_output "  $verb"
	done
	run -h
	expect_success 'usage: jpki-tool'
}

help_of_each_verb() {
	local verb
	for verb in $verbs; do
		run "$verb" --help
		expect_success "usage: jpki-tool $verb" '--reader'
		run -h "$verb"
		expect_success "usage: jpki-tool $verb"
	done
}

help_fits_80_columns() {
	local verb
	for verb in '' $verbs; do
		"$JPKI_TOOL" ${verb:+"$verb"} --help | awk 'length > 80'
	done
}

version_is_shown() {
	run --version
	expect_success 'jpki-tool '
	expect_equal 'lines' "$(wc -l <"$out")" 1
}

# What is wrong with the operands is found wherever the options stand.
options_stand_anywhere() {
	local line
	for line in '--json wait nothing' 'wait --json nothing' 'wait nothing -j' \
		'wait --timeout 1 nothing' 'wait nothing --timeout=1' \
		'-t1 wait nothing' 'wait -t 1 -- nothing' '-jt1 wait nothing'; do
		# shellcheck disable=SC2086 # words are meant
		refused 'knows no "nothing"' $line
	done
	refused 'knows no "--json"' wait -- --json
}

control_characters_stay_out_of_messages() {
	run $'sta\e[2Jtus\nnext'
	expect_failure 2 'unknown command'
	! grep -q $'\e' "$err" || echo 'an escape character got through'
}

closed_output_is_an_error() {
	code=0
	: >"$out"
	"$JPKI_TOOL" --version >&- 2>"$err" || code=$?
	expect_failure 1 'standard output'
}

full_output_is_an_error() {
	code=0
	: >"$out"
	"$JPKI_TOOL" --help >/dev/full 2>"$err" || code=$?
	expect_failure 1 'No space left'
}

# The reader of the pipe is gone before the tool starts.
broken_pipe_is_an_error() {
	local fifo=$work/fifo
	mkfifo "$fifo"
	# shellcheck disable=SC2094 # a pipe needs both ends to begin with
	exec 7<>"$fifo" 8>"$fifo"
	exec 7>&-
	code=0
	: >"$out"
	"$JPKI_TOOL" --help >&8 2>"$err" || code=$?
	exec 8>&-
	expect_failure 1 'Broken pipe'
}

one_descriptor_is_not_two_pins() {
	run pin change auth --pin-fd 3 --new-pin-fd 3 3< <(echo 1234)
	expect_failure 2 'give two'
}

a_pin_is_not_repeated() {
	run pin "$@"
	expect_code 2
	! grep 1234 "$err"
}

closed_descriptor_is_reported() {
	run pin verify auth --pin-fd 33
	expect_failure 1 'no descriptor that is open for reading; give the number'
	run pin verify auth --pin-fd 9 9>"$work/written"
	expect_failure 1 'no descriptor that is open for reading; give the number'
}

missing_pin_file_is_reported() {
	run pin verify auth --pin-file "$work/none"
	expect_failure 1 'No such file'
}

# By whatever name standard input goes.
pin_and_data_from_one_pipe() {
	echo 1234 | run_in_pipe sign -k auth --pin-file /dev/stdin
	echo 1234 | run_in_pipe sign -k auth --pin-file /proc/self/fd/0 -
	# shellcheck disable=SC2094 # nothing is written
	echo 1234 | run_in_pipe sign -k auth --pin-fd 3 3<&0
}
run_in_pipe() {
	run "$@"
	expect_failure 2 'cannot give'
}

play "$@"

tap 'the help names every verb' help_names_every_verb
tap 'each verb has a help' help_of_each_verb
tap 'the help fits 80 columns' help_fits_80_columns
tap 'the version is shown' version_is_shown
tap 'options stand before and behind operands' options_stand_anywhere

tap 'no verb' refused 'no command'
tap 'an unknown verb' refused 'unknown command "stauts"' stauts
tap 'an unknown long option' refused 'unknown option --frob' --frob
tap 'an unknown letter' refused 'unknown option -x' readers -x
tap 'a PIN on the command line is no option, and not repeated' \
	refused 'unknown option --pin;' pin verify auth --pin=1234
tap 'a value that is missing' refused 'needs a value' readers --reader
tap 'a value where none belongs' refused 'takes no value' status --json=yes
tap 'an option twice' refused 'given twice' readers -r a -r b
tap "another verb's option" refused 'takes no option --key' status -k auth
tap 'operands too many' refused 'takes no operands' readers now
tap 'operands too few' refused 'takes auth|sign' cert
tap 'an unknown certificate' refused 'no certificate "ca"' cert ca
tap 'an unknown action on a PIN' refused 'knows no "unlock"' pin unlock auth
tap 'an unknown PIN' refused 'no kind of PIN; name auth' pin verify puk
tap 'a PIN for its kind is not repeated' a_pin_is_not_repeated verify 1234
tap 'a PIN as an argument is refused' refused 'not taken as an argument' \
	pin verify auth 1234
tap 'a PIN as an argument is not repeated' a_pin_is_not_repeated verify auth 1234
tap 'a new PIN where none is set' refused 'takes no new PIN' \
	pin verify auth --new-pin-fd 3
tap 'two forms at once' refused 'do not go together' cert auth --pem --der
tap 'a form and JSON' refused 'do not go together' cert auth --pem --json
tap 'two sources of a PIN' refused 'do not go together' \
	pin verify auth --pin-fd 3 --pin-file f
tap 'no key to sign with' refused 'no key is chosen' sign
tap 'an unknown key' refused 'no key "both"' sign -k both
tap 'an unknown hash' refused 'no hash "md5"' sign -k auth --hash md5
tap 'several files and no suffix' refused '--suffix' sign -k auth a b
tap 'a suffix without files' refused 'needs files' sign -k auth --suffix .sig
tap 'a suffix with a folder' refused 'stands behind' sign -k auth --suffix /x f
tap 'one output and a suffix' refused 'do not go together' \
	sign -k auth -o x --suffix .sig f
tap 'PIN and data both from standard input' refused 'cannot give' \
	sign -k auth --pin-fd 0
tap 'PIN and data both from one pipe' pin_and_data_from_one_pipe
tap 'an unknown event' refused 'knows no "swap"' wait swap
tap 'a timeout that is no number' refused 'whole number' wait insert -t soon
tap 'a timeout that is too large' refused 'whole number' \
	wait insert -t 99999999999
tap 'a descriptor that is no number' refused 'whole number' \
	pin verify auth --pin-fd three
tap 'two descriptors that are no numbers' refused 'whole number' \
	pin change auth --pin-fd three --new-pin-fd four
tap 'a descriptor that is no number, and data' refused 'whole number' \
	sign -k auth --pin-fd 0x0

tap 'control characters stay out of messages' \
	control_characters_stay_out_of_messages
tap 'a closed standard output is an error' closed_output_is_an_error
tap 'a full standard output is an error' full_output_is_an_error
tap 'a broken pipe is an error' broken_pipe_is_an_error
tap 'one descriptor does not give two PINs' one_descriptor_is_not_two_pins
tap 'a closed descriptor is reported' closed_descriptor_is_reported
tap 'a missing PIN file is reported' missing_pin_file_is_reported
tap_end
