/* SPDX-License-Identifier: BSD-2-Clause */
#include "x509.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/core_names.h>
#include <openssl/decoder.h>
#include <openssl/err.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>

#include "anchors.h"
#include "date.h"
#include "digest.h"
#include "holder.h"
#include "mem.h"
#include "parts.h"

#define TEST_ORGANISATION	"JPKI-TEST"
#define OID_BYTES_MAX		512

static X509 *
x509_of(OSSL_LIB_CTX *crypto, struct slice der)
{
	const unsigned char *p = der.p;
	X509 *x509;

	if (der.n == 0 || der.n > LONG_MAX)
		return NULL;
	x509 = X509_new_ex(crypto, NULL);
	if (x509 == NULL)
		return NULL;
	/* Bytes behind the certificate would be bytes nobody vouches for. */
	if (d2i_X509(&x509, &p, (long)der.n) == NULL || p != der.p + der.n) {
		X509_free(x509);	/* NULL after a failed d2i */
		return NULL;
	}
	return x509;
}

static char *
bio_text(BIO *bio)
{
	char *data, *text;
	long n = BIO_get_mem_data(bio, &data);

	if (n < 0)
		return NULL;
	text = malloc((size_t)n + 1);
	if (text == NULL)
		return NULL;
	if (n > 0)
		memcpy(text, data, (size_t)n);
	text[n] = '\0';
	return text;
}

/* RFC 4514, with UTF-8 left as it is. */
static char *
name_text(const X509_NAME *name)
{
	unsigned long flags = XN_FLAG_RFC2253 &
	    ~(unsigned long)ASN1_STRFLGS_ESC_MSB;
	char *text = NULL;
	BIO *bio;

	bio = BIO_new(BIO_s_mem());
	if (bio != NULL && X509_NAME_print_ex(bio, name, 0, flags) >= 0)
		text = bio_text(bio);
	BIO_free(bio);
	return text;
}

static char *
octets_text(const ASN1_OCTET_STRING *octets)
{
	if (octets == NULL)
		return strdup("");
	return hex_new(slice_of(ASN1_STRING_get0_data(octets),
	    (size_t)ASN1_STRING_length(octets)));
}

/* Append to a list parted by ", "; false: no memory. */
static bool
list_add(char **list, const char *item)
{
	size_t old = strlen(*list), n = strlen(item);
	char *grown = realloc(*list, old + 2 + n + 1);

	if (grown == NULL)
		return false;
	if (old > 0) {
		memcpy(grown + old, ", ", 2);
		old += 2;
	}
	memcpy(grown + old, item, n + 1);
	*list = grown;
	return true;
}

static const struct {
	uint32_t	 bit;
	const char	*name;		/* RFC 5280, 4.2.1.3 */
} usages[] = {
	{ KU_DIGITAL_SIGNATURE, "digitalSignature" },
	{ KU_NON_REPUDIATION, "nonRepudiation" },
	{ KU_KEY_ENCIPHERMENT, "keyEncipherment" },
	{ KU_DATA_ENCIPHERMENT, "dataEncipherment" },
	{ KU_KEY_AGREEMENT, "keyAgreement" },
	{ KU_KEY_CERT_SIGN, "keyCertSign" },
	{ KU_CRL_SIGN, "cRLSign" },
	{ KU_ENCIPHER_ONLY, "encipherOnly" },
	{ KU_DECIPHER_ONLY, "decipherOnly" },
};

static char *
usage_text(X509 *x509)
{
	uint32_t bits = X509_get_key_usage(x509);
	char *list = strdup("");

	if (bits == UINT32_MAX)		/* no such extension */
		return list;
	for (size_t i = 0; i < sizeof(usages) / sizeof(usages[0]); i++)
		if (list != NULL && (bits & usages[i].bit) != 0 &&
		    !list_add(&list, usages[i].name)) {
			free(list);
			return NULL;
		}
	return list;
}

