#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
#
# Browsers with a card that cannot make PSS signatures.
p11_world=(--quirk strict-p1)
# shellcheck source=tests/clients/lib.sh
. "${JPKI_SRC:?}/tests/clients/lib.sh"
pages='' # the browsers' own tests follow all of their recipes
# shellcheck source=tests/clients/lib-browser.sh
. "$JPKI_SRC/tests/clients/lib-browser.sh"
tap_tool firefox-esr
tap_tool chromium
x_start

tap "jpki-tool reads the certificates" public_keys

# firefox SETTING TLS...: what it shows, with this line in user.js.
firefox() {
	firefox_profile
	echo "$1" >>"$PROFILE/user.js"
	silently follow modutil
	web_start "${@:2}"
	firefox_start
	firefox_open "$auth_pin" >seen
	firefox_quit
	web_stop
}
firefox_fails() {
	firefox "$@"
	grep -q '^fails' seen || cat seen
}
firefox_shows() {
	firefox "$@"
	page_shown 1
}
page=firefox
tap "Firefox with TLS 1.3 shows an error" firefox_fails ''
operation "Firefox, PKCS #1 at TLS 1.2" 1 0 firefox_shows '' -tls1_2
operation "Firefox kept to TLS 1.2, PKCS #1" 1 0 \
	firefox_shows 'user_pref("security.tls.version.max", 3);'

# chromium_with FLAG TLS...: what it shows, with this flag.
chromium_with() {
	chromium_profile
	chromium_run+=("$1")
	silently follow modutil
	web_start "${@:2}"
	chromium_open "$auth_pin" >seen
	chromium_quit
	web_stop
}
page=chromium
follow policy
chromium_fails() {
	chromium_with "$@"
	grep -qx fails seen || cat seen
}
chromium_shows() {
	chromium_with "$@"
	page_shown 1
}
tap "Chromium with TLS 1.3 shows an error" chromium_fails --no-first-run
operation "Chromium, PKCS #1 at TLS 1.2" 1 0 chromium_shows --no-first-run -tls1_2
operation "Chromium kept to TLS 1.2, PKCS #1" 1 0 chromium_shows --ssl-version-max=tls1.2
tap_end
