#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
#
# Where a PIN is, and where it is not: jpki-tool and the PKCS #11 module, as
# they are, with a card behind a real pcscd, looked at from outside.  In
# memory a PIN stands in locked pages only, while it is in use; no core file,
# no log has it, and of the system calls only the one that reads it and the one
# that sends it to pcscd.
#
# shellcheck disable=SC2016 # the variables in quotes are those of expect
set -u
# shellcheck source=tests/e2e/lib-secrets.sh
. "${JPKI_SRC:?}/tests/e2e/lib-secrets.sh"

if [ -z "${JPKI_VCARD_LOG:-}" ]; then
	work=$(mktemp -d) || exit 1
	trap 'rm -rf "$work"' EXIT
	export SECRETS_WORK=$work
	"$JPKI_VCARD" create "$work/card" --pin-sign "$first" --number "$number" || exit 1
	"$JPKI_VCARD" run "$work/card" -- "$0" "$@"
	exit
fi
cd "${SECRETS_WORK:?}" || exit 1
unset JPKI_PKCS11
work=$PWD

# From a dialogue at the terminal: complaints come back by standard output.
case ${1:-} in
--look)
	scanned "$2" "$3"
	dumped "$2"
	exit
	;;
esac

tap_tool gdb
tap_tool strace
tap_tool expect
pin_files
ulimit -c unlimited || tap 'core files can be allowed' echo 'ulimit refuses'
head -c 5000 /dev/urandom >a
cp a b
cp a c

#
# What the scanner can.
#

finds_every_form() {
	local form
	printf 'x%sx' "$first" >text
	cp lower lower-text
	printf '%s' "$first" | iconv -t UTF-16LE >utf16
	printf '%s' "$first" | iconv -t UTF-16BE >utf16be
	printf '%s' "$first" | iconv -t UTF-32LE >utf32
	printf '%s' "$first" | od -An -v -tx1 | tr -d ' \n' >hex
	printf '%s' "$first" | od -An -v -w64 -tx1 >spaced
	printf '%s' "${first:4:8}" >part
	for form in text lower-text utf16 utf16be utf32 hex spaced part wide; do
		found_in . pins "./$form"
	done
	printf '%s' "${first:4:7}" >small
	scan pins ./small
}

finds_across_reads() {
	local at
	for at in 262140 262144 262200; do
		head -c "$at" /dev/zero >far
		cat first >>far
		found_in '^text 16 1 ' pins ./far
	done
}

finds_what_is_planted() {
	local status=0
	"$helpers/secrets_trace" -o trace pins "$helpers/secrets_client" \
		"$module" plant "$work/first" >out 2>err || status=$?
	[ "$status" = 0 ] || cat out err
	grep -qx 'found text 16 1 \[heap\]' trace || cat trace
	grep -qx 'exit locked 0 open 1' trace || cat trace
}

# The environment and the command line of a process, once it is what it shall
# be: env, in between, would have both in its command line.
finds_words() {
	local pid
	A=$first sleep 1000 &
	pid=$!
	until grep -q sleep "/proc/$pid/cmdline"; do sleep 0.01; done
	found_in "open /proc/$pid/environ" pins "$pid"
	kill "$pid"
	sh -c 'while read -r line; do :; done; exit' "$first" < <(sleep 1000) &
	pid=$!
	until grep -q read "/proc/$pid/cmdline"; do sleep 0.01; done
	found_in "open /proc/$pid/cmdline" pins "$pid"
	kill "$pid"
	wait
} 2>/dev/null

tap 'the scanner finds every form of a PIN, and parts of it' finds_every_form
tap 'it finds what stands across two reads' finds_across_reads
tap 'it finds a PIN that is left in the heap' finds_what_is_planted
tap 'it finds one in the environment, and on the command line' finds_words

#
# The tool, at every system call.
#

