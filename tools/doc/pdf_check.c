/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Checking all signatures of a PDF.  Each has to cover a whole revision; the
 * last one covers the file.  In between, revision by revision, nothing may
 * have happened but further signatures.
 */
#include "pdf.h"

#include <stdlib.h>
#include <string.h>

#include "cms.h"
#include "language.h"
#include "pdf_compare.h"
#include "pdf_date.h"
#include "pdf_find.h"
#include "pdf_range.h"
#include "pdf_tail.h"

/* A document as it was once: its signatures, and whether the step to the next
 * revision was allowed. */
struct state {
	struct pdf_finds	 finds;
	bool			 allowed;
	struct doc_error	 why;
};

struct job {
	const struct trust	*trust;
	const struct doc_bytes	*bytes;
	struct verdict		*out;
	struct pdf_doc		 doc;		/* as it is now */
	struct pdf_finds	 now;		/* its signatures */
	bool			 sealed;	/* one covers all of it */
	struct pdf_revisions	 revisions;
	size_t			 first;		/* that was signed */
	struct state		*states;	/* of the revisions */
};

/*
 * Revisions.
 */

/* The revision that ends there, or all of them: none does. */
static size_t
find_revision(const struct pdf_revisions *all, size_t end)
{
	size_t i = 0;

	while (i < all->n && (end < all->revision[i].eof ||
	    end > all->revision[i].end))
		i++;
	return i;
}

/* Where signatures end: the first one's revision, the document's end. */
static void
look_at_ends(struct job *job)
{
	job->first = job->revisions.n;
	for (size_t i = 0; i < job->now.n; i++) {
		const struct pdf_found *f = &job->now.found[i];
		qpdf_oh oh = qpdf_get_object_by_id(job->doc.q, f->id, f->gen);
		struct pdf_range range = { 0, 0, 0, { NULL, 0 } };
		size_t revision;

		if (f->id != 0 &&
		    pdf_kind_refused(job->doc.q, oh) == NULL &&
		    pdf_range_read(job->bytes, &job->doc, job->trust->crypto,
		    oh, &range) == NULL) {
			revision = find_revision(&job->revisions, range.end);
			if (revision < job->first)
				job->first = revision;
			job->sealed |= range.end == job->bytes->n;
		}
		jpki_buf_free(&range.cms);
		qpdf_oh_release(job->doc.q, oh);
	}
}

/* What qpdf has no memory for looks empty, on both sides, and so the same: it
 * has to say that it could read both. */
static enum doc_err
note_step(OSSL_LIB_CTX *crypto, struct state *from,
    const struct pdf_doc *before, const struct pdf_doc *after,
    struct doc_error *error)
{
	enum doc_err err = pdf_compare(crypto, before, after, &from->why);

	from->allowed = err == DOC_OK;
	if (err == DOC_ERR_MEMORY)
		return doc_fail(error, err, "out of memory");
	err = pdf_doc_sound(before, error);
	return err == DOC_OK ? pdf_doc_sound(after, error) : err;
}

/* What nobody had signed yet may have been damaged, and repaired later. */
static enum doc_err
look_at(struct job *job, size_t i, struct pdf_doc *doc,
    struct doc_error *error)
{
	enum doc_err err = pdf_doc_open(doc, job->bytes,
	    job->revisions.revision[i].end, error);

	if (err == DOC_OK)
		err = pdf_find(doc, &job->states[i].finds, error);
	return err == DOC_ERR_INPUT && i < job->first ? DOC_OK : err;
}

/* One revision after the other, each against the one before if that was already
 * signed. */
static enum doc_err
look_back(struct job *job, struct doc_error *error)
{
	struct pdf_doc docs[2] = { { NULL, NULL, 0 }, { NULL, NULL, 0 } };
	enum doc_err err = DOC_OK;

	for (size_t i = 0; i < job->revisions.n && err == DOC_OK; i++) {
		struct pdf_doc *doc = &docs[i % 2];

		pdf_doc_close(doc);
		err = look_at(job, i, doc, error);
		if (err == DOC_OK && i > job->first)
			err = note_step(job->trust->crypto,
			    &job->states[i - 1], &docs[(i - 1) % 2], doc,
			    error);
	}
	pdf_doc_close(&docs[0]);
	pdf_doc_close(&docs[1]);
	return err;
}

/*
 * One signature.
 */

static bool
forbids_changes(const struct job *job, const struct pdf_found *found)
{
	qpdf_oh oh = qpdf_get_object_by_id(job->doc.q, found->id, found->gen);
	bool forbids = pdf_forbids_changes(job->doc.q, oh);

	qpdf_oh_release(job->doc.q, oh);
	return forbids;
}

