#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
#
# Messages follow the locale; what programs read does not.
set -u
# shellcheck source=tests/cli/lib.sh
. "$JPKI_SRC/tests/cli/lib.sh"

# japanese COMMAND...: C.UTF-8 is on every system, and LANGUAGE chooses in it.
japanese() { LC_ALL=C.UTF-8 LANGUAGE=ja "$@"; }

japanese_is_spoken() {
	japanese run status
	expect_success マイナンバーカード 利用者証明用電子証明書 署名用電子証明書 残り3回（3回中）
	japanese run_pin 123 pin verify auth
	expect_code 4
	grep -q '数字4桁' "$err" || cat "$err"
	japanese run_pin 9999 pin verify auth
	expect_code 4
	grep -q '残り2回' "$err" || cat "$err"
	expect_tries auth 2
}

a_locked_pin_is_explained() {
	japanese run status
	expect_success ロックされています 市区町村の窓口 コンビニの端末では初期化できません
}

# The value of each row begins in one column, whatever the label's width.
columns_are_even() {
	japanese run status -a
	sed -nE 's/^(  [^ ]+ +)(残り|ロック).*/\1/p' "$out" >"$work/labels"
	expect_equal rows "$(wc -l <"$work/labels")" 11
	expect_labels 53
}

# Each of the labels in a file, with the blanks behind it, and a value's first
# column are as wide.
expect_labels() {
	local row
	while IFS= read -r row; do
		expect_equal "$row" "$(printf '%s.' "$row" | wc -L)" "$1"
	done <"$work/labels"
}

# Of a document that is good, the same with another text, and one that is bare.
documents_are_judged_in_japanese() {
	echo '<letter><text>one</text></letter>' >"$work/bare"
	"$JPKI_TOOL" cert sign-ca --pem -o "$work/ca"
	run_pin ABC123 sign -k sign --yes --format xml -o "$work/good" "$work/bare"
	expect_success
	sed 's/<text>one/<text>two/' "$work/good" >"$work/other"
	japanese run verify --ca "$work/ca" "$work/good"
	expect_success 署名1個、xml 署名者 検証結果 'テスト用認証局の発行です。本人の証明にはなりません' \
		一般には確認できません '確認できる範囲で、この文書の署名に問題はありません。'
	expect_no_output 有効です
	sed -nE 's/^(  [^ ]+ +)(問題なし|不明).*/\1/p' "$out" >"$work/labels"
	expect_equal rows "$(wc -l <"$work/labels")" 7
	expect_labels 26
	japanese run verify --ca "$work/ca" "$work/other"
	expect_code 1
	expect_output '失敗: 文書が署名の後に変更されています'
	expect_output 'この文書の署名には問題があります。'
	grep -q '^jpki-tool: .*: 問題のある署名か、確認できない署名があります$' "$err" || cat "$err"
	japanese run verify "$work/bare"
	expect_code 1
	grep -q '文書に署名（ds:Signature）がありません' "$err" || cat "$err"
}

# The help fits a terminal.
expect_width() {
	local line
	expect_code 0
	while IFS= read -r line; do
		[ "$(printf %s "$line" | wc -L)" -le 80 ] || echo "$line"
	done <"$out"
}

the_help_fits() {
	local verb
	for verb in '' $("$JPKI_TOOL" --help | sed -n 's/^  \([a-z][a-z-]*\) .*/\1/p'); do
		# shellcheck disable=SC2086 # none, or one
		japanese run $verb --help
		expect_width
	done
}

# vcard [ARGUMENT...]: as run does with the other program.
vcard() {
	code=0
	"$JPKI_VCARD" "$@" >"$out" 2>"$err" || code=$?
}

the_virtual_card_speaks_japanese() {
	local verb
	for verb in '' create serve run control; do
		# shellcheck disable=SC2086 # none, or one
		japanese vcard $verb --help
		expect_output '使い方: jpki-vcard'
		expect_width
	done
	japanese vcard create
	expect_code 2
	expect_equal usage "$(<"$err")" \
		'jpki-vcard: フォルダーを1つ指定してください。使い方: jpki-vcard create DIR [OPTION...]'
	japanese vcard create "$work/none" --pin-auth 12
	expect_code 1
	grep -q '利用者証明用電子証明書の暗証番号は数字4桁' "$err" || cat "$err"
	japanese vcard serve --fault frob "$work"
	expect_code 2
	grep -q '障害「frob」: その障害はありません' "$err" || cat "$err"
}

# The world's own locale is Japanese; its control is for programs.
the_control_has_no_language() {
	# shellcheck disable=SC2016 # the inner shell's
	japanese "$JPKI_VCARD" run -- bash -c '
		"$0" control "$JPKI_VCARD_CONTROL" fault frob
		"$0" control "$JPKI_VCARD_CONTROL" pcscd start
		"$0" create' "$JPKI_VCARD" >"$out" 2>"$err"
	expect_equal answers "$(jq -r .error "$out")" \
		"$(printf '%s\n' 'fault "frob": no such fault; "jpki-vcard serve --help" lists them' \
			'pcscd is running already')"
	grep -q 使い方 "$err" || cat "$err"
}

json_has_no_language() {
	run status -j
	cp "$out" "$work/english"
	japanese run status -j
	expect_success
	cmp "$work/english" "$out"
}

# What cannot be written in it is not said in it.
without_utf8_it_is_english() {
	LC_ALL=C LANGUAGE=ja run status
	expect_success 'My Number Card'
	LC_ALL=C.UTF-8 LANGUAGE=tlh run status
	expect_success 'My Number Card'
}

# Program and catalogues together, in a folder nobody has heard of.
it_can_be_moved() {
	mkdir -p "$work/moved/bin"
	cp "$JPKI_TOOL" "$work/moved/bin/jpki-tool"
	code=0
	japanese "$work/moved/bin/jpki-tool" frob 2>"$err" || code=$?
	expect_code 2
	cp -R "$(dirname "$JPKI_BUILD")/share" "$work/moved/share"
	japanese "$work/moved/bin/jpki-tool" frob 2>"$err" || code=$?
	grep -q '「frob」というコマンドはありません' "$err" || cat "$err"
}

play "$@"

tap 'Japanese is spoken' in_world adult japanese_is_spoken
tap 'a locked PIN is explained' in_world locked a_locked_pin_is_explained
tap 'columns are even' in_world adult columns_are_even
tap 'documents are judged in Japanese' in_world adult documents_are_judged_in_japanese
tap 'the help fits 80 columns' the_help_fits
tap 'jpki-vcard speaks Japanese' the_virtual_card_speaks_japanese
tap 'its control has no language' the_control_has_no_language
tap 'JSON has no language' in_world adult json_has_no_language
tap 'without UTF-8 or a catalogue it is English' in_world adult without_utf8_it_is_english
tap 'program and catalogues can be moved' it_can_be_moved
tap_end
