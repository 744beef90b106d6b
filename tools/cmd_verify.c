/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * verify: whose signatures a document has, and whether they hold.  No card is
 * needed.  Documents come from strangers: what is not understood fails.
 */
#include <stdlib.h>
#include <string.h>

#include "cms.h"
#include "confine.h"
#include "infile.h"
#include "jpki_openssl.h"
#include "language.h"
#include "outtext.h"
#include "pdf.h"
#include "verdictpage.h"
#include "xml.h"

#define CONTENTS_MAX	OPTIONS_LIST_MAX

/* What not every format takes. */
#define OF_FORMATS	(OPT(CONTENT) | OPT(ID) | OPT(CERT) | OPT(HASH))

struct check_job {
	struct tool	*t;
	struct infile	 doc;
	struct infile	 content[CONTENTS_MAX];
	size_t		 contents;
	struct trust	 trust;
	struct verdict	 verdict;
	struct doc_error error;
};

/*
 * One document, by its format.  What is wrong with it stands in job->error.
 */

/* Who holds all of the content knows that all of it was signed. */
static void
note_coverage(struct verdict *verdict, const char *what)
{
	for (size_t i = 0; i < verdict->n; i++)
		(void)verdict_note(&verdict->signatures[i], CHECK_COVERAGE,
		    FINDING_OK, "%s", what);
}

/* content NULL: it is in the CMS. */
static enum doc_err
check_content(struct check_job *job, const struct jpki_buf *der,
    const struct doc_bytes *content, const char *what)
{
	struct doc_piece	 all = { content, 0, 0 };
	struct doc_stream	 stream = { .bio = NULL };
	enum doc_err		 err;

	if (content != NULL) {
		all.n = content->n;
		if (!doc_stream_open(&stream, &all, 1))
			return doc_fail(&job->error, DOC_ERR_MEMORY,
			    "out of memory");
	}
	err = cms_check(&job->trust, der->p, der->n, stream.bio, -1,
	    &job->verdict, &job->error);
	if (err == DOC_OK && stream.failed)
		err = doc_fail(&job->error, DOC_ERR_IO, "the content could not "
		    "be read to its end; look at the disk it is on");
	if (content != NULL)
		doc_stream_close(&stream);
	if (err == DOC_OK)
		note_coverage(&job->verdict, what);
	return err;
}

static enum doc_err
check_cms(struct check_job *job)
{
	const struct infile	*f = &job->content[0];
	const struct doc_bytes	 content = infile_bytes(f);
	bool			 apart = job->contents > 0;
	struct jpki_buf		 der = { NULL, 0 };
	enum doc_err		 err;

	err = cms_unwrap(job->doc.p, job->doc.n, &der, &job->error);
	if (err == DOC_OK)
		err = check_content(job, &der, apart ? &content : NULL, apart ?
		    _("all of the content") :
		    _("all of the content that is in it"));
	jpki_buf_free(&der);
	return err;
}

static enum doc_err
check_smime(struct check_job *job)
{
	struct jpki_buf		der = { NULL, 0 }, part = { NULL, 0 };
	struct doc_bytes	content = { NULL, 0, -1 };
	enum doc_err		err;

	err = cms_smime_read(job->trust.crypto, job->doc.p, job->doc.n, &der,
	    &part, &job->error);
	content.p = part.p;
	content.n = part.n;
	if (err == DOC_OK)
		err = check_content(job, &der, part.p != NULL ? &content : NULL,
		    _("the mail's body; who sent it when to whom is not "
		    "signed"));
	if (err == DOC_ERR_OPTION)
		err = doc_fail(&job->error, DOC_ERR_INPUT, "its CMS holds a "
		    "content of its own, beside the mail's");
	jpki_buf_free(&part);
	jpki_buf_free(&der);
	return err;
}

