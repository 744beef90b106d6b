#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
#
# The PKCS #11 module with a card that cannot make PSS signatures.
p11_world=(--quirk strict-p1)
# shellcheck source=tests/e2e/lib-p11.sh
. "${JPKI_SRC:?}/tests/e2e/lib-p11.sh"
tap_tool openssl
export PKCS11_MODULE_PATH=$both

mechanisms() { pkcs11-tool --module "$both" --list-mechanisms; }
tap "the token signs with PKCS #1" says 'SHA256-RSA-PKCS,' mechanisms
tap "the token offers no PSS" same 0 "$(mechanisms 2>/dev/null | grep -c PSS)"
on() { JPKI_PKCS11=pss=on mechanisms; }
tap "pss=on offers it all the same" says PSS on
tap "to find out costs no VERIFY" costs 0 0 mechanisms

tap "jpki-tool reads the certificates" public_keys
server_files || tap "a server's certificate" cat words
tls() {
	openssl s_client -engine pkcs11 -keyform engine -key "$auth_key;pin-value=$auth_pin" \
		-cert auth.pem -tls1_2 "${@:1:$#-1}" -ign_eof -connect "127.0.0.1:${*: -1}"
}
tap "s_client authenticates with TLS 1.2 and PKCS #1" handshake tls -sigalgs RSA+SHA256
tap_end
