#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
#
# jpki-vcard run: a private PC/SC world for one command; and what can be done
# to its cards from within.
#
# The script calls itself inside of worlds: --play FUNCTION runs a check there.
set -u

JPKI_VCARD=$(command -v "${JPKI_VCARD:-jpki-vcard}") || exit 1
JPKI_SRC=${JPKI_SRC:-$(cd "$(dirname "$0")/../.." && pwd)}
self=$(realpath "$0")
export JPKI_VCARD JPKI_SRC

# shellcheck source=scripts/tap.sh
. "$JPKI_SRC/scripts/tap.sh"

first='Virtual PCD 00 00'
second='Virtual PCD 00 01'
select_jpki=00A4040C0AD392F000260100000001
select_pin=00A4020C020018
ask_tries=00200080

control() { "$JPKI_VCARD" control "$JPKI_VCARD_CONTROL" "$@"; }

# done_by control...: it has to succeed, and says nothing.
done_by() {
	local said
	said=$("$@") || echo "$*: $said"
}

# send READER APDU...: the answers, a line each: data if any, then SW.
send() {
	local reader=$1 args=()
	shift
	for apdu; do
		args+=(-s "$apdu")
	done
	opensc-tool -c default -r "$reader" "${args[@]}" 2>&1 |
		sed -nE 's/^Received \(SW1=0x(..), SW2=0x(..)\)(:?)$/\1\2/p'
}

# expect WHAT GOT WANTED
expect() { [ "$2" = "$3" ] || echo "$1: \"$2\", not \"$3\""; }

# expect_answers SW... : of JPKI, its PIN file, the tries.
expect_answers() {
	local reader=$1
	shift
	expect "$reader" "$(send "$reader" "$select_jpki" "$select_pin" \
		"$ask_tries" | xargs)" "$*"
}

# "Yes" or "No" for a reader, or nothing if there is none.
card_in() {
	opensc-tool -l 2>&1 | awk -v name="$1" '
		{ card = $2; $1 = $2 = ""; sub(/^ +/, "") } $0 == name { print card }'
}

expect_card() { expect "a card in $1" "$(card_in "$1")" "$2"; }

if [ "${1:-}" = --play ]; then
	function=$2
	shift 2
fi

#
# Checks inside of a world.
#

play_ready() {
	expect_card "$first" Yes
	expect_card "$second" No
	expect_answers "$first" 9000 9000 63C3
	[ -S "$JPKI_VCARD_CONTROL" ] || echo "no $JPKI_VCARD_CONTROL"
	[ -f "$JPKI_VCARD_LOG" ] || echo "no $JPKI_VCARD_LOG"
	[ -d "$JPKI_VCARD_DIR" ] || echo "no $JPKI_VCARD_DIR"
}

play_two_cards() {
	expect_answers "$first" 9000 9000 63C3
	expect_answers "$second" 9000 9000 63C3
	expect_answers 'Virtual PCD 2 00 00' 9000 9000 63C3
	done_by control card 2 remove
	expect_card "$first" Yes
	expect_card "$second" No
	done_by control card 2 tries auth 1
	done_by control card 2 insert
	expect_answers "$first" 9000 9000 63C3
	expect_answers "$second" 9000 9000 63C1
	done_by control card 2 tries auth 3
}

play_no_card() {
	expect_card "$first" No
	done_by control insert
	expect_card "$first" Yes
	expect_answers "$first" 9000 9000 63C3
}

play_no_reader() {
	opensc-tool -l 2>&1 | grep -q 'No smart card readers' ||
		opensc-tool -l
	control state >/dev/null && echo 'a card without a reader'
	return 0
}

play_moves() {
	done_by control remove
	expect_card "$first" No
	done_by control insert
	expect_card "$first" Yes
	expect_answers "$first" 9000 9000 63C3
	done_by control remove
	done_by control insert
	expect_answers "$first" 9000 9000 63C3
}

