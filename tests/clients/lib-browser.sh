# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=bash disable=SC2034,SC2154 # shared with lib.sh and the tests
#
# What the tests of browsers share: to be sourced after lib.sh.  The browsers
# talk to nobody but the website that is here.
loopback_only
own_etc

# A website for browsers, https://localhost:$web_port/page.html, that demands
# a certificate of the card's user authentication CA: web_start OPTION...
web_start() {
	[ -e server.key ] || server_files || return
	: >web.log # the port of the last one is in it
	openssl s_server -accept 127.0.0.1:0 -WWW -key server.key -cert server.pem \
		-Verify 1 -verify_return_error -CAfile auth-ca.pem "$@" \
		>web.log 2>&1 </dev/null &
	web_server=$!
	p11_started+=("$web_server")
	web_port=$(listening web.log)
	echo "<title>The page $web_port</title>" >page.html
}
web_stop() {
	kill "$web_server" 2>/dev/null
	wait "$web_server" 2>/dev/null
}

# It saw the user's certificate, and no other.
web_saw() {
	grep -qF "depth=0 $(openssl x509 -in auth.pem -noout -subject | sed 's/^subject=//')" \
		web.log || cat web.log
}

# page_shown N: the browser's driver, whose output is in seen, saw that many
# questions and then the page, and the website the right certificate.
page_shown() {
	asked "$1" "$(grep -c '^asks' seen)"
	grep -qx "shows The page $web_port" seen || cat seen
	web_saw
}

# Visits, by the test's go, until the page is shown: NSS looks at a card once a
# second at most, so that the first ones may fail.
visit_shows() {
	go "$auth_pin"
	grep -q '^shows' seen
}
shows_again() { soon visit_shows; }

# Firefox with a new profile, as its page says; its policies are in /etc.
firefox_profile() {
	PROFILE=$(mktemp -d "$work/profile.XXXXXX")
	export PROFILE
	cat >"$PROFILE/user.js" <<-END
		user_pref("marionette.port", 0);
		user_pref("network.http.speculative-parallel-limit", 0);
	END
	certutil -N -d "sql:$PROFILE" --empty-password
}
firefox_start() {
	firefox-esr --headless --marionette --remote-allow-system-access \
		--profile "$PROFILE" >firefox.log 2>&1 &
	firefox=$!
	p11_started+=("$firefox")
}
firefox_open() {
	"$JPKI_SRC/tests/clients/firefox" "$PROFILE" open \
		"https://localhost:$web_port/page.html" "$@"
}
firefox_quit() {
	"$JPKI_SRC/tests/clients/firefox" "$PROFILE" quit || kill "$firefox"
	wait "$firefox"
	rm -rf "$PROFILE"
}

# Chromium with a new home; its questions are windows, and so are its tabs.
chromium_profile() {
	HOME=$(mktemp -d "$work/home.XXXXXX")
	export HOME
	chromium=
	chromium_run=(env LANGUAGE=C "XDG_CONFIG_HOME=$HOME" DBUS_SESSION_BUS_ADDRESS=
		chromium --no-sandbox --no-first-run --disable-gpu
		--password-store=basic --ignore-certificate-errors)
}
# chromium_window TITLE: its id, as soon as there is one.
chromium_window() { xdotool search --onlyvisible --name "$1" 2>/dev/null; }

# chromium_open [PIN...]: as firefox_open.
chromium_open() {
	local url=https://localhost:$web_port/page.html end window
	if [ -n "$chromium" ]; then
		"${chromium_run[@]}" about:blank >>chromium.log 2>&1
		soon chromium_window '^about:blank'
		"${chromium_run[@]}" "$url" >>chromium.log 2>&1
	else
		"${chromium_run[@]}" "$url" >chromium.log 2>&1 &
		chromium=$!
		p11_started+=("$chromium")
	fi
	end=$((SECONDS + PATIENCE))
	while [ "$SECONDS" -lt "$end" ]; do
		if window=$(chromium_window '^Unlock Security Device$'); then
			echo asks
			chromium_type "$window" "${1:-}"
			[ $# = 0 ] || shift
		elif chromium_window "^The page $web_port - " >/dev/null; then
			echo "shows The page $web_port"
			return
		elif chromium_window '^localhost - ' >/dev/null; then
			echo fails
			return
		fi
		sleep 0.1
	done
	echo "Chromium does not come to an end"
}
# chromium_type WINDOW PIN: as soon as what is typed goes there, and then until
# the window is gone; no PIN declines.  Typed into a window that is not ready yet
# it is lost, and so it is typed again, but never into another window.
chromium_type() {
	local end=$((SECONDS + PATIENCE)) i
	while [ "$SECONDS" -lt "$end" ]; do
		xdotool windowfocus "$1" 2>/dev/null
		if [ "$(xdotool getwindowfocus 2>/dev/null)" = "$1" ]; then
			if [ -n "$2" ]; then
				xdotool key ctrl+a type "$2"
				xdotool key Return
			else
				xdotool key Escape
			fi
		fi
		for i in $(seq 50); do
			xdotool getwindowname "$1" >/dev/null 2>&1 || return 0
			sleep 0.1
		done
	done
	echo "the window does not go away"
}
chromium_quit() {
	kill "$chromium"
	wait "$chromium"
	# Its helpers end a little later.
	soon rm -rf "$HOME"
	HOME=$work
}

# An X server that nobody sees.  It would begin anew whenever its last client
# goes, and who comes just then is not served, or waits for ever: -noreset.
x_start() {
	: >x.display
	Xvfb -displayfd 3 -screen 0 1024x768x24 -noreset 3>x.display >x.log 2>&1 &
	p11_started+=($!)
	soon [ -s x.display ]
	DISPLAY=:$(cat x.display)
	export DISPLAY
}
