#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
#
# The module registered with p11-kit: programs that find it there, and such as
# list all that there is.
p11_world=()
# shellcheck source=tests/clients/lib.sh
. "${JPKI_SRC:?}/tests/clients/lib.sh"
for tool in p11-kit p11tool pkg-config pkcs11-dump; do
	tap_tool "$tool"
done

# p11-kit reads nothing of root's own: there it is mounted over the system's,
# which `jpki-vcard run' lets nobody else see.
modules=$XDG_CONFIG_HOME/pkcs11/modules
mkdir -p "$modules"
echo 'user-config: only' >"$XDG_CONFIG_HOME/pkcs11/pkcs11.conf"
if [ "$(id -u)" = 0 ]; then
	mount --bind "$modules" \
		"$(pkg-config --variable=p11_module_configs p11-kit-1)" || exit 1
fi
PROXY=$(follow proxy)
export PROXY
tap "jpki-tool reads the certificates" public_keys

# As it is installed, but for the folder.
installed() {
	sed "s|^module: |&$JPKI_BUILD/|" "$JPKI_SRC/pkcs11/jpki.module" >"$modules/jpki.module"
}
installed
tap "p11-kit lists the module" says "jpki: $both" follow list
tap "p11-kit lists the tokens" says 'token: JPKI-SIGN' follow list
tap "it costs no VERIFY" costs 0 0 follow list
token_count() { p11tool --list-tokens | grep -c 'token=JPKI-'; }
tap "GnuTLS finds the tokens there" same 2 "$(token_count)"

listed() {
	follow register
	follow list >said 2>&1
	[ "$(grep -c 'token: .*JPKI' said)" = 2 ] || cat said
}
operation "p11-kit list-modules" 0 0 listed

# Through the proxy.
proxied() {
	follow register
	followed "$1" "$2"
	verified sha256 "$3" signature
}
operation "proxy, signature, user authentication key" 1 0 proxied "$auth_pin" sign auth
operation "proxy, signature, signature key" 0 1 proxied "$sign_pin" sign-sign sign
follow register
tap "the proxy shows both tokens" says 'token label        : JPKI-SIGN' \
	pkcs11-tool --module "$PROXY" --list-slots
tap "--test through the proxy finds no error" says 'No errors' \
	pkcs11-tool --module "$PROXY" --token-label JPKI-SIGN --login --pin "$sign_pin" --test
tap "a wrong PIN costs one try" costs 1 0 following 0000 sign
tap "a PIN that cannot be right costs nothing" costs 0 0 following abcd sign
fresh_tries

# Settings.
follow auth-only
tap "x-init-reserved reaches the module" \
	same 1 "$(p11-kit list-modules | grep -c 'token: JPKI-')"
installed
echo 'x-init-reserved: tokens=neither' >>"$modules/jpki.module"
tap "a value that a setting has not keeps the module off" \
	same 0 "$(p11-kit list-modules 2>/dev/null | grep -c 'token: JPKI-')"
follow register
follow not-in
# pkcs11-tool ends with 1 where it finds no slot.
kept_off() {
	pkcs11-tool --module "$PROXY" --list-slots >said 2>&1
	grep -q '^Available slots:' said || cat said
	! grep 'JPKI-' said
}
tap "disable-in keeps a program off" kept_off
tap "and no other" same 2 "$(token_count)"

# Dumps.
tap "pkcs11-dump lists the slots" says 'Virtual PCD 00 00' follow slots
dumped() {
	followed "$@"
	grep -q 'CKO_PRIVATE_KEY' said || cat said
}
operation "pkcs11-dump, user authentication token" 1 0 dumped "$auth_pin" dump
operation "pkcs11-dump, signature token" 0 1 dumped "$sign_pin" dump-sign
tap "a wrong PIN costs it one try" costs 1 0 following 0000 dump
tap "a PIN that cannot be right costs it nothing" costs 0 0 following abcd dump
tap_end
