#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
#
# What packages say of the software, in many files, is what the software says: its
# version, the libraries that it needs, what its library exports.
set -u

cd "$JPKI_SRC" || exit 1
# shellcheck source=scripts/tap.sh
. scripts/tap.sh
export LC_ALL=C

# same LIST LIST: two commands that print the same lines, in any order.
same() {
	diff -U0 <($1 | sort -u) <($2 | sort -u) | grep '^[-+][^-+]'
	[ -n "$($1)" ] || echo "$1 is empty"
}

# Libraries: of configure.ac, "NAME VERSION" or "NAME".  A list may take lines.
modules() {
	sed 's/^JPKI_PACKAGE(/\r&/' configure.ac | tr '\r\n\t' '\n  ' |
		sed -n 's/^JPKI_PACKAGE(\[[A-Z0-9]*\], \[\([^]]*\)\].*/\1/p' |
		sed 's/ *>= */>=/g' | tr -s ' ' '\n' | tr '>=' '  ' | tr -s ' '
}
module_names() { modules | cut -d ' ' -f 1; }

# Column N of the table in packaging/README.md.
column() {
	sed -n '/^| pkg-config /,/^$/p' packaging/README.md | sed 1,2d |
		awk -F ' *[|] *' -v n="$1" 'NF { print $(n + 1) }'
}
table_modules() { column 1; }
table_debian() { column 2; }
table_arch() { column 3; }
table_nix() { column 4; }
table_homebrew() { column 5; }

# Rows of scripts/packages, names of one row in any order.
rows() {
	awk -v stage="$1" '$1 == stage { print $2 }' scripts/packages |
		while read -r row; do alternatives "$row"; done
}
alternatives() { tr -d ' ' <<<"$1" | tr '|' '\n' | sort | paste -sd '|'; }

# What every Debian package may count on, and our own two programs of it.
build_rows() { rows build | grep -vx libc6-dev; }
library_rows() { build_rows | grep -vxE 'autoconf|gettext|.*[|].*'; }

# Build-Depends of debian/control, but for debhelper.
build_depends() {
	sed -n '/^Build-Depends:/,/^[^ ]/s/^ \([^#].*\),$/\1/p' debian/control |
		grep -v '^debhelper-compat '
}
build_depends_always() {
	build_depends | grep -v '<!nocheck>' |
		while read -r row; do alternatives "$row"; done
}
undeclared_test_tools() {
	build_depends | sed -n 's/ <!nocheck>$//p' |
		grep -vxF -f <(rows check; rows demo)
	return 0
}

spec_modules() {
	sed -n 's/^BuildRequires:[[:space:]]*pkgconfig(\(.*\))\( >= \(.*\)\)\{0,1\}$/\1 \3/p' \
		packaging/rpm/jpki.spec | sed 's/ $//' | grep -vE '^(cmocka|libssl) '
}
arch_libraries() {
	# shellcheck disable=SC2016 # the other shell's
	bash -c '. packaging/arch/PKGBUILD && printf "%s\n" "${depends[@]}"' | grep -vx glibc
}
nix_libraries() {
	sed -n '/^  buildInputs/,/]/s/^    \(.*\)$/\1/p' packaging/nix/package.nix
}
homebrew_libraries() {
	sed -n 's/^  depends_on "\([^"]*\)"$/\1/p' packaging/homebrew/jpki.rb
}

# The version, wherever it stands.
versions() {
	sed -n 's/^AC_INIT(\[jpki\], \[\([^]]*\)\].*/\1/p' configure.ac
	sed -n '1s/ .*//p' NEWS
	sed -n '1s/.*(\(.*\)).*/\1/p' debian/changelog
	sed -n 's/^Version:[[:space:]]*//p' packaging/rpm/jpki.spec
	sed -n 's/^pkgver=//p' packaging/arch/PKGBUILD
	sed -n 's/^  version = "\(.*\)";$/\1/p' packaging/nix/package.nix
	sed -n 's/.*jpki-\([0-9.]*\)\.tar.*/\1/p' packaging/homebrew/jpki.rb
}
one_version() {
	[ "$(versions | wc -l) $(versions | sort -u | wc -l)" = '7 1' ] || versions
}

# Both say that it is unreleased, or neither.
released_together() {
	[ "$(head -n 1 NEWS | grep -c unreleased)" = \
		"$(head -n 1 debian/changelog | grep -c UNRELEASED)" ] ||
		head -n 1 NEWS debian/changelog
}

exports() { sed -n '/global:/,/local:/s/^[[:space:]]*\([a-z0-9_]*\);.*/\1/p' lib/libjpki.map; }
symbols() { sed -n 's/^ \(jpki_[a-z0-9_]*\)@JPKI_0 .*/\1/p' debian/libjpki0.symbols; }

license_in_full() {
	diff <(sed -n '/^Redistribution/,$p' LICENSE) \
		<(sed -n '/^License: BSD-2-Clause$/,$p' debian/copyright |
		sed -n '/^ Redistribution/,$s/^ //p' | sed 's/^\.$//') &&
		grep -qF "Copyright: $(sed -n 's/^Copyright (c) //p' LICENSE)" debian/copyright
}

# Evaluated with nothing in place of what nixpkgs has: no name is missing.
nix_evaluates() {
	local words
	words=$(nix-instantiate --store dummy:// --eval --strict --json --expr '
		let
		  package = import ./packaging/nix/package.nix;
		  wanted = builtins.mapAttrs (name: value: name)
		    (builtins.functionArgs package);
		in
		  package (wanted // {
		    lib = {
		      cleanSource = path: toString path;
		      licenses.bsd2 = "BSD-2-Clause";
		      platforms.linux = [ "linux" ];
		    };
		    stdenv.mkDerivation = attributes: attributes;
		  })' 2>&1) || printf '%s\n' "$words"
}

formula_parses() { ruby -c packaging/homebrew/jpki.rb | grep -vx 'Syntax OK'; return "${PIPESTATUS[0]}"; }

for tool in nix-instantiate ruby; do
	tap_tool $tool
done
tap 'the table has the libraries that configure asks for' same module_names table_modules
tap 'Build-Depends is what scripts/packages has for building' \
	same build_rows build_depends_always
tap 'the table has the same' same library_rows table_debian
tap 'what tests of the package need, make deps installs' undeclared_test_tools
tap 'the RPM wants the libraries, in the versions, of configure' same modules spec_modules
tap 'the PKGBUILD depends on what the table says' same table_arch arch_libraries
tap 'so does the Nix expression' same table_nix nix_libraries
tap 'so does the formula' same table_homebrew homebrew_libraries
tap 'there is one version' one_version
tap 'it is released everywhere, or nowhere' released_together
tap 'debian/libjpki0.symbols has what the library exports' same exports symbols
tap 'debian/copyright has the license in full' license_in_full
tap 'the Nix expression parses, and knows all its names' nix_evaluates
tap 'the formula parses' formula_parses
tap_end
