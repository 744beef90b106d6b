#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
#
# Several programs with one card, and several cards.
if [ -z "${JPKI_VCARD_LOG:-}" ]; then
	TOGETHER=$(mktemp -d) || exit 1
	export TOGETHER
	"$JPKI_VCARD" create "$TOGETHER/1" || exit 1
	"$JPKI_VCARD" create "$TOGETHER/2" --pin-auth 5678 --pin-sign XYZ789 || exit 1
fi
# shellcheck disable=SC2034 # lib-p11.sh takes it
p11_world=("${TOGETHER:?}/1" --card "$TOGETHER/2")
# shellcheck source=tests/clients/lib.sh
. "${JPKI_SRC:?}/tests/clients/lib.sh"
trap 'p11_leave; rm -rf "$work" "$TOGETHER"' EXIT
# shellcheck source=tests/clients/lib-ssh.sh
. "$JPKI_SRC/tests/clients/lib-ssh.sh"
for tool in opensc-tool p11tool p11-kit pkg-config jq openssl java; do
	tap_tool "$tool"
done
second_auth=5678 second_sign=XYZ789

# spent NUMBERS COMMAND...: PINs that reached the cards meanwhile: the first's
# for user authentication and for signatures, and the second's.
spent() {
	local expected=$1 n
	shift
	for n in 1 2; do
		card card "$n" pins clear >/dev/null
	done
	"$@" >spent.said 2>&1 </dev/null
	same "$expected" "$(for n in 1 2; do
		card card "$n" pins | jq '.pins.auth.verify, .pins.sign.verify'
	done | xargs)"
}
wrong() { for n in 1 2; do card card "$n" pins | jq .pins.auth.wrong; done | xargs; }
fresh_cards() {
	for n in 1 2; do
		card card "$n" tries auth 3 >/dev/null
		card card "$n" tries sign 5 >/dev/null
	done
}

fresh_tries() { fresh_cards; }

#
# Two programs, one card.
#

card card 2 remove >/dev/null
ssh_agent
jpki-tool ssh-key >first.pub
agent_signs() {
	rm -f document.sig
	silently ssh-keygen -Y sign -f first.pub -n file document
}
agent_refuses() { ! ssh-keygen -Y sign -f first.pub -n file document >said 2>&1 || echo "signed"; }
add() { following "$1" add; }
readd() {
	silently follow remove
	followed "$auth_pin" add
	agent_signs
}

tap "an agent is told the PIN" spent '1 0 0 0' add "$auth_pin"
tap "it signs" agent_signs
tap "others look at the card" silently follow look
tap "the agent signs on, without the PIN" spent '0 0 0 0' agent_signs
tap "indeed" agent_signs

looked_at() {
	let_go "$MODULE_AUTH"
	followed "$auth_pin" add
	silently follow look
	agent_signs
	let_go "$MODULE_AUTH"
}
let_go "$auth_only"
operation "agent signs after another program looked at the card" 1 0 looked_at
silently add "$auth_pin"

raw() { opensc-tool -c default -r 'Virtual PCD 00 00' "$@" >/dev/null 2>&1; }
raw -s 00A4040C0AD392F000260100000001 -s 00A4020C020018 -s 00200080
tap "another program asks in the same application; the agent signs on" agent_signs

# Each of these has the card forget the PIN.
raw_other() { raw -s 00A4040C0AD3921000310001010408; }
input_assistance() {
	printf 1234 >pin
	jpki-tool pin verify input --pin-file pin
	rm -f pin
}
with_the_module() {
	GNUTLS_PIN=$auth_pin p11tool --provider="$both" --batch --login --test-sign "$auth_key"
}
signature_key() {
	GNUTLS_PIN=$sign_pin p11tool --provider="$both" --batch --login --test-sign "$sign_key"
}
for other in raw_other input_assistance with_the_module signature_key; do
	tap "$other" silently "$other"
	tap "after $other the agent refuses, and sends no PIN" spent '0 0 0 0' agent_refuses
	tap "indeed" agent_refuses
	tap "the PIN once more, and it signs" spent '1 0 0 0' readd
	tap "indeed" agent_signs
done
let_go "$auth_only"

# Many at once, of which each end logs the others out: a signature may fail,
# and be refused for want of a PIN, but no PIN goes astray and none is wrong.
at_once() {
	local n
	for n in 1 2 3 4; do
		with_the_module >"once.$n" 2>&1 &
		once[n]=$!
	done
	for n in 1 2 3 4; do
		wait "${once[n]}"
	done
}
card pins clear >/dev/null
at_once
tap "four programs at once: no PIN is wrong, and none goes elsewhere" same '0 0 0' \
	"$(card pins | jq '.pins.auth.wrong, .pins.sign.verify, .astray' | xargs)"
sent() { [ "$(card pins | jq .pins.auth.verify)" -ge 1 ] || card pins; }
tap "but some were sent" sent
one_signed() { grep -q 'public key in the token... ok' once.? || cat once.?; }
tap "and one program signed at least" one_signed

#
# Two cards.
#

