#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
#
# Documents that are made to cost: each is refused with a sentence and exit
# status 1, by verify and, before anybody is asked for a PIN, by sign.
set -u
# shellcheck source=tests/cli/lib.sh
. "$JPKI_SRC/tests/cli/lib.sh"

# Of zlib's format; nobody gets as far as to the sum at its end.
deflate() {
	printf '\x78\xda'
	gzip -9n | tail -c +11 | head -c -8
}
# zeros SIZE, spaces SIZE
zeros() { head -c "$1" /dev/zero; }
spaces() { zeros "$1" | tr '\0' ' '; }

# pdf DICTIONARY <STREAM: a document whose cross-reference stream it is.
pdf() {
	cat >"$work/stream"
	printf '%%PDF-1.7\n1 0 obj\n<</Type/XRef/W[1 4 2]/Size 3/Root 2 0 R%s/Length %d>>\nstream\n' \
		"$1" "$(wc -c <"$work/stream")"
	cat "$work/stream"
	printf '\nendstream\nendobj\nstartxref\n9\n%%%%EOF\n'
}

# objects TEXT...: a document of these objects, from 4 on.
objects() {
	local text at=() size=0 i
	{
		printf '%%PDF-1.7\n'
		for text in '<</Type/Catalog/Pages 2 0 R>>' '<</Type/Pages/Kids[3 0 R]/Count 1>>' \
			'<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>' "$@"; do
			printf '%d 0 obj\n%s\nendobj\n' $((++size)) "$text"
		done
	} >"$work/objects"
	for ((i = 1; i <= size; i++)); do
		at+=("$(grep -abo "^$i 0 obj" "$work/objects" | head -1 | cut -d: -f1)")
	done
	cat "$work/objects"
	printf 'xref\n0 %d\n0000000000 65535 f \n' $((size + 1))
	printf '%010d 00000 n \n' "${at[@]}"
	printf 'trailer\n<</Root 1 0 R/Size %d>>\nstartxref\n%d\n%%%%EOF\n' $((size + 1)) \
		"$(wc -c <"$work/objects")"
}

# refused TEXT: what stands in bomb.pdf.  A sanitizer ends a program that has
# no memory left; its report is no finding here.
refused() {
	local ASAN_OPTIONS="${ASAN_OPTIONS-}:abort_on_error=1:log_path=$work/report"
	export ASAN_OPTIONS
	run verify "$work/bomb.pdf"
	expect_failure 1 "$1"
	run_pin ABC123 sign -k sign --yes --format pdf -o "$work/signed.pdf" "$work/bomb.pdf"
	expect_failure 1 "$1"
	expect_equal commands "$(sent_commands)" 0
	rm -f "$work"/report*
	[ ! -e "$work/signed.pdf" ] || echo "it is signed"
}

memory_has_a_limit() {
	pdf '/Filter/FlateDecode/DecodeParms<</Predictor 12/Columns 2147483647>>' \
		< <(zeros 1M | deflate) >"$work/bomb.pdf"
	refused bomb.pdf:
	pdf '/Filter[/FlateDecode/FlateDecode]' < <(zeros 2G | deflate | deflate) >"$work/bomb.pdf"
	refused bomb.pdf:
}

# A filter that makes nothing of anything takes no memory.
time_has_a_limit() {
	pdf '/Filter[/FlateDecode/FlateDecode/ASCIIHexDecode]' \
		< <(spaces 1G | deflate | deflate) >"$work/bomb.pdf"
	ulimit -St 2
	refused 'more computing'
}

tables_are_no_longer_than_the_file() {
	local dictionary
	for dictionary in '/Index[0 2147483647]' '/W[2147483647 4 2]' '/W[0 0 0]/Index[0 2000000000]'; do
		pdf "$dictionary" </dev/null | sed 's,/W\[1 4 2\]\(.*/W\),\1,' >"$work/bomb.pdf"
		refused damaged
	done
	objects | sed 's/^0 4$/0 2000000000/' >"$work/bomb.pdf"
	refused damaged
	objects | sed 's,/Size 4,/Size 2000000000,' >"$work/bomb.pdf"
	refused damaged
}

