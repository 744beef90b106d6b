/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * XML signatures (W3C XML Signature 1.1) as filing systems want them, and
 * XAdES-BES (ETSI TS 101 903, EN 319 132-1) on wish.
 *
 * What is read is UTF-8, Shift_JIS or EUC-JP, without a DTD, of 64 MB at
 * most.  Elements are named by the attributes Id, ID, id and xml:id, and each
 * name is there once.  Nothing is ever fetched: neither from a network nor
 * from a disk.  Comments are no part of what is signed, as the standard has
 * it; one that parts a text is refused, and so is a CDATA section.
 */
#ifndef XML_H
#define XML_H

#include "trust.h"

/* A file beside the document, by the name that a signature has for it. */
struct xml_file {
	const char	*name;		/* UTF-8, not percent-encoded */
	const uint8_t	*p;
	size_t		 n;
};

enum xml_shape {
	XML_ENVELOPED,		/* the whole document, the signature in it */
	XML_ENVELOPING,		/* the signature has the content in it */
	XML_DETACHED,		/* elements by name, and files */
};

enum xml_profile {
	XML_PLAIN,
	XML_ETAX,	/* the root element by its Id, enveloped */
	XML_EGOV,	/* the element with the Id U+69CB U+6210 U+60C5 U+5831,
			   and files */
};

struct xml_options {
	enum xml_shape		 shape;		/* of XML_PLAIN */
	enum xml_profile	 profile;
	const char *const	*ids;		/* of XML_DETACHED */
	size_t			 ids_n;
	const struct xml_file	*files;		/* of any shape */
	size_t			 files_n;
	const char		*into;		/* Id of the element that gets
						   the signature; NULL: root */
	bool			 exclusive;	/* C14N */
	bool			 base64;	/* XML_ENVELOPING: the content
						   need not be XML */
	bool			 ca;		/* with signer->ca */
	bool			 xades;		/* signer->timestamp needs it */
};

/*
 * Sign a document of n bytes; n may be 0 if only files are signed.  *out: the
 * document with the signature, or the signature alone, in the encoding that
 * the document has.
 */
enum doc_err	xml_sign(const struct doc_signer *signer, const uint8_t *p,
		    size_t n, const struct xml_options *options,
		    struct jpki_buf *out, struct doc_error *error);

/* What whoever checks a document knows of it. */
struct xml_given {
	const struct xml_file	*files;		/* each has to be covered */
	size_t			 files_n;
	const char *const	*ids;		/* what has to be covered; none:
						   the whole document */
	size_t			 ids_n;
};

/* Notes all checks of every ds:Signature that is in the document.  given may
 * be NULL.  An error: it is no document that can be judged. */
enum doc_err	xml_check(const struct trust *trust, const uint8_t *p,
		    size_t n, const struct xml_given *given,
		    struct verdict *out, struct doc_error *error);

#endif
