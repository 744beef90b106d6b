/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Signed documents: one login, one transaction, however many there are.  The
 * certificate that goes into them is behind the PIN, so they are made while
 * the card is logged in.
 */
#include <stdlib.h>
#include <string.h>

#include <openssl/x509v3.h>

#include "ahead.h"
#include "certs.h"
#include "confine.h"
#include "hashes.h"
#include "interrupt.h"
#include "jpki_openssl.h"
#include "language.h"
#include "outfile.h"
#include "outjson.h"
#include "pinentry.h"
#include "progress.h"
#include "signjob.h"
#include "ui.h"
#include "validity.h"

/* One document on its way. */
struct doc {
	struct infile	 in;
	struct jpki_buf	 made;
	bool		 kept;		/* in, since it was tried */
	bool		 behind;	/* it goes behind the input's bytes */
	enum doc_err	 err;
	struct doc_error error;
	enum jpki_err	 key_err;	/* what the key said of it */
	bool		 cancelled;	/* before it was made */
};

struct run {
	struct tool		*t;
	const struct job	*job;
	struct docsign		 plan;
	struct doc_signer	 signer;
	struct doc		*docs;
	size_t			 done;
	enum exit_code		 code;		/* of the first that failed */
};

/* The certificate of the signature key tells who its holder is. */
static enum exit_code
ask_consent(const struct tool *t, const struct job *job)
{
	const char *question;

	if (job->key->key != JPKI_KEY_SIGN) {
		warning("the certificate for user authentication is made for "
		    "logins; who checks the document may refuse it");
		return EXIT_DONE;
	}
	if (t->opt->seen[OPT_YES])
		return EXIT_DONE;
	question = _("The document will hold your name, address, date of birth "
	    "and sex: everyone who\ngets it can read them.  Sign it?");
	if (t->opt->seen[OPT_PINENTRY])
		return pinentry_confirm(question);
	return ui_confirm(question, _("the document will hold your name, address, date of "
	    "birth and sex; give --yes if that is right"),
	    _("cancelled; nothing was sent to the card"));
}

/* A card that wants its PIN now does not get it a second time. */
static enum exit_code
read_cert(struct run *r, enum jpki_cert_id id, X509 **out)
{
	struct jpki_buf	der = { NULL, 0 };
	enum jpki_err	err = jpki_cert_read(r->t->card, id, &der);

	if (err != JPKI_OK)
		return fail_cert(r->t, id, err);
	*out = trust_cert_new(r->signer.crypto, der.p, der.n);
	jpki_buf_free(&der);
	return *out != NULL ? EXIT_DONE : fail_cert(r->t, id,
	    JPKI_ERR_MALFORMED);
}

/* A card without its CA's certificate signs without.  One that cannot be read
 * is tried again: memory may have been short for a moment. */
static enum exit_code
read_ca(struct run *r)
{
	struct jpki_buf	der = { NULL, 0 };
	enum jpki_err	err = jpki_cert_read(r->t->card, r->job->key->ca, &der);

	for (int i = 0; err == JPKI_OK && r->signer.ca == NULL && i < 2; i++)
		r->signer.ca = trust_cert_new(r->signer.crypto, der.p, der.n);
	jpki_buf_free(&der);
	return err == JPKI_OK || tool_err_is_local(err) ? EXIT_DONE :
	    fail_err(r->t, err);
}

/* A bit that was read wrong makes every document worthless; nobody but the CA
 * could tell. */
static enum exit_code
prove_cert(const struct run *r)
{
	X509 *cert = r->signer.cert, *ca = r->signer.ca;

	if (ca == NULL || X509_check_issued(ca, cert) != X509_V_OK ||
	    X509_verify(cert, X509_get0_pubkey(ca)) == 1)
		return EXIT_DONE;
	return fail_cert(r->t, r->job->key->cert, JPKI_ERR_MALFORMED);
}

/* It is signed nevertheless: the clock of this machine may be wrong. */
static void
warn_of_validity(const struct run *r)
{
	char	day[VALIDITY_TEXT];
	int64_t	from, until;

	if (!doc_time_of(X509_get0_notBefore(r->signer.cert), &from) ||
	    !doc_time_of(X509_get0_notAfter(r->signer.cert), &until))
		return;
	if (r->signer.now > until)
		warning("the certificate ended %s; who checks the document "
		    "will refuse it", validity_day(until, day));
	else if (r->signer.now < from)
		warning("the certificate begins %s; who checks the document "
		    "will refuse it, or this machine's clock is wrong",
		    validity_day(from, day));
}

