#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
#
# exclusive=login: what other programs get while a program is logged in, and
# what it gets while they are there; and that jpki-tool lets nobody come
# between VERIFY and logout.
p11_world=()
# shellcheck source=tests/e2e/lib-p11.sh
. "${JPKI_SRC:?}/tests/e2e/lib-p11.sh"
tap_tool opensc-tool

# Programs, each with a name: start NAME, then step NAME WANTED STEP...
declare -A to=() from=() pid=()
start() {
	local in out
	mkfifo "$1.to" "$1.from"
	"$JPKI_BUILD/tests/e2e/p11steps" "$both" <"$1.to" >"$1.from" 2>"$1.err" &
	pid[$1]=$!
	p11_started+=($!)
	exec {in}>"$1.to" {out}<"$1.from"
	to[$1]=$in from[$1]=$out
	rm "$1.to" "$1.from"
}

step() {
	local name=$1 wanted=$2 line
	shift 2
	echo "$*" >&"${to[$name]}"
	IFS= read -r -t 120 line <&"${from[$name]}" || line='(no answer)'
	same "$wanted" "$line"
}

stop() {
	local in=${to[$1]} out=${from[$1]}
	exec {in}>&- {out}<&-
	wait "${pid[$1]}"
}

begin() {
	tap "$1: a session" step one CKR_OK open "$2"
	tap "$1: a login" step one CKR_OK login "$3"
	tap "$1: a signature" step one 'CKR_OK 256' sign
}

# Another program connects, with PC/SC only.
connect() {
	opensc-tool --card-driver default --send-apdu 00A4040C07A0000001510000 2>&1
}
can_connect() { connect | grep -q 'SW1=0x90' || echo "it cannot"; }
# pcscd needs a moment to see that a program has died.
can_connect_soon() {
	local try
	for try in $(seq 600); do
		[ -n "$(can_connect)" ] || return 0
		sleep 0.1
	done
	echo "it cannot, $try times"
}
cannot_connect() { refuses 'in use by another application' connect; }

# jpki-tool says so, and what to do.
tool_is_busy() {
	local said status=0
	said=$("$JPKI_TOOL" status 2>&1) || status=$?
	same 3 "$status"
	case $said in
	*'another program holds the card; end it '*) ;;
	*) echo "says \"$said\"" ;;
	esac
}
tool_works() { silently "$JPKI_TOOL" status; }

#
# From the login to its end.
#

start one
tap "the module starts" step one CKR_OK initialize exclusive=login log=error
tap "a session" step one CKR_OK open JPKI-AUTH
tap "before the login another program can connect" can_connect
tap "a login" step one CKR_OK login "$auth_pin"
tap "then none can" cannot_connect
tap "jpki-tool says that the card is held, with status 3" tool_is_busy
tap "a signature" step one 'CKR_OK 256' sign
tap "still none can" cannot_connect
tap "the other token works as well" step one CKR_OK open JPKI-SIGN
tap "its login" step one CKR_OK login "$sign_pin"
tap "its signature" step one 'CKR_OK 256' sign
start two
tap "another program's module starts" step two CKR_OK initialize
tap "and sees no token" step two 'CKR_OK 4 0' present
tap "a logout" step one CKR_OK logout
tap "after it another program can connect" can_connect
tap "it cannot sign with user authentication" same 0 "$(foreign_signature 0017)"
tap "nor with the signature key" same 0 "$(foreign_signature 001A)"
tap "jpki-tool works" tool_works
tap "and the other module sees the tokens" step two 'CKR_OK 4 2' present

#
# With a neighbour.
#

before=$(verifies auth)
tap "a session of the other token" step one CKR_OK open JPKI-AUTH
tap "with another module there a login is refused" step one CKR_DEVICE_ERROR login "$auth_pin"
tap "again" step one CKR_DEVICE_ERROR login "$auth_pin"
tap "no PIN was sent" same "$before" "$(verifies auth)"
tap "the log says what to do" \
	says 'another program is connected to the card; end it and try again' cat one.err
tap "the session is a public one" step one 'CKR_OK public' state
tap "the neighbour leaves" step two CKR_OK finalize
begin "without it" JPKI-AUTH "$auth_pin"
tap "one PIN was sent" same $((before + 1)) "$(verifies auth)"
tap "nobody can connect" cannot_connect
tap "the last close of the token" step one CKR_OK close
tap "is not the last session" cannot_connect
tap "the end" step one CKR_OK finalize
tap "after it another program can connect" can_connect

#
# Two programs that want the card for themselves.
#