play_reset_and_power() {
	done_by control reset
	expect_answers "$first" 9000 9000 63C3
	done_by control power
	expect_answers "$first" 9000 9000 63C3
	expect state "$(control state | jq -c '[.present, .mute, .events]')" \
		'[true,false,1]'
}

play_mute() {
	done_by control mute on
	expect_card "$first" Yes
	expect answers "$(send "$first" "$select_jpki")" ''
	done_by control mute off
	expect_answers "$first" 9000 9000 63C3
}

play_tries() {
	expect tries "$(control tries | jq -c '[.tries.auth, .tries.sign]')" \
		'[3,5]'
	done_by control tries auth 2
	expect_answers "$first" 9000 9000 63C2
	send "$first" "$select_jpki" "$select_pin" 002000800430303030 >/dev/null
	expect 'after a wrong PIN' "$(control tries auth)" \
		'{"ok":true,"tries":{"auth":1}}'
	done_by control tries auth 3
	control tries nobody | jq -e '.ok == false' >/dev/null ||
		echo 'tries of nobody'
}

play_counters() {
	done_by control counters clear
	send "$first" "$select_jpki" "$select_pin" "$ask_tries" >/dev/null
	expect A4 "$(control counters | jq -c .ins.A4)" \
		'{"commands":2,"bytes_up":22,"bytes_down":4}'
	expect 20 "$(control counters | jq -c '.ins["20"]')" \
		'{"commands":1,"bytes_up":4,"bytes_down":2}'
	done_by control counters clear
	expect all "$(control counters | jq .commands)" 0
}

play_faults() {
	done_by control fault sw=6F00@ins=20#1
	done_by control counters clear
	expect_answers "$first" 9000 9000 6F00
	expect_answers "$first" 9000 9000 63C3
	done_by control fault sw=6F01@every
	expect_answers "$first" 6F01 6F01 6F01
	done_by control faults clear
	expect_answers "$first" 9000 9000 63C3
	control fault nonsense >/dev/null && echo 'nonsense is accepted'
	return 0
}

# Each ends the exchange, and none the service: then the card is there again.
play_broken_exchanges() {
	local fault
	for fault in remove-insert hangup empty lie-length=5 lie-length=-1; do
		done_by control counters clear
		done_by control fault "$fault@2"
		send "$first" "$select_jpki" "$select_pin" "$ask_tries" >/dev/null
		done_by control remove
		done_by control insert
		expect_answers "$first" 9000 9000 63C3
	done
	done_by control counters clear
	done_by control fault remove@2
	send "$first" "$select_jpki" "$select_pin" >/dev/null
	expect present "$(control state | jq .present)" false
	done_by control insert
	expect_answers "$first" 9000 9000 63C3
}

play_service() {
	local how
	for how in stop kill; do
		done_by control pcscd "$how"
		expect_card "$first" ''
		done_by control pcscd start
		expect_answers "$first" 9000 9000 63C3
	done
	control pcscd start | grep -q 'running already' ||
		echo 'started twice'
	control pcscd rest >/dev/null && echo 'pcscd can rest'
	return 0
}

play_service_dies() {
	kill "$(tr -d '\0' </run/pcscd/pcscd.pid)"
	until [ "$(card_in "$first")" = '' ]; do sleep 0.1; done
	until control pcscd start >/dev/null; do sleep 0.1; done
	expect_answers "$first" 9000 9000 63C3
}

play_log() {
	send "$first" "$select_jpki" "$select_pin" 002000800431323334 \
		802000800431323334 001D0000 >/dev/null
	jq -e . "$JPKI_VCARD_LOG" >/dev/null || echo 'not JSON'
	grep -qi 31323334 "$JPKI_VCARD_LOG" && echo 'a PIN is in the log'
	expect masked "$(jq -r 'select(.command) | .command' \
		"$JPKI_VCARD_LOG" | grep -c '^.0200080\*\*\|^.0200080..\*\*\*\*\*\*\*\*$')" 2
	expect answers "$(jq -r 'select(.command == "'"$select_pin"'") | .answer' \
		"$JPKI_VCARD_LOG" | tail -n 1)" 9000
}