static enum exit_code
log_in(struct run *r, struct pins *pins)
{
	enum exit_code	code = tool_card_open(r->t);
	enum jpki_err	err;

	if (code == EXIT_DONE)
		code = pins_login(r->t, pins, NULL);
	if (code == EXIT_DONE)
		code = read_cert(r, r->job->key->cert, &r->signer.cert);
	if (code == EXIT_DONE)
		code = read_ca(r);
	if (code == EXIT_DONE)
		code = prove_cert(r);
	if (code != EXIT_DONE)
		return code;
	warn_of_validity(r);
	err = jpki_pkey(r->t->card, r->job->key->key, &r->signer.key);
	return err == JPKI_OK ? EXIT_DONE : fail_err(r->t, err);
}

static enum exit_code
fail_changed(const struct infile *in)
{
	return fail(EXIT_FAILED, "%s changed while it was signed; sign it "
	    "when nothing writes to it", in->name);
}

static enum exit_code
put(struct run *r, const struct item *item, const struct doc *doc)
{
	const struct infile	*in = &doc->in;
	const struct jpki_buf	*made = &doc->made;
	const struct outpiece	 all[] = {
		{ in->p, in->n, in },
		{ made->p, made->n, NULL },
		{ NULL, 0, NULL },
	}, *pieces = doc->behind ? all : all + 1;

	if (!infile_same(in))
		return fail_changed(in);
	if (item->output != NULL)
		return outfile_write_pieces(item->output, pieces,
		    r->t->opt->seen[OPT_FORCE] > 0, false);
	for (size_t i = 0; pieces[i].p != NULL; i++)
		fwrite(pieces[i].p, 1, pieces[i].n, r->t->out);
	return infile_same(in) ? EXIT_DONE : fail_changed(in);
}

static enum exit_code
fail_made(const struct run *r, const struct doc *doc)
{
	/* ARG: it could not even be asked. */
	if (doc->err == DOC_ERR_KEY && doc->key_err != JPKI_OK &&
	    doc->key_err != JPKI_ERR_ARG)
		return fail_err(r->t, doc->key_err);
	return fail(doc->err == DOC_ERR_OPTION ? EXIT_USAGE : EXIT_FAILED,
	    "%s: %s", doc->in.name, doc->error.words);
}

static void
doc_free(struct doc *doc)
{
	jpki_buf_free(&doc->made);
	infile_close(&doc->in);
}

/*
 * A document's way: opened and put by this thread, made by another.
 */

static const char *
path_of(const struct item *item)
{
	return item->input != NULL ? item->input : "-";
}

static bool
doc_give(void *user, size_t i)
{
	struct run		*r = user;
	const struct item	*item = &r->job->items[i];

	if (r->code == EXIT_DONE && interrupt_noted())
		r->code = fail(EXIT_CANCELLED, "cancelled");
	if (r->code == EXIT_DONE && !r->docs[i].kept)
		r->code = infile_open(path_of(item), &r->docs[i].in);
	return r->code == EXIT_DONE;
}

static void
doc_make(void *user, size_t i)
{
	struct run	*r = user;
	struct doc	*doc = &r->docs[i];

	if (interrupt_noted()) {
		doc->cancelled = true;
		return;
	}
	doc->err = docsign_make(&r->plan, &r->signer, &doc->in, &doc->made,
	    &doc->behind, &doc->error);
	/* Before the key is asked for the next one.  Of several threads another
	 * may have been quicker: then the words say it. */
	doc->key_err = doc->err == DOC_ERR_KEY ?
	    jpki_pkey_error(r->signer.key) : JPKI_OK;
}

static bool
doc_take(void *user, size_t i)
{
	struct run	*r = user;
	struct doc	*doc = &r->docs[i];
	enum exit_code	 code;

	if (doc->cancelled) {
		progress_end(r->job->count);
		code = fail(EXIT_CANCELLED, "cancelled");
	} else if (doc->err == DOC_OK) {
		code = put(r, &r->job->items[i], doc);
	} else {
		progress_end(r->job->count);
		code = fail_made(r, doc);
	}
	doc_free(doc);
	if (code == EXIT_DONE)
		progress_show(++r->done, r->job->count);
	else
		r->code = code;
	return code == EXIT_DONE;
}

static enum exit_code
sign_each(struct run *r, unsigned jobs)
{
	const struct ahead work = { r->job->count, jobs, r, doc_give,
	    doc_take, doc_make };

	if (!ahead_run(&work))
		r->code = fail(EXIT_FAILED, "no thread can be started; close "
		    "other programs");
	progress_end(r->job->count);
	/* Ctrl-C behind the last one changes nothing any more. */
	if (r->code == EXIT_DONE && r->job->items[0].output != NULL)
		r->t->done = _("the documents are signed");
	if (r->code != EXIT_DONE && r->job->count > 1)
		warning("%zu of %zu documents are signed; \"%s\" and those "
		    "behind it are not", r->done, r->job->count,
		    r->job->items[r->done].input);
	return r->code;
}

/*
 * Trying: what is wrong with a document is said before anybody is asked for a
 * PIN, and before the card is held for as long as that takes.
 */

