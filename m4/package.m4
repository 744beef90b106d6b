dnl SPDX-License-Identifier: BSD-2-Clause
dnl
dnl Libraries, found by pkg-config.  NAME_CFLAGS and NAME_LIBS, when given to
dnl configure, are believed, and pkg-config is not asked.

dnl _JPKI_PACKAGE(NAME, MODULE >= VERSION, IF-MISSING)
AC_DEFUN([_JPKI_PACKAGE],
[AC_ARG_VAR([PKG_CONFIG], [the pkg-config program])dnl
AC_ARG_VAR([$1_CFLAGS], [compiler flags for $2, instead of pkg-config's])dnl
AC_ARG_VAR([$1_LIBS], [linker flags for $2, instead of pkg-config's])dnl
AC_CHECK_TOOL([PKG_CONFIG], [pkg-config])
AC_MSG_CHECKING([for $2])
AS_IF([test -n "$$1_LIBS"],
	[AC_MSG_RESULT([$$1_LIBS])],
	[test -n "$PKG_CONFIG" && $PKG_CONFIG --exists "$2"],
	[$1_CFLAGS=`$PKG_CONFIG --cflags "$2"`
	$1_LIBS=`$PKG_CONFIG --libs "$2"`
	AC_MSG_RESULT([$$1_LIBS])],
	[AC_MSG_RESULT([no])
	$3])])

dnl JPKI_PACKAGE(NAME, MODULE >= VERSION, PACKAGE-ON-DEBIAN): needed.  What is
dnl missing is collected for JPKI_PACKAGES_DONE, which says all of it at once.
AC_DEFUN([JPKI_PACKAGE],
[_JPKI_PACKAGE([$1], [$2],
	[jpki_missing="$jpki_missing${jpki_missing:+, }$2 ($3 on Debian)"])])

dnl JPKI_PACKAGES_DONE: stop if one is missing
AC_DEFUN([JPKI_PACKAGES_DONE],
[AS_IF([test -n "$jpki_missing" && test -z "$PKG_CONFIG"],
	[jpki_missing="pkg-config, without which these are not found: $jpki_missing"])
AS_IF([test -n "$jpki_missing"],
	[JPKI_FAIL([missing: $jpki_missing; type make deps-build, or install them])])])

dnl JPKI_PACKAGE_OPTIONAL(NAME, MODULE >= VERSION)
AC_DEFUN([JPKI_PACKAGE_OPTIONAL],
[_JPKI_PACKAGE([$1], [$2], [:])])