static enum doc_err
check_xml(struct check_job *job)
{
	struct xml_file		files[CONTENTS_MAX];
	const char		*ids[OPTIONS_LIST_MAX];
	struct xml_given	given;
	size_t			n = 0;

	while (n < OPTIONS_LIST_MAX && (ids[n] = options_nth(job->t->opt,
	    OPT_ID, n)) != NULL)
		n++;
	for (size_t i = 0; i < job->contents; i++)
		files[i] = (struct xml_file){
		    infile_last_part(job->content[i].name),
		    job->content[i].p, job->content[i].n };
	given = (struct xml_given){ files, job->contents, ids, n };
	return xml_check(&job->trust, job->doc.p, job->doc.n, &given,
	    &job->verdict, &job->error);
}

static enum doc_err
check_pdf(struct check_job *job)
{
	const struct doc_bytes in = infile_bytes(&job->doc);

	return pdf_check(&job->trust, &in, &job->verdict, &job->error);
}

static enum jpki_hash
hash_of(const char *name)
{
	for (int hash = JPKI_HASH_SHA256; hash < JPKI_HASH_COUNT; hash++)
		if (name != NULL &&
		    strcmp(jpki_hash_name((enum jpki_hash)hash), name) == 0)
			return (enum jpki_hash)hash;
	return name == NULL ? JPKI_HASH_SHA256 : JPKI_HASH_NONE;
}

static enum jpki_err
digest_content(const struct check_job *job, enum jpki_hash hash,
    uint8_t out[JPKI_DIGEST_MAX], size_t *n)
{
	struct jpki_digest	*digest = NULL;
	enum jpki_err		 err;

	err = jpki_digest_new(job->trust.ctx, hash, &digest);
	if (err == JPKI_OK)
		err = jpki_digest_update(digest, job->content[0].p,
		    job->content[0].n);
	if (err == JPKI_OK)
		err = jpki_digest_final(digest, out, n);
	jpki_digest_free(&digest);
	return err;
}

static bool
note_raw(struct verdict_signature *s, enum jpki_err err)
{
	bool ok = err == JPKI_OK;

	return verdict_note(s, CHECK_SIGNATURE, ok ? FINDING_OK :
	    FINDING_FAILED, "%s", ok ? "PKCS #1 v1.5" :
	    _("the certificate's key did not make it")) &&
	    verdict_note(s, CHECK_INTEGRITY, ok ? FINDING_OK : FINDING_FAILED,
	    "%s", ok ? _("the content is what was signed") :
	    _("the content, the hash or the key is another")) &&
	    verdict_note(s, CHECK_COVERAGE, FINDING_OK, "all of the content");
}

/* A signature without anything around it says neither who nor when. */
static enum doc_err
judge_raw(struct check_job *job, const struct jpki_buf *cert,
    STACK_OF(X509) *certs)
{
	struct verdict_signature *s = verdict_add(&job->verdict);
	uint8_t			  digest[JPKI_DIGEST_MAX];
	struct jpki_claim	  claim = { .digest = digest,
	    .signature = job->doc.p, .signature_n = job->doc.n };
	enum jpki_err		  err;

	if (s == NULL)
		return doc_fail(&job->error, DOC_ERR_MEMORY, "out of memory");
	claim.hash = s->hash = hash_of(job->t->opt->value[OPT_HASH]);
	err = digest_content(job, claim.hash, digest, &claim.digest_n);
	if (err == JPKI_OK)
		err = jpki_verify(job->t->ctx, cert->p, cert->n, &claim);
	if (!note_raw(s, err))
		return doc_fail(&job->error, DOC_ERR_MEMORY, "out of memory");
	return trust_judge(&job->trust, sk_X509_value(certs, 0), certs, s,
	    &job->error);
}

