#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
#
# Chromium with the module: it shows the certificate to a website.
p11_world=()
# shellcheck source=tests/clients/lib.sh
. "${JPKI_SRC:?}/tests/clients/lib.sh"
# shellcheck source=tests/clients/lib-browser.sh
. "$JPKI_SRC/tests/clients/lib-browser.sh"
for tool in chromium Xvfb xdotool; do
	tap_tool "$tool"
done
x_start

tap "jpki-tool reads the certificates" public_keys
follow policy

start() {
	chromium_profile
	silently follow modutil
}
go() {
	web_start
	chromium_open "$@" >seen
	web_stop
}

# visit TLS: a new Chromium shows the page after one question.
visit() {
	start
	web_start "$1"
	chromium_open "$auth_pin" >seen
	chromium_quit
	web_stop
	page_shown 1
}
operation "TLS 1.2" 1 0 visit -tls1_2
operation "TLS 1.3" 1 0 visit -tls1_3
both_tokens() {
	local MODULE_AUTH=$MODULE
	visit -tls1_3
}
operation "TLS 1.3, module with both tokens" 1 0 both_tokens

# What can go wrong; each in a Chromium of its own.
fails() {
	start
	go "$@"
	chromium_quit
	grep -qx fails seen || cat seen
}
tap "who gives no PIN is shown an error" fails
tap "that costs nothing" costs 0 0 fails
tap "a PIN that cannot be right costs nothing" costs 0 0 fails abcd
tap "a wrong PIN costs one try" costs 1 0 fails 0000
fresh_tries

# One Chromium, and a website for each visit.
start
pulled() {
	go 0000 "$auth_pin"
	page_shown 2
	go "$auth_pin"
	page_shown 0
	card_out && card_in
	shows_again
	page_shown 1
	chromium_quit
}
tap "asks again after a wrong PIN, and when the card was pulled" pulled
tap_end
