#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
#
# A phone as the reader: a card that comes to pcscd over TCP, as the vsmartcard
# project's app for Android brings it.  `jpki-vcard serve' is the phone.
p11_world=()
# shellcheck source=tests/clients/lib.sh
. "${JPKI_SRC:?}/tests/clients/lib.sh"
# vpcd listens at every address of its machine.
loopback_only

# The world's own pcscd makes room for one that is set up as the package does
# it, but for the place of the driver, which is hidden here.
card remove >/dev/null
card pcscd stop >/dev/null
driver=$(dirname "$JPKI_VCARD_LOG")/libifdvpcd0.so
sed "s|^LIBPATH.*|LIBPATH $driver|" /etc/reader.conf.d/vpcd >reader.conf
"$(PATH=$PATH:/usr/sbin command -v pcscd)" --foreground --info --config "$work/reader.conf" \
	>pcscd.log 2>&1 </dev/null &
p11_started+=($!)

# pcscd looks once in a while.  Until it has seen the card go it takes the next
# one for the same, and who asks meanwhile leaves it in two minds for good.
removals() { grep -c 'Card Removed From' pcscd.log; }
another_removal() { [ "$(removals)" -gt "$removals" ]; }
held() { jpki-tool readers | grep -q 'JPKI card'; }
away() { ! held; }

export JPKI_VCARD_LOG=$work/phone.log JPKI_VCARD_CONTROL=$work/phone.control
phone_comes() {
	touch "$JPKI_VCARD_LOG"
	recipe phone | sed "s|\$| --log $JPKI_VCARD_LOG --control $JPKI_VCARD_CONTROL|" >phone.sh
	bash -eu -c 'exec $(cat phone.sh)' >phone.words 2>&1 </dev/null &
	phone=$!
	p11_started+=("$phone")
}
seen() { soon held || cat phone.words pcscd.log; }
phone_goes() {
	removals=$(removals)
	kill "$phone"
	wait "$phone" 2>/dev/null
	unset "p11_started[-1]"
}

tap "before the phone there is a reader without a card" soon away
tap "the reader is there" says 'Virtual PCD 00 00' jpki-tool readers
follow card
phone_comes
tap "the card that the phone holds is seen" seen

tap "jpki-tool shows the card" says '3 of 3 tries left' follow status
tap "jpki-tool reads the certificates" public_keys
signed() {
	rm -f signature
	followed "$1" "$2"
	verified sha256 "$3" signature
}
operation "signature, user authentication key" 1 0 signed "$auth_pin" sign auth
operation "signature, signature key" 0 1 signed "$sign_pin" sign-sign sign

# As slow as a card on a phone may be.
card fault delay=20 >/dev/null
card fault delay-sign=300 >/dev/null
operation "signature, slow" 1 0 signed "$auth_pin" sign auth
card faults clear >/dev/null

# The phone is taken away, and comes back.
phone_goes
tap "the phone goes, and the card with it" soon another_removal
tap "so jpki-tool says" soon away
tap "without it nothing is signed" refused "$auth_pin" sign
phone_comes
tap "the phone comes back" seen
before=$(wc -c <"$JPKI_VCARD_LOG")
tap "and the card signs again" signed "$auth_pin" sign auth

# The link breaks when the PIN has arrived: nobody sends it again.  Of the same
# commands as before, that is so many questions for the tries later.
verify=$(tail -c +$((before + 1)) "$JPKI_VCARD_LOG" | awk '
	/"command":"0020/ { n++ }
	/"command":"0020[^"]*[*]/ { print n; exit }')
card pins clear >/dev/null
card counters clear >/dev/null
removals=$(removals)
card fault "hangup=after@ins=20#$verify" >/dev/null
tap "a link that breaks at the PIN ends the program" refused "$auth_pin" sign
tap "the PIN went out once" same 1 "$(card pins | jq .pins.auth.verify)"
tap "no try is lost" same 3 "$(card tries auth | jq .tries.auth)"
card faults clear >/dev/null
tap "pcscd saw it" soon another_removal
tap "the link is there again" seen
tap "and the next program signs" signed "$auth_pin" sign auth

tap "a wrong PIN costs one try" costs 1 0 following 0000 sign
tap "a PIN that cannot be right costs nothing" costs 0 0 following abcd sign
tap_end
