#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
#
# cert: the page, the encodings, and what is said of a holder's data.
set -u
# shellcheck source=tests/cli/lib.sh
. "$JPKI_SRC/tests/cli/lib.sh"

page_of_the_auth_certificate() {
	run cert auth
	expect_success 'User authentication certificate' '利用者証明用電子証明書' \
		'Subject ' 'Issuer ' 'Serial number ' 'days left' 'open from' \
		'issued by a TEST CA: never an identity' \
		'not checkable by the public' 'RSA, 2048 bits' 'digitalSignature' \
		'clientAuth' '1.2.392.200149.8.5'
	expect_no_output 'Holder'
	expect_equal 'VERIFYs' "$(sent_verifies)" 0
	run cert auth --text
	expect_success 'User authentication certificate'
}

page_of_the_signature_certificate() {
	run_pin ABC123 cert sign
	expect_success 'Signature certificate' '署名用電子証明書' 'nonRepudiation' \
		'Holder' 'Name ' 'Date of birth' 'Sex ' 'Address ' '(Heisei 2)' \
		'見本　花子'
	run_pin ABC123 cert sign -j
	expect_json '.holder.name == "見本　花子"' \
		'.holder.birth_date == "1990-04-01"' '.holder.sex_text == "female"' \
		'.ca == "test" and .ca_proved and .revoked == null'
}

pages_of_the_cas() {
	local ca
	for ca in auth-ca sign-ca; do
		run cert "$ca"
		expect_success 'CA certificate' 'TEST CA'
		run cert -j "$ca"
		expect_json '.ca == "test" and .ca_proved and .renewable == null'
	done
}

json_and_openssl_agree() {
	run cert auth --pem
	expect_success 'BEGIN CERTIFICATE'
	cp "$out" "$work/pem"
	run cert auth -j
	expect_json '.certificate == "auth" and .key_bits == 2048 and .holder == null'
	expect_equal 'serial' "$(jq -r .serial "$out")" \
		"$(openssl x509 -in "$work/pem" -noout -serial | cut -d= -f2)"
	expect_equal 'fingerprint' "$(jq -r .sha256 "$out")" \
		"$(openssl x509 -in "$work/pem" -noout -fingerprint -sha256 |
		    cut -d= -f2 | tr -d :)"
}

encodings_are_the_certificate() {
	run cert auth --der
	expect_success
	cp "$out" "$work/der"
	run cert auth --pem
	openssl x509 -in "$out" -outform DER | cmp - "$work/der"
	run cert auth --der -o "$work/file"
	expect_success
	cmp "$work/file" "$work/der"
	run cert auth --der -o -
	cmp "$out" "$work/der"
	run cert auth --pem --output="$work/file2"
	openssl x509 -in "$work/file2" -noout
}

# The chain leads to the CA on the card.
chain_verifies() {
	"$JPKI_TOOL" cert auth --pem >"$work/auth"
	"$JPKI_TOOL" cert auth-ca --pem >"$work/ca"
	openssl verify -partial_chain -CAfile "$work/ca" "$work/auth" >/dev/null
}

warning='address, date of birth and sex'

holder_data_in_a_file_is_warned_of() {
	local form
	for form in --text --pem --der; do
		run_pin ABC123 cert sign "$form" -o "$work/file$form"
		expect_code 0
		grep -q "warning: .*$warning" "$err" || echo "no warning: $form"
		expect_equal 'lines' "$(wc -l <"$err")" 1
		expect_equal 'mode' "$(stat -c %a "$work/file$form")" 600
		[ ! -s "$out" ] || echo 'standard output is not empty'
	done
	run_pin ABC123 cert sign --pem
	grep -q "$warning" "$err" || echo 'no warning for a pipe'
	run_pin ABC123 cert sign
	expect_success
	run cert auth --pem -o "$work/auth"
	expect_success
}

wrong_pin_writes_nothing() {
	mkdir "$work/folder"
	run_pin ABC124 cert sign --der -o "$work/folder/file"
	expect_failure 4 '4 tries left'
	expect_files "$work/folder"
	expect_tries sign 4
}

# Its authentication certificate needs the PIN; a card's does not, and a
# PIN that is not needed is not sent.
phone_asks_for_the_pin() {
	run_pin 1234 cert auth
	expect_success 'User authentication certificate'
	expect_equal 'VERIFYs' "$(sent_verifies)" 1
	run_pin 1234 ssh-key
	expect_success 'ssh-rsa '
	run_pin 1234 sign -k auth "$0"
	expect_success
}

