/* SPDX-License-Identifier: BSD-2-Clause */
#include "verror.h"

#include <stdarg.h>
#include <stdio.h>

#include "language.h"

int
vcard_fail(char error[VCARD_ERROR_MAX], const char *format, ...)
{
	va_list args;

	va_start(args, format);
	(void)vsnprintf(error, VCARD_ERROR_MAX, language_of(format), args);
	va_end(args);
	return -1;
}
