/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Operations and searches: when they are under way, and whether what they
 * give is right.  The proof is OpenSSL's, with the card's own key.
 */
#include <stdlib.h>
#include <string.h>

#include <openssl/evp.h>
#include <openssl/rsa.h>

#include "calls.h"

#define COUNT_OF(a)	(sizeof(a) / sizeof((a)[0]))
#define RAW_LIMIT	512	/* what a mechanism without a hash takes */

static const struct hash_row {
	CK_MECHANISM_TYPE type;
	const EVP_MD	*(*md)(void);	/* NULL: data comes hashed, or raw */
	bool		 pss;
} hashes[] = {
	{ CKM_RSA_PKCS, NULL, false },
	{ CKM_SHA1_RSA_PKCS, EVP_sha1, false },
	{ CKM_SHA256_RSA_PKCS, EVP_sha256, false },
	{ CKM_SHA384_RSA_PKCS, EVP_sha384, false },
	{ CKM_SHA512_RSA_PKCS, EVP_sha512, false },
	{ CKM_RSA_PKCS_PSS, NULL, true },
	{ CKM_SHA256_RSA_PKCS_PSS, EVP_sha256, true },
	{ CKM_SHA_1, EVP_sha1, false },
	{ CKM_SHA256, EVP_sha256, false },
	{ CKM_SHA384, EVP_sha384, false },
	{ CKM_SHA512, EVP_sha512, false },
};

static const struct hash_row *
hash_of(const struct mop *op)
{
	for (size_t i = 0; i < COUNT_OF(hashes); i++)
		if (hashes[i].type == op->type)
			return &hashes[i];
	calls_law(false, "an operation of mechanism %lX", op->type);
	return NULL;
}

/*
 * Proof.
 */

/* What is signed: the digest, or the data. */
static size_t
digested(const struct mop *op, uint8_t out[EVP_MAX_MD_SIZE], const uint8_t **p)
{
	const struct hash_row *row = hash_of(op);
	unsigned n = 0;

	*p = op->data;
	if (row->md == NULL)
		return op->n;
	*p = out;
	calls_law(EVP_Digest(op->data, op->n, out, &n, row->md(), NULL) == 1,
	    "OpenSSL can make a digest");
	return n;
}

static bool
set_up(EVP_PKEY_CTX *ctx, const struct hash_row *row)
{
	const EVP_MD *md = row->md != NULL ? row->md() : NULL;

	if (EVP_PKEY_verify_init(ctx) != 1 || EVP_PKEY_CTX_set_rsa_padding(ctx,
	    row->pss ? RSA_PKCS1_PSS_PADDING : RSA_PKCS1_PADDING) != 1)
		return false;
	if (!row->pss)
		return md == NULL ||
		    EVP_PKEY_CTX_set_signature_md(ctx, md) == 1;
	return EVP_PKEY_CTX_set_signature_md(ctx, EVP_sha256()) == 1 &&
	    EVP_PKEY_CTX_set_rsa_pss_saltlen(ctx, 32) == 1;
}

static bool
proves(const struct msession *s, const struct mop *op, const uint8_t *sig,
    size_t n)
{
	EVP_PKEY *key = world_key(s->reader, s->sign);
	uint8_t digest[EVP_MAX_MD_SIZE];
	EVP_PKEY_CTX *ctx;
	const uint8_t *p;
	bool right;
	size_t len;

	if (key == NULL || !EVP_PKEY_is_a(key, "RSA"))
		return false;
	ctx = EVP_PKEY_CTX_new(key, NULL);
	len = digested(op, digest, &p);
	right = ctx != NULL && set_up(ctx, hash_of(op)) &&
	    EVP_PKEY_verify(ctx, sig, n, p, len) == 1;
	EVP_PKEY_CTX_free(ctx);
	return right;
}

/*
 * The course of an operation.
 */

void
mop_end(struct mop *op)
{
	free(op->data);
	memset(op, 0, sizeof(*op));
}

static void
add(struct mop *op, const CK_BYTE *p, CK_ULONG n)
{
	uint8_t *grown;

	if (n == 0)
		return;
	grown = realloc(op->data, op->n + n);
	calls_law(grown != NULL, "there is memory");
	memcpy(grown + op->n, p, n);
	op->data = grown;
	op->n += n;
}

