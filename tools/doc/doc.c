/* SPDX-License-Identifier: BSD-2-Clause */
#include "doc.h"

#include <stdarg.h>
#include <stdio.h>

enum doc_err
doc_fail(struct doc_error *error, enum doc_err err, const char *format, ...)
{
	va_list args;

	if (error == NULL)
		return err;
	error->err = err;
	va_start(args, format);
	(void)vsnprintf(error->words, sizeof(error->words), format, args);
	va_end(args);
	return err;
}