# The other world removes its card and counts; nothing of it is seen here.
play_beside() {
	local i
	expect 'a file of the other world' "$(ls /run/jpki-vcard/other 2>&1)" \
		"ls: cannot access '/run/jpki-vcard/other': No such file or directory"
	touch /run/jpki-vcard/other
	done_by control counters clear
	for ((i = 0; i < $1; i++)); do
		done_by control remove
		expect_card "$first" No
		done_by control insert
		expect_answers "$first" 9000 9000 63C3
	done
	expect queries "$(control counters | jq '.ins["20"].commands')" "$1"
	expect moves "$(control state | jq .events)" $((2 * $1 + 1))
}

if [ -n "${function:-}" ]; then
	"play_$function" "$@"
	exit
fi

#
# Outside.
#

work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
cards=0

# A card of one's own for each check: two worlds cannot share one.
new_card() {
	cards=$((cards + 1))
	cp -R "$work/card" "$work/card.$$.$BASHPID.$cards"
	echo "$work/card.$$.$BASHPID.$cards"
}

# world CHECK [OPTION...]
world() {
	local check=$1
	shift
	"$JPKI_VCARD" run "$(new_card)" "$@" -- "$self" --play "$check"
}

# status WANTED COMMAND...: of run.
status() {
	local wanted=$1 got=0
	shift
	"$JPKI_VCARD" run "$(new_card)" -- "$@" 2>"$work/err" || got=$?
	expect "status of $*" "$got" "$wanted"
}

exit_status() {
	status 0 true
	status 7 sh -c 'exit 7'
	status 255 sh -c 'exit 255'
	# shellcheck disable=SC2016
	status 143 sh -c 'kill -TERM $$'
	# shellcheck disable=SC2016
	status 137 sh -c 'kill -KILL $$'
	status 127 "$work/nothing"
	grep -q "cannot run $work/nothing: No such file" "$work/err" ||
		cat "$work/err"
	status 126 "$work"
	grep -q "cannot run $work: " "$work/err" || cat "$work/err"
}

words_and_streams() {
	# shellcheck disable=SC2016
	expect stdout "$(echo in | "$JPKI_VCARD" run "$(new_card)" -- sh -c \
		'printf "[%s]" "$@" "$(cat)"' sh 'a  b' '' '--' '*')" \
		'[a  b][][--][*][in]'
	expect folder "$(cd "$work" && "$JPKI_VCARD" run "$(new_card)" -- pwd)" \
		"$work"
}

# A relative folder of a card, log and socket are where they are asked for.
given_paths() {
	local card
	card=$(basename "$(new_card)")
	(
		cd "$work" || exit
		# shellcheck disable=SC2016
		"$JPKI_VCARD" run "$card" --log=log.json --control control -- \
			sh -c 'echo "$JPKI_VCARD_DIR" "$JPKI_VCARD_LOG" \
			"$JPKI_VCARD_CONTROL"; ls control'
		[ -s log.json ] || echo 'no log'
		[ ! -e control ] || echo 'the socket is left'
	) >"$work/given"
	expect paths "$(xargs <"$work/given")" \
		"$work/$card $work/log.json $work/control control"
}

# No process of a world is left: none has its mounts.  A killed world needs a
# moment to go.
expect_gone() {
	local namespace=$1 i left
	for ((i = 0; i < 600; i++)); do
		left=$(find /proc -maxdepth 3 -path '/proc/[0-9]*/ns/mnt' \
			-lname "$namespace" 2>/dev/null)
		[ -n "$left" ] || return 0
		sleep 0.1
	done
	echo "left behind: $left"
}

