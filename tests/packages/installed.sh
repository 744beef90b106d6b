#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
#
# The Debian packages are installed, used, removed and purged, on this machine as
# it is, but in a room where nothing is kept; no other trace of them is in it.
set -u
# shellcheck source=tests/packages/lib-room.sh
. "$JPKI_SRC/tests/packages/lib-room.sh"
# shellcheck source=scripts/tap.sh
. "$JPKI_SRC/scripts/tap.sh"

debs=("$JPKI_BUILD"/*.deb)
packages=()
for deb in "${debs[@]}"; do
	packages+=("$(dpkg-deb --field "$deb" Package)")
done

# Its words only if it fails.
quietly() {
	local words
	words=$("$@" 2>&1) || { printf '%s\n' "$words"; return 1; }
}

# What is installed, and what programs are linked with.
census() {
	# shellcheck disable=SC2016 # dpkg-query expands them
	enter dpkg-query -W -f '${Package}:${Architecture} ${Version} ${Status}\n'
	enter ldconfig -p
}

not_to_be_seen() {
	enter find "$JPKI_SRC" "$JPKI_BUILD" -mindepth 1 2>/dev/null
	enter sh -c 'command -v jpki-tool jpki-vcard'
	enter find /etc /opt /usr \( -name '*jpki*' -o -name 'jpki*' \) -a ! -path '/usr/share/doc/*'
	return 0
}

as_it_was() {
	census >"$work/after"
	diff -U0 "$work/before" "$work/after"
	enter find /var/lib/dpkg/info -name '*jpki*'
	room_changes
}

# Else "as it was" would prove nothing.
changes_are_told() {
	enter sh -c 'echo more >>/etc/profile; chmod 700 /srv; rm /etc/issue; : >/usr/left
		mkdir /usr/empty'
	room_changes | sort >"$work/told"
	diff -U0 - "$work/told" <<-'END'
		/etc/issue is gone
		/etc/profile has other contents
		/srv has another type, mode or owner
		/usr/empty is left behind
		/usr/left is left behind
	END
}

tap 'a room is made' room_make "$JPKI_SRC" "$JPKI_BUILD"
cp "${debs[@]}" "$JPKI_SRC/debian/tests/installed" "$room/tmp"
debs=("${debs[@]/#*\//\/tmp\/}")
tap 'the cache of libraries is fresh' quietly enter ldconfig
census >"$work/before"
tap 'neither sources nor programs can be seen' not_to_be_seen
tap 'dpkg installs the packages' quietly enter dpkg -i "${debs[@]}"
tap 'it finds them whole' enter dpkg --verify "${packages[@]}"
for name in $("$JPKI_SRC/debian/tests/installed" --list); do
	tap "of use: ${name//_/ }" enter /tmp/installed "$name"
done
tap 'dpkg installs them again' quietly enter dpkg -i "${debs[@]}"
tap 'dpkg removes them' quietly enter dpkg -r "${packages[@]}"
tap 'nothing is left' as_it_was
tap 'dpkg purges them' quietly enter dpkg -P "${packages[@]}"
tap 'everything is as it was' as_it_was
tap 'what is not would be told' changes_are_told
tap_end