/* NULL, or what is wrong with all that came after a revision. */
static const char *
judge_later(const struct job *job, size_t revision)
{
	if (!job->sealed)
		return _("the document goes on behind the last signature");
	for (; revision + 1 < job->revisions.n; revision++)
		if (!job->states[revision].allowed)
			return job->states[revision].why.words;
	return NULL;
}

/* NULL, or why a signature does not cover all that it has to. */
static const char *
judge_coverage(const struct job *job, const struct pdf_found *found,
    const struct pdf_range *range)
{
	size_t revision = find_revision(&job->revisions, range->end);
	const struct pdf_found *then;

	if (found->fields != 1)
		return found->fields == 0 ? _("no field of the document's form "
		    "has it: it is hidden") : _("several fields have the same "
		    "signature");
	if (revision == job->revisions.n)
		return _("what it signs does not end where the document ended "
		    "at any time");
	/* The value must have been there, in the field, when it was signed. */
	then = pdf_finds_same(&job->states[revision].finds, found);
	if (then == NULL || then->fields != 1)
		return _("what it signs does not contain the signature itself");
	if (range->end == job->bytes->n)
		return NULL;
	if (forbids_changes(job, found))
		return _("it forbids every change, and the document was changed");
	return judge_later(job, revision);
}

static bool
note_coverage(const struct job *job, struct verdict_signature *s,
    const struct pdf_found *found, const struct pdf_range *range)
{
	const char *wrong = judge_coverage(job, found, range);

	if (wrong != NULL)
		return verdict_note(s, CHECK_COVERAGE, FINDING_FAILED, "%s",
		    wrong);
	if (range->end == job->bytes->n)
		return verdict_note(s, CHECK_COVERAGE, FINDING_OK,
		    "it covers all of the document");
	return verdict_note(s, CHECK_COVERAGE, FINDING_OK, "it covers the "
	    "document as it was then; what came later are further signatures "
	    "and what they show, and nothing else");
}

/* When the dictionary says that it was signed; -1: it does not.  That is signed
 * as well, so it is as good as a signing time. */
static int64_t
claimed_time(qpdf_data q, qpdf_oh signature)
{
	qpdf_oh m = pdf_get(q, signature, "/M");
	int64_t at = qpdf_oh_is_string(q, m) ?
	    pdf_date_read(qpdf_oh_get_string_value(q, m)) : -1;

	qpdf_oh_release(q, m);
	return at;
}

/* The CMS against what it covers; adds its signers to the verdict. */
static enum doc_err
check_cms(const struct job *job, const struct pdf_range *range, int64_t m,
    struct doc_error *error)
{
	const struct doc_piece pieces[] = {
		{ job->bytes, 0, range->gap },
		{ job->bytes, range->behind, range->end - range->behind },
	};
	struct doc_stream stream;
	enum doc_err err;

	if (!doc_stream_open(&stream, pieces, 2))
		err = doc_fail(error, DOC_ERR_MEMORY, "out of memory");
	else
		err = cms_check(job->trust, range->cms.p, range->cms.n,
		    stream.bio, m, job->out, error);
	if (stream.failed)
		err = doc_fail(error, DOC_ERR_IO, "the PDF cannot be read");
	if (err == DOC_ERR_OPTION)
		err = doc_fail(error, DOC_ERR_INPUT, "its CMS holds a content "
		    "of its own");
	doc_stream_close(&stream);
	return err;
}

static bool
set_label(struct verdict_signature *s, const char *label)
{
	char *copy = strdup(label);

	free(s->label);
	s->label = copy;
	return copy != NULL;
}

/* A signature that is wrong before anything of it can be computed. */
static enum doc_err
add_wrong(struct verdict *out, const char *label, enum check check,
    const char *words, struct doc_error *error)
{
	struct verdict_signature *s = verdict_add(out);

	if (s == NULL || !set_label(s, label) ||
	    !verdict_note(s, check, FINDING_FAILED, "%s", words))
		return doc_fail(error, DOC_ERR_MEMORY, "out of memory");
	return DOC_OK;
}

/* What concerns the document, of the signers that the CMS has brought. */
static bool
note_signers(const struct job *job, const struct pdf_found *found,
    const struct pdf_range *range, size_t first)
{
	bool good = true;

	for (size_t i = first; i < job->out->n && good; i++) {
		struct verdict_signature *s = &job->out->signatures[i];

		good = set_label(s, found->label) &&
		    note_coverage(job, s, found, range);
		if (good && job->out->n - first > 1)
			good = verdict_note(s, CHECK_SIGNATURE,
			    FINDING_FAILED, "one signature of a PDF has "
			    "several signers");
	}
	return good;
}

