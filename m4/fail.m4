dnl SPDX-License-Identifier: BSD-2-Clause
dnl
dnl A configure that fails must not leave the config.mk of an earlier one that
dnl did not, or make would go on with stale answers.  So the first thing done
dnl is to write a config.mk that carries the reason for stopping; the last,
dnl by config.status, is to write the real one over it.

dnl _JPKI_MARK(REASON)
AC_DEFUN([_JPKI_MARK],
[AS_ECHO(["configure_failed := $1"]) >config.mk
AS_ECHO(["configure_args := $jpki_args"]) >>config.mk])

dnl JPKI_BEGIN: to be called right after AC_INIT.  The arguments are kept for
dnl make, which configures again once what was missing has been installed.
AC_DEFUN([JPKI_BEGIN],
[jpki_args=`AS_ECHO(["$ac_configure_args"]) | sed 's/[[$]]/&&/g;s/#/\\\\#/g'`
_JPKI_MARK([configure did not finish; config.log says why])])

dnl JPKI_FAIL(REASON)
AC_DEFUN([JPKI_FAIL],
[_JPKI_MARK([$1])
AC_MSG_ERROR([$1])])
