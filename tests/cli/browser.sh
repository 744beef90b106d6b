#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
#
# browser: the module in databases of certificates, by NSS's own programs, in
# homes that are made here.  No card is needed.
set -u
# shellcheck source=tests/cli/lib.sh
. "$JPKI_SRC/tests/cli/lib.sh"

# shellcheck source=tests/cli/lib-modules.sh
. "$JPKI_SRC/tests/cli/lib-modules.sh"

module=$modules/jpki-pkcs11-auth.so
firefox=.mozilla/firefox
# Who is not root: the one who runs this, or nobody.
ordinary=(setpriv --reuid 65534 --regid 65534 --clear-groups)
[ "$(id -u)" = 0 ] || ordinary=()

# new_home: the next test's HOME.
new_home() {
	HOME=$(mktemp -d "$work/home.XXXXXX")
	export HOME
	unset XDG_CONFIG_HOME XDG_DATA_HOME
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

# expect_library FOLDER FILE: what JPKI is there.
expect_library() {
	expect_equal 'library' "$("$JPKI_TOOL" browser status -j --profile "$1" |
		jq -r '.profiles[0].modules[] | select(.name == "JPKI").library')" "$2"
}

# A browser starts in a folder of its own, where the file is not.
the_whole_path_is_registered() {
	firefox_home
	cd "$modules" || return
	run browser install --yes --module .//./jpki-pkcs11-auth.so
	expect_changed
	expect_library "$HOME/$firefox/abc.default" "$module"
	run browser install --yes --module jpki-pkcs11-auth.so
	expect_output 'nothing to change'
	# A link stays one: what it leads to changes with each version.
	mkdir "$work/links"
	ln -s "$module" "$work/links/jpki-pkcs11-auth.so"
	cd "$work" || return
	run browser install --yes --module links/jpki-pkcs11-auth.so
	expect_changed
	expect_library "$HOME/$firefox/abc.default" \
		"$work/links/jpki-pkcs11-auth.so"
}

remove_undoes_every_install() {
	local name
	for name in jpki-pkcs11 jpki-pkcs11-auth jpki-pkcs11-sign; do
		firefox_home
		run browser install --yes --module "$modules/$name.so"
		expect_changed
		expect_library "$HOME/$firefox/abc.default" "$modules/$name.so"
		run browser remove --yes
		expect_changed
		expect_list "$HOME/$firefox/abc.default" ''
	done
	# And each takes the place of another.
	firefox_home
	run browser install --yes --module "$modules/jpki-pkcs11-sign.so"
	install_here
	expect_changed
	expect_list "$HOME/$firefox/abc.default" JPKI
	expect_library "$HOME/$firefox/abc.default" "$module"
}

