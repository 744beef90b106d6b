/* SPDX-License-Identifier: BSD-2-Clause */
#include "docsign.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "language.h"
#include "pins.h"
#include "timestamp.h"

typedef enum doc_err make_fn(const struct docsign *plan,
    const struct doc_signer *signer, const struct infile *in,
    struct jpki_buf *out, struct doc_error *error);

typedef enum doc_err try_fn(const struct docsign *plan,
    const struct doc_signer *signer, const struct infile *in,
    struct doc_error *error);

struct docsign_format {
	const char	*name;
	make_fn		*make;
	try_fn		*try;		/* or NULL */
	uint64_t	 options;	/* that only documents have */
	bool		 behind;	/* see docsign_make() */
};

/*
 * Making.
 */

static enum doc_err
in_pem(struct jpki_buf *der, struct doc_error *error)
{
	struct jpki_buf pem = { NULL, 0 };
	enum doc_err	err = cms_pem(der, &pem, error);

	if (err != DOC_OK)
		return err;
	jpki_buf_free(der);
	*der = pem;
	return DOC_OK;
}

/* A file as a stream, which takes no memory however long it is. */
static enum doc_err
open_stream(const struct infile *in, struct doc_bytes *bytes,
    struct doc_stream *out, struct doc_error *error)
{
	struct doc_piece all = { NULL, 0, in->n };

	*bytes = infile_bytes(in);
	all.bytes = bytes;
	return doc_stream_open(out, &all, 1) ? DOC_OK :
	    doc_fail(error, DOC_ERR_MEMORY, "out of memory");
}

/* What ended the stream may have been no end. */
static enum doc_err
close_stream(struct doc_stream *stream, enum doc_err err,
    struct doc_error *error)
{
	bool failed = stream->failed;

	doc_stream_close(stream);
	return err == DOC_OK && failed ? doc_fail(error, DOC_ERR_IO,
	    "it could not be read to its end; look at the disk it is on") :
	    err;
}

/* One signer more: the input is the CMS, and the content may be apart. */
static enum doc_err
add_cms(const struct docsign *plan, const struct doc_signer *signer,
    const struct infile *in, struct jpki_buf *out, struct doc_error *error)
{
	struct jpki_buf		 der = { NULL, 0 };
	struct doc_stream	 content;
	struct doc_bytes	 bytes;
	enum doc_err		 err = cms_unwrap(in->p, in->n, &der, error);

	if (err != DOC_OK)
		return err;
	if (plan->contents == 0) {
		err = cms_add(signer, &der, NULL, out, error);
	} else if ((err = open_stream(&plan->content[0], &bytes, &content,
	    error)) == DOC_OK) {
		err = cms_add(signer, &der, content.bio, out, error);
		err = close_stream(&content, err, error);
	}
	jpki_buf_free(&der);
	return err;
}

static enum doc_err
new_cms(const struct doc_signer *signer, const struct cms_options *options,
    const struct infile *in, struct jpki_buf *out, struct doc_error *error)
{
	struct doc_stream	 content;
	struct doc_bytes	 bytes;
	enum doc_err		 err;

	err = open_stream(in, &bytes, &content, error);
	if (err != DOC_OK)
		return err;
	err = cms_sign(signer, content.bio, options, out, error);
	return close_stream(&content, err, error);
}

static enum doc_err
make_cms(const struct docsign *plan, const struct doc_signer *signer,
    const struct infile *in, struct jpki_buf *out, struct doc_error *error)
{
	enum doc_err err = plan->add ? add_cms(plan, signer, in, out, error) :
	    new_cms(signer, &plan->cms, in, out, error);

	return err == DOC_OK && plan->pem ? in_pem(out, error) : err;
}

/* The mail's body is the file, whatever its kind. */
static enum doc_err
make_smime(const struct docsign *plan, const struct doc_signer *signer,
    const struct infile *in, struct jpki_buf *out, struct doc_error *error)
{
	static const struct cms_options	 detached = { .detached = true };
	struct jpki_buf			 part = { NULL, 0 }, der = { NULL, 0 };
	struct infile			 content = { .fd = -1 };
	struct doc_stream		 body;
	struct doc_bytes		 bytes;
	enum doc_err			 err;

	(void)plan;
	err = open_stream(in, &bytes, &body, error);
	if (err != DOC_OK)
		return err;
	err = cms_smime_part("application/octet-stream", body.bio, &part,
	    error);
	err = close_stream(&body, err, error);
	content.p = part.p;
	content.n = part.n;
	if (err == DOC_OK)
		err = new_cms(signer, &detached, &content, &der, error);
	if (err == DOC_OK)
		err = cms_smime(signer->crypto, &der, &part, out, error);
	jpki_buf_free(&part);
	jpki_buf_free(&der);
	return err;
}

