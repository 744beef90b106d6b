#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
#
# browser: the module in databases of certificates, by NSS's own programs, in
# homes that are made here.  No card is needed.
set -u
# shellcheck source=tests/cli/lib.sh
. "$JPKI_SRC/tests/cli/lib.sh"

# modutil loads what it registers.  One that was built with a sanitizer loads
# into no other program: there OpenSC's stands in, by the names of ours.
modules=$JPKI_BUILD
if readelf --dyn-syms "$modules/jpki-pkcs11.so" | grep -qE '__(asan|tsan)_'; then
	modules=$work/modules
	mkdir "$modules"
	for name in jpki-pkcs11 jpki-pkcs11-auth jpki-pkcs11-sign; do
		cp "$(ls /usr/lib*/*/opensc-pkcs11.so)" "$modules/$name.so"
	done
fi
module=$modules/jpki-pkcs11-auth.so
firefox=.mozilla/firefox
# Who is not root: the one who runs this, or nobody.
ordinary=(setpriv --reuid 65534 --regid 65534 --clear-groups)
[ "$(id -u)" = 0 ] || ordinary=()

# new_home: the next test's HOME.
new_home() {
	HOME=$(mktemp -d "$work/home.XXXXXX")
	export HOME
}

# database FOLDER: as a browser makes it.
database() {
	mkdir -p "$1"
	certutil -N -d "sql:$1" --empty-password
}

# Two profiles, of which one was never used.
firefox_home() {
	new_home
	database "$HOME/$firefox/abc.default"
	mkdir "$HOME/$firefox/def.unused"
	cat >"$HOME/$firefox/profiles.ini" <<-END
		[Profile1]
		Name=default
		IsRelative=1
		Path=abc.default

		[Profile0]
		Name=unused
		IsRelative=1
		Path=def.unused
		Default=1

		[General]
		StartWithLastProfile=1
	END
}

install_here() { run browser install --yes --module "$module" "$@"; }

# Root is warned that it is root, and nothing else is said but the plan.
expect_changed() {
	expect_code 0
	grep -q 'This is going to be changed' "$err" ||
		{ echo 'the plan was not shown:'; cat "$err"; }
	expect_equal 'other lines on standard error' \
		"$(grep -vcE '^This is going|^/|^  |for root alone' "$err")" 0
}

# expect_list FOLDER NAME...: the modules that are registered, as modutil sees.
expect_list() {
	local folder=$1
	shift
	expect_equal 'modules' "$(modutil -dbdir "sql:$folder" -list 2>&1 |
		sed -nE 's/^ +[0-9]+\. (.*)$/\1/p' | grep -v '^NSS Internal')" \
		"$(printf '%s\n' "$@")"
}

firefox_gets_the_module() {
	firefox_home
	install_here firefox
	expect_changed
	grep -q "JPKI is added: $module" "$err" || cat "$err"
	expect_list "$HOME/$firefox/abc.default" JPKI
	expect_files "$HOME/$firefox/def.unused"
	[ ! -e "$HOME/.pki" ] || echo 'a database of Chromium was made'
}

twice_changes_nothing() {
	local list
	firefox_home
	install_here
	list=$(cat "$HOME/$firefox/abc.default/pkcs11.txt")
	install_here
	expect_code 0
	expect_output 'nothing to change'
	expect_equal 'the list' "$(cat "$HOME/$firefox/abc.default/pkcs11.txt")" "$list"
	install_here -j
	expect_code 0
	expect_equal 'changes' "$(cat "$out")" '{"changes":[]}'
}

# Another file of ours would show the same token a second time.
another_file_of_ours_is_replaced() {
	firefox_home
	modutil -dbdir "sql:$HOME/$firefox/abc.default" -add "My card" \
		-libfile "$modules/jpki-pkcs11.so" -force >/dev/null
	install_here -j
	expect_changed
	expect_equal 'changes' "$(jq -c '[.changes[].change]' "$out")" \
		'["removed","added"]'
	expect_list "$HOME/$firefox/abc.default" JPKI
}

# The one for signatures shows another token: somebody wanted it.
module_for_signatures_stays() {
	firefox_home
	modutil -dbdir "sql:$HOME/$firefox/abc.default" -add Signatures \
		-libfile "$modules/jpki-pkcs11-sign.so" -force >/dev/null
	install_here
	expect_changed
	expect_list "$HOME/$firefox/abc.default" Signatures JPKI
	run browser remove --yes
	expect_list "$HOME/$firefox/abc.default" Signatures
}

remove_takes_it_out() {
	firefox_home
	install_here
	run browser remove --yes firefox
	expect_changed
	expect_list "$HOME/$firefox/abc.default" ''
	run browser remove --yes
	expect_success 'nothing to change'
}

