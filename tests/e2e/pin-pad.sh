#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
#
# A reader with keys for the PIN: jpki-tool --pin-pad, and the module's pin-pad=.
# The reader is simulated (pinpad.c), pcscd and all behind it is real.
p11_world=()
# shellcheck source=tests/e2e/lib-p11.sh
. "${JPKI_SRC:?}/tests/e2e/lib-p11.sh"
tap_tool pkcs11-tool

export JPKI_TEST_PAD=$work/person

# at_keys PERSON COMMAND...: with such a reader, where the person does that.
at_keys() {
	echo "$1" >"$JPKI_TEST_PAD"
	shift
	: >"$JPKI_TEST_PAD.log"
	LD_PRELOAD=$JPKI_BUILD/tests/e2e/pinpad.so "$@"
}

tool() {
	local person=$1
	shift
	at_keys "$person" "$JPKI_TOOL" "$@" --pin-pad
}

# ends CODE TRIES WORD COMMAND...: with that exit status, so many tries left
# afterwards, and the word among what it says.
ends() {
	local code=$1 left=$2 word=$3 output status=0
	shift 3
	output=$("$@" 2>&1 </dev/null) || status=$?
	same "$code" "$status"
	same "$left" "$(tries auth)"
	case $output in
	*"$word"*) ;;
	*) printf 'does not say "%s":\n%s\n' "$word" "$output" ;;
	esac
	fresh_tries
}

requests() { wc -l <"$JPKI_TEST_PAD.log"; }

# Part 10 of the PC/SC specification: half a minute twice, ASCII from the first
# byte on, 4 of 4 to 4 digits, confirmed by a key, no message, then the command.
request_is() {
	tool "$1" pin verify auth >/dev/null 2>&1
	same "1E1E820400040402${2}000000000000""090000000020008004FFFFFFFF" \
		"$(<"$JPKI_TEST_PAD.log")"
}

commands_of() {
	local before
	before=$(grep -c '"command"' "$JPKI_VCARD_LOG")
	"$@" >/dev/null 2>&1
	echo $(($(grep -c '"command"' "$JPKI_VCARD_LOG") - before))
}

same_commands() {
	same "$(commands_of "$JPKI_TOOL" pin verify auth --pin-file pin)" \
		"$(commands_of tool 1234 pin verify auth)"
}

signs() {
	silently tool 1234 sign -k auth -f -o signature document
	silently "$JPKI_TOOL" cert auth --pem -f -o auth.pem
	openssl x509 -in auth.pem -noout -pubkey >auth.pub
	openssl dgst -sha256 -verify auth.pub -signature signature document 2>&1 |
		grep -vx 'Verified OK'
	return 0
}

# The PIN of this run is nobody's business but the reader's.
is_in_no_log() { tool 1234 pin verify auth -vv 2>&1 | grep -E '31323334|1234|FFFFFFFF'; true; }

echo 1234 >pin

tap "the PIN is keyed in, and right" \
	ends 0 3 'The user authentication PIN is right' tool 1234 pin verify auth
tap "the person is told how many tries are left" \
	ends 0 3 '(4 digits; 3 tries left) at the reader' tool 1234 pin verify auth
tap "it is one VERIFY" costs 1 0 tool 1234 pin verify auth
tap "it costs the commands that a typed PIN costs" same_commands
tap "the request is what part 10 says" request_is 1234 00
tap "a reader with a display shows its own message" request_is 1234+display FF
tap "the log shows neither PIN nor place" is_in_no_log
tap "a signature, and openssl verifies" signs
tap "a signed document" ends 0 3 '' tool 1234 sign -k auth --yes --format cms -f \
	-o signature document
tap "a wrong PIN costs a try, once" \
	ends 4 2 'is wrong: 2 tries left' tool 9999 pin verify auth
tap "cancelled at the reader: nothing is sent" \
	ends 6 3 'no PIN was keyed in' tool cancel pin verify auth
tap "nobody keys in anything: nothing is sent" \
	ends 6 3 'no PIN was keyed in' tool timeout pin verify auth
tap "cancelled: no VERIFY" costs 0 0 tool cancel pin verify auth
tap "too few digits" ends 4 3 'cannot be the' tool 123 pin verify auth
tap "too many digits" ends 4 3 'cannot be the' tool 12345 pin verify auth
tap "a reader that takes no such request" \
	ends 1 3 'cannot take such a PIN' tool refuse pin verify auth
