#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
#
# doctor: what it finds of modules, with p11-kit, NSS and OpenSC as they are.
set -u
# shellcheck source=tests/cli/lib-doctor.sh
. "$JPKI_SRC/tests/cli/lib-doctor.sh"

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
	echo "module: $modules/jpki-pkcs11-auth.so" \
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
	add_module JPKI "$modules/jpki-pkcs11-auth.so"
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
	add_module JPKI "$modules/jpki-pkcs11-auth.so"
	run doctor
	expect_success 'Nothing is wrong.'
	add_module Again "$modules/jpki-pkcs11.so"
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

play "$@"
tap_tool modutil

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
tap_end
