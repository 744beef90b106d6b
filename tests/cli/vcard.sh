#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
#
# jpki-vcard's words and exit codes, as far as no pcscd is needed: what cannot
# be meant, cards that cannot be served, and one that is, by the control.
set -u
# shellcheck source=tests/cli/lib.sh
. "$JPKI_SRC/tests/cli/lib.sh"

# vcard ARGUMENT...: like run, of jpki-vcard.
vcard() {
	code=0
	timeout 300 "$JPKI_VCARD" "$@" </dev/null >"$out" 2>"$err" || code=$?
}

# refused CODE TEXT ARGUMENT...: with that text, and nothing on standard output.
refused() {
	local wanted=$1 text=$2
	shift 2
	vcard "$@"
	[ "$code" = "$wanted" ] || echo "$*: exit status $code, not $wanted"
	[ ! -s "$out" ] || { echo "$*: standard output is not empty:"; cat "$out"; }
	grep -qF -- "$text" "$err" ||
		{ echo "$*: no \"$text\" on standard error:"; cat "$err"; }
}

# many N WORD...: the words, so often.
many() {
	local n=$1
	shift
	while [ "$n" -gt 0 ]; do
		printf '%s\n' "$@"
		n=$((n - 1))
	done
}

usage_is_checked() {
	local list
	refused 2 'one folder is needed' create
	refused 2 'one folder is needed' create a b
	refused 2 'one folder is needed' create a -- b
	refused 2 '--bogus' create a --bogus
	refused 2 '--profile' create a --profile
	refused 2 'one folder of a card is needed' serve
	refused 2 'one folder of a card is needed' serve a b
	refused 2 'one folder of a card is needed' serve a -- b
	refused 2 '--removed' serve a --removed=yes
	refused 2 'a socket and a command are needed' control
	refused 2 'a socket and a command are needed' control socket
	refused 2 'a socket and a command are needed' control socket state -- x
	refused 2 '--bogus' control socket --bogus
	mapfile -t list < <(many 9 --card d)
	refused 2 'at most 8 cards' run d "${list[@]}" -- true
	mapfile -t list < <(many 8 --card d)
	refused 2 'at most 8 cards' run d "${list[@]}" -- true
}

ports_are_checked() {
	local port
	for port in 0 -1 65536 99999999999999999999 x 1x ''; do
		refused 2 '--port needs a number from 1 to 65535' serve a --port "$port"
	done
}

faults_and_quirks_are_counted() {
	local list
	refused 2 'nonsense' serve a --fault nonsense
	mapfile -t list < <(many 33 --fault reset)
	refused 2 'at most 32 of a kind' serve a "${list[@]}"
	mapfile -t list < <(many 33 --quirk first-6f00)
	refused 2 'at most 32 of a kind' serve a "${list[@]}"
}

# A folder of work/ that is a card.
card() {
	card_of under15
}

what_cannot_be_created_is_told() {
	refused 1 'not empty' create "$(card)"
	refused 1 'no profile is called' create "$work/new" --profile nobody
	refused 1 'YYYY-MM-DD' create "$work/new" --birth yesterday
	[ ! -e "$work/new" ] || echo 'a folder was left'
}

what_cannot_be_served_is_told() {
	local dir
	dir=$(card)
	refused 1 "$work/none" serve "$work/none"
	refused 1 'has to be an IPv4 address' serve "$dir" --host localhost
	refused 1 '/nowhere/log' serve "$dir" --log /nowhere/log
	refused 1 '/nowhere/socket' serve "$dir" --control /nowhere/socket
	refused 1 'nonsense' serve "$dir" --quirk nonsense
	refused 1 'label' serve "$dir" --quirk label
	refused 1 'atr' serve "$dir" --quirk atr=XX
}

# serve_card ARGUMENT...: served in the background as $server, with $socket.
# Its reader's port is one that nobody listens to.
serve_card() {
	local dir
	dir=$(card)
	socket=$work/socket
	timeout 300 "$JPKI_VCARD" serve "$dir" --port 1 --control "$socket" \
		--log "$work/log" "$@" 2>"$work/serve.err" &
	server=$!
	# The socket is there a moment before anybody listens to it.
	until "$JPKI_VCARD" control "$socket" state >/dev/null 2>&1; do
		kill -0 "$server" 2>/dev/null ||
			{ echo 'it does not serve:'; cat "$work/serve.err"; return 1; }
		sleep 0.05
	done
}

# told CODE TEXT WORD...: what the control answers.
told() {
	local wanted=$1 text=$2
	shift 2
	vcard control "$socket" "$@"
	[ "$code" = "$wanted" ] || echo "$*: exit status $code, not $wanted"
	grep -qF -- "$text" "$out" || { echo "$*: no \"$text\" in:"; cat "$out" "$err"; }
}

# ended CODE: the server has ended so, and its socket is gone.
ended() {
	local status=0
	wait "$server" || status=$?
	expect_equal 'the server' "$status" "$1"
	[ ! -e "$socket" ] || echo 'the socket is still there'
}

a_served_card_obeys_the_control() {
	serve_card --fault sw=6F00 --quirk label=TEST || return
	told 0 '"present":true' state
	told 0 '"auth":3' tries
	told 0 '"auth":2' tries auth 2
	told 1 'cannot be set' tries auth 16
	told 1 'cannot be set' tries auth 1x
	told 1 'mute on, or mute off' mute maybe
	told 1 'counters, or counters clear' counters all
	told 0 '"ok":true' counters clear
	told 1 'faults clear' faults all
	told 0 '"ok":true' faults clear
	told 1 'nonsense' fault nonsense
	told 1 'there is no card' card x state
	told 1 'there is no card' card 2 state
	told 1 'there is no card' card 1x state
	told 1 'no such command' card 1
	told 0 '"ok":true' remove
	told 0 '"present":false' state
	told 0 '"ok":true' insert
	told 1 'no pcscd belongs to this card' pcscd stop
	told 0 '"ok":true' quit
	ended 0
	refused 1 'nobody listens' control "$socket" state
}

a_card_may_start_outside_of_the_reader() {
	serve_card --removed || return
	told 0 '"present":false' state
	kill -TERM "$server"
	ended 0
}

# Only of somebody who is gone.
a_socket_that_is_in_use_is_left_alone() {
	serve_card || return
	refused 1 "$socket" serve "$(card)" --port 1 --control "$socket"
	told 0 '"present":true' state
	kill -HUP "$server"
	ended 0
}

tap 'usage is checked' usage_is_checked
tap 'ports are checked' ports_are_checked
tap 'faults and quirks are counted' faults_and_quirks_are_counted
tap 'what cannot be created is told' what_cannot_be_created_is_told
tap 'what cannot be served is told' what_cannot_be_served_is_told
tap 'a served card obeys the control' a_served_card_obeys_the_control
tap 'a card may start outside of the reader' a_card_may_start_outside_of_the_reader
tap 'a socket that is in use is left alone' a_socket_that_is_in_use_is_left_alone
tap_end