tool() { traced "$1" pins "$JPKI_TOOL" "${@:2}"; }
tap 'verify' tool 0 pin verify sign --pin-file first
tap 'verify, in lower case' tool 0 pin verify sign --pin-file lower
tap 'verify, in full width' tool 0 pin verify sign --pin-file wide
tap 'a wrong PIN' tool 4 pin verify sign --pin-file wrong
card tries sign 1
tap 'a PIN that is not sent, since one try is left' tool 5 pin verify sign --pin-file first
card tries sign 5
# A pinentry that answers with the first PIN.
from_dialog() {
	mkdir -p bin
	cat >bin/pinentry <<-END
		#!/bin/sh
		echo 'OK here'
		while read -r command rest; do
			case \$command in
			GETPIN) sed 's/^/D /' $work/first; echo OK ;;
			BYE) exit ;;
			*) echo OK ;;
			esac
		done
	END
	chmod +x bin/pinentry
	PATH=$work/bin:$PATH tool 0 pin verify sign --pinentry
}
from_descriptor() { tool 0 pin verify sign --pin-fd 9 9<first; }
tap 'from a descriptor' from_descriptor
tap 'from a dialog' from_dialog
tap 'the signature certificate' tool 0 cert sign --pin-file first -o cert.txt
tap 'status with a login' tool 0 status --pin-file first -j
tap 'signatures' tool 0 sign -k sign --suffix .sig --pin-file first a b c
tap 'a change' tool 0 pin change sign --pin-file first --new-pin-file second
tap 'a change with the wrong PIN' tool 4 pin change sign --pin-file first --new-pin-file wrong
tap 'a change to the same PIN' tool 1 pin change sign --pin-file second --new-pin-file second
tap 'the change back' tool 0 pin change sign --pin-file second --new-pin-file first
card tries sign 5

# with_fault FAULT COMMAND...: all may end as it likes, but the PIN is nowhere.
with_fault() {
	card counters clear
	card fault "$1"
	shift
	"$helpers/secrets_trace" -o trace pins "$@" >out 2>err </dev/null
	trace_is_clean
	card faults clear
	card_in
	card tries sign 5
}
for fault in remove@ins=20#2 remove=after@ins=20#2 hangup=after@ins=20#2 sw=6F00@ins=20#2 \
	garbage@ins=20#2 sw=63C1,after@ins=20#2; do
	tap "verify with $fault" with_fault "$fault" "$JPKI_TOOL" pin verify sign --pin-file first
done
for fault in remove=after@ins=24 sw=6F00@ins=24; do
	tap "a change with $fault" with_fault "$fault" \
		"$JPKI_TOOL" pin change sign --pin-file first --new-pin-file second
	"$JPKI_TOOL" pin change sign --pin-file second --new-pin-file first >words 2>&1
	card tries sign 5
done

#
# The module, at every system call.
#

start=(initialize open JPKI-SIGN)
end=(logout close finalize)
tap 'the module: a login, signatures, a logout' \
	traced_module 'CKR_OK CKR_OK CKR_OK CKR_OK CKR_OK CKR_OK CKR_OK' \
	"${start[@]}" login first sign 3 "${end[@]}"
tap 'the module: a wrong PIN' \
	traced_module 'CKR_OK CKR_OK CKR_PIN_INCORRECT CKR_OK CKR_OK CKR_OK CKR_OK' \
	"${start[@]}" login wrong login lower "${end[@]}"
tap 'the module: PIN changes' \
	traced_module 'CKR_OK CKR_OK CKR_OK CKR_OK CKR_OK CKR_OK CKR_OK CKR_OK' \
	"${start[@]}" pin first second pin second first login first "${end[@]}"
tap 'the module: a change with the wrong PIN' \
	traced_module 'CKR_OK CKR_OK CKR_PIN_INCORRECT CKR_OK CKR_OK' \
	"${start[@]}" pin wrong second close finalize
card tries sign 5
for fault in remove=after@ins=20#2 hangup=after@ins=20#2 sw=6F00@ins=20#2; do
	tap "the module: a login with $fault" with_fault "$fault" \
		"$helpers/secrets_client" "$module" "${start[@]}" login first finalize
done

#
# Four digits: such that stand nowhere by chance.
#

