/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A signature over a PDF: everything is written with room for the signature,
 * whose size nobody knows before; then that room and what covers all the rest
 * are filled in.
 */
#include "pdf.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cms.h"
#include "pdf_date.h"
#include "pdf_draw.h"
#include "pdf_find.h"
#include "pdf_form.h"

/* What a signature takes besides its certificates and its value. */
#define ROOM_CMS	2048
#define ROOM_TIMESTAMP	16384

/* "/ByteRange[0 1234567890 1234567890 1234567890]" fits. */
#define RANGE_ROOM	48
#define RANGE_KEY	"/ByteRange["
#define CONTENTS_KEY	"/Contents<"

static const struct profile_row {
	const char	*subfilter;
	bool		 needs_name;
	bool		 no_signing_time;	/* M has it */
} profiles[] = {
	[PDF_PLAIN] = { "adbe.pkcs7.detached", false, false },
	[PDF_MOJ] = { "adbe.pkcs7.detached", true, false },
	[PDF_PADES] = { "ETSI.CAdES.detached", false, true },
};

/* ISO 32000-1 table 257: which version knows a hash in a signature. */
static const struct version_row {
	enum jpki_hash	 hash;
	const char	*version;
} versions[] = {
	{ JPKI_HASH_SHA256, "1.6" },
	{ JPKI_HASH_SHA384, "1.7" },
	{ JPKI_HASH_SHA512, "1.7" },
};

/* A signature in the making. */
struct job {
	const struct doc_signer		*signer;
	const struct doc_bytes		*in;
	const struct pdf_options	*options;
	const struct profile_row	*profile;
	struct pdf_doc			 doc;
	struct pdf_finds		 earlier;
	struct pdf_update		 update;
	char				*name;		/* or NULL */
	size_t				 room;		/* for the CMS */
	size_t				 range;		/* in the update, too */
	size_t				 contents;
};

/*
 * What stands in the signature dictionary.
 */

/* The holder's name, which a certificate for authentication does not have. */
static enum doc_err
holder_name(const struct doc_signer *signer, char **out,
    struct doc_error *error)
{
	struct jpki_ctx *ctx = NULL;
	struct jpki_cert *cert = NULL;
	unsigned char *der = NULL;
	int n = i2d_X509(signer->cert, &der);
	enum doc_err err = DOC_OK;

	if (n <= 0 || jpki_ctx_new(&ctx) != JPKI_OK ||
	    jpki_cert_parse(ctx, der, (size_t)n, &cert) != JPKI_OK) {
		err = doc_fail(error, DOC_ERR_INTERNAL, "the signer's "
		    "certificate cannot be read");
		goto out;
	}
	if (cert->holder != NULL && cert->holder->name != NULL &&
	    (*out = strdup(cert->holder->name)) == NULL)
		err = doc_fail(error, DOC_ERR_MEMORY, "out of memory");
out:
	jpki_cert_free(&cert);
	jpki_ctx_free(&ctx);
	OPENSSL_free(der);
	return err;
}

static enum doc_err
choose_name(struct job *job, struct doc_error *error)
{
	const char *given = job->options->name;
	enum doc_err err = DOC_OK;

	if (given == NULL)
		err = holder_name(job->signer, &job->name, error);
	else if ((job->name = strdup(given)) == NULL)
		err = doc_fail(error, DOC_ERR_MEMORY, "out of memory");
	if (err == DOC_OK && job->profile->needs_name &&
	    (job->name == NULL || job->name[0] == '\0'))
		err = doc_fail(error, DOC_ERR_OPTION, "the certificate has no "
		    "name and this profile needs one; give a name");
	return err;
}

static size_t
cert_size(X509 *cert)
{
	int n = cert != NULL ? i2d_X509(cert, NULL) : 0;

	return n > 0 ? (size_t)n : 0;
}

static size_t
cms_room(const struct doc_signer *signer)
{
	int key = EVP_PKEY_get_size(signer->key);

	/* The issuer's name stands twice, of ESS and of the signer. */
	return ROOM_CMS + 2 * cert_size(signer->cert) +
	    cert_size(signer->ca) + (size_t)(key > 0 ? key : 0) +
	    (signer->timestamp != NULL ? ROOM_TIMESTAMP : 0);
}

static void
write_string(struct job *job, const char *key, const char *text)
{
	qpdf_data q = job->doc.q;
	qpdf_oh oh;

	if (text == NULL || text[0] == '\0')
		return;
	oh = qpdf_oh_new_unicode_string(q, text);
	BIO_printf(job->update.out, "/%s %s", key, qpdf_oh_unparse(q, oh));
	qpdf_oh_release(q, oh);
}

