#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
#
# GnuTLS's programs with the module.
p11_world=()
# shellcheck source=tests/clients/lib.sh
. "${JPKI_SRC:?}/tests/clients/lib.sh"
for tool in p11tool certtool gnutls-cli; do
	tap_tool "$tool"
done

tap "jpki-tool reads the certificates" public_keys
"$JPKI_TOOL" cert sign-ca --pem -o sign-ca.pem
server_files || tap "a server's certificate" cat words
chosen sign-key

# p11tool.
lists() {
	follow list >said 2>&1 || cat said
	says 'Type: X.509 Certificate (RSA-2048)' cat said
	! grep 'Type: Private' said
}
operation "p11tool --list-all" 0 0 lists
lists_private() {
	chosen "$1-key"
	followed "$2" list-private
	says 'Type: Private key (RSA-2048)' cat said
}
# One VERIFY for each object, and one more: p11tool closes the session each time.
operation "p11tool --login --list-all, user authentication token" 5 0 \
	lists_private auth "$auth_pin"
tap "p11tool lists the signature token's objects" lists_private sign "$sign_pin"
test_sign() {
	chosen "$1-key"
	followed "$2" test-sign
	says 'public key in the token... ok' cat said
}
operation "p11tool --test-sign, user authentication key" 1 0 test_sign auth "$auth_pin"
operation "p11tool --test-sign, signature key" 0 1 test_sign sign "$sign_pin"

# p11tool asks for a chain among trusted certificates only, which no card may
# call itself; but both are there to be had.
export_chain() {
	followed "$sign_pin" export
	says 'user.pem: OK' openssl verify -CAfile ca.pem user.pem
}
operation "p11tool --export, signature token" 0 1 export_chain

# certtool, which takes no certificate by its URI.
p7() {
	chosen "$1-key"
	CERTIFICATE=$1.pem followed "$2" p7-sign
	# The user authentication certificate is for client authentication only.
	openssl cms -verify -inform PEM -in document.p7 -noverify >verified 2>&1 || cat verified
	says 'To be signed' cat verified
	[ "$1" = auth ] || accepted document.p7
}
operation "certtool --p7-sign, user authentication key" 1 0 p7 auth "$auth_pin"
operation "certtool --p7-sign, signature key" 0 1 p7 sign "$sign_pin"
request() {
	chosen "$1-key"
	PUBLIC=$1.pub followed "$2" request || return
	openssl req -in request.pem -noout -verify 2>&1 | grep -v 'verify OK'
	same "$(cat "$1.pub")" "$(openssl req -in request.pem -noout -pubkey)"
}
operation "certtool --generate-request, user authentication key" 1 0 request auth "$auth_pin"
operation "certtool --generate-request, signature key" 0 1 request sign "$sign_pin"

# gnutls-cli.
connect() { PORT=$2 following "$1" connect; }
tls() {
	server_options=("-$1")
	handshake connect "$auth_pin"
	server_options=()
	asked_once
}
operation "gnutls-cli, TLS 1.2" 1 0 tls tls1_2
operation "gnutls-cli, TLS 1.3" 1 0 tls tls1_3

# Without a person: the PIN in the environment.
unasked() {
	(umask 077 && echo "$sign_pin" >pin)
	silently follow batch
	rm pin
}
operation "p11tool --batch" 0 1 unasked
batch() {
	GNUTLS_PIN=$1 p11tool --provider "$MODULE" --batch --login --test-sign "${@:2}"
}
for hash in SHA256 SHA384 SHA512; do
	tap "p11tool signs with $hash" says 'parameters... ok' batch "$auth_pin" \
		--hash "$hash" "$auth_key"
done
tap "without a PIN it lists no private key" same 0 \
	"$(p11tool --provider "$MODULE" --list-all pkcs11:token=JPKI-AUTH | grep -c 'type=private')"

# PINs that are wrong, or cannot be right.
fresh_tries
tap "a wrong PIN costs p11tool one try" costs 1 0 batch 0000 "$auth_key"
fresh_tries
tap "a PIN that cannot be right costs p11tool nothing" costs 0 0 batch abcd "$auth_key"
tap "a wrong PIN costs a list with private objects one try" costs 1 0 \
	env GNUTLS_PIN=0000 p11tool --provider "$MODULE" --batch --login \
	--list-all "pkcs11:token=JPKI-AUTH"
fresh_tries
certtool_sign() {
	GNUTLS_PIN=$1 certtool --provider "$MODULE" --p7-sign --load-privkey "$auth_key" \
		--load-certificate auth.pem --infile document --outfile signed.p7
}
tap "a wrong PIN costs certtool one try" costs 1 0 certtool_sign 0000
fresh_tries
tap "a PIN that cannot be right costs certtool nothing" costs 0 0 certtool_sign 12345
chosen auth-key
tap "the same wrong PIN costs one try, however often it is typed" \
	costs 1 0 following 0000 test-sign
fresh_tries
tap "who types wrong PINs whenever he is asked keeps the last try" \
	costs 2 0 following $'0000\n1111\n2222' test-sign
tap "then the PIN is not sent" costs 0 0 following "$auth_pin" test-sign
tap "and this is said" grep -q 'PIN locked' <(following "$auth_pin" test-sign)
fresh_tries
tap "a PIN that cannot be right costs nothing, however often" \
	costs 0 0 following abcd test-sign
tap "a wrong PIN costs gnutls-cli one try" costs 1 0 handshake connect 0000
fresh_tries
tap "a PIN that cannot be right costs gnutls-cli nothing" \
	costs 0 0 handshake connect 12345
tap_end
