#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
#
# README's session is what the programs show, in both languages: it is typed at a
# terminal again, line by line, and compared.
#
# shellcheck disable=SC2016 # the signs in quotes are those of expect and Markdown
set -u
# shellcheck source=tests/cli/lib.sh
. "$JPKI_SRC/tests/cli/lib.sh"

PATH=$(dirname "$JPKI_TOOL"):$(dirname "$JPKI_VCARD"):$PATH

# Two shells, one in the other, as in the session.  A question ends with a colon
# or [y/N]; its answer is the next one of those that README names.
dialogue='
set timeout 120
log_user 0
set answers {y ABC123 1111}
proc complain {what} { puts $what; exit }
proc at_prompt {} {
	global answers expect_out screen
	expect {
		-re {(^|\n)\$ $} {}
		-re {(left\): |ください: |/N\] )$} {
			append screen $expect_out(buffer)
			if {$answers == ""} { complain "a question too many:\n$screen" }
			send -- "[lindex $answers 0]\r"
			set answers [lrange $answers 1 end]
			exp_continue
		}
		timeout { complain "no prompt in time behind:\n$screen" }
		eof { complain "the end came behind:\n$screen" }
	}
	append screen $expect_out(buffer)
}
set screen ""
set env(PS1) "$ "
spawn -noecho sh
while {[gets stdin line] >= 0} {
	at_prompt
	send -- "$line\r"
}
at_prompt
foreach shell {inner outer} { send -- "exit\r" }
expect eof
puts -nonewline $screen
'

session_of() {
	sed -n '/^```console session$/,/^```$/ { /^```/!p }' "$JPKI_SRC/$1"
}

# Of another card on another day these are others: dates and times, the days
# that are left, and numbers of 6 digits or more.  Blanks at a line's end are
# not in README.
alike() {
	tr -d '\r' | sed -E 's/[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9:]{8})?/DATE/g
	    s/[0-9A-F]{6,}/NUMBER/g; s/[0-9]+( days left|日$)/N\1/; s/ +$//; /^\$$/d'
}

# says_so README LANGUAGE
says_so() {
	local folder=$work/$2
	mkdir "$folder" && cd "$folder" || return
	session_of "$1" >"$work/session"
	sed -n 's/^\$ //p' "$work/session" >"$work/lines"
	[ "$(wc -l <"$work/lines")" -ge 6 ] || echo "there is no session in $1"
	# The shell has no settings of its own, and no editor for its lines.
	env -u ENV TERM=dumb LC_ALL=C.UTF-8 LANGUAGE="$2" \
		expect -c "$dialogue" <"$work/lines" >"$work/screen"
	diff -U 2 --label "$1" <(alike <"$work/session") \
		--label 'what is shown' <(alike <"$work/screen")
}

tap "README.md shows what is shown" says_so README.md en
tap "README.ja.md shows what is shown" says_so README.ja.md ja
tap_end
