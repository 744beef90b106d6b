#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
#
# Prompts: what a person sees, what is never seen, and the terminal afterwards.
#
# shellcheck disable=SC2016 # the variables in quotes are those of expect
set -u
# shellcheck source=tests/cli/lib.sh
. "$JPKI_SRC/tests/cli/lib.sh"

# The words of the dialogues below.
prelude='
set timeout 120
log_user 0
log_file -a -noappend $env(TRANSCRIPT)
proc start {args} {
	global spawn_id
	spawn -noecho bash -c {
		trap : INT TERM HUP QUIT
		"$@"
		echo "status $?, $(stty -a | tr -d \\n)"
	} bash {*}$args
}
proc tool {args} {
	global env spawn_id
	start $env(JPKI_TOOL) {*}$args
}
proc signal {name} { exec kill -s $name [exec pgrep -P [exp_pid]] }
proc card {args} {
	global env
	exec $env(JPKI_VCARD) control $env(JPKI_VCARD_CONTROL) {*}$args
}
# Is a signal of this number (20: SIGTSTP) on its way to the process?
proc pending {number process} {
	set file [open /proc/$process/status]
	set said [read $file]
	close $file
	regexp {ShdPnd:\s*([0-9a-f]+)} $said all mask
	return [expr {("0x$mask" >> ($number - 1)) & 1}]
}
proc complain {what} { puts $what; exit }
proc sees {text} {
	expect {
		-ex $text {}
		timeout { complain "no \"$text\" in time" }
		eof { complain "no \"$text\" before the end" }
	}
}
proc types {text} { send -- "$text\r" }
proc ends {code} {
	global expect_out
	expect {
		-re {status (\d+), ([^\r\n]*)} {}
		timeout { complain "it does not end" }
	}
	if {$expect_out(1,string) != $code} {
		complain "exit status $expect_out(1,string), not $code"
	}
	if {![regexp { echo } $expect_out(2,string)]} {
		complain "the echo stayed off"
	}
	expect eof
	wait
}
'

# dialogue SCRIPT: complaints are printed; PINs must not be on the screen.  Numbers
# of certificates are longer, and may have one in them.
dialogue() {
	mark=$(wc -c <"$JPKI_VCARD_LOG")
	TRANSCRIPT=$work/transcript expect -c "$prelude$1"
	! sed -E 's/[0-9A-F]{8,}//g' "$work/transcript" |
		grep -nE '1234|5678|ABC123|abc123|1111'
}

verify_asks_and_shows_the_tries() {
	dialogue 'tool pin verify auth
		sees "user authentication PIN (4 digits; 3 tries left): "
		types 1234
		sees "is right"
		ends 0'
	dialogue 'tool pin verify sign
		sees "signature PIN (6 to 16 letters and digits; 5 tries left): "
		types abc123
		sees "is right"
		ends 0'
	expect_equal 'VERIFYs' "$(sent_verifies)" 1
}

full_width_is_folded() {
	dialogue 'tool pin verify auth
		sees "left): "
		types "\uff11\uff12\uff13\uff14"
		sees "is right"
		ends 0'
}

wrong_pin_at_the_terminal() {
	dialogue 'tool pin verify auth
		sees "3 tries left): "
		types 1111
		sees "2 tries left"
		ends 4
		tool pin verify auth
		sees "2 tries left): "
		types 123
		sees "nothing was sent"
		ends 4'
	expect_tries auth 2
}

change_asks_twice() {
	dialogue 'tool pin change auth
		sees "3 tries left): "
		types 1234
		sees "new one (4 digits): "
		types 5678
		sees "again: "
		types 5678
		sees "is changed"
		ends 0'
	run_pin 5678 pin verify auth
	expect_success
}

different_new_pins_change_nothing() {
	dialogue 'tool pin change auth
		sees "left): "
		types 1234
		sees "digits): "
		types 5678
		sees "again: "
		types 5679
		sees "nothing was changed"
		ends 1'
	expect_equal 'VERIFYs' "$(sent_verifies)" 0
	dialogue 'tool pin change sign
		sees "left): "
		types ABC123
		sees "digits): "
		types ABCDEF
		sees "at least one of each"
		ends 1'
	expect_equal 'VERIFYs' "$(sent_verifies)" 0
	run_pin 1234 pin verify auth
	expect_success
}

# Said before a PIN is typed, not after.
locked_and_last_try_are_not_asked_for() {
	control tries auth 1
	control tries sign 0
	dialogue 'tool pin verify auth
		sees "one try left"
		ends 5
		tool pin verify sign
		sees "is locked"
		ends 5
		tool pin verify auth --last-try
		sees "1 try left): "
		types 1234
		sees "is right"
		ends 0'
}

