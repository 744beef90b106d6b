dnl SPDX-License-Identifier: BSD-2-Clause
dnl
dnl Probes for compiler and linker flags, one flag at a time: each is tried
dnl alone, with warnings as errors so that "unknown, ignored" counts as no, and
dnl is appended to a variable for config.mk if the compiler takes it.

dnl _JPKI_PROBE(VARIABLE, FLAG, SAVED-VARIABLE, COMPILE-OR-LINK)
m4_define([_JPKI_PROBE],
[AS_VAR_PUSHDEF([cache], [jpki_cv_flag_$3_$2])dnl
AC_CACHE_CHECK([whether $CC takes $2], [cache],
	[jpki_saved=$$3
	$3="$jpki_saved -Werror $2"
	$4([AC_LANG_PROGRAM()],
		[AS_VAR_SET([cache], [yes])], [AS_VAR_SET([cache], [no])])
	$3=$jpki_saved])
AS_VAR_IF([cache], [yes], [$1="${$1:+$$1 }$2"])
AS_VAR_POPDEF([cache])dnl
])

dnl JPKI_PROBE_CFLAGS(VARIABLE, FLAGS)
AC_DEFUN([JPKI_PROBE_CFLAGS],
[m4_foreach_w([jpki_flag], [$2],
	[_JPKI_PROBE([$1], m4_defn([jpki_flag]), [CFLAGS], [AC_COMPILE_IFELSE])])
AC_SUBST([$1])])

dnl JPKI_PROBE_LDFLAGS(VARIABLE, FLAGS)
AC_DEFUN([JPKI_PROBE_LDFLAGS],
[m4_foreach_w([jpki_flag], [$2],
	[_JPKI_PROBE([$1], m4_defn([jpki_flag]), [LDFLAGS], [AC_LINK_IFELSE])])
AC_SUBST([$1])])

dnl JPKI_PROBE_FORTIFY(VARIABLE, LEVELS): the first level, of those listed from
dnl high to low, that the C library takes without a warning.
AC_DEFUN([JPKI_PROBE_FORTIFY],
[AC_CACHE_CHECK([for the highest _FORTIFY_SOURCE], [jpki_cv_fortify],
	[jpki_saved=$CFLAGS
	jpki_cv_fortify=no
	for jpki_level in $2; do
		CFLAGS="$jpki_saved -Werror -O2 -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=$jpki_level"
		AC_COMPILE_IFELSE([AC_LANG_PROGRAM([[#include <string.h>]])],
			[jpki_cv_fortify=$jpki_level; break])
	done
	CFLAGS=$jpki_saved])
AS_VAR_IF([jpki_cv_fortify], [no], [],
	[$1="-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=$jpki_cv_fortify"])
AC_SUBST([$1])])
