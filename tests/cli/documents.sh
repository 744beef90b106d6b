#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
#
# sign --format and verify: documents that others' programs accept, at the price
# of one VERIFY, and verdicts on them.
set -u
# shellcheck source=tests/cli/lib.sh
. "$JPKI_SRC/tests/cli/lib.sh"

# Documents to be signed, and the certificate of the CA.
begin() {
	printf 'one\n' >"$work/one"
	printf 'two\n' >"$work/two"
	echo '<?xml version="1.0"?><letter Id="it"><text>one</text></letter>' >"$work/one.xml"
	"$JPKI_TOOL" cert sign-ca --pem -o "$work/ca" 2>/dev/null || echo "there is no CA"
}

# sign [ARGUMENT...]: with the signature key, and consent.
sign() { run_pin ABC123 sign -k sign --yes "$@"; }

# holds RESULT [ARGUMENT...]: what verify says of a document.
holds() {
	local wanted=$1
	shift
	run verify -j --ca "$work/ca" "$@"
	[ "$code" = "$([ "$wanted" = true ] && echo 0 || echo 1)" ] ||
		echo "verify $*: exit status $code"
	expect_equal "holds" "$(jq .holds "$out")" "$wanted"
}
# found CHECK RESULT: of the first signature.
found() { expect_equal "$1" "$(jq -r ".signatures[0].checks.$1.result" "$out")" "$2"; }

openssl_verifies() {
	openssl cms -verify "$@" -CAfile "$work/ca" -purpose any -out "$work/content" \
		2>"$work/words" || cat "$work/words"
}

cms_holds_its_content() {
	begin
	sign --format cms -o "$work/one.p7m" "$work/one"
	expect_success
	expect_equal VERIFYs "$(sent_verifies)" 1
	expect_equal signatures "$(sent_signatures)" 1
	expect_logged_out
	openssl_verifies -binary -inform DER -in "$work/one.p7m"
	cmp "$work/one" "$work/content"
	holds true "$work/one.p7m"
	found coverage ok
	found revocation unknown
	expect_equal name "$(jq -r '.signatures[0].holder.sex_text' "$out")" female
	expect_equal format "$(jq -r .format "$out")" cms
	run verify --ca "$work/ca" "$work/one.p7m"
	expect_equal text "$(head -n 1 "$out")" '1 signature, cms'
}

detached_cms_needs_its_content() {
	local hash
	begin
	for hash in sha256 sha384 sha512; do
		sign --format cms --detached --pem --hash "$hash" -o "$work/$hash" "$work/one"
		expect_success
		openssl_verifies -binary -inform PEM -in "$work/$hash" -content "$work/one"
		holds true --content "$work/one" "$work/$hash"
		expect_equal hash "$(jq -r '.signatures[0].hash' "$out")" "$hash"
	done
	holds false --content "$work/two" "$work/sha256"
	found integrity failed
}

a_second_signer_leaves_the_first() {
	begin
	sign --format cms --detached -o "$work/first" "$work/one"
	sign --format cms --add --content "$work/one" -o "$work/both" "$work/first"
	expect_success
	holds true --content "$work/one" "$work/both"
	expect_equal signatures "$(jq '.signatures | length' "$out")" 2
	openssl_verifies -binary -inform DER -in "$work/both" -content "$work/one"
}

a_mail_is_signed() {
	begin
	sign --format smime "$work/one"
	expect_success
	cp "$out" "$work/mail"
	openssl_verifies -in "$work/mail"
	holds true "$work/mail"
	expect_equal format "$(jq -r .format "$out")" smime
	sed 's/^b25l/dHdv/' "$work/mail" >"$work/other"
	cmp -s "$work/mail" "$work/other" && echo "the mail is the same"
	holds false "$work/other"
}

xml_is_signed_as_xmlsec_has_it() {
	local shape
	begin
	for shape in '' --exclusive --enveloping --xades '--id it' '--profile etax'; do
		# shellcheck disable=SC2086 # several words
		sign --format xml $shape -f -o "$work/signed.xml" "$work/one.xml"
		expect_success
		xmlsec1 --verify --trusted-pem "$work/ca" --id-attr:Id letter \
			--id-attr:Id SignedProperties --id-attr:Id Object \
			"$work/signed.xml" >"$work/words" 2>&1 || { echo "$shape"; cat "$work/words"; }
		holds true "$work/signed.xml"
		# The signer's and the CA's; a filing system takes the first alone.
		expect_equal "certificates, $shape" \
			"$(grep -o '<[a-z]*:X509Certificate>' "$work/signed.xml" | wc -l)" \
			"$([[ $shape = *etax ]] && echo 1 || echo 2)"
		sed 's/<text>one/<text>two/' "$work/signed.xml" >"$work/other.xml"
		[ "$shape" = --enveloping ] || holds false "$work/other.xml"
	done
}

