#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
#
# The modules keep to the standard: jpki-conformance on each of them, through a
# real pcscd.  What it prints comes out again with the module's and the token's
# name in front of each check's.
p11_world=()
# shellcheck source=tests/e2e/lib-p11.sh
. "${JPKI_SRC:?}/tests/e2e/lib-p11.sh"
conformance=$JPKI_BUILD/tests/conformance/jpki-conformance
tap_tool "$conformance"

# conform NAME MODULE LABEL PIN [OPTION...]: its checks among ours.
conform() {
	local name=$1 module=$2 label=$3 pin=$4 status=0 line
	shift 4
	"$conformance" --strict "$@" --label "$label" --pin-fd 3 "$module" \
		3<<<"$pin" >output 2>errors || status=$?
	while IFS= read -r line; do
		case $line in
		ok\ * | not\ ok\ *) conform_line "$name" "$line" ;;
		1..*) ;;
		*) echo "$line" ;;
		esac
	done <output
	tap "$name: ran to its end" ended "$status"
}

# conform_line NAME LINE: one result, with a number of ours.
conform_line() {
	local result=${2%% [0-9]*} text=${2#* - }
	tap_n=$((tap_n + 1))
	[ "$result" = ok ] || tap_failed=$((tap_failed + 1))
	echo "$result $tap_n - $1: $text"
}

# The plan says as many as there are lines, there is at least one, and nothing
# was written to stderr.
ended() {
	local lines
	[ "$1" -le 1 ] || echo "exit status $1"
	lines=$(grep -cE '^(not )?ok ' output)
	[ "$lines" -gt 0 ] || echo "no checks"
	grep -qx "1\.\.$lines" output || echo "not as many checks as planned"
	cat errors
}

both_tries() { card tries; }
before=$(both_tries)
tries_are_back() {
	local now
	now=$(both_tries)
	[ "$now" = "$before" ] || printf 'before: %s\nnow: %s\n' "$before" "$now"
}

conform 'jpki-pkcs11 JPKI-AUTH' "$both" JPKI-AUTH "$auth_pin" --destructive
conform 'jpki-pkcs11 JPKI-SIGN' "$both" JPKI-SIGN "$sign_pin" --destructive
conform 'jpki-pkcs11-auth' "$auth_only" JPKI-AUTH "$auth_pin" --destructive
conform 'jpki-pkcs11-sign' "$sign_only" JPKI-SIGN "$sign_pin" --destructive

# Settings that change what the standard asks.
export JPKI_PKCS11='consent=each'
conform 'consent=each' "$both" JPKI-SIGN "$sign_pin" --only attributes
export JPKI_PKCS11='pss=off'
conform 'pss=off' "$both" JPKI-AUTH "$auth_pin" --only signatures
conform 'pss=off' "$both" JPKI-AUTH "$auth_pin" --only mechanisms
unset JPKI_PKCS11

tap "no try is lost after all that" tries_are_back
tap_end
