# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=bash
#
# For the tests of doctor: to be sourced.  A machine that has our module, and
# what is found on it.

# shellcheck source=tests/cli/lib.sh
. "$JPKI_SRC/tests/cli/lib.sh"
# shellcheck source=tests/cli/lib-modules.sh
. "$JPKI_SRC/tests/cli/lib-modules.sh"

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
	echo "module: $modules/jpki-pkcs11.so" >"$HOME/.config/pkcs11/modules/jpki.module"
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
