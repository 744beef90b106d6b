/* SPDX-License-Identifier: BSD-2-Clause */
/* Bytes: a view, and a writer into the caller's array. */
#ifndef BUF_H
#define BUF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "jpki.h"

/* A view; never owns. */
struct slice {
	const uint8_t	*p;
	size_t		 n;
};

/* Writes into an array of cap bytes; remembers that it overflowed. */
struct wbuf {
	uint8_t	*p;
	size_t	 n, cap;
	bool	 overflow;
};

struct slice	slice_of(const void *p, size_t n);
bool		slice_equal(struct slice a, struct slice b);
/* Cut n bytes off the front of *s into *out; false if there are fewer. */
bool		slice_take(struct slice *s, size_t n, struct slice *out);
bool		slice_take_u8(struct slice *s, uint8_t *out);
bool		slice_take_u16(struct slice *s, uint16_t *out); /* big endian */

struct wbuf	wbuf_of(void *p, size_t cap);
void		wbuf_put(struct wbuf *w, const void *p, size_t n);
void		wbuf_put_u8(struct wbuf *w, uint8_t v);
void		wbuf_put_u16(struct wbuf *w, uint16_t v);	/* big endian */
void		wbuf_put_slice(struct wbuf *w, struct slice s);
struct slice	wbuf_slice(const struct wbuf *w);

/* Allocating copies.  *out must hold no memory before. */
enum jpki_err	buf_copy(struct slice s, struct jpki_buf *out);
/* Upper-case hexadecimal text, to be freed with free(); NULL: no memory. */
char		*hex_new(struct slice s);

#endif