egov_is_signed_and_named() {
	begin
	echo '<paper><body Id="構成情報">one</body><signatures Id="署名情報"/></paper>' \
		>"$work/paper.xml"
	sign --format xml --profile egov --content "$work/two" -o "$work/signed.xml" \
		"$work/paper.xml"
	expect_success
	holds true --id 構成情報 --content "$work/two" "$work/signed.xml"
	holds false --content "$work/two" "$work/signed.xml"
	holds false --id 構成情報 "$work/signed.xml"
}

pdf_is_signed_and_signed_again() {
	local options
	begin
	mutool create -o "$work/plain.pdf" /dev/null >/dev/null 2>&1 || echo "no PDF"
	for options in '' '--profile moj' '--profile pades' '--visible 1,50,50,200,40'; do
		# shellcheck disable=SC2086 # several words
		sign --format pdf $options -f -o "$work/signed.pdf" "$work/plain.pdf"
		expect_success
		holds true "$work/signed.pdf"
		pdfsig -nocert "$work/signed.pdf" >"$work/words" 2>&1
		grep -q 'Signature is Valid' "$work/words" || cat "$work/words"
		qpdf --check "$work/signed.pdf" >"$work/words" 2>&1 || cat "$work/words"
	done
	sign --format pdf -o "$work/twice.pdf" "$work/signed.pdf"
	expect_success
	holds true "$work/twice.pdf"
	expect_equal signatures "$(jq '.signatures | length' "$out")" 2
	cmp -n "$(wc -c <"$work/signed.pdf")" "$work/signed.pdf" "$work/twice.pdf"
	{ cat "$work/twice.pdf"; echo more; } >"$work/longer.pdf"
	holds false "$work/longer.pdf"
	found coverage failed
}

# In each format, by a service on loopback; without one nothing is written.
time_stamps_are_added_and_judged() {
	local tsa i url
	begin
	mkdir "$work/tsa"
	"$JPKI_SRC/tests/cli/tsa" "$work/tsa" >"$work/tsa.log" 2>&1 &
	tsa=$!
	for i in $(seq 600); do
		[ ! -e "$work/tsa/url" ] || break
		sleep 0.1
	done
	url=$(<"$work/tsa/url")
	cat "$work/ca" "$work/tsa/ca.pem" >"$work/cas"
	mutool create -o "$work/plain.pdf" /dev/null >/dev/null 2>&1 || echo "no PDF"
	sign --format cms --timestamp "$url" -o "$work/cms" "$work/one"
	expect_success
	sign --format xml --timestamp "$url" -o "$work/xml" "$work/one.xml"
	expect_success
	sign --format pdf --profile pades --timestamp "$url" -o "$work/pdf" "$work/plain.pdf"
	expect_success
	kill "$tsa"
	wait "$tsa" 2>/dev/null
	for i in cms xml pdf; do
		# Whose time stamps they are nobody has said.
		holds true "$work/$i"
		found timestamp unknown
		expect_equal stamped "$(jq '.signatures[0].stamped' "$out")" null
		run verify -j --ca "$work/cas" "$work/$i"
		found timestamp ok
		[ "$(jq '.signatures[0].stamped' "$out")" != null ] || echo "$i: when?"
	done
	sign --format cms --timestamp "$url" --suffix .none "$work/one" "$work/two"
	expect_equal 'exit status' "$code" 1
	grep -q 'cannot be reached' "$err" || cat "$err"
	grep -q '0 of 2 documents are signed' "$err" || cat "$err"
	[ ! -e "$work/one.none" ] && [ ! -e "$work/two.none" ] || echo "it is there"
	expect_logged_out
	expect_tries sign 5
}

a_batch_costs_one_verify() {
	local i
	begin
	for i in $(seq 20); do echo "$i" >"$work/file$i"; done
	sign --format cms --suffix .p7m "$work"/file*
	expect_success
	expect_equal VERIFYs "$(sent_verifies)" 1
	expect_equal signatures "$(sent_signatures)" 20
	for i in $(seq 20); do
		[ -s "$work/file$i.p7m" ] || echo "file$i is not signed"
	done
	sign -j --format cms --jobs 5 --suffix .again "$work"/file?
	expect_success
	expect_equal 'JSON' "$(jq -r '.format + " " + .documents[8].output' "$out")" \
		"cms $work/file9.again"
	expect_equal VERIFYs "$(sent_verifies)" 1
	expect_equal signatures "$(sent_signatures)" 9
	for i in $(seq 9); do
		openssl_verifies -binary -inform DER -in "$work/file$i.again"
		cmp "$work/file$i" "$work/content"
	done
}