chromium_gets_a_database() {
	new_home
	install_here chromium -j
	expect_changed
	expect_equal 'changes' \
		"$(jq -c '[.changes[] | [.browser, .profile, .change]]' "$out")" \
		"[[\"chromium\",\"$HOME/.pki/nssdb\",\"created\"],[\"chromium\",\"$HOME/.pki/nssdb\",\"added\"]]"
	expect_list "$HOME/.pki/nssdb" JPKI
	expect_equal 'mode of the folder' "$(stat -c %a "$HOME/.pki/nssdb")" 700
	run browser remove --yes chromium
	expect_changed
	expect_list "$HOME/.pki/nssdb" ''
}

chromium_that_was_started_counts() {
	new_home
	mkdir -p "$HOME/.config/chromium"
	install_here
	expect_changed
	expect_list "$HOME/.pki/nssdb" JPKI
}

newer_chromium_has_another_folder() {
	new_home
	database "$HOME/.local/share/pki/nssdb"
	install_here chromium
	expect_changed
	expect_list "$HOME/.local/share/pki/nssdb" JPKI
	[ ! -e "$HOME/.pki" ] || echo 'a second database was made'
}

a_folder_can_be_named() {
	new_home
	database "$HOME/some where/profile"
	install_here --profile "$HOME/some where/profile"
	expect_changed
	expect_list "$HOME/some where/profile" JPKI
	run browser status --profile "$HOME/some where/profile" -j
	expect_json '.profiles | length == 1' '.profiles[0].registered' \
		'.profiles[0].browser == null'
	run browser status --profile "$HOME/none"
	expect_failure 1 'No such file'
	install_here --profile "$HOME"
	expect_failure 1 'no database'
}

nothing_is_changed_unasked() {
	firefox_home
	# Without a terminal nobody can be asked; setsid takes it away.
	code=0
	setsid -w "$JPKI_TOOL" browser install --module "$module" \
		>"$out" 2>"$err" </dev/null || code=$?
	expect_code 2
	grep -q 'give --yes' "$err" || cat "$err"
	grep -q 'JPKI is added' "$err" || cat "$err"
	expect_list "$HOME/$firefox/abc.default" ''
}

# answer LINE: at the terminal.
answer() {
	code=0
	# shellcheck disable=SC2016 # for expect
	LINE=$1 MODULE=$module expect -c '
		spawn -noecho $env(JPKI_TOOL) browser install --module $env(MODULE)
		expect "Change it?"
		send $env(LINE)\r
		expect eof
		exit [lindex [wait] 3]
	' >"$out" 2>"$err" || code=$?
}

the_answer_counts() {
	firefox_home
	answer n
	expect_code 6
	expect_output 'nothing was changed'
	expect_list "$HOME/$firefox/abc.default" ''
	answer y
	expect_code 0
	expect_output 'JPKI is added'
	expect_list "$HOME/$firefox/abc.default" JPKI
}

status_tells_all() {
	firefox_home
	database "$HOME/.pki/nssdb"
	modutil -dbdir "sql:$HOME/.pki/nssdb" -add OpenSC -libfile \
		"$(ls /usr/lib*/*/opensc-pkcs11.so)" -force >/dev/null
	install_here firefox
	run browser status -j
	expect_json '.profiles | map(keys) | unique == [["boxed","browser","database","modules",
		    "opensc","profile","registered","running"]]' \
		'.profiles | map(.browser) == ["firefox","firefox","chromium"]' \
		'.profiles | map(.database) == [true,false,true]' \
		'.profiles | map(.registered) == [true,false,false]' \
		'.profiles | map(.opensc) == [false,false,true]' \
		'.profiles | map(.running) == [false,false,false]' \
		".profiles[0].modules == [{\"name\":\"JPKI\",\"library\":\"$module\"}]"
	run browser status
	expect_success "registered for this card: $module" 'no database of certificates yet' \
		'OpenSC, which shows this card too' 'not registered for this card'
	run browser status chromium -j
	expect_json '.profiles | length == 1'
}

