/* SPDX-License-Identifier: BSD-2-Clause */
#include "record.h"

#include <stdlib.h>

/*
 * Instructions whose data are PINs: VERIFY, CHANGE, CHANGE KEY of the common
 * application (PROTOCOL, changing a PIN), RESET RETRY COUNTER; whatever the
 * class, and with the low bit that says "data objects" set as well.
 */
static const uint8_t secret_ins[] = { 0x20, 0x24, 0x2C, 0x32 };

static bool
is_secret(uint8_t ins)
{
	size_t i;

	for (i = 0; i < sizeof(secret_ins); i++)
		if (secret_ins[i] == (ins & 0xFE))
			return true;
	return false;
}

/*
 * How many bytes of a command that carries a PIN are safe to show: its header
 * and its length field.  A fifth byte that does not fit as a length may be
 * the first byte of a PIN.
 */
static size_t
plain_bytes(const uint8_t *command, size_t n)
{
	size_t lc;

	if (n < 2 || !is_secret(command[1]))
		return n;
	if (n <= 5)
		return n == 5 && command[4] != 0 ? 4 : n;
	if (command[4] == n - 5 || command[4] == n - 6)
		return 5;
	if (n < 7 || command[4] != 0)
		return 4;
	lc = (size_t)command[5] << 8 | command[6];
	return lc == n - 7 || lc + 9 == n ? 7 : 4;
}

static void
write_hex(FILE *out, const uint8_t *p, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		fprintf(out, "%02X", p[i]);
}

void
record_command(FILE *out, const uint8_t *command, size_t n)
{
	size_t i, plain = plain_bytes(command, n);

	write_hex(out, command, plain);
	for (i = plain; i < n; i++)
		fputs("**", out);
}

void
record_string(FILE *out, const char *s)
{
	fputc('"', out);
	for (; *s != '\0'; s++) {
		if (*s == '"' || *s == '\\')
			fprintf(out, "\\%c", *s);
		else if ((unsigned char)*s < 0x20 || *s == 0x7F)
			fprintf(out, "\\u%04x", (unsigned)(unsigned char)*s);
		else
			fputc(*s, out);
	}
	fputc('"', out);
}

static void
write_exchange(FILE *out, const struct record *r)
{
	size_t i;

	fprintf(out, ",\"n\":%lu,\"command\":\"", r->index);
	record_command(out, r->command, r->command_n);
	fprintf(out, "\",\"result\":\"%s\"", r->result);
	if (r->answer != NULL) {
		fputs(",\"answer\":\"", out);
		write_hex(out, r->answer, r->answer_n);
		fputc('"', out);
	}
	fprintf(out, ",\"acted\":%s", r->acted ? "true" : "false");
	if (r->faults_n == 0)
		return;
	fputs(",\"faults\":[", out);
	for (i = 0; i < r->faults_n; i++) {
		if (i > 0)
			fputc(',', out);
		record_string(out, r->faults[i]);
	}
	fputc(']', out);
}

/* Several cards, each in a thread of its own, may share one log. */
void
record_write(FILE *log, const struct record *record)
{
	char *line = NULL;
	size_t n = 0;
	FILE *out;

	if ((out = open_memstream(&line, &n)) == NULL)
		return;
	fprintf(out, "{\"time\":%.6f,\"card\":", record->time);
	record_string(out, record->card);
	fputs(",\"event\":", out);
	record_string(out, record->event);
	if (record->command != NULL)
		write_exchange(out, record);
	fputs("}\n", out);
	if (fclose(out) == 0) {
		fwrite(line, 1, n, log);
		fflush(log);
	}
	free(line);
}
