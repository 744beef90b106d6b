#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
#
# TLS with a card that cannot make PSS signatures: what each client then does
# with a server that takes TLS 1.3, with an ordinary one that takes TLS 1.2 at
# most, and what cures it.
p11_world=(--quirk strict-p1)
# shellcheck source=tests/clients/lib.sh
. "${JPKI_SRC:?}/tests/clients/lib.sh"
loopback_only
# shellcheck source=tests/clients/lib-openvpn.sh
. "$JPKI_SRC/tests/clients/lib-openvpn.sh"
pages='openssl curl gnutls java openvpn' which=-e
for tool in openssl curl gnutls-cli java openvpn; do
	tap_tool "$tool"
done

# What the module says.
mechanisms() { pkcs11-tool --module "$both" --list-mechanisms; }
tap "the token signs with PKCS #1" says 'SHA256-RSA-PKCS,' mechanisms
tap "the token offers no PSS" same 0 "$(mechanisms 2>/dev/null | grep -c PSS)"
on() { JPKI_PKCS11=pss=on mechanisms; }
tap "pss=on offers it all the same" says PSS on
tap "to find out costs no VERIFY" costs 0 0 mechanisms

tap "jpki-tool reads the certificates" public_keys
server_files || tap "a server's certificate" cat words

# What the pages' recipes want done before.
prepare_openssl() { chosen configure && chosen auth-key; }
prepare_curl() { chosen configure; }
prepare_gnutls() { :; }
prepare_java() { SLOT=0 follow configure; }

# connect RECIPE: of the page's.
connect() { URL=https://localhost:$2/ PORT=$2 following "$auth_pin" "$1"; }

# served RECIPE VERSION: it gets its page with this version.
served() {
	"prepare_$page"
	handshake connect "$1"
	asked_once
	grep -q "Protocol *: $2" client.log || grep 'Protocol' client.log
}

# not_served RECIPE WORD...: it does not, and says so.
not_served() {
	local word
	"prepare_$page"
	handshake connect "$1" >words
	[ -s words ] || echo "works"
	for word in "${@:2}"; do
		grep -q "$word" client.log || { echo "does not say $word"; cat client.log; }
	done
}

# at SERVER COMMAND...: 1.3 takes that and 1.2, 1.2 that at most.
at() {
	server_options=()
	[ "$1" = 1.3 ] || server_options=(-tls1_2)
	"${@:2}"
	server_options=()
}
only_13() {
	server_options=(-tls1_3)
	"$@"
	server_options=()
}

# A server that names PKCS #1 first.
pkcs1_first() {
	server_options=(-tls1_2 -client_sigalgs 'RSA+SHA256:RSA-PSS+SHA256')
	"$@"
	server_options=()
}

page=openssl
for server in 1.3 1.2; do
	tap "s_client at TLS $server: says that the card has not the mechanism" \
		at $server not_served s_client 'Mechanism invalid'
	operation "s_client, PKCS #1 at TLS $server" 1 0 at $server served s_client-pkcs1 TLSv1.2
done
tap "s_client at a server with PKCS #1 first" pkcs1_first served s_client TLSv1.2

page=curl
for server in 1.3 1.2; do
	tap "curl at TLS $server: says that the card has not the mechanism" \
		at $server not_served get 'Mechanism invalid'
done
tap "curl at a server with PKCS #1 first" pkcs1_first served get TLSv1.2
cured() (
	chosen pkcs1
	served "$@"
)
for server in 1.3 1.2; do
	operation "curl, PKCS #1 at TLS $server" 1 0 at $server cured get-pkcs1 TLSv1.2
done
tap "only TLS 1.3 is out of reach" only_13 not_served get-pkcs1 'alert protocol version'

page=gnutls
tap "gnutls-cli at TLS 1.3: sends no certificate" \
	at 1.3 not_served connect 'No certificate was sent to peer' 'Certificate is required'
tap "gnutls-cli at TLS 1.2 works as ever" at 1.2 served connect TLSv1.2
for server in 1.3 1.2; do
	operation "gnutls-cli, PKCS #1 at TLS $server" 1 0 at $server served connect-pkcs1 TLSv1.2
done

page=java
follow program-get
follow trust >said 2>&1 || cat said
tap "Java at TLS 1.3: says that it has no signature for it" at 1.3 not_served get \
	'No supported CertificateVerify signature algorithm for RSA'
tap "Java at TLS 1.2 works as ever" at 1.2 served get TLSv1.2
for server in 1.3 1.2; do
	operation "Java, PKCS #1 at TLS $server" 1 0 at $server served get-pkcs1 TLSv1.2
done

page=openvpn
vpn_fails() {
	vpn "$auth_pin" connect "$@" >words
	[ -s words ] || echo "works"
	grep -q 'TLS handshake failed' said || cat said
}
tap "OpenVPN at TLS 1.3: the handshake fails" vpn_fails
tap "OpenVPN at TLS 1.2: the handshake fails" vpn_fails 'tls-version-max 1.2'
fresh_tries
tap "OpenVPN then sends the PIN twice" costs 2 0 vpn_fails
vpn_cured() (
	page=openvpn
	chosen pkcs1
	vpn_pkcs1=1 vpn "$auth_pin" connect "$@"
	asked_once
	grep -q 'TLSv1.2' vpn-server.log || echo 'not TLS 1.2'
)
operation "OpenVPN, PKCS #1 at TLS 1.3" 1 0 vpn_cured
operation "OpenVPN, PKCS #1 at TLS 1.2" 1 0 vpn_cured 'tls-version-max 1.2'
tap_end