# The lock is the kernel's: it goes with who holds it.
running_firefox_is_left_alone() {
	local holder
	firefox_home
	: >"$HOME/$firefox/abc.default/.parentlock"
	perl -e 'use Fcntl; open(F, "+<", $ARGV[0]) or die;
		my $lock = pack("s s l! l! i", F_WRLCK, 0, 0, 0, 0);
		fcntl(F, F_SETLK, $lock) or die; open(G, ">", $ARGV[1]) or die;
		sleep(600)' "$HOME/$firefox/abc.default/.parentlock" \
		"$work/locked" &
	holder=$!
	until [ -e "$work/locked" ]; do
		kill -0 "$holder" || return
		sleep 0.05
	done
	install_here
	expect_failure 1 'is running; close'
	expect_list "$HOME/$firefox/abc.default" ''
	run browser status -j
	expect_json '.profiles[0].running' '.profiles[1].running | not'
	run browser status
	expect_success 'the browser is running'
	kill "$holder"
	wait "$holder" 2>/dev/null
	rm "$work/locked"
	install_here
	expect_changed
}

running_chromium_is_left_alone() {
	new_home
	database "$HOME/.pki/nssdb"
	mkdir -p "$HOME/.config/chromium"
	ln -s "$(uname -n)-$$" "$HOME/.config/chromium/SingletonLock"
	install_here
	expect_failure 1 'is running; close'
	# What a crash left behind, and what is of another machine.
	ln -sfn "$(uname -n)-999999999" "$HOME/.config/chromium/SingletonLock"
	run browser status -j
	expect_json '.profiles[0].running | not'
	ln -sfn elsewhere-1 "$HOME/.config/chromium/SingletonLock"
	run browser status -j
	expect_json '.profiles[0].running'
	rm "$HOME/.config/chromium/SingletonLock"
	install_here
	expect_changed
	ln -s "$(uname -n)-$$" "$HOME/.config/chromium/SingletonLock"
	run browser remove --yes
	expect_failure 1 'is running; close'
	expect_list "$HOME/.pki/nssdb" JPKI
}

# As an ordinary user: root may write everywhere.
read_only_is_refused() {
	firefox_home
	chmod 755 "$work" "$HOME"
	chmod -R a+rX,a-w "$HOME/$firefox"
	code=0
	"${ordinary[@]}" "$JPKI_TOOL" browser install --yes --module "$module" \
		>"$out" 2>"$err" || code=$?
	expect_failure 1 'Permission denied'
	chmod -R u+w "$HOME"
	expect_list "$HOME/$firefox/abc.default" ''
}

# Without a word to root, and with files of one's own.
an_ordinary_user_does_it_alone() {
	firefox_home
	chmod 755 "$work"
	[ "$(id -u)" != 0 ] || chown -R 65534 "$HOME"
	code=0
	"${ordinary[@]}" "$JPKI_TOOL" browser install --yes --module "$module" \
		>"$out" 2>"$err" || code=$?
	expect_code 0
	! grep root "$err"
	expect_equal 'owner of the list' "$(stat -c %u "$HOME/$firefox/abc.default/pkcs11.txt")" \
		"$(stat -c %u "$HOME")"
	expect_list "$HOME/$firefox/abc.default" JPKI
}

# A password on the keys is no matter of the list of modules.
a_password_does_not_matter() {
	firefox_home
	rm -r "$HOME/$firefox/abc.default"
	mkdir "$HOME/$firefox/abc.default"
	echo secret >"$work/password"
	certutil -N -d "sql:$HOME/$firefox/abc.default" -f "$work/password"
	install_here
	expect_changed
	expect_list "$HOME/$firefox/abc.default" JPKI
	run browser remove --yes
	expect_changed
	expect_list "$HOME/$firefox/abc.default" ''
}

# What root writes for others would lock them out.
root_is_not_others() {
	firefox_home
	chown -R 65534 "$HOME"
	install_here
	expect_failure 1 'belongs to another user'
	# Nor is a database made in the home of another.
	install_here chromium
	expect_failure 1 'belongs to another user'
	[ ! -e "$HOME/.pki" ] || echo 'a folder was made'
	chown -R 0 "$HOME"
	install_here
	grep -q 'for root alone' "$err" || cat "$err"
}

old_format_is_refused() {
	new_home
	mkdir -p "$HOME/$firefox/old"
	: >"$HOME/$firefox/old/cert8.db"
	: >"$HOME/$firefox/old/secmod.db"
	printf '[Install1]\nDefault=old\n' >"$HOME/$firefox/profiles.ini"
	install_here
	expect_failure 1 'old format'
	expect_files "$HOME/$firefox/old" cert8.db secmod.db
	run browser status
	expect_success 'old format'
	run browser status -j
	expect_json '.profiles[0].database == false'
	run browser remove --yes --profile "$HOME/$firefox/old"
	expect_failure 1 'old format'
}