# Ctrl-C, an end of input, and signals from elsewhere.
cancelling_restores_the_terminal() {
	dialogue 'foreach key {"\003" "\004" "12\003"} {
			tool pin verify auth
			sees "left): "
			send -- $key
			sees "cancelled"
			ends 6
		}
		foreach signal {INT TERM HUP QUIT} {
			tool pin verify auth
			sees "left): "
			signal $signal
			sees "cancelled"
			ends 6
		}'
	expect_equal 'VERIFYs' "$(sent_verifies)" 0
	expect_tries auth 3
}

# Consent is what is typed behind the question.
consent_can_be_refused() {
	export FOLDER=$work
	echo text >"$work/text"
	dialogue '
		foreach signal {INT TERM HUP QUIT} {
			tool sign -k sign --format cms -o $env(FOLDER)/p7m $env(FOLDER)/text
			sees "Sign it?"
			signal $signal
			sees "cancelled"
			ends 6
		}
		tool sign -k sign --format cms -o $env(FOLDER)/p7m $env(FOLDER)/text
		sees "Sign it?"
		types "no"
		sees "cancelled"
		ends 6'
	expect_equal commands "$(sent_commands)" 0
	[ ! -e "$work/p7m" ] || echo "it is signed"
}

# As an input method for Japanese has it; what only begins like it is no.
consent_is_given_in_japanese() {
	export FOLDER=$work
	echo text >"$work/text"
	dialogue '
		foreach yes {y Y \uff59 \uff39 \u306f\u3044} {
			tool sign -k sign --format cms -o $env(FOLDER)/p7m $env(FOLDER)/text
			sees "Sign it?"
			types $yes
			sees "tries left): "
			signal INT
			sees "cancelled"
			ends 6
		}
		foreach no {n \u306f\u3044\u3048 \u306f \uff4e \u3044\u3044\u3048} {
			tool sign -k sign --format cms -o $env(FOLDER)/p7m $env(FOLDER)/text
			sees "Sign it?"
			types $no
			sees "cancelled"
			ends 6
		}'
	expect_equal VERIFYs "$(sent_verifies)" 0
	[ ! -e "$work/p7m" ] || echo "it is signed"
}

# Ctrl-Z gives the terminal back, and fg asks again.
stopping_restores_the_terminal() {
	dialogue 'start env PS1=READY: bash --norc --noprofile --noediting -i
		sees "READY:"
		types "\$JPKI_TOOL pin verify auth"
		sees "left): "
		send -- "\032"
		sees "Stopped"
		sees "READY:"
		types "stty -a <\$(tty) | grep -o \".echo \"; fg"
		sees "\n echo"
		sees "left): "
		types 1234
		sees "is right"
		sees "READY:"
		types exit
		ends 0'
}