static enum exit_code
try_one(struct run *r, struct infile *in)
{
	struct doc_error	error;
	enum doc_err		err;
	enum exit_code		code;

	if (!confine_begin(in->name, in->n, &code))
		return code;
	err = docsign_try(&r->plan, &r->signer, in, &error);
	if (err != DOC_OK)
		code = fail(err == DOC_ERR_OPTION ? EXIT_USAGE : EXIT_FAILED,
		    "%s: %s", in->name, error.words);
	exit((int)code);
}

/* What can be read once only is kept. */
static enum exit_code
try_each(struct run *r)
{
	enum exit_code code = EXIT_DONE;

	for (size_t i = 0; docsign_tries(&r->plan) && i < r->job->count &&
	    code == EXIT_DONE; i++) {
		const char	*path = path_of(&r->job->items[i]);
		struct doc	*doc = &r->docs[i];

		code = infile_open(path, &doc->in);
		if (code == EXIT_DONE)
			code = try_one(r, &doc->in);
		doc->kept = !infile_lasts(path);
		if (!doc->kept)
			infile_close(&doc->in);
	}
	return code;
}

static enum exit_code
make_docs(struct run *r)
{
	r->docs = calloc(r->job->count, sizeof *r->docs);
	if (r->docs == NULL)
		return fail_err(r->t, JPKI_ERR_MEMORY);
	for (size_t i = 0; i < r->job->count; i++)
		r->docs[i].in.fd = -1;
	return EXIT_DONE;
}

/* What can be told before a person is asked for a PIN. */
static enum exit_code
check_job(const struct tool *t, const struct job *job)
{
	enum exit_code code = EXIT_DONE;

	if (!hash_is_safe(job->hash))
		return fail(EXIT_USAGE, "documents are signed with sha256, "
		    "sha384 or sha512; give one of them");
	/* It cannot hold both a document and what is said of it. */
	if (t->opt->seen[OPT_JSON] && job->items[0].output == NULL)
		return fail(EXIT_USAGE, "--json says what was written; give "
		    "-o FILE or --suffix");
	for (size_t i = 0; i < job->count && code == EXIT_DONE; i++)
		if (job->items[i].input != NULL)
			code = infile_check(job->items[i].input);
	return code;
}

/* What was written, also if not all was. */
static void
print_json(const struct run *r)
{
	struct json j = { r->t->out, false };

	json_open(&j, NULL, '{');
	json_string(&j, "key", r->job->key->name);
	json_string(&j, "hash", jpki_hash_name(r->job->hash));
	json_string(&j, "format", r->t->opt->value[OPT_FORMAT]);
	json_open(&j, "documents", '[');
	for (size_t i = 0; i < r->done; i++) {
		json_open(&j, NULL, '{');
		json_string(&j, "file", r->job->items[i].input);
		json_string(&j, "output", r->job->items[i].output);
		json_close(&j, '}');
	}
	json_close(&j, ']');
	json_close(&j, '}');
	fputc('\n', r->t->out);
	r->t->answered = true;
}

static void
run_free(struct run *r)
{
	for (size_t i = 0; r->docs != NULL && i < r->job->count; i++)
		doc_free(&r->docs[i]);
	free(r->docs);
	EVP_PKEY_free(r->signer.key);
	X509_free(r->signer.cert);
	X509_free(r->signer.ca);
	docsign_free(&r->plan);
}

enum exit_code
sign_documents(struct tool *t, struct job *job, struct pins *pins)
{
	struct run	*r = calloc(1, sizeof *r);
	int		 jobs = 1;
	enum exit_code	 code;

	if (r == NULL || jpki_crypto(t->ctx, &r->signer.crypto) != JPKI_OK) {
		free(r);
		return fail_err(t, JPKI_ERR_MEMORY);
	}
	r->t = t;
	r->job = job;
	r->signer.hash = job->hash;
	r->signer.now = t->now;
	r->signer.timestamp = t->opt->value[OPT_TIMESTAMP];
	if (t->opt->seen[OPT_JOBS])
		jobs = options_number(t->opt, OPT_JOBS, 63);
	code = jobs < 0 ? EXIT_USAGE : docsign_plan(t, &r->plan);
	if (code == EXIT_DONE)
		code = check_job(t, job);
	if (code == EXIT_DONE)
		code = make_docs(r);
	if (code == EXIT_DONE)
		code = try_each(r);
	if (code == EXIT_DONE)
		code = ask_consent(t, job);
	if (code == EXIT_DONE)
		code = pins_load(t, job->key->pin, pins);
	if (code == EXIT_DONE)
		code = log_in(r, pins);
	if (code == EXIT_DONE)
		code = sign_each(r, jobs > 0 ? (unsigned)jobs : 1);
	code = tool_card_close(t, code);
	if (r->done > 0 && t->opt->seen[OPT_JSON])
		print_json(r);
	run_free(r);
	free(r);
	return code;
}
