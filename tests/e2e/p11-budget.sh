#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
#
# No operation of the PKCS #11 module sends more commands to the card than its
# budget allows.
p11_world=()
# shellcheck source=tests/e2e/lib-p11.sh
. "${JPKI_SRC:?}/tests/e2e/lib-p11.sh"
# shellcheck source=tests/bench/count.sh
. "$JPKI_SRC/tests/bench/count.sh"
# shellcheck source=tests/bench/p11-operations.sh
. "$JPKI_SRC/tests/bench/p11-operations.sh"
tap_tool pkcs11-tool

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

p11_use ours
p11_prepare || exit 1
while IFS='|' read -r name function budget verifies; do
	tap "$name: at most $budget commands, $verifies VERIFYs" \
		within_budget "$function" "$budget" "$verifies"
done < <(p11_operations)
tap_end
