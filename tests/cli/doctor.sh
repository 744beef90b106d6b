#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
#
# doctor: each finding that a real pcscd can be brought to, and the report.
# The others are made in tests/unit/test_doctor_*.c.
set -u
# shellcheck source=tests/cli/lib.sh
. "$JPKI_SRC/tests/cli/lib.sh"

# mount_here [ARGUMENT...]: in a world, whose mounts are its own.
mount_here() {
	: "${JPKI_VCARD_CONTROL:?there is no world}"
	mount "$@"
}

# What p11-kit is told: a home and a folder of the system that have our module
# and nothing else.  Root's p11-kit looks at the system's alone.
own_registry() {
	local configs
	HOME=$(mktemp -d "$work/home.XXXXXX")
	export HOME
	unset XDG_CONFIG_HOME XDG_DATA_HOME
	mkdir -p "$HOME/.config/pkcs11/modules"
	echo "module: $JPKI_BUILD/jpki-pkcs11.so" >"$HOME/.config/pkcs11/modules/jpki.module"
	echo 'enable-in: none' >"$HOME/.config/pkcs11/modules/opensc-pkcs11.module"
	[ "$(id -u)" = 0 ] || return 0
	configs=$(pkg-config --variable=p11_module_configs p11-kit-1)
	mount_here --bind "$HOME/.config/pkcs11/modules" "$configs"
}

# run_doctor [ARGUMENT...]
run_doctor() {
	own_registry
	run doctor "$@"
}