/* Whole: cut, it would be another.  No more than OpenSSL writes (3.0.9). */
static bool
list_add_oid(char **list, const ASN1_OBJECT *oid, bool dotted)
{
	int nid = OBJ_obj2nid(oid), n;
	char *text;
	bool ok;

	if (!dotted && nid != NID_undef)
		return list_add(list, OBJ_nid2sn(nid));
	if (OBJ_length(oid) > OID_BYTES_MAX)
		return list_add(list, "?");
	n = OBJ_obj2txt(NULL, 0, oid, 1);
	text = n > 0 ? malloc((size_t)n + 1) : NULL;
	ok = text != NULL && OBJ_obj2txt(text, n + 1, oid, 1) == n &&
	    list_add(list, text);
	free(text);
	return ok;
}

static char *
ext_usage_text(X509 *x509)
{
	EXTENDED_KEY_USAGE *eku;
	char *list = strdup("");
	bool ok = list != NULL;

	eku = X509_get_ext_d2i(x509, NID_ext_key_usage, NULL, NULL);
	for (int i = 0; ok && i < sk_ASN1_OBJECT_num(eku); i++)
		ok = list_add_oid(&list, sk_ASN1_OBJECT_value(eku, i), false);
	EXTENDED_KEY_USAGE_free(eku);
	if (!ok) {
		free(list);
		list = NULL;
	}
	return list;
}

static char *
policies_text(X509 *x509)
{
	CERTIFICATEPOLICIES *policies;
	char *list = strdup("");
	bool ok = list != NULL;

	policies = X509_get_ext_d2i(x509, NID_certificate_policies, NULL,
	    NULL);
	for (int i = 0; ok && i < sk_POLICYINFO_num(policies); i++)
		ok = list_add_oid(&list,
		    sk_POLICYINFO_value(policies, i)->policyid, true);
	CERTIFICATEPOLICIES_free(policies);
	if (!ok) {
		free(list);
		list = NULL;
	}
	return list;
}

/* RFC 5280, 4.1.2.2 forbids negative ones; their sign must not get lost. */
static char *
serial_text(X509 *x509)
{
	const ASN1_INTEGER *serial = X509_get0_serialNumber(x509);
	char *hex, *text;
	size_t n;

	hex = hex_new(slice_of(ASN1_STRING_get0_data(serial),
	    (size_t)ASN1_STRING_length(serial)));
	if (hex == NULL || ASN1_STRING_type(serial) != V_ASN1_NEG_INTEGER)
		return hex;
	n = strlen(hex) + 1;
	text = malloc(n + 1);
	if (text != NULL) {
		text[0] = '-';
		memcpy(text + 1, hex, n);
	}
	free(hex);
	return text;
}

static bool
epoch_of(const ASN1_TIME *time, int64_t *out)
{
	struct tm tm;
	struct date d;

	if (ASN1_TIME_to_tm(time, &tm) != 1)
		return false;
	d = (struct date){ tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday };
	*out = date_to_epoch(d) + tm.tm_hour * 3600 + tm.tm_min * 60 +
	    tm.tm_sec;
	return true;
}

static bool
organisation_is(const X509_NAME *name, const char *wanted)
{
	int at = X509_NAME_get_index_by_NID(name, NID_organizationName, -1);
	const ASN1_STRING *value;

	if (at < 0)
		return false;
	value = X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, at));
	return slice_equal(slice_of(ASN1_STRING_get0_data(value),
	    (size_t)ASN1_STRING_length(value)),
	    slice_of(wanted, strlen(wanted)));
}

static const char *
key_type_name(const EVP_PKEY *key)
{
	const char *name;

	if (key == NULL || (name = EVP_PKEY_get0_type_name(key)) == NULL)
		return "unknown";
	return name;
}