static void
write_zeros(BIO *out, size_t n)
{
	static const char zeros[] = "00000000000000000000000000000000";

	for (; n > sizeof(zeros) - 1; n -= sizeof(zeros) - 1)
		BIO_write(out, zeros, (int)sizeof(zeros) - 1);
	BIO_write(out, zeros, (int)n);
}

/* With room for what is known last. */
static void
write_signature(struct job *job, qpdf_oh signature, const char *date)
{
	struct pdf_update *u = &job->update;
	char *p;

	(void)pdf_update_begin(u, signature);
	BIO_printf(u->out, "<</Type/Sig/Filter/Adobe.PPKLite/SubFilter/%s",
	    job->profile->subfilter);
	BIO_puts(u->out, RANGE_KEY);
	job->range = (size_t)BIO_get_mem_data(u->out, &p);
	BIO_printf(u->out, "%*s", RANGE_ROOM, "");
	BIO_puts(u->out, CONTENTS_KEY);
	job->contents = (size_t)BIO_get_mem_data(u->out, &p) - 1;
	write_zeros(u->out, 2 * job->room);
	BIO_printf(u->out, ">/M(%s)", date);
	write_string(job, "Name", job->name);
	write_string(job, "Reason", job->options->reason);
	write_string(job, "Location", job->options->location);
	BIO_puts(u->out, ">>");
	pdf_update_end(u);
}

/* Old versions do not know the hash; but what was signed stays as it is. */
static void
raise_version(struct job *job)
{
	qpdf_data q = job->doc.q;
	qpdf_oh root = qpdf_get_root(q);
	char name[16];

	for (size_t i = 0; i < sizeof(versions) / sizeof(*versions); i++) {
		if (versions[i].hash != job->signer->hash ||
		    job->earlier.n > 0 ||
		    strcmp(qpdf_get_pdf_version(q), versions[i].version) >= 0)
			continue;
		snprintf(name, sizeof(name), "/%s", versions[i].version);
		qpdf_oh_replace_key(q, root, "/Version",
		    qpdf_oh_new_name(q, name));
		pdf_update_change(&job->update, root);
	}
}

static enum doc_err
build(struct job *job, struct doc_error *error)
{
	const struct pdf_place *place = job->options->visible;
	char date[PDF_DATE_MAX], shown[PDF_DATE_MAX];
	qpdf_oh signature, drawing = 0;
	enum doc_err err = DOC_OK;

	if (!pdf_date_write(job->signer->now, date) ||
	    !pdf_date_write_long(job->signer->now, shown))
		return doc_fail(error, DOC_ERR_OPTION, "this computer's clock "
		    "is wrong");
	signature = pdf_update_reserve(&job->update);
	if (place != NULL)
		err = pdf_draw(&job->update, place, job->name != NULL ?
		    job->name : "", shown, &drawing, error);
	if (err == DOC_OK)
		err = pdf_form_add(&job->update, signature, place,
		    place != NULL ? &drawing : NULL, error);
	if (err != DOC_OK)
		return err;
	raise_version(job);
	write_signature(job, signature, date);
	return pdf_update_finish(&job->update, job->signer->crypto, error);
}

/*
 * What is filled in.
 */

/* The update, as bytes that can be changed. */
static struct doc_bytes
update_bytes(const struct job *job, uint8_t **p)
{
	char *text;
	long n = BIO_get_mem_data(job->update.out, &text);

	*p = (uint8_t *)text;
	return (struct doc_bytes){ *p, (size_t)n, -1 };
}

static void
fill_range(const struct job *job)
{
	uint8_t *p;
	size_t n = update_bytes(job, &p).n;
	size_t begin = job->in->n + job->contents;
	size_t end = begin + 2 * job->room + 2;
	char text[RANGE_ROOM + 1];
	int used = snprintf(text, sizeof(text), "0 %zu %zu %zu]", begin, end,
	    job->in->n + n - end);

	memcpy(p + job->range, text, (size_t)used);
}

