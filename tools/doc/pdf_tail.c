/* SPDX-License-Identifier: BSD-2-Clause */
#include "pdf_tail.h"

#include <ctype.h>
#include <string.h>

#define MARK		"%%EOF"
#define MARK_N		(sizeof(MARK) - 1)
#define START		"startxref"
#define START_N		(sizeof(START) - 1)
/* As far from the end as qpdf looks for "startxref". */
#define TAIL_MAX	1054
/* "startxref", a number, "%%EOF", and white space in between. */
#define FOOT_MAX	64
/* Numbers of an object, and "obj". */
#define HEAD_MAX	48

static bool
is_space(uint8_t c)
{
	return c == ' ' || (c >= '\t' && c <= '\r') || c == '\0';
}

/* A number between white space; leaves *at behind it. */
static bool
read_number(const uint8_t *p, size_t n, size_t *at, size_t *out)
{
	size_t digits = 0;

	*out = 0;
	while (*at < n && is_space(p[*at]))
		++*at;
	for (; *at < n && isdigit(p[*at]) && digits < 18; digits++)
		*out = *out * 10 + (size_t)(p[(*at)++] - '0');
	return digits > 0;
}

/* "NUMBER NUMBER obj" */
static bool
is_object(const uint8_t *p, size_t n)
{
	size_t at = 0, number;

	if (!isdigit(p[0]) || !read_number(p, n, &at, &number) ||
	    !read_number(p, n, &at, &number))
		return false;
	while (at < n && is_space(p[at]))
		at++;
	return at + 3 <= n && memcmp(p + at, "obj", 3) == 0;
}

/* Does a cross-reference section begin there? */
static bool
read_kind(const struct doc_bytes *bytes, struct pdf_tail *out)
{
	uint8_t head[HEAD_MAX] = { 0 };
	size_t n = HEAD_MAX;

	if (out->xref >= bytes->n)
		return false;
	if (bytes->n - out->xref < n)
		n = bytes->n - out->xref;
	if (!doc_bytes_read(bytes, out->xref, head, n))
		return false;
	out->is_stream = is_object(head, n);
	return out->is_stream || memcmp(head, "xref", 4) == 0;
}

/* *behind: what follows the number. */
static bool
read_start(const struct doc_bytes *bytes, const uint8_t *p, size_t n,
    struct pdf_tail *out, size_t *behind)
{
	size_t at = n;

	while (at >= START_N && memcmp(p + at - START_N, START, START_N) != 0)
		at--;
	if (at < START_N || !read_number(p, n, &at, &out->xref))
		return false;
	*behind = at;
	return read_kind(bytes, out);
}

enum doc_err
pdf_tail_read(const struct doc_bytes *bytes, struct pdf_tail *out,
    struct doc_error *error)
{
	uint8_t tail[TAIL_MAX];
	size_t n = bytes->n < TAIL_MAX ? bytes->n : TAIL_MAX, behind;

	if (!doc_bytes_read(bytes, bytes->n - n, tail, n))
		return doc_fail(error, DOC_ERR_IO, "the PDF cannot be read");
	if (!read_start(bytes, tail, n, out, &behind))
		return doc_fail(error, DOC_ERR_INPUT, "the PDF is damaged (its "
		    "end does not say where the cross-reference table is)");
	return DOC_OK;
}

/*
 * Revisions.
 */

/* Is the mark at eof - MARK_N the foot of a revision?  A linearised document
 * has one in its beginning, with the number 0. */
static bool
is_foot(const struct doc_bytes *bytes, size_t eof)
{
	uint8_t foot[FOOT_MAX];
	size_t mark = eof - MARK_N, n = mark, at;
	struct pdf_tail tail;

	if (n > FOOT_MAX)
		n = FOOT_MAX;
	if (!doc_bytes_read(bytes, mark - n, foot, n) ||
	    !read_start(bytes, foot, n, &tail, &at))
		return false;
	while (at < n && is_space(foot[at]))
		at++;
	return at == n && tail.xref < mark;
}

/* Behind an end of line, if one is there. */
static size_t
skip_line_end(const struct doc_bytes *bytes, size_t at)
{
	uint8_t c;

	if (doc_bytes_read(bytes, at, &c, 1) && c == '\r')
		at++;
	if (doc_bytes_read(bytes, at, &c, 1) && c == '\n')
		at++;
	return at;
}

enum doc_err
pdf_revisions_read(const struct doc_bytes *bytes, struct pdf_revisions *out,
    struct doc_error *error)
{
	struct pdf_revision *r;
	size_t at = 0;

	out->n = 0;
	while (doc_bytes_find(bytes, MARK, &at)) {
		at += MARK_N;
		if (!is_foot(bytes, at))
			continue;
		if (out->n == PDF_REVISIONS_MAX)
			return doc_fail(error, DOC_ERR_INPUT, "the PDF was "
			    "changed more than %d times, which is more than "
			    "can be checked", PDF_REVISIONS_MAX);
		r = &out->revision[out->n++];
		r->eof = at;
		r->end = skip_line_end(bytes, at);
	}
	return DOC_OK;
}
