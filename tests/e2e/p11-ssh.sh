#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
#
# The PKCS #11 module with OpenSSH: keys, an agent, signatures.
p11_world=()
# shellcheck source=tests/e2e/lib-p11.sh
. "${JPKI_SRC:?}/tests/e2e/lib-p11.sh"
for tool in ssh-keygen ssh-agent ssh-add; do
	tap_tool "$tool"
done

# Programs that ask for a PIN get the one in the file.
cat >ask <<-END
	#!/bin/sh
	cat $work/pin
END
chmod +x ask
export SSH_ASKPASS=$work/ask SSH_ASKPASS_REQUIRE=force
unset DISPLAY SSH_AUTH_SOCK

asked() {
	echo "$1" >pin
	shift
	"$@"
}

# Without an agent.
tap "jpki-tool and ssh-keygen agree on the key" \
	same "$("$JPKI_TOOL" ssh-key 2>/dev/null | cut -d ' ' -f 2)" \
	"$(ssh-keygen -D "$both" 2>/dev/null | head -n 1 | cut -d ' ' -f 2)"
tap "listing keys costs no VERIFY" costs 0 0 ssh-keygen -D "$both"

# An agent of our own, which may load our modules only.
agent() {
	ssh-agent -a "$work/agent" -P "$JPKI_BUILD/*" -D >agent.log 2>&1 &
	p11_started+=($!)
	export SSH_AUTH_SOCK=$work/agent
	# 1: it has no keys yet; 2: nobody answers.
	until ssh-add -l >words 2>&1 || [ $? = 1 ]; do
		sleep 0.05
	done
}
agent

# The agent tries the one PIN on every token.
tap "ssh-add -s: one VERIFY on the user authentication PIN, none on the signature PIN" \
	costs 1 0 asked "$auth_pin" ssh-add -s "$both"
tap "the agent holds the key" says JPKI-AUTH ssh-add -l
ssh-add -L | grep -m 1 JPKI-AUTH >key.pub
tap "the agent's key is the card's" same \
	"$("$JPKI_TOOL" ssh-key 2>/dev/null | cut -d ' ' -f 2)" "$(cut -d ' ' -f 2 key.pub)"
tap "ssh-add -T: the key signs" silently ssh-add -T key.pub
ssh_sign() {
	rm -f document.sig
	ssh-keygen -Y sign -f key.pub -n file document
}
ssh_verify() {
	echo "me $(cat key.pub)" >signers
	ssh-keygen -Y verify -f signers -I me -n file -s document.sig <document
}
verified_by_ssh() {
	silently ssh_sign
	ssh_verify 2>&1 | grep -qs '^Good "file" signature' || echo "not verified"
}
tap "ssh-keygen -Y signs through the agent, and verifies" verified_by_ssh
tap "a signature through the agent costs no further VERIFY" costs 0 0 ssh_sign

# The card pulled and put back: the agent has to be told the PIN again.
card remove >/dev/null
tap "without the card the agent refuses" refuses '' ssh_sign
card insert >/dev/null
again() {
	ssh-add -e "$both" >/dev/null 2>&1
	asked "$auth_pin" ssh-add -s "$both"
}
tap "the card is back, and ssh-add again takes one VERIFY" costs 1 0 again
tap "the key signs again" silently ssh-add -T key.pub
tap "ssh-add -e lets go" silently ssh-add -e "$both"

# The signature token by its own file; the key shows after the login only.
tap "ssh-add -s of the signature token: one VERIFY on its PIN" \
	costs 0 1 asked "$sign_pin" ssh-add -s "$sign_only"
ssh-add -L | grep -m 1 'JPKI-SIGN$' >key.pub
tap "ssh-add -T: the signature key signs" silently ssh-add -T key.pub
tap "ssh-keygen -Y signs with the signature key, and verifies" verified_by_ssh
silently ssh-add -e "$sign_only"

# Wrong PINs.
tap "a wrong PIN costs ssh-add one try" costs 1 0 asked 0000 ssh-add -s "$both"
silently ssh-add -e "$both" >/dev/null
for pin in 123 abcd 'not a PIN' ''; do
	tap "the PIN '$pin' cannot be right, and costs ssh-add nothing" \
		costs 0 0 asked "$pin" ssh-add -s "$both"
	ssh-add -e "$both" >/dev/null 2>&1
done
tap_end
