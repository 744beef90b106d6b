#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
#
# OpenSSL with the module, through pkcs11-provider.
p11_world=()
# shellcheck source=tests/clients/lib.sh
. "${JPKI_SRC:?}/tests/clients/lib.sh"
tap_tool openssl

tap "jpki-tool reads the certificates" public_keys
"$JPKI_TOOL" cert sign-ca --pem -o sign-ca.pem
server_files || tap "a server's certificate" cat words

# with_key auth|sign COMMAND...: it has the provider, and those who judge it have not.
with_key() (
	chosen configure
	chosen "$1-key"
	"${@:2}"
)
tap "the provider is there" says 'name: PKCS#11 Provider' \
	with_key auth openssl list -providers
called_default() {
	recipe configure | sed 's/built_in/default/' >recipe.default
	(
		# shellcheck source=/dev/null
		. ./recipe.default
		refuses 'unregistered scheme' openssl storeutl "$auth_cert"
	)
}
tap "a section must not be called default, as the page says" called_default

dgst() {
	with_key "$1" followed "$2" dgst
	verified sha256 "$1" document.sig
}
operation "dgst, user authentication key" 1 0 dgst auth "$auth_pin"
operation "dgst, signature key" 0 1 dgst sign "$sign_pin"

pss() {
	with_key "$1" followed "$2" pss
	says 'Verified OK' openssl dgst -sha256 -verify "$1.pub" -signature document.sig \
		-sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:32 document
}
operation "dgst with PSS, user authentication key" 1 0 pss auth "$auth_pin"
operation "dgst with PSS, signature key" 0 1 pss sign "$sign_pin"

cms() {
	with_key sign followed "$sign_pin" cms
	says 'To be signed' openssl cms -verify -inform DER -in document.p7m \
		-CAfile sign-ca.pem -purpose any -binary
}
operation "cms -sign, signature key" 0 1 cms

request() {
	with_key "$1" followed "$2" request
	openssl req -in request.pem -noout -verify 2>&1 | grep -v 'verify OK'
	same "$(cat "$1.pub")" "$(openssl req -in request.pem -noout -pubkey)"
}
operation "req -new, user authentication key" 1 0 request auth "$auth_pin"
operation "req -new, signature key" 0 1 request sign "$sign_pin"

connect() { PORT=$2 with_key auth following "$1" s_client; }
tls() {
	server_options=("-$1")
	handshake connect "$auth_pin"
	server_options=()
	asked_once
}
operation "s_client, TLS 1.2" 1 0 tls tls1_2
operation "s_client, TLS 1.3" 1 0 tls tls1_3

pin_file() {
	printf %s "$sign_pin" >pin
	with_key sign silently follow pin-file
	verified sha256 sign document.sig
}
operation "dgst, PIN from a file" 0 1 pin_file

# What can cost tries.
tap "s_client: a wrong PIN costs one try" costs 1 0 handshake connect 0000
fresh_tries
tap "s_client: a PIN that cannot be right costs nothing" costs 0 0 handshake connect abcd
chosen configure
chosen auth-key
pins_cost dgst 0000 abcd 1 0
pins_cost request 0000 12345 1 0
chosen sign-key
pins_cost dgst ZZZ999 1234 0 1
pins_cost cms ZZZ999 ABC 0 1
tap_end
