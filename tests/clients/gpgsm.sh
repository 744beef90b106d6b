#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
#
# gpgsm with the module, through gnupg-pkcs11-scd.
p11_world=()
# shellcheck source=tests/clients/lib.sh
. "${JPKI_SRC:?}/tests/clients/lib.sh"
for tool in gpgsm gpg-connect-agent gpgconf gnupg-pkcs11-scd; do
	tap_tool "$tool"
done

tap "jpki-tool reads the certificates" public_keys
"$JPKI_TOOL" cert sign-ca --pem -o sign-ca.pem
"$JPKI_TOOL" cert auth-ca --pem -o auth-ca.pem

# No agent outlives the test.
export PIN_ANSWER=$work/answer PIN_ASKED=$work/asked
chosen folder
agent_ends() { gpgconf --kill gpg-agent >/dev/null 2>&1; }
trap 'agent_ends; p11_leave; rm -rf "$work"' EXIT

# set_up auth|sign|both PIN: a new folder, and the answer to who asks.
set_up() {
	agent_ends
	rm -rf "$GNUPGHOME"
	chosen folder
	: >asked
	echo "JPKI $2" >answer
	# Its daemon logs in to both of OpenSC's tokens.
	[ "$whose" = ours ] || sed -i "1i User $auth_pin" answer
	follow "configure-$1"
	echo "pinentry-program $JPKI_SRC/tests/clients/pinentry" >>"$GNUPGHOME/gpg-agent.conf"
	follow restart
	follow trust >trusted 2>&1 || cat trusted
}

signed() {
	USER_ID=$(fingerprint "$1") follow sign >said 2>&1 || { cat said; return 1; }
	follow verify >verified 2>&1 || cat verified
	grep -q 'Good signature' verified || echo "gpgsm does not verify it"
	grep -q "$(fingerprint "$1")\|$(openssl x509 -in "$1.pem" -noout -subject |
		sed 's/.*CN = //')" verified || { echo "whose is it?"; cat verified; }
}
fingerprint() {
	openssl x509 -in "$1.pem" -noout -fingerprint -sha1 | sed 's/.*=//; s/://g'
}
asked_for() { asked "$1" "$(wc -l <asked)"; }

auth_signs() {
	set_up auth "$auth_pin"
	follow learn >said 2>&1 || cat said
	signed auth
	asked_for 1
}
operation "sign, user authentication key" 1 0 auth_signs
tap "it signs once more" auth_signs
tap "a second signature costs no VERIFY, and nothing is asked" costs 0 0 signed auth
tap "nor was it" asked_for 1
tap "the question names the token" grep -q 'JPKI.x2DAUTH' asked

sign_signs() {
	set_up sign "$sign_pin"
	follow learn-private >said 2>&1 || cat said
	signed sign
	asked_for 1
}
operation "sign, signature key" 0 1 sign_signs
# Half of gpgsm's signatures have a byte too many for others.
others_verify() {
	USER_ID=$(fingerprint sign) follow sign-strict >said 2>&1 || cat said
	silently openssl cms -verify -inform DER -in document.p7s -content document -binary \
		-CAfile sign-ca.pem -purpose any -out /dev/null
	accepted --content document document.p7s
}
tap "the page's way others verify it as well" others_verify
by_us() {
	printf '%s' "$sign_pin" >pin
	chmod 600 pin
	silently "$JPKI_TOOL" sign -k sign --yes --pin-file pin --format cms --detached \
		-f -o document.p7s document
	follow verify >verified 2>&1 || cat verified
	grep -q 'Good signature' verified || echo "gpgsm does not verify it"
}
tap "it finds good what jpki-tool signs" by_us
# Nobody finds one good, and nobody waits for it.
hopeless() {
	mkdir -p hopeless
	printf '#!/bin/sh\nexit 1\n' >hopeless/openssl
	printf '#!/bin/sh\n' >hopeless/sleep
	chmod +x hopeless/*
	! PATH=$work/hopeless:$PATH USER_ID=$1 follow sign-strict >said 2>&1 || echo "succeeds"
}
tap "which fails if none of them is good" hopeless "$(fingerprint sign)"

# The card is pulled and put back: with it the login went.
tap "the signature key is there once more" sign_signs
card_out
# gpgsm leaves a file that is no signature.
sign_refused() {
	rm -f document.p7s
	! USER_ID=$(fingerprint sign) follow sign >said 2>&1 || echo "succeeded"
	! follow verify >verified 2>&1 || { echo "it is signed:"; cat verified; }
}
tap "without the card it cannot sign" sign_refused
card_in
fresh_tries
tap "with the card back it signs, for one VERIFY" costs 0 1 signed sign
tap "for which it asked again" asked_for 2

# What can cost tries: gpg-agent asks three times.
wrong() {
	set_up auth "$1"
	follow learn
	signed auth
}
fresh_tries
tap "the same wrong PIN costs one try, however often it is typed" costs 1 0 wrong 0000
fresh_tries
tap "a PIN that cannot be right costs nothing" costs 0 0 wrong abcd
wrong_private() {
	set_up sign "$1"
	follow learn-private
}
tap "a signature PIN that cannot be right costs nothing" costs 0 0 wrong_private 1234
tap_end
