#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
#
# Each command of jpki-tool, a PKCS #11 client and the virtual card's world,
# once under valgrind: as the unit tests are, and unlike those with a real
# libpcsclite and a real pcscd.  No memory is used unset, lost, or that of
# somebody else.
set -u

# A suppression here would be for a library's error; there is none.
memcheck() {
	valgrind --quiet --leak-check=full --keep-debuginfo=yes --child-silent-after-fork=yes \
		--errors-for-leak-kinds=definite,indirect,possible \
		--show-leak-kinds=definite,indirect,possible \
		--log-file="$JPKI_MEMCHECK/%p" "$@"
}

# What the commands are called by is this script with another name.
case $(basename "$0") in
jpki-tool) memcheck "$JPKI_REAL/jpki-tool" "$@"; exit ;;
# Making keys takes a minute; test_vcard_issue and others do it.
jpki-vcard)
	case $1 in
	run) memcheck "$JPKI_REAL/jpki-vcard" "$@" ;;
	*) "$JPKI_REAL/jpki-vcard" "$@" ;;
	esac
	exit
	;;
esac

# shellcheck source=tests/cli/lib.sh
. "${JPKI_SRC:?}/tests/cli/lib.sh"

readers_and_certificates() {
	run readers
	expect_success
	run readers -j
	expect_success
	run status
	expect_success
	run_pin ABC123 status --login -j
	expect_success
	run cert auth
	expect_success
	run cert auth-ca -j
	expect_success
	run_pin ABC123 cert sign --pem
	expect_code 0
	run ssh-key
	expect_success
}

pins() {
	run_pin 1234 pin verify auth
	expect_success
	run_pin 4321 pin verify auth
	expect_code 4
	run_pin 12 pin verify auth
	expect_code 4
	run_change ABC123 DEF456 pin change sign
	expect_success
	run_change ABC123 DEF456 pin change sign
	expect_code 4
}

input_assistance() {
	run_pin 1234 attributes
	expect_success
	run_pin 1234 attributes -j
	expect_success
	run_pin 1234 mynumber --i-may-handle-my-number
	expect_code 0
	run_pin 4321 attributes
	expect_code 4
}

signatures() {
	echo text >"$work/a"
	cp "$work/a" "$work/b"
	run_pin 1234 sign -k auth -o "$work/signature" "$work/a"
	expect_success
	run_pin ABC123 sign -k sign --suffix .sig "$work/a" "$work/b"
	expect_success
	run_pin 1234 sign -k auth --hash sha512 -j "$work/a"
	expect_success
	run_pin 1234 sign -k auth -o "$work/signature" "$work/a"
	expect_code 1
}

no_card() {
	control remove
	run status
	expect_code 3
	run wait insert --timeout 0
	expect_code 1
	run wait remove
	expect_success
	run sign -k nothing
	expect_code 2
	run --help
	expect_success
}

card_pulled() {
	control fault remove@3
	run status
	expect_code 3
	control insert
	run status
	expect_success
}

steps() {
	sed 's/^\t*//' <<-END
		initialize
		present
		flags JPKI-AUTH
		open JPKI-AUTH
		login 1234
		sign
		logout
		close
		open JPKI-SIGN
		login ABC123
		sign
		finalize
	END
}

client() {
	steps | memcheck "$JPKI_BUILD/tests/e2e/p11steps" \
		"$JPKI_BUILD/jpki-pkcs11.so" >"$out" 2>"$err" ||
		echo "p11steps ended with status $?"
	expect_equal 'steps that are CKR_OK' "$(grep -c '^CKR_OK' "$out")" 12
	cat "$err"
}

world() {
	JPKI_TOOL=$JPKI_REAL/jpki-tool
	run status
	expect_success
	control remove
	control insert
	run_pin ABC123 cert sign
	expect_code 0
	control tries
}

faulty() { run; }

# Findings are a matter of the machine; the report has none of its own.
doctor_and_browser() {
	HOME=$work/home
	export HOME
	mkdir -p "$HOME/.mozilla/firefox/a" "$HOME/.pki/nssdb"
	printf '[Profile0]\nPath=a\n' >"$HOME/.mozilla/firefox/profiles.ini"
	printf 'library=/x/jpki-pkcs11.so\nname=JPKI\n\n' >"$HOME/.pki/nssdb/pkcs11.txt"
	run doctor
	run doctor -j
	run doctor --report
	expect_success
	run browser status
	expect_success
	run browser status -j
	expect_success
	run browser install --yes --module "$work/none.so"
	expect_code 1
	control pcscd stop
	run doctor -j
	expect_code 1
}

# clean PROFILE FUNCTION: and what valgrind has to say.
clean() {
	rm -f "$JPKI_MEMCHECK"/*
	in_world "$@"
	cat "$JPKI_MEMCHECK"/*
}

play "$@"
tap_tool valgrind
export JPKI_REAL=$JPKI_BUILD JPKI_MEMCHECK=$work/memcheck JPKI_TOOL=$work/jpki-tool
vcard=$JPKI_VCARD
mkdir "$JPKI_MEMCHECK"
ln -s "$(realpath "$0")" "$work/jpki-tool"
ln -s "$(realpath "$0")" "$work/jpki-vcard"

tap 'readers, status, cert, ssh-key' clean adult readers_and_certificates
tap 'pin' clean adult pins
tap 'attributes, mynumber' clean adult input_assistance
tap 'sign' clean adult signatures
tap 'doctor, browser' clean adult doctor_and_browser
tap 'without a card, and wrong usage' clean adult no_card
tap 'a card that is pulled' clean adult card_pulled
tap 'a PKCS #11 client' clean adult client
export JPKI_VCARD=$work/jpki-vcard
tap 'the world of the virtual card' clean adult world
# Is anything found at all?
export JPKI_REAL=$work/faulty JPKI_VCARD=$vcard
mkdir "$JPKI_REAL"
read -ra cc <<<"${CC:-cc}"
"${cc[@]}" -g -o "$JPKI_REAL/jpki-tool" -x c - <<'END'
#include <stdlib.h>
int main(int argc, char **argv) { return (int)(argv[0][0] - *(char *)malloc(1)) + argc > 1000; }
END
tap 'a program that leaks is found out' test "$(clean adult faulty | grep -c 'definitely lost')" = 1
tap_end