tap "once more" step one CKR_OK initialize exclusive=login log=error
tap "and the other one" step two CKR_OK initialize exclusive=login log=error
begin "first come" JPKI-SIGN "$sign_pin"
tap "the second finds no token" step two CKR_TOKEN_NOT_PRESENT open JPKI-AUTH
tap "the first closes its last session" step one CKR_OK close
tap "the second finds it" step two CKR_OK open JPKI-AUTH
tap "but has a neighbour" step two CKR_DEVICE_ERROR login "$auth_pin"
tap "the first leaves" step one CKR_OK finalize
tap "the second logs in" step two CKR_OK login "$auth_pin"
tap "and nobody else" cannot_connect
stop two

#
# The card leaves, and pcscd.
#

tap "a fresh start" step one CKR_OK initialize exclusive=login
begin "before a removal" JPKI-AUTH "$auth_pin"
card_out
card_in
tap "a card that came back is still held" cannot_connect
tap "until the program notices" step one CKR_SESSION_HANDLE_INVALID state
tap "then others can connect" can_connect
begin "after a removal" JPKI-AUTH "$auth_pin"
card pcscd stop >/dev/null
card pcscd start >/dev/null
"$JPKI_TOOL" wait insert >/dev/null
tap "after a restart of pcscd nobody holds the card" can_connect
tap "and nobody can sign" same 0 "$(foreign_signature 0017)"
tap "nor can the program" step one CKR_SESSION_HANDLE_INVALID sign
begin "after that" JPKI-AUTH "$auth_pin"
tap "which holds it again" cannot_connect

# A broken exchange: the card's power is cut before anybody can come.  pcscd
# takes it for absent until it has looked.
card counters clear >/dev/null
card fault 'empty@ins=2A#1' >/dev/null
tap "an answer of nothing is the end" step one CKR_DEVICE_REMOVED sign
card faults clear >/dev/null
"$JPKI_TOOL" wait insert >/dev/null
tap "then others can connect" can_connect
tap "and cannot sign" same 0 "$(foreign_signature 0017)"
begin "after that" JPKI-AUTH "$auth_pin"

kill -9 "${pid[one]}"
wait "${pid[one]}" 2>/dev/null
tap "a program that was killed holds nothing" can_connect_soon

#
# By default the card is shared, and this is what it means.
#

start three
tap "the default" step three CKR_OK initialize
tap "a session" step three CKR_OK open JPKI-AUTH
tap "a login" step three CKR_OK login "$auth_pin"
tap "another program can look at the card" tool_works
tap "which is no harm to the login" step three 'CKR_OK 256' sign
tap "it can sign as well" same 1 "$(foreign_signature 0017)"
tap "another program can end the login" can_connect
tap "and it is ended" step three CKR_USER_NOT_LOGGED_IN sign
tap "the end" step three CKR_OK finalize

#
# jpki-tool: one transaction from VERIFY to logout.
#

# Another program that tries to sign all the while; what it got, a line each.
intrude() {
	while [ ! -e over ]; do foreign_signature 0017; done
}
batch() {
	local i files=()
	for i in 1 2 3 4 5; do echo "$i" >"file$i" && files+=("file$i"); done
	printf '%s' "$auth_pin" | "$JPKI_TOOL" sign -k auth --pin-fd 0 --suffix .sig "${files[@]}"
}
# Commands between VERIFY and logout that are not jpki-tool's.
strangers() {
	awk '
		{
			at = index($0, "\"command\":\"")
			if (at == 0)
				next
			command = substr($0, at + 11)
			command = substr(command, 1, index(command, "\"") - 1)
		}
		/"acted":false/ { next }
		command ~ /^0020/ && length(command) > 10 { inside = 1; next }
		!inside { next }
		command ~ /^00A4040C07A0000001510000/ { exit }
		command ~ /^00A4020C02|^802A|^00B0|^00A4040C0AD392F00026/ { known++; next }
		{ print command }
		END { if (known < 10) print "saw only " known " commands" }
	' <(tail -n +"$1" "$JPKI_VCARD_LOG")
}
# Did the intruder reach the card at all?
intruded() { tail -n +"$1" "$JPKI_VCARD_LOG" | grep -q '"command":"00A404000AD392F0' && echo yes; }
card fault delay-sign=300 >/dev/null
lines=$(wc -l <"$JPKI_VCARD_LOG")
intrude >intruder &
intruder=$!
until [ -s intruder ]; do sleep 0.05; done
tap "jpki-tool signs a batch, with an intruder at the door" silently batch
: >over
wait "$intruder"
card faults clear >/dev/null
tap "who never got a signature" same '' "$(grep -v '^0$' intruder)"
tap "nor a command in between" strangers $((lines + 1))
tap "but had some before and after" says yes intruded $((lines + 1))

tap "no try was lost" same '3 5' "$(tries auth) $(tries sign)"
tap_end