/* What begins under a login that may be lost may end when that is seen. */
static enum known
begun(const struct msession *s)
{
	return model.login[s->reader][s->sign] == MAYBE ? MAYBE : YES;
}

/* The session of the call as it was before it, if there was one. */
static struct msession *
session_of(const struct call *c)
{
	struct msession *s = model_session(c->s);

	return model.initialized && s != NULL && s->alive != NO ? s : NULL;
}

static void
judge_init(struct call *c, enum mop_kind kind)
{
	struct msession *s = session_of(c);
	struct mop *op;

	if (s == NULL)
		return;
	op = &s->op[kind];
	if (s->alive == YES && op->active == YES)
		calls_law(c->rv == (c->m == NULL ? CKR_OK :
		    CKR_OPERATION_ACTIVE), "one is under way");
	if (s->alive == YES && op->active == NO && c->m == NULL)
		calls_law(c->rv == CKR_ARGUMENTS_BAD, "none is under way");
	if (c->rv == CKR_OPERATION_ACTIVE)
		calls_law(op->active != NO, "none is under way");
	if (c->rv != CKR_OK)
		return;
	mop_end(op);
	if (c->m == NULL)
		return;
	op->active = kind == MOP_DIGEST ? YES : begun(s);
	op->type = c->m->mechanism;
	calls_law(kind != MOP_SIGN || model.login[s->reader][s->sign] != NO,
	    "nobody logged in");
}

void
judge_digest_init(struct call *c)
{
	judge_init(c, MOP_DIGEST);
}

void
judge_sign_init(struct call *c)
{
	judge_init(c, MOP_SIGN);
}

void
judge_verify_init(struct call *c)
{
	judge_init(c, MOP_VERIFY);
}

static bool
data_good(const struct call *c)
{
	return c->in_n == 0 || (c->in != NULL && c->in_n <= PTRDIFF_MAX);
}

/* Without an operation that is what is said, if nothing else is wrong. */
static void
check_active(const struct call *c, const struct msession *s,
    const struct mop *op, bool arguments_good)
{
	if (s->alive != YES || !arguments_good) {
		calls_law(c->rv != CKR_OK || s->alive != YES,
		    "the arguments are bad");
		return;
	}
	if (op->active == NO)
		calls_law(c->rv == CKR_OPERATION_NOT_INITIALIZED,
		    "none is under way");
	if (op->active == YES)
		calls_law(c->rv != CKR_OPERATION_NOT_INITIALIZED,
		    "one is under way");
}

static void
judge_update(struct call *c, enum mop_kind kind)
{
	struct msession *s = session_of(c);
	struct mop *op;

	if (s == NULL)
		return;
	op = &s->op[kind];
	check_active(c, s, op, data_good(c));
	if (c->rv == CKR_OK)
		add(op, c->in, c->in_n);
	else
		mop_end(op);
}

void
judge_digest_update(struct call *c)
{
	judge_update(c, MOP_DIGEST);
}

void
judge_sign_update(struct call *c)
{
	judge_update(c, MOP_SIGN);
}

void
judge_verify_update(struct call *c)
{
	judge_update(c, MOP_VERIFY);
}

/* An output that was asked for; false: none was given. */
static bool
given(struct call *c, struct msession *s, struct mop *op, bool whole)
{
	check_active(c, s, op, c->out_n != NULL && (!whole || data_good(c)));
	if (c->rv == CKR_BUFFER_TOO_SMALL)
		calls_law(c->out != NULL && *c->out_n > c->room,
		    "there is room");
	if (c->rv == CKR_BUFFER_TOO_SMALL ||
	    (c->rv == CKR_OK && c->out == NULL))
		return false;
	if (c->rv == CKR_OK)
		calls_law(*c->out_n <= c->room, "there was no room");
	if (c->rv == CKR_OK && whole)
		add(op, c->in, c->in_n);
	return true;
}

static void
digest_end(struct call *c, bool whole)
{
	struct msession *s = session_of(c);
	uint8_t digest[EVP_MAX_MD_SIZE];
	const uint8_t *p;
	struct mop *op;

	if (s == NULL)
		return;
	op = &s->op[MOP_DIGEST];
	if (!given(c, s, op, whole))
		return;
	if (c->rv == CKR_OK)
		calls_law(*c->out_n == digested(op, digest, &p) &&
		    memcmp(c->out, p, *c->out_n) == 0, "a wrong digest");
	else if (s->alive == YES && op->active == YES)
		calls_law(c->rv == CKR_ARGUMENTS_BAD ||
		    c->rv == CKR_OPERATION_ACTIVE, "nothing is wrong");
	mop_end(op);
}

