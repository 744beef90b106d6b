# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=bash disable=SC2034 # what it sets is for lib.sh
#
# An OpenVPN server on loopback that wants a certificate of the card's user
# authentication CA, and a client of it, without any network device: to be
# sourced after lib.sh and loopback_only.

# Its port, in the test's own network.
VPN_PORT=1194

# vpn_server OPTION...: lines of its configuration.
vpn_server() {
	{
		printf '%s\n' 'dev null' ifconfig-noexec tls-server proto\ tcp-server \
			'local 127.0.0.1' "lport $VPN_PORT" 'dh none' 'ca auth-ca.pem' \
			'cert server.pem' 'key server.key' 'verb 3' "$@"
	} >vpn-server.conf
	: >vpn-server.log
	openvpn vpn-server.conf >vpn-server.log 2>&1 &
	vpn_server=$!
	p11_started+=("$vpn_server")
	vpn_says 'Listening for incoming TCP connection' ||
		{ echo "the server does not listen"; cat vpn-server.log; }
}

# vpn_says WORD: waits until the server says it.
vpn_says() { soon grep -q "$1" vpn-server.log; }

# OpenVPN forgets a signal that comes while it begins anew: once is not enough.
vpn_gone() { ! kill "$1"; }
vpn_ends() { soon vpn_gone "$1"; }

vpn_server_ends() {
	vpn_ends "$vpn_server"
	wait "$vpn_server" 2>/dev/null
	return 0
}

# The client, but for the lines of its page: vpn_client TIMES to connect.
vpn_client() {
	printf '%s\n' 'dev null' ifconfig-noexec tls-client proto\ tcp-client \
		"remote 127.0.0.1 $VPN_PORT" nobind 'ca server.pem' \
		'writepid vpn-client.pid' 'verb 3' 'connect-retry 1' \
		"connect-retry-max $1" >client.conf
}

# vpn PIN RECIPE OPTION...: a client that follows the page and ends when it is
# connected.  Its words are in said.  With vpn_pkcs1 set it also follows what
# the page says of cards without PSS.
vpn() {
	local pin=$1 name=$2 watch
	shift 2
	page=openvpn
	vpn_server "$@"
	vpn_client 1
	ID=$(follow id)
	export ID
	follow configure
	[ -z "${vpn_pkcs1:-}" ] || follow configure-pkcs1
	rm -f vpn-client.pid
	(
		vpn_says 'Initialization Sequence Completed\|terminated'
		! grep -q 'Initialization Sequence Completed' vpn-server.log ||
			vpn_ends "$(cat vpn-client.pid)"
	) &
	watch=$!
	following "$pin" "$name" >said 2>&1
	vpn_server_ends
	echo terminated >>vpn-server.log
	wait "$watch"
	grep -q 'Initialization Sequence Completed' vpn-server.log ||
		cat said vpn-server.log
}
