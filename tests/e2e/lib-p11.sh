# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=bash disable=SC2034 # what it sets is for its users
#
# What the tests of PKCS #11 clients share: to be sourced first.  Starts the
# test again inside `jpki-vcard run', with the options in p11_world if it set
# any; then there is a folder in $work, and the test is in it.
set -u

if [ -z "${JPKI_VCARD_LOG:-}" ]; then
	# shellcheck disable=SC2154 # the test sets it
	exec "$JPKI_VCARD" run "${p11_world[@]}" -- "$0" "$@"
fi

work=$(mktemp -d) || exit 1
trap 'p11_leave; rm -rf "$work"' EXIT
cd "$work" || exit 1

# shellcheck source=scripts/tap.sh
. "$JPKI_SRC/scripts/tap.sh"

both=$JPKI_BUILD/jpki-pkcs11.so
auth_only=$JPKI_BUILD/jpki-pkcs11-auth.so
sign_only=$JPKI_BUILD/jpki-pkcs11-sign.so
auth_pin=1234 sign_pin=ABC123
auth_key='pkcs11:token=JPKI-AUTH;object=JPKI-AUTH;type=private'
sign_key='pkcs11:token=JPKI-SIGN;object=JPKI-SIGN;type=private'
auth_cert='pkcs11:token=JPKI-AUTH;object=JPKI-AUTH;type=cert'

# A person's own settings are no part of the test.
unset JPKI_PKCS11 PKCS11_MODULE_PATH PKCS11_PROVIDER_MODULE OPENSSL_CONF
export HOME=$work XDG_CONFIG_HOME=$work/.config
echo 'To be signed.' >document

# What the test started; it adds ids to p11_started.
p11_started=()
p11_leave() {
	[ ${#p11_started[@]} = 0 ] || kill "${p11_started[@]}" 2>/dev/null
}

# How many seconds to wait for anything before it counts as hung: far more than
# a busy machine takes.  The drivers of clients read it, too.
export PATIENCE=600

# soon COMMAND...: it succeeds in that time; else its words are shown.
soon() {
	local end=$((SECONDS + PATIENCE)) words=$work/soon.$BASHPID
	until "$@" >"$words" 2>&1; do
		[ "$SECONDS" -lt "$end" ] || { cat "$words"; return 1; }
		sleep 0.1
	done
}

card() { "$JPKI_VCARD" control "$JPKI_VCARD_CONTROL" "$@"; }

# pcscd may need a moment to notice.
card_in() { card insert >/dev/null && "$JPKI_TOOL" wait insert >/dev/null; }
card_out() { card remove >/dev/null && "$JPKI_TOOL" wait remove >/dev/null; }

tries() { card tries "$1" | grep -o '[0-9]*}' | tr -d '}'; }

# Tries of a PIN back to what they were.
fresh_tries() {
	card tries auth 3 >/dev/null && card tries sign 5 >/dev/null
}

# VERIFYs in the log, with a PIN in them: "auth" or "sign", by the file that
# was selected (PROTOCOL, PIN files).  A VERIFY without data is a question.
verifies() {
	awk -v pin="$1" '
		BEGIN { file["auth"] = "0018"; file["sign"] = "001B" }
		{
			at = index($0, "\"command\":\"")
			if (at == 0)
				next
			command = substr($0, at + 11)
			command = substr(command, 1, index(command, "\"") - 1)
		}
		command ~ /^00A404/ { selected = "" }
		command ~ /^00A4020C02/ { selected = substr(command, 11, 4) }
		command ~ /^0020/ && length(command) > 10 &&
			selected == file[pin] { n++ }
		END { print n + 0 }
	' "$JPKI_VCARD_LOG"
}

# Another program signs with the key of a file (0017 user authentication, 001A
# signature), by PC/SC alone, a digest that is of nothing: what opensc-tool has
# to say.  Its SELECT wants an answer (P2=00), which ours never does; by that its
# commands are told from ours in the log.
foreign_words() {
	local digest_info=3031300d060960864801650304020105000420
	digest_info+=$(printf '%064d' 0)
	opensc-tool --card-driver default \
		--send-apdu 00A404000AD392F000260100000001 --send-apdu "00A4020C02$1" \
		--send-apdu "802A008033${digest_info}00" 2>&1
}

# How many signatures it got: 0 or 1.
foreign_signature() {
	foreign_words "$1" | grep -c '^Received (SW1=0x90, SW2=0x00):$'
}

# says WORD COMMAND...: it succeeds, and its output has the word.
says() {
	local word=$1 output
	shift
	output=$("$@" 2>&1 </dev/null) || echo "ended with status $?"
	case $output in
	*"$word"*) ;;
	*) printf 'does not say "%s":\n%s\n' "$word" "$output" ;;
	esac
}

