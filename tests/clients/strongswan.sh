#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
#
# strongSwan's pki with the module.
p11_world=()
# shellcheck source=tests/clients/lib.sh
. "${JPKI_SRC:?}/tests/clients/lib.sh"
tap_tool pki

tap "jpki-tool reads the certificates" public_keys

# request TOKEN PIN: a request for its key, whose own signature holds.
request() {
	follow configure
	KEYID=$(follow keyid) following "$2" request >said 2>&1 || { cat said; return 1; }
	openssl req -in request.pem -noout -verify 2>&1 | grep -v 'verify OK'
	[ "$(prompts)" = 1 ] || echo "asked $(prompts) times for a PIN"
	[ "$(openssl req -in request.pem -noout -pubkey)" = "$(cat "$1.pub")" ] ||
		echo "it is for another key"
}
operation "request, user authentication key" 1 0 request auth "$auth_pin"
tap_end
