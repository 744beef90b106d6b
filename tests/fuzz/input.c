/* SPDX-License-Identifier: BSD-2-Clause */
#define _POSIX_C_SOURCE 200809L
#include "fuzz.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

struct fuzz_in
fuzz_in_of(const uint8_t *data, size_t size)
{
	return (struct fuzz_in){ data, size };
}

struct slice
fuzz_take(struct fuzz_in *in, size_t n)
{
	struct slice s = slice_of(in->p, n < in->n ? n : in->n);

	if (s.n > 0)
		in->p += s.n;
	in->n -= s.n;
	return s;
}

struct slice
fuzz_last_take(struct fuzz_in *in, size_t n)
{
	size_t taken = n < in->n ? n : in->n;

	in->n -= taken;
	return slice_of(taken > 0 ? in->p + in->n : NULL, taken);
}

uint8_t
fuzz_u8(struct fuzz_in *in)
{
	struct slice s = fuzz_take(in, 1);

	return s.n > 0 ? s.p[0] : 0;
}

uint16_t
fuzz_u16(struct fuzz_in *in)
{
	uint8_t high = fuzz_u8(in);

	return (uint16_t)(high << 8 | fuzz_u8(in));
}

uint8_t
fuzz_below(struct fuzz_in *in, unsigned limit)
{
	return (uint8_t)(fuzz_u8(in) % limit);
}

struct slice
fuzz_take_short(struct fuzz_in *in)
{
	size_t n = fuzz_u8(in);

	return fuzz_take(in, n);
}

struct slice
fuzz_take_long(struct fuzz_in *in)
{
	size_t n = fuzz_u16(in);

	return fuzz_take(in, n);
}

uint8_t
fuzz_last_u8(struct fuzz_in *in)
{
	struct slice s = fuzz_last_take(in, 1);

	return s.n > 0 ? s.p[0] : 0;
}

uint16_t
fuzz_last_u16(struct fuzz_in *in)
{
	uint8_t high = fuzz_last_u8(in);

	return (uint16_t)(high << 8 | fuzz_last_u8(in));
}

uint8_t
fuzz_last_below(struct fuzz_in *in, unsigned limit)
{
	return (uint8_t)(fuzz_last_u8(in) % limit);
}

/* To the descriptor: a target may have put something in stderr's place. */
void
fuzz_law(bool holds, const char *law)
{
	if (holds)
		return;
	(void)dprintf(STDERR_FILENO, "broken: %s\n", law);
	abort();
}

void
fuzz_law_equal(long long got, long long wanted, const char *law)
{
	if (got == wanted)
		return;
	(void)dprintf(STDERR_FILENO, "broken: %s: %lld, not %lld\n", law,
	    got, wanted);
	abort();
}

bool
fuzz_untouched(const void *p, size_t n, uint8_t value)
{
	const uint8_t *bytes = p;

	for (size_t i = 0; i < n; i++)
		if (bytes[i] != value)
			return false;
	return true;
}
