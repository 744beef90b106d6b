#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
#
# The PKCS #11 module with OpenSC's pkcs11-tool.
p11_world=()
# shellcheck source=tests/e2e/lib-p11.sh
. "${JPKI_SRC:?}/tests/e2e/lib-p11.sh"
tap_tool pkcs11-tool

p11() { pkcs11-tool --module "$both" "$@"; }
auth() { p11 --token-label JPKI-AUTH --login --pin "$auth_pin" "$@"; }
sign() { p11 --token-label JPKI-SIGN --login --pin "$sign_pin" "$@"; }

# sign_with LOGIN MECHANISM HASH: openssl verifies what the token signs.
sign_with() {
	local input=document
	# RSA-PKCS takes a DigestInfo; what is hashed is the program's affair.
	if [ "$2" = RSA-PKCS ]; then
		input=digest-info
		{
			printf '\x30\x31\x30\x0d\x06\x09\x60\x86\x48\x01'
			printf '\x65\x03\x04\x02\x01\x05\x00\x04\x20'
			openssl dgst -sha256 -binary document
		} >"$input"
	fi
	silently "$1" --sign --mechanism "$2" --input-file "$input" --output-file signature
	verified "$3" "$1" signature
}

# The parameters that the card can do: SHA-256, MGF1 with SHA-256, 32 bytes.
sign_pss() {
	silently "$1" --sign --mechanism SHA256-RSA-PKCS-PSS --input-file document \
		--output-file signature
	openssl dgst -sha256 -verify "$1.pub" -signature signature \
		-sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:32 document 2>&1 |
		grep -vx 'Verified OK'
	return 0
}

list_objects() { p11 --list-objects "$@" 2>&1 | grep -E ' Object|label:' | sort | uniq -c; }

tap "jpki-tool reads the certificates" public_keys

# What is there, without a PIN.
tap "the tokens are listed" says 'token label        : JPKI-SIGN' p11 --list-slots
tap "a token is login required, not write protected" \
	says 'token flags        : login required, token initialized, PIN initialized' \
	p11 --list-slots
tap "listing costs no VERIFY" costs 0 0 p11 --list-slots
tap "without a PIN the user authentication certificate shows" \
	says 'label:      JPKI-AUTH' p11 --list-objects --token-label JPKI-AUTH
tap "without a PIN no private key shows" \
	same 0 "$(p11 --list-objects --token-label JPKI-AUTH 2>/dev/null | grep -c '^Private')"
tap "without a PIN the signature token shows its CA only" \
	same '      label:      JPKI-SIGN-CA' \
	"$(p11 --list-objects --token-label JPKI-SIGN 2>/dev/null | sed -n 's/^ */      /; /label:/p')"
tap "listing objects costs no VERIFY" costs 0 0 p11 --list-objects

# With the PIN.
for token in auth sign; do
	label=JPKI-${token^^}
	tap "$label: login shows the private key, which only signs" \
		says 'Usage:      sign' "$token" --list-objects --type privkey
	silently "$token" --read-object --type cert --label "$label" --output-file "$token.der"
	tap "$label: the certificate is the card's" \
		same "$(openssl x509 -in "$token.pem" -noout -fingerprint -sha256)" \
		"$(openssl x509 -inform DER -in "$token.der" -noout -fingerprint -sha256)"
	tap "$label: certificate and keys have one id" \
		same 1 "$("$token" --list-objects 2>/dev/null | awk '
			/^[A-Z]/ { kind = $0 }
			/label:/ { label = $2 }
			$1 == "ID:" && label == "'"$label"'" { print $2 }' | sort -u | wc -l)"
	while read -r mechanism hash; do
		tap "$label: $mechanism signs, and openssl verifies" \
			sign_with "$token" "$mechanism" "$hash"
	done <<-END
		RSA-PKCS sha256
		SHA1-RSA-PKCS sha1
		SHA256-RSA-PKCS sha256
		SHA384-RSA-PKCS sha384
		SHA512-RSA-PKCS sha512
	END
	tap "$label: SHA256-RSA-PKCS-PSS signs, and openssl verifies" sign_pss "$token"
	tap "$label: --test finds no error" says 'No errors' "$token" --test
