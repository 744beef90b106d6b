/* SPDX-License-Identifier: BSD-2-Clause */
/* What went wrong: one line for a person, in the language of the locale. */
#ifndef VERROR_H
#define VERROR_H

#include "vcard.h"

/* Of a literal, which is translated here; always -1. */
int	vcard_fail(char error[VCARD_ERROR_MAX], const char *format, ...)
	    __attribute__((format(printf, 2, 3)));

#endif
