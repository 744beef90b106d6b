/* SPDX-License-Identifier: BSD-2-Clause */
#include "tricks.h"

#include <string.h>

#include "hostile.h"

#define QUIET_MAX	0x80
#define SYNTHETIC_MAX	256
#define INS_SELECT	0xA4
#define P1_EF		0x02

typedef void trick_fn(const struct trick *t, struct exchange *x);

struct trick_row {
	trick_fn	*before, *after;
};

struct trick {
	const struct trick_row *row;
	unsigned	 left;		/* exchanges that it still holds for */
	uint16_t	 at, value;
	uint8_t		 bytes[SYNTHETIC_MAX];
	size_t		 bytes_n;
};

static struct trick current;
static unsigned quiet;			/* exchanges to pass untouched */
static struct exchange previous;	/* its answer can come again */

static void
put_sw(struct exchange *x, size_t at, uint16_t sw)
{
	x->p[at] = (uint8_t)(sw >> 8);
	x->p[at + 1] = (uint8_t)sw;
	x->n = at + 2;
}

/* Bytes of the answer without the status word. */
static size_t
data_n(const struct exchange *x)
{
	return x->n >= 2 && x->n <= TRANSPORT_ANSWER_MAX ? x->n - 2 : 0;
}

/*
 * Answers.
 */

static void
flip(const struct trick *t, struct exchange *x)
{
	if (x->n > 0)
		x->p[t->at % x->n] ^= (uint8_t)t->value;
}

static void
overwrite(const struct trick *t, struct exchange *x)
{
	size_t n = data_n(x), at = n > 0 ? t->at % n : 0;

	for (size_t i = 0; i < t->bytes_n && at + i < n; i++)
		x->p[at + i] = t->bytes[i];
}

static void
cut(const struct trick *t, struct exchange *x)
{
	put_sw(x, data_n(x) > 0 ? t->at % data_n(x) : 0, 0x9000);
}

static void
cut_raw(const struct trick *t, struct exchange *x)
{
	x->n = x->n > 0 ? t->at % x->n : 0;
}

static void
extend(const struct trick *t, struct exchange *x)
{
	size_t n = data_n(x), more = t->at % SYNTHETIC_MAX;

	memset(x->p + n, (uint8_t)t->value, more);
	put_sw(x, n + more, 0x9000);
}

static void
set_sw(const struct trick *t, struct exchange *x)
{
	static const uint16_t words[] = {
		0x9000, 0x63C0, 0x63C1, 0x63C2, 0x63CF, 0x6300, 0x6983,
		0x6984, 0x6982, 0x6985, 0x6986, 0x6A82, 0x6A86, 0x6A87,
		0x6A88, 0x6700, 0x6B00, 0x6D00, 0x6E00, 0x6F00, 0x6282,
		0x6581, 0x6100, 0x6110, 0x61FF, 0x6C00, 0x6C10, 0x6CFF,
	};

	put_sw(x, 0, words[t->at % (sizeof(words) / sizeof(words[0]))]);
}

static void
set_any_sw(const struct trick *t, struct exchange *x)
{
	put_sw(x, 0, t->value);
}

/* The data stay. */
static void
change_sw(const struct trick *t, struct exchange *x)
{
	put_sw(x, data_n(x), t->value);
}

static void
more_data(const struct trick *t, struct exchange *x)
{
	put_sw(x, data_n(x), (uint16_t)(0x6100 | (t->value & 0xFF)));
}

static void
wrong_le(const struct trick *t, struct exchange *x)
{
	put_sw(x, 0, (uint16_t)(0x6C00 | (t->value & 0xFF)));
}

static void
lie(const struct trick *t, struct exchange *x)
{
	x->n += t->at;
}

static void
repeat(const struct trick *t, struct exchange *x)
{
	(void)t;
	memcpy(x->p, previous.p, sizeof(x->p));
	x->n = previous.n;
}

static void
echo(const struct trick *t, struct exchange *x)
{
	size_t n = x->command_n < SYNTHETIC_MAX ? x->command_n :
	    SYNTHETIC_MAX;

	memcpy(x->p, x->command, n);
	put_sw(x, n, t->value != 0 ? t->value : 0x9000);
}

static void
synthetic(const struct trick *t, struct exchange *x)
{
	memcpy(x->p, t->bytes, t->bytes_n);
	put_sw(x, t->bytes_n, 0x9000);
}

