#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
#
# The programs of doc/examples, as a person uses them at a terminal: a request
# for a certificate, and connections to a server that wants one.
#
# It calls itself once more, for a world whose card makes no PSS.
self=$(realpath "$0")
p11_world=()
[ "${1:-}" != --without-pss ] || p11_world=(--quirk strict-p1)
# shellcheck source=tests/e2e/lib-p11.sh
. "${JPKI_SRC:?}/tests/e2e/lib-p11.sh"
tap_tool expect

csr=$JPKI_BUILD/doc/examples/csr
client=$JPKI_BUILD/doc/examples/tls-client

# at_terminal TYPED COMMAND...: run it at a terminal of its own, and type that
# when it asks; "ctrl-c" is that key.  Its standard output goes to the file
# output, what a person sees to screen.
at_terminal() {
	local typed=$1
	shift
	TYPED=$typed expect -f dialogue "$@"
}

cat >dialogue <<'END'
set timeout 120
log_user 0
log_file -noappend -a screen
spawn -noecho bash -c {"$@" >output; echo "status $?"} bash {*}$argv
expect {
	"tries left): " {}
	-re {status (\d+)} { exit $expect_out(1,string) }
	timeout { exit 99 }
}
if {$env(TYPED) == "ctrl-c"} { send "12\003" } else { send "$env(TYPED)\r" }
expect {
	-re {status (\d+)} { exit $expect_out(1,string) }
	timeout { exit 99 }
}
END

# works TYPED COMMAND...
works() { at_terminal "$@" || { echo "ended with status $?"; cat screen; }; }

# fails WORDS TYPED COMMAND...: it says so, and writes nothing.
fails() {
	local words=$1
	shift
	! at_terminal "$@" || echo succeeded
	grep -qF -- "$words" screen || { echo "does not say \"$words\":"; cat screen; }
	[ ! -s output ] || { echo 'writes:'; cat output; }
}

# The request is valid, and of the card's key and name.
request_holds() {
	openssl req -in output -noout -verify 2>&1 | grep -v 'verify OK'
	same "$(cat auth.pub)" "$(openssl req -in output -noout -pubkey)"
	same "$(openssl x509 -in auth.pem -noout -subject)" \
		"$(openssl req -in output -noout -subject)"
}

# The last command is the one that logs out (PROTOCOL, Logging out).
logged_out() {
	same 00A4040C07A0000001510000 \
		"$(sed -n 's/.*"command":"\([^"]*\)".*/\1/p' "$JPKI_VCARD_LOG" | tail -n 1)"
}

# connected VERSION SIGNATURE DIGEST: what the server saw.
connected() {
	grep -q "$1" screen || { echo "not by $1:"; cat screen; }
	grep -q "^Client certificate" output || echo 'the server saw no certificate'
	grep -q "$(openssl x509 -in auth.pem -noout -subject | sed 's/.*CN = //')" output ||
		echo 'the server saw another certificate'
	same "$3 $2" "$(sed -n 's/^Peer signing digest: //p; s/^Peer signature type: //p' \
		output | xargs)"
}

# served OPTION... -- FUNCTION ARGUMENT... : calls it with port as the port of a
# server that insists on a certificate.
port=
served() {
	local server options=()
	while [ "$1" != -- ]; do
		options+=("$1")
		shift
	done
	shift
	: >server.log
	openssl s_server -accept 127.0.0.1:0 -naccept 1 -www -key server.key \
		-cert server.pem -Verify 1 -verify_return_error \
		-CAfile auth-ca.pem "${options[@]}" >server.log 2>&1 </dev/null &
	server=$!
	port=$(listening server.log)
	"$@"
	kill "$server" 2>/dev/null
	wait "$server" 2>/dev/null
	return 0
}

# connects VERSION SIGNATURE DIGEST
connects() {
	works "$auth_pin" "$client" localhost "$port" server.pem
	connected "$@"
}

# turned_away WORDS TYPED [CA]
turned_away() {
	fails "$1" "$2" "$client" localhost "$port" "${3:-server.pem}"
}

not_shown() { ! grep -q "$1" screen || cat screen; }

# Of PINs, only those that are meant to reach the card do.
spends() {
	local wanted=$1 before
	shift
	before=$(verifies auth)
	"$@"
	same "$wanted" "$(($(verifies auth) - before))"
}

if [ "${1:-}" = --without-pss ]; then
	public_keys && server_files
	served -tls1_2 -- connects TLSv1.2 RSA SHA256
	served -tls1_3 -- turned_away 'the connection failed' "$auth_pin"
	served -- turned_away 'the connection failed' "$auth_pin"
	exit
fi

tap "jpki-tool reads the certificates" public_keys
tap "a server is made" server_files

tap "csr makes a request, with one VERIFY" spends 1 works "$auth_pin" "$csr"
tap "openssl verifies the request" request_holds
tap "csr does not show the PIN" not_shown "$auth_pin"
tap "csr logs out" logged_out

tap "a wrong PIN costs one try" spends 1 fails '2 tries left' 0000 "$csr"
tap "a PIN that cannot be right costs nothing" spends 0 fails PIN 12345 "$csr"
tap "Ctrl-C at the prompt costs nothing" spends 0 fails 'nothing sent' ctrl-c "$csr"
card tries auth 1 >/dev/null
tap "the last try is not asked for" spends 0 fails 'only one try is left' '' "$csr"
fresh_tries

tap "TLS 1.2 by PSS" served -tls1_2 -- connects TLSv1.2 RSA-PSS SHA256
tap "TLS 1.2 by PKCS #1" served -tls1_2 -client_sigalgs RSA+SHA256 -- \
	connects TLSv1.2 RSA SHA256
tap "TLS 1.2 by PKCS #1 with SHA-512" \
	served -tls1_2 -client_sigalgs RSA+SHA512 -- connects TLSv1.2 RSA SHA512
tap "TLS 1.3 by PSS" served -tls1_3 -- connects TLSv1.3 RSA-PSS SHA256
tap "the best that there is" served -- connects TLSv1.3 RSA-PSS SHA256
tap "a connection costs one VERIFY" served -- spends 1 connects TLSv1.3 RSA-PSS SHA256
tap "tls-client does not show the PIN" not_shown "$auth_pin"
tap "tls-client logs out" logged_out
tap "a server that nobody vouches for is left" \
	served -- turned_away 'certificate verify failed' "$auth_pin" auth-ca.pem
tap "and then the card is logged out, too" logged_out
tap "a server that wants what no card makes gets nothing" \
	served -tls1_2 -client_sigalgs RSA+SHA224 -- turned_away 'the connection failed' "$auth_pin"

card_out
tap "without a card nobody is asked" spends 0 fails 'no card' '' "$csr"
card_in
tap "a card without PSS: TLS 1.2 by PKCS #1, and no TLS 1.3" \
	env -u JPKI_VCARD_LOG -u JPKI_VCARD_CONTROL "$self" --without-pss
tap_end
