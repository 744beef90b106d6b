/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What every fuzz target has to do with: its entry point, its input, and what
 * it does when a law is broken.  A target is a file fuzz_NAME.c that defines
 * LLVMFuzzerTestOneInput(); its inputs lie in corpus/NAME.
 *
 * An input is read from both ends, so that a byte that is put in at one end
 * leaves the meaning of the other as it was: what is to be done comes from
 * the front, what the world does to it from the back.  Behind the end of the
 * input everything is 0, which has to mean "nothing special": a short input
 * is a tame one.
 */
#ifndef FUZZ_H
#define FUZZ_H

#include "buf.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The target.  Always 0; what is wrong aborts. */
int	LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Optional, see libFuzzer; the former is then called by libFuzzer only. */
size_t	LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size,
	    unsigned seed);
size_t	LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max_size);

struct fuzz_in {
	const uint8_t	*p;
	size_t		 n;
};

struct fuzz_in	fuzz_in_of(const uint8_t *data, size_t size);

/* From the front. */
uint8_t		fuzz_u8(struct fuzz_in *in);
uint16_t	fuzz_u16(struct fuzz_in *in);		/* big endian */
/* Below limit, which is 1 to 256. */
uint8_t		fuzz_below(struct fuzz_in *in, unsigned limit);
/* n bytes, or as many as there are. */
struct slice	fuzz_take(struct fuzz_in *in, size_t n);
/* A byte or two that tell the length, and then as many bytes. */
struct slice	fuzz_take_short(struct fuzz_in *in);
struct slice	fuzz_take_long(struct fuzz_in *in);

/* From the back. */
uint8_t		fuzz_last_u8(struct fuzz_in *in);
uint16_t	fuzz_last_u16(struct fuzz_in *in);
uint8_t		fuzz_last_below(struct fuzz_in *in, unsigned limit);
struct slice	fuzz_last_take(struct fuzz_in *in, size_t n);

/* A law of the target.  If it does not hold, says so and aborts. */
void		fuzz_law(bool holds, const char *law);
/* The same, with the numbers that broke it. */
void		fuzz_law_equal(long long got, long long wanted,
		    const char *law);

/* Do the n bytes at p all have that value?  For outputs left untouched. */
bool		fuzz_untouched(const void *p, size_t n, uint8_t value);

#ifdef __cplusplus
}
#endif

#endif