# Ctrl-Z between VERIFY and logout: the program sleeps when the card is free
# and has forgotten the PIN, not before.
sleeping_holds_no_card() {
	mkdir "$work/d"
	touch "$work"/d/{1,2,3}
	control counters clear
	control fault 'hold,after@ins=2A#2'
	export WORK=$work
	dialogue 'start env PS1=READY: bash --norc --noprofile --noediting -i
		sees "READY:"
		types "\$JPKI_TOOL sign -k auth --suffix .sig $env(WORK)/d/*"
		sees "left): "
		types 1234
		card held 300
		send -- "\032"
		while {![pending 20 [exec pgrep -P [exec pgrep -P [exp_pid]]]]} {
			after 50
		}
		card resume
		sees "Stopped"
		set last [exec grep "\"event\":\"command\"" $env(JPKI_VCARD_LOG) | tail -n 1]
		if {![regexp {"command":"00A4040C..(A0|D39210)} $last]} {
			complain "it sleeps without logout: $last"
		}
		if {[catch {exec timeout 60 $env(JPKI_TOOL) status -j} said]} {
			complain "it sleeps with the card: $said"
		}
		sees "READY:"
		types fg
		sees "READY:"
		types exit
		ends 0'
	expect_files "$work/d" 1 1.sig 2 2.sig 3 3.sig
}

# Two cards: the person has to know which one the PIN goes to.
prompt_names_the_reader() {
	local reader
	run readers -j
	reader=$(jq -r '[.readers[] | select(.card)][0].reader' "$out")
	export READER=$reader
	dialogue 'tool pin verify auth
		sees "PIN of the card in $env(READER) (4 digits; 3 tries left): "
		types 1234
		sees "is right"
		ends 0'
}

# without_terminal TEXT ARGUMENT...: what is named is what is missing.
without_terminal() {
	local text=$1
	shift
	code=0
	setsid --wait "$JPKI_TOOL" "$@" >"$out" 2>"$err" || code=$?
	expect_failure 2 "$text"
}

missing_options_are_named() {
	echo 1234 >"$work/pin"
	chmod 600 "$work/pin"
	without_terminal 'give it with --pin-fd or --pin-file' pin verify auth
	without_terminal 'give it with --pin-fd or --pin-file' pin change auth
	without_terminal 'give it with --new-pin-fd or --new-pin-file' \
		pin change auth --pin-file "$work/pin"
}

# While the person thinks, others can use the card.
nothing_is_held_while_asking() {
	dialogue 'tool pin verify auth
		sees "left): "
		if {[catch {exec $env(JPKI_TOOL) status -j} said]} { complain $said }
		types 1234
		sees "is right"
		ends 0'
}

# The PIN goes to the card that the tries were told of, or to none.
exchanged_card_gets_no_pin() {
	dialogue 'tool pin verify auth
		sees "left): "
		card remove
		card insert
		types 1234
		sees "was changed meanwhile"
		ends 3
		tool pin verify auth
		sees "left): "
		card remove
		types 1234
		ends 3'
	expect_equal 'VERIFYs' "$(sent_verifies)" 0
}

signing_and_certificates_ask_too() {
	export WORK=$work
	dialogue 'tool sign -k sign -o $env(WORK)/sig $env(JPKI_TOOL)
		sees "signature PIN (6 to 16 letters and digits; 5 tries left): "
		types ABC123
		ends 0
		tool cert sign
		sees "left): "
		types ABC123
		sees "Holder"
		ends 0
		tool status --login
		sees "left): "
		types ABC123
		sees "5 of 5 tries left"
		ends 0'
	public_key sign ABC123 "$work/key"
	openssl dgst -sha256 -verify "$work/key" -signature "$work/sig" \
		"$JPKI_TOOL" >/dev/null || echo 'openssl does not verify it'
}

binary_stays_off_the_terminal() {
	dialogue 'tool sign -k auth $env(JPKI_TOOL)
		sees "binary"
		ends 2
		tool cert auth --der
		sees "binary"
		ends 2
		tool pin verify auth --pin-fd 0
		sees "is a terminal"
		ends 2'
	expect_equal 'commands' "$(sent_commands)" 0
}

# shown_at_terminal [NAME=VALUE...] VERB...: what a terminal would show.
shown_at_terminal() {
	env -u NO_COLOR TERM=xterm "$@" script -qec 'exec $JPKI_TOOL $WORDS' /dev/null \
		</dev/null >"$out"
}

colours_are_for_a_terminal() {
	local escape=$'\e' environment
	control tries sign 0
	shown_at_terminal WORDS=status
	expect_output "${escape}[1;31mLOCKED${escape}[0m"
	expect_output "${escape}[1mUser authentication certificate${escape}[0m"
	shown_at_terminal NO_COLOR= WORDS=status
	expect_output "${escape}[1;31mLOCKED"
	for environment in NO_COLOR=1 TERM=dumb TERM=; do
		shown_at_terminal "$environment" WORDS=status
		expect_output LOCKED
		expect_no_output "$escape"
	done
	shown_at_terminal WORDS='status -j'
	expect_no_output "$escape"
	run status
	expect_output LOCKED
	expect_no_output "$escape"
	TERM=xterm run cert auth -o "$work/page"
	! grep -F "$escape" "$work/page"
}

play "$@"
tap_tool expect

tap 'verify asks, and shows the tries' in_world adult verify_asks_and_shows_the_tries
tap 'full-width digits are folded' in_world adult full_width_is_folded
tap 'a wrong PIN at the terminal' in_world adult wrong_pin_at_the_terminal
tap 'change asks for the new PIN twice' in_world adult change_asks_twice
tap 'different new PINs change nothing' \
	in_world adult different_new_pins_change_nothing
tap 'locked PINs and last tries are not asked for' \
	in_world adult locked_and_last_try_are_not_asked_for
tap 'cancelling restores the terminal' \
	in_world adult cancelling_restores_the_terminal
tap 'consent can be refused' in_world adult consent_can_be_refused
tap 'consent is given in Japanese' in_world adult consent_is_given_in_japanese
tap 'stopping restores the terminal' in_world adult stopping_restores_the_terminal
tap 'a program that sleeps holds no card' in_world adult sleeping_holds_no_card
tap 'the prompt names the reader if there are two cards' \
	in_world adult prompt_names_the_reader --card "$(card_of adult)"
tap 'no terminal: what is missing is named' \
	in_world adult missing_options_are_named
tap 'nothing is held while asking' in_world adult nothing_is_held_while_asking
tap 'an exchanged card gets no PIN' in_world adult exchanged_card_gets_no_pin
tap 'signing and certificates ask too' \
	in_world adult signing_and_certificates_ask_too
tap 'colours are for a terminal, and who wants them' \
	in_world adult colours_are_for_a_terminal
tap 'binary stays off the terminal' in_world adult binary_stays_off_the_terminal
tap_end
