#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
#
# The PKCS #11 module registered with p11-kit; GnuTLS, which finds it there.
p11_world=()
# shellcheck source=tests/e2e/lib-p11.sh
. "${JPKI_SRC:?}/tests/e2e/lib-p11.sh"
for tool in p11-kit p11tool certtool gnutls-cli pkg-config; do
	tap_tool "$tool"
done

# A configuration of our own, with jpki.module as it is installed but for the
# folder.  p11-kit reads none of the user's for root; there it is mounted over
# the system's, which `jpki-vcard run' lets nobody else see.
register() {
	local line=${1:-}
	mkdir -p "$XDG_CONFIG_HOME/pkcs11/modules"
	sed "s|^module: |&$JPKI_BUILD/|" "$JPKI_SRC/pkcs11/jpki.module" \
		>"$XDG_CONFIG_HOME/pkcs11/modules/jpki.module"
	echo "$line" >>"$XDG_CONFIG_HOME/pkcs11/modules/jpki.module"
	echo 'user-config: only' >"$XDG_CONFIG_HOME/pkcs11/pkcs11.conf"
}

register
if [ "$(id -u)" = 0 ]; then
	mount --bind "$XDG_CONFIG_HOME/pkcs11/modules" \
		"$(pkg-config --variable=p11_module_configs p11-kit-1)" || exit 1
fi
proxy=$(pkg-config --variable=proxy_module p11-kit-1)

pin() {
	export GNUTLS_PIN=$1
	shift
	"$@"
}
token_count() { p11tool --list-tokens | grep -c 'token=JPKI-'; }

tap "jpki-tool reads the certificates" public_keys

# p11-kit.
tap "p11-kit lists the module" says "jpki: $both" p11-kit list-modules
tap "p11-kit lists the tokens" says 'token: JPKI-SIGN' p11-kit list-modules
tap "it costs no VERIFY" costs 0 0 p11-kit list-modules

# p11-kit-proxy.
proxied() { pkcs11-tool --module "$proxy" "$@"; }
tap "the proxy shows the tokens" says 'token label        : JPKI-SIGN' proxied --list-slots
tap "the proxy signs" silently proxied --token-label JPKI-AUTH --login --pin "$auth_pin" \
	--sign --mechanism SHA256-RSA-PKCS --input-file document --output-file signature
tap "openssl verifies that" verified sha256 auth signature
tap "--test through the proxy finds no error" says 'No errors' \
	proxied --token-label JPKI-SIGN --login --pin "$sign_pin" --test

# Settings.
register 'x-init-reserved: tokens=auth'
tap "x-init-reserved reaches the module" \
	same 1 "$(p11-kit list-modules | grep -c 'token: JPKI-')"
register 'x-init-reserved: tokens=neither'
tap "a value that a setting has not keeps the module off" \
	same 0 "$(p11-kit list-modules 2>/dev/null | grep -c 'token: JPKI-')"
register

# GnuTLS.
tap "p11tool lists the tokens" same 2 "$(token_count)"
tap "without a PIN p11tool lists the certificate" \
	says 'Type: X.509 Certificate (RSA-2048)' p11tool --list-all "$auth_cert"
tap "without a PIN it lists no private key" \
	same 0 "$(p11tool --list-all pkcs11:token=JPKI-AUTH | grep -c 'type=private')"
tap "listing costs no VERIFY" costs 0 0 p11tool --list-all pkcs11:token=JPKI-AUTH
tap "with the PIN p11tool lists the private key" says 'type=private' \
	pin "$sign_pin" p11tool --batch --login --list-all pkcs11:token=JPKI-SIGN
tap "p11tool signs with user authentication" says 'public key in the token... ok' \
	pin "$auth_pin" p11tool --batch --login --test-sign "$auth_key"
tap "p11tool signs with the signature key" says 'public key in the token... ok' \
	pin "$sign_pin" p11tool --batch --login --test-sign "$sign_key"
tap "that costs one VERIFY" costs 0 1 \
	pin "$sign_pin" p11tool --batch --login --test-sign "$sign_key"
for hash in SHA256 SHA384 SHA512; do
	tap "p11tool signs with $hash" says 'parameters... ok' pin "$auth_pin" \
		p11tool --batch --login --test-sign --hash "$hash" "$auth_key"
done

# p11tool asks for a chain among trusted certificates only, which no card may
# call itself; but both are there to be had.
chain() {
	pin "$sign_pin" p11tool --batch --login --export \
		"pkcs11:token=JPKI-SIGN;object=JPKI-SIGN;type=cert" >user.pem &&
		p11tool --export "pkcs11:token=JPKI-SIGN;object=JPKI-SIGN-CA;type=cert" >ca.pem &&
		says 'user.pem: OK' openssl verify -CAfile ca.pem user.pem
}
tap "the certificate and its CA's can be exported, and belong together" chain

# certtool takes no certificate by its URI.
certtool_sign() {
	certtool --provider "$both" --p7-sign --load-privkey "$auth_key" \
		--load-certificate auth.pem --infile document --outfile signed.p7
}
cms_by_certtool() {
	silently pin "$auth_pin" certtool_sign
	# The certificate is for client authentication only.
	openssl cms -verify -inform PEM -in signed.p7 -noverify 2>&1 |
		grep -q 'To be signed' || echo "not verified"
}
tap "certtool signs a document, and openssl verifies it" cms_by_certtool

# PINs that are wrong, or cannot be right.
tap "a wrong PIN costs p11tool one try" costs 1 0 \
	pin 0000 p11tool --batch --login --test-sign "$auth_key"
tap "a wrong PIN costs certtool one try" costs 1 0 pin 0000 certtool_sign
fresh_tries
tap "a PIN that cannot be right costs p11tool nothing" costs 0 0 \
	pin abcd p11tool --batch --login --test-sign "$auth_key"
tap "a PIN that cannot be right costs certtool nothing" costs 0 0 \
	pin 12345 certtool_sign

# TLS.
server_files || tap "a server's certificate" cat words
tls() {
	GNUTLS_PIN=$auth_pin gnutls-cli --provider "$both" --no-ca-verification \
		--priority "NORMAL:-VERS-ALL:+VERS-$1" --x509certfile "$auth_cert" \
		--x509keyfile "$auth_key" --port "$2" 127.0.0.1
}
tap "gnutls-cli authenticates with TLS 1.2" handshake tls TLS1.2
tap "gnutls-cli authenticates with TLS 1.3" handshake tls TLS1.3
tap_end
