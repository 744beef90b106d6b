#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
#
# What can be wrong before a card answers: each has its line, its next step,
# and status 3; for every verb that needs a card.
set -u
# shellcheck source=tests/cli/lib.sh
. "$JPKI_SRC/tests/cli/lib.sh"

# each_verb CODE TEXT: all of them fail alike, and no PIN is sent.
each_verb() {
	local verb
	run status
	expect_failure "$@"
	run -j status -a
	expect_failure "$@"
	for verb in 'cert auth' 'cert auth-ca' 'pin verify auth' ssh-key \
		"sign -k auth $0"; do
		# shellcheck disable=SC2086 # words are meant
		run_pin 1234 $verb
		expect_failure "$@"
		expect_equal "VERIFYs of $verb" "$(sent_verifies)" 0
	done
	run_change 1234 5678 pin change auth
	expect_failure "$@"
	expect_equal "VERIFYs of pin change" "$(sent_verifies)" 0
}

no_pcscd() {
	control pcscd stop
	each_verb 3 'start it'
	run readers
	expect_failure 3 'start it'
	run -j readers
	expect_failure 3 'start it'
	run wait insert --timeout 1
	expect_failure 3 'start it'
}

unknown_reader() {
	run status -r 'No Such Reader'
	expect_failure 3 'no reader called "No Such Reader"'
	run readers -r 'No Such Reader'
	expect_failure 3 'no reader called "No Such Reader"'
}

no_reader() {
	each_verb 3 'connect one'
	run readers
	expect_failure 3 'connect one'
}

no_card() {
	control remove
	each_verb 3 'put a My Number Card in'
	run readers
	expect_success 'no card'
	run readers -j
	expect_json '.readers[0] | .card == false and .jpki == false'
}

# A card that has no JPKI application refuses its selection.
not_jpki() {
	control fault 'sw=6A82@ins=A4'
	each_verb 3 'no JPKI application'
	run readers
	expect_success 'no JPKI card'
	run readers -j
	expect_json '.readers[0] | .card == true and .jpki == false'
}

mute_card() {
	control mute on
	each_verb 3 'turn it over'
	run readers
	expect_success 'turn it over'
	run readers -j
	expect_json '.readers[0] | .jpki == null'
}

# OpenSC's explorer keeps the card for itself until its input ends.
held_card() {
	local fifo=$work/fifo holder
	mkfifo "$fifo"
	cat >"$work/opensc.conf" <<-END
		app default {
			card_drivers = default;
			reader_driver pcsc {
				connect_exclusive = true;
			}
		}
	END
	: >"$work/explorer"
	OPENSC_CONF=$work/opensc.conf opensc-explorer --mf '' <"$fifo" \
		>"$work/explorer" 2>&1 &
	holder=$!
	exec 7>"$fifo"
	# It holds the card once it has greeted.
	until grep -q '^OpenSC \[' "$work/explorer"; do
		kill -0 "$holder" 2>/dev/null ||
			{ echo 'the holder ended:'; cat "$work/explorer"; return; }
		sleep 0.1
	done
	each_verb 3 'another program holds the card'
	run readers
	expect_success 'another program holds'
	run readers -j
	expect_json '.readers[0] | .jpki == null'
	exec 7>&-
	wait "$holder"
	run status -j
	expect_json '.kind == "card"'
}

readers_are_shown() {
	run readers
	expect_success 'JPKI card'
	run readers -j
	expect_json '.readers[0] | .card and .jpki and (.reader | length > 0)'
	run -r "$(jq -r '.readers[0].reader' "$out")" readers -j
	expect_json '.readers | length == 1'
	run -r "$(jq -r '.readers[0].reader' "$out")" status -j
	expect_json '.kind == "card"'
}

# The name is looked for in the reader that is named, and nowhere else.
empty_reader_is_no_card() {
	local other
	run readers -j
	other=$(jq -r '[.readers[] | select(.card | not)][0].reader' "$out")
	run status -r "$other"
	expect_failure 3 'put a My Number Card in'
}

play "$@"
tap_tool opensc-explorer

tap 'readers and their cards are shown' in_world adult readers_are_shown
tap 'no pcscd' in_world adult no_pcscd
tap 'no reader' in_world - no_reader --no-reader
tap 'a reader that does not exist' in_world adult unknown_reader
tap 'an empty reader that is named' in_world adult empty_reader_is_no_card
tap 'no card' in_world adult no_card
tap 'a card that is not JPKI' in_world adult not_jpki
tap 'a card that does not answer' in_world adult mute_card
tap 'a card that another program holds' in_world adult held_card
tap_end