static enum doc_err
make_xml(const struct docsign *plan, const struct doc_signer *signer,
    const struct infile *in, struct jpki_buf *out, struct doc_error *error)
{
	struct xml_options options = plan->xml;

	/* A profile has the signer's own alone. */
	options.ca = options.profile == XML_PLAIN && signer->ca != NULL;
	return xml_sign(signer, in->p, in->n, &options, out, error);
}

static enum doc_err
make_pdf(const struct docsign *plan, const struct doc_signer *signer,
    const struct infile *in, struct jpki_buf *out, struct doc_error *error)
{
	const struct doc_bytes bytes = infile_bytes(in);

	return pdf_sign(signer, &bytes, &plan->pdf, out, error);
}

/*
 * Trying.
 */

static enum doc_err
try_cms(const struct docsign *plan, const struct doc_signer *signer,
    const struct infile *in, struct doc_error *error)
{
	(void)signer;
	return plan->add || plan->cms.detached || in->n <= CMS_ATTACHED_MAX ?
	    DOC_OK : doc_fail(error, DOC_ERR_INPUT, "it is too large to be put "
	    "into the signature; sign it --detached");
}

static enum doc_err
try_pdf(const struct docsign *plan, const struct doc_signer *signer,
    const struct infile *in, struct doc_error *error)
{
	const struct doc_bytes bytes = infile_bytes(in);

	return pdf_try(signer, &bytes, &plan->pdf, error);
}

/*
 * Formats.
 */

static const struct docsign_format formats[] = {
	{ "cms", make_cms, try_cms, OPT(DETACHED) | OPT(PEM) | OPT(ADD) |
	    OPT(CONTENT) | OPT(TIMESTAMP), false },
	{ "smime", make_smime, NULL, OPT(TIMESTAMP), false },
	{ "xml", make_xml, NULL, OPT(CONTENT) | OPT(ID) | OPT(INTO) |
	    OPT(ENVELOPING) | OPT(EXCLUSIVE) | OPT(XADES) | OPT(PROFILE) |
	    OPT(TIMESTAMP), false },
	{ "pdf", make_pdf, try_pdf, OPT(PROFILE) | OPT(NAME) | OPT(REASON) |
	    OPT(LOCATION) | OPT(VISIBLE) | OPT(TIMESTAMP), true },
};

enum doc_err
docsign_make(const struct docsign *plan, const struct doc_signer *signer,
    const struct infile *in, struct jpki_buf *out, bool *behind,
    struct doc_error *error)
{
	*behind = plan->format->behind;
	return plan->format->make(plan, signer, in, out, error);
}

bool
docsign_tries(const struct docsign *plan)
{
	return plan->format->try != NULL;
}

enum doc_err
docsign_try(const struct docsign *plan, const struct doc_signer *signer,
    const struct infile *in, struct doc_error *error)
{
	return plan->format->try(plan, signer, in, error);
}

/*
 * Planning.
 */

static const struct docsign_format *
find_format(const char *name)
{
	for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++)
		if (strcmp(formats[i].name, name) == 0)
			return &formats[i];
	return NULL;
}

static const struct profile {
	const char	*format, *name;
	int		 value;
} profiles[] = {
	{ "pdf", "plain", PDF_PLAIN },
	{ "pdf", "moj", PDF_MOJ },
	{ "pdf", "pades", PDF_PADES },
	{ "xml", "plain", XML_PLAIN },
	{ "xml", "etax", XML_ETAX },
	{ "xml", "egov", XML_EGOV },
};

static enum exit_code
plan_profile(const struct options *opt, struct docsign *d)
{
	const char *name = opt->value[OPT_PROFILE];

	for (size_t i = 0; name != NULL &&
	    i < sizeof profiles / sizeof profiles[0]; i++) {
		if (strcmp(profiles[i].format, d->format->name) != 0 ||
		    strcmp(profiles[i].name, name) != 0)
			continue;
		d->pdf.profile = (enum pdf_profile)profiles[i].value;
		d->xml.profile = (enum xml_profile)profiles[i].value;
		return EXIT_DONE;
	}
	if (name == NULL)
		return EXIT_DONE;
	return fail(EXIT_USAGE, strcmp(d->format->name, "pdf") == 0 ?
	    _("PDF has no profile \"%s\"; give plain, moj or pades") :
	    _("XML has no profile \"%s\"; give plain, etax or egov"), name);
}

