# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=bash disable=SC2034 # the numbers are the caller's to read
#
# What a command costs on the card, counted in the virtual card's log: to be
# sourced by a program that runs inside `jpki-vcard run'.

# count COMMAND...: run it; its exit status in count_status, and the numbers
# in count_commands, count_up, count_down (bytes) and count_verifies.  Its
# output goes to the file count_output, which the caller may set.
count_output=/dev/null

count() {
	local before
	before=$(wc -c <"$JPKI_VCARD_LOG")
	count_status=0
	"$@" >"$count_output" 2>&1 || count_status=$?
	read -r count_commands count_up count_down count_verifies < <(
		tail -c +$((before + 1)) "$JPKI_VCARD_LOG" | count_log)
}

# A VERIFY is INS 20 with data; without data it is the retry query.
count_log() {
	awk '
		function field(name,  at, rest) {
			at = index($0, "\"" name "\":\"")
			if (at == 0)
				return ""
			rest = substr($0, at + length(name) + 4)
			return substr(rest, 1, index(rest, "\"") - 1)
		}
		/"event":"command"/ {
			command = field("command")
			commands++
			up += length(command) / 2
			down += length(field("answer")) / 2
			if (substr(command, 3, 2) == "20" && length(command) > 10)
				verifies++
		}
		END { print commands + 0, up + 0, down + 0, verifies + 0 }
	'
}
