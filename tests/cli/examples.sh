#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
#
# The scripts of doc/examples: sign.py and sign-all, as a person uses them at a
# terminal.
set -u
# shellcheck source=tests/cli/lib.sh
. "$JPKI_SRC/tests/cli/lib.sh"

examples=$JPKI_SRC/doc/examples
module=$JPKI_BUILD/jpki-pkcs11.so

cat >"$work/dialogue" <<'END'
set timeout 120
log_user 0
log_file -a -noappend $env(WORK)/screen
spawn -noecho bash -c {"$@" >"$WORK/out"; echo "status $?"} bash {*}$argv
foreach {question answer} $env(ANSWERS) {
	expect {
		-ex $question { send -- "$answer\r" }
		-re {status (\d+)} { exit $expect_out(1,string) }
		timeout { exit 99 }
	}
}
expect {
	-re {status (\d+)} { exit $expect_out(1,string) }
	timeout { exit 98 }
}
END

# asked "QUESTION ANSWER ..." COMMAND...
asked() {
	local answers=$1
	shift
	code=0
	mark=$(wc -c <"$JPKI_VCARD_LOG")
	ANSWERS=$answers WORK=$work expect -f "$work/dialogue" "$@" || code=$?
	cp "$work/screen" "$err"
}

screen_says() {
	grep -qF -- "$1" "$work/screen" || { echo "no \"$1\" on the screen:"; cat "$work/screen"; }
}

# The tool is found as it is when it is installed.
in_folder() {
	mkdir "$work/bin" "$work/letters"
	ln -s "$JPKI_TOOL" "$work/bin/jpki-tool"
	PATH=$work/bin:$PATH
	cd "$work/letters" || return
	echo 'First.' >one
	echo 'Second.' >'two words'
}

python_signs_and_verifies() {
	in_folder
	asked '{PIN of JPKI-AUTH: } 1234' "$examples/sign.py" "$module" one
	expect_code 0
	expect_equal VERIFYs "$(sent_verifies)" 1
	expect_equal signatures "$(sent_signatures)" 1
	public_key auth 1234 "$work/key"
	openssl dgst -sha256 -verify "$work/key" -signature one.sig one >/dev/null ||
		echo 'openssl does not verify it'
	! grep -F 1234 "$work/screen" || echo 'the PIN is on the screen'
}

python_asks_once() {
	in_folder
	asked '{PIN of JPKI-AUTH: } 4321' "$examples/sign.py" "$module" one
	expect_code 1
	screen_says 'CKR_PIN_INCORRECT'
	expect_tries auth 2
	asked '{PIN of JPKI-AUTH: } 1234' "$examples/sign.py" "$module" one
	expect_code 0
	screen_says 'a wrong PIN was given before'
}

python_spends_no_last_try() {
	in_folder
	control tries auth 1
	asked '' "$examples/sign.py" "$module" one
	expect_code 1
	screen_says 'one try is left'
	control tries auth 0
	asked '' "$examples/sign.py" "$module" one
	screen_says 'the PIN is locked'
	asked '' "$examples/sign.py" "$module" none
	screen_says 'No such file'
	expect_equal VERIFYs "$(sent_verifies)" 0
	expect_files . one 'two words'
}

python_without_a_card() {
	in_folder
	asked '' "$examples/sign.py" "$module" one
	expect_code 1
	screen_says 'put one in or on the reader'
}

sign_all_asks_once() {
	in_folder
	printf '%s\n' one 'two words' >"$work/names"
	asked '{[y/N]} y {left): } ABC123' \
		sh -c "$examples/sign-all <$work/names"
	expect_code 0
	expect_equal 'names of what was made' "$(cat "$out")" $'one.p7s\ntwo words.p7s'
	expect_equal VERIFYs "$(sent_verifies)" 1
	expect_equal signatures "$(sent_signatures)" 2
	"$JPKI_TOOL" cert sign-ca --pem -o "$work/ca"
	for name in one 'two words'; do
		run verify --ca "$work/ca" --content "$name" "$name.p7s"
		expect_code 0
	done
}

sign_all_signs_what_is_new() {
	in_folder
	asked '{[y/N]} y {left): } ABC123' "$examples/sign-all" one
	expect_code 0
	asked '' "$examples/sign-all" one
	expect_code 0
	expect_equal commands "$(sent_commands)" 0
	asked '{[y/N]} y {left): } ABC123' "$examples/sign-all" one 'two words'
	expect_equal 'names of what was made' "$(cat "$out")" 'two words.p7s'
}

sign_all_tells_the_end() {
	in_folder
	asked '{[y/N]} y {left): } WRONG9' "$examples/sign-all" one
	expect_code 4
	screen_says 'look at the tries left'
	asked '{[y/N]} n' "$examples/sign-all" one
	expect_code 6
	control tries sign 1
	asked '' "$examples/sign-all" one
	expect_code 5
	screen_says 'one try is left'
	control tries sign 0
	asked '{[y/N]} y' "$examples/sign-all" one
	expect_code 5
	screen_says 'who resets it'
	control remove
	run wait remove
	asked '' "$examples/sign-all" one
	expect_code 3
	expect_files . one 'two words'
}

play "$@"

tap_tool expect
tap_tool jq
tap 'what Python reads compiles' env PYTHONDONTWRITEBYTECODE=1 /usr/bin/python3 -c \
	"compile(open('$examples/sign.py').read(), 'sign.py', 'exec')"
tap 'sign.py signs, and openssl verifies' in_world adult python_signs_and_verifies
tap 'sign.py asks once' in_world adult python_asks_once
tap 'sign.py spends no last try' in_world adult python_spends_no_last_try
tap 'sign.py says that there is no card' in_world adult python_without_a_card --no-card
tap 'sign-all asks once for many files' in_world adult sign_all_asks_once
tap 'sign-all leaves out what is signed' in_world adult sign_all_signs_what_is_new
tap 'sign-all tells how it ended' in_world adult sign_all_tells_the_end
tap_end
