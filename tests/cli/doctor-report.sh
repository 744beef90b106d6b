#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
#
# doctor --report: what is in it, and what is not.
set -u
# shellcheck source=tests/cli/lib-doctor.sh
. "$JPKI_SRC/tests/cli/lib-doctor.sh"

# certificate NAME FORM
certificate() {
	local pin=1234
	[ "$1" != sign ] && [ "$1" != sign-ca ] || pin=ABC123
	"$JPKI_TOOL" cert "$@" --pin-fd 9 9< <(printf %s "$pin") 2>/dev/null
}

# What the certificates say of their holder and themselves, a word a line.
personal_words() {
	local id
	for id in auth sign; do
		certificate "$id" -j
	done | jq -r '.subject, .serial, .subject_key_id, .sha256,
		(.subject | split("[,=]"; null)[] | select(length > 3)),
		(.holder // {} | .name, .address, .birth, .birth_date,
		    (.name // "" | split("　")[]))
		| select(. != null and . != "")'
	uname -n
	echo "$HOME"
	printf '%s\n' 1234 ABC123
}

# hidden_bytes FILE: four bytes of a file in the output, in hexadecimal,
# whatever they are part of there.
hidden_bytes() {
	local hex
	od -An -v -tx1 "$1" | tr -d ' \n' >"$work/hex"
	tr -c '0-9A-Fa-f' '\n' <"$out" | grep -E '^.{8}' | tr A-F a-f | sort -u |
		while read -r hex; do
			while [ "${#hex}" -ge 8 ]; do
				! grep -oF -- "${hex:0:8}" "$work/hex" || break
				hex=${hex:1}
			done
		done
}

# Nothing that belongs to the person, the card, the user or the machine.
expect_nothing_personal() {
	local word id
	while read -r word; do
		! grep -qiF -- "$word" "$out" || echo "the report has: $word"
	done <"$work/words"
	for id in auth auth-ca sign-ca sign; do
		expect_equal "bytes of $id in the report" \
			"$(hidden_bytes "$work/$id.der")" ''
	done
}

save_certificates() {
	local id
	for id in auth auth-ca sign-ca sign; do
		certificate "$id" --der >"$work/$id.der"
		[ -s "$work/$id.der" ] || echo "no certificate $id"
	done
	personal_words >"$work/words"
	[ "$(wc -l <"$work/words")" -gt 15 ] || cat "$work/words"
}

# The judge himself: one name, and four bytes in the middle of others.
judge_sees_what_is_personal() {
	save_certificates
	sed -n 1p "$work/words" >"$out"
	[ -n "$(expect_nothing_personal)" ] || echo 'a name was not seen'
	{ printf 'abc' && od -An -v -tx1 -j 400 -N 4 "$work/sign.der" |
		tr -d ' \n' && echo abc; } >"$out"
	expect_nothing_personal | grep -q 'bytes of sign ' ||
		echo 'bytes were not seen'
}

report_holds_nothing_personal() {
	save_certificates
	own_registry
	run doctor --report
	expect_success 'jpki-tool  ' 'pcscd      ' 'ATR        3BE000FF8131FE4514' \
		'00A4040C0AD392F000260100000001      0 bytes  9000'
	expect_equal 'VERIFYs' "$(sent_verifies)" 0
	expect_equal 'other commands' "$(commands 'map(.command[2:4]) | unique | join(" ")')" \
		'"20 A4 B0"'
	expect_nothing_personal
	expect_tries auth 3
	expect_tries sign 5
}

# The facts that a card can answer without a PIN.
report_answers_facts() {
	run doctor --report
	expect_success \
		'  7.5   the reference that is locked from issue       63C0 (' \
		'  7.4   tries of number A, surface                    63CA (' \
		'  10.2  6984 (locked)?                                no' \
		'  18.3  Is its user authentication CA that of 2019?   no: it is a test CA' \
		'  6.2   first byte of 0008 (signature)                8F' \
		'  12.1  CHANGE on every generation                    would change a PIN'
}

# What an odd card answers is seen.
report_of_an_odd_card() {
	run doctor --report
	expect_success '00200080                            0 bytes  6700' \
		'0020008000                          0 bytes  63C3' \
		'  9.3   retry query of four bytes, or of five         6700 ('
}

report_of_a_phone() {
	run doctor --report
	expect_success 'the label of a phone' \
		'  19.1  input assistance application (phones: none)   6A82 ('
}

report_of_a_locked_card() {
	run doctor --report
	expect_success '  auth-locked' '  sign-locked'
	grep -qE '^  10\.2  (6984|63C0) \(locked\)\? +(6984|63C0) \(' "$out" || cat "$out"
}

# Without a card, or without pcscd, it says what there is.
report_without_a_card() {
	control pcscd stop
	run doctor --report
	expect_success '  pcscd-stopped' 'readers on USB'
}

report_goes_to_a_file() {
	run doctor --report -o "$work/report"
	expect_success
	expect_equal 'bytes on standard output' "$(wc -c <"$out")" 0
	grep -q '^facts of PROTOCOL' "$work/report" || cat "$work/report"
	run doctor --report -o "$work/report"
	expect_failure 1 'exists'
	run doctor --report -o "$work/report" -f
	expect_success
	run doctor --report -o -
	expect_success 'facts of PROTOCOL'
}

play "$@"

tap 'a report holds nothing personal' in_world adult report_holds_nothing_personal
tap 'what is personal would be seen' in_world adult judge_sees_what_is_personal
tap 'a report answers facts' in_world adult report_answers_facts
tap 'a report of an odd card' in_world adult report_of_an_odd_card --quirk query-6700-short
tap 'a report of a phone' in_world phone report_of_a_phone
tap 'a report of a locked card' in_world locked report_of_a_locked_card
tap 'a report without a card' in_world adult report_without_a_card
tap 'a report goes to a file' in_world adult report_goes_to_a_file
tap_end