void
judge_digest(struct call *c)
{
	digest_end(c, true);
}

void
judge_digest_final(struct call *c)
{
	digest_end(c, false);
}

/* A signature went out. */
static void
check_signature(const struct call *c, const struct msession *s,
    const struct mop *op)
{
	calls_law(op->active != NO, "none was under way");
	calls_law(model.login[s->reader][s->sign] != NO, "nobody logged in");
	calls_law(!model.settings.consent_each || !s->sign || op->consented,
	    "nobody consented");
	calls_law(proves(s, op, c->out, *c->out_n), "a wrong signature");
	memcpy(model.signature, c->out, *c->out_n);
	model.signature_n = *c->out_n;
}

/* Who is logged in at a card that nobody disturbs can sign. */
static void
check_refusal(const struct call *c, const struct msession *s,
    const struct mop *op)
{
	bool consent = model.settings.consent_each && s->sign;

	if (s->alive != YES || op->active != YES || hash_of(op)->pss ||
	    !model_quiet(s->reader) || model.login[s->reader][s->sign] != YES)
		return;
	calls_law(c->rv == CKR_ARGUMENTS_BAD || c->rv == CKR_DATA_LEN_RANGE ||
	    c->rv == CKR_OPERATION_ACTIVE || (consent && !op->consented &&
	    c->rv == CKR_USER_NOT_LOGGED_IN), "nothing keeps it from signing");
}

static void
sign_end(struct call *c, bool whole)
{
	struct msession *s = session_of(c);
	struct mop *op;

	if (s == NULL)
		return;
	op = &s->op[MOP_SIGN];
	if (!given(c, s, op, whole))
		return;
	if (c->rv == CKR_OK)
		check_signature(c, s, op);
	else
		check_refusal(c, s, op);
	mop_end(op);
	/* The card said that nobody is logged in, or consent is missing. */
	if (c->rv == CKR_USER_NOT_LOGGED_IN && !model.settings.consent_each)
		model_lose(s->reader, s->sign);
}

void
judge_sign(struct call *c)
{
	sign_end(c, true);
}

void
judge_sign_final(struct call *c)
{
	sign_end(c, false);
}

static bool
data_fits(const struct mop *op)
{
	const struct hash_row *row = hash_of(op);

	if (row->md != NULL)
		return true;
	return row->pss ? op->n == 32 : op->n <= 245 && op->n > 0;
}

static void
verify_end(struct call *c, bool whole)
{
	struct msession *s = session_of(c);
	struct mop *op;

	if (s == NULL)
		return;
	op = &s->op[MOP_VERIFY];
	check_active(c, s, op, c->sig != NULL && (!whole || data_good(c)));
	if (op->active != NO && whole && data_good(c))
		add(op, c->in, c->in_n);
	if (c->rv == CKR_OK)
		calls_law(op->active != NO && proves(s, op, c->sig, c->sig_n),
		    "a wrong signature is called right");
	if (c->rv == CKR_SIGNATURE_INVALID)
		calls_law(op->active != NO && !proves(s, op, c->sig, c->sig_n),
		    "a right signature is called wrong");
	if (c->rv == CKR_DATA_LEN_RANGE && s->alive == YES)
		calls_law(!data_fits(op), "the data fits");
	mop_end(op);
}

void
judge_verify(struct call *c)
{
	verify_end(c, true);
}

void
judge_verify_final(struct call *c)
{
	verify_end(c, false);
}

/*
 * Searches and attributes.
 */

static bool
template_good(const struct call *c)
{
	if ((c->t == NULL && c->t_n > 0) || c->t_n > 1024)
		return false;
	for (CK_ULONG i = 0; i < c->t_n; i++)
		if (c->t_before[i].pValue == NULL &&
		    c->t_before[i].ulValueLen > 0)
			return false;
	return true;
}