/* The first certificate is the signer's, further ones are of its chain. */
static enum doc_err
check_raw(struct check_job *job)
{
	const char	*path = job->t->opt->value[OPT_CERT];
	STACK_OF(X509)	*certs = NULL;
	struct infile	 file;
	struct jpki_buf	 der = { NULL, 0 };
	enum doc_err	 err;

	if (path == NULL || job->contents != 1)
		return doc_fail(&job->error, DOC_ERR_OPTION, "a raw signature "
		    "is checked with --cert FILE and --content FILE; give both");
	if (hash_of(job->t->opt->value[OPT_HASH]) == JPKI_HASH_NONE)
		return doc_fail(&job->error, DOC_ERR_OPTION, "that hash proves "
		    "nothing; give sha256, sha384 or sha512");
	if (infile_open(path, &file) != EXIT_DONE)
		return DOC_ERR_IO;
	err = trust_certs_read(job->trust.crypto, file.p, file.n, &certs,
	    &job->error);
	if (err == DOC_OK)
		err = trust_cert_der(sk_X509_value(certs, 0), &der,
		    &job->error);
	if (err == DOC_OK)
		err = judge_raw(job, &der, certs);
	jpki_buf_free(&der);
	trust_certs_free(certs);
	infile_close(&file);
	return err;
}

/*
 * Formats.
 */

static const struct format {
	const char	*name;
	enum doc_err	 (*check)(struct check_job *job);
	uint64_t	 options;	/* of OF_FORMATS */
	bool		 many;		/* contents may be several */
} formats[] = {
	{ "cms", check_cms, OPT(CONTENT), false },
	{ "smime", check_smime, 0, false },
	{ "xml", check_xml, OPT(CONTENT) | OPT(ID), true },
	{ "pdf", check_pdf, 0, false },
	{ "raw", check_raw, OPT(CONTENT) | OPT(CERT) | OPT(HASH), false },
};

/* How a document begins that is of a format; in this order: a CMS can have a
 * PDF document in it, and that may stand behind what is no part of it. */
static const struct mark {
	const char	*text;
	size_t		 within;	/* of so many bytes */
	const char	*format;
} marks[] = {
	{ "%PDF-", 1, "pdf" },
	{ "-----BEGIN ", 1, "cms" },
	{ "\x30", 1, "cms" },
	{ "\xEF\xBB\xBF<", 1, "xml" },
	{ "\xFE\xFF", 1, "xml" },
	{ "\xFF\xFE", 1, "xml" },
	{ "<", 1, "xml" },
	{ "%PDF-", 1024, "pdf" },
	{ "MIME-Version:", 65536, "smime" },
	{ "multipart/signed", 65536, "smime" },
	{ "application/pkcs7-mime", 65536, "smime" },
	{ "application/x-pkcs7-mime", 65536, "smime" },
};

static bool
has_mark(const struct infile *doc, const struct mark *mark)
{
	size_t n = strlen(mark->text);

	for (size_t at = 0; at < mark->within && at + n <= doc->n; at++)
		if (memcmp(doc->p + at, mark->text, n) == 0)
			return true;
	return false;
}

static const char *
guess_format(const struct infile *doc)
{
	for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++)
		if (has_mark(doc, &marks[i]))
			return marks[i].format;
	return NULL;
}

static const struct format *
find_format(const char *name)
{
	for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++)
		if (name != NULL && strcmp(formats[i].name, name) == 0)
			return &formats[i];
	return NULL;
}

/* NULL: *code says why. */
static const struct format *
choose_format(const struct check_job *job, enum exit_code *code)
{
	const char		*name = job->t->opt->value[OPT_FORMAT];
	bool			 named = name != NULL && strcmp(name, "auto") != 0;
	const struct format	*format;

	format = find_format(named ? name : guess_format(&job->doc));
	if (format == NULL && named)
		*code = fail(EXIT_USAGE, "there is no format \"%s\"; give "
		    "auto, cms, smime, xml, pdf or raw", name);
	else if (format == NULL)
		*code = fail(EXIT_FAILED, "what kind of document %s is cannot "
		    "be told; give --format", job->doc.name);
	return format;
}

/*
 * The job.
 */

static enum exit_code
open_contents(struct check_job *job, const struct format *format)
{
	const char	*path;
	enum exit_code	 code = EXIT_DONE;

	while (code == EXIT_DONE && (path = options_nth(job->t->opt,
	    OPT_CONTENT, job->contents)) != NULL) {
		if (job->contents > 0 && !format->many)
			return fail(EXIT_USAGE, "a document of the format %s "
			    "has one content; give one --content",
			    format->name);
		code = infile_open(path, &job->content[job->contents]);
		job->contents += code == EXIT_DONE;
	}
	return code;
}

