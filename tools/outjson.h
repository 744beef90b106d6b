/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A JSON writer.  Keys are written as they are; strings become valid JSON
 * (RFC 8259) whatever their bytes are.
 */
#ifndef OUTJSON_H
#define OUTJSON_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

struct json {
	FILE	*f;
	bool	 comma;		/* a value was written at this level */
};

/* key NULL: the outermost value, or an element of an array. */
void	json_open(struct json *j, const char *key, char bracket);
void	json_close(struct json *j, char bracket);
void	json_string(struct json *j, const char *key, const char *value);
void	json_int(struct json *j, const char *key, int64_t value);
void	json_bool(struct json *j, const char *key, bool value);
void	json_null(struct json *j, const char *key);

#endif
