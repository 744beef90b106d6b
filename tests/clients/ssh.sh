#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
#
# OpenSSH with the module: logins to a server, an agent, signatures.
p11_world=()
# shellcheck source=tests/clients/lib.sh
. "${JPKI_SRC:?}/tests/clients/lib.sh"
# shellcheck source=tests/clients/lib-ssh.sh
. "$JPKI_SRC/tests/clients/lib-ssh.sh"

ssh_server
tap "jpki-tool writes the public key for the server" follow key
cp jpki.pub authorized_keys
cut -d ' ' -f 2 jpki.pub >auth.key

# Lists of keys.
first_key() { ssh-keygen -D "$1" 2>/dev/null | head -n 1 | cut -d ' ' -f 2; }
tap "ssh-keygen -D shows the same key first" same "$(cat auth.key)" "$(first_key "$both")"
tap "so it does with the authentication token alone" \
	same "$(cat auth.key)" "$(first_key "$auth_only")"
tap "listing keys costs no VERIFY" costs 0 0 ssh-keygen -D "$both"

#
# Without an agent.
#

operation "login by ssh -I" 1 0 followed "$auth_pin" login
both_tokens() { MODULE_AUTH=$both "$@"; }
tap "with both tokens: one VERIFY too, on the user authentication PIN" \
	both_tokens costs 1 0 following "$auth_pin" login
tap "and it works" both_tokens followed "$auth_pin" login
tap "a wrong PIN is refused" refused 0000 login
tap "a wrong PIN costs one try" costs 1 0 following 0000 login
fresh_tries
for pin in 123 12345 abcd "$sign_pin"; do
	tap "the PIN $pin cannot be right, and costs nothing" costs 0 0 following "$pin" login
done
card_out
tap "without the card nobody is asked, and there is no login" refused "$auth_pin" login
tap "indeed nobody is asked" same 0 "$(prompts)"
card_in
tap "with the card back it works" followed "$auth_pin" login

configured() {
	cp .ssh/config unconfigured
	follow configure && followed "$auth_pin" configured
	cp unconfigured .ssh/config
}
operation "login by PKCS11Provider" 1 0 configured

#
# An agent.
#

ssh_agent
through_agent() {
	followed "$auth_pin" add && ssh server true && ssh server true
	follow remove >said 2>&1 || cat said
}
operation "ssh-add -s, two logins" 1 0 through_agent

# The agent tries the one PIN on every token.
added_both() { MODULE_AUTH=$both following "$1" add; }
tap "both tokens in the agent: the one PIN goes to user authentication only" \
	costs 1 0 added_both "$auth_pin"
tap "the agent holds the key" says JPKI-AUTH ssh-add -l
tap "the agent's key is the card's" same "$(cat auth.key)" \
	"$(ssh-add -L | grep -m 1 'JPKI-AUTH$' | cut -d ' ' -f 2)"
tap "ssh-add -T: the key signs" silently ssh-add -T jpki.pub
let_go "$both"
tap "the other PIN goes to the signature token only" costs 0 1 added_both "$sign_pin"
tap "and its key is there" says JPKI-SIGN ssh-add -l
let_go "$both"

signed() {
	rm -f document.sig
	follow sign >said 2>&1 || cat said
	follow verify 2>&1 | grep -qs '^Good "file" signature' || echo "not verified"
}
operation_in_agent() {
	followed "$1" "$2" && signed
	let_go "$MODULE_AUTH"
	let_go "$MODULE_SIGN"
}
operation "ssh-keygen -Y sign, user authentication key" 1 0 operation_in_agent "$auth_pin" add

silently following "$auth_pin" add >/dev/null
tap "a signature through the agent costs no further VERIFY" costs 0 0 follow sign
tap "nor does a login" costs 0 0 ssh server true
tap "nor one that names the key" silently follow identity

# The card pulled and put back: the agent has to be told the PIN again.
sign_refused() { ! follow sign >said 2>&1 || echo "succeeded"; }
card_out
tap "without the card the agent refuses" sign_refused
card_in
tap "and after it is back" sign_refused
again() {
	follow remove
	following "$auth_pin" add
}
tap "ssh-add -e and -s again take one VERIFY" costs 1 0 again
tap "the key signs again" signed
tap "and logs in" silently ssh server true
tap "ssh-add -e lets go" silently follow remove
tap "then there is no login" refuses '' ssh server true

# The signature token, whose key shows after the login only.
operation "ssh-keygen -Y sign, signature key" 0 1 operation_in_agent "$sign_pin" add-sign
sign_login() {
	followed "$sign_pin" add-sign && cp jpki.pub authorized_keys && ssh server true
	let_go "$MODULE_SIGN"
}
operation "ssh-add -s, login with the signature key" 0 1 sign_login
sign_without_agent() { SSH_AUTH_SOCK='' MODULE_AUTH=$sign_only following "$sign_pin" login; }
tap "ssh -I with the signature token asks for no PIN and costs nothing" \
	costs 0 0 sign_without_agent

# Wrong PINs.
tap "a wrong PIN costs ssh-add one try" costs 1 0 following 0000 add
let_go "$auth_only"
tap "a wrong password costs it one" costs 0 1 following ABC999 add-sign
let_go "$sign_only"
fresh_tries
tap "a wrong PIN with both tokens costs one try" costs 1 0 added_both 0000
let_go "$both"
fresh_tries
for pin in 123 abcd 'not a PIN' ''; do
	tap "the PIN '$pin' cannot be right, and costs ssh-add nothing" \
		costs 0 0 added_both "$pin"
	let_go "$both"
done
tap_end
