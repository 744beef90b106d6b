/* SPDX-License-Identifier: BSD-2-Clause */
#define _GNU_SOURCE		/* memmem */
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/err.h>

#include "der.h"
#include "fixture.h"
#include "identity.h"
#include "parse.h"

#define CERT_MAX	8192
#define ID_MAX		64

static struct jpki_ctx *ctx;

static struct jpki_ctx *
context(void)
{
	if (ctx == NULL)
		fuzz_law(jpki_ctx_new(&ctx) == JPKI_OK, "a context");
	return ctx;
}

void
parse_left_no_error(void)
{
	fuzz_law(ERR_peek_error() == 0, "OpenSSL's errors are not left");
}

/*
 * Texts.
 */

/* Bytes that follow a first byte of UTF-8; -1: it cannot be first. */
static int
followers(uint8_t c)
{
	if (c < 0x80)
		return 0;
	if (c >= 0xC2 && c < 0xE0)
		return 1;
	if (c >= 0xE0 && c < 0xF0)
		return 2;
	return c >= 0xF0 && c < 0xF5 ? 3 : -1;
}

static void
check_utf8(const char *text)
{
	const uint8_t *p = (const uint8_t *)text;
	int n;

	fuzz_law(text != NULL, "a text");
	while (*p != '\0') {
		n = followers(*p++);
		fuzz_law(n >= 0, "UTF-8: a first byte");
		for (; n > 0; n--, p++)
			fuzz_law((*p & 0xC0) == 0x80, "UTF-8: the next");
	}
}

static void
check_optional(const char *text)
{
	if (text != NULL)
		check_utf8(text);
}

static void
check_hex(const char *text)
{
	fuzz_law(strspn(text, "0123456789ABCDEF") == strlen(text) &&
	    strlen(text) % 2 == 0, "hexadecimal text");
}

static void
check_holder(const struct jpki_holder *h)
{
	if (h == NULL)
		return;
	check_optional(h->name);
	check_optional(h->name_flags);
	check_optional(h->birth);
	check_optional(h->sex);
	check_optional(h->address);
	check_optional(h->address_flags);
	check_optional(h->birth_era);
	fuzz_law(h->birth_date == NULL || strlen(h->birth_date) == 10,
	    "a date has ten characters");
	fuzz_law(h->sex_text == NULL || h->sex != NULL, "sex is stored");
	for (size_t i = 0; i < h->others_count; i++) {
		fuzz_law(strspn(h->others[i].oid, "0123456789.") ==
		    strlen(h->others[i].oid), "a dotted OID");
		check_hex(h->others[i].hex);
	}
}

static void
check_part(struct slice der, const struct jpki_buf *part)
{
	fuzz_law(part->n > 0 && memmem(der.p, der.n, part->p, part->n) != NULL,
	    "a part stands in the certificate");
}

static void
check_texts(const struct jpki_cert *c)
{
	check_hex(c->serial + (c->serial[0] == '-'));
	check_utf8(c->subject);
	check_utf8(c->issuer);
	check_utf8(c->key_type);
	check_utf8(c->key_usage);
	check_utf8(c->ext_key_usage);
	check_utf8(c->policies);
	check_hex(c->subject_key_id);
	check_hex(c->authority_key_id);
	check_hex(c->fingerprint);
	fuzz_law(strlen(c->fingerprint) == 64, "SHA-256");
	check_holder(c->holder);
}

static void
check_cert(struct slice der, const struct jpki_cert *c)
{
	check_texts(c);
	check_part(der, &c->subject_der);
	check_part(der, &c->issuer_der);
	check_part(der, &c->serial_der);
	/* Bits that do not count OpenSSL clears: it need not stand there. */
	fuzz_law(c->spki.n > 0 && der_element(slice_of(c->spki.p,
	    c->spki.n)).n == c->spki.n, "a public key is DER");
	fuzz_law(c->key_id.n > 0, "a key identifier");
	fuzz_law((c->modulus.n > 0) == (strcmp(c->key_type, "RSA") == 0) &&
	    (c->ec_point.n > 0) == (strcmp(c->key_type, "EC") == 0),
	    "numbers of the key's type");
	fuzz_law(c->renewable_from < c->not_after, "renewal comes first");
}