void
judge_find_init(struct call *c)
{
	struct msession *s = session_of(c);

	if (s == NULL)
		return;
	if (s->alive == YES && !template_good(c))
		calls_law(c->rv == CKR_ARGUMENTS_BAD, "the template is bad");
	else if (s->alive == YES && s->search != MAYBE &&
	    model_quiet(s->reader))
		calls_law(c->rv == (s->search == YES ? CKR_OPERATION_ACTIVE :
		    CKR_OK), "wrong result");
	if (c->rv == CKR_OK)
		s->search = begun(s);
}

static void
handle_note(CK_OBJECT_HANDLE h)
{
	calls_law(h != 0, "an object without a handle");
	if (model.objects == HANDLES_MAX) {
		memmove(model.object, model.object + 1,
		    (HANDLES_MAX - 1) * sizeof(h));
		model.objects--;
	}
	model.object[model.objects++] = h;
}

void
judge_find(struct call *c)
{
	struct msession *s = session_of(c);
	CK_ULONG n;

	if (s == NULL)
		return;
	if (s->alive == YES && s->search != MAYBE && c->out != NULL &&
	    c->out_n != NULL)
		calls_law(c->rv == (s->search == YES ? CKR_OK :
		    CKR_OPERATION_NOT_INITIALIZED), "wrong result");
	if (c->rv != CKR_OK)
		return;
	n = *c->out_n;
	calls_law(n <= c->room, "%lu objects for %lu", n, c->room);
	for (CK_ULONG i = 0; i < n; i++)
		handle_note(((CK_OBJECT_HANDLE *)(void *)c->out)[i]);
}

void
judge_find_final(struct call *c)
{
	struct msession *s = session_of(c);

	if (s == NULL)
		return;
	if (s->alive == YES && s->search != MAYBE)
		calls_law(c->rv == (s->search == YES ? CKR_OK :
		    CKR_OPERATION_NOT_INITIALIZED), "wrong result");
	if (c->rv == CKR_OK)
		s->search = NO;
}

static void
check_attribute(const struct call *c, const CK_ATTRIBUTE *was,
    const CK_ATTRIBUTE *now)
{
	CK_ULONG written = now->ulValueLen;

	calls_law(now->type == was->type && now->pValue == was->pValue,
	    "the template itself was changed");
	if (written == CK_UNAVAILABLE_INFORMATION ||
	    c->rv == CKR_OBJECT_HANDLE_INVALID)
		written = 0;
	if (was->pValue == NULL)
		return;
	calls_law(written <= was->ulValueLen, "a value longer than its room");
	calls_law(fuzz_untouched((const uint8_t *)was->pValue + written,
	    was->ulValueLen - written, FILLER), "written behind the value");
}

/* Without a login nobody sees what is private. */
static void
check_privacy(const CK_ATTRIBUTE *a)
{
	CK_ULONG class;

	if (a->pValue == NULL)
		return;
	if (a->type == CKA_PRIVATE && a->ulValueLen == sizeof(CK_BBOOL))
		calls_law(*(CK_BBOOL *)a->pValue == CK_FALSE,
		    "a private object shows");
	if (a->type != CKA_CLASS || a->ulValueLen != sizeof(class))
		return;
	memcpy(&class, a->pValue, sizeof(class));
	calls_law(class != CKO_PRIVATE_KEY, "a private key shows");
}

void
judge_attributes(struct call *c)
{
	struct msession *s = session_of(c);
	bool public = c->rv == CKR_OK && s != NULL &&
	    model.login[s->reader][s->sign] == NO;
	bool touched = c->rv == CKR_OK || c->rv == CKR_BUFFER_TOO_SMALL ||
	    c->rv == CKR_ATTRIBUTE_SENSITIVE ||
	    c->rv == CKR_ATTRIBUTE_TYPE_INVALID || (s != NULL &&
	    !model_quiet(s->reader));

	for (CK_ULONG i = 0; i < c->t_real && c->t != NULL; i++) {
		if (touched)
			check_attribute(c, &c->t_before[i], &c->t[i]);
		else
			calls_law(memcmp(&c->t_before[i], &c->t[i],
			    sizeof(c->t[i])) == 0, "written on an error");
		if (public)
			check_privacy(&c->t[i]);
		/* Keys have no value that anybody may see. */
		if (c->t[i].type == CKA_PRIVATE_EXPONENT && touched &&
		    c->t_n == c->t_real)
			calls_law(c->rv != CKR_OK, "a private exponent");
	}
}
