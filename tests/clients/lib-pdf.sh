# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=bash disable=SC2034 # shared with lib.sh and the tests
#
# What the tests of programs that sign PDF files share: to be sourced after
# lib.sh.
tap_tool pdfsig

# A PDF file with one empty page.
empty_pdf() {
	local objects=(
		'<< /Type /Catalog /Pages 2 0 R >>'
		'<< /Type /Pages /Kids [3 0 R] /Count 1 >>'
		'<< /Type /Page /Parent 2 0 R /MediaBox [0 0 300 200] /Resources << >> >>'
	)
	local pdf=$'%PDF-1.4\n' table=$'0000000000 65535 f \n' entry i
	for i in 0 1 2; do
		printf -v entry '%010d 00000 n \n' ${#pdf}
		table+=$entry
		pdf+="$((i + 1)) 0 obj"$'\n'"${objects[i]}"$'\nendobj\n'
	done
	printf '%sxref\n0 4\n%strailer\n<< /Size 4 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n' \
		"$pdf" "$table" ${#pdf}
}

# pdf_signed PDF: pdfsig, whose words are in said, finds its signature good, so
# does jpki-tool, and so does openssl of the bytes that pdfsig names.
pdf_signed() {
	local from to rest end
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
	accepted "$1"
}
