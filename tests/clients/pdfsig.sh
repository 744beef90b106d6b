#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
#
# pdfsig with the module: it signs a PDF file.
p11_world=()
# shellcheck source=tests/clients/lib.sh
. "${JPKI_SRC:?}/tests/clients/lib.sh"
# shellcheck source=tests/clients/lib-pdf.sh
. "$JPKI_SRC/tests/clients/lib-pdf.sh"
for tool in pdfsig modutil; do
	tap_tool "$tool"
done

tap "jpki-tool reads the certificates" public_keys
"$JPKI_TOOL" cert sign-ca --pem -o sign-ca.pem
empty_pdf >document.pdf

signs() {
	rm -rf nss signed.pdf*
	silently follow database
	followed "$sign_pin" sign
	follow verify >said 2>&1
	pdf_signed signed.pdf
}
operation "signs a PDF file" 0 1 signs

rm -rf nss
silently follow database
tap "a wrong password costs one try" costs 0 1 following ZZZ999 sign
tap "one that cannot be right costs nothing" costs 0 0 following 1234 sign
none() {
	pdfsig -nssdir sql:nss -nick JPKI-SIGN:JPKI-SIGN -add-signature document.pdf signed.pdf
}
tap "without a password it says so, and asks for none" refuses 'Password is needed' none
use_both() {
	rm -rf nss
	MODULE_SIGN=$MODULE silently follow database
	refuses 'Password was not accepted' following "$sign_pin" sign
}
tap "with both tokens it signs nothing" use_both
tap_end