short_pins() {
	hold 0020008010 "$JPKI_TOOL" pin verify sign --pin-file first || return
	scan --absent 2 "$held" >short
	let_go
	head -n 1 short >short-first
	tail -n 1 short >short-second
	echo 1234 >issued
	chmod 600 short-first short-second issued
	"$JPKI_TOOL" pin change auth --pin-file issued --new-pin-file short-first 2>&1 |
		grep -v 'is changed'
	return 0
}
tap 'two PINs of four digits that stand nowhere' short_pins
short() { traced "$1" short "$JPKI_TOOL" "${@:2}"; }
tap 'four digits: verify' short 0 pin verify auth --pin-file short-first
tap 'four digits: a wrong PIN' short 4 pin verify auth --pin-file short-second
tap 'four digits: a change' short 0 pin change auth --pin-file short-first \
	--new-pin-file short-second
tap 'four digits: a signature' short 0 sign -k auth -o sig --pin-file short-second a
tap 'four digits: the module' traced 0 short "$helpers/secrets_client" "$module" \
	initialize open JPKI-AUTH login short-second sign 1 "${end[@]}"

#
# The My Number, which comes from the card: in locked memory only, too, and
# then on standard output and nowhere else.
#

echo "$number" >number
echo 1234 >input-pin
chmod 600 input-pin
mynumber=(mynumber --i-may-handle-my-number --pin-file input-pin)
number_traced() {
	traced 0 number "$JPKI_TOOL" "${mynumber[@]}" "$@"
	[ "$(grep -c "$number" out)" = 1 ] || cat out
	[ "$(wc -l <out)" = 1 ] || cat out
	[ -s err ] || echo 'no warning'
	scan number ./err
}
number_with_fault() {
	card counters clear
	card fault "$1"
	traced 1 number "$JPKI_TOOL" "${mynumber[@]}" -vv
	scan number ./err ./out
	card faults clear
}
number_calls() {
	stracing strace_quietly "$JPKI_TOOL" "${mynumber[@]}" -vv
	[ "$strace_status" = 0 ] || { echo "exit status $strace_status"; cat err; }
	calls_are "$number" "read <socket>
write <$work/out>"
	grep -q '^jpki: < \[15 bytes not shown\] 9000$' err || cat err
}
tap 'the My Number' number_traced
tap 'the My Number, as JSON' number_traced -j
tap 'the My Number, with -vv' number_traced -vv
tap 'the My Number, and a byte too many' number_with_fault long@ins=B0
tap 'the My Number, and a status of an error' number_with_fault sw=6F00,after@ins=B0
tap 'strace: the My Number comes once and goes once' number_calls

#
# Moments: all of memory, and core files.
#

tool_held() {
	local moment=$1 state=$2
	shift 2
	hold "$moment" "$JPKI_TOOL" "$@" || return
	scanned "$held" "$state"
	dumped "$held"
	[ "$state" = clean ] || dumped_with_all "$held"
	let_go
	[ "$status" = 0 ] || { echo "then it ended with $status"; cat err; }
}
module_held() {
	local moment=$1 state=$2
	shift 2
	hold "$moment" "$helpers/secrets_client" "$module" "${start[@]}" "$@" || return
	scanned "$held" "$state"
	dumped "$held"
	let_go
	[ "$status" = 0 ] || { echo "then it ended with $status"; cat err; }
}
tap 'held in VERIFY' tool_held 0020008010 in-use pin verify sign --pin-file first
tap 'held in CHANGE' tool_held 0024018010 in-use \
	pin change sign --pin-file first --new-pin-file second
tap 'held in the third of three signatures' tool_held 802A:3 clean \
	sign -k sign --suffix .sig -f --pin-file second a b c
tap 'the module held in VERIFY' module_held 0020008010 in-use login second
tap 'the module held in CHANGE' module_held 0024018010 in-use pin second first
tap 'the module held in the third signature' module_held 802A:3 clean login first sign 3
tap 'the module held in its logout' module_held 00A4040C07A00000015100 clean \
	login first sign 1 "${end[@]}"

