#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
#
# pdfsig with the module: it signs a PDF file.
p11_world=()
# shellcheck source=tests/clients/lib.sh
. "${JPKI_SRC:?}/tests/clients/lib.sh"
for tool in pdfsig modutil; do
	tap_tool "$tool"
done

tap "jpki-tool reads the certificates" public_keys
empty_pdf >document.pdf

# signed PDF: pdfsig says so, and openssl of the bytes that it names.
signed() {
	local from to rest end
	follow verify >said 2>&1
	grep -q 'Signature is Valid' said || cat said
	grep -q 'Total document signed' said || cat said
	read -r from to rest end < <(sed -n 's/.*Signed Ranges://p' said | tr -dc '0-9 \n')
	tail -c +$((from + 1)) "$1" | head -c $((to - from)) >content
	tail -c +$((rest + 1)) "$1" | head -c $((end - rest)) >>content
	silently pdfsig -nssdir sql:nss -nocert -dump "$1"
	silently openssl cms -verify -binary -inform DER -in "$1.sig0" -content content \
		-noverify -signer signer.pem -out /dev/null
	[ "$(openssl x509 -in signer.pem -noout -pubkey)" = "$(cat sign.pub)" ] ||
		echo "somebody else signed it"
}
signs() {
	rm -rf nss signed.pdf*
	silently follow database
	PIN=$sign_pin silently follow sign
	signed signed.pdf
}
operation "signs a PDF file" 0 1 signs

rm -rf nss
silently follow database
with() { PIN=$1 follow sign; }
tap "a wrong password costs one try" costs 0 1 with ZZZ999
tap "one that cannot be right costs nothing" costs 0 0 with 1234
none() {
	pdfsig -nssdir sql:nss -nick JPKI-SIGN:JPKI-SIGN -add-signature document.pdf signed.pdf
}
tap "without a password it says so, and asks for none" refuses 'Password is needed' none
use_both() {
	rm -rf nss
	MODULE_SIGN=$MODULE silently follow database
	PIN=$sign_pin refuses 'Password was not accepted' follow sign
}
tap "with both tokens it signs nothing" use_both
tap_end