nothing_is_followed_in_circles() {
	local at
	objects >"$work/bomb.pdf"
	at=$(grep -abo '^xref' "$work/bomb.pdf" | cut -d: -f1)
	sed -i "s,/Size 4,/Size 4/Prev $at," "$work/bomb.pdf"
	refused loop
	objects $'<</Length 4 0 R>>\nstream\nx\nendstream' >"$work/bomb.pdf"
	refused loop
	objects "$(yes '[' | head -100000 | tr -d '\n')" >"$work/bomb.pdf"
	refused nested
	objects $'<</Length 2147483647>>\nstream\nx\nendstream' >"$work/bomb.pdf"
	refused endstream
	objects '[99999999999999999999999999]' >"$work/bomb.pdf"
	refused overflow
}

# It costs neither a PIN nor the time to read it, and leaves nothing.
a_content_has_a_limit_too() {
	mkdir "$work/folder"
	truncate -s 513M "$work/folder/long"
	run_pin ABC123 sign -k sign --yes --format cms --suffix .p7m "$work/folder/long"
	expect_failure 1 'sign it --detached'
	expect_equal commands "$(sent_commands)" 0
	expect_files "$work/folder" long
	run_pin ABC123 sign -k sign --yes --format cms --detached --suffix .p7m \
		"$work/folder/long"
	expect_success
	expect_files "$work/folder" long long.p7m
}

# What can be read once only is tried and signed all the same.
pipes_are_tried_and_signed() {
	objects >"$work/plain.pdf"
	run_pin ABC123 sign -k sign --yes --format pdf - <"$work/plain.pdf"
	expect_success
	cmp -n "$(wc -c <"$work/plain.pdf")" "$work/plain.pdf" "$out"
	run_pin ABC123 sign -k sign --yes --format pdf -o "$work/signed.pdf" \
		<(cat "$work/plain.pdf")
	expect_success
	cmp -n "$(wc -c <"$work/plain.pdf")" "$work/plain.pdf" "$work/signed.pdf"
	run_pin ABC123 sign -k sign --yes --format pdf - < <(echo 'no PDF')
	expect_failure 1 'no PDF'
	expect_equal commands "$(sent_commands)" 0
}

# As some that start programs leave it to them.
nobody_needs_to_care_for_children() {
	objects >"$work/plain.pdf"
	"$JPKI_TOOL" cert sign-ca --pem -o "$work/ca" 2>/dev/null || echo 'there is no CA'
	run_pin ABC123 sign -k sign --yes --format pdf -o "$work/signed.pdf" "$work/plain.pdf"
	expect_success
	env --ignore-signal=CHLD "$JPKI_TOOL" verify --ca "$work/ca" "$work/signed.pdf" \
		>"$out" 2>"$err" || echo "exit status $?"
	expect_success 'This document holds'
}

# The first that cannot be signed is named, and none of them is.
one_bad_document_keeps_the_card_out() {
	mkdir "$work/folder"
	objects >"$work/folder/a.pdf"
	echo 'no PDF' >"$work/folder/b.pdf"
	run_pin ABC123 sign -k sign --yes --format pdf --suffix .signed "$work"/folder/[ab].pdf
	expect_failure 1 b.pdf
	expect_equal commands "$(sent_commands)" 0
	expect_files "$work/folder" a.pdf b.pdf
}

play "$@"

tap 'memory has a limit' in_world adult memory_has_a_limit
tap 'computing time has a limit' in_world adult time_has_a_limit
tap 'tables are no longer than the file' in_world adult tables_are_no_longer_than_the_file
tap 'nothing is followed in circles' in_world adult nothing_is_followed_in_circles
tap 'a content has a limit, too' in_world adult a_content_has_a_limit_too
tap 'pipes are tried, and signed' in_world adult pipes_are_tried_and_signed
tap 'children are waited for, whatever was ignored before' \
	in_world adult nobody_needs_to_care_for_children
tap 'one bad document keeps the card out of it' \
	in_world adult one_bad_document_keeps_the_card_out
tap_end
