# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=bash
#
# TAP for the checks: to be sourced.  A check is a command that prints what is
# wrong, a line each, and nothing if all is well.

tap_n=0
tap_failed=0

# tap NAME COMMAND...: holds if the command succeeds and prints nothing.
tap() {
	local name=$1 said status=0
	shift
	said=$("$@" 2>&1) || status=$?
	tap_n=$((tap_n + 1))
	if [ -z "$said" ] && [ "$status" = 0 ]; then
		echo "ok $tap_n - $name"
		return
	fi
	tap_failed=$((tap_failed + 1))
	echo "not ok $tap_n - $name"
	[ -z "$said" ] || printf '# %s\n' "${said//$'\n'/$'\n'# }"
	[ "$status" = 0 ] || echo "# $1 ended with status $status"
}

# tap_tool PROGRAM: a missing tool is a failure, never a skip.
tap_tool() {
	command -v "$1" >/dev/null && return
	tap "$1 is there" echo "$1 is missing: type make deps"
	tap_end
}

# Print the plan and leave.
tap_end() {
	echo "1..$tap_n"
	exit $((tap_failed > 0))
}
