#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
#
# osslsigncode with the module, through libp11's engine: a program for Windows
# is signed.
p11_world=()
# shellcheck source=tests/clients/lib.sh
. "${JPKI_SRC:?}/tests/clients/lib.sh"
tap_tool osslsigncode

tap "jpki-tool reads the certificates" public_keys
"$JPKI_TOOL" cert sign-ca --pem -o sign-ca.pem
"$JPKI_TOOL" cert auth-ca --pem -o auth-ca.pem

# The least that passes for a program: headers, and no code.
put() { printf '%b' "$2" | dd of=program.exe bs=1 seek="$1" conv=notrunc status=none; }
head -c 1024 /dev/zero >program.exe
put 0 'MZ'
put 60 '\x80'			# where the next header is
put 128 'PE\0\0\x4c\x01'	# 80386
put 148 '\xe0'			# length of the optional header
put 152 '\x0b\x01'		# 32 bits
put 212 '\x00\x02'		# length of the headers
put 244 '\x10'			# directories

signs() {
	chosen "$1-key"
	rm -f signed.exe
	followed "$2" sign
	osslsigncode verify -CAfile "$1-ca.pem" -in signed.exe >verified 2>&1
	grep -q 'Signature verification: ok' verified || cat verified
}
operation "sign, signature key" 0 1 signs sign "$sign_pin"
# The certificate is for client authentication only, which is up to verifiers.
chosen auth-key
rm -f signed.exe
tap "the user authentication key signs as well" followed "$auth_pin" sign
rm -f signed.exe
tap "that costs one VERIFY" costs 1 0 followed "$auth_pin" sign

signs_unasked() {
	chosen sign-key
	followed "$sign_pin" pin
	rm -f signed.exe
	silently follow sign-pin-file
}
operation "sign, PIN from a file" 0 1 signs_unasked

chosen sign-key
rm -f signed.exe
pins_cost sign ZZZ999 1234 0 1
chosen auth-key
pins_cost sign 0000 abcd 1 0
tap_end