tap "a reader that fails" \
	ends 3 3 'the PIN may have been sent' tool broken pin verify auth
tap "an answer that is lost" \
	ends 3 3 'the PIN may have been sent' tool cut pin verify auth
tap "then nobody else finds the PIN verified" same 0 "$(foreign_signature 0017)"
tap "a reader without keys" ends 1 3 'has no keys for a PIN' tool none pin verify auth
tap "a reader without keys: no VERIFY" costs 0 0 tool none pin verify auth

# quit_while_keying SIGNAL: it ends when the reader has done, with nothing open.
quit_while_keying() {
	local pid status=0
	rm -f "$JPKI_TEST_PAD.log"
	tool wait pin verify auth >said 2>&1 &
	pid=$!
	soon grep -qs . "$JPKI_TEST_PAD.log"
	pkill "-$1" -P "$pid" jpki-tool || kill "-$1" "$pid"
	echo 1234 >"$JPKI_TEST_PAD"
	wait "$pid" || status=$?
	same 6 "$status"
	grep -q cancelled said || cat said
	same 0 "$(foreign_signature 0017)"
	fresh_tries
}
tap "Ctrl-C waits for the reader" quit_while_keying INT
tap "Ctrl-\\ waits for the reader" quit_while_keying QUIT

card tries auth 1 >/dev/null
tap "the last try is not spent" ends 5 1 'one try left' tool 1234 pin verify auth
tap "the last try: the keys are not lit" same 0 "$(requests)"
card tries auth 1 >/dev/null
tap "a wrong last try is told from a locked PIN" \
	ends 5 0 'was wrong, and is now locked' tool 9999 pin verify auth --last-try
card tries auth 0 >/dev/null
tap "a locked PIN is not asked for" ends 5 0 'is locked' tool 1234 pin verify auth
tap "a locked PIN: the keys are not lit" same 0 "$(requests)"

tap "not for the signature PIN" \
	ends 2 3 'only the user authentication PIN' tool 1234 sign -k sign document
tap "not for a change" ends 2 3 'changes no PIN' tool 1234 pin change auth
tap "not with --pin-file" ends 2 3 '--pin-pad' tool 1234 pin verify auth --pin-file pin
tap "not with --pinentry" ends 2 3 '--pin-pad' tool 1234 pin verify auth --pinentry

# The module: only if told to, and only the user authentication token.
p11() {
	local person=$1
	shift
	at_keys "$person" env JPKI_PKCS11="$settings" pkcs11-tool --module "$both" "$@"
}
settings=pin-pad=auth
tap "the token says that the PIN is keyed in" \
	says 'PIN pad present' p11 1234 --list-slots
tap "one token says so" same 1 "$(p11 1234 --list-slots | grep -c 'PIN pad present')"
tap "a reader without keys says nothing" \
	same 0 "$(p11 none --list-slots | grep -c 'PIN pad present')"
login() { p11 "$1" --token-label JPKI-AUTH --login --list-objects; }
tap "login shows the private key" ends 0 3 'Private Key Object' login 1234
tap "a login is one VERIFY" costs 1 0 login 1234
tap "login: a wrong PIN costs a try" ends 1 2 CKR_PIN_INCORRECT login 9999
tap "login: cancelled at the reader" ends 1 3 CKR_FUNCTION_CANCELED login cancel
tap "login: too few digits" ends 1 3 CKR_PIN_INCORRECT login 123
tap "login: an answer that is lost" ends 1 3 CKR_DEVICE_REMOVED login cut
tap "login lost: nobody else finds the PIN verified" same 0 "$(foreign_signature 0017)"
sign() {
	p11 "$1" --token-label JPKI-AUTH --login --sign --mechanism SHA256-RSA-PKCS \
		--input-file document --output-file signature
}
tap "the module signs" silently sign 1234
tap "openssl verifies it" same 'Verified OK' \
	"$(openssl dgst -sha256 -verify auth.pub -signature signature document)"
tap "a PIN that a program gives is taken all the same" \
	ends 0 3 'Private Key Object' p11 cancel --token-label JPKI-AUTH --login --pin 1234 -O
settings=pin-pad=off
tap "without the setting no token says so" \
	same 0 "$(p11 1234 --list-slots | grep -c 'PIN pad present')"

tap_end
