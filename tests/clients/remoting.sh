#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
#
# p11-kit's remoting with the module: to another process, and over ssh.
p11_world=()
# shellcheck source=tests/clients/lib.sh
. "${JPKI_SRC:?}/tests/clients/lib.sh"
# shellcheck source=tests/clients/lib-ssh.sh
. "$JPKI_SRC/tests/clients/lib-ssh.sh"
for tool in p11-kit p11tool pkg-config; do
	tap_tool "$tool"
done
tap "jpki-tool reads the certificates" public_keys
CLIENT=$(follow client)
# The other machine has paths of its own.
THERE=$work/there CLIENT_THERE=$work/there/client.so MODULE_THERE=$work/there/module.so
export CLIENT THERE CLIENT_THERE MODULE_THERE

# A way to "the other machine" that asks for nothing.
ssh_server
ssh-keygen -q -t ed25519 -N '' -f .ssh/none
cp .ssh/none.pub authorized_keys
tap "a folder on the other machine" silently follow folder
ln -s "$CLIENT" "$CLIENT_THERE"

# The recipes are for this token.
token=JPKI-AUTH
names() { sed "s/JPKI-AUTH/$token/g" | ssh_names; }

served() {
	follow serve >said 2>&1 || { cat said; return 1; }
	sed -n 's/^P11_KIT_SERVER_PID=\([0-9]*\);.*/\1/p' server.sh >server.pid
	p11_started+=("$(cat server.pid)")
	until [ -S card.sock ]; do
		sleep 0.02
	done
}
stopped() {
	follow stop >said 2>&1 || cat said
	while kill -0 "$(cat server.pid)" 2>/dev/null; do
		sleep 0.02
	done
	unset "p11_started[-1]"
	rm -f card.sock
}

# signed PIN KEY: to another process; openssl verifies it.
signed() {
	rm -f signature
	served || return
	followed "$1" use
	verified sha256 "$2" signature
	stopped
}
forwarded() {
	served || return
	CLIENT='' followed "$1" forward
	silently follow tidy
	grep -q 'public key in the token... ok' said || cat said
	stopped
}
for_sign() {
	local token=JPKI-SIGN
	"$@"
}
operation "signature, user authentication key" 1 0 signed "$auth_pin" auth
operation "signature, signature key" 0 1 for_sign signed "$sign_pin" sign
operation "signature over ssh, user authentication key" 1 0 forwarded "$auth_pin"
operation "signature over ssh, signature key" 0 1 for_sign forwarded "$sign_pin"

# What does not show here cannot be used there.
served
tokens() {
	# shellcheck source=/dev/null
	. ./server.sh
	pkcs11-tool --module "$CLIENT" --list-slots | sed -n 's/^ *token label *: //p'
}
tap "the program sees the token that is offered, and no other" same JPKI-AUTH "$(tokens)"
tap "looking costs no VERIFY" costs 0 0 tokens
tap "a wrong PIN is refused" refused 0000 use
tap "a wrong PIN costs one try" costs 1 0 following 0000 use
fresh_tries
for pin in 123 abcd 12345; do
	tap "the PIN $pin cannot be right, and costs nothing" costs 0 0 following "$pin" use
done
card_out
tap "without the card the program fails" refused "$auth_pin" use
card_in
tap "with the card back it works, with the same server" followed "$auth_pin" use
stopped

# The other way round.  p11-kit reads nothing of root's own: there it is mounted
# over the system's, which `jpki-vcard run' lets nobody else see.
mkdir -p .config/pkcs11/modules
echo 'user-config: only' >.config/pkcs11/pkcs11.conf
if [ "$(id -u)" = 0 ]; then
	mount --bind .config/pkcs11/modules \
		"$(pkg-config --variable=p11_module_configs p11-kit-1)" || exit 1
fi
remote() {
	ln -sf "$MODULE" "$MODULE_THERE"
	MODULE='' follow remote
}
there() {
	remote && followed "$1" use-remote
	grep -q 'public key in the token... ok' said || cat said
}
operation "signature with the card there, user authentication key" 1 0 there "$auth_pin"
operation "signature with the card there, signature key" 0 1 for_sign there "$sign_pin"
remote
tap "p11-kit lists the tokens there" says 'token: JPKI-SIGN' p11-kit list-modules
wrong_then_right() {
	costs 2 0 following $'0000\n'"$auth_pin" use-remote
	same 1 "$(card pins | jq .pins.auth.wrong)"
}
card pins clear >/dev/null
tap "p11tool asks again after a wrong PIN, which cost one try" wrong_then_right
tap "a PIN that cannot be right costs nothing" costs 0 0 following abcd use-remote
tap_end
