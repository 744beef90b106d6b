dnl SPDX-License-Identifier: BSD-2-Clause
dnl
dnl JPKI_P11KIT_DIR(NAME, PKG-CONFIG-VARIABLE, OPTION, TEXT)
dnl
dnl A folder in which p11-kit looks, whatever the prefix: as p11-kit's own
dnl pkg-config file tells, or as --with-OPTION says.
AC_DEFUN([JPKI_P11KIT_DIR],
[AC_ARG_WITH([$3],
	[AS_HELP_STRING([--with-$3=DIR], [$4])],
	[$1=$withval],
	[$1=`$PKG_CONFIG --variable=$2 p11-kit-1`])
AC_SUBST([$1])])
