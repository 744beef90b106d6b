/* SPDX-License-Identifier: BSD-2-Clause */
/* What tests of CMS share: messages of ours, of OpenSSL's, and bent ones. */
#ifndef CMSKIT_H
#define CMSKIT_H

#include <openssl/cms.h>

#include "cms.h"
#include "dockit.h"

#define CMSKIT_TEXT	"To whom it may concern.\n"

BIO		*cmskit_text(const char *text);

/* Ours, over CMSKIT_TEXT; the test fails if it cannot be made. */
struct jpki_buf	 cmskit_sign(struct dockit *kit, bool detached);

/* One made by OpenSSL, over CMSKIT_TEXT, with CMS_... flags.  bend may be
 * NULL; it is called before what is CMS_PARTIAL is finished. */
struct jpki_buf	 cmskit_foreign(struct dockit *kit, const char *hash,
		    unsigned flags, void (*bend)(CMS_ContentInfo *cms,
		    CMS_SignerInfo *info));

/* The message with something changed. */
void		 cmskit_bend(struct jpki_buf *der,
		    void (*bend)(CMS_ContentInfo *cms));
/* All of some bytes become others, so many times as told. */
void		 cmskit_replace(struct jpki_buf *der, const char *from,
		    const char *to, size_t n, size_t times);

/*
 * Checked, with content (NULL: none) as text.  The verdict is valid until the
 * next call; cmskit_forget() frees the last one.
 */
struct verdict	*cmskit_check(struct dockit *kit, const struct jpki_buf *der,
		    const char *content);
/* The only signature of it. */
struct verdict_signature *cmskit_check_one(struct dockit *kit,
		    const struct jpki_buf *der, const char *content);
/* It is no message at all, and the words hold this text. */
void		 cmskit_refuse(struct dockit *kit, const struct jpki_buf *der,
		    const char *words);
void		 cmskit_forget(void);
/* All that can come out well has. */
void		 cmskit_expect_good(const struct verdict_signature *signature);

#endif
