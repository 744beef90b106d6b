#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
#
# The PKCS #11 module registered with p11-kit; GnuTLS, which finds it there.
p11_world=()
# shellcheck source=tests/e2e/lib-p11.sh
. "${JPKI_SRC:?}/tests/e2e/lib-p11.sh"
for tool in p11-kit p11tool pkg-config; do
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

# GnuTLS finds it there.
tap "p11tool lists the tokens" same 2 "$(token_count)"
tap "p11tool signs with the signature key" says 'public key in the token... ok' \
	pin "$sign_pin" p11tool --batch --login --test-sign "$sign_key"
tap_end
