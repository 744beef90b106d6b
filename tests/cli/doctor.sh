#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
#
# doctor: each finding of the machine and the card that a real pcscd can be
# brought to.  The others are made in tests/unit/test_doctor_*.c.
set -u
# shellcheck source=tests/cli/lib-doctor.sh
. "$JPKI_SRC/tests/cli/lib-doctor.sh"

nothing_is_wrong() {
	run_doctor
	expect_success 'Nothing is wrong.'
	run doctor -j
	expect_json '. == {"card":true,"findings":[]}'
}

# As few commands as status, then the tries of the input assistance PIN; and
# none that carries a PIN.
it_costs_what_status_costs() {
	local wanted
	run status
	wanted=$(commands 'map(.command) + ["00A4040C0AD3921000310001010408",
		"00A4020C020011", "00200080"]')
	run_doctor
	expect_equal 'commands' "$(commands 'map(.command)')" "$wanted"
	expect_equal 'VERIFYs' "$(sent_verifies)" 0
}

no_pcscd() {
	control pcscd stop
	expect_findings pcscd-stopped
	jq -e '.card == false and (.findings[0].fix | test("systemctl"))' "$out" >/dev/null ||
		cat "$out"
	run doctor
	expect_code 1
	expect_output 'pcscd is not running'
	expect_output 'systemctl enable --now pcscd.socket'
}

# Another user, whom the socket does not let in.
closed_socket() {
	chmod 0600 /run/pcscd/pcscd.comm
	chmod 0755 "$work"
	own_registry
	chmod 0755 "$HOME"
	code=0
	setpriv --reuid 65534 --regid 65534 --clear-groups "$JPKI_TOOL" \
		doctor -j >"$out" 2>"$err" || code=$?
	expect_code 1
	expect_equal 'findings' "$(jq -rc '[.findings[] | [.id, .seen]]' "$out")" \
		'[["pcscd-socket","/run/pcscd/pcscd.comm"]]'
}

# As pcscd does with whom polkit does not let in: it takes the connection, and
# ends it.  Not before something was said: what a client that is late then makes
# of it is chance.
refused() {
	local service
	own_registry
	systemd-socket-activate --accept --inetd --listen="$work/comm" \
		sh -c 'head -c 1 >/dev/null' 2>"$work/activate" &
	service=$!
	until grep -qs Listening "$work/activate"; do
		kill -0 "$service" || { cat "$work/activate"; return; }
	done
	export PCSCLITE_CSOCK_NAME=$work/comm
	unset SSH_CONNECTION
	run doctor -j
	expect_code 1
	expect_equal 'findings' "$(jq -r '.findings[].id' "$out")" pcscd-refuses
	jq -e '.findings[0].lines | test("polkit.addRule")' "$out" >/dev/null ||
		cat "$out"
	SSH_CONNECTION='192.0.2.1 1 192.0.2.2 22' run doctor -j
	expect_equal 'findings' "$(jq -r '.findings[].id' "$out")" \
		pcscd-refuses-remote
	kill "$service"
	wait "$service"
	unset PCSCLITE_CSOCK_NAME
}

no_reader() { expect_findings reader-none; }

# A reader on USB and drivers of pcscd, in the world's own mounts.
usb_reader() {
	local device=/sys/bus/usb/devices/1-1
	mount_here -t tmpfs none /sys && mkdir -p "$device" "$device:1.0"
	echo 054c >"$device/idVendor"
	echo 0dc8 >"$device/idProduct"
	echo 0b >"$device:1.0/bInterfaceClass"
	mount_here -t tmpfs none /usr/lib/pcsc/drivers
}

# driver PRODUCT: of the maker's readers one that knows this one.
driver() {
	local folder=/usr/lib/pcsc/drivers/ifd-ccid.bundle/Contents
	mkdir -p "$folder"
	cat >"$folder/Info.plist" <<-END
		<plist><dict>
		<key>ifdVendorID</key><array>
		<string>0x054C</string>
		</array>
		<key>ifdProductID</key><array>
		<string>0x$1</string>
		</array>
		</dict></plist>
	END
}

# expect_reader FINDING
expect_reader() {
	run doctor -j
	expect_code 1
	expect_equal 'findings' "$(jq -rc '.findings[] | [.id, .seen[:9]]' "$out")" \
		"[\"$1\",\"054c:0dc8\"]"
}

readers_that_pcscd_does_not_show() {
	own_registry
	usb_reader
	expect_reader driver-missing
	driver 5BCF
	expect_reader driver-unlisted
	driver 0DC8
	expect_reader reader-not-shown
	begin_scdaemon
	expect_reader reader-taken
	kill "$daemon"
}

