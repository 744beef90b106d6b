/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What kind of signed document is to be made, as the command line says it,
 * and making it, by format.
 */
#ifndef DOCSIGN_H
#define DOCSIGN_H

#include "cms.h"
#include "infile.h"
#include "pdf.h"
#include "tool.h"
#include "xml.h"

/* What a bare signature does not take. */
#define DOCSIGN_OPTIONS	(OPT(DETACHED) | OPT(PEM) | OPT(ADD) | OPT(CONTENT) | \
			    OPT(ID) | OPT(INTO) | OPT(ENVELOPING) | \
			    OPT(EXCLUSIVE) | OPT(XADES) | OPT(PROFILE) | \
			    OPT(NAME) | OPT(REASON) | OPT(LOCATION) | \
			    OPT(VISIBLE) | OPT(TIMESTAMP) | OPT(JOBS))

#define DOCSIGN_CONTENTS_MAX	OPTIONS_LIST_MAX

struct docsign {
	const struct docsign_format *format;
	bool			 pem;
	bool			 add;
	struct cms_options	 cms;
	struct xml_options	 xml;
	struct pdf_options	 pdf;
	struct pdf_place	 place;
	/* Of XML: Ids and files; of cms --add: the detached content. */
	const char		*id[DOCSIGN_CONTENTS_MAX];
	struct infile		 content[DOCSIGN_CONTENTS_MAX];
	struct xml_file		 file[DOCSIGN_CONTENTS_MAX];
	size_t			 contents;
};

/*
 * Of the options of t, --format given: what goes together, and what the files
 * of --content hold.  Reports errors.
 */
enum exit_code	docsign_plan(struct tool *t, struct docsign *out);
void		docsign_free(struct docsign *plan);

/*
 * Whether that document can be signed, as far as can be told before there is a
 * key: of the signer crypto, hash and now count.
 */
bool		docsign_tries(const struct docsign *plan);
enum doc_err	docsign_try(const struct docsign *plan,
		    const struct doc_signer *signer, const struct infile *in,
		    struct doc_error *error);

/*
 * One document.  *out goes behind the input's own bytes if *behind is set, and
 * in its place otherwise.
 */
enum doc_err	docsign_make(const struct docsign *plan,
		    const struct doc_signer *signer, const struct infile *in,
		    struct jpki_buf *out, bool *behind,
		    struct doc_error *error);

#endif