card_is_not_given_a_pin_in_vain() {
	run_pin 1234 cert auth
	expect_success
	expect_equal 'VERIFYs' "$(sent_verifies)" 0
}

ssh_key_is_the_certificates() {
	run ssh-key
	expect_success 'ssh-rsa '
	expect_equal 'lines' "$(wc -l <"$out")" 1
	ssh-keygen -l -f "$out" >/dev/null || echo 'ssh-keygen refuses it'
	cp "$out" "$work/key"
	run ssh-key -j
	expect_json '.ssh_key | startswith("ssh-rsa ")'
	public_key auth 1234 "$work/public"
	ssh-keygen -e -m PKCS8 -f "$work/key" | cmp - "$work/public"
	expect_equal 'VERIFYs' "$(sent_verifies)" 0
}

overseas_address_is_shown() {
	run_pin ABC123 cert sign
	expect_success '国外転出'
}

garbage_is_reported() {
	run_pin ABC123 cert sign
	expect_failure 1 'signature certificate'
	run_pin ABC123 sign -k sign "$0"
	expect_failure 1 'again'
}

not_there_is_reported() {
	run cert auth
	expect_failure 1 'holds no user authentication certificate'
	run ssh-key
	expect_failure 1 'holds no user authentication certificate'
}

# What is wrong with the CA's file is no fault of the certificate.
malformed_ca_hides_no_certificate() {
	run cert auth
	expect_success 'Serial number' 'claims a TEST CA'
	run cert auth -j
	expect_json '.ca == "test" and (.ca_proved | not)'
	run cert auth-ca
	expect_failure 1 'CA certificate for user authentication on the card'
}

damage_ca() {
	printf '\x30\x03\xFF\xFF\xFF' |
		dd of="$1/files/jpki-000B.bin" conv=notrunc status=none
}

# As that of every card under a CA that is not pinned.
unknown_ca_is_no_reproach() {
	run cert auth
	expect_success 'not among those that can be recognised' 'says nothing against'
	expect_no_output 'do not rely'
	run status
	expect_success 'says nothing against'
	run cert auth -j
	expect_json '.ca == "unknown"'
}

rename_ca() { sed -i 's/JPKI-TEST/JPKI-BEST/g' "$1/files/jpki-000A.bin"; }

# in_altered_world CHANGE FUNCTION: CHANGE is given the card's folder.
in_altered_world() {
	local card
	card=$(card_of adult) || { echo 'no card could be made'; return; }
	LC_ALL=C "$1" "$card"
	"$JPKI_VCARD" run "$card" -- "$0" --play "$2" ||
		echo "the world ended with status $?"
}

play "$@"
tap_tool ssh-keygen

tap 'the page of the user authentication certificate' \
	in_world adult page_of_the_auth_certificate
tap 'the page of the signature certificate' \
	in_world adult page_of_the_signature_certificate
tap 'the pages of the CA certificates' in_world adult pages_of_the_cas
tap 'JSON says what openssl says' in_world adult json_and_openssl_agree
tap 'PEM and DER are the certificate' in_world adult encodings_are_the_certificate
tap 'the chain verifies' in_world adult chain_verifies
tap "a file with the holder's data is warned of" \
	in_world adult holder_data_in_a_file_is_warned_of
tap 'a wrong PIN writes nothing' in_world adult wrong_pin_writes_nothing
tap 'a smartphone asks for the PIN' in_world phone phone_asks_for_the_pin
tap 'a card is not given a PIN in vain' \
	in_world adult card_is_not_given_a_pin_in_vain
tap 'ssh-key prints the key of the certificate' \
	in_world adult ssh_key_is_the_certificates
tap 'an address overseas is shown' in_world overseas overseas_address_is_shown
tap 'a garbled signature certificate is reported' \
	in_world adult garbage_is_reported --quirk cert-garbage=sign
tap 'one that is too long is reported' \
	in_world adult garbage_is_reported --quirk cert-garbage=sign-length
tap 'a malformed CA certificate hides no certificate' \
	in_altered_world damage_ca malformed_ca_hides_no_certificate
tap 'an unknown CA is no reproach' \
	in_altered_world rename_ca unknown_ca_is_no_reproach
for how in 6a82 empty ff; do
	tap "a missing certificate ($how) is reported" \
		in_world adult not_there_is_reported --quirk no-auth-cert=$how
done
tap_end