static char *
fingerprint_text(OSSL_LIB_CTX *crypto, struct slice der)
{
	uint8_t md[JPKI_DIGEST_MAX];
	struct wbuf w = wbuf_of(md, sizeof(md));

	if (digest_of(crypto, JPKI_HASH_SHA256, der, &w) != JPKI_OK)
		return NULL;
	return hex_new(wbuf_slice(&w));
}

static bool
fill_texts(X509 *x509, struct jpki_cert *c)
{
	return (c->serial = serial_text(x509)) != NULL &&
	    (c->subject = name_text(X509_get_subject_name(x509))) != NULL &&
	    (c->issuer = name_text(X509_get_issuer_name(x509))) != NULL &&
	    (c->key_usage = usage_text(x509)) != NULL &&
	    (c->ext_key_usage = ext_usage_text(x509)) != NULL &&
	    (c->policies = policies_text(x509)) != NULL &&
	    (c->subject_key_id =
	    octets_text(X509_get0_subject_key_id(x509))) != NULL &&
	    (c->authority_key_id =
	    octets_text(X509_get0_authority_key_id(x509))) != NULL;
}

static enum jpki_err
fill(OSSL_LIB_CTX *crypto, X509 *x509, struct slice der, struct jpki_cert *c)
{
	EVP_PKEY *key = X509_get0_pubkey(x509);
	int bits = key != NULL ? EVP_PKEY_get_bits(key) : 0;
	enum jpki_err err;

	if (!epoch_of(X509_get0_notBefore(x509), &c->not_before) ||
	    !epoch_of(X509_get0_notAfter(x509), &c->not_after))
		return JPKI_ERR_MALFORMED;
	c->renewable_from = date_renewable_from(c->not_after);
	c->key_bits = bits > 0 ? (unsigned)bits : 0;
	c->is_ca = X509_check_ca(x509) == 1;
	c->is_test = organisation_is(X509_get_issuer_name(x509),
	    TEST_ORGANISATION);
	if (!fill_texts(x509, c) ||
	    (c->key_type = strdup(key_type_name(key))) == NULL ||
	    (c->fingerprint = fingerprint_text(crypto, der)) == NULL)
		return JPKI_ERR_MEMORY;
	err = parts_fill(crypto, x509, c);
	return err == JPKI_OK ? holder_from_x509(x509, &c->holder) : err;
}

/*
 * OpenSSL takes extensions for invalid, and a key for none, also when it has
 * no memory to look at them, and does not say so.
 */
static bool
seen_whole(X509 *x509)
{
	ASN1_OBJECT *type = NULL;

	if (X509_check_purpose(x509, -1, 0) != 1)
		return false;
	return X509_get0_pubkey(x509) != NULL ||
	    X509_PUBKEY_get0_param(&type, NULL, NULL, NULL,
	    X509_get_X509_PUBKEY(x509)) != 1 ||
	    OBJ_obj2nid(type) != NID_rsaEncryption;
}

static enum jpki_err
parse_once(OSSL_LIB_CTX *crypto, struct slice der, bool whole,
    struct jpki_cert **out)
{
	struct jpki_cert *c = NULL;
	enum jpki_err err = JPKI_ERR_MALFORMED;
	struct mem_watch watch;
	X509 *x509;

	mem_watch_begin(&watch);
	x509 = x509_of(crypto, der);
	if (x509 == NULL || (whole && !seen_whole(x509)))
		goto out;
	err = JPKI_ERR_MEMORY;
	c = calloc(1, sizeof(*c));
	if (c != NULL)
		err = fill(crypto, x509, der, c);
out:
	X509_free(x509);
	err = mem_watch_end(&watch, err);
	if (err != JPKI_OK)
		jpki_cert_free(&c);
	else
		*out = c;
	return err;
}

enum jpki_err
x509_parse(OSSL_LIB_CTX *crypto, struct slice der, struct jpki_cert **out)
{
	enum jpki_err err = parse_once(crypto, der, true, out);

	return mem_doubts(err) ? parse_once(crypto, der, false, out) : err;
}

