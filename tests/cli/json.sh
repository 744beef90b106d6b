#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
#
# With -j every verb answers with one JSON object, and nothing else: the verbs
# are those of the help, so that a new one cannot do without.
set -u
# shellcheck source=tests/cli/lib.sh
. "$JPKI_SRC/tests/cli/lib.sh"

# What stands behind a verb; those that are not here need nothing.
words_of() {
	case $1 in
	cert) echo 'auth' ;;
	pin) echo 'verify auth --pin-file pin' ;;
	sign) echo '-k auth --pin-file pin letter' ;;
	attributes) echo '--pin-file pin' ;;
	mynumber) echo '--i-may-handle-my-number --pin-file pin' ;;
	verify) echo 'letter.p7m' ;;
	wait) echo 'insert' ;;
	browser) echo 'status --profile profile' ;;
	completion) echo 'bash' ;;
	esac
}

verbs() {
	"$JPKI_TOOL" --help | sed -n '/^Commands:/,/^$/s/^  \([a-z-]*\) .*/\1/p'
}

# What is found may be told by the status as well.
status_of() {
	case $1 in
	doctor) echo '[01]' ;;
	*) echo 0 ;;
	esac
}

in_folder() {
	cd "$work" || return
	(umask 077 && echo 1234 >pin)
	echo 'To be signed.' >letter
	mkdir profile
	HOME=$work
	export HOME
	"$JPKI_TOOL" sign -k sign --pin-fd 9 --yes --format cms -o letter.p7m letter \
		9<<<ABC123
	"$JPKI_TOOL" cert sign-ca --pem -o ca.pem
}

every_verb_answers_with_an_object() {
	local verb words count=0
	in_folder
	for verb in $(verbs); do
		read -ra words < <(words_of "$verb")
		[ "$verb" != verify ] || words+=(--ca ca.pem)
		run "$verb" -j "${words[@]}"
		# shellcheck disable=SC2053 # a pattern
		[[ $code == $(status_of "$verb") ]] ||
			{ echo "$verb: exit status $code"; cat "$err"; }
		jq -se 'length == 1 and (.[0] | type == "object" and length > 0)' \
			"$out" >/dev/null || { echo "$verb: no object:"; cat "$out"; }
		count=$((count + 1))
	done
	[ "$count" -ge 13 ] || echo "only $count verbs in the help"
}

# Nothing on standard output, so that nobody takes it for an answer.
failures_are_words() {
	in_folder
	control remove
	run wait remove
	for verb in status cert sign attributes ssh-key; do
		read -ra words < <(words_of "$verb")
		run "$verb" -j "${words[@]}"
		expect_failure 3 'no card'
	done
}

play "$@"

tap_tool jq
tap 'every verb answers with an object' \
	in_world adult every_verb_answers_with_an_object
tap 'failures are words, and no object' in_world adult failures_are_words
tap_end