/* "page,x,y,width,height" */
static enum exit_code
plan_place(const struct options *opt, struct docsign *d)
{
	const char	*text = opt->value[OPT_VISIBLE];
	struct pdf_place *p = &d->place;
	int		 end = 0;

	if (text == NULL)
		return EXIT_DONE;
	if (sscanf(text, "%9d,%lf,%lf,%lf,%lf%n", &p->page, &p->x, &p->y,
	    &p->w, &p->h, &end) != 5 || text[end] != '\0' || p->page < 1 ||
	    !(p->w > 0) || !(p->h > 0))
		return fail(EXIT_USAGE, "--visible takes page,x,y,width,height "
		    "in points of 1/72 inch; give 1,50,50,200,40 or the like");
	d->pdf.visible = p;
	return EXIT_DONE;
}

static enum exit_code
plan_contents(const struct options *opt, struct docsign *d)
{
	const char	*path;
	enum exit_code	 code;

	while ((path = options_nth(opt, OPT_CONTENT, d->contents)) != NULL) {
		struct infile *f = &d->content[d->contents];

		code = strcmp(path, "-") == 0 ? pins_leave_stdin(opt) :
		    EXIT_DONE;
		if (code == EXIT_DONE)
			code = infile_open(path, f);
		if (code != EXIT_DONE)
			return code;
		d->file[d->contents++] = (struct xml_file){
		    infile_last_part(path), f->p, f->n };
	}
	if (!d->add && d->format->make == make_cms && d->contents > 0)
		return fail(EXIT_USAGE, "--content goes with --add; the file "
		    "to sign is an operand");
	return EXIT_DONE;
}

static enum exit_code
plan_xml(const struct options *opt, struct docsign *d)
{
	size_t n = 0;

	while ((d->id[n] = options_nth(opt, OPT_ID, n)) != NULL &&
	    n + 1 < DOCSIGN_CONTENTS_MAX)
		n++;
	if (n > 0 && opt->seen[OPT_ENVELOPING])
		return options_exclude(opt, OPT(ID) | OPT(ENVELOPING));
	d->xml.shape = n > 0 ? XML_DETACHED : opt->seen[OPT_ENVELOPING] > 0 ?
	    XML_ENVELOPING : XML_ENVELOPED;
	d->xml.ids = d->id;
	d->xml.ids_n = n;
	d->xml.files = d->file;
	d->xml.files_n = d->contents;
	d->xml.into = opt->value[OPT_INTO];
	d->xml.exclusive = opt->seen[OPT_EXCLUSIVE] > 0;
	d->xml.xades = opt->seen[OPT_XADES] > 0 ||
	    opt->seen[OPT_TIMESTAMP] > 0;
	return EXIT_DONE;
}

static enum exit_code
plan_timestamp(const struct options *opt)
{
	const char		*url = opt->value[OPT_TIMESTAMP];
	struct doc_error	 error = { DOC_OK, "" };

	if (url == NULL || timestamp_url_check(url, &error) == DOC_OK)
		return EXIT_DONE;
	return fail(error.err == DOC_ERR_OPTION ? EXIT_USAGE : EXIT_FAILED,
	    "%s", error.words);
}

static enum exit_code
check_options(const struct options *opt, const struct docsign_format *format)
{
	const char *name = options_first(opt,
	    DOCSIGN_OPTIONS & ~(format->options | OPT(JOBS)));

	return name == NULL ? EXIT_DONE : fail(EXIT_USAGE, "the format %s "
	    "takes no option --%s; leave it out", format->name, name);
}

enum exit_code
docsign_plan(struct tool *t, struct docsign *out)
{
	const struct options	*opt = t->opt;
	enum exit_code		 code;

	memset(out, 0, sizeof *out);
	out->format = find_format(opt->value[OPT_FORMAT]);
	if (out->format == NULL)
		return fail(EXIT_USAGE, "there is no format \"%s\" to sign in; "
		    "give cms, smime, xml, pdf or raw",
		    opt->value[OPT_FORMAT]);
	code = check_options(opt, out->format);
	out->pem = opt->seen[OPT_PEM] > 0;
	out->add = opt->seen[OPT_ADD] > 0;
	out->cms.detached = opt->seen[OPT_DETACHED] > 0;
	out->pdf.name = opt->value[OPT_NAME];
	out->pdf.reason = opt->value[OPT_REASON];
	out->pdf.location = opt->value[OPT_LOCATION];
	if (code == EXIT_DONE)
		code = plan_profile(opt, out);
	if (code == EXIT_DONE)
		code = plan_place(opt, out);
	if (code == EXIT_DONE)
		code = plan_timestamp(opt);
	if (code == EXIT_DONE)
		code = plan_contents(opt, out);
	if (code == EXIT_DONE)
		code = plan_xml(opt, out);
	return code;
}

void
docsign_free(struct docsign *plan)
{
	for (size_t i = 0; i < plan->contents; i++)
		infile_close(&plan->content[i]);
	plan->contents = 0;
}