static bool
same_text(const char *a, const char *b)
{
	return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

static void
check_same(const struct jpki_cert *a, const struct jpki_cert *b)
{
	fuzz_law(same_text(a->serial, b->serial) &&
	    same_text(a->subject, b->subject) &&
	    same_text(a->issuer, b->issuer) &&
	    same_text(a->policies, b->policies) &&
	    same_text(a->key_type, b->key_type) &&
	    same_text(a->fingerprint, b->fingerprint) &&
	    a->not_before == b->not_before && a->not_after == b->not_after &&
	    a->key_bits == b->key_bits && a->is_ca == b->is_ca &&
	    a->is_test == b->is_test, "read twice, it says the same");
}

/*
 * A certificate.
 */

static enum jpki_err
parse(struct slice der, struct jpki_cert **out)
{
	struct jpki_cert *untouched = (struct jpki_cert *)(void *)&ctx;
	enum jpki_err err;

	*out = untouched;
	err = jpki_cert_parse(context(), der.p, der.n, out);
	parse_left_no_error();
	fuzz_law(err == JPKI_OK || err == JPKI_ERR_MALFORMED,
	    "a certificate is one, or is malformed");
	fuzz_law((err == JPKI_OK) == (*out != untouched),
	    "parse writes on success only");
	if (err != JPKI_OK)
		*out = NULL;
	return err;
}

static bool
is_certificate(struct slice der)
{
	struct jpki_cert *c;
	bool is = parse(der, &c) == JPKI_OK;

	jpki_cert_free(&c);
	return is;
}

/* Nobody vouches for bytes behind it, and it needs all of its own. */
static void
check_ends(struct slice der)
{
	uint8_t *longer = malloc(der.n + 1);

	fuzz_law(longer != NULL, "memory");
	memcpy(longer, der.p, der.n);
	longer[der.n] = 0;
	fuzz_law(!is_certificate(slice_of(longer, der.n + 1)), "a byte more");
	fuzz_law(!is_certificate(slice_of(longer, der.n - 1)), "a byte less");
	free(longer);
}

static void
check_spki(struct slice der, const struct jpki_cert *c)
{
	struct jpki_buf spki = { NULL, 0 };

	fuzz_law(jpki_cert_spki(context(), der.p, der.n, &spki) == JPKI_OK,
	    "a certificate has a public key");
	fuzz_law(slice_equal(slice_of(spki.p, spki.n),
	    slice_of(c->spki.p, c->spki.n)), "the same public key");
	jpki_buf_free(&spki);
	parse_left_no_error();
}

static void
check_ssh(struct slice der)
{
	static const char base64[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "abcdefghijklmnopqrstuvwxyz0123456789+/=";
	char *line = NULL, *blob;
	enum jpki_err err;

	err = jpki_cert_ssh_key(context(), der.p, der.n, &line);
	parse_left_no_error();
	fuzz_law((err == JPKI_OK) == (line != NULL), "a line on success");
	if (err != JPKI_OK)
		return;
	fuzz_law(strncmp(line, "ssh-rsa ", 8) == 0 ||
	    strncmp(line, "ecdsa-sha2-nistp", 16) == 0, "a type of OpenSSH's");
	blob = strchr(line, ' ') + 1;
	fuzz_law(strncmp(blob, "AAAA", 4) == 0 &&
	    strcmp(blob + strspn(blob, base64), " JPKI") == 0,
	    "three words of a line");
	free(line);
}

static void
check_ca(struct slice der, const struct jpki_cert *c)
{
	enum jpki_ca ca = JPKI_CA_KNOWN;

	fuzz_law(jpki_cert_ca_claim(c) <= JPKI_CA_KNOWN, "a claim");
	if (jpki_cert_ca_prove(context(), der.p, der.n, der.p, der.n, &ca) ==
	    JPKI_OK)
		fuzz_law(ca != JPKI_CA_KNOWN, "no CA of J-LIS's is in here");
	parse_left_no_error();
}

static void
check_whole(struct slice der)
{
	struct jpki_cert *c, *again;

	if (parse(der, &c) != JPKI_OK)
		return;
	check_cert(der, c);
	/* To read it is slow: not all of these every time. */
	if (der.p[der.n - 1] % 4 == 0) {
		fuzz_law(parse(der, &again) == JPKI_OK, "read twice");
		check_same(c, again);
		jpki_cert_free(&again);
		check_ends(der);
	} else {
		check_spki(der, c);
		check_ssh(der);
		check_ca(der, c);
	}
	jpki_cert_free(&c);
}

void
parse_certificate(struct fuzz_in *in)
{
	check_whole(slice_of(in->p, in->n));
}

/*
 * Certificates and CAs.
 */

static enum jpki_ca
prove(struct slice der, struct slice ca)
{
	enum jpki_ca out = (enum jpki_ca)99;
	enum jpki_err err;

	err = jpki_cert_ca_prove(context(), der.p, der.n, ca.p, ca.n, &out);
	parse_left_no_error();
	fuzz_law((err == JPKI_OK) == (out != (enum jpki_ca)99),
	    "prove writes on success only");
	fuzz_law(out != JPKI_CA_KNOWN, "no CA of J-LIS's is in here");
	return err == JPKI_OK ? out : JPKI_CA_UNKNOWN;
}

void
parse_pair(struct fuzz_in *in)
{
	struct slice der = fuzz_take_long(in);
	struct slice ca = slice_of(in->p, in->n);

	(void)prove(der, ca);
}

/* One, made at its first use. */
static struct slice
made(struct jpki_buf *buf, const struct fixture *fixture)
{
	if (buf->p == NULL)
		*buf = fixture_make(fixture);
	return fixture_slice(buf);
}

static void
sign(struct slice tbs, struct wbuf *out)
{
	EVP_MD_CTX *md = EVP_MD_CTX_new();
	uint8_t signature[512];
	size_t n = sizeof(signature);

	fuzz_law(md != NULL && EVP_DigestSignInit_ex(md, NULL, "SHA256",
	    fixture_crypto(), NULL, fixture_key(FIXTURE_RSA_CA), NULL) == 1 &&
	    EVP_DigestSign(md, signature, &n, tbs.p, tbs.n) == 1,
	    "a CA signs anything");
	EVP_MD_CTX_free(md);
	wbuf_put_u8(out, 0x03);
	wbuf_put_u8(out, 0x82);
	wbuf_put_u16(out, (uint16_t)(n + 1));
	wbuf_put_u8(out, 0);
	wbuf_put(out, signature, n);
}

static struct slice
certify(struct slice tbs, uint8_t bytes[CERT_MAX + 600])
{
	static const uint8_t rsa_sha256[] = { 0x30, 0x0D, 0x06, 0x09, 0x2A,
	    0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x0B, 0x05, 0x00 };
	struct wbuf w = wbuf_of(bytes + 4, CERT_MAX + 596);

	wbuf_put_slice(&w, tbs);
	wbuf_put(&w, rsa_sha256, sizeof(rsa_sha256));
	sign(tbs, &w);
	bytes[0] = 0x30;
	bytes[1] = 0x82;
	bytes[2] = (uint8_t)(w.n >> 8);
	bytes[3] = (uint8_t)w.n;
	return slice_of(bytes, w.n + 4);
}

/* The proof ends with a single bit of what was signed. */
void
parse_signed(struct fuzz_in *in)
{
	static struct jpki_buf ca;
	static uint8_t bytes[CERT_MAX + 600];
	size_t at = fuzz_u16(in);
	struct slice tbs = slice_of(in->p, in->n), der;

	if (tbs.n < 8 || tbs.n > CERT_MAX)
		return;
	der = certify(tbs, bytes);
	check_whole(der);
	if (prove(der, made(&ca, &fixture_ca)) != JPKI_CA_TEST)
		return;
	bytes[4 + at % tbs.n] ^= 0x10;
	fuzz_law(prove(der, fixture_slice(&ca)) == JPKI_CA_UNKNOWN,
	    "no proof of what was changed");
}

/*
 * Claims.
 */

static enum jpki_err
verify(struct slice der, const struct jpki_claim *claim)
{
	enum jpki_err err = jpki_verify(context(), der.p, der.n, claim);

	parse_left_no_error();
	return err;
}

static void
check_claim(struct slice der, struct jpki_claim *claim, uint8_t *digest)
{
	enum jpki_err err = verify(der, claim);

	fuzz_law(verify(der, claim) == err, "a claim holds, or does not");
	if (err != JPKI_OK)
		return;
	digest[0] ^= 1;
	fuzz_law(verify(der, claim) != JPKI_OK, "not of another digest");
	digest[0] ^= 1;
	claim->pss = !claim->pss;
	fuzz_law(verify(der, claim) != JPKI_OK, "not of another padding");
}

/* Over a certificate whose key is sound, and over one of the input's. */
void
parse_claim(struct fuzz_in *in)
{
	static struct jpki_buf auth;
	uint8_t how = fuzz_u8(in), digest[256] = { 0 };
	struct jpki_claim claim = { .pss = (how & 0x80) != 0,
	    .hash = (enum jpki_hash)(how & 0x07), .digest = digest };
	struct slice data = fuzz_take_short(in);
	struct slice signature = fuzz_take_long(in);

	claim.digest_n = data.n;
	if (data.n > 0)
		memcpy(digest, data.p, data.n);
	claim.signature = signature.p;
	claim.signature_n = signature.n;
	if ((how & 0x40) == 0)
		check_claim(made(&auth, &fixture_auth), &claim, digest);
	else
		check_claim(slice_of(in->p, in->n), &claim, digest);
}

struct slice
parse_sample(unsigned kind)
{
	static const struct fixture *const fixtures[] = {
		&fixture_auth, &fixture_sign, &fixture_ca,
	};
	static struct jpki_buf bufs[4];
	static struct identity ec;
	size_t n = sizeof(fixtures) / sizeof(fixtures[0]);

	if (kind < n)
		return made(&bufs[kind], fixtures[kind]);
	if (kind > n)
		return slice_of(NULL, 0);
	if (ec.key == NULL)
		identity_ec(&ec);
	return fixture_slice(&ec.cert);
}
