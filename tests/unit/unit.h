/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What every unit test needs: cmocka with what it wants before it, bytes from
 * hexadecimal text, and comparisons that name the row of a table.
 */
#ifndef UNIT_H
#define UNIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "buf.h"

#define COUNT(table)	(sizeof(table) / sizeof((table)[0]))
#define OCTETS_MAX	512

struct octets {
	uint8_t	p[OCTETS_MAX];
	size_t	n;
};

/* Hexadecimal text to bytes; blanks are skipped.  Anything else fails. */
struct octets	unhex(const char *text);
struct slice	octets_slice(const struct octets *octets);
/* The bytes of a C string, without the NUL. */
struct slice	text_slice(const char *text);

/*
 * The step of a loop that tries everything: 1, or what TEST_STRIDE says, for
 * tools under which all of it would take too long.
 */
unsigned long	stride(void);

/* Descriptors that this process has open. */
int		open_descriptors(void);

/* Each fails the test, and says what it was about. */
void	expect_true(const char *what, bool got);
void	expect_int(const char *what, long long got, long long wanted);
void	expect_err(const char *what, enum jpki_err got, enum jpki_err wanted);
void	expect_text(const char *what, const char *got, const char *wanted);
void	expect_bytes(const char *what, struct slice got, struct slice wanted);
void	expect_hex(const char *what, struct slice got, const char *wanted);

#endif
