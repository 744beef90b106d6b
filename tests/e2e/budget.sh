#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
#
# No operation sends more commands to the card than its budget allows.
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
# shellcheck source=tests/bench/operations.sh
. "$JPKI_SRC/tests/bench/operations.sh"

count_output=$work/output
within_budget() {
	local function=$1 budget=$2 verifies=$3
	count "$function"
	if [ "$count_status" != 0 ]; then
		echo "status $count_status"
		cat "$count_output"
	fi
	if [ "$count_commands" -gt "$budget" ]; then
		echo "$count_commands commands, of $budget allowed"
	fi
	if [ "$count_verifies" -gt "$verifies" ]; then
		echo "$count_verifies VERIFYs, of $verifies allowed"
	fi
}

prepare_operations || exit 1
while IFS='|' read -r name function budget verifies; do
	tap "$name: at most $budget commands, $verifies VERIFYs" \
		within_budget "$function" "$budget" "$verifies"
done < <(list_operations)
tap_end
