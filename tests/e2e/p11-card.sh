#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
#
# What happens to a program that uses the PKCS #11 module when the card is
# pulled, when another program uses it, and when pcscd goes away.
p11_world=()
# shellcheck source=tests/e2e/lib-p11.sh
. "${JPKI_SRC:?}/tests/e2e/lib-p11.sh"
tap_tool opensc-tool

# The program: it lives through the whole test, and is told each step.
mkfifo to from
"$JPKI_BUILD/tests/e2e/p11steps" "$both" <to >from &
p11_started+=($!)
exec 3>to 4<from

tell() { echo "$*" >&3; }
answer() {
	local line
	IFS= read -r -t 120 line <&4 || line='(no answer)'
	echo "$line"
}

# step WANTED STEP...: the step's answer is the wanted one.
step() {
	local wanted=$1
	shift
	tell "$@"
	same "$wanted" "$(answer)"
}

# One of several answers, parted by |.
step_one_of() {
	local wanted=$1 said
	shift
	tell "$@"
	said=$(answer)
	case "|$wanted|" in
	*"|$said|"*) ;;
	*) echo "is \"$said\", none of $wanted" ;;
	esac
}

begin() {
	tap "$1: a session" step CKR_OK open "$2"
	tap "$1: a login" step CKR_OK login "$3"
	tap "$1: a signature" step 'CKR_OK 256' sign
}

tap "the module starts" step CKR_OK initialize
tap "two readers, two tokens" step 'CKR_OK 4 2' present
tap "a card that was there at the start is no event" step CKR_NO_EVENT event

# Events.
tell wait
card_out
tap "a wait ends when the card is pulled" same 'CKR_OK 0 empty' "$(answer)"
tap "the other slot's event" step 'CKR_OK 1 empty' event
tap "and there it ends" step CKR_NO_EVENT event
tap "no token is left" step 'CKR_OK 4 0' present
tell wait
card_in
tap "a wait ends when the card is put in" same 'CKR_OK 0 present' "$(answer)"
tap "the other slot's event, too" step 'CKR_OK 1 present' event
tap "and it ends there" step CKR_NO_EVENT event

# Removal during use.
begin "before a removal" JPKI-AUTH "$auth_pin"
card_out
tap "a session ends with its card" step CKR_SESSION_HANDLE_INVALID state
tap "nor does it sign" step CKR_SESSION_HANDLE_INVALID sign
tap "without a card there is no session" step CKR_TOKEN_NOT_PRESENT open JPKI-AUTH
card_in
tap "a card that came back did not bring the session back" step CKR_SESSION_HANDLE_INVALID state
begin "after a removal" JPKI-AUTH "$auth_pin"
card_out
card_in
tap "out and in, with nobody looking, ends a session as well" \
	step CKR_SESSION_HANDLE_INVALID sign
begin "after out and in" JPKI-AUTH "$auth_pin"
card counters clear >/dev/null
card fault 'remove@ins=2A#1' >/dev/null
tap "pulled in the middle of a signature" \
	step_one_of 'CKR_DEVICE_REMOVED|CKR_DEVICE_ERROR' sign
card faults clear >/dev/null
"$JPKI_TOOL" wait remove
card_in
begin "after that" JPKI-AUTH "$auth_pin"

# A reset behind the reader's back, and one by another program.
card reset >/dev/null
tap "after a reset it goes on, or wants the PIN again" \
	step_one_of 'CKR_OK 256|CKR_USER_NOT_LOGGED_IN|CKR_KEY_HANDLE_INVALID' sign
tell close
answer >/dev/null
begin "after a reset" JPKI-AUTH "$auth_pin"
opensc-tool --reset >words 2>&1
tap "after another program's reset the login is over" \
	step_one_of 'CKR_OK 256|CKR_USER_NOT_LOGGED_IN|CKR_KEY_HANDLE_INVALID' sign
tell close
answer >/dev/null

# Another program selects another application between two signatures.
begin "before another program comes" JPKI-SIGN "$sign_pin"
opensc-tool --card-driver default --send-apdu 00A4040C07A0000001510000 >words 2>&1 ||
	tap "opensc-tool works" cat words
tap "then the PIN is needed again, and this is said" \
	step_one_of 'CKR_USER_NOT_LOGGED_IN|CKR_KEY_HANDLE_INVALID' sign
tap "the session is a public one" step 'CKR_OK public' state
tap "it logs in again" step CKR_OK login "$sign_pin"
tap "and signs again" step 'CKR_OK 256' sign
tell close
answer >/dev/null

# Another program locks the PIN.
card tries auth 1 >/dev/null
tap "tries that another program left are seen" step 'CKR_OK low final' flags JPKI-AUTH
card tries auth 0 >/dev/null
tap "a lock that another program made is seen" step 'CKR_OK locked' flags JPKI-AUTH
tap "a session for a locked PIN" step CKR_OK open JPKI-AUTH
tap "a login with a locked PIN" step CKR_PIN_LOCKED login "$auth_pin"
card tries auth 3 >/dev/null
tap "a lock that was lifted is forgotten" step CKR_OK login "$auth_pin"

# pcscd goes away and comes back.
tap "a signature before" step 'CKR_OK 256' sign
card pcscd stop >/dev/null
tap "without pcscd no token is there" step 'CKR_OK 4 0' present
card pcscd start >/dev/null
begin "pcscd is back" JPKI-AUTH "$auth_pin"
card pcscd stop >/dev/null
card pcscd start >/dev/null
tap "pcscd was away with nobody looking" \
	step_one_of 'CKR_SESSION_HANDLE_INVALID|CKR_DEVICE_REMOVED' sign
begin "then" JPKI-SIGN "$sign_pin"

# Leaving really closes the card: the key signs no more for anybody.
tap "while it is logged in, another program can sign" same 1 "$(foreign_signature 001A)"
tap "the last close" step CKR_OK close
tap "after it no other program can sign" same 0 "$(foreign_signature 001A)"
begin "once more" JPKI-SIGN "$sign_pin"
tap "the end" step CKR_OK finalize
tap "after it no other program can sign, either" same 0 "$(foreign_signature 001A)"
tap "the module can start again" step CKR_OK initialize
begin "and works" JPKI-AUTH "$auth_pin"
tap "and ends" step CKR_OK finalize
tap_end
