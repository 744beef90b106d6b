# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=bash
#
# The operations that are measured, and what each may cost: to be sourced.
# Expects JPKI_TOOL, and in $work a folder of the caller's.  The PINs are the
# default ones of jpki-vcard.
: "${work:?a folder to work in}"

jpki() { "$JPKI_TOOL" "$@"; }

prepare_operations() {
	printf 1234 >"$work/auth-pin"
	printf ABC123 >"$work/sign-pin"
	printf 2345 >"$work/new-pin"
	printf 'To be signed.\n' >"$work/document"
	local i
	for i in $(seq 100); do
		cp "$work/document" "$work/batch-$i"
	done
	jpki cert auth --der -o "$work/auth.der"
	jpki cert sign --der --pin-file "$work/sign-pin" \
		-o "$work/sign.der" 2>/dev/null
	auth_reads=$(chunks "$work/auth.der")
	sign_reads=$(chunks "$work/sign.der")
}

# READ BINARYs that a file of that size needs at least.
chunks() { echo $((($(wc -c <"$1") + 255) / 256)); }

our_status() { jpki status -j; }
our_cert_auth() { jpki cert auth --der; }
our_sign_auth() {
	jpki sign -k auth --pin-file "$work/auth-pin" "$work/document"
}
our_sign_sign() {
	jpki sign -k sign --pin-file "$work/sign-pin" "$work/document"
}
our_batch() {
	rm -f "$work"/batch-*.sig
	jpki sign -k auth --pin-file "$work/auth-pin" --suffix .sig \
		"$work"/batch-*
}
our_change() {
	jpki pin change auth --pin-file "$work/auth-pin" \
		--new-pin-file "$work/new-pin" &&
		mv "$work/auth-pin" "$work/swap" &&
		mv "$work/new-pin" "$work/auth-pin" &&
		mv "$work/swap" "$work/new-pin"
}

# name|function|commands at most|VERIFYs at most; after prepare_operations.
# SELECT application and each file, READs, retry query, VERIFY, the key's
# command, and the logout are in the budgets.
list_operations() {
	cat <<-END
		status|our_status|$((10 + auth_reads))|0
		cert auth|our_cert_auth|$((2 + auth_reads))|0
		sign, auth key, cold|our_sign_auth|$((8 + auth_reads))|1
		sign, sign key, cold|our_sign_sign|$((8 + sign_reads))|1
		100 signatures in a batch|our_batch|$((8 + auth_reads + 99))|1
		change PIN|our_change|6|1
	END
}
