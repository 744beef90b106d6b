#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
#
# curl with the module, through libp11's engine.
p11_world=()
# shellcheck source=tests/clients/lib.sh
. "${JPKI_SRC:?}/tests/clients/lib.sh"
tap_tool curl

tap "jpki-tool reads the certificates" public_keys
server_files || tap "a server's certificate" cat words

visit() {
	local pin=$1 name=$2
	chosen configure
	URL=https://localhost:$3/ following "$pin" "$name"
}
tls() {
	server_options=("-$1")
	handshake visit "$auth_pin" get
	server_options=()
	asked_once
}
operation "HTTPS, TLS 1.2" 1 0 tls tls1_2
operation "HTTPS, TLS 1.3" 1 0 tls tls1_3

pin_file() {
	followed "$auth_pin" pin
	handshake visit '' pin-file
	asked 0 "$(prompts)"
}
operation "HTTPS, PIN from a file" 1 0 pin_file

# The certificate may be a file: then the card is asked for the key only.
from_file() { handshake visit "$auth_pin" certificate-file; }
operation "HTTPS, certificate from a file" 1 0 from_file

tap "a wrong PIN costs one try" costs 1 0 handshake visit 0000 get
fresh_tries
tap "a PIN that cannot be right costs nothing" costs 0 0 handshake visit 12345 get
tap "nor does an empty one" costs 0 0 handshake visit '' get

# Without the token's name the engine does not know whose PIN to ask for.
recipe get | sed 's/token=JPKI-AUTH;//' >recipe.nameless
nameless() {
	chosen configure
	URL=https://localhost:$1/ PROMPTS=$work/prompts \
		"$JPKI_SRC/tests/clients/typing" "$auth_pin" bash -eu recipe.nameless
}
handshake nameless >said
tap "a URI without its token is not enough, as the page says" \
	grep -q 'Multiple matching slots' client.log said
tap_end