static enum doc_err
check_range(struct job *job, const struct pdf_found *found, qpdf_oh signature,
    const struct pdf_range *range, struct doc_error *error)
{
	size_t first = job->out->n;
	int64_t m = claimed_time(job->doc.q, signature);
	enum doc_err err = check_cms(job, range, m, error);

	if (err == DOC_ERR_INPUT)
		err = add_wrong(job->out, found->label, CHECK_SIGNATURE,
		    error != NULL ? error->words : _("its CMS is wrong"), error);
	else if (err == DOC_OK && job->out->n == first)
		err = add_wrong(job->out, found->label, CHECK_SIGNATURE,
		    _("nobody signed it"), error);
	if (err == DOC_OK && !note_signers(job, found, range, first))
		err = doc_fail(error, DOC_ERR_MEMORY, "out of memory");
	return err;
}

static enum doc_err
check_found(struct job *job, const struct pdf_found *found,
    struct doc_error *error)
{
	qpdf_data q = job->doc.q;
	qpdf_oh oh = qpdf_get_object_by_id(q, found->id, found->gen);
	struct pdf_range range = { 0, 0, 0, { NULL, 0 } };
	const char *wrong = found->id != 0 ? pdf_kind_refused(q, oh) :
	    _("it stands inside of another object");
	enum check check = CHECK_SIGNATURE;
	enum doc_err err;

	if (wrong == NULL) {
		wrong = pdf_range_read(job->bytes, &job->doc,
		    job->trust->crypto, oh, &range);
		check = CHECK_COVERAGE;
	}
	if (wrong != NULL)
		err = add_wrong(job->out, found->label, check, wrong, error);
	else
		err = check_range(job, found, oh, &range, error);
	jpki_buf_free(&range.cms);
	qpdf_oh_release(q, oh);
	return err;
}

/* Does the document still have it, or did the revision before tell of it? */
static bool
is_known(const struct job *job, size_t revision, const struct pdf_found *found)
{
	return pdf_finds_same(&job->now, found) != NULL || (revision > 0 &&
	    pdf_finds_same(&job->states[revision - 1].finds, found) != NULL);
}

/* Signatures that a later revision took away or replaced. */
static enum doc_err
check_gone(struct job *job, struct doc_error *error)
{
	enum doc_err err = DOC_OK;

	for (size_t i = 0; i < job->revisions.n; i++) {
		const struct pdf_finds *then = &job->states[i].finds;

		for (size_t k = 0; k < then->n && err == DOC_OK; k++)
			if (!is_known(job, i, &then->found[k]))
				err = add_wrong(job->out, then->found[k].label,
				    CHECK_COVERAGE, _("the document had this "
				    "signature once, and was changed so that "
				    "it has it no longer"), error);
	}
	return err;
}

static enum doc_err
check_all(struct job *job, struct doc_error *error)
{
	enum doc_err err = pdf_doc_open(&job->doc, job->bytes, job->bytes->n,
	    error);

	if (err == DOC_OK)
		err = pdf_find(&job->doc, &job->now, error);
	if (err == DOC_OK)
		err = pdf_revisions_read(job->bytes, &job->revisions, error);
	if (err != DOC_OK)
		return err;
	job->states = calloc(job->revisions.n + 1, sizeof(*job->states));
	if (job->states == NULL)
		return doc_fail(error, DOC_ERR_MEMORY, "out of memory");
	look_at_ends(job);
	err = look_back(job, error);
	for (size_t i = 0; i < job->now.n && err == DOC_OK; i++)
		err = check_found(job, &job->now.found[i], error);
	if (err == DOC_OK)
		err = check_gone(job, error);
	return err == DOC_OK ? pdf_doc_sound(&job->doc, error) : err;
}

enum doc_err
pdf_check(const struct trust *trust, const struct doc_bytes *in,
    struct verdict *out, struct doc_error *error)
{
	struct job *job = calloc(1, sizeof(*job));
	enum doc_err err;

	if (job == NULL)
		return doc_fail(error, DOC_ERR_MEMORY, "out of memory");
	job->trust = trust;
	job->bytes = in;
	job->out = out;
	err = check_all(job, error);
	for (size_t i = 0; job->states != NULL && i < job->revisions.n; i++)
		pdf_finds_free(&job->states[i].finds);
	free(job->states);
	pdf_finds_free(&job->now);
	pdf_doc_close(&job->doc);
	free(job);
	return err;
}
