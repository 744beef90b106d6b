#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
#
# Java, which signs and checks documents by code of its own: with the module it
# signs what others hold for good, and it holds for good what jpki-tool signs.
p11_world=()
# shellcheck source=tests/clients/lib.sh
. "${JPKI_SRC:?}/tests/clients/lib.sh"
# shellcheck source=tests/clients/lib-pdf.sh
. "$JPKI_SRC/tests/clients/lib-pdf.sh"
for tool in java javac pdfsig xmlsec1; do
	tap_tool "$tool"
done
unset JAVA_TOOL_OPTIONS JDK_JAVA_OPTIONS CLASSPATH

tap "jpki-tool reads the certificates" public_keys
"$JPKI_TOOL" cert sign-ca --pem -o sign-ca.pem
for program in card sign-xml verify-xml sign-pdf verify-cms verify-pdf; do
	follow "program-$program"
done
chosen libraries
empty_pdf >document.pdf
echo '<paper><one Id="one">1</one><two Id="two">2</two></paper>' >document.xml

# Whose token: OpenSC's is the second, and its names are others.
configure() {
	follow configure
	[ "$whose" = ours ] || sed -i 's/^slot = 0/slot = 1/' jpki.cfg
	rm -f Card.class signed.*
	follow program-card
	[ "$whose" = ours ] ||
		sed -i 's/"JPKI [^"]*"/"Digital Signature Certificate"/' Card.java
}

signs_xml() {
	configure
	followed "$sign_pin" sign-xml
	follow verify-xml >said 2>&1 || cat said
	silently xmlsec1 --verify --pubkey-cert-pem sign.pem signed.xml
	accepted signed.xml
}
operation "signs an XML document" 0 1 signs_xml

signs_pdf() {
	configure
	followed "$sign_pin" sign-pdf
	follow verify-pdf >said 2>&1 || cat said
	pdfsig -nocert signed.pdf >said 2>&1
	mkdir -p nss
	pdf_signed signed.pdf
}
operation "signs a PDF document" 0 1 signs_pdf

pins_cost sign-xml ZZZ999 1234 0 1
pins_cost sign-pdf ZZZ999 1234 0 1

# What jpki-tool signs.
printf '%s' "$sign_pin" >pin
chmod 600 pin
jpki_signs() {
	silently "$JPKI_TOOL" sign -k sign --yes --pin-file pin -f "$@"
}
takes() {
	follow "verify-$1" >said 2>&1 || cat said
	says valid cat said
}
refuses_it() { ! follow "verify-$1" >said 2>&1 || echo "takes it"; }

xml_by_us() {
	jpki_signs --format xml "$@" -o signed.xml document.xml
	takes xml
	sed -i 's/>1</>3</' signed.xml
	refuses_it xml
}
for options in '' --exclusive --xades '--exclusive --xades' --enveloping '--id one' \
	'--id one --id two' '--into two' '--hash sha384' '--hash sha512'; do
	# shellcheck disable=SC2086 # several words
	tap "XML ${options:-as it is}: Java takes it, and nothing else" xml_by_us $options
done

cms_by_us() {
	jpki_signs --format cms --detached "$@" -o document.p7s document
	takes cms
	jpki_signs --format cms --add --content document -o both.p7s document.p7s
	mv both.p7s document.p7s
	takes cms
	cp document other
	echo more >>document
	refuses_it cms
	mv other document
}
for hash in sha256 sha384 sha512; do
	tap "CMS with $hash: BouncyCastle takes it, and nothing else" cms_by_us --hash "$hash"
done

pdf_by_us() {
	jpki_signs --format pdf "$@" -o signed.pdf document.pdf
	takes pdf
	jpki_signs --format pdf "$@" -o twice.pdf signed.pdf
	mv twice.pdf signed.pdf
	takes pdf
	same 2 "$(grep -c ', ' said)"
	sed -i 's/300 200/300 201/' signed.pdf
	refuses_it pdf
}
for options in '' '--profile moj' '--profile pades' '--visible 1,10,10,200,40' '--hash sha512'; do
	# shellcheck disable=SC2086 # several words
	tap "PDF ${options:-as it is}: PDFBox takes it, and nothing else" pdf_by_us $options
done
tap_end
