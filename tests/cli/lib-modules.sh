# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=bash disable=SC2034,SC2154 # from lib.sh, and for its users
#
# The modules in $modules, for tests in which programs of others load them: to
# be sourced behind lib.sh.

# modutil loads what it registers.  A module that was built with a sanitizer loads
# into no other program: there OpenSC's stands in, by the names of ours.
modules=$JPKI_BUILD
if readelf --dyn-syms "$modules/jpki-pkcs11.so" | grep -qE '__(asan|tsan)_'; then
	modules=$work/modules
	mkdir "$modules"
	for name in jpki-pkcs11 jpki-pkcs11-auth jpki-pkcs11-sign; do
		cp "$(ls /usr/lib*/*/opensc-pkcs11.so)" "$modules/$name.so"
	done
fi
