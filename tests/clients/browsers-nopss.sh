#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
#
# Browsers with a card that cannot make PSS signatures.
p11_world=(--quirk strict-p1)
# shellcheck source=tests/clients/lib.sh
. "${JPKI_SRC:?}/tests/clients/lib.sh"
loopback_only
tap_tool firefox-esr
own_etc

tap "jpki-tool reads the certificates" public_keys

# firefox SETTING TLS...: what it shows, with this line in user.js.
firefox() {
	firefox_profile
	echo "$1" >>"$PROFILE/user.js"
	page=firefox silently follow modutil
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
tap "Firefox with TLS 1.3 shows an error" firefox_fails ''
tap "Firefox with a website of TLS 1.2 works" firefox_shows '' -tls1_2
tap "Firefox that is kept to TLS 1.2 works" \
	firefox_shows 'user_pref("security.tls.version.max", 3);'
tap_end