# Two core files, of a process that was told to hold a PIN and of one that is
# about to exit.
planted_is_dumped() {
	local pid
	rm -f to
	mkfifo to
	"$helpers/secrets_client" "$module" plant first pause <to >out 2>err &
	pid=$!
	exec 6>to
	until grep -q plant out; do sleep 0.01; done
	core_make "$pid"
	exec 6>&-
	wait "$pid"
	found_in 'text 16 1' pins ./core.made
}
exiting_is_not_dumped() {
	rm -f core.made
	gdb -nx --batch -iex 'set auto-load off' -ex 'catch syscall exit_group' \
		-ex run -ex 'gcore core.made' -ex kill --args "$JPKI_TOOL" sign \
		-k sign --suffix .sig -f --pin-file first a b >gdb.out 2>&1
	[ -s core.made ] || cat gdb.out
	scan pins ./core.made
}
tap 'a core file shows what is left in the heap' planted_is_dumped
tap 'the core file of a tool that is about to exit' exiting_is_not_dumped

#
# At the terminal.
#

prelude='
set timeout 120
log_user 0
proc complain {what} { puts $what; exit }
proc sees {text} {
	expect {
		-ex $text {}
		timeout { complain "no \"$text\" in time" }
		eof { complain "no \"$text\" before the end" }
	}
}
proc types {text} { send -- "$text\r" }
proc look {state} {
	global env
	set said [exec $env(SECRETS_TEST) --look [exp_pid] $state]
	if {$said ne ""} { complain $said }
}
proc ends {code} {
	expect {
		eof {}
		timeout { complain "it does not end" }
	}
	set status [lindex [wait] 3]
	if {$status != $code} { complain "exit status $status, not $code" }
}
'
dialogue() { SECRETS_TEST=$JPKI_SRC/tests/e2e/secrets.sh expect -c "$prelude$1"; }

prompts_are_looked_at() {
	dialogue 'spawn -noecho $env(JPKI_TOOL) pin change sign
		sees "left): "
		look clean
		types '"$first"'
		sees "digits): "
		look in-use
		types '"${second,,}"'
		sees "again: "
		look in-use
		send -- "\003"
		ends 6'
}
typed_pins_are_traced() {
	dialogue 'spawn -noecho '"$helpers"'/secrets_trace -o trace pins \
			$env(JPKI_TOOL) pin change sign
		sees "left): "
		types '"$1"'
		sees "digits): "
		types '"$2"'
		sees "again: "
		types '"$3"'
		ends '"$4"
	trace_is_clean
}
tap 'prompts' prompts_are_looked_at
tap 'typed: new PINs that differ' typed_pins_are_traced "$first" "$second" "$wrong" 1
tap 'typed: a change' typed_pins_are_traced "$first" "$second" "$second" 0
tap 'typed: the change back' typed_pins_are_traced "$second" "${first,,}" "${first,,}" 0

#
# Crashes.
#

tool_can_crash() {
	rm -rf crash
	mkdir crash
	(cd crash && exec sh -c 'kill -SEGV $$') 2>/dev/null
	core=$(find crash -type f -name '*core*' -print -quit)
	[ -n "$core" ] || ! kernel_dumps || echo 'a crash leaves no core file here'
}
tap 'core files are written here, unless they go into a pipe' tool_can_crash
for signal in SEGV ABRT; do
	tap "the tool in VERIFY: SIG$signal leaves no core file" \
		crash_leaves_nothing "$signal" 0020008010 \
		"$JPKI_TOOL" pin verify sign --pin-file "$work/first"
	tap "the module in VERIFY: SIG$signal leaves no PIN" \
		crash_has_no_pin "$signal" 0020008010 \
		"$helpers/secrets_client" "$module" "${start[@]}" login "$work/first"
	tap "the module after the login: SIG$signal leaves no PIN" \
		crash_has_no_pin "$signal" 802A \
		"$helpers/secrets_client" "$module" "${start[@]}" login "$work/first" sign 1
