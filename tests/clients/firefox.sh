#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
#
# Firefox with the module: it shows the certificate to a website.
p11_world=()
# shellcheck source=tests/clients/lib.sh
. "${JPKI_SRC:?}/tests/clients/lib.sh"
# shellcheck source=tests/clients/lib-browser.sh
. "$JPKI_SRC/tests/clients/lib-browser.sh"
tap_tool firefox-esr

tap "jpki-tool reads the certificates" public_keys

# visit CONFIGURE TLS: configured by this recipe, Firefox shows the page after
# one question.
visit() {
	firefox_profile
	silently follow "$1"
	web_start "$2"
	firefox_start
	firefox_open "$auth_pin" >seen
	firefox_quit
	web_stop
	rm -f /etc/firefox/policies/policies.json
	page_shown 1
}
operation "TLS 1.2, module by policy" 1 0 visit policy -tls1_2
operation "TLS 1.3, module by modutil" 1 0 visit modutil -tls1_3
both_tokens() {
	local MODULE_AUTH=$MODULE
	visit modutil -tls1_3
}
operation "TLS 1.3, module with both tokens" 1 0 both_tokens

# One Firefox, and what can go wrong.  Each visit is to a website of its own.
firefox_profile
silently follow modutil
firefox_start
go() {
	web_start
	firefox_open "$@" >seen
	web_stop
}
declined() {
	go "$@"
	grep -q '^fails' seen || cat seen
}
tap "who gives no PIN is shown an error" declined
tap "that costs nothing" costs 0 0 go
tap "a PIN that cannot be right costs nothing" costs 0 0 go abcd
tap "a wrong PIN costs one try" costs 1 0 go 0000
fresh_tries
again() {
	go "$@"
	page_shown 2
}
tap "after a wrong PIN Firefox asks again" again 0000 "$auth_pin"
once() {
	go "$auth_pin"
	page_shown "$1"
}
tap "once logged in, it asks no more" once 0
tap "that costs no VERIFY" costs 0 0 go
pulled() {
	card_out && card_in
	shows_again
	page_shown 1
}
tap "the card pulled and put back: it asks again, and goes on" pulled
firefox_quit
tap_end
