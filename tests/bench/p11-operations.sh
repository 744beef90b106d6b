# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=bash disable=SC2034 # the peer's names are the caller's to use
#
# The operations of the PKCS #11 module that are measured, and what each may
# cost: to be sourced.  Expects JPKI_BUILD and JPKI_TOOL, and in $work a folder
# of the caller's.  The PINs are the default ones of jpki-vcard.
: "${work:?a folder to work in}"

# Whose module, and what it calls tokens; p11_use chooses.
p11_ours=$JPKI_BUILD/jpki-pkcs11.so
p11_peer=$(find /usr/lib* /usr/local/lib* -name opensc-pkcs11.so -print -quit 2>/dev/null)

p11_use() {
	case $1 in
	ours)
		p11_module=$p11_ours
		p11_auth=JPKI-AUTH p11_sign=JPKI-SIGN
		;;
	*)
		p11_module=$p11_peer
		p11_auth='JPKI (User Authentication PIN)'
		p11_sign='JPKI (Digital Signature PIN)'
		;;
	esac
}

p11_prepare() {
	printf 'To be signed.\n' >"$work/document"
	printf 'ABC123' >"$work/sign-pin"
	"$JPKI_TOOL" cert auth --der -o "$work/auth.der" &&
		"$JPKI_TOOL" cert sign --der --pin-file "$work/sign-pin" \
			-o "$work/sign.der" 2>/dev/null || return
	auth_reads=$((($(wc -c <"$work/auth.der") + 255) / 256))
	sign_reads=$((($(wc -c <"$work/sign.der") + 255) / 256))
}

p11bench() { "$JPKI_BUILD/tests/bench/p11bench" "$p11_module" "$@"; }

p11_tool_sign() {
	pkcs11-tool --module "$p11_module" --login --pin "$2" \
		--token-label "$1" --sign --mechanism SHA256-RSA-PKCS \
		--input-file "$work/document" --output-file "$work/signature"
}

do_slots() { p11bench slots; }
do_tokens() { p11bench tokens; }
do_sign_auth() { p11_tool_sign "$p11_auth" 1234; }
do_sign_sign() { p11_tool_sign "$p11_sign" ABC123; }
do_session() { p11bench sign "$p11_auth" 100 <<<1234; }

# name|function|commands at most|VERIFYs at most; after p11_prepare.  The
# budgets are those for a certificate of 4 READs, plus what this card's take
# beyond that.  To find a token by its label, pkcs11-tool asks the tokens
# before it for theirs, and the signature certificate is one more.
p11_operations() {
	local more=$((auth_reads - 4))
	cat <<-END
		list slots|do_slots|2|0
		information of both tokens|do_tokens|$((12 + more))|0
		sign, auth token, cold|do_sign_auth|$((20 + more))|1
		sign, sign token, cold|do_sign_sign|$((20 + more + 3 + 2 + sign_reads))|1
		100 signatures, one session|do_session|$((20 + more + 198))|1
	END
}