card card 2 insert >/dev/null
follow list >urls
tap "two cards are four tokens" same 4 "$(sort -u urls | grep -c 'token=JPKI-')"
serials() { sed -n 's/.*serial=\([0-9A-F]*\);token=JPKI-AUTH.*/\1/p' urls; }
tap "of two serial numbers" same 2 "$(serials | sort -u | wc -l)"
first=$(serials | sed -n 1p) second=$(serials | sed -n 2p)

with() { SERIAL=$1 following "$2" "$3"; }
for_card() {
	SERIAL=$1 followed "$2" "$3"
	grep -q 'public key in the token... ok' said || cat said
}
tap "the first card signs" for_card "$first" "$auth_pin" sign
tap "the second card signs" for_card "$second" "$second_auth" sign
tap "the first card's other key signs" for_card "$first" "$sign_pin" sign-sign
tap "the second card's other key signs" for_card "$second" "$second_sign" sign-sign
tap "the first's PIN goes to the first only" \
	spent '1 0 0 0' with "$first" "$auth_pin" sign
tap "the second's PIN goes to the second only" \
	spent '0 0 1 0' with "$second" "$second_auth" sign
tap "the first's password goes to the first only" \
	spent '0 1 0 0' with "$first" "$sign_pin" sign-sign
tap "the second's password goes to the second only" \
	spent '0 0 0 1' with "$second" "$second_sign" sign-sign
tap "a wrong PIN for the second does not touch the first" \
	spent '0 0 2 0' with "$second" $'0000\n'"$second_auth" sign
fresh_cards
second_signs() {
	local serial
	serial=$(follow list | sed -n 's/.*;serial=\([^;]*\);.*/\1/p' | sed -n '$p')
	for_card "$serial" "$second_auth" sign
}
operation "signature, second of two cards" 1 0 second_signs

# The keys of the two.
for n in 1 2; do
	openssl x509 -pubkey -noout >"auth$n.pub" < <(jpki-tool cert auth --pem \
		--reader "Virtual PCD 00 0$((n - 1))")
done
tap "they have two keys" test "$(cat auth1.pub)" != "$(cat auth2.pub)"

# OpenSSL, to which the token's name alone is not enough.
openssl_signs() {
	rm -f document.sig
	SERIAL=$1 followed "$2" sign-openssl
	verified sha256 "$3" document.sig
}
tap "OpenSSL signs with the first card" openssl_signs "$first" "$auth_pin" auth1
tap "and with the second" openssl_signs "$second" "$second_auth" auth2
tap "whose PIN goes there only" spent '0 0 1 0' with "$second" "$second_auth" sign-openssl
recipe sign-openssl | sed 's/serial=[^;]*;//' >recipe.nameless
nameless() {
	PROMPTS=$work/prompts "$JPKI_SRC/tests/clients/typing" "$auth_pin" bash -eu recipe.nameless
}
tap "without a serial number OpenSSL finds no key, and sends no PIN" spent '0 0 0 0' nameless
tap "so it says" grep -q 'object not found' spent.said
tap "and nobody is asked" same 0 "$(prompts)"

# Java, which counts slots.
page=java follow program-sign
java_signs() {
	rm -f document.sig
	follow configure-java
	page=java ALIAS=JPKI-AUTH followed "$second_auth" sign
}
tap "Java signs with the second card" java_signs
tap "indeed" verified sha256 auth2 document.sig
tap "and its PIN goes there only" spent '0 0 1 0' java_signs

# ssh asks for the PIN of the card whose key the server takes.
ssh_server
ssh-keygen -D "$both" 2>/dev/null | grep 'JPKI-AUTH$' >keys
login() { SSH_AUTH_SOCK='' MODULE_AUTH=$auth_only following "$1" login; }
sed -n 2p keys >authorized_keys
tap "ssh -I: the PIN goes to the card with the server's key" \
	spent '0 0 1 0' login "$second_auth"
sed -n 1p keys >authorized_keys
tap "and so for the other" spent '1 0 0 0' login "$auth_pin"

# An agent tries its one PIN on each card, unless it is shown only one.
tap "ssh-add tries the PIN on both cards" spent '1 0 1 0' add "$second_auth"
tap "which costs the other a try" same '1 0' "$(wrong)"
let_go "$auth_only"
fresh_cards
SERIAL=$second follow serve-one >said 2>&1
p11_started+=("$(sed -n 's/^P11_KIT_SERVER_PID=\([0-9]*\);.*/\1/p' server.sh)")
until [ -S one.sock ]; do
	sleep 0.05
done
CLIENT=$(pkg-config --variable=p11_module_path p11-kit-1)/p11-kit-client.so
export CLIENT P11_KIT_SERVER_ADDRESS=unix:path=$work/one.sock
rm -f agent
ssh_agent
one() { following "$second_auth" add-one; }
tap "through p11-kit the agent sees one card" spent '0 0 1 0' one
tap "and has its key" same "$(sed -n 2p keys | cut -d ' ' -f 2)" \
	"$(ssh-add -L | grep 'JPKI-AUTH$' | cut -d ' ' -f 2)"
sed -n 2p keys >authorized_keys
tap "with which it logs in" silently ssh server true
tap_end