/*
 * The link and the world.
 */

static void
fail(const struct trick *t, struct exchange *x)
{
	static const enum jpki_err errors[] = {
		JPKI_ERR_IO, JPKI_ERR_REMOVED, JPKI_ERR_NO_SERVICE,
		JPKI_ERR_TIMEOUT, JPKI_ERR_MUTE, JPKI_ERR_NO_READER,
		JPKI_ERR_BUSY, JPKI_ERR_ACCESS, JPKI_ERR_NO_CARD,
	};

	x->err = errors[t->at % (sizeof(errors) / sizeof(errors[0]))];
}

static void
pull(const struct trick *t, struct exchange *x)
{
	(void)x;
	hostile_remove();
	if ((t->at & 1) != 0)
		hostile_insert();
}

static void
reset(const struct trick *t, struct exchange *x)
{
	hostile_reset();
	if ((t->at & 1) != 0)
		x->err = JPKI_ERR_IO;
}

/* Another program, although there is a transaction. */
static void
intrude(const struct trick *t, struct exchange *x)
{
	(void)t, (void)x;
	hostile_select();
}

/* Another file than the one that was asked for. */
static void
redirect(const struct trick *t, struct exchange *x)
{
	static const uint8_t files[] = {
		0x01, 0x02, 0x06, 0x08, 0x0A, 0x0B, 0x17, 0x18, 0x1A, 0x1B,
	};

	if (x->command_n == 7 && x->command[1] == INS_SELECT &&
	    x->command[2] == P1_EF)
		x->command[6] = files[t->at % sizeof(files)];
}

static void
scramble(const struct trick *t, struct exchange *x)
{
	x->command[t->at % x->command_n] ^= (uint8_t)t->value;
}

static const struct trick_row rows[] = {
	{ NULL, flip }, { NULL, overwrite }, { NULL, cut }, { NULL, cut_raw },
	{ NULL, extend }, { NULL, set_sw }, { NULL, set_any_sw },
	{ NULL, change_sw }, { NULL, more_data }, { NULL, wrong_le },
	{ NULL, lie }, { NULL, repeat }, { NULL, echo }, { NULL, synthetic },
	{ fail, NULL }, { NULL, fail }, { pull, NULL }, { NULL, pull },
	{ reset, NULL }, { NULL, reset }, { intrude, NULL },
	{ redirect, NULL }, { scramble, NULL },
};

#define ROWS	(sizeof(rows) / sizeof(rows[0]))

static bool
wants_bytes(const struct trick_row *row)
{
	return row->after == overwrite || row->after == synthetic;
}

void
tricks_clear(void)
{
	memset(&current, 0, sizeof(current));
	quiet = 0;
	put_sw(&previous, 0, 0x9000);
}

static void
read_trick(struct fuzz_in *in, uint8_t which)
{
	struct slice bytes;
	uint8_t shape = fuzz_last_u8(in);

	current = (struct trick){ .row = &rows[which % ROWS] };
	current.left = shape >> 4 == 0x0F ? UINT16_MAX : shape >> 6;
	current.at = (shape & 1) != 0 ? fuzz_last_u16(in) : fuzz_last_u8(in);
	current.value = (shape & 2) != 0 ? fuzz_last_u16(in) :
	    fuzz_last_u8(in);
	if (!wants_bytes(current.row))
		return;
	bytes = fuzz_last_take(in, fuzz_last_u8(in));
	if (bytes.n > 0)
		memcpy(current.bytes, bytes.p, bytes.n);
	current.bytes_n = bytes.n;
}

const struct trick *
tricks_next(struct fuzz_in *in)
{
	uint8_t which;

	if (quiet > 0) {
		quiet--;
		return NULL;
	}
	if (current.left > 0) {
		current.left--;
		return &current;
	}
	which = fuzz_last_u8(in);
	if (which < QUIET_MAX) {
		quiet = which;
		return NULL;
	}
	read_trick(in, which);
	return &current;
}

void
trick_before(const struct trick *trick, struct exchange *x)
{
	if (trick->row->before != NULL)
		trick->row->before(trick, x);
}

void
trick_after(const struct trick *trick, struct exchange *x)
{
	if (trick->row->after != NULL)
		trick->row->after(trick, x);
	if (x->err == JPKI_OK)
		previous = *x;
}