# By another name it would not be known again.
a_file_of_another_name_is_refused() {
	firefox_home
	cp "$module" "$work/mine.so"
	run browser install --yes --module "$work/mine.so"
	expect_failure 2 'browser remove'
	expect_list "$HOME/$firefox/abc.default" ''
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

# A Chromium that runs uses no profile of Firefox, nor any folder but its own;
# its own it uses by whatever path.
whose_a_folder_is_counts() {
	firefox_home
	database "$HOME/other"
	database "$HOME/.pki/nssdb"
	mkdir -p "$HOME/.config/chromium"
	ln -s "$(uname -n)-$$" "$HOME/.config/chromium/SingletonLock"
	install_here --profile "$HOME/$firefox/abc.default" -j
	expect_changed
	expect_equal 'browser' "$(jq -r '.changes[].browser' "$out")" firefox
	install_here --profile "$HOME/other"
	expect_changed
	ln -s .pki/nssdb "$HOME/link"
	install_here --profile "$HOME/link"
	expect_failure 1 'is running; close'
	# Nor does a Chromium of a snap use this one.
	rm "$HOME/.config/chromium/SingletonLock"
	mkdir -p "$HOME/snap/chromium/common/chromium"
	ln -s "$(uname -n)-$$" "$HOME/snap/chromium/common/chromium/SingletonLock"
	install_here --profile "$HOME/link"
	expect_changed
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
	expect_failure 1 'no profile is there that could load'
	grep -q 'warning: .*old format' "$err" || cat "$err"
	install_here --profile "$HOME/$firefox/old"
	expect_failure 1 'old format'
	expect_files "$HOME/$firefox/old" cert8.db secmod.db
	run browser status
	expect_success 'old format'
	run browser status -j
	expect_json '.profiles[0].database == false'
	run browser remove --yes --profile "$HOME/$firefox/old"
	expect_failure 1 'old format'
}

# One that nobody uses any more, beside a good one.
old_format_does_not_stop_others() {
	firefox_home
	rm -r "$HOME/$firefox/def.unused"
	mkdir "$HOME/$firefox/def.unused"
	: >"$HOME/$firefox/def.unused/cert8.db"
	install_here -j
	expect_code 0
	grep -q 'warning: .*def.unused is left as it is.*old format' "$err" ||
		cat "$err"
	expect_list "$HOME/$firefox/abc.default" JPKI
	expect_files "$HOME/$firefox/def.unused" cert8.db
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

# boxed_chromium SETTINGS, KIND: nothing is made that it would not see.
boxed_chromium() {
	local name
	for name in '' chromium; do
		new_home
		mkdir -p "$HOME/$1"
		install_here ${name:+"$name"}
		expect_failure 1 'no profile is there that could load'
		grep -q 'warning: .*cannot load modules of the system' "$err" ||
			cat "$err"
		[ ! -e "$HOME/.pki" ] || echo 'a database was made'
	done
	run browser status
	expect_success "of a $2"
	# Another one that was started is no less one.
	mkdir -p "$HOME/.config/google-chrome"
	install_here chromium
	expect_code 0
	expect_list "$HOME/.pki/nssdb" JPKI
}

a_chromium_of_a_snap_is_said() {
	boxed_chromium snap/chromium/common/chromium snap
}

a_chromium_of_a_flatpak_is_said() {
	boxed_chromium .var/app/org.chromium.Chromium/config/chromium flatpak
}

folders_of_xdg_count() {
	new_home
	export XDG_CONFIG_HOME=$HOME/settings XDG_DATA_HOME=$HOME/data
	database "$XDG_CONFIG_HOME/mozilla/firefox/p"
	database "$XDG_DATA_HOME/pki/nssdb"
	printf '[Profile0]\nPath=p\nIsRelative=1\n' \
		>"$XDG_CONFIG_HOME/mozilla/firefox/profiles.ini"
	install_here
	expect_changed
	expect_list "$XDG_CONFIG_HOME/mozilla/firefox/p" JPKI
	expect_list "$XDG_DATA_HOME/pki/nssdb" JPKI
	mkdir "$XDG_CONFIG_HOME/chromium"
	ln -s "$(uname -n)-$$" "$XDG_CONFIG_HOME/chromium/SingletonLock"
	run browser remove --yes chromium
	expect_failure 1 'is running; close'
}

a_name_that_is_taken_is_said() {
	firefox_home
	modutil -dbdir "sql:$HOME/$firefox/abc.default" -add JPKI -libfile \
		"$(ls /usr/lib*/*/opensc-pkcs11.so)" -force >/dev/null
	install_here
	expect_failure 1 'another module of the name JPKI'
}

# without_programs [ARGUMENT...]: they are looked for where services are, too;
# here there is nothing.
without_programs() {
	mkdir -p "$work/bin"
	code=0
	# shellcheck disable=SC2016 # for the inner shell
	unshare "${map[@]}" -m sh -c 'mount --bind "$0" /usr/bin && exec "$@"' \
		"$work/bin" "$JPKI_TOOL" browser "$@" >"$out" 2>"$err" || code=$?
}
map=()
[ "$(id -u)" = 0 ] || map=(-r)

# Before anything is asked or done.
no_program_is_said() {
	firefox_home
	without_programs install --yes --module "$module"
	expect_failure 1 'the program modutil is not installed'
	grep -q 'apt install libnss3-tools' "$err" || cat "$err"
	without_programs install --yes --module "$module" chromium
	expect_failure 1 'the program certutil is not installed'
	[ ! -e "$HOME/.pki" ] || echo 'a folder was made'
	# Where nothing is to be done, nothing is missing.
	without_programs remove --yes
	expect_success 'nothing to change'
}

# broken NAME: a file of that name that is no module.
broken() {
	mkdir -p "$work/broken"
	printf 'no library' >"$work/broken/$1"
	echo "$work/broken/$1"
}

# What modutil says is passed on.
modutil_that_fails_is_said() {
	firefox_home
	run browser install --yes --module "$(broken jpki-pkcs11-auth.so)"
	expect_code 1
	grep -q 'modutil failed in .*Failed to add module' "$err" || cat "$err"
	! grep 'changed before' "$err"
	expect_list "$HOME/$firefox/abc.default" ''
}

# Nobody is left with less than before.
what_was_there_comes_back() {
	local folder
	firefox_home
	folder=$HOME/$firefox/abc.default
	modutil -dbdir "sql:$folder" -add 'My card' -libfile \
		"$modules/jpki-pkcs11.so" -force >/dev/null
	run browser install -j --yes --module "$(broken jpki-pkcs11-auth.so)"
	expect_code 1
	expect_equal 'changes' "$(cat "$out")" ''
	grep -q "$modules/jpki-pkcs11.so is registered again" "$err" || cat "$err"
	expect_list "$folder" 'My card'
	install_here
	run browser install --yes --module "$work/broken/jpki-pkcs11-auth.so"
	expect_code 1
	! grep 'changed before' "$err"
	expect_list "$folder" JPKI
	expect_library "$folder" "$module"
}

# What could be loaded no more cannot be registered again.
what_does_not_come_back_is_said() {
	firefox_home
	mkdir "$work/gone"
	cp "$modules/jpki-pkcs11.so" "$work/gone"
	run browser install --yes --module "$work/gone/jpki-pkcs11.so"
	rm "$work/gone/jpki-pkcs11.so"
	run browser install -j --yes --module "$(broken jpki-pkcs11-auth.so)"
	expect_code 1
	grep -q "warning: $work/gone/jpki-pkcs11.so was taken out of" "$err" ||
		cat "$err"
	expect_equal 'changes' "$(jq -c '[.changes[].change]' "$out")" \
		'["removed"]'
	expect_list "$HOME/$firefox/abc.default" ''
}

# stopped_at WORD [ARGUMENT...]: modutil gets its work with that word done, and
# then jpki-tool is asked to end.
stopped_at() {
	local word=$1
	shift
	mkdir -p "$work/stopping"
	cat >"$work/stopping/modutil" <<-END
		#!/bin/sh
		$(command -v modutil) "\$@" || exit
		case "\$*" in *" $word "*) kill -TERM \$PPID ;; esac
	END
	chmod +x "$work/stopping/modutil"
	PATH=$work/stopping:$PATH run browser "$@"
}

a_profile_is_changed_to_its_end() {
	firefox_home
	run browser install --yes --module "$modules/jpki-pkcs11.so"
	stopped_at -delete install --yes --module "$module"
	expect_changed
	expect_library "$HOME/$firefox/abc.default" "$module"
}

# Of two, the first is done and the second left as it was.
between_profiles_it_ends() {
	firefox_home
	database "$HOME/.pki/nssdb"
	stopped_at -add install --yes --module "$module" -j
	expect_code 6
	grep -q "cancelled before $HOME/.pki/nssdb" "$err" || cat "$err"
	expect_equal 'changes' "$(jq -c '[.changes[] | [.browser, .change]]' "$out")" \
		'[["firefox","added"]]'
	expect_list "$HOME/$firefox/abc.default" JPKI
	expect_list "$HOME/.pki/nssdb" ''
	run browser remove --yes
	stopped_at -add install --yes --module "$module"
	expect_code 6
	grep -A 9 'This was changed before' "$err" | grep -q "$firefox/abc.default" ||
		cat "$err"
}

# started_meanwhile: it asks, and then the browser is started.
started_meanwhile() {
	code=0
	# shellcheck disable=SC2016 # for expect
	LOCK=$HOME/.config/chromium/SingletonLock MODULE=$module expect -c '
		spawn -noecho $env(JPKI_TOOL) browser install --module $env(MODULE)
		expect "Change it?"
		exec ln -s elsewhere-1 $env(LOCK)
		send y\r
		expect eof
		exit [lindex [wait] 3]
	' >"$out" 2>"$err" || code=$?
}

a_browser_started_meanwhile_is_left_alone() {
	new_home
	database "$HOME/.pki/nssdb"
	mkdir -p "$HOME/.config/chromium"
	started_meanwhile
	expect_code 1
	expect_output 'is running; close'
	expect_list "$HOME/.pki/nssdb" ''
}

# A modutil that gets nowhere, and somebody who wants no more of it.
a_program_that_hangs_is_ended() {
	firefox_home
	mkdir -p "$work/hanging"
	cat >"$work/hanging/modutil" <<-END
		#!/bin/sh
		kill -TERM \$PPID
		sleep 60 >/dev/null 2>&1
		exec $(command -v modutil) "\$@"
	END
	chmod +x "$work/hanging/modutil"
	PATH=$work/hanging:$PATH run browser install --yes --module "$module"
	expect_code 6
	grep -q 'modutil failed in' "$err" || cat "$err"
	expect_list "$HOME/$firefox/abc.default" ''
}

# A card in use would be waited for.
the_module_is_loaded_without_a_token() {
	firefox_home
	mkdir -p "$work/seeing"
	cat >"$work/seeing/modutil" <<-END
		#!/bin/sh
		echo "\$JPKI_PKCS11" >"$work/seen"
		exec $(command -v modutil) "\$@"
	END
	chmod +x "$work/seeing/modutil"
	PATH=$work/seeing:$PATH JPKI_PKCS11=log=none install_here
	expect_changed
	expect_equal 'settings' "$(cat "$work/seen")" tokens=none
	expect_list "$HOME/$firefox/abc.default" JPKI
}

a_fifo_holds_nothing_up() {
	firefox_home
	rm "$HOME/$firefox/abc.default/pkcs11.txt"
	mkfifo "$HOME/$firefox/abc.default/pkcs11.txt"
	code=0
	timeout 60 "$JPKI_TOOL" browser status -j >"$out" 2>"$err" || code=$?
	expect_json '.profiles[0].modules == []'
	code=0
	timeout 60 "$JPKI_TOOL" browser install --yes --module "$module" \
		>"$out" 2>"$err" || code=$?
	expect_failure 1 'is not a file'
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
tap 'the whole path is registered' the_whole_path_is_registered
tap 'remove undoes every install' remove_undoes_every_install
tap 'a file of another name is refused' a_file_of_another_name_is_refused
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
tap 'whose a folder is counts' whose_a_folder_is_counts
tap 'a profile that is read-only' read_only_is_refused
tap 'an ordinary user does it alone' an_ordinary_user_does_it_alone
tap 'a password does not matter' a_password_does_not_matter
# Only root can make what belongs to others.
[ "$(id -u)" != 0 ] || tap 'root is not others' root_is_not_others
tap 'a database of the old format' old_format_is_refused
tap 'one of the old format does not stop others' old_format_does_not_stop_others
tap 'a snap' a_snap_is_said
tap 'a flatpak' a_flatpak_is_said
tap 'a Chromium of a snap' a_chromium_of_a_snap_is_said
tap 'a Chromium of a flatpak' a_chromium_of_a_flatpak_is_said
tap 'folders of XDG' folders_of_xdg_count
tap 'a name that is taken' a_name_that_is_taken_is_said
tap 'no modutil, no certutil' no_program_is_said
tap 'a modutil that fails' modutil_that_fails_is_said
tap 'what was there comes back' what_was_there_comes_back
tap 'what does not come back is said' what_does_not_come_back_is_said
tap 'a profile is changed to its end' a_profile_is_changed_to_its_end
tap 'between profiles it ends' between_profiles_it_ends
tap 'a browser started meanwhile' a_browser_started_meanwhile_is_left_alone
tap 'a program that hangs is ended' a_program_that_hangs_is_ended
tap 'the module is loaded without a token' the_module_is_loaded_without_a_token
tap 'a FIFO holds nothing up' a_fifo_holds_nothing_up
tap 'no module' no_module_is_said
tap 'what cannot be meant is refused' what_cannot_be_meant_is_refused
tap_end