a_bar_shows_how_far_it_is() {
	begin
	printf ABC123 >"$work/pin" && chmod 600 "$work/pin"
	script -qec "'$JPKI_TOOL' sign -k sign --yes --pin-file '$work/pin' --format cms \
		--suffix .p7m '$work/one' '$work/two'" /dev/null >"$work/seen" </dev/null
	grep -q '\] 2/2' "$work/seen" || cat "$work/seen"
}

what_was_made_before_a_failure_stays() {
	begin
	cp "$work/one.xml" "$work/a.xml"
	echo 'no XML' >"$work/b.xml"
	cp "$work/one.xml" "$work/c.xml"
	sign -j --format xml --suffix .signed "$work"/[abc].xml
	expect_equal 'exit status' "$code" 1
	expect_equal 'JSON' "$(jq -c '[.documents[].file]' "$out")" "[\"$work/a.xml\"]"
	grep -q '1 of 3 documents are signed' "$err" || cat "$err"
	expect_logged_out
	holds true "$work/a.xml.signed"
	[ ! -e "$work/b.xml.signed" ] || echo "b is there"
	[ ! -e "$work/c.xml.signed" ] || echo "c is there"
}

# .sig goes behind the name, -signed before its end.
a_suffix_has_its_place() {
	begin
	mkdir "$work/a.b"
	cp "$work/one.xml" "$work/a.b/one.xml"
	cp "$work/one.xml" "$work/a.b/one"
	sign --format xml --suffix -signed "$work/a.b/one.xml" "$work/a.b/one"
	expect_success
	sign --format xml --suffix .signed "$work/a.b/one.xml"
	expect_success
	expect_equal files "$(cd "$work/a.b" && echo *)" \
		'one one-signed one-signed.xml one.xml one.xml.signed'
}

a_certificate_that_ended_is_warned_of() {
	begin
	run_pin ABC123 sign -k sign --yes --format cms -o "$work/one.p7m" "$work/one"
	expect_code 0
	grep -q 'the certificate ended' "$err" || cat "$err"
	holds false "$work/one.p7m"
}

what_is_drawn_is_on_the_page() {
	begin
	printf '%%%%MediaBox 0 0 200 100\n0 0 m\n' >"$work/page"
	mutool create -o "$work/plain.pdf" "$work/page" >/dev/null 2>&1 || echo "no PDF"
	sign --format pdf --visible 1,10,10,200,40 -o "$work/x.pdf" "$work/plain.pdf"
	expect_failure 2 'would not be on it'
	sign --format pdf --visible 1,-1,10,100,40 -o "$work/x.pdf" "$work/plain.pdf"
	expect_failure 2 'from 0,0 to 200,100'
	expect_equal commands "$(sent_commands)" 0
	sign --format pdf --visible 1,100,60,100,40 -o "$work/x.pdf" "$work/plain.pdf"
	expect_success
}

# However far ahead the others are; the last SELECT before it, and itself.
what_the_card_did_not_sign_is_no_success() {
	local jobs fault
	begin
	for jobs in 1 3; do
		for fault in sw=6A82,after@ins=2A#2 sw=9000,before@ins=2A#2; do
			rm -f "$work"/one*.made
			cp "$work/one.xml" "$work/one1.xml"
			cp "$work/one.xml" "$work/one2.xml"
			control counters clear
			control fault "$fault"
			sign --format xml --jobs "$jobs" --suffix .made "$work"/one*.xml
			control faults clear
			[ "$code" != 0 ] || echo "--jobs $jobs, $fault: exit status 0"
			[ "$(find "$work" -name 'one*.made' | wc -l)" -lt 3 ] ||
				echo "--jobs $jobs, $fault: all are there"
			expect_logged_out
		done
	done
}

a_bare_signature_is_checked() {
	begin
	run_pin ABC123 cert sign --pem -o "$work/cert"
	run_pin ABC123 sign -k sign -o "$work/raw" "$work/one"
	holds true --format raw --cert "$work/cert" --content "$work/one" "$work/raw"
	holds false --format raw --cert "$work/cert" --content "$work/two" "$work/raw"
	found signature failed
	# The CA may stand behind the certificate.
	cat "$work/cert" "$work/ca" >"$work/chain"
	holds true --format raw --cert "$work/chain" --content "$work/one" "$work/raw"
}

the_login_key_signs_no_documents_that_hold() {
	begin
	"$JPKI_TOOL" cert auth-ca --pem -o "$work/auth-ca" 2>/dev/null
	run_pin 1234 sign -k auth --format cms -o "$work/auth.p7m" "$work/one"
	expect_equal 'exit status' "$code" 0
	grep -q 'made for logins' "$err" || cat "$err"
	run verify -j --ca "$work/auth-ca" "$work/auth.p7m"
	expect_equal 'exit status' "$code" 1
	found usage failed
}

a_test_ca_is_trusted_only_if_given() {
	begin
	sign --format cms -o "$work/one.p7m" "$work/one"
	run verify -j "$work/one.p7m"
	expect_equal 'exit status' "$code" 1
	found chain failed
}