# refuses WORD COMMAND...: it fails, and its output has the word.
refuses() {
	local word=$1 output
	shift
	! output=$("$@" 2>&1 </dev/null) || echo "succeeded"
	case $output in
	*"$word"*) ;;
	*) printf 'does not say "%s":\n%s\n' "$word" "$output" ;;
	esac
}

# silently COMMAND...: it succeeds; its output is shown only if it does not.
silently() {
	local output
	output=$("$@" 2>&1 </dev/null) || printf '%s\n' "$output" "ended with status $?"
}

# costs AUTH SIGN COMMAND...: that many VERIFYs on each PIN, whatever comes of
# it.  Its output is shown only if the numbers are others.
costs() {
	local auth=$1 sign=$2 auth_before sign_before output
	shift 2
	auth_before=$(verifies auth) sign_before=$(verifies sign)
	output=$("$@" 2>&1 </dev/null)
	auth_before=$(($(verifies auth) - auth_before))
	sign_before=$(($(verifies sign) - sign_before))
	[ "$auth_before $sign_before" = "$auth $sign" ] ||
		printf '%s\n' "$auth_before VERIFYs on the user authentication PIN, not $auth" \
			"$sign_before on the signature PIN, not $sign" "$output"
}

same() { [ "$1" = "$2" ] || echo "is \"$2\", not \"$1\""; }

# Certificates and public keys, auth.pem and auth.pub and so on, by jpki-tool.
public_keys() {
	local id
	printf '%s' "$sign_pin" >pin
	"$JPKI_TOOL" cert auth --pem -o auth.pem || return
	if ! "$JPKI_TOOL" cert sign --pem --pin-file pin -o sign.pem 2>words; then
		cat words
		return 1
	fi
	rm -f pin
	for id in auth sign; do
		openssl x509 -in "$id.pem" -noout -pubkey >"$id.pub"
	done
}

verified() {
	openssl dgst "-$1" -verify "$2.pub" -signature "$3" document 2>&1 |
		grep -vx 'Verified OK'
	return 0
}

#
# TLS: a server that wants a certificate of the card's user authentication CA.
#

server_files() {
	openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=localhost \
		-keyout server.key -out server.pem >words 2>&1 &&
		"$JPKI_TOOL" cert auth-ca --pem -o auth-ca.pem
}

# handshake COMMAND ARGUMENT...: the client COMMAND, which gets a port as its
# last argument and a request on its standard input, is served: the server
# tells it whose certificate it saw.  The server is an ordinary one but for
# server_options.
server_options=()
handshake() {
	local port server
	# Or the last one's port would be read.
	: >server.log
	openssl s_server -accept 127.0.0.1:0 -naccept 1 -www -key server.key \
		-cert server.pem -Verify 1 -verify_return_error \
		-CAfile auth-ca.pem "${server_options[@]}" >server.log 2>&1 </dev/null &
	server=$!
	port=$(listening server.log)
	printf 'GET / HTTP/1.0\r\n\r\n' | "$@" "$port" >client.log 2>&1
	kill "$server" 2>/dev/null
	wait "$server" 2>/dev/null
	if ! grep -q '^Client certificate' client.log ||
		! grep -q "$(openssl x509 -in auth.pem -noout -subject |
			sed 's/.*CN = //')" client.log; then
		cat client.log server.log
	fi
}

# The port that `openssl s_server' says in its log that it listens at.
listening() {
	soon grep -q '^ACCEPT ' "$1" || echo "openssl s_server does not listen" >&2
	sed -n 's/^ACCEPT .*:\([0-9]*\)$/\1/p' "$1" | head -n 1
}