# A process of that name.
begin_scdaemon() {
	cp "$(command -v sleep)" "$work/scdaemon"
	"$work/scdaemon" 600 &
	daemon=$!
	until [ "$(cat "/proc/$daemon/comm")" = scdaemon ]; do
		kill -0 "$daemon" || return
	done
}

no_card() {
	control remove
	expect_findings card-none
}

mute_card() {
	control mute on
	expect_findings card-mute
	run doctor
	expect_output 'turn it over'
}

# Its ATR says that it is a My Number Card, and it refuses.
foreign_card() {
	control fault 'sw=6A82@ins=A4'
	expect_findings card-dead
	jq -e '.findings[0].seen | test("ATR 3BE000FF8131FE4514$")' "$out" >/dev/null ||
		cat "$out"
}

# A phone's ATR is nobody's.
foreign_kind_is_not_known() {
	control fault 'sw=6A82@ins=A4'
	expect_findings card-foreign
}

# other_card FINDING: the card has no JPKI, and its ATR says what it is.
other_card() {
	control fault 'sw=6A82@ins=A4'
	expect_findings "$1"
}

a_felica() {
	other_card card-felica
	run doctor --report
	expect_success '  card-felica' "ATR        not shown"
	expect_no_output '3B8F'
}

a_mifare() { other_card card-mifare; }

a_licence() {
	other_card card-licence
	run doctor --report
	expect_success 'ATR        3B888001000000009181C100D8'
}

# OpenSC's explorer keeps the card for itself until its input ends.
held_card() {
	local fifo=$work/fifo
	mkfifo "$fifo"
	cat >"$work/opensc.conf" <<-END
		app default {
			reader_driver pcsc {
				connect_exclusive = true;
			}
		}
	END
	: >"$work/explorer"
	OPENSC_CONF=$work/opensc.conf opensc-explorer --mf '' <"$fifo" \
		>"$work/explorer" 2>&1 &
	holder=$!
	exec 7>"$fifo"
	until grep -q '^OpenSC \[' "$work/explorer"; do
		kill -0 "$holder" 2>/dev/null ||
			{ echo 'the holder ended:'; cat "$work/explorer"; return; }
		sleep 0.1
	done
	expect_findings card-held
	# With scdaemon running it is taken to be that.
	begin_scdaemon
	run doctor -j
	expect_code 1
	jq -e '.findings[0] | .id == "card-held-scdaemon" and
		.lines == "disable-ccid\npcsc-shared"' "$out" \
		>/dev/null || cat "$out"
	kill "$daemon"
	exec 7>&-
	wait "$holder"
	run doctor
	expect_success 'Nothing is wrong.'
}

# hold_card: another program begins a transaction; let_go ends it.
hold_card() {
	mkfifo "$work/hold"
	"$JPKI_BUILD/tests/e2e/holder" <"$work/hold" >"$work/holder" 2>&1 &
	holder=$!
	exec 7>"$work/hold"
	until grep -q '^held$' "$work/holder"; do
		kill -0 "$holder" 2>/dev/null ||
			{ echo 'the holder ended:'; cat "$work/holder"; return; }
		sleep 0.1
	done
}

let_go() {
	exec 7>&-
	wait "$holder"
}

# pcscd lets who opens a card wait, for as long as the transaction lasts.
card_in_a_transaction() {
	hold_card
	expect_findings card-held
	expect_equal 'commands' "$(sent_commands)" 0
	run doctor --report -o "$work/report"
	expect_success
	grep -qx '  card-held' "$work/report" || cat "$work/report"
	grep -qx '  card       BUSY' "$work/report" || cat "$work/report"
	let_go
	run doctor
	expect_success 'Nothing is wrong.'
	run_pin 1234 pin verify auth
	expect_success
	expect_tries auth 3
}

# Nobody ends who has the card: pcscd would reset it.
slow_card() {
	own_registry
	control fault 'delay=11000@1'
	run doctor "$@"
	expect_success
	! grep -i 'held\|BUSY' "$out"
}

slow_card_and_findings() {
	slow_card || return
	grep -q 'Nothing is wrong' "$out" || cat "$out"
}
slow_card_and_report() {
	slow_card --report || return
	grep -q '^  card  *OK$' "$out" || cat "$out"
}

# Who ends doctor meanwhile ends all of it.
ended_while_it_waits() {
	local doctor
	own_registry
	hold_card
	setsid "$JPKI_TOOL" doctor >"$out" 2>"$err" &
	doctor=$!
	until [ "$(pgrep -c -P "$doctor")" = 1 ]; do
		kill -0 "$doctor" || return
	done
	kill -KILL "$doctor"
	wait "$doctor" 2>/dev/null
	while pgrep -s "$doctor" >/dev/null; do
		sleep 0.1
	done
	let_go
	run doctor
	expect_success 'Nothing is wrong.'
}

