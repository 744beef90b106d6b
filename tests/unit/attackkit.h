/* SPDX-License-Identifier: BSD-2-Clause */
/* Files with the flaws that verifiers were known to overlook. */
#ifndef ATTACKKIT_H
#define ATTACKKIT_H

#include <openssl/cms.h>

#include "dockit.h"

struct attack {
	const char	*flaw;
	struct jpki_buf	(*make)(struct dockit *kit,
			    const struct attack *a);
	const char	*check;		/* that fails; NULL: it is no
					   document; "": all holds */
	const char	*words;
	/* Of the maker. */
	const char	*from, *to, *instead;
	void		(*bend)(CMS_ContentInfo *cms);
	const struct fixture *signer;
	/* Of the program. */
	const char	*arguments;
};

typedef struct jpki_buf	 attack_maker(struct dockit *kit,
			    const struct attack *a);

/* Of CMS: each over CMSKIT_TEXT, attached unless arguments are given; bend
 * changes what was made. */
attack_maker	cms_plain, cms_trailing, cms_digest, cms_bare, cms_confused,
		cms_of_nobody, cms_of_two, cms_of_another_type,
		cms_with_a_double, cms_by, cms_by_own_ca;
void		change_content(CMS_ContentInfo *cms);
/* The first signer's. */
void		change_signature(CMS_ContentInfo *cms);
/* With a time stamp over other bytes. */
void		stamp_other(CMS_ContentInfo *cms);

/*
 * Of XML: xmlkit_letter, enveloped, in which from becomes to, before the value
 * is made anew (xml_made) or not (xml_changed); without what stands from from
 * to to, instead of which comes instead; or to itself around SUM, which was
 * signed, and SIGNATURE.
 */
attack_maker	xml_changed, xml_made, xml_without, xml_wrapped;

attack_maker	pdf_plain, pdf_with_a_hole, pdf_longer, pdf_with_another,
		pdf_changed_later;

#endif
