#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
#
# A package for Arch Linux from the archive, by Debian's makepkg, which neither asks
# for nor finds what the package needs.  Its tests are those of the Debian packages.
set -u

work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
# shellcheck source=scripts/tap.sh
. "$JPKI_SRC/scripts/tap.sh"
for tool in makepkg shellcheck bsdtar; do
	tap_tool $tool
done
recipe=$JPKI_SRC/packaging/arch/PKGBUILD

# makepkg refuses to be root; without a pacman it stops, though it needs none.
as_user=()
if [ "$(id -u)" = 0 ]; then
	as_user=(setpriv --reuid=65534 --regid=65534 --clear-groups)
fi
makes() {
	"${as_user[@]}" env HOME="$work/user" PACMAN=true LC_ALL=C.UTF-8 \
		makepkg "$@" >"$work/log" 2>&1 </dev/null || tail -n 40 "$work/log"
}

# What makepkg reads and what it sets is used where shellcheck does not see it.
clean() { shellcheck -s bash -e SC2034,SC2154,SC2164 "$recipe"; }

built() {
	mkdir "$work/user" &&
		cp "$recipe" "$JPKI_BUILD"/jpki-*.tar.gz "$work/user" &&
		chmod 755 "$work" && cd "$work/user" || return
	[ ${#as_user[@]} = 0 ] || chown -R 65534:65534 "$work/user"
	makes --nodeps --nocheck
	grep '^==> WARNING' "$work/log" | grep -v 'Skipping dependency checks'
	return 0
}

unpack() { mkdir "$work/root" && bsdtar -C "$work/root" -xf "$work"/user/*.pkg.tar.*; }

programs_run() {
	"$work/root/usr/bin/jpki-tool" --version | grep -q '^jpki-tool [0-9]' ||
		echo 'jpki-tool does not'
	"$work/root/usr/bin/jpki-vcard" create "$work/card" ||
		echo 'jpki-vcard does not'
}

tap 'the PKGBUILD is clean' clean
tap 'makepkg makes a package' built
tap 'it can be unpacked' unpack
tap 'the programs run' programs_run
tap_end