void
jpki_cert_free(struct jpki_cert **cert)
{
	struct jpki_cert *c;

	if (cert == NULL || *cert == NULL)
		return;
	c = *cert;
	free(c->serial);
	free(c->subject);
	free(c->issuer);
	free(c->key_type);
	free(c->key_usage);
	free(c->ext_key_usage);
	free(c->policies);
	free(c->subject_key_id);
	free(c->authority_key_id);
	free(c->fingerprint);
	parts_free(c);
	holder_free(&c->holder);
	free(c);
	*cert = NULL;
}

/*
 * The key as an object of our own library context.  X509_get_pubkey() would
 * make one of the host's ENGINE wherever the host has made one its default,
 * and our verification would run through that.
 */
static EVP_PKEY *
spki_key(OSSL_LIB_CTX *crypto, const unsigned char *spki, size_t n)
{
	OSSL_DECODER_CTX *decoder;
	EVP_PKEY *key = NULL;

	decoder = OSSL_DECODER_CTX_new_for_pkey(&key, "DER",
	    "SubjectPublicKeyInfo", NULL, EVP_PKEY_PUBLIC_KEY, crypto, NULL);
	if (decoder == NULL ||
	    OSSL_DECODER_from_data(decoder, &spki, &n) != 1) {
		EVP_PKEY_free(key);
		key = NULL;
	}
	OSSL_DECODER_CTX_free(decoder);
	return key;
}

static EVP_PKEY *
provided_key(OSSL_LIB_CTX *crypto, X509 *x509)
{
	unsigned char *spki = NULL;
	EVP_PKEY *key = NULL;
	int n;

	n = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(x509), &spki);
	if (n > 0)
		key = spki_key(crypto, spki, (size_t)n);
	OPENSSL_free(spki);
	return key;
}

static enum jpki_err
public_key(OSSL_LIB_CTX *crypto, struct slice der, EVP_PKEY **out)
{
	struct mem_watch watch;
	enum jpki_err err;
	X509 *x509;

	mem_watch_begin(&watch);
	x509 = x509_of(crypto, der);
	*out = x509 != NULL ? provided_key(crypto, x509) : NULL;
	X509_free(x509);
	err = mem_watch_end(&watch, *out != NULL ? JPKI_OK :
	    JPKI_ERR_MALFORMED);
	if (err != JPKI_OK) {
		EVP_PKEY_free(*out);
		*out = NULL;
	}
	return err;
}

enum jpki_err
x509_public_key(OSSL_LIB_CTX *crypto, struct slice der, EVP_PKEY **out)
{
	enum jpki_err err = public_key(crypto, der, out);

	return mem_doubts(err) ? public_key(crypto, der, out) : err;
}

static enum jpki_err
spki_copy(OSSL_LIB_CTX *crypto, struct slice der, struct jpki_buf *out)
{
	enum jpki_err err = JPKI_ERR_MALFORMED;
	unsigned char *spki = NULL;
	struct mem_watch watch;
	X509 *x509;
	int n;

	mem_watch_begin(&watch);
	x509 = x509_of(crypto, der);
	if (x509 == NULL)
		goto out;
	n = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(x509), &spki);
	if (n > 0)
		err = buf_copy(slice_of(spki, (size_t)n), out);
out:
	OPENSSL_free(spki);
	X509_free(x509);
	err = mem_watch_end(&watch, err);
	if (err != JPKI_OK)
		jpki_buf_free(out);
	return err;
}

enum jpki_err
x509_spki(OSSL_LIB_CTX *crypto, struct slice der, struct jpki_buf *out)
{
	enum jpki_err err = spki_copy(crypto, der, out);

	return mem_doubts(err) ? spki_copy(crypto, der, out) : err;
}

