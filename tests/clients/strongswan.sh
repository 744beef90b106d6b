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
	asked_once
	[ "$(openssl req -in request.pem -noout -pubkey)" = "$(cat "$1.pub")" ] ||
		echo "it is for another key"
}
operation "request, user authentication key" 1 0 request auth "$auth_pin"

# What can cost tries.
follow configure
KEYID=$(follow keyid)
export KEYID
pins_cost request 0000 abcd 1 0
tap "the password of the other token costs nothing" costs 0 0 following "$sign_pin" request

# The signature key shows after the login only, and pki does not log in to look.
KEYID=$(pkcs11-tool --module "$MODULE" --token-label JPKI-SIGN --login --pin "$sign_pin" \
	--list-objects --type privkey 2>/dev/null | awk '/^ *ID:/ { print $2; exit }')
rm -f request.pem
no_signature_key() {
	[ -n "$KEYID" ] || echo "no id"
	! following "$sign_pin" request >said 2>&1 || echo "works"
	grep -q 'no PKCS#11 module found having a keyid' said || cat said
	same 0 "$(prompts)"
}
tap "the signature key is not found, as the page says" no_signature_key
tap "that costs nothing" costs 0 0 following "$sign_pin" request
tap_end
