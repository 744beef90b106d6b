/* SPDX-License-Identifier: BSD-2-Clause */
#include "unit.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

static int
nibble_of(char c)
{
	static const char digits[] = "0123456789ABCDEF0123456789abcdef";
	const char *at = c != '\0' ? strchr(digits, c) : NULL;

	return at != NULL ? (int)((at - digits) % 16) : -1;
}

unsigned long
stride(void)
{
	const char *text = getenv("TEST_STRIDE");
	unsigned long n = text != NULL ? strtoul(text, NULL, 10) : 0;

	return n > 0 ? n : 1;
}

int
open_descriptors(void)
{
	int n = 0;

	for (int fd = 0; fd < 256; fd++)
		n += fcntl(fd, F_GETFD) >= 0;
	return n;
}

struct octets
unhex(const char *text)
{
	struct octets o = { .n = 0 };

	for (const char *c = text; *c != '\0'; c += *c == ' ' ? 1 : 2) {
		if (*c == ' ')
			continue;
		if (nibble_of(c[0]) < 0 || nibble_of(c[1]) < 0 ||
		    o.n == sizeof(o.p))
			fail_msg("not bytes in hexadecimal: %s", text);
		o.p[o.n++] = (uint8_t)(nibble_of(c[0]) << 4 |
		    nibble_of(c[1]));
	}
	return o;
}

struct slice
octets_slice(const struct octets *octets)
{
	return slice_of(octets->p, octets->n);
}

struct slice
text_slice(const char *text)
{
	return slice_of(text, strlen(text));
}

void
expect_true(const char *what, bool got)
{
	if (!got)
		fail_msg("%s: does not hold", what);
}

void
expect_int(const char *what, long long got, long long wanted)
{
	if (got != wanted)
		fail_msg("%s: %lld, not %lld", what, got, wanted);
}

void
expect_err(const char *what, enum jpki_err got, enum jpki_err wanted)
{
	if (got != wanted)
		fail_msg("%s: %s, not %s", what, jpki_err_name(got),
		    jpki_err_name(wanted));
}

void
expect_text(const char *what, const char *got, const char *wanted)
{
	if (got == NULL && wanted == NULL)
		return;
	if (got == NULL || wanted == NULL || strcmp(got, wanted) != 0)
		fail_msg("%s: \"%s\", not \"%s\"", what,
		    got != NULL ? got : "(null)",
		    wanted != NULL ? wanted : "(null)");
}

void
expect_bytes(const char *what, struct slice got, struct slice wanted)
{
	char *got_hex, *wanted_hex;

	if (got.n == wanted.n &&
	    (got.n == 0 || memcmp(got.p, wanted.p, got.n) == 0))
		return;
	got_hex = hex_new(got);
	wanted_hex = hex_new(wanted);
	print_error("%s:\n got    %s\n wanted %s\n", what, got_hex, wanted_hex);
	free(got_hex);
	free(wanted_hex);
	fail();
}

void
expect_hex(const char *what, struct slice got, const char *wanted)
{
	struct octets bytes = unhex(wanted);

	expect_bytes(what, got, octets_slice(&bytes));
}