static enum exit_code
load_trust(struct check_job *job)
{
	const char	*path = job->t->opt->value[OPT_CA];
	struct infile	 file;
	enum exit_code	 code;

	job->trust.ctx = job->t->ctx;
	job->trust.now = job->t->now;
	if (jpki_crypto(job->t->ctx, &job->trust.crypto) != JPKI_OK)
		return fail_err(job->t, JPKI_ERR_MEMORY);
	if (path == NULL)
		return EXIT_DONE;
	code = infile_open(path, &file);
	if (code == EXIT_DONE && trust_certs_read(job->trust.crypto, file.p,
	    file.n, &job->trust.anchors, &job->error) != DOC_OK)
		code = fail(EXIT_FAILED, "%s: %s; give a file of CA "
		    "certificates in PEM or DER", path, job->error.words);
	infile_close(&file);
	return code;
}

static enum exit_code
report(struct check_job *job)
{
	if (job->t->opt->seen[OPT_JSON])
		verdictpage_json(job->t, &job->verdict);
	else
		verdictpage_text(job->t, &job->verdict);
	job->t->answered = true;
	if (verdict_holds(&job->verdict))
		return EXIT_DONE;
	return fail(EXIT_FAILED, job->verdict.n == 0 ?
	    _("%s: it is not signed") : _("%s: not every signature holds"),
	    job->doc.name);
}

static enum exit_code
check_options(const struct options *opt, const struct format *format)
{
	const char *name = options_first(opt, OF_FORMATS & ~format->options);

	return name == NULL ? EXIT_DONE : fail(EXIT_USAGE, "the format %s "
	    "takes no option --%s; leave it out", format->name, name);
}

static size_t
count_bytes(const struct check_job *job)
{
	size_t n = job->doc.n;

	for (size_t i = 0; i < job->contents; i++)
		n += job->content[i].n;
	return n;
}

static bool
is_same(const struct check_job *job)
{
	bool same = infile_same(&job->doc);

	for (size_t i = 0; i < job->contents; i++)
		same &= infile_same(&job->content[i]);
	return same;
}

/* What is printed is the child's; see confine.h. */
static enum exit_code
check_document(struct check_job *job)
{
	enum exit_code		 code = EXIT_DONE;
	const struct format	*format = choose_format(job, &code);
	enum doc_err		 err;

	if (format == NULL)
		return code;
	code = check_options(job->t->opt, format);
	if (code == EXIT_DONE)
		code = open_contents(job, format);
	if (code != EXIT_DONE ||
	    !confine_begin(job->doc.name, count_bytes(job), &code))
		return code;
	job->verdict.format = format->name;
	err = format->check(job);
	if (!is_same(job))
		return fail(EXIT_FAILED, "%s changed while it was read; verify "
		    "it when nothing writes to it", job->doc.name);
	if (err == DOC_OK)
		return report(job);
	if (job->error.words[0] == '\0')
		return EXIT_FAILED;
	return fail(err == DOC_ERR_OPTION ? EXIT_USAGE : EXIT_FAILED,
	    "%s: %s", job->doc.name, job->error.words);
}

enum exit_code
cmd_verify(struct tool *t)
{
	struct check_job	*job = calloc(1, sizeof *job);
	enum exit_code		 code;

	if (job == NULL)
		return fail_err(t, JPKI_ERR_MEMORY);
	job->t = t;
	code = infile_open(t->opt->operand[1], &job->doc);
	if (code == EXIT_DONE)
		code = load_trust(job);
	if (code == EXIT_DONE)
		code = check_document(job);
	for (size_t i = 0; i < job->contents; i++)
		infile_close(&job->content[i]);
	infile_close(&job->doc);
	trust_certs_free(job->trust.anchors);
	verdict_free(&job->verdict);
	free(job);
	return code;
}
