#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
#
# OpenVPN with the module: its handshake, without a network device.
p11_world=()
# shellcheck source=tests/clients/lib.sh
. "${JPKI_SRC:?}/tests/clients/lib.sh"
loopback_only
# shellcheck source=tests/clients/lib-openvpn.sh
. "$JPKI_SRC/tests/clients/lib-openvpn.sh"
tap_tool openvpn

tap "jpki-tool reads the certificates" public_keys
server_files || tap "a server's certificate" cat words

lists() {
	follow show >said 2>&1 || cat said
	same 1 "$(grep -c 'Serialized id:' said)"
}
operation "--show-pkcs11-ids" 0 0 lists
both_shown() {
	same 2 "$(openvpn --show-pkcs11-ids "$MODULE" | grep -c 'Serialized id:')"
}
tap "with both tokens the signature CA is listed, too" both_shown

tls() {
	vpn "$auth_pin" connect "$@"
	asked_once
	grep -q "$version" vpn-server.log || echo "not $version"
}
version=TLSv1.3
operation "handshake, TLS 1.3" 1 0 tls
version=TLSv1.2
operation "handshake, TLS 1.2" 1 0 tls 'tls-version-max 1.2'

# A connection that lives on: begun anew without a PIN, and with one when the
# card was pulled in between.
begun() { grep -c 'Initialization Sequence Completed' vpn-server.log; }
begun_by() { [ "$(begun)" -ge "$1" ]; }
begins() {
	soon begun_by "$1" && verifies auth >>costs
}
lives() {
	begins 1 && kill -USR1 "$vpn_server" && begins 2 &&
		card_out && card_in &&
		kill -USR1 "$vpn_server" && begins 3
	vpn_ends "$(cat vpn-client.pid)"
}
connection() {
	verifies auth >costs
	page=openvpn
	vpn_server
	vpn_client 100 # the server is away for a while, each time
	ID=$(follow id) follow configure
	rm -f vpn-client.pid
	lives &
	following "$auth_pin" connect >said 2>&1
	wait $!
	vpn_server_ends
	same '0 1 1 2' "$(awk 'NR == 1 { n = $1 } { printf "%s%d", s, $1 - n; s = " " }' costs)"
	same 2 "$(prompts)"
}
fresh_tries
tap "a connection begins anew without a PIN; after the card was pulled it asks" connection
fresh_tries

tap "the same wrong PIN costs one try, however often it is typed" costs 1 0 vpn 0000 connect
fresh_tries
tap "wrong PINs cost as many tries as they are, but the last" \
	costs 2 0 vpn $'0000\n1111\n2222' connect
fresh_tries
tap "a PIN that cannot be right costs nothing" costs 0 0 vpn abcd connect
tap_end
