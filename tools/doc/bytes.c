/* SPDX-License-Identifier: BSD-2-Clause */
#include "bytes.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#define BLOCK	((size_t)1 << 16)

static bool
read_file(int fd, size_t at, uint8_t *out, size_t n)
{
	while (n > 0) {
		ssize_t got = pread(fd, out, n, (off_t)at);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return false;
		at += (size_t)got;
		out += got;
		n -= (size_t)got;
	}
	return true;
}

bool
doc_bytes_read(const struct doc_bytes *bytes, size_t at, void *out, size_t n)
{
	if (at > bytes->n || n > bytes->n - at)
		return false;
	if (bytes->fd >= 0)
		return read_file(bytes->fd, at, out, n);
	if (n > 0)
		memcpy(out, bytes->p + at, n);
	return true;
}

/* Index of the word in a block, or n. */
static size_t
find_in(const uint8_t *block, size_t n, const char *word, size_t word_n)
{
	const uint8_t *end = block + n, *p = block;

	while ((size_t)(end - p) >= word_n) {
		p = memchr(p, word[0], (size_t)(end - p) - word_n + 1);
		if (p == NULL)
			return n;
		if (memcmp(p, word, word_n) == 0)
			return (size_t)(p - block);
		p++;
	}
	return n;
}

bool
doc_bytes_find(const struct doc_bytes *bytes, const char *word, size_t *at)
{
	uint8_t	block[BLOCK];
	size_t	word_n = strlen(word);

	while (*at < bytes->n && bytes->n - *at >= word_n) {
		size_t n = bytes->n - *at, found;

		if (n > BLOCK)
			n = BLOCK;
		if (!doc_bytes_read(bytes, *at, block, n))
			return false;
		found = find_in(block, n, word, word_n);
		if (found < n) {
			*at += found;
			return true;
		}
		*at += n - word_n + 1;
	}
	return false;
}

/*
 * The stream.
 */

static int
stream_read(BIO *bio, char *out, int room)
{
	struct doc_stream *s = BIO_get_data(bio);
	struct doc_piece *piece;
	size_t n;

	BIO_clear_retry_flags(bio);
	while (s->now < s->count && s->piece[s->now].n == 0)
		s->now++;
	if (s->failed || s->now == s->count || room <= 0)
		return s->failed ? -1 : 0;
	piece = &s->piece[s->now];
	n = piece->n < (size_t)room ? piece->n : (size_t)room;
	if (!doc_bytes_read(piece->bytes, piece->at, out, n)) {
		s->failed = true;
		return -1;
	}
	piece->at += n;
	piece->n -= n;
	return (int)n;
}

static long
stream_ctrl(BIO *bio, int command, long number, void *pointer)
{
	const struct doc_stream *s = BIO_get_data(bio);
	size_t at = s->now;

	(void)number, (void)pointer;
	if (command == BIO_CTRL_FLUSH)
		return 1;
	if (command != BIO_CTRL_EOF)
		return 0;
	while (at < s->count && s->piece[at].n == 0)
		at++;
	return at == s->count;
}

static int
stream_create(BIO *bio)
{
	BIO_set_init(bio, 1);
	return 1;
}

bool
doc_stream_open(struct doc_stream *out, const struct doc_piece *pieces,
    size_t count)
{
	memset(out, 0, sizeof(*out));
	memcpy(out->piece, pieces, count * sizeof(*pieces));
	out->count = count;
	out->method = BIO_meth_new(BIO_TYPE_SOURCE_SINK, "pieces");
	if (out->method != NULL &&
	    BIO_meth_set_read(out->method, stream_read) == 1 &&
	    BIO_meth_set_ctrl(out->method, stream_ctrl) == 1 &&
	    BIO_meth_set_create(out->method, stream_create) == 1)
		out->bio = BIO_new(out->method);
	if (out->bio == NULL) {
		doc_stream_close(out);
		return false;
	}
	BIO_set_data(out->bio, out);
	return true;
}

void
doc_stream_close(struct doc_stream *stream)
{
	BIO_free(stream->bio);
	BIO_meth_free(stream->method);
	stream->bio = NULL;
	stream->method = NULL;
}