without_consent_nothing_is_sent() {
	begin
	run_pin ABC123 sign -k sign --format cms -o "$work/one.p7m" "$work/one"
	expect_failure 2 'give --yes'
	expect_equal commands "$(sent_commands)" 0
	[ ! -e "$work/one.p7m" ] || echo "it is there"
}

options_that_do_not_belong_cost_nothing() {
	begin
	sign --format pdf --detached -o "$work/x" "$work/one"
	expect_failure 2 'takes no option --detached'
	sign --format xml --profile moj -o "$work/x" "$work/one.xml"
	expect_failure 2 'no profile'
	sign --format doc -o "$work/x" "$work/one"
	expect_failure 2 'no format'
	sign --reason because -o "$work/x" "$work/one"
	expect_failure 2 'give --format cms'
	sign --format pdf --visible 1,2 -o "$work/x" "$work/one"
	expect_failure 2 'page,x,y,width,height'
	sign -j --format cms "$work/one"
	expect_failure 2 '--json'
	sign --format cms --timestamp https://127.0.0.1/ -o "$work/x" "$work/one"
	expect_failure 2 'by https'
	sign --format cms --hash sha1 -o "$work/x" "$work/one"
	expect_failure 2 'sha256'
	sign --format cms --suffix .p7m "$work/one" "$work/missing" "$work/two"
	expect_failure 1 'missing'
	sign --format cms --suffix .p7m "$work/one" "$work"
	expect_failure 1 'directory'
	expect_equal commands "$(sent_commands)" 0
	run verify "$work/one"
	expect_failure 1 'give --format'
	run verify --format xml "$work/one.xml"
	grep -q 'is not signed' "$out" || cat "$out"
}

# No document is at hand that these would belong to.
verify_refuses_options_that_count_for_nothing() {
	local row
	begin
	for row in cms=--id cms=--cert smime=--content pdf=--content pdf=--id xml=--hash raw=--id; do
		run verify --format "${row%=*}" "${row#*=}" "$work/two" "$work/one"
		expect_failure 2 "takes no option ${row#*=}"
	done
}

# As their first bytes tell, and not what is in them.
formats_are_told_apart() {
	local name
	begin
	mutool create -o "$work/plain.pdf" /dev/null >/dev/null 2>&1 || echo "no PDF"
	sign --format cms -o "$work/pdf.p7m" "$work/plain.pdf"
	holds true "$work/pdf.p7m"
	expect_equal format "$(jq -r .format "$out")" cms
	for name in application/pkcs7-mime application/x-pkcs7-mime multipart/signed; do
		printf 'Content-Type: %s\n\nMAA=\n' "$name" >"$work/mail"
		run verify "$work/mail"
		expect_failure 1 'no signed mail'
	done
}

play "$@"

tap 'CMS holds its content' in_world adult cms_holds_its_content
tap 'detached CMS needs its content' in_world adult detached_cms_needs_its_content
tap 'a second signer leaves the first' in_world adult a_second_signer_leaves_the_first
tap 'a mail is signed' in_world adult a_mail_is_signed
tap 'XML is signed as xmlsec has it' in_world adult xml_is_signed_as_xmlsec_has_it
tap 'a paper for e-Gov is signed, and checked by its Id' \
	in_world adult egov_is_signed_and_named
tap 'PDF is signed, and signed again' in_world adult pdf_is_signed_and_signed_again
tap 'time stamps are added, and judged' in_world adult time_stamps_are_added_and_judged
tap 'a batch costs one VERIFY' in_world adult a_batch_costs_one_verify
tap 'a bar shows how far it is' in_world adult a_bar_shows_how_far_it_is
tap 'what was made before a failure stays' in_world adult what_was_made_before_a_failure_stays
tap 'a suffix has its place' in_world adult a_suffix_has_its_place
tap 'a certificate that ended is warned of' \
	in_world expired a_certificate_that_ended_is_warned_of
tap 'what is drawn is on the page' in_world adult what_is_drawn_is_on_the_page
tap 'what the card did not sign is no success' \
	in_world adult what_the_card_did_not_sign_is_no_success
tap 'a bare signature is checked' in_world adult a_bare_signature_is_checked
tap 'the login key signs no documents that hold' \
	in_world adult the_login_key_signs_no_documents_that_hold
tap 'a test CA is trusted only if it is given' in_world adult a_test_ca_is_trusted_only_if_given
tap 'without consent nothing is sent' in_world adult without_consent_nothing_is_sent
tap 'options that do not belong cost nothing' \
	in_world adult options_that_do_not_belong_cost_nothing
tap 'verify refuses options that count for nothing' \
	in_world adult verify_refuses_options_that_count_for_nothing
tap 'formats are told apart' in_world adult formats_are_told_apart
tap_end
