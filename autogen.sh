#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Make configure from configure.ac.
set -eu

cd "$(dirname "$0")"

if ! command -v autoconf >/dev/null; then
	lack=$(scripts/deps missing)
	echo "autogen.sh: missing: ${lack:-autoconf}; type make deps-build," \
		"or install them" >&2
	exit 1
fi
autoconf --force --warnings=all
rm -rf autom4te.cache
