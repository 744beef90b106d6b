/* SPDX-License-Identifier: BSD-2-Clause */
/* XML documents as texts: signed, changed and checked. */
#ifndef XMLKIT_H
#define XMLKIT_H

#include "dockit.h"
#include "xml.h"

/* A document with an Id at the root, and two below it. */
extern const char	xmlkit_letter[];

/* Signed, with the kit's signer; fails the test if it is not.  To be freed
 * with free(), as all texts. */
char	*xmlkit_sign(struct dockit *kit, const char *text,
	    const struct xml_options *options);
/* The same, checked: it has to hold. */
char	*xmlkit_sign_well(struct dockit *kit, const char *text,
	    const struct xml_options *options);

/* Judged as one document that is forgotten at the next one.  NULL: refused,
 * for a reason that is in kit->error. */
const struct verdict	*xmlkit_check(struct dockit *kit, const char *text,
			    const struct xml_given *given);
void	xmlkit_forget(void);
/* cmocka's teardown. */
int	xmlkit_free(void **state);

/* It has one signature, and this came out of a check of it. */
void	xmlkit_expect(struct dockit *kit, const char *text, enum check check,
	    enum finding finding, const char *words);
void	xmlkit_expect_well(struct dockit *kit, const char *text);
/* It is refused as a whole, in these words. */
void	xmlkit_expect_refused(struct dockit *kit, const char *text,
	    const char *words);

/* A copy with something else where from stands, which is once. */
char	*xmlkit_replace(const char *text, const char *from, const char *to);
/* The same with freed text: for several changes in turn. */
char	*xmlkit_change(char *text, const char *from, const char *to);
/* A copy of what stands from begin to end, both included. */
char	*xmlkit_part(const char *text, const char *begin, const char *end);
char	*xmlkit_format(const char *format, ...)
	    __attribute__((format(printf, 1, 2)));

/* What a text holds or not; fails the test with the text. */
void	xmlkit_has(const char *text, const char *part);
void	xmlkit_lacks(const char *text, const char *part);

/* The same document with a new ds:SignatureValue, of the kit's key: whatever
 * its ds:SignedInfo says is what the signer signed. */
char	*xmlkit_resign(struct dockit *kit, char *text);

#endif
