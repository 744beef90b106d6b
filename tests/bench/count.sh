# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=bash disable=SC2034 # the numbers are the caller's to read
#
# What a command costs on the card, counted in the virtual card's log: to be
# sourced by a program that runs inside `jpki-vcard run'.

# count COMMAND...: run it; its exit status in count_status, and the numbers
# in count_commands, count_up, count_down (bytes), count_verifies and
# count_signatures.  Its output goes to the file count_output, which the caller
# may set.
count_output=/dev/null

count() {
	local before
	before=$(wc -c <"$JPKI_VCARD_LOG")
	count_status=0
	"$@" >"$count_output" 2>&1 || count_status=$?
	read -r count_commands count_up count_down count_verifies count_signatures < <(
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
			signatures += substr(command, 3, 2) == "2A"
		}
		END { print commands + 0, up + 0, down + 0, verifies + 0, signatures + 0 }
	'
}

# The card as slow as a contactless one: milliseconds a command, microseconds a
# byte, milliseconds a signature.
slow_command=10 slow_byte=100 slow_signature=250

slow_card() {
	local fault
	for fault in "delay=$slow_command" "delay-byte=$slow_byte" \
		"delay-sign=$slow_signature"; do
		"$JPKI_VCARD" control "$JPKI_VCARD_CONTROL" fault "$fault"
	done >/dev/null
}
fast_card() { "$JPKI_VCARD" control "$JPKI_VCARD_CONTROL" faults clear >/dev/null; }

# The milliseconds that a slow card takes for what was counted last.
count_slow_ms() {
	echo $((count_commands * slow_command + count_signatures * slow_signature +
		(count_up + count_down) * slow_byte / 1000))
}
