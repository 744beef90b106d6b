#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
#
# The Debian packages as scripts/package-deb made them: lintian has no errors and
# no warnings, and what is in them is what has to be.
set -u

work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
cd "$JPKI_BUILD" || exit 1
# shellcheck source=scripts/tap.sh
. "$JPKI_SRC/scripts/tap.sh"
tap_tool lintian
tap_tool dpkg-deb
export LC_ALL=C.UTF-8

lintian_is_content() {
	local words
	words=$(lintian --allow-root --tag-display-limit 0 \
		--fail-on error,warning jpki_*.changes 2>&1) ||
		printf '%s\n' "$words"
}

packages() {
	local deb
	for deb in *.deb; do
		case $deb in
		*-dbgsym_*) ;;
		*) echo "${deb%%_*}" ;;
		esac
	done
}

all_are_there() {
	diff -U0 <(sed -n 's/^Package: //p' "$JPKI_SRC/debian/control" | sort) \
		<(packages | sort)
}

# field PACKAGE NAME
field() { dpkg-deb --field "$1"_*.deb "$2"; }

# is PACKAGE FIELD VALUE
is() {
	[ "$(field "$1" "$2")" = "$3" ] || echo "$2 of $1: $(field "$1" "$2")"
}

# The libraries that programs need, as the linker found them.
depends_on() {
	local name
	for name in "${@:2}"; do
		field "$1" Depends | tr , '\n' | grep -qE "^ ?$name( |$)" ||
			echo "$1 does not depend on $name: $(field "$1" Depends)"
	done
}

fields_are_right() {
	is libjpki0 Multi-Arch same
	is libjpki-dev Multi-Arch same
	is jpki-pkcs11 Multi-Arch same
	is jpki-tool Multi-Arch foreign
	is jpki-vcard Multi-Arch foreign
	depends_on libjpki0 libc6 libpcsclite1 libssl3
	depends_on libjpki-dev libjpki0 libssl-dev libpcsclite-dev
	depends_on jpki-pkcs11 libc6 libpcsclite1 libssl3
	depends_on jpki-tool libc6 libpcsclite1 libssl3 libxml2 libqpdf29 libxmlsec1
	depends_on jpki-vcard pcscd vsmartcard-vpcd libc6
}

# what PACKAGE: the files in it, without folders.
what() { dpkg-deb --fsys-tarfile "$1"_*.deb | tar -t | grep -v '/$' | sed 's/^\.//'; }

holds() {
	local package=$1 pattern
	shift
	for pattern; do
		what "$package" | grep -qE "^$pattern$" || echo "no $pattern in $package"
	done
}

files_are_where_they_belong() {
	local lib='/usr/lib/[^/]+' package
	holds libjpki0 "$lib/libjpki\.so\.0" "$lib/libjpki\.so\.[0-9.]+"
	holds libjpki-dev /usr/include/jpki{,_openssl}.h "$lib/libjpki\.(a|so)" \
		"$lib/pkgconfig/libjpki\.pc" /usr/share/man/man3/jpki{,_openssl}.3.gz
	holds jpki-pkcs11 "$lib/pkcs11/jpki-pkcs11"{,-auth,-sign}'\.so' \
		/usr/share/p11-kit/modules/jpki.module /usr/share/man/man7/jpki-pkcs11.7.gz
	for package in jpki-tool jpki-vcard; do
		holds "$package" "/usr/bin/$package" "/usr/share/man/man1/$package.1.gz"
	done
	holds jpki-tool /usr/share/man/man7/jpki.7.gz \
		/usr/share/doc/jpki-tool/doc/{faq,clients/firefox}.md
}

# By itself: no other package's documents are beside it.
links_hold() {
	local folder=$work/$1
	mkdir "$folder" && dpkg-deb --extract "$1"_*.deb "$folder" || return
	"$JPKI_SRC/scripts/check-docs" "$folder/usr/share/doc/$1" | grep -vE '^ok|^1\.\.'
	[ -s "$folder/usr/share/doc/$1/copyright" ] || echo 'there is no copyright'
}
tool_has_every_document() {
	(cd "$JPKI_SRC" && ls -d README* SECURITY.md PROTOCOL NEWS LICENSE doc/*.md doc/*/*) |
		while read -r file; do
			[ -s "$work/jpki-tool/usr/share/doc/jpki-tool/$file" ] || echo "no $file"
		done
}

# A second package with a file could not be installed beside the first.
no_file_is_in_two() {
	local package
	for package in $(packages); do
		what "$package"
	done | sort | uniq -d
}

no_scripts_of_ours() {
	local package
	for package in $(packages); do
		dpkg-deb --ctrl-tarfile "$package"_*.deb | tar -t |
			grep -E '/(pre|post)(inst|rm)$|/config$'
	done
	return 0
}

# As it was before symbols were put aside, which the check needs.  What the
# programs import does not depend on the compiler's flags.
hardened() {
	local words
	words=$("$JPKI_SRC/scripts/check-hardening" "$JPKI_BUILD/whole")
	grep '^not ok' <<<"$words" | grep -v 'imports nothing surprising$'
	grep -q '^1[.][.]' <<<"$words" || echo 'the check came to no end'
}

tap 'lintian finds no errors and no warnings' lintian_is_content
tap 'all packages are there' all_are_there
tap 'their fields are right' fields_are_right
tap 'files are where they belong' files_are_where_they_belong
for package in jpki-tool jpki-pkcs11 libjpki-dev; do
	tap "links of $package's documents hold" links_hold $package
done
tap 'jpki-tool has every document' tool_has_every_document
tap 'no file is in two packages' no_file_is_in_two
tap 'nothing but debhelper runs at installation' no_scripts_of_ours
tap 'what they install is hardened' hardened
tap_end
