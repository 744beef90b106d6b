#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
#
# OpenSSL with the module, through libp11's engine.
p11_world=()
# shellcheck source=tests/clients/lib.sh
. "${JPKI_SRC:?}/tests/clients/lib.sh"
tap_tool openssl

chosen configure
tap "the engine is there" says 'pkcs11' openssl engine pkcs11
tap "jpki-tool reads the certificates" followed "$sign_pin" certificates
rm -f auth.pem sign.pem auth-ca.pem
tap "and the public keys" public_keys
server_files || tap "a server's certificate" cat words

# use_key auth|sign: whichever module it is for.
use_key() { chosen configure && chosen "$1-key"; }

# Recipes, as a user follows them at a terminal.
dgst_asks() {
	use_key "$1"
	followed "$2" dgst
	verified sha256 "$1" document.sig
}
operation "dgst, user authentication key" 1 0 dgst_asks auth "$auth_pin"
operation "dgst, signature key" 0 1 dgst_asks sign "$sign_pin"

pss_asks() {
	use_key auth
	followed "$auth_pin" pss
	says 'Verified OK' openssl dgst -sha256 -verify auth.pub -signature document.sig \
		-sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:32 document
}
operation "dgst with PSS, user authentication key" 1 0 pss_asks

cms_asks() {
	use_key sign
	followed "$sign_pin" cms
	follow cms-verify >said 2>&1 || cat said
	says 'To be signed' cat document.out
	accepted document.p7m
}
operation "cms -sign, signature key" 0 1 cms_asks

request() {
	use_key "$1"
	followed "$2" request
	openssl req -in request.pem -noout -verify 2>&1 | grep -v 'verify OK'
	same "$(cat "$1.pub")" "$(openssl req -in request.pem -noout -pubkey)"
}
operation "req -new, user authentication key" 1 0 request auth "$auth_pin"
operation "req -new, signature key" 0 1 request sign "$sign_pin"

# s_client, which takes its private key from the engine.
connect() { PORT=$1 following "$auth_pin" s_client; }
tls() {
	use_key auth
	server_options=("-$1")
	handshake connect
	server_options=()
	asked_once
}
operation "s_client, TLS 1.2" 1 0 tls tls1_2
operation "s_client, TLS 1.3" 1 0 tls tls1_3

# A PIN in the URI, every hash.
chosen configure

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
# Whether the card can make PSS is asked of it, here after the login.
signatures() { grep -c '"command":"802A.*"answer":"[0-9A-F]\{512\}9000"' "$JPKI_VCARD_LOG"; }
signatures_of() {
	local before
	before=$(signatures)
	silently "$@"
	echo $(($(signatures) - before))
}
tap "for one signature with PSS the card makes one" \
	same 1 "$(signatures_of dgst sha256 "$auth_key" "$auth_pin" -sigopt rsa_padding_mode:pss \
		-sigopt rsa_pss_saltlen:32)"

# A PIN in a file, which nobody sees in the list of processes.
pin_file() {
	use_key sign
	followed "$sign_pin" pin
	same 600 "$(stat -c %a pin)"
	silently follow pin-file
	verified sha256 sign document.sig
}
tap "dgst signs with a PIN from a file" pin_file
tap "that costs one VERIFY" costs 0 1 pin_file
echo "$sign_pin" >pin
tap "a newline behind it makes it a PIN that cannot be right" costs 0 0 follow pin-file

# What can cost tries.
use_key auth
pins_cost dgst 0000 abcd 1 0
pins_cost request 0000 12345 1 0
use_key sign
pins_cost dgst ZZZ999 1234 0 1
pins_cost cms ZZZ999 ABC 0 1
tap "a wrong PIN in the URI costs one try" costs 1 0 dgst sha256 "$auth_key" 0000
tap "a wrong signature PIN in the URI costs one try" costs 0 1 dgst sha256 "$sign_key" ZZZ999
fresh_tries
tap "a PIN in the URI that cannot be right costs nothing" \
	costs 0 0 dgst sha256 "$auth_key" abcd
wrong_connect() { PORT=$1 following 0000 s_client; }
use_key auth
tap "a wrong PIN costs a TLS client one try" costs 1 0 handshake wrong_connect
fresh_tries
# Without a PIN in the URI OpenSSL asks, and what it reads is no PIN.
not_asked() {
	printf 'GET / HTTP/1.0\r\n\r\n' |
		openssl dgst -engine pkcs11 -keyform engine -sign "$sign_key" -sha256 document
}
tap "a request line instead of a PIN costs nothing" costs 0 0 not_asked
tap_end