locked_pins() { expect_findings auth-locked sign-locked; }

last_tries() {
	local pin
	for pin in auth sign input; do
		control tries "$pin" 1
	done
	expect_findings auth-last-try sign-last-try input-last-try
	for pin in auth sign input; do
		expect_tries "$pin" 1
	done
}

# Only name, address and My Number need it.
locked_input() {
	control tries input 0
	expect_findings input-locked
}

expired() {
	expect_findings auth-expired
	jq -e '.findings[0].seen | test("^[0-9]{4}-[0-9]{2}-[0-9]{2}$")' "$out" >/dev/null ||
		cat "$out"
}
expiring() { expect_findings auth-expiring; }
# A PIN that was never issued is not called locked.
under15() { expect_findings sign-missing; }
no_auth() { expect_findings auth-missing; }
# That a phone's certificate needs a PIN is no fault.
phone() {
	run_doctor
	expect_success 'Nothing is wrong.'
}
garbled() { expect_findings auth-unreadable; }

# An odd answer in the middle: the link breaks at the retry query.
broken() {
	control fault 'hangup@ins=20'
	run_doctor -j
	expect_code 1
	expect_equal 'findings' "$(jq -r '.findings[].id' "$out")" card-odd
}

# The program is of the day after tomorrow and more: the clock is behind.
clock_is_behind() {
	own_registry
	cp "$JPKI_TOOL" "$work/tool"
	touch -d '3 days' "$work/tool"
	code=0
	"$work/tool" doctor -j >"$out" 2>"$err" || code=$?
	expect_code 1
	expect_equal 'findings' "$(jq -r '.findings[].id' "$out")" clock
}

one_reader_of_two() {
	local other
	run readers -j
	other=$(jq -r '[.readers[] | select(.card | not)][0].reader' "$out")
	run_doctor -r "$other" -j
	expect_code 1
	expect_equal 'findings' "$(jq -r '.findings[].id' "$out")" card-none
	run doctor -r 'No Such Reader'
	expect_failure 3 'no reader called "No Such Reader"'
	run doctor --report -r 'No Such Reader'
	expect_failure 3 'no reader called "No Such Reader"'
}

what_cannot_be_meant_is_refused() {
	run doctor --report -j
	expect_failure 2 'do not go together'
	run doctor -o "$work/file"
	expect_failure 2 'with --report only'
	run doctor now
	expect_failure 2 'takes no operands'
}

play "$@"
tap_tool opensc-explorer

tap 'nothing is wrong' in_world adult nothing_is_wrong
tap 'it costs what status costs' in_world adult it_costs_what_status_costs
tap 'no pcscd' in_world adult no_pcscd
# Only root can be another user.
[ "$(id -u)" != 0 ] || tap 'a socket that is closed' in_world adult closed_socket
tap 'a service that refuses' in_world adult refused
tap 'no reader' in_world - no_reader --no-reader
# Only root can have mounts.
[ "$(id -u)" != 0 ] || tap 'readers that pcscd does not show' in_world - \
	readers_that_pcscd_does_not_show --no-reader
tap 'no card' in_world adult no_card
tap 'a card that does not answer' in_world adult mute_card
tap 'a card that is not JPKI any more' in_world adult foreign_card
tap 'a card of another kind' in_world phone foreign_kind_is_not_known
tap 'a FeliCa card' in_world adult a_felica \
	--quirk atr=3B8F8001804F0CA00000030611003B0000000042
tap 'a MIFARE card' in_world adult a_mifare \
	--quirk atr=3B8F8001804F0CA0000003060300010000000068
tap 'a driving licence' in_world adult a_licence --quirk atr=3B888001000000009181C100D8
tap 'a card that another program holds' in_world adult held_card
tap 'a card that is slow' in_world adult slow_card_and_findings
tap 'a report of a card that is slow' in_world adult slow_card_and_report
tap 'a card in a transaction' in_world adult card_in_a_transaction
tap 'ended while it waits' in_world adult ended_while_it_waits
tap 'locked PINs' in_world locked locked_pins
tap 'PINs at their last try' in_world adult last_tries
tap 'a locked input assistance PIN' in_world adult locked_input
tap 'an expired certificate' in_world expired expired
tap 'a certificate that ends soon' in_world expiring expiring
tap 'no signature certificate' in_world under15 under15
tap 'no user authentication certificate' in_world no-auth no_auth
tap 'a phone' in_world phone phone
tap 'a garbled certificate' in_world adult garbled --quirk cert-garbage=auth
tap 'a link that breaks' in_world adult broken
tap 'a clock that is behind' in_world adult clock_is_behind
tap 'one reader of two' in_world adult one_reader_of_two
tap 'what cannot be meant is refused' in_world adult what_cannot_be_meant_is_refused
tap_end
