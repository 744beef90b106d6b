#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
#
# The tools of NSS with the module.
p11_world=()
# shellcheck source=tests/clients/lib.sh
. "${JPKI_SRC:?}/tests/clients/lib.sh"
for tool in modutil certutil cmsutil tstclnt; do
	tap_tool "$tool"
done

printf 'JPKI-AUTH:%s\nJPKI-SIGN:%s\n' "$auth_pin" "$sign_pin" >pins

tap "jpki-tool reads the certificates" public_keys
"$JPKI_TOOL" cert sign-ca --pem -o sign-ca.pem

# listed NICKNAME: in a new folder, after one question.
listed() {
	rm -rf nss
	silently follow database
	following "$2" list >said 2>&1 || cat said
	grep -q "^$(echo "$1" | names) *u,u,u" said || cat said
	asked_once
}
operation "certutil lists, signature token" 0 1 listed JPKI-SIGN:JPKI-SIGN "$sign_pin"

# signed: in a new folder, after one question; openssl verifies it.
signed() {
	rm -rf nss
	silently follow database
	following "$sign_pin" sign >said 2>&1 || cat said
	asked_once
	says 'To be signed' openssl cms -verify -inform DER -in document.cms -noverify \
		-signer signer.pem
	[ "$(openssl x509 -in signer.pem -noout -pubkey)" = "$(cat sign.pub)" ] ||
		echo "somebody else signed it"
	accepted document.cms
}
operation "cmsutil signs" 0 1 signed

rm -rf nss
silently follow database
wrong() { following ZZZ999 sign; }
tap "a wrong password typed again and again costs one try" costs 0 1 wrong
fresh_tries
tap "one that cannot be right costs cmsutil nothing" costs 0 0 following 1234 sign
with_file() { cmsutil -S -d sql:nss -N JPKI-SIGN:JPKI-SIGN -Y NONE -f "$1" -i document -o no.cms; }
echo JPKI-SIGN:ZZZ999 >wrong
tap "a wrong password in a file costs one try" costs 0 1 with_file wrong
fresh_tries

# with_module NAME MODULE [SETTINGS]: a folder of NSS's with the module in it.
with_module() {
	mkdir "$1" && certutil -N -d "sql:$1" --empty-password &&
		modutil -dbdir "sql:$1" -add JPKI -libfile "$2" ${3:+-string "$3"} -force
}
tap "modutil adds the module" silently with_module both "$both"
silently with_module auth "$auth_only"
silently with_module sign "$sign_only"
silently with_module set "$both" 'tokens=sign'

tap "modutil lists the tokens" says 'token: JPKI-SIGN' modutil -dbdir sql:both -list
list() { certutil -L -h all -d "sql:$1" "${@:2}"; }
tap "certificates are listed without a PIN" says 'JPKI-AUTH:JPKI-AUTH ' list both
tap "the user's is known to have a key" same 'u,u,u' \
	"$(list both 2>/dev/null </dev/null | awk '$1 == "JPKI-AUTH:JPKI-AUTH" { print $2 }')"
asks() {
	list "$1" </dev/null 2>&1 | grep -iE 'password|pin'
	return 0
}
tap "nobody is asked for a PIN" asks both
tap "listing costs no VERIFY" costs 0 0 list both
tap "the file for browsers: nobody is asked for a PIN" asks auth
tap "the file for browsers: listing costs no VERIFY" costs 0 0 list auth
tap "a settings string reaches the module" same 0 "$(list set </dev/null 2>&1 | grep -c JPKI-AUTH)"

# The file for programs that sign documents: NSS logs in, and finds it.
tap "the signature certificate is found after a login" \
	says 'JPKI-SIGN:JPKI-SIGN ' list sign -f pins
tap "that costs one VERIFY" costs 0 1 list sign -f pins
cms() {
	cmsutil -S -d "sql:$1" -N "$2" -Y NONE -G -f pins -i document -o signed.cms
}
tap "cmsutil does not sign with the user authentication key" \
	refuses 'SEC_ERROR_EXTENSION_NOT_FOUND' cms auth JPKI-AUTH:JPKI-AUTH

# TLS.
server_files || tap "a server's certificate" cat words
# From a pipe tstclnt reads for ever.
printf 'GET / HTTP/1.0\r\n\r\n' >request
tls() {
	tstclnt -A request -d "sql:$1" -n JPKI-AUTH:JPKI-AUTH -W pins -V "$2:$2" -o -h 127.0.0.1 -p "$3"
}
tap "tstclnt authenticates with TLS 1.2" handshake tls auth tls1.2
tap "tstclnt authenticates with TLS 1.3" handshake tls auth tls1.3
tap "with both tokens it asks for the one PIN only" costs 1 0 handshake tls both tls1.2

# PINs that are wrong, or cannot be right.
printf 'JPKI-AUTH:0000\nJPKI-SIGN:ZZZ999\n' >pins
tap "a wrong PIN costs certutil one try" costs 0 1 list sign -f pins
tap "a wrong PIN costs a TLS client one try" costs 1 0 handshake tls auth tls1.2
fresh_tries
printf 'JPKI-AUTH:abcd\nJPKI-SIGN:1234\n' >pins
tap "a PIN that cannot be right costs certutil nothing" costs 0 0 list sign -f pins
tap "a PIN that cannot be right costs a TLS client nothing" costs 0 0 handshake tls auth tls1.2
tap_end
