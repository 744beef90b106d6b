#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
#
# Signed documents that programs hold for good which do it by libraries of their
# own: CMS by GnuTLS and NSS, a time stamp by openssl ts.
set -u
# shellcheck source=tests/cli/lib.sh
. "$JPKI_SRC/tests/cli/lib.sh"

for tool in certtool certutil cmsutil openssl; do
	tap_tool "$tool"
done

begin() {
	cd "$work" || exit 1
	echo one >one
	echo two >two
	"$JPKI_TOOL" cert sign-ca --pem -o ca || echo 'there is no CA'
	run_pin ABC123 cert sign --pem -o cert
}

sign() {
	run_pin ABC123 sign -k sign --yes -f "$@"
	expect_success
}

# signs_each ACCEPTS REFUSES: with each hash, attached and detached.  The functions
# get a CMS, and its content if that is not in it.
signs_each() {
	local hash
	for hash in sha256 sha384 sha512; do
		sign --format cms --hash "$hash" -o attached one
		"$1" attached
		sign --format cms --hash "$hash" --detached -o detached one
		"$1" detached one
		"$2" detached two
	done
	sign --format cms --hash sha256 --add --content one -o both detached
	"$1" both one
	"$2" both two
}

gnutls() {
	certtool --p7-verify --load-ca-certificate ca --inder --infile "$1" \
		${2:+--load-data "$2"} >words 2>&1
}
gnutls_accepts() {
	{ gnutls "$@" && grep -q 'Signature status: ok' words; } || cat words
	! grep 'status: .*fail' words
}
gnutls_refuses() { ! gnutls "$@" || { echo "accepted"; cat words; }; }
gnutls_holds_cms_for_good() {
	begin
	signs_each gnutls_accepts gnutls_refuses
}

# NSS does not know certificates' critical policies, and so no chain to the CA; it
# is told to trust the signer's.
nss_begin() {
	mkdir nss && certutil -N -d sql:nss --empty-password &&
		certutil -A -d sql:nss -n signer -t P,P,P -i cert
}
nss() { cmsutil -D -n -h 1 -d sql:nss -i "$1" ${2:+-c "$2"} >words 2>&1; }
nss_accepts() {
	{ nss "$@" && grep -q 'status=GoodSignature' words; } || cat words
	! grep 'status=' words | grep -v 'status=GoodSignature'
}
nss_refuses() {
	nss "$@"
	grep -q 'status=DigestMismatch' words || cat words
	! grep 'status=GoodSignature' words
}
nss_holds_cms_for_good() {
	begin
	nss_begin
	signs_each nss_accepts nss_refuses
}

# place CMS LINES: offset, bytes of the header and length of the DER value that
# asn1parse shows so many lines behind the time stamp's name.
place() {
	local at
	openssl asn1parse -inform DER -in "$1" >parsed
	at=$(($(grep -n id-smime-aa-timeStampToken parsed | cut -d: -f1) + $2))
	sed -n "${at}s/ *\([0-9]*\):d=[0-9]* *hl=\([0-9]*\) l= *\([0-9]*\).*/\1 \2 \3/p" parsed
}

# The stamp is over the signature's value.
openssl_holds_a_time_stamp_for_good() {
	local tsa offset header length
	begin
	mkdir tsa
	"$JPKI_SRC/tests/cli/tsa" "$work/tsa" >tsa.log 2>&1 &
	tsa=$!
	for _ in $(seq 600); do
		[ ! -e tsa/url ] || break
		sleep 0.1
	done
	sign --format cms --timestamp "$(<tsa/url)" -o stamped one
	kill "$tsa"
	wait "$tsa" 2>/dev/null
	read -r offset header length < <(place stamped 2)
	tail -c +$((offset + 1)) stamped | head -c $((header + length)) >token
	read -r offset header length < <(place stamped -3)
	tail -c +$((offset + header + 1)) stamped | head -c "$length" >signature
	expect_equal 'bytes of the signature' "$(wc -c <signature)" 256
	openssl ts -verify -token_in -in token -data signature -CAfile tsa/ca.pem \
		>words 2>&1 || cat words
	! openssl ts -verify -token_in -in token -data one -CAfile tsa/ca.pem \
		>words 2>&1 || echo 'it is over anything'
}

play "$@"

tap 'GnuTLS holds CMS for good' in_world adult gnutls_holds_cms_for_good
tap 'NSS holds CMS for good' in_world adult nss_holds_cms_for_good
tap 'openssl ts holds a time stamp for good' \
	in_world adult openssl_holds_a_time_stamp_for_good
tap_end
