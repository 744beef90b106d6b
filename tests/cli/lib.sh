# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=bash
#
# For the tests of jpki-tool: to be sourced.  A test is a function that prints
# what is wrong.  in_world runs it in a PC/SC world of its own with a fresh
# virtual card: the script calls itself, and play answers the call.
#
#	tap 'what must hold' in_world PROFILE function [OPTION OF RUN...]
#
# Within a test, run starts the tool and leaves its exit status in $code, its
# output in $out and $err (files); the expect_* functions judge them.  The PINs
# of a fresh card are 1234 and ABC123.

# shellcheck source=scripts/tap.sh
. "$JPKI_SRC/scripts/tap.sh"

work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
out=$work/out err=$work/err code=0 mark=0

# play "$@": run the test that in_world called for.
play() {
	[ "${1:-}" = --play ] || return 0
	"$2"
	exit
}

# Cards are made once for each profile; a test gets a copy.
card_of() {
	local profile=$1 copy
	[ -d "$work/$profile" ] ||
		"$JPKI_VCARD" create "$work/$profile" --profile "$profile" ||
		return
	copy=$(mktemp -d "$work/card.XXXXXX")
	cp -R "$work/$profile/." "$copy"
	echo "$copy"
}

# PROFILE - is no card.
in_world() {
	local profile=$1 function=$2 card=()
	shift 2
	[ "$profile" = - ] || card=("$(card_of "$profile")") ||
		{ echo 'no card could be made'; return; }
	"$JPKI_VCARD" run "${card[@]}" "$@" -- "$0" --play "$function" ||
		echo "the world ended with status $?"
}

control() {
	"$JPKI_VCARD" control "$JPKI_VCARD_CONTROL" "$@" >"$work/control" ||
		echo "control $*: $(<"$work/control")"
}

# run [ARGUMENT...]: standard input is the test's.
run() {
	code=0
	mark=$(wc -c <"${JPKI_VCARD_LOG:-/dev/null}")
	"$JPKI_TOOL" "$@" >"$out" 2>"$err" || code=$?
}

# run_pin PIN [ARGUMENT...]: the PIN comes by a descriptor.
run_pin() {
	local pin=$1
	shift
	run "$@" --pin-fd 9 9< <(printf '%s\n' "$pin")
}

# run_change OLD NEW [ARGUMENT...]
run_change() {
	local old=$1 new=$2
	shift 2
	run "$@" --pin-fd 8 --new-pin-fd 9 \
		8< <(printf '%s\n' "$old") 9< <(printf '%s\n' "$new")
}

# What the card was sent by the last run: commands in all, and VERIFYs that
# carried a PIN, CHANGEs.  Without data, INS 20 is the retry query.
sent() { tail -c +$((mark + 1)) "$JPKI_VCARD_LOG"; }
commands() { sent | jq -s "map(select(.event == \"command\")) | $1"; }
sent_commands() { commands 'length'; }
sent_verifies() {
	commands 'map(select(.command[2:4] == "20" and (.command | length) > 10)) | length'
}
sent_changes() { commands 'map(select(.command[2:4] == "24")) | length'; }
sent_signatures() { commands 'map(select(.command[2:4] == "2A")) | length'; }

expect_equal() {
	[ "$2" = "$3" ] || echo "$1: $2, not $3"
}

expect_code() {
	[ "$code" = "$1" ] && return
	echo "exit status $code, not $1"
	cat "$err"
}

# Lines on standard error but for warnings and the log of -v.
error_lines() { grep -vE '^(jpki-tool: warning|jpki): ' "$err"; }

# expect_failure CODE TEXT: nothing on standard output, one line on standard
# error, with that text in it and a next step behind a semicolon.
expect_failure() {
	expect_code "$1"
	[ ! -s "$out" ] || { echo 'standard output is not empty:'; cat "$out"; }
	expect_equal 'lines on standard error' "$(error_lines | wc -l)" 1
	error_lines | grep -qF -- "$2" ||
		{ echo "no \"$2\" on standard error:"; cat "$err"; }
	error_lines | grep -qE '^jpki-tool: .*(;|: ).+' ||
		{ echo 'no next step on standard error:'; cat "$err"; }
}

# expect_success [TEXT...]: nothing on standard error; texts in the output.
expect_success() {
	local text
	expect_code 0
	[ ! -s "$err" ] || { echo 'standard error is not empty:'; cat "$err"; }
	for text; do
		expect_output "$text"
	done
}

expect_output() {
	grep -qF -- "$1" "$out" || { echo "no \"$1\" in:"; cat "$out"; }
}

expect_no_output() {
	! grep -F -- "$1" "$out"
}

# expect_json FILTER...: the output is one object, and each filter is true.
expect_json() {
	local filter
	expect_success
	jq -se 'length == 1' "$out" >/dev/null 2>&1 ||
		{ echo 'not one JSON value:'; cat "$out"; return; }
	for filter; do
		jq -e "$filter" "$out" >/dev/null ||
			{ echo "not true: $filter"; cat "$out"; }
	done
}

# The last command selects another application: the card forgets the PIN.
expect_logged_out() {
	commands '.[-1].command | test("^00A4040C..(A0|D39210)")' |
		grep -qx true || { echo 'no logout at the end:'; sent | tail -1; }
}

expect_tries() {
	control tries "$1"
	expect_equal "tries left of $1" \
		"$(jq ".tries[\"$1\"]" "$work/control")" "$2"
}

# Only the files that are named are in the folder.
expect_files() {
	local folder=$1
	shift
	expect_equal "files in the folder" "$(ls -A "$folder")" \
		"$(printf '%s\n' "$@")"
}

# The public key of a certificate of the card, into a file.
public_key() {
	"$JPKI_TOOL" cert "$1" --pem --pin-fd 9 9< <(printf '%s' "$2") \
		2>/dev/null | openssl x509 -noout -pubkey >"$3"
}