# expect_findings ID...: exactly these, and the exit status that goes with it.
expect_findings() {
	run_doctor -j
	expect_equal 'findings' "$(jq -r '.findings[].id' "$out")" \
		"$(printf '%s\n' "$@")"
	expect_code 1
	expect_equal 'bytes on standard error' "$(wc -c <"$err")" 0
	jq -e '.findings | all((.what | length > 0) and (.fix | length > 0))' \
		"$out" >/dev/null || cat "$out"
	expect_equal 'VERIFYs' "$(sent_verifies)" 0
}

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
# ends it.
refused() {
	local service
	own_registry
	systemd-socket-activate --accept --listen="$work/comm" true \
		2>"$work/activate" &
	service=$!
	until [ -S "$work/comm" ]; do
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
	while pgrep -s "$doctor"; do
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

# OpenSC as Debian has it, beside ours.
opensc_beside() {
	own_registry
	rm "$HOME/.config/pkcs11/modules/opensc-pkcs11.module"
	echo 'module: opensc-pkcs11.so' >"$HOME/.config/pkcs11/modules/other.module"
	mkdir -p "$HOME/.pki/nssdb"
	certutil -N -d "sql:$HOME/.pki/nssdb" --empty-password
	add_module Others "$(ls /usr/lib*/*/opensc-pkcs11.so)"
	run doctor -j
	expect_code 1
	# An ordinary user sees Debian's file, too.
	jq -e '[.findings[] | .id] | unique == ["nss-opensc","p11kit-opensc"]' "$out" \
		>/dev/null || cat "$out"
	jq -e --arg seen "$HOME/.pki/nssdb, Others" \
		'.findings[-1].seen == $seen' "$out" >/dev/null || cat "$out"
}

# jpki-pkcs11(7) has this instead of taking it away.  Only root can have a file
# of settings in the place of the machine's.
opensc_without_the_card() {
	local module
	module=$(ls /usr/lib*/*/opensc-pkcs11.so)
	own_registry
	rm "$HOME/.config/pkcs11/modules/opensc-pkcs11.module"
	echo "module: $module" >"$HOME/.config/pkcs11/modules/other.module"
	pkcs11-tool --module "$module" -L | grep -q JPKI || echo 'not seen before'
	echo 'app default { card_drivers = openpgp, piv; }' >"$work/opensc.conf"
	mount_here --bind "$work/opensc.conf" /etc/opensc/opensc.conf
	pkcs11-tool --module "$module" -L | grep JPKI
	run doctor
	expect_success 'Nothing is wrong.'
	umount /etc/opensc/opensc.conf
	run doctor -j
	expect_equal 'findings' "$(jq -r '.findings[].id' "$out")" p11kit-opensc
}

registered_twice() {
	own_registry
	echo "module: $JPKI_BUILD/jpki-pkcs11-auth.so" \
		>"$HOME/.config/pkcs11/modules/second.module"
	run doctor -j
	expect_equal 'findings' "$(jq -r '.findings[].id' "$out")" p11kit-twice
}

not_registered() {
	own_registry
	rm "$HOME/.config/pkcs11/modules/jpki.module"
	run doctor -j
	expect_equal 'findings' "$(jq -r '.findings[].id' "$out")" p11kit-missing
}

# Our files may be installed where p11-kit does not look: it is asked itself.
p11kit_looks_elsewhere() {
	local variable
	mkdir "$work/configured"
	(cd "$work/configured" && "$JPKI_SRC/configure" --quiet \
		--with-p11-config-dir=/nowhere/configs \
		--with-p11-module-dir=/nowhere/modules) >"$out" 2>&1 || cat "$out"
	grep -v '#define JPKI_P11_MODULES ' "$work/configured/config.h" |
		grep nowhere
	for variable in p11_module_configs p11_module_path; do
		grep -F "\"$(pkg-config --variable="$variable" p11-kit-1)\"" \
			"$work/configured/config.h" >/dev/null ||
			grep P11 "$work/configured/config.h"
	done
}

# A file that names what is not there, beside a good one.
stale_registration() {
	own_registry
	echo "module: $work/gone/jpki-pkcs11.so" \
		>"$HOME/.config/pkcs11/modules/a.module"
	run doctor -j
	expect_equal 'findings' "$(jq -rc '.findings[] | [.id, .seen[-9:]]' "$out")" \
		'["p11kit-no-file","/a.module"]'
}

# Who keeps OpenSC from a program, or the card from p11-kit's proxy, as
# jpki-pkcs11(7) and doc/clients/p11-kit.md have it, has nothing to mend.
kept_from_programs() {
	own_registry
	printf '%s\n' "module: $(ls /usr/lib*/*/opensc-pkcs11.so)" \
		'disable-in: p11tool, curl' \
		>"$HOME/.config/pkcs11/modules/opensc-pkcs11.module"
	echo 'disable-in: p11-kit-proxy' \
		>>"$HOME/.config/pkcs11/modules/jpki.module"
	mkdir -p "$HOME/.pki/nssdb"
	certutil -N -d "sql:$HOME/.pki/nssdb" --empty-password
	add_module JPKI "$JPKI_BUILD/jpki-pkcs11-auth.so"
	add_module p11-kit "$(pkg-config --variable=proxy_module p11-kit-1)"
	run doctor
	expect_success 'Nothing is wrong.'
}

# add_module NAME FILE: to the database that Chromium has.
add_module() {
	modutil -dbdir "sql:$HOME/.pki/nssdb" -add "$1" -force -libfile "$2" \
		>/dev/null
}

# As modutil leaves it, and a p11-kit proxy beside the module.
twice_in_a_browser() {
	own_registry
	mkdir -p "$HOME/.pki/nssdb"
	certutil -N -d "sql:$HOME/.pki/nssdb" --empty-password
	add_module JPKI "$JPKI_BUILD/jpki-pkcs11-auth.so"
	run doctor
	expect_success 'Nothing is wrong.'
	add_module Again "$JPKI_BUILD/jpki-pkcs11.so"
	run doctor -j
	expect_equal 'findings' "$(jq -rc '.findings[] | [.id, .seen]' "$out")" \
		"[\"nss-twice\",\"$HOME/.pki/nssdb, Again\"]"
	modutil -dbdir "sql:$HOME/.pki/nssdb" -delete Again -force >/dev/null
	add_module p11-kit "$(pkg-config --variable=proxy_module p11-kit-1)"
	run doctor -j
	expect_equal 'findings' "$(jq -r '.findings[].id' "$out")" nss-twice
}

# What snap and flatpak leave behind of a Firefox that went is no Firefox.
boxed_firefox() {
	own_registry
	mkdir -p "$HOME/snap/firefox" "$HOME/.var/app/org.mozilla.firefox"
	run doctor
	expect_success 'Nothing is wrong.'
	mkdir -p "$HOME/.local/share/flatpak/app/org.mozilla.firefox"
	run doctor -j
	expect_equal 'findings' "$(jq -r '.findings[].id' "$out")" firefox-flatpak
	[ "$(id -u)" = 0 ] || return 0
	# In the world's own mounts.
	mkdir -p "$work/snapd/snap/bin"
	ln -s "$(type -P true)" "$work/snapd/snap/bin/firefox"
	mount_here --bind "$work" /var/lib
	run doctor -j
	umount /var/lib
	expect_equal 'findings' "$(jq -r '.findings[].id' "$out")" \
		"$(printf '%s\n' firefox-snap firefox-flatpak)"
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

# certificate NAME FORM
certificate() {
	local pin=1234
	[ "$1" != sign ] && [ "$1" != sign-ca ] || pin=ABC123
	"$JPKI_TOOL" cert "$@" --pin-fd 9 9< <(printf %s "$pin") 2>/dev/null
}

# What the certificates say of their holder and themselves, a word a line.
personal_words() {
	local id
	for id in auth sign; do
		certificate "$id" -j
	done | jq -r '.subject, .serial, .subject_key_id, .sha256,
		(.subject | split("[,=]"; null)[] | select(length > 3)),
		(.holder // {} | .name, .address, .birth, .birth_date,
		    (.name // "" | split("　")[]))
		| select(. != null and . != "")'
	uname -n
	echo "$HOME"
	printf '%s\n' 1234 ABC123
}

# hidden_bytes FILE: four bytes of a file in the output, in hexadecimal,
# whatever they are part of there.
hidden_bytes() {
	local hex
	od -An -v -tx1 "$1" | tr -d ' \n' >"$work/hex"
	tr -c '0-9A-Fa-f' '\n' <"$out" | grep -E '^.{8}' | tr A-F a-f | sort -u |
		while read -r hex; do
			while [ "${#hex}" -ge 8 ]; do
				! grep -oF -- "${hex:0:8}" "$work/hex" || break
				hex=${hex:1}
			done
		done
}

# Nothing that belongs to the person, the card, the user or the machine.
expect_nothing_personal() {
	local word id
	while read -r word; do
		! grep -qiF -- "$word" "$out" || echo "the report has: $word"
	done <"$work/words"
	for id in auth auth-ca sign-ca sign; do
		expect_equal "bytes of $id in the report" \
			"$(hidden_bytes "$work/$id.der")" ''
	done
}

save_certificates() {
	local id
	for id in auth auth-ca sign-ca sign; do
		certificate "$id" --der >"$work/$id.der"
		[ -s "$work/$id.der" ] || echo "no certificate $id"
	done
	personal_words >"$work/words"
	[ "$(wc -l <"$work/words")" -gt 15 ] || cat "$work/words"
}

# The judge himself: one name, and four bytes in the middle of others.
judge_sees_what_is_personal() {
	save_certificates
	sed -n 1p "$work/words" >"$out"
	[ -n "$(expect_nothing_personal)" ] || echo 'a name was not seen'
	{ printf 'abc' && od -An -v -tx1 -j 400 -N 4 "$work/sign.der" |
		tr -d ' \n' && echo abc; } >"$out"
	expect_nothing_personal | grep -q 'bytes of sign ' ||
		echo 'bytes were not seen'
}

report_holds_nothing_personal() {
	save_certificates
	own_registry
	run doctor --report
	expect_success 'jpki-tool  ' 'pcscd      ' 'ATR        3BE000FF8131FE4514' \
		'00A4040C0AD392F000260100000001      0 bytes  9000'
	expect_equal 'VERIFYs' "$(sent_verifies)" 0
	expect_equal 'other commands' "$(commands 'map(.command[2:4]) | unique | join(" ")')" \
		'"20 A4 B0"'
	expect_nothing_personal
	expect_tries auth 3
	expect_tries sign 5
}

# The facts that a card can answer without a PIN.
report_answers_facts() {
	run doctor --report
	expect_success \
		'  7.5   the reference that is locked from issue       63C0 (' \
		'  7.4   tries of number A, surface                    63CA (' \
		'  10.2  6984 (locked)?                                no' \
		'  18.3  Is its user authentication CA that of 2019?   no: it is a test CA' \
		'  6.2   first byte of 0008 (signature)                8F' \
		'  12.1  CHANGE on every generation                    would change a PIN'
}

# What an odd card answers is seen.
report_of_an_odd_card() {
	run doctor --report
	expect_success '00200080                            0 bytes  6700' \
		'0020008000                          0 bytes  63C3' \
		'  9.3   retry query of four bytes, or of five         6700 ('
}

report_of_a_phone() {
	run doctor --report
	expect_success 'the label of a phone' \
		'  19.1  input assistance application (phones: none)   6A82 ('
}

report_of_a_locked_card() {
	run doctor --report
	expect_success '  auth-locked' '  sign-locked'
	grep -qE '^  10\.2  (6984|63C0) \(locked\)\? +(6984|63C0) \(' "$out" || cat "$out"
}

# Without a card, or without pcscd, it says what there is.
report_without_a_card() {
	control pcscd stop
	run doctor --report
	expect_success '  pcscd-stopped' 'readers on USB'
}

report_goes_to_a_file() {
	run doctor --report -o "$work/report"
	expect_success
	expect_equal 'bytes on standard output' "$(wc -c <"$out")" 0
	grep -q '^facts of PROTOCOL' "$work/report" || cat "$work/report"
	run doctor --report -o "$work/report"
	expect_failure 1 'exists'
	run doctor --report -o "$work/report" -f
	expect_success
	run doctor --report -o -
	expect_success 'facts of PROTOCOL'
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
tap_tool modutil

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
tap 'OpenSC beside' in_world adult opensc_beside
[ "$(id -u)" != 0 ] ||
	tap 'OpenSC without the card' in_world adult opensc_without_the_card
tap 'registered twice' in_world adult registered_twice
tap 'not registered' in_world adult not_registered
tap 'p11-kit looks elsewhere' p11kit_looks_elsewhere
tap 'a stale registration' in_world adult stale_registration
tap 'modules kept from programs' in_world adult kept_from_programs
tap 'twice in a browser' in_world adult twice_in_a_browser
tap 'Firefox in a box' in_world adult boxed_firefox
tap 'a clock that is behind' in_world adult clock_is_behind
tap 'one reader of two' in_world adult one_reader_of_two
tap 'a report holds nothing personal' in_world adult report_holds_nothing_personal
tap 'what is personal would be seen' in_world adult judge_sees_what_is_personal
tap 'a report answers facts' in_world adult report_answers_facts
tap 'a report of an odd card' in_world adult report_of_an_odd_card --quirk query-6700-short
tap 'a report of a phone' in_world phone report_of_a_phone
tap 'a report of a locked card' in_world locked report_of_a_locked_card
tap 'a report without a card' in_world adult report_without_a_card
tap 'a report goes to a file' in_world adult report_goes_to_a_file
tap 'what cannot be meant is refused' in_world adult what_cannot_be_meant_is_refused
tap_end
