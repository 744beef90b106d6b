/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the checks of a document have found.  A document holds if it has a
 * signature, and every check of every signature came out well; what nobody
 * can check (revocation) is said, and counts for nothing.
 */
#ifndef VERDICT_H
#define VERDICT_H

#include "doc.h"

/* In the order in which people read them. */
enum check {
	CHECK_INTEGRITY,	/* digest: what was signed is what is here */
	CHECK_SIGNATURE,	/* the key of the certificate made it */
	CHECK_COVERAGE,		/* all of the document was signed */
	CHECK_USAGE,		/* the certificate is made for signing */
	CHECK_VALIDITY,		/* it was valid at the time of signing */
	CHECK_CHAIN,		/* a CA that is trusted issued it */
	CHECK_TIMESTAMP,	/* a time stamp is there, and is right */
	CHECK_REVOCATION,	/* never checkable by the public */
	CHECK_COUNT
};

enum finding {
	FINDING_NONE,		/* there was nothing to be checked */
	FINDING_OK,
	FINDING_FAILED,
	FINDING_UNKNOWN,	/* cannot be checked */
};

/* "integrity", ...; NULL if out of range. */
const char	*check_name(enum check check);

struct verdict_signature {
	struct {
		enum finding	 finding;
		char		*words;		/* a sentence, or NULL */
	}		 check[CHECK_COUNT];
	char		*label;		/* which of the document's, or NULL */
	struct jpki_buf	 cert;		/* DER of the signer's, or nothing */
	enum jpki_hash	 hash;
	int64_t		 claimed;	/* when it was made, as the signer says;
					   -1: nothing is said */
	int64_t		 stamped;	/* as a time stamp proves; -1: none */
};

struct verdict {
	const char			*format;	/* for who checked it to name */
	struct verdict_signature	*signatures;
	size_t				 n;
};

void	verdict_free(struct verdict *verdict);

/* One more signature, nothing of it checked; NULL without memory.  Pointers of
 * earlier calls are no longer valid. */
struct verdict_signature *verdict_add(struct verdict *verdict);

/*
 * Note what a check found.  What failed stays failed: a later OK does not
 * undo it.  Words are made as printf() does, and may be NULL.  Returns false
 * without memory; then the check counts as failed.
 */
bool	verdict_note(struct verdict_signature *signature, enum check check,
	    enum finding finding, const char *format, ...)
	    __attribute__((format(printf, 4, 5)));

/* At least one signature, and of each: integrity, signature, coverage, usage,
 * validity and chain OK; nothing failed. */
bool	verdict_holds(const struct verdict *verdict);
/* Something failed, or was not there to be checked.  A document of which this
 * is false, and that does not hold, is one of which too little is known. */
bool	verdict_fails(const struct verdict *verdict);

#endif
