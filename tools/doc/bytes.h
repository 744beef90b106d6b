/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A document as bytes, and pieces of it as one stream.
 */
#ifndef BYTES_H
#define BYTES_H

#include <openssl/bio.h>

#include "doc.h"

/*
 * All of it has to be at p: in memory, or a mapping of a file.  Of a mapping
 * fd is the file, from which long parts are read piece by piece, so that they
 * take no memory; else -1.
 */
struct doc_bytes {
	const uint8_t	*p;
	size_t		 n;
	int		 fd;
};

/* n bytes at an offset, all of them; false: they are not there, or reading
 * failed. */
bool	doc_bytes_read(const struct doc_bytes *bytes, size_t at, void *out,
	    size_t n);

/*
 * Where a word is found the next time, from *at on; moves *at there.  At most
 * DOC_WORD_MAX characters.  False: nowhere, or reading failed.
 */
#define DOC_WORD_MAX	64
bool	doc_bytes_find(const struct doc_bytes *bytes, const char *word,
	    size_t *at);

struct doc_piece {
	const struct doc_bytes	*bytes;
	size_t			 at, n;
};

#define DOC_PIECES_MAX	3

/* Pieces one behind the other, to be read once. */
struct doc_stream {
	struct doc_piece	 piece[DOC_PIECES_MAX];
	size_t			 count, now;
	bool			 failed;	/* what ended it is no end */
	BIO_METHOD		*method;
	BIO			*bio;
};

/* False without memory.  *out must not move while it is open. */
bool	doc_stream_open(struct doc_stream *out, const struct doc_piece *pieces,
	    size_t count);
void	doc_stream_close(struct doc_stream *stream);

#endif