# boxed FOLDER OF THE HOME, KIND
boxed() {
	new_home
	database "$HOME/$1/profile"
	printf '[Profile0]\nPath=profile\nIsRelative=1\n' >"$HOME/$1/profiles.ini"
	run browser status -j
	expect_json ".profiles[0].boxed == \"$2\""
	run browser status
	expect_success "of a $2"
	install_here
	expect_failure 1 'no profile is there that could load'
	grep -q 'warning: .*cannot load modules of the system' "$err" || cat "$err"
	install_here --profile "$HOME/$1/profile"
	expect_failure 1 'cannot load modules of the system'
	expect_list "$HOME/$1/profile" ''
	# What somebody put there by hand comes out again.
	modutil -dbdir "sql:$HOME/$1/profile" -add Mine -libfile "$module" \
		-force >/dev/null
	run browser remove --yes
	expect_changed
	expect_list "$HOME/$1/profile" ''
}

a_snap_is_said() { boxed snap/firefox/common/.mozilla/firefox snap; }
a_flatpak_is_said() { boxed .var/app/org.mozilla.firefox/.mozilla/firefox flatpak; }

a_name_that_is_taken_is_said() {
	firefox_home
	modutil -dbdir "sql:$HOME/$firefox/abc.default" -add JPKI -libfile \
		"$(ls /usr/lib*/*/opensc-pkcs11.so)" -force >/dev/null
	install_here
	expect_failure 1 'another module of the name JPKI'
}

no_modutil_is_said() {
	firefox_home
	mkdir "$work/bin"
	code=0
	# It is looked for where services are, too; here there is nothing.
	# shellcheck disable=SC2016 # for the inner shell
	unshare "${map[@]}" -m sh -c 'mount --bind "$0" /usr/bin && exec "$@"' \
		"$work/bin" "$JPKI_TOOL" browser install --yes --module "$module" \
		>"$out" 2>"$err" || code=$?
	expect_code 1
	grep -q 'apt install libnss3-tools' "$err" || cat "$err"
}
map=()
[ "$(id -u)" = 0 ] || map=(-r)

# What modutil says is passed on.
modutil_that_fails_is_said() {
	firefox_home
	printf 'no library' >"$work/broken.so"
	run browser install --yes --module "$work/broken.so"
	expect_code 1
	grep -q 'modutil failed in .*Failed to add module' "$err" || cat "$err"
	expect_list "$HOME/$firefox/abc.default" ''
}

# The installed file is meant, and it is not installed where it was built.
no_module_is_said() {
	firefox_home
	run browser install --yes --module "$work/none.so"
	expect_failure 1 'is not there; install it'
}

what_cannot_be_meant_is_refused() {
	new_home
	run browser
	expect_failure 2 'takes install|remove|status'
	run browser put
	expect_failure 2 'knows no "put"'
	run browser status opera
	expect_failure 2 'give firefox or chromium'
	run browser status --yes
	expect_failure 2 'takes no option --yes'
	run browser remove --module "$module"
	expect_failure 2 'takes no option --module'
	run browser status
	expect_failure 1 'no profile of a browser'
	code=0
	env -u HOME "$JPKI_TOOL" browser status >"$out" 2>"$err" || code=$?
	expect_failure 1 'no home folder'
}

tap_tool modutil
tap_tool certutil
tap_tool expect

tap 'Firefox gets the module' firefox_gets_the_module
tap 'a second time changes nothing' twice_changes_nothing
tap 'another file of ours is replaced' another_file_of_ours_is_replaced
tap 'the module for signatures stays' module_for_signatures_stays
tap 'remove takes it out' remove_takes_it_out
tap 'Chromium gets a database' chromium_gets_a_database
tap 'a Chromium that was started counts' chromium_that_was_started_counts
tap 'the folder of newer ones' newer_chromium_has_another_folder
tap 'a folder can be named' a_folder_can_be_named
tap 'nothing is changed unasked' nothing_is_changed_unasked
tap 'the answer counts' the_answer_counts
tap 'status tells all' status_tells_all
tap 'a Firefox that runs is left alone' running_firefox_is_left_alone
tap 'a Chromium that runs is left alone' running_chromium_is_left_alone
tap 'a profile that is read-only' read_only_is_refused
tap 'an ordinary user does it alone' an_ordinary_user_does_it_alone
tap 'a password does not matter' a_password_does_not_matter
# Only root can make what belongs to others.
[ "$(id -u)" != 0 ] || tap 'root is not others' root_is_not_others
tap 'a database of the old format' old_format_is_refused
tap 'a snap' a_snap_is_said
tap 'a flatpak' a_flatpak_is_said
tap 'a name that is taken' a_name_that_is_taken_is_said
tap 'no modutil' no_modutil_is_said
tap 'a modutil that fails' modutil_that_fails_is_said
tap 'no module' no_module_is_said
tap 'what cannot be meant is refused' what_cannot_be_meant_is_refused
tap_end