done

#
# Logs.
#

# logged FILE...: no PIN is in them, and they are not empty.
logged() {
	local file
	for file; do
		[ -s "$file" ] || echo "$file is empty"
	done
	scan pins "$@"
}
# A verb a line, with the options for its PINs.
verbs='pin verify sign --pin-file first
cert sign --pin-file first
status --pin-file first
pin change sign --pin-file first --new-pin-file second
pin change sign --pin-file second --new-pin-file first
sign -k sign -j --suffix .sig -f --pin-file first a'
tool_logs() {
	local verb words
	: >tool.log
	"$JPKI_TOOL" pin verify sign "$@" --pin-file wrong >>tool.log 2>&1
	while read -r verb; do
		read -ra words <<<"$verb"
		"$JPKI_TOOL" "${words[@]}" "$@" >>tool.log 2>&1 </dev/null ||
			echo "$verb: status $?"
	done <<<"$verbs"
	card tries sign 5
	logged ./tool.log
}
module_logs() {
	JPKI_PKCS11=log=$1 "$helpers/secrets_client" "$module" "${start[@]}" login wrong \
		login first sign 1 logout pin first second pin second first \
		"${end[@]:1}" >module.log 2>&1
	card tries sign 5
	grep -c CKR_OK module.log | grep -vx 9
	logged ./module.log
}
tap 'what the tool says' tool_logs
tap 'what it says with -v' tool_logs -v
tap 'what it says with -vv' tool_logs -vv
tap 'with -vv it shows what it sends, but no PIN' \
	grep -q '^jpki: > 00200080 \[not shown\]$' tool.log
for level in none error info apdu; do
	tap "what the module says at log=$level" module_logs "$level"
done
tap 'at log=apdu it shows what it sends, but no PIN' \
	grep -q '> 00200080 \[not shown\]$' module.log
tap 'the log of the virtual card' logged "$JPKI_VCARD_LOG"
tap 'it shows commands, but no PIN' \
	grep -q '"command":"0020008010\(\*\*\)\{16\}"' "$JPKI_VCARD_LOG"

#
# System calls, by strace.
#

file_read="read <$work/first>" sent='sendto <socket>'
once="$file_read
$sent"
terminal_calls() {
	local terminal='read </dev/tty>'
	stracing dialogue 'spawn -noecho strace -f -y -s 9999 -x -o calls \
			$env(JPKI_TOOL) pin change sign
		sees "left): "
		types '"$second"'
		sees "digits): "
		types '"$first"'
		sees "again: "
		types '"$first"'
		ends 0'
	calls_are "$second" "$terminal
$sent"
	calls_are "$first" "$terminal
$terminal
$sent"
}
tap 'strace: verify' strace_has "$once" "$JPKI_TOOL" pin verify sign --pin-file first
tap 'it sends to pcscd only' only_pcscd
tap 'it shuts others out before it reads a PIN' shut_before_reading "$first"
tap 'strace: the signature certificate' strace_has "$once" \
	"$JPKI_TOOL" cert sign -o cert.txt -f --pin-file first
tap 'strace: signatures' strace_has "$once" \
	"$JPKI_TOOL" sign -k sign --suffix .sig -f --pin-file first a b
tap 'strace: the module, signatures' strace_has "$once" \
	"$helpers/secrets_client" "$module" "${start[@]}" login "$work/first" sign 2 "${end[@]}"
tap 'it, too, sends to pcscd only' only_pcscd
tap 'strace: a change' strace_has "$once" \
	"$JPKI_TOOL" pin change sign --pin-file first --new-pin-file second
tap 'the new PIN of the change' calls_are "$second" "read <$work/second>
$sent"
tap 'strace: the module, a change' strace_has "$once" \
	"$helpers/secrets_client" "$module" "${start[@]}" pin second "$work/first" finalize
tap 'strace: the change back' strace_has "$once" \
	"$JPKI_TOOL" pin change sign --pin-file first --new-pin-file second
tap 'strace: at the terminal' terminal_calls
tap_end