static enum doc_err
make_cms(const struct job *job, struct jpki_buf *out, struct doc_error *error)
{
	const struct cms_options options = { .detached = true,
	    .no_signing_time = job->profile->no_signing_time };
	uint8_t *p;
	struct doc_bytes update = update_bytes(job, &p);
	size_t rest = job->contents + 2 * job->room + 2;
	const struct doc_piece pieces[] = {
		{ job->in, 0, job->in->n },
		{ &update, 0, job->contents },
		{ &update, rest, update.n - rest },
	};
	struct doc_stream stream;
	enum doc_err err;

	if (!doc_stream_open(&stream, pieces, 3))
		err = doc_fail(error, DOC_ERR_MEMORY, "out of memory");
	else
		err = cms_sign(job->signer, stream.bio, &options, out, error);
	if (err == DOC_OK && stream.failed)
		err = doc_fail(error, DOC_ERR_IO, "the PDF cannot be read");
	doc_stream_close(&stream);
	return err;
}

static enum doc_err
fill_contents(const struct job *job, const struct jpki_buf *cms,
    struct doc_error *error)
{
	static const char digits[] = "0123456789abcdef";
	uint8_t *p;

	(void)update_bytes(job, &p);
	if (cms->n > job->room)
		return doc_fail(error, DOC_ERR_INTERNAL, "the signature has "
		    "%zu bytes, and there is room for %zu", cms->n, job->room);
	p += job->contents + 1;
	for (size_t i = 0; i < cms->n; i++) {
		*p++ = (uint8_t)digits[cms->p[i] >> 4];
		*p++ = (uint8_t)digits[cms->p[i] & 15];
	}
	return DOC_OK;
}

static enum doc_err
hand_out(const struct job *job, struct jpki_buf *out, struct doc_error *error)
{
	uint8_t *p;
	size_t n = update_bytes(job, &p).n;

	out->p = malloc(n);
	if (out->p == NULL)
		return doc_fail(error, DOC_ERR_MEMORY, "out of memory");
	memcpy(out->p, p, n);
	out->n = n;
	return DOC_OK;
}

static enum doc_err
fill(const struct job *job, struct jpki_buf *out, struct doc_error *error)
{
	struct jpki_buf cms = { NULL, 0 };
	enum doc_err err;

	fill_range(job);
	err = make_cms(job, &cms, error);
	if (err == DOC_OK)
		err = fill_contents(job, &cms, error);
	if (err == DOC_OK)
		err = hand_out(job, out, error);
	jpki_buf_free(&cms);
	return err;
}

/* A signature may have forbidden every further one. */
static enum doc_err
check_earlier(struct job *job, struct doc_error *error)
{
	qpdf_data q = job->doc.q;
	enum doc_err err = pdf_find(&job->doc, &job->earlier, error);

	for (size_t i = 0; i < job->earlier.n && err == DOC_OK; i++) {
		const struct pdf_found *f = &job->earlier.found[i];
		qpdf_oh oh = qpdf_get_object_by_id(q, f->id, f->gen);

		if (f->id != 0 && pdf_forbids_changes(q, oh))
			err = doc_fail(error, DOC_ERR_INPUT, "the signature "
			    "\"%s\" certifies the PDF and forbids every "
			    "change, a further signature too", f->label);
		qpdf_oh_release(q, oh);
	}
	return err;
}

/* All but the signature. */
static enum doc_err
prepare(struct job *job, struct doc_error *error)
{
	enum doc_err err = pdf_doc_open(&job->doc, job->in, job->in->n, error);

	if (err == DOC_OK)
		err = check_earlier(job, error);
	if (err == DOC_OK)
		err = pdf_update_open(&job->update, &job->doc, job->in, error);
	return err == DOC_OK ? build(job, error) : err;
}

static void
job_free(struct job *job)
{
	pdf_update_close(&job->update);
	pdf_finds_free(&job->earlier);
	pdf_doc_close(&job->doc);
	free(job->name);
}

enum doc_err
pdf_try(const struct doc_signer *signer, const struct doc_bytes *in,
    const struct pdf_options *options, struct doc_error *error)
{
	struct job job = { .signer = signer, .in = in, .options = options,
	    .profile = &profiles[options->profile], .room = ROOM_CMS };
	enum doc_err err = prepare(&job, error);

	job_free(&job);
	return err;
}

enum doc_err
pdf_sign(const struct doc_signer *signer, const struct doc_bytes *in,
    const struct pdf_options *options, struct jpki_buf *update,
    struct doc_error *error)
{
	struct job job = { .signer = signer, .in = in, .options = options,
	    .profile = &profiles[options->profile],
	    .room = cms_room(signer) };
	enum doc_err err = choose_name(&job, error);

	if (err == DOC_OK)
		err = prepare(&job, error);
	if (err == DOC_OK)
		err = fill(&job, update, error);
	job_free(&job);
	return err;
}