# end_by SIGNAL WANTED AFTER [BEFORE]: run gets the signal, and has to end with
# that status, between the two pieces of its command.
end_by() {
	local signal=$1 wanted=$2 after=$3 before=${4:-true} pid namespace got=0
	rm -f "$work/ready"
	mkfifo "$work/ready"
	env --default-signal=INT "$JPKI_VCARD" run "$(new_card)" -- sh -c \
		"$before; readlink /proc/self/ns/mnt >$work/ready; $after" \
		2>/dev/null &
	pid=$!
	read -r namespace <"$work/ready"
	kill "-$signal" "$pid"
	wait "$pid" || got=$?
	expect "status after $signal" "$got" "$wanted"
	expect_gone "$namespace"
}

killed() {
	end_by TERM 143 'exec sleep 1000'
	end_by INT 130 'exec sleep 1000'
	end_by HUP 129 'exec sleep 1000'
	end_by TERM 143 'sleep 1000; true'
	# shellcheck disable=SC2016
	end_by TERM 5 'sleep 1000 & wait $!; exit 6' 'trap "exit 5" TERM'
	# Nobody can tell it to clean up, and yet nothing is left.
	end_by KILL 137 'exec sleep 1000'
}

background_processes() {
	local namespace
	# shellcheck disable=SC2016
	namespace=$("$JPKI_VCARD" run "$(new_card)" -- sh -c \
		'readlink /proc/self/ns/mnt; sleep 1000 >/dev/null &
		setsid sh -c "trap : TERM; sleep 1000 & sleep 1000" >/dev/null &')
	expect_gone "$namespace"
}

# What a world could leave outside: by name, since others are at work as well.
traces() {
	grep -e jpki-vcard -e pcsc /proc/self/mountinfo
	ls -di /run/pcscd /run/jpki-vcard /tmp/*jpki-vcard* \
		"${TMPDIR:-/tmp}"/*jpki-vcard* 2>&1
}

no_traces() {
	local before
	before=$(traces)
	"$JPKI_VCARD" run "$(new_card)" -- "$self" --play ready
	"$JPKI_VCARD" run -- "$self" --play ready
	expect 'mounts and files' "$(traces)" "$before"
}

two_worlds() {
	"$JPKI_VCARD" run "$(new_card)" -- "$self" --play beside 3 \
		>"$work/one" 2>&1 &
	"$JPKI_VCARD" run "$(new_card)" -- "$self" --play beside 4
	wait $!
	cat "$work/one"
}

# A world inside of a world: as private as beside each other.
nested() {
	# shellcheck disable=SC2016
	"$JPKI_VCARD" run "$(new_card)" -- sh -c '"$JPKI_VCARD" run "$1" -- \
		"$2" --play moves; exec "$2" --play ready' sh "$(new_card)" "$self"
}

# The machine, played by a mount and a network namespace: a pcscd that has its
# card by "serve".  A world comes and goes; who was connected stays so.
machine() {
	local card
	card=$(new_card)
	cat >"$work/machine" <<END
mount -t tmpfs none /run && mkdir /run/pcscd || exit
ip link set lo up || exit
cat >/run/conf <<-CONF
	FRIENDLYNAME "Virtual PCD"
	DEVICENAME /dev/null:0x8C7B
	LIBPATH \$(ls /usr/lib*/pcsc/drivers/serial/libifdvpcd.so /usr/lib/*/pcsc/drivers/serial/libifdvpcd.so 2>/dev/null | head -n 1)
	CHANNELID 0x8C7B
CONF
/usr/sbin/pcscd -f -c /run/conf >/dev/null 2>&1 &
pcscd=\$!
"$JPKI_VCARD" serve "$card" --control /run/control --log /run/log 2>/run/said &
served=\$!
trap 'kill \$pcscd \$served 2>/dev/null; wait' EXIT
until opensc-tool -l 2>/dev/null | grep -q '^0 *Yes'; do sleep 0.1; done
"$JPKI_VCARD" control /run/control counters clear >/dev/null
ls -i /run/pcscd >/run/before
"$JPKI_VCARD" run "$work/card" -- "$self" --play moves
ls -i /run/pcscd | diff /run/before -
kill -0 \$pcscd || echo 'pcscd is gone'
"$JPKI_VCARD" control /run/control counters | grep -q '"commands":0' ||
	echo "the machine's card was used"
"$JPKI_VCARD" control /run/control state | grep -q '"events":1}' ||
	echo "the machine's card was moved"
JPKI_VCARD_CONTROL=/run/control "$self" --play tries
"$JPKI_VCARD" control /run/control quit >/dev/null
wait \$served || echo "serve ended with status \$?"
[ ! -e /run/control ] || echo 'the socket is left'
END
	unshare --mount --net bash "$work/machine"
}

# Not root.  Where the system forbids user namespaces, it says so and what
# allows them.
ordinary_user() {
	local program=$work/bin/jpki-vcard card got=0
	card=$(new_card)
	mkdir -p "$work/bin"
	cp "$JPKI_VCARD" "$program"
	chmod 711 "$work"
	chown -R nobody "$card"
	setpriv --reuid=65534 --regid=65534 --clear-groups "$program" run \
		"$card" -- sh -c "id -u; opensc-tool -l" >"$work/user" 2>&1 ||
		got=$?
	if [ "$got" = 0 ]; then
		grep -q '^65534$' "$work/user" &&
			grep -q "^0 *Yes *$first" "$work/user" && return
	elif [ "$got" = 1 ]; then
		grep -q '^jpki-vcard: .*; run it as root, or allow it: .' \
			"$work/user" && return
	fi
	echo "status $got"
	cat "$work/user"
}

# failure PATTERN COMMAND...: exit status 1 and one line.
failure() {
	local pattern=$1 got=0
	shift
	"$@" >"$work/out" 2>"$work/err" || got=$?
	expect "status of $*" "$got" 1
	expect "lines of $*" "$(wc -l <"$work/err")" 1
	grep -q "^jpki-vcard: $pattern" "$work/err" || cat "$work/err"
}

# Not by "pcscd stop": that is told, and can be mended.
service_dies() {
	world service_dies 2>"$work/err"
	grep -qx 'jpki-vcard: the private pcscd ended by itself (.*); "pcscd start" of the control starts another' \
		"$work/err" || cat "$work/err"
}

forbidden_namespaces() {
	# shellcheck disable=SC2016
	failure '.*; run it as root, or allow it: sysctl -w user.max_mnt_namespaces=' \
		unshare --user --map-root-user sh -c \
		'echo 0 >/proc/sys/user/max_mnt_namespaces
		exec "$0" run "$1" -- true' "$JPKI_VCARD" "$work/card"
}

missing_packages() {
	# shellcheck disable=SC2016
	failure 'pcscd is missing; .*apt install pcscd' unshare --mount sh -c \
		'for f in /usr/sbin /usr/local/sbin /sbin /usr/bin; do
			[ ! -e $f/pcscd ] || mount --bind /dev/null $f/pcscd
		done
		exec "$0" run "$1" -- true' "$JPKI_VCARD" "$work/card"
	# shellcheck disable=SC2016
	failure '.*libifdvpcd.so.*apt install vsmartcard-vpcd' unshare --mount \
		sh -c 'for d in /usr/lib*/pcsc /usr/lib/*/pcsc; do
			[ ! -d $d ] || mount -t tmpfs none $d
		done
		exec "$0" run "$1" -- true' "$JPKI_VCARD" "$work/card"
}

bad_cards_and_places() {
	failure 'cannot open the card /nonexistent' \
		"$JPKI_VCARD" run /nonexistent -- true
	failure 'log /nonexistent/log: No such file' \
		"$JPKI_VCARD" run "$work/card" --log /nonexistent/log -- true
	failure 'control socket /nonexistent/c: No such file' \
		"$JPKI_VCARD" run "$work/card" --control /nonexistent/c -- true
	failure '.*no-such-quirk' \
		"$JPKI_VCARD" run "$work/card" --quirk no-such-quirk -- true
	failure 'nobody listens at /nonexistent/c' \
		"$JPKI_VCARD" control /nonexistent/c state
}

# usage ARGUMENT...: exit status 2 and one line.
usage() {
	local got=0
	"$JPKI_VCARD" "$@" >"$work/out" 2>"$work/err" </dev/null || got=$?
	expect "status of $*" "$got" 2
	[ ! -s "$work/out" ] || cat "$work/out"
	grep -q 'usage: jpki-vcard' "$work/err" || cat "$work/err"
}

wrong_usage() {
	usage
	usage nonsense
	usage run
	usage run "$work/card"
	usage run "$work/card" --
	usage run "$work/card" true
	usage run a b -- true
	usage run --card b -- true
	usage run --no-reader "$work/card" -- true
	usage run --nonsense -- true
	usage run --fault nonsense -- true
	usage run --fault
	usage run --no-card=yes -- true
	usage serve
	usage serve a b
	usage serve a --port 0
	usage serve a --port 65536
	usage serve a --port x
	usage create
	usage create a b
	usage create a -- b
	usage control
	usage control socket
}

help_is_there() {
	local word command
	for word in create serve run control; do
		"$JPKI_VCARD" "$word" --help >"$work/out" 2>&1 ||
			echo "$word --help: status $?"
		grep -q "^usage: jpki-vcard $word " "$work/out" ||
			cat "$work/out"
	done
	"$JPKI_VCARD" --help | grep -q '^usage: jpki-vcard ' || echo 'no help'
	"$JPKI_VCARD" --version | grep -q '^jpki-vcard [0-9]' ||
		echo 'no version'
	for command in 'run --help' 'serve --help'; do
		# shellcheck disable=SC2086
		"$JPKI_VCARD" $command | grep -q '^  lie-length=N' ||
			echo "$command: no faults"
	done
}

for tool in opensc-tool jq unshare setpriv; do
	tap_tool $tool
done
tap 'a card is made' "$JPKI_VCARD" create "$work/card"

tap 'the exit status is the one of the command' exit_status
tap 'words and streams reach the command as they are' words_and_streams
tap 'paths may be given' given_paths
tap 'the card is there when the command starts' world ready
tap 'further cards are in further readers' \
	world two_cards --card "$(new_card)" --card "$(new_card)"
tap 'a world may start without a card' world no_card --no-card
tap 'a world may have no reader' \
	"$JPKI_VCARD" run --no-reader -- "$self" --play no_reader
tap 'the card is removed and inserted' world moves
tap 'the card is reset, and loses power' world reset_and_power
tap 'the card can be mute' world mute
tap 'tries are shown and set' world tries
tap 'commands and bytes are counted' world counters
tap 'faults strike, and end' world faults
tap 'broken exchanges heal' world broken_exchanges
tap 'pcscd stops, dies and starts again' world service
tap 'pcscd may die by itself' service_dies
tap 'the log is JSON without PINs' world log
tap 'two worlds do not see each other' two_worlds
tap 'a world may be in a world' nested
tap "the machine's own pcscd is undisturbed" machine
tap 'a killed world leaves nothing' killed
tap 'processes in the background end with the command' background_processes
tap 'no mount and no file is left' no_traces
tap 'an ordinary user can have a world, or is told why not' ordinary_user
tap 'forbidden namespaces are named' forbidden_namespaces
tap 'missing packages are named' missing_packages
tap 'bad cards and places are reported' bad_cards_and_places
tap 'wrong usage is refused' wrong_usage
tap 'every command has help' help_is_there
tap_end
