#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
#
# Cards and readers that do what none should: each is told for what it is, and
# hides nothing else.
set -u
# shellcheck source=tests/cli/lib.sh
. "$JPKI_SRC/tests/cli/lib.sh"

# strange_status FAULT: it strikes while status -a asks for the signature PIN;
# once for people, once for programs.
strange_status() {
	local fault=$1
	control counters clear
	control fault "$fault"
	run status -a
	expect_success 'the card does not say' '3 of 3 tries left'
	control counters clear
	control fault "$fault"
	run status -a --json
	expect_json '.pins.sign.tries_left == null' '.pins.sign.tries_max == 5' \
		'.pins.auth.tries_left == 3' '.pins.auth.locked == false' \
		'.pins["surface-b"].tries_left == 10' '.pins.sign.locked == null'
}

# P8: the query of one PIN is answered by nonsense.
one_odd_query_hides_nothing_else() {
	strange_status 'sw=6985@ins=20#2'
}

# The file of one PIN cannot be selected: the fifth SELECT, behind that of the
# application and of three files.
one_odd_file_hides_nothing_else() {
	strange_status 'sw=6985@ins=A4#5'
	run status
	expect_success '5 of 5 tries left'
}

# The card is pulled at each command of status, one after the other.
a_card_that_is_pulled_is_told() {
	local n
	for n in 1 2 5 9 20 35; do
		control counters clear
		control fault "remove@$n"
		run status -a
		expect_failure 3 'card'
		control insert
	done
	run status
	expect_success '3 of 3 tries left'
}

# Its first answer is noise, and no application's.
a_card_that_talks_nonsense_is_not_recognised() {
	control fault 'truncate-sw@every'
	run readers
	expect_success 'a card that cannot be recognised: place it anew'
	run readers --json
	expect_json '.readers[0].jpki == null'
	control faults clear
	run readers
	expect_success "  JPKI card"
}

# What stands for the certificate is none.
a_key_that_cannot_be_read_is_told() {
	run ssh-key
	expect_failure 1 'makes no sense'
}

suffix_needs_files() {
	printf 'data' | {
		run_pin 1234 sign --key auth --suffix .sig -
		expect_failure 2 '--suffix needs files'
	}
	run_pin 1234 sign --key auth --suffix '' "$0"
	expect_failure 2 'suffix'
	expect_equal 'commands' "$(sent_commands)" 0
}

# The card answers the VERIFY, but says of no PIN how many tries are left.
a_wrong_pin_of_a_card_that_does_not_count_is_told() {
	control counters clear
	control fault 'sw=6300,after@ins=20#2'
	run_pin 0000 pin verify auth
	expect_code 4
	[ ! -s "$out" ] || cat "$out"
	grep -q 'PIN is wrong' "$err" || cat "$err"
}

play "$@"
tap 'one odd query hides nothing else' in_world adult one_odd_query_hides_nothing_else
tap 'one odd file hides nothing else' in_world adult one_odd_file_hides_nothing_else
tap 'a card that is pulled is told' in_world adult a_card_that_is_pulled_is_told
tap 'a card that talks nonsense is not recognised' \
	in_world adult a_card_that_talks_nonsense_is_not_recognised
tap 'a key that cannot be read is told' \
	in_world adult a_key_that_cannot_be_read_is_told --quirk cert-garbage=auth
tap 'a suffix needs files' in_world adult suffix_needs_files
tap 'a wrong PIN of a card that does not count is told' \
	in_world adult a_wrong_pin_of_a_card_that_does_not_count_is_told
tap_end
