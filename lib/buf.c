/* SPDX-License-Identifier: BSD-2-Clause */
#include "buf.h"

#include <stdlib.h>
#include <string.h>

#include "mem.h"

struct slice
slice_of(const void *p, size_t n)
{
	return (struct slice){ .p = p, .n = n };
}

bool
slice_equal(struct slice a, struct slice b)
{
	return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

bool
slice_take(struct slice *s, size_t n, struct slice *out)
{
	if (s->n < n)
		return false;
	*out = slice_of(s->p, n);
	if (n > 0)
		s->p += n;
	s->n -= n;
	return true;
}

bool
slice_take_u8(struct slice *s, uint8_t *out)
{
	struct slice b;

	if (!slice_take(s, 1, &b))
		return false;
	*out = b.p[0];
	return true;
}

bool
slice_take_u16(struct slice *s, uint16_t *out)
{
	struct slice b;

	if (!slice_take(s, 2, &b))
		return false;
	*out = (uint16_t)(b.p[0] << 8 | b.p[1]);
	return true;
}

struct wbuf
wbuf_of(void *p, size_t cap)
{
	return (struct wbuf){ .p = p, .cap = cap };
}

void
wbuf_put(struct wbuf *w, const void *p, size_t n)
{
	if (w->overflow || n > w->cap - w->n) {
		w->overflow = true;
		return;
	}
	if (n > 0)
		memcpy(w->p + w->n, p, n);
	w->n += n;
}

void
wbuf_put_u8(struct wbuf *w, uint8_t v)
{
	wbuf_put(w, &v, 1);
}

void
wbuf_put_u16(struct wbuf *w, uint16_t v)
{
	uint8_t be[2] = { (uint8_t)(v >> 8), (uint8_t)v };

	wbuf_put(w, be, sizeof(be));
}

void
wbuf_put_slice(struct wbuf *w, struct slice s)
{
	wbuf_put(w, s.p, s.n);
}

struct slice
wbuf_slice(const struct wbuf *w)
{
	return slice_of(w->p, w->n);
}

enum jpki_err
buf_copy(struct slice s, struct jpki_buf *out)
{
	uint8_t *p;

	p = malloc(s.n > 0 ? s.n : 1);
	if (p == NULL)
		return JPKI_ERR_MEMORY;
	if (s.n > 0)
		memcpy(p, s.p, s.n);
	*out = (struct jpki_buf){ .p = p, .n = s.n };
	return JPKI_OK;
}

char *
hex_new(struct slice s)
{
	static const char digits[] = "0123456789ABCDEF";
	char *text;

	text = malloc(s.n * 2 + 1);
	if (text == NULL)
		return NULL;
	for (size_t i = 0; i < s.n; i++) {
		text[2 * i] = digits[s.p[i] >> 4];
		text[2 * i + 1] = digits[s.p[i] & 15];
	}
	text[s.n * 2] = '\0';
	return text;
}

void
jpki_buf_free(struct jpki_buf *buf)
{
	if (buf == NULL)
		return;
	mem_free(buf->p, buf->n);
	*buf = (struct jpki_buf){ 0 };
}
