#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
#
# --pinentry: real pinentry programs, driven by expect, and one that misbehaves.
set -u
# shellcheck source=tests/cli/lib.sh
. "$JPKI_SRC/tests/cli/lib.sh"

# pinentry_is PROGRAM: it is the first of PATH.
pinentry_is() {
	mkdir -p "$work/bin"
	ln -sf "$(command -v "$1" || echo "$1")" "$work/bin/pinentry"
	export PATH=$work/bin:$PATH
}

# drive SCRIPT ARGUMENT...: the tool at a terminal of its own; $code is expect's
# exit status, which the script makes the tool's.
drive() {
	local script=$1
	shift
	code=0
	mark=$(wc -c <"$JPKI_VCARD_LOG")
	cat >"$work/script" <<-END
		set timeout 100
		log_file -noappend $work/seen
		spawn -noecho {*}\$argv
		proc sees {text} { expect -ex \$text {} default { puts "no \$text"; exit 99 } }
		$script
		expect eof
		exit [lindex [wait] 3]
	END
	TERM=xterm timeout 120 expect -f "$work/script" "$JPKI_TOOL" "$@" \
		>"$out" 2>"$err" || code=$?
}

a_dialog_of_lines_is_answered() {
	pinentry_is pinentry-tty
	drive 'sees "3 tries left"; sees "PIN:"; send "1234\r"' pin verify auth --pinentry
	expect_code 0
	expect_equal VERIFYs "$(sent_verifies)" 1
	grep -q 'PIN is right' "$work/seen" || cat "$work/seen"
	! grep 1234 "$work/seen"
}

a_dialog_of_boxes_is_answered() {
	pinentry_is pinentry-curses
	drive 'sees "tries left"; send "1234\r"' pin verify auth --pinentry
	expect_code 0
	expect_equal VERIFYs "$(sent_verifies)" 1
	! grep 1234 "$work/seen"
}

# Full-width digits are folded, as at a terminal.
a_new_pin_is_asked_for_twice() {
	pinentry_is pinentry-tty
	drive 'sees "PIN:"; send "1234\r"; sees "new one"; sees "PIN:"; send "５６７８\r"
		sees "again"; sees "PIN:"; send "5678\r"' pin change auth --pinentry
	expect_code 0
	expect_equal CHANGEs "$(sent_changes)" 1
	run_pin 5678 pin verify auth
	expect_code 0
}

a_dialog_that_is_cancelled_sends_nothing() {
	pinentry_is pinentry-curses
	drive 'sees "tries left"; send "\t\t\r"' pin verify auth --pinentry
	expect_code 6
	expect_equal VERIFYs "$(sent_verifies)" 0
	expect_tries auth 3
}

# ended_by HOW: neither the dialog nor its hold on the terminal is left.
ended_by() {
	local dialog
	for dialog in pinentry-tty pinentry-curses; do
		pinentry_is "$dialog"
		drive "sees \"tries left\"; $1" pin verify auth --pinentry
		expect_code 6
		expect_equal VERIFYs "$(sent_verifies)" 0
		grep -q 'nothing was sent' "$work/seen" || cat "$work/seen"
		! pgrep -f "$work/bin/pinentry" || echo "$dialog goes on"
	done
}
ctrl_c_ends_it() { ended_by 'send "\003"'; }
a_signal_ends_it() { ended_by 'exec kill -TERM [exp_pid]'; }

a_terminal_is_as_it_was() {
	pinentry_is pinentry-tty
	code=0
	timeout 120 expect -c "
		set timeout 100
		spawn -noecho sh -c {stty -a >$work/before; \$JPKI_TOOL pin verify auth --pinentry; stty -a >$work/after}
		expect -ex PIN:
		exec pkill -TERM -P [exp_pid] jpki-tool
		expect eof" >"$out" 2>"$err" || code=$?
	expect_code 0
	diff "$work/before" "$work/after"
}

consent_is_a_dialog_too() {
	pinentry_is pinentry-tty
	echo text >"$work/text"
	drive 'sees "Sign it?"; sees "ancel"; send "c"' sign -k sign --format cms \
		-o "$work/text.p7m" --pinentry "$work/text"
	expect_code 6
	expect_equal commands "$(sent_commands)" 0
	[ ! -e "$work/text.p7m" ] || echo "it is signed"
}

# answers LINE: a pinentry that answers GETPIN with it; \0 and the like are printf's.
answers() {
	mkdir -p "$work/bin"
	cat >"$work/bin/pinentry" <<-END
		#!/bin/sh
		echo 'OK here'
		while read -r command rest; do
			case \$command in
			GETPIN) printf '$1' ;;
			BYE) exit ;;
			*) echo OK ;;
			esac
		done
	END
	chmod +x "$work/bin/pinentry"
	export PATH=$work/bin:$PATH
}

a_pinentry_that_lies_costs_no_try() {
	local long
	long=$(printf '7%.0s' {1..900})
	answers "D $long\n""D $long\nOK\n"
	run pin verify auth --pinentry
	expect_failure 4 'more than a PIN'
	answers 'D 12%%0034\nOK\n'
	run pin verify auth --pinentry
	expect_code 4
	answers 'D 123\nOK\n'
	run pin verify auth --pinentry
	expect_failure 4 '4 digits'
	answers 'OK\n'
	run pin verify auth --pinentry
	expect_failure 4 '4 digits'
	answers 'ERR 83886179 cancelled\n'
	run pin verify auth --pinentry
	expect_failure 6 'nothing was sent'
	answers 'ERR 83886081 no display\n'
	run pin verify auth --pinentry
	expect_failure 1 'leave --pinentry out'
	printf '#!/bin/sh\nexit 3\n' >"$work/bin/pinentry"
	run pin verify auth --pinentry
	expect_failure 1 'leave --pinentry out'
	expect_tries auth 3
	answers 'D 12%%3\nD 4\nOK\n'
	run pin verify auth --pinentry
	expect_code 4
	answers 'D 1%%323\nD 4\nOK\n'
	run pin verify auth --pinentry
	expect_success 'is right'
}

without_a_pinentry_it_is_said() {
	run --version
	code=0
	PATH=/nowhere "$JPKI_TOOL" pin verify auth --pinentry >"$out" 2>"$err" || code=$?
	expect_failure 2 'install one'
	expect_equal VERIFYs "$(sent_verifies)" 0
	# What is given is not asked for.
	code=0
	PATH=/nowhere "$JPKI_TOOL" pin verify auth --pinentry --pin-fd 9 \
		9< <(echo 1234) >"$out" 2>"$err" || code=$?
	expect_success 'is right'
}

play "$@"

tap 'a dialog of lines is answered' in_world adult a_dialog_of_lines_is_answered
tap 'a dialog of boxes is answered' in_world adult a_dialog_of_boxes_is_answered
tap 'a new PIN is asked for twice' in_world adult a_new_pin_is_asked_for_twice
tap 'a dialog that is cancelled sends nothing' \
	in_world adult a_dialog_that_is_cancelled_sends_nothing
tap 'Ctrl-C ends it' in_world adult ctrl_c_ends_it
tap 'a signal ends it' in_world adult a_signal_ends_it
tap 'the terminal is as it was' in_world adult a_terminal_is_as_it_was
tap 'consent is a dialog, too' in_world adult consent_is_a_dialog_too
tap 'a pinentry that lies costs no try' in_world adult a_pinentry_that_lies_costs_no_try
tap 'without a pinentry it is said' in_world adult without_a_pinentry_it_is_said
tap_end