static bool
issued_by(OSSL_LIB_CTX *crypto, struct slice der, struct slice ca)
{
	const ASN1_OCTET_STRING *wanted, *has;
	EVP_PKEY *key = NULL;
	X509 *x509, *issuer;
	bool ok = false;

	ERR_set_mark();
	x509 = x509_of(crypto, der);
	issuer = x509_of(crypto, ca);
	if (x509 == NULL || issuer == NULL || X509_check_ca(issuer) != 1 ||
	    X509_NAME_cmp(X509_get_issuer_name(x509),
	    X509_get_subject_name(issuer)) != 0)
		goto out;
	/* The CA certificates themselves carry no authority key identifier. */
	wanted = X509_get0_authority_key_id(x509);
	has = X509_get0_subject_key_id(issuer);
	if (wanted != NULL && (has == NULL ||
	    ASN1_OCTET_STRING_cmp(wanted, has) != 0))
		goto out;
	key = provided_key(crypto, issuer);
	ok = key != NULL && X509_verify(x509, key) == 1;
out:
	EVP_PKEY_free(key);
	X509_free(x509);
	X509_free(issuer);
	ERR_pop_to_mark();
	return ok;
}

/* Once more, here and below, since what lacks memory does not hold either. */
bool
x509_issued_by(OSSL_LIB_CTX *crypto, struct slice der, struct slice ca)
{
	return issued_by(crypto, der, ca) || issued_by(crypto, der, ca);
}

static bool
opens(OSSL_LIB_CTX *crypto, EVP_PKEY *key, struct slice signature,
    struct slice data)
{
	EVP_PKEY_CTX *ctx;
	unsigned char *opened = NULL;
	size_t n = (size_t)EVP_PKEY_get_size(key);
	bool ok = false;

	ERR_set_mark();
	ctx = EVP_PKEY_CTX_new_from_pkey(crypto, key, NULL);
	opened = malloc(n);
	if (ctx != NULL && opened != NULL &&
	    EVP_PKEY_verify_recover_init(ctx) == 1 &&
	    EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PADDING) == 1 &&
	    EVP_PKEY_verify_recover(ctx, opened, &n, signature.p,
	    signature.n) == 1)
		ok = slice_equal(slice_of(opened, n), data);
	free(opened);
	EVP_PKEY_CTX_free(ctx);
	ERR_pop_to_mark();
	return ok;
}

bool
x509_opens(OSSL_LIB_CTX *crypto, EVP_PKEY *key, struct slice signature,
    struct slice data)
{
	return opens(crypto, key, signature, data) ||
	    opens(crypto, key, signature, data);
}

/*
 * With functions that take an EVP_MD, not a name: where the application made
 * an engine the default for RSA, OpenSSL 3.0 works with that engine's methods
 * whatever the key and the library context, and they know no names.
 */
static bool
pss_holds(OSSL_LIB_CTX *crypto, EVP_PKEY *key, struct slice signature,
    struct slice digest)
{
	EVP_PKEY_CTX *ctx;
	bool holds;

	ERR_set_mark();
	ctx = EVP_PKEY_CTX_new_from_pkey(crypto, key, NULL);
	holds = ctx != NULL && EVP_PKEY_verify_init(ctx) == 1 &&
	    EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PSS_PADDING) == 1 &&
	    EVP_PKEY_CTX_set_signature_md(ctx, EVP_sha256()) == 1 &&
	    EVP_PKEY_CTX_set_rsa_mgf1_md(ctx, EVP_sha256()) == 1 &&
	    EVP_PKEY_CTX_set_rsa_pss_saltlen(ctx, JPKI_PSS_SALT) == 1 &&
	    EVP_PKEY_verify(ctx, signature.p, signature.n, digest.p,
	    digest.n) == 1;
	EVP_PKEY_CTX_free(ctx);
	ERR_pop_to_mark();
	return holds;
}

bool
x509_pss_holds(OSSL_LIB_CTX *crypto, EVP_PKEY *key, struct slice signature,
    struct slice digest)
{
	return pss_holds(crypto, key, signature, digest) ||
	    pss_holds(crypto, key, signature, digest);
}
