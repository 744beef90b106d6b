# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=bash disable=SC2034,SC2154 # for its users, and from them
#
# What the test of secrets is made of: to be sourced.  The PINs are long and
# stand in files of $work, one PIN a file; $work/pins has all of them, a line
# each, for the scanner.

# shellcheck source=scripts/tap.sh
. "$JPKI_SRC/scripts/tap.sh"

helpers=$JPKI_BUILD/tests/e2e
module=$JPKI_BUILD/jpki-pkcs11.so
number=739150284617
first=Q7XK2MVB9RTZ4WHD second=Z3NP8LQA6JYC5TGE wrong=M5WD9XGK4BRS7VQH

pin_files() {
	printf '%s\n' "$first" "$second" "$wrong" >pins
	echo "$first" >first
	echo "$second" >second
	echo "$wrong" >wrong
	echo "${first,,}" >lower
	full_width "$first" >wide
	chmod 600 pins first second wrong lower wide
}

# UTF-8 of full-width letters and digits.
full_width() {
	local text=$1 c i
	for ((i = 0; i < ${#text}; i++)); do
		printf -v c '%d' "'${text:i:1}"
		printf '%b' "\\u$(printf '%04x' $((c + 0xFEE0)))"
	done
	echo
}

card() { "$JPKI_VCARD" control "$JPKI_VCARD_CONTROL" "$@" >/dev/null; }
card_in() { card insert && "$JPKI_TOOL" wait insert >/dev/null; }

scan() { "$helpers/secrets_scan" "$@" || echo "not scanned: $*"; }

# found_in WORD PINS PLACE...: the scanner finds something like that.
found_in() {
	local word=$1 lines
	shift
	lines=$(scan "$@")
	grep -qE -- "$word" <<<"$lines" || printf 'no "%s" in:\n%s\n' "$word" "$lines"
}

#
# Every system call.
#

# traced STATUS PINS COMMAND...: ends with that status; a PIN was in locked
# memory meanwhile, never elsewhere, and nowhere in the end.
traced() {
	local wanted=$1 pins=$2 status=0
	shift 2
	"$helpers/secrets_trace" -o trace "$pins" "$@" >out 2>err </dev/null ||
		status=$?
	trace_is_clean
	[ "$status" = "$wanted" ] || { echo "exit status $status, not $wanted"; cat out err; }
}

trace_is_clean() {
	grep '^found ' trace
	grep -qx 'exit locked 0 open 0' trace || grep '^exit' trace || echo 'no exit is seen'
	grep -qE '^stops [0-9]+ locked [1-9][0-9]* open 0$' trace || tail -n 1 trace
}

# traced_module RESULTS STEP...: those are the results, in a row.
traced_module() {
	local results=$1
	shift
	traced 0 pins "$helpers/secrets_client" "$module" "$@"
	[ "$(awk '{ printf "%s%s", sep, $2; sep = " " }' out)" = "$results" ] ||
		{ echo "the steps did not end so: $results"; cat out; }
}

#
# Moments.
#

# hold MOMENT COMMAND...: run it up to there; then it is process $held.
hold() {
	local moment=$1 word
	shift
	rm -f said
	mkfifo said
	held=''
	"$helpers/secrets_trace" -m "$moment" -o said pins "$@" >out 2>err </dev/null &
	tracer=$!
	exec 7<said
	while read -r -t 120 word held <&7; do
		[ "$word" != held ] || return 0
	done
	held=''
	echo "it never came to $moment"
	cat out err
	return 1
}

# Let it end; its exit status, or 128 and the signal's number, is in $status.
let_go() {
	[ $# = 0 ] || kill -s "$1" "$held"
	kill -s CONT "$held"
	cat <&7 >trace
	exec 7<&-
	status=0
	wait "$tracer" || status=$?
}

# scanned PID in-use|clean: nothing outside of locked memory; in it a PIN if
# one is in use, and none if not.
scanned() {
	local pid=$1 lines
	lines=$(scan pins "$pid")
	grep -v ' locked ' <<<"$lines" | grep .
	case $2 in
	in-use) grep -q ' locked ' <<<"$lines" || echo 'no PIN is in use' ;;
	clean) grep ' locked ' <<<"$lines" ;;
	esac
	return 0
}

# A core file of the process, as gcore makes it; more of gdb's words may come
# before.
core_make() {
	local pid=$1
	shift
	rm -f core.made
	gdb -nx --batch -iex 'set auto-load off' -iex 'set auto-solib-add off' \
		-p "$pid" "$@" -ex 'gcore core.made' -ex detach >gdb.out 2>&1
	[ -s core.made ] && return
	echo 'gdb makes no core file:'
	cat gdb.out
}

# dumped PID: no core file has a PIN.
dumped() {
	core_make "$1"
	scan pins ./core.made
}

# Pages that are to be left out are put in: then a PIN in use is found.
dumped_with_all() {
	core_make "$1" -ex 'set dump-excluded-mappings on'
	found_in 'text 16' pins ./core.made
}

#
# Crashes.
#

# Does this kernel write core files into the folder of what crashed?
kernel_dumps() {
	local pattern
	pattern=$(</proc/sys/kernel/core_pattern)
	[[ $pattern != \|* && $pattern != */* && $pattern == *core* ]]
}

# crashed SIGNAL MOMENT COMMAND...: it crashes there, in a folder of its own;
# $core is the core file that the kernel left, or empty.
crashed() {
	local signal=$1 moment=$2
	shift 2
	core=''
	rm -rf crash
	mkdir crash
	hold "$moment" env -C crash "$@" || return
	let_go "$signal"
	[ "$status" -gt 128 ] || echo "it did not crash: exit status $status"
	core=$(find crash -type f -name '*core*' -print -quit)
}

# A core file that the kernel made has no PIN; where it makes none, gcore's
# has to do (dumped).
crash_has_no_pin() {
	crashed "$@"
	if [ -n "$core" ]; then
		scan pins "$core"
	elif kernel_dumps; then
		echo 'no core file'
	fi
}

crash_leaves_nothing() {
	crashed "$@"
	[ -z "$core" ] || echo "it left $core"
}

#
# System calls, by strace.
#

# stracing COMMAND...: every system call is a line of the file "calls".
stracing() {
	"$@"
	strace_status=$?
	[ -s calls ] && return
	echo 'strace shows nothing; is ptrace permitted here?'
	cat err
}
strace_quietly() { strace -f -y -s 9999 -x -o calls "$@" >out 2>err </dev/null; }

# The calls whose line has the PIN, as NAME <FILE>.
calls_with() {
	local hex
	hex=$(printf '%s' "$1" | od -An -v -tx1 | tr -d ' \n' | sed 's/../\\x&/g')
	grep -iF -e "$1" -e "$hex" calls | sed -E '
		s/^[0-9]+ +//
		s/^([a-z0-9_]+)\([0-9]+(<[^>]*>).*/\1 \2/
		s/<socket:.*/<socket>/'
}

# calls_are PIN LINES: those have it, and no other has it in any form.
calls_are() {
	local said
	said=$(calls_with "$1")
	[ "$said" = "$2" ] || printf 'calls that have it:\n%s\n' "$said"
	echo "$1" >one
	said=$(scan one ./calls | wc -l)
	[ "$said" = "$(grep -c . <<<"$2")" ] || echo "it stands there $said times"
}

# strace_has LINES COMMAND...: it succeeds, and these calls have the first PIN.
strace_has() {
	local lines=$1
	shift
	stracing strace_quietly "$@"
	[ "$strace_status" = 0 ] || { echo "exit status $strace_status"; cat err; }
	calls_are "$first" "$lines"
}

# Every socket that a message with a PIN went to was connected to pcscd's.
only_pcscd() {
	local socket
	grep -oE 'sendto\([0-9]+<socket:\[[0-9]+\]>, "\\x00\\x2[04]\\x0[01]\\x80\\x10' calls |
		grep -oE '<socket[^>]*>' | sort -u >sockets
	[ -s sockets ] || echo 'no PIN is sent'
	while read -r socket; do
		grep -F "connect(" calls | grep -F "$socket" |
			grep -qF 'sun_path="/run/pcscd/pcscd.comm"' ||
			echo "$socket is not pcscd's"
	done <sockets
}

# No core files, and no debugger of this user, before the PIN is there.
shut_before_reading() {
	sed -nE '
		s/.*RLIMIT_CORE, \{rlim_cur=0, rlim_max=0\}.*/limit/p
		s/.*prctl\(PR_SET_DUMPABLE, SUID_DUMP_DISABLE\) = 0/undumpable/p
		s/.*read\([0-9]+<.*'"$1"'.*/read/p' calls >order
	[ "$(paste -sd ' ' order)" = 'limit undumpable read' ] || cat order
}
