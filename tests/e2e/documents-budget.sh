#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
#
# Signed documents: what a batch may cost on the card, and that what else makes
# them today costs no less; others hold all of them for good.
set -u

if [ -z "${JPKI_VCARD_LOG:-}" ]; then
	exec "$JPKI_VCARD" run -- "$0" "$@"
fi

work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT

# shellcheck source=scripts/tap.sh
. "$JPKI_SRC/scripts/tap.sh"
# shellcheck source=tests/bench/count.sh
. "$JPKI_SRC/tests/bench/count.sh"
# shellcheck source=tests/bench/documents.sh
. "$JPKI_SRC/tests/bench/documents.sh"
for tool in $documents_tools; do
	tap_tool "$tool"
done
[ -n "$opensc" ] || {
	tap "OpenSC's module is there" echo "opensc-pkcs11.so is missing: type make deps"
	tap_end
}
count_output=$work/output

# signs FORMAT FUNCTION ARGUMENT: all documents, so that others hold them for good.
signs() {
	local valid
	rm -f "$work"/*.signed
	count "$2" "$3"
	if [ "$count_status" != 0 ]; then
		echo "status $count_status"
		cat "$count_output"
	fi
	valid=$(valid_documents "$1")
	[ "$valid" = "$documents" ] || echo "$valid of $documents are valid"
}

at_most() { [ "$2" -le "$1" ] || echo "$2 $3, more than $1"; }

batch() {
	signs "$1" sign_jpki "$1"
	at_most "$(documents_budget "$documents")" "$count_commands" commands
	at_most 1 "$count_verifies" VERIFYs
}

# peer FORMAT FUNCTION ARGUMENT: it signs, and ours with no more commands, VERIFYs
# and bytes.
peer() {
	local theirs
	signs "$@"
	theirs=("$count_commands" "$count_verifies" $((count_up + count_down)))
	signs "$1" sign_jpki "$1"
	at_most "${theirs[0]}" "$count_commands" commands
	at_most "${theirs[1]}" "$count_verifies" VERIFYs
	at_most "${theirs[2]}" $((count_up + count_down)) bytes
}

prepare_documents 100 >"$work/words" 2>&1 || {
	tap "documents are made" cat "$work/words"
	tap_end
}
# The card of these tests has certificates of one size.
tap "the budget of 100 documents is at most 120" at_most 120 "$(documents_budget 100)" commands
for format in cms pdf; do
	tap "$format: 100 documents keep to it, with one VERIFY" batch "$format"
done

documents=3
rm -f "$work"/[4-9].* "$work"/??*.cms "$work"/??*.pdf
while IFS='|' read -r format signer function argument; do
	[ "$signer" = jpki-tool ] ||
		tap "$format: jpki-tool costs no more than $signer" \
			peer "$format" "$function" "$argument"
done < <(list_signers)
tap_end
