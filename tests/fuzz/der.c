/* SPDX-License-Identifier: BSD-2-Clause */
#include "der.h"

#include <stdlib.h>
#include <string.h>

#define NODES_MAX	512
#define DEPTH_MAX	24
#define NONE		NODES_MAX
#define CONSTRUCTED	0x20
#define TAG_BIT_STRING	0x03
#define TAG_OCTETS	0x04

struct node {
	size_t	at, header, length;	/* in the input */
	size_t	parent;			/* NONE: the root */
};

struct tree {
	struct slice	s;
	struct node	nodes[NODES_MAX];
	size_t		n;
};

/* A header of one tag byte and a length of up to three; 0: none. */
static size_t
read_header(struct slice s, size_t *length)
{
	size_t n, header = 2;

	if (s.n < 2 || (s.p[0] & 0x1F) == 0x1F)
		return 0;
	*length = s.p[1];
	if (s.p[1] >= 0x80) {
		n = s.p[1] & 0x7F;
		if (n < 1 || n > 2 || s.n < 2 + n)
			return 0;
		*length = n == 1 ? s.p[2] : (size_t)(s.p[2] << 8 | s.p[3]);
		header += n;
	}
	return *length <= s.n - header ? header : 0;
}

struct slice
der_element(struct slice s)
{
	size_t length, header = read_header(s, &length);

	return slice_of(s.p, header > 0 ? header + length : 0);
}

struct slice
der_value(struct slice element)
{
	size_t length, header = read_header(element, &length);

	return header > 0 ? slice_of(element.p + header, length) :
	    slice_of(element.p, 0);
}

/* Is it, from from on, nothing but elements? */
static bool
is_sequence(struct slice s)
{
	size_t length, header;

	if (s.n == 0)
		return false;
	while (s.n > 0) {
		header = read_header(s, &length);
		if (header == 0)
			return false;
		s = slice_of(s.p + header + length, s.n - header - length);
	}
	return true;
}

static void read_nodes(struct tree *t, size_t from, size_t end, size_t parent,
    int depth);

/* Strings of octets and bits hold DER as well, in extensions and keys. */
static void
read_inside(struct tree *t, size_t node, int depth)
{
	const struct node *at = &t->nodes[node];
	size_t from = at->at + at->header, end = from + at->length;
	uint8_t tag = t->s.p[at->at];

	if (tag == TAG_BIT_STRING && at->length > 0)
		from++;
	if ((tag & CONSTRUCTED) != 0 ||
	    ((tag == TAG_OCTETS || tag == TAG_BIT_STRING) &&
	    is_sequence(slice_of(t->s.p + from, end - from))))
		read_nodes(t, from, end, node, depth + 1);
}

static void
read_nodes(struct tree *t, size_t from, size_t end, size_t parent, int depth)
{
	struct node *node;

	while (from < end && t->n < NODES_MAX && depth < DEPTH_MAX) {
		node = &t->nodes[t->n];
		node->at = from;
		node->parent = parent;
		node->header = read_header(slice_of(t->s.p + from,
		    end - from), &node->length);
		if (node->header == 0)
			return;
		from += node->header + node->length;
		read_inside(t, t->n++, depth);
	}
}

/*
 * Writing.
 */

static void
put_header(struct wbuf *w, uint8_t tag, size_t length)
{
	wbuf_put_u8(w, tag);
	if (length >= 0x100)
		wbuf_put_u8(w, 0x82);
	else if (length >= 0x80)
		wbuf_put_u8(w, 0x81);
	if (length >= 0x100)
		wbuf_put_u8(w, (uint8_t)(length >> 8));
	wbuf_put_u8(w, (uint8_t)length);
}

/*
 * Put what is in w in the place of the bytes from at to end, which lie in a
 * node's value, and that into its parent, up to the root.
 */
static void
put_up(const struct tree *t, size_t parent, size_t at, size_t end,
    struct wbuf *w)
{
	static uint8_t bytes[2 * DER_MAX];

	for (; parent != NONE; parent = t->nodes[parent].parent) {
		const struct node *p = &t->nodes[parent];
		struct wbuf up = wbuf_of(bytes, sizeof(bytes));
		size_t from = p->at + p->header, stop = from + p->length;

		put_header(&up, t->s.p[p->at],
		    at - from + w->n + (stop - end));
		wbuf_put(&up, t->s.p + from, at - from);
		wbuf_put_slice(&up, wbuf_slice(w));
		wbuf_put(&up, t->s.p + end, stop - end);
		w->n = 0;
		wbuf_put_slice(w, wbuf_slice(&up));
		w->overflow = w->overflow || up.overflow;
		at = p->at;
		end = stop;
	}
}

/*
 * Changes: each writes what is to stand in the node's place.
 */

static struct slice
whole(const struct tree *t, size_t node)
{
	const struct node *p = &t->nodes[node];

	return slice_of(t->s.p + p->at, p->header + p->length);
}

static void
change_value(const struct tree *t, size_t node, unsigned seed, struct wbuf *w)
{
	static uint8_t bytes[DER_MAX + 64];
	struct slice value = der_value(whole(t, node));
	size_t n = value.n;

	(void)seed;
	memcpy(bytes, value.p, n);
	n = LLVMFuzzerMutate(bytes, n, n + 32);
	put_header(w, t->s.p[t->nodes[node].at], n);
	wbuf_put(w, bytes, n);
}

static void
change_tag(const struct tree *t, size_t node, unsigned seed, struct wbuf *w)
{
	static const uint8_t tags[] = {
		0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x0A, 0x0C, 0x13, 0x14,
		0x16, 0x17, 0x18, 0x1A, 0x1C, 0x1E, 0x30, 0x31, 0x80, 0x82,
		0x86, 0xA0, 0xA1, 0xA3,
	};
	struct slice value = der_value(whole(t, node));

	put_header(w, tags[seed % sizeof(tags)], value.n);
	wbuf_put_slice(w, value);
}

