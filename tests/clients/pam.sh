#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
#
# pam_p11 with the module: logins to the machine.
p11_world=()
# shellcheck source=tests/clients/lib.sh
. "${JPKI_SRC:?}/tests/clients/lib.sh"
tap_tool pamtester

# A service of our own, and a user whose home is the test's, in folders that
# `jpki-vcard run' lets nobody else see.
mkdir pam.d bin sbin
cp /etc/pam.d/* pam.d
cp "$JPKI_TOOL" bin
USER=somebody
{
	cat /etc/passwd
	echo "$USER:x:$(id -u):$(id -g)::$work:/bin/sh"
} >passwd
if ! mount --bind pam.d /etc/pam.d || ! mount --bind passwd /etc/passwd ||
	! mount --bind bin /usr/local/bin || ! mount --bind sbin /usr/local/sbin; then
	exit 1
fi
export USER

tap "jpki-tool reads the certificates" public_keys
tap "jpki-tool writes down whose card it is" follow authorize
tap "the page's guard" follow guard
login() { follow configure && followed "$auth_pin" "$1"; }
operation "login" 1 0 login try
both_tokens() { MODULE_AUTH=$both "$@"; }
tap "with both tokens it works too" both_tokens login try
tap "and costs one VERIFY" costs 1 0 both_tokens login try

changed() {
	follow configure && follow configure-change &&
		following "$1"$'\n'"$2" change >said 2>&1
	[ "$(card pins | jq -r .pins.auth.value)" = "$2" ] || cat said
	same 3 "$(prompts)"
}
tap "the PIN is changed" changed "$auth_pin" 4321
tap "and back" changed 4321 "$auth_pin"
tap "a wrong old PIN costs one try" costs 1 0 changed 0000 4321
fresh_tries

# answered PIN WORDS: there is no login, and this is said about it.
answered() {
	! following "$1" try >said 2>&1 || echo "succeeded"
	grep -q "$2" said || cat said
}
follow configure
tap "a wrong PIN is refused" answered 0000 'PIN not verified'
tap "a wrong PIN costs one try" costs 1 0 following 0000 try
tap "then it says that one try is left, and does not use it" \
	costs 0 0 answered "$auth_pin" 'JPKI-AUTH (last try)'
tap "nor for a wrong PIN" answered 0000 'one try remaining'
tap "one try is left indeed" same 1 "$(card tries auth | jq .tries.auth)"
card tries auth 0 >/dev/null
tap "a locked PIN is not asked for" answered "$auth_pin" 'Authentication failure'
tap "indeed it is not" same 0 "$(prompts)"
fresh_tries
for pin in 123 12345 abcd 'my password' ''; do
	tap "\"$pin\" cannot be the PIN, and costs nothing" costs 0 0 following "$pin" try
	tap "\"$pin\" is told from a PIN" answered "$pin" 'Invalid PIN'
done

card_out
tap "without the card there is no login" answered "$auth_pin" 'Authentication failure'
tap "and nobody is asked" same 0 "$(prompts)"
card_in
tap "with the card back it works" login try

mv .eid elsewhere
mkdir -p .eid
cp sign.pem .eid/authorized_certificates
tap "another's card opens nothing" costs 0 0 following "$auth_pin" try
tap "and its PIN is not asked for" answered "$auth_pin" 'No authorized keys'
sign_login() {
	MODULE_AUTH=$sign_only follow configure
	answered "$sign_pin" 'No authorized keys'
}
tap "the signature token opens nothing, and its PIN is not asked for" sign_login
tap_end
