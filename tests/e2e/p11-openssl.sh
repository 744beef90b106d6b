#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
#
# The PKCS #11 module with OpenSSL, through libp11's engine.
p11_world=()
# shellcheck source=tests/e2e/lib-p11.sh
. "${JPKI_SRC:?}/tests/e2e/lib-p11.sh"
tap_tool openssl
export PKCS11_MODULE_PATH=$both

tap "the engine is there" says 'pkcs11' openssl engine pkcs11
tap "jpki-tool reads the certificates" public_keys
server_files || tap "a server's certificate" cat words

# dgst HASH KEY PIN OPTION...
dgst() {
	local hash=$1 key=$2 pin=$3
	shift 3
	openssl dgst -engine pkcs11 -keyform engine -sign "$key;pin-value=$pin" \
		"-$hash" "$@" -out signature document
}
signed() {
	silently dgst "$1" "$2" "$3"
	verified "$1" "$4" signature
}
for hash in sha1 sha256 sha384 sha512; do
	tap "dgst signs with user authentication and $hash" signed "$hash" "$auth_key" "$auth_pin" auth
	tap "dgst signs with the signature key and $hash" signed "$hash" "$sign_key" "$sign_pin" sign
done
tap "a signature costs one VERIFY on the user authentication PIN" \
	costs 1 0 dgst sha256 "$auth_key" "$auth_pin"
tap "a signature costs one VERIFY on the signature PIN" \
	costs 0 1 dgst sha256 "$sign_key" "$sign_pin"
pss() {
	local options=(-sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:32)
	silently dgst sha256 "$auth_key" "$auth_pin" "${options[@]}"
	says 'Verified OK' openssl dgst -sha256 -verify auth.pub -signature signature \
		"${options[@]}" document
}
tap "dgst signs with PSS" pss
# Whether the card can make it is asked of it, here after the login.
signatures() { grep -c '"command":"802A.*"answer":"[0-9A-F]\{512\}9000"' "$JPKI_VCARD_LOG"; }
signatures_of() {
	local before
	before=$(signatures)
	silently "$@"
	echo $(($(signatures) - before))
}
tap "then the card has made one signature" \
	same 1 "$(signatures_of dgst sha256 "$auth_key" "$auth_pin" -sigopt rsa_padding_mode:pss \
		-sigopt rsa_pss_saltlen:32)"

cms() {
	openssl cms -sign -engine pkcs11 -keyform engine -inkey "$sign_key;pin-value=$sign_pin" \
		-signer sign.pem -in document -out signed.cms -outform DER -nodetach -binary
}
cms_verified() {
	"$JPKI_TOOL" cert sign-ca --pem -o sign-ca.pem
	silently cms
	says 'To be signed' openssl cms -verify -inform DER -in signed.cms -CAfile sign-ca.pem \
		-purpose any -binary
}
tap "cms signs a document, and verifies against the card's CA" cms_verified
tap "a signed document costs one VERIFY" costs 0 1 cms

# What can cost tries.
tap "a wrong PIN costs one try" costs 1 0 dgst sha256 "$auth_key" 0000
tap "a wrong signature PIN costs one try" costs 0 1 dgst sha256 "$sign_key" ZZZ999
fresh_tries
tap "a PIN that cannot be right costs nothing" costs 0 0 dgst sha256 "$auth_key" abcd
# Without a PIN in the URI OpenSSL asks, and what it reads is no PIN.
request() {
	printf 'GET / HTTP/1.0\r\n\r\n' |
		openssl dgst -engine pkcs11 -keyform engine -sign "$sign_key" -sha256 document
}
tap "a request line instead of a PIN costs nothing" costs 0 0 request

# TLS: s_client, which takes its private key from the engine.
tls() {
	local version=$1 port=${*: -1}
	shift
	openssl s_client -engine pkcs11 -keyform engine -key "$auth_key;pin-value=$auth_pin" \
		-cert auth.pem "-$version" "${@:1:$#-1}" -ign_eof -connect "127.0.0.1:$port"
}
tap "s_client authenticates with TLS 1.2" handshake tls tls1_2
tap "s_client authenticates with TLS 1.3" handshake tls tls1_3
tap "a handshake costs one VERIFY" costs 1 0 handshake tls tls1_2
tap_end
