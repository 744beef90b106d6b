#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
#
# LibreOffice with the module: it exports a signed PDF file.  It draws into
# memory: with --headless it would answer its questions itself, by no.
p11_world=()
# shellcheck source=tests/clients/lib.sh
. "${JPKI_SRC:?}/tests/clients/lib.sh"
# shellcheck source=tests/clients/lib-pdf.sh
. "$JPKI_SRC/tests/clients/lib-pdf.sh"
for tool in soffice pdfsig modutil; do
	tap_tool "$tool"
done

tap "jpki-tool reads the certificates" public_keys
"$JPKI_TOOL" cert sign-ca --pem -o sign-ca.pem

# export_pdf PIN...: what is seen, in a LibreOffice of its own.
export_pdf() {
	local office
	rm -rf nss signed.pdf*
	silently follow database
	follow where >folder.txt
	SAL_USE_VCLPLUGIN=svp MOZILLA_CERTIFICATE_FOLDER=$(cat folder.txt) \
		soffice --norestore --nologo --accept="pipe,name=jpki$$;urp" \
		>office.log 2>&1 &
	office=$!
	p11_started+=("$office")
	"$JPKI_SRC/tests/clients/libreoffice" "jpki$$" "file://$work/signed.pdf" "$@" >seen ||
		kill "$office"
	wait "$office"
}

# signs: after one question; pdfsig and openssl verify it.
signs() {
	# It wants the PIN of each of OpenSC's tokens, and again to sign.
	if [ "$whose" = ours ]; then
		export_pdf "$sign_pin"
	else
		export_pdf "$sign_pin" "$auth_pin" "$sign_pin"
	fi
	asked 1 "$(grep -c "^asks" seen)"
	! grep -v "^asks$" seen
	pdfsig -nssdir sql:nss -nocert signed.pdf >said 2>&1
	pdf_signed signed.pdf
}
operation "exports a signed PDF file" 0 1 signs

# fails QUESTIONS PIN...: after so many questions nothing is signed.
fails() {
	export_pdf "${@:2}"
	[ "$(grep -c '^asks' seen)" = "$1" ] || cat seen
	grep -q '^fails .*NoPasswordException' seen || cat seen
	[ ! -s signed.pdf ] || echo "it is signed"
}
tap "who gives no password signs nothing" fails 1
tap "a wrong password is asked for again" fails 2 ZZZ999
fresh_tries
tap "a wrong password costs one try" costs 0 1 fails 2 ZZZ999
tap "one that cannot be right costs nothing" costs 0 0 fails 2 1234
fresh_tries
both_tokens() {
	local MODULE_SIGN=$MODULE
	fails "$@"
}
tap "with both tokens it wants both PINs" both_tokens 2 "$sign_pin"
tap_end