done
tap "one login costs one VERIFY" costs 1 0 auth --list-objects
tap "a signature costs one VERIFY" costs 0 1 sign --sign \
	--mechanism SHA256-RSA-PKCS --input-file document --output-file signature
head -c 246 /dev/zero >long
tap "246 bytes are too many for RSA-PKCS, and the card is not asked" \
	refuses CKR_DATA_LEN_RANGE auth --sign --mechanism RSA-PKCS --input-file long
tap "decryption is refused" refuses error auth --decrypt --mechanism RSA-PKCS \
	--input-file long
tap "a child process can start anew" says 'C_Initialize in forked child process' p11 --test-fork
tap "threads can start at once" silently p11 --test-threads IN --test-threads ILGISLT0 \
	--test-threads ILGISLT0

# PINs that cannot be right, wrong ones, and the last try.
login() { p11 --token-label "JPKI-$1" --login --pin "$2" --list-objects; }
for pin in 123 12345 abcd '123 ' ABC123; do
	tap "user authentication PIN '$pin' cannot be right and costs nothing" \
		costs 0 0 login AUTH "$pin"
done
for pin in ABC12 ABC-123 'GET / HTTP/1.0' 1234 ABCDEFGHIJKLMNOPQ; do
	tap "signature PIN '$pin' cannot be right and costs nothing" \
		costs 0 0 login SIGN "$pin"
done
tap "a signature PIN in small letters is the same PIN" \
	says 'Private Key Object' login SIGN abc123
tap "a wrong PIN is refused" refuses CKR_PIN_INCORRECT login AUTH 0000
tap "a wrong PIN cost one try" says '"auth":2' card tries auth
tap "then the token says that tries are few" says 'user PIN count low' p11 --list-slots
tap "a second wrong PIN is refused" refuses CKR_PIN_INCORRECT login AUTH 0000
tap "then the token says that it is the last try" says 'final user PIN try' p11 --list-slots
tap "the last try is not spent, even on the right PIN" costs 0 0 login AUTH 1234
tap "the last try is refused as locked" refuses CKR_PIN_LOCKED login AUTH 1234
last_try() { JPKI_PKCS11=last-try=allow login AUTH "$1"; }
tap "last-try=allow lets the right PIN through" costs 1 0 last_try 1234
tap "then all tries are back" says '"auth":3' card tries auth
card tries auth 0 >/dev/null
tap "a locked PIN is told in the token's flags" says 'user PIN locked' p11 --list-slots
tap "a locked PIN is refused without a VERIFY" costs 0 0 login AUTH 1234
tap "a locked PIN is refused as locked" refuses CKR_PIN_LOCKED login AUTH 1234
tap "the other token goes on" says 'Private Key Object' login SIGN ABC123
fresh_tries

# Changing PINs.
change() {
	p11 --token-label "JPKI-$1" --login --pin "$2" --new-pin "$3" --change-pin
}
tap "a new PIN that breaks the rules is refused" \
	refuses CKR_PIN_LEN_RANGE change AUTH 1234 12345
tap "a new signature PIN without a digit is refused" \
	refuses CKR_PIN_INVALID change SIGN ABC123 ABCDEF
tap "a new PIN that breaks the rules costs nothing beyond the login" \
	costs 1 0 change AUTH 1234 12345
tap "the user authentication PIN is changed" silently change AUTH 1234 9876
tap "the new PIN is right" says 'Private Key Object' login AUTH 9876
tap "the old PIN is wrong" refuses CKR_PIN_INCORRECT login AUTH 1234
tap "the signature PIN is changed" silently change SIGN ABC123 xyz789
tap "the new signature PIN is right" says 'Private Key Object' login SIGN XYZ789

# The three files, and the setting of the environment.
tokens() { pkcs11-tool --module "$1" --list-slots | sed -n 's/.*label *: //p' | paste -sd ' '; }
tap "the module file for user authentication has that token only" \
	same JPKI-AUTH "$(tokens "$auth_only")"
tap "the module file for signatures has that token only" \
	same JPKI-SIGN "$(tokens "$sign_only")"
tap "JPKI_PKCS11 chooses tokens" same JPKI-SIGN "$(JPKI_PKCS11=tokens=sign tokens "$both")"
tap_end
