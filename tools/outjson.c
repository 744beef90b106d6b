/* SPDX-License-Identifier: BSD-2-Clause */
#include "outjson.h"

#include <inttypes.h>
#include <string.h>

#include "outtext.h"

static void
begin_value(struct json *j, const char *key)
{
	if (j->comma)
		fputc(',', j->f);
	j->comma = true;
	if (key != NULL)
		fprintf(j->f, "\"%s\":", key);
}

void
json_open(struct json *j, const char *key, char bracket)
{
	begin_value(j, key);
	fputc(bracket, j->f);
	j->comma = false;
}

void
json_close(struct json *j, char bracket)
{
	fputc(bracket, j->f);
	j->comma = true;
}

static void
put_string(FILE *f, const char *s)
{
	size_t left = strlen(s);

	fputc('"', f);
	while (left > 0) {
		uint32_t	cp;
		size_t		n = text_decode(s, left, &cp);

		if (cp == '"' || cp == '\\')
			fprintf(f, "\\%c", (char)cp);
		else if (cp < 0x20 || (cp >= 0x7F && cp < 0xA0) || cp == 0xFFFD)
			fprintf(f, "\\u%04" PRIX32, cp);
		else
			fwrite(s, 1, n, f);
		s += n;
		left -= n;
	}
	fputc('"', f);
}

void
json_string(struct json *j, const char *key, const char *value)
{
	if (value == NULL) {
		json_null(j, key);
		return;
	}
	begin_value(j, key);
	put_string(j->f, value);
}

void
json_int(struct json *j, const char *key, int64_t value)
{
	begin_value(j, key);
	fprintf(j->f, "%" PRId64, value);
}

void
json_bool(struct json *j, const char *key, bool value)
{
	begin_value(j, key);
	fputs(value ? "true" : "false", j->f);
}

void
json_null(struct json *j, const char *key)
{
	begin_value(j, key);
	fputs("null", j->f);
}
