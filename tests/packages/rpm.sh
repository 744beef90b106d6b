#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
#
# RPM packages from the archive, by Debian's rpmbuild, which asks for none of what
# they need to be built.  Their tests are those of the Debian packages.
set -u

work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
# shellcheck source=scripts/tap.sh
. "$JPKI_SRC/scripts/tap.sh"
for tool in rpmbuild rpmlint rpm2cpio cpio; do
	tap_tool $tool
done
spec=$JPKI_SRC/packaging/rpm/jpki.spec
export HOME=$work LC_ALL=C.UTF-8

built() {
	rpmbuild --nodeps --without tests -D "_topdir $work" \
		-D "_sourcedir $JPKI_BUILD" -D "_tmppath $work" -ba "$spec" \
		>"$work/log" 2>&1 || tail -n 40 "$work/log"
}

# In the order in which the spec names them.
names() {
	sed -n 's/^%package -n //p' "$spec"
}
all_are_there() {
	diff -U0 <(names | sort) <(cd "$work/RPMS" && find . -name '*.rpm' -printf '%f\n' |
		sed 's/-[0-9].*//' | sort)
}

rpmlint_is_content() {
	local words
	words=$(find "$work" -name '*.rpm' -exec rpmlint \
		-c "$JPKI_SRC/packaging/rpm/rpmlint.toml" "$spec" {} + 2>&1)
	case $words in
	*' 0 errors, 0 warnings'*) ;;
	*) printf '%s\n' "$words" ;;
	esac
}

unpack() {
	mkdir "$work/root" && cd "$work/root" || return
	find "$work/RPMS" -name '*.rpm' | while read -r package; do
		rpm2cpio "$package" | cpio --quiet -id
	done
}

# Debian's rpm puts a version behind the package's name.
links_hold() {
	local folders=("$work/root/usr/share/doc/$1"{,-[0-9]*})
	[ -d "${folders[0]}" ] || folders=("${folders[@]:1}")
	"$JPKI_SRC/scripts/check-docs" "${folders[0]}" | grep -vE '^ok|^1\.\.'
	return 0
}

programs_run() {
	"$work/root/usr/bin/jpki-tool" --version | grep -q '^jpki-tool [0-9]' ||
		echo 'jpki-tool does not'
	"$work/root/usr/bin/jpki-vcard" create "$work/card" ||
		echo 'jpki-vcard does not'
}

# Debian's p11-kit does not look where the RPM puts modules.
module_by_its_path() {
	local module
	module=$(sed -n 's/^module: //p' "$work/root/usr/share/p11-kit/modules/jpki.module")
	case $module in
	/*) [ -f "$work/root$module" ] || echo "no $module" ;;
	*) echo "no path: $module" ;;
	esac
}

tap 'rpmbuild makes the packages' built
tap 'all of them are there' all_are_there
tap 'rpmlint finds no errors and no warnings' rpmlint_is_content
tap 'they can be unpacked' unpack
for package in jpki-tool jpki-pkcs11 libjpki-devel; do
	tap "links of $package's documents hold" links_hold $package
done
tap 'the programs run' programs_run
tap 'p11-kit finds the module' module_by_its_path
tap_end