static void
drop(const struct tree *t, size_t node, unsigned seed, struct wbuf *w)
{
	(void)t, (void)node, (void)seed, (void)w;
}

static void
twice(const struct tree *t, size_t node, unsigned seed, struct wbuf *w)
{
	(void)seed;
	wbuf_put_slice(w, whole(t, node));
	wbuf_put_slice(w, whole(t, node));
}

static void
other_instead(const struct tree *t, size_t node, unsigned seed,
    struct wbuf *w)
{
	(void)node;
	wbuf_put_slice(w, whole(t, seed % t->n));
}

static void
other_behind(const struct tree *t, size_t node, unsigned seed, struct wbuf *w)
{
	wbuf_put_slice(w, whole(t, node));
	wbuf_put_slice(w, whole(t, seed % t->n));
}

static void
stretch(const struct tree *t, size_t node, unsigned seed, struct wbuf *w)
{
	struct slice value = der_value(whole(t, node));
	size_t more = seed % 700;

	put_header(w, t->s.p[t->nodes[node].at], value.n + more);
	wbuf_put_slice(w, value);
	while (more-- > 0)
		wbuf_put_u8(w, (uint8_t)(seed >> 8 | 1));
}

static void
empty(const struct tree *t, size_t node, unsigned seed, struct wbuf *w)
{
	(void)seed;
	put_header(w, t->s.p[t->nodes[node].at], 0);
}

/* Values that mean something somewhere. */
static const struct {
	const char	*p;
	size_t		 n;
} words[] = {
#define WORD(text)	{ text, sizeof(text) - 1 }
	WORD("\x06\x0A\x2A\x83\x08\x8C\x9B\x55\x08\x05\x05\x01"),
	WORD("\x06\x0A\x2A\x83\x08\x8C\x9B\x55\x08\x05\x05\x04"),
	WORD("\x0C\x09" "319800217"), WORD("\x0C\x08" "19800217"),
	WORD("\x0C\x01" "3"), WORD("\x0C\x00"), WORD("\x05\x00"),
	WORD("\x0C\x04\xF0\x9F\x92\xA3"), WORD("\x0C\x03\xED\xA0\x80"),
	WORD("\x0C\x05" "a\0b\x1B["), WORD("\x1E\x04\xD8\x00\xDC\x00"),
	WORD("\x17\x0D" "500101000000Z"), WORD("\x17\x0D" "491231235960Z"),
	WORD("\x18\x0F" "00000101000000Z"), WORD("\x18\x0F" "99991231235959Z"),
	WORD("\x18\x13" "20250101000000+0900"),
	WORD("\x02\x01\x00"), WORD("\x02\x01\xFF"), WORD("\x02\x01\x03"),
	WORD("\x02\x02\x00\x80"), WORD("\x02\x00"),
	WORD("\x06\x03\x55\x04\x03"), WORD("\x06\x03\x55\x1D\x11"),
	WORD("\x06\x03\x55\x1D\x0E"), WORD("\x06\x03\x55\x1D\x23"),
	WORD("\x06\x03\x55\x1D\x0F"), WORD("\x06\x03\x55\x1D\x13"),
	WORD("\x06\x03\x55\x1D\x20"), WORD("\x06\x03\x55\x1D\x25"),
	WORD("\x06\x07\x2A\x86\x48\xCE\x3D\x02\x01"),
	WORD("\x06\x05\x2B\x81\x04\x00\x22"), WORD("\x06\x03\x2B\x65\x70"),
	WORD("\x06\x08\x2A\x86\x48\xCE\x3D\x03\x01\x07"),
	WORD("\x06\x09\x2A\x86\x48\x86\xF7\x0D\x01\x01\x01"),
	WORD("\x06\x09\x2A\x86\x48\x86\xF7\x0D\x01\x01\x0A"),
	WORD("\x03\x02\x06\xC0"), WORD("\x03\x01\x00"),
	WORD("\x01\x01\xFF"), WORD("\x01\x01\x00"),
#undef WORD
};

static void
word(const struct tree *t, size_t node, unsigned seed, struct wbuf *w)
{
	size_t which = seed % (sizeof(words) / sizeof(words[0]));

	(void)t, (void)node;
	wbuf_put(w, words[which].p, words[which].n);
}

static void (*const changes[])(const struct tree *, size_t, unsigned,
    struct wbuf *) = {
	change_value, change_value, change_value, change_value, change_tag,
	drop, twice, other_instead, other_behind, stretch, empty, word, word,
};

size_t
der_mutate(uint8_t *data, size_t size, size_t max_size, unsigned seed)
{
	static struct tree t;
	static uint8_t bytes[2 * DER_MAX];
	struct wbuf w = wbuf_of(bytes, sizeof(bytes));
	size_t node, end;

	if (size == 0 || size > DER_MAX)
		return size;
	t.s = slice_of(data, size);
	t.n = 0;
	read_nodes(&t, 0, size, NONE, 0);
	if (t.n == 0)
		return size;
	node = (seed >> 4) % t.n;
	end = t.nodes[node].at + whole(&t, node).n;
	changes[(seed >> 16) % (sizeof(changes) / sizeof(changes[0]))](&t,
	    node, seed >> 20 ^ seed, &w);
	put_up(&t, t.nodes[node].parent, t.nodes[node].at, end, &w);
	if (w.overflow || w.n > max_size || w.n > DER_MAX)
		return size;
	memcpy(data, w.p, w.n);
	return w.n;
}
