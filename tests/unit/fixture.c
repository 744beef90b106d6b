/* SPDX-License-Identifier: BSD-2-Clause */
#include "fixture.h"

#include <string.h>

#include <openssl/bn.h>
#include <openssl/param_build.h>
#include <openssl/x509v3.h>

#include "unit.h"

#define ATTRIBUTE	"1.2.392.200149.8.5.5."

static const char *const issuer[] = {
	"C", "JP", "O", "JPKI-TEST", "OU", "JPKI for digital signature",
	"OU", "Synthetic Authority", NULL
};
static const char *const sign_subject[] = {
	"C", "JP", "L", "Nanashi-ken", "L", "Kaku-shi",
	"CN", "20250102030405600NANASHI0001", NULL
};
static const char *const auth_subject[] = {
	"C", "JP", "CN", "0123456789ABCDEF00000000A", NULL
};

static const struct fixture_ext sign_exts[] = {
	{ "keyUsage", "critical,digitalSignature,nonRepudiation" },
	{ "certificatePolicies", "critical,1.2.392.200149.8.5.1.0.20" },
	{ "authorityInfoAccess", "OCSP;URI:http://ocsp.example.test" },
	{ "authorityKeyIdentifier", "keyid:always,issuer:always" },
	{ "subjectKeyIdentifier", "hash" },
	{ NULL, NULL }
};
static const struct fixture_ext auth_exts[] = {
	{ "keyUsage", "critical,digitalSignature" },
	{ "extendedKeyUsage", "clientAuth" },
	{ "certificatePolicies", "critical,1.2.392.200149.8.5.1.3.30" },
	{ "authorityKeyIdentifier", "keyid:always" },
	{ "subjectKeyIdentifier", "hash" },
	{ NULL, NULL }
};
/* No authority key identifier: those of J-LIS have none either. */
static const struct fixture_ext ca_exts[] = {
	{ "keyUsage", "critical,keyCertSign,cRLSign" },
	{ "basicConstraints", "critical,CA:TRUE" },
	{ "subjectKeyIdentifier", "hash" },
	{ NULL, NULL }
};

/* In the order of the profile. */
const struct fixture_other fixture_attributes[] = {
	{ ATTRIBUTE "1", V_ASN1_UTF8STRING, "名無　花子", 0 },
	{ ATTRIBUTE "4", V_ASN1_UTF8STRING, "319800217", 0 },
	{ ATTRIBUTE "3", V_ASN1_UTF8STRING, "2", 0 },
	{ ATTRIBUTE "5", V_ASN1_UTF8STRING, "名無県架空市仮町１－２－３", 0 },
	{ ATTRIBUTE "2", V_ASN1_UTF8STRING, "00010", 0 },
	{ ATTRIBUTE "6", V_ASN1_UTF8STRING, "0000000000001", 0 },
	{ NULL, 0, NULL, 0 }
};
const struct fixture fixture_sign = {
	.subject = sign_subject, .issuer = issuer, .serial = "0705D990",
	.not_before = "250102030405Z", .not_after = "300217145959Z",
	.key = FIXTURE_RSA, .issuer_key = FIXTURE_RSA_CA,
	.authority = FIXTURE_RSA_CA, .exts = sign_exts,
	.others = fixture_attributes,
};
const struct fixture fixture_auth = {
	.subject = auth_subject, .issuer = issuer, .serial = "0705D991",
	.not_before = "250102030405Z", .not_after = "300217145959Z",
	.key = FIXTURE_RSA, .issuer_key = FIXTURE_RSA_CA,
	.authority = FIXTURE_RSA_CA, .exts = auth_exts,
};
const struct fixture fixture_ca = {
	.subject = issuer, .issuer = issuer, .serial = "1EA8A8",
	.not_before = "240828000000Z", .not_after = "20340828145959Z",
	.key = FIXTURE_RSA_CA, .issuer_key = FIXTURE_RSA_CA,
	.authority = FIXTURE_RSA_CA, .exts = ca_exts,
};

static const char *const groups[FIXTURE_KEY_COUNT] = {
	[FIXTURE_P256] = "P-256",
	[FIXTURE_P384] = "P-384",
	[FIXTURE_P521] = "P-521",
	[FIXTURE_P224] = "P-224",
};

/*
 * Primes of the RSA keys, made for this file: to find new ones takes minutes
 * under valgrind.
 */
static const struct {
	const char	*p, *q;
} primes[] = {
	[FIXTURE_RSA] = {
	    "F5025CA315F4C3ECBD1426DEE30C1563EA5905DF5AD713434FCCB68EB9202FE5"
	    "B3CB5CFE7B4795FEE479594DCEB70C7816DB9AABE7067FD1B3100A6CC671DAC7"
	    "F4495C47A99B83CDBABD3845061292533C92786560923BFAC5F496197B1C73EE"
	    "762B2165127898B9B1DCF057BD988504737E000F7883034B9DA6D098BA899EF7",
	    "CDBF2F494A969740B7FEC3096BA4D8262F08DF13C772999D2A2BDC529861954A"
	    "AAED9CA8F99861CA78B3A8AD2831617DB6097593D397189EAF39C10BCEC0505F"
	    "77F236BF0183C6A2C3CA42C301F356F514B66FA1A72F45A38E9AA57BCB351FC5"
	    "1831CB41655CC89C67C43D9BC4CF5605DAE4D92CA858061049F09B6678F3606F" },
	[FIXTURE_RSA_CA] = {
	    "F0F6CD775772BAFA2CA0DB2A76EF9F1A4FBE2589317206E5CA52F513DF5B75CB"
	    "394C021FC210ED3825826A587C89D38AA09257685CDB74E2EDE280A244E3EC31"
	    "AA92BA186A0053741A5FA5986164CD263598C658459442F60587DA4B0D757ADB"
	    "F591478714AB0B48B1558D02E0BC3D9F7234A34C97B681E9077C2790314AAE11",
	    "CD7FE24BA3D013326F514B8ABADC41F8B13EE01F5398A4070046F300A14556CB"
	    "086C7D3DD0C3BA6C36E28B34F49E074C1526B3EB66A7C56098BB5F618AA7A9ED"
	    "9C3BFB05315595B2F268FD4BF0C84E3F28B7D14F22EDD2572F3C2649A8835DF4"
	    "8CB702B3AB430B3AD18392770F9FF7628CFD50B1753E90C5A8466BBC470C5DE5" },
};

static OSSL_LIB_CTX *crypto;
static EVP_PKEY *keys[FIXTURE_KEY_COUNT];

OSSL_LIB_CTX *
fixture_crypto(void)
{
	if (crypto == NULL)
		crypto = OSSL_LIB_CTX_new();
	assert_non_null(crypto);
	return crypto;
}

/* What a prime contributes: d modulo (prime - 1). */
static BIGNUM *
push_prime(OSSL_PARAM_BLD *build, BN_CTX *ctx, const BIGNUM *prime,
    const BIGNUM *d, int number)
{
	static const char *const names[][2] = {
		{ "rsa-factor1", "rsa-exponent1" },
		{ "rsa-factor2", "rsa-exponent2" },
	};
	BIGNUM *exponent = BN_dup(prime);

	assert_non_null(exponent);
	assert_true(BN_sub_word(exponent, 1) == 1 &&
	    BN_mod(exponent, d, exponent, ctx) == 1);
	assert_true(OSSL_PARAM_BLD_push_BN(build, names[number][0],
	    prime) == 1 && OSSL_PARAM_BLD_push_BN(build, names[number][1],
	    exponent) == 1);
	return exponent;
}

/* With all that a file of a private key has to hold. */
static OSSL_PARAM *
rsa_encode(BN_CTX *ctx, const BIGNUM *n, const BIGNUM *e, const BIGNUM *d,
    const BIGNUM *const pq[2])
{
	OSSL_PARAM_BLD *build = OSSL_PARAM_BLD_new();
	BIGNUM *exponents[2], *inverse = BN_mod_inverse(NULL, pq[1],
	    pq[0], ctx);
	OSSL_PARAM *params;

	for (int i = 0; i < 2; i++)
		exponents[i] = push_prime(build, ctx, pq[i], d, i);
	assert_true(OSSL_PARAM_BLD_push_BN(build, "n", n) == 1 &&
	    OSSL_PARAM_BLD_push_BN(build, "e", e) == 1 &&
	    OSSL_PARAM_BLD_push_BN(build, "d", d) == 1 &&
	    OSSL_PARAM_BLD_push_BN(build, "rsa-coefficient1", inverse) == 1);
	params = OSSL_PARAM_BLD_to_param(build);
	assert_non_null(params);
	BN_free(inverse);
	BN_free(exponents[0]);
	BN_free(exponents[1]);
	OSSL_PARAM_BLD_free(build);
	return params;
}

/* n = pq, d = 1/e modulo (p-1)(q-1). */
static OSSL_PARAM *
rsa_params(const char *p_hex, const char *q_hex)
{
	BN_CTX *ctx = BN_CTX_new_ex(fixture_crypto());
	BIGNUM *p = NULL, *q = NULL, *e = NULL;
	BIGNUM *n = BN_new(), *phi = BN_new(), *d = BN_new();
	OSSL_PARAM *params;

	assert_true(BN_hex2bn(&p, p_hex) > 0 && BN_hex2bn(&q, q_hex) > 0 &&
	    BN_hex2bn(&e, "010001") > 0);
	assert_true(BN_mul(n, p, q, ctx) == 1 && BN_sub(phi, n, p) == 1 &&
	    BN_sub(phi, phi, q) == 1 && BN_add_word(phi, 1) == 1);
	assert_non_null(BN_mod_inverse(d, e, phi, ctx));
	params = rsa_encode(ctx, n, e, d, (const BIGNUM *const[]){ p, q });
	BN_free(p);
	BN_free(q);
	BN_free(e);
	BN_free(n);
	BN_free(phi);
	BN_free(d);
	BN_CTX_free(ctx);
	return params;
}

static EVP_PKEY *
rsa_new(const char *p, const char *q)
{
	OSSL_PARAM *params = rsa_params(p, q);
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(fixture_crypto(),
	    "RSA", NULL);
	EVP_PKEY *key = NULL;

	assert_non_null(ctx);
	assert_int_equal(EVP_PKEY_fromdata_init(ctx), 1);
	assert_int_equal(EVP_PKEY_fromdata(ctx, &key, EVP_PKEY_KEYPAIR,
	    params), 1);
	EVP_PKEY_CTX_free(ctx);
	OSSL_PARAM_free(params);
	return key;
}

EVP_PKEY *
fixture_key(enum fixture_key key)
{
	const char *group = groups[key];

	if (keys[key] != NULL)
		return keys[key];
	if (key < COUNT(primes))
		keys[key] = rsa_new(primes[key].p, primes[key].q);
	else if (group != NULL)
		keys[key] = EVP_PKEY_Q_keygen(fixture_crypto(), NULL, "EC",
		    group);
	else
		keys[key] = EVP_PKEY_Q_keygen(fixture_crypto(), NULL,
		    "ED25519");
	assert_non_null(keys[key]);
	return keys[key];
}

int
fixture_free(void **state)
{
	(void)state;
	for (size_t i = 0; i < FIXTURE_KEY_COUNT; i++) {
		EVP_PKEY_free(keys[i]);
		keys[i] = NULL;
	}
	OSSL_LIB_CTX_free(crypto);
	crypto = NULL;
	return 0;
}

static void
fill_name(X509_NAME *name, const char *const *fields)
{
	for (size_t i = 0; fields[i] != NULL; i += 2)
		assert_int_equal(X509_NAME_add_entry_by_txt(name, fields[i],
		    strcmp(fields[i], "C") == 0 ? V_ASN1_PRINTABLESTRING :
		    V_ASN1_UTF8STRING,
		    (const unsigned char *)fields[i + 1], -1, -1, 0), 1);
}

static void
fill_serial(X509 *x509, const char *hex)
{
	BIGNUM *bn = NULL;

	assert_true(BN_hex2bn(&bn, hex) > 0);
	assert_non_null(BN_to_ASN1_INTEGER(bn,
	    X509_get_serialNumber(x509)));
	BN_free(bn);
}

/*
 * SHA-1 over the public key's bits (RFC 5280, 4.2.1.2).  OpenSSL's own "hash"
 * takes SHA-1 from the default library context.
 */
static void
add_key_id(X509 *x509)
{
	ASN1_OCTET_STRING *id = ASN1_OCTET_STRING_new();
	const ASN1_BIT_STRING *bits = X509_get0_pubkey_bitstr(x509);
	unsigned char md[EVP_MAX_MD_SIZE];
	size_t n;

	assert_non_null(id);
	assert_int_equal(EVP_Q_digest(fixture_crypto(), "SHA1", NULL,
	    ASN1_STRING_get0_data(bits), (size_t)ASN1_STRING_length(bits),
	    md, &n), 1);
	assert_int_equal(ASN1_OCTET_STRING_set(id, md, (int)n), 1);
	assert_int_equal(X509_add1_ext_i2d(x509, NID_subject_key_identifier,
	    id, 0, X509V3_ADD_DEFAULT), 1);
	ASN1_OCTET_STRING_free(id);
}

static void
add_ext(X509V3_CTX *ctx, X509 *x509, const char *name, const char *value)
{
	X509_EXTENSION *ext;

	if (strcmp(value, "hash") == 0) {
		add_key_id(x509);
		return;
	}
	ext = X509V3_EXT_nconf(NULL, ctx, name, value);
	if (ext == NULL)
		fail_msg("extension %s=%s cannot be made", name, value);
	assert_int_equal(X509_add_ext(x509, ext, -1), 1);
	X509_EXTENSION_free(ext);
}

/* Something to take the authority key identifier from. */
static X509 *
authority_new(const struct fixture *f)
{
	X509 *x509 = X509_new_ex(fixture_crypto(), NULL);

	assert_non_null(x509);
	assert_int_equal(X509_set_version(x509, X509_VERSION_3), 1);
	assert_int_equal(X509_set_pubkey(x509, fixture_key(f->authority)), 1);
	fill_name(X509_get_issuer_name(x509), f->issuer);
	fill_serial(x509, fixture_ca.serial);
	add_key_id(x509);
	return x509;
}

static GENERAL_NAME *
other_new(const struct fixture_other *row)
{
	GENERAL_NAME *name = GENERAL_NAME_new();
	ASN1_STRING *text = ASN1_STRING_type_new(row->type);
	ASN1_TYPE *value = ASN1_TYPE_new();
	ASN1_OBJECT *oid = OBJ_txt2obj(row->oid, 1);

	assert_true(name != NULL && text != NULL && value != NULL &&
	    oid != NULL);
	assert_int_equal(ASN1_STRING_set(text, row->value,
	    row->n > 0 ? row->n : (int)strlen(row->value)), 1);
	ASN1_TYPE_set(value, row->type, text);
	assert_int_equal(GENERAL_NAME_set0_othername(name, oid, value), 1);
	return name;
}

static void
add_others(X509 *x509, const struct fixture_other *others)
{
	GENERAL_NAMES *names = GENERAL_NAMES_new();

	assert_non_null(names);
	for (; others->oid != NULL; others++)
		assert_true(sk_GENERAL_NAME_push(names,
		    other_new(others)) > 0);
	assert_int_equal(X509_add1_ext_i2d(x509, NID_subject_alt_name, names,
	    0, X509V3_ADD_DEFAULT), 1);
	GENERAL_NAMES_free(names);
}

static void
fill(X509 *x509, const struct fixture *f)
{
	X509 *authority = authority_new(f);
	CONF *conf = NCONF_new_ex(fixture_crypto(), NULL);
	X509V3_CTX ctx;

	assert_non_null(conf);
	assert_int_equal(X509_set_version(x509, X509_VERSION_3), 1);
	fill_serial(x509, f->serial);
	fill_name(X509_get_subject_name(x509), f->subject);
	fill_name(X509_get_issuer_name(x509), f->issuer);
	assert_int_equal(ASN1_TIME_set_string(X509_getm_notBefore(x509),
	    f->not_before), 1);
	assert_int_equal(ASN1_TIME_set_string(X509_getm_notAfter(x509),
	    f->not_after), 1);
	assert_int_equal(X509_set_pubkey(x509, fixture_key(f->key)), 1);
	X509V3_set_ctx(&ctx, authority, x509, NULL, NULL, 0);
	/* Empty, but certificatePolicies asks for one. */
	X509V3_set_nconf(&ctx, conf);
	for (const struct fixture_ext *e = f->exts;
	    e != NULL && e->name != NULL; e++)
		add_ext(&ctx, x509, e->name, e->value);
	if (f->others != NULL)
		add_others(x509, f->others);
	if (f->alter != NULL)
		f->alter(x509);
	NCONF_free(conf);
	X509_free(authority);
}

struct jpki_buf
fixture_make(const struct fixture *f)
{
	X509 *x509 = X509_new_ex(fixture_crypto(), NULL);
	EVP_MD *md = NULL;
	struct jpki_buf buf = { NULL, 0 };
	unsigned char *der = NULL;
	int n;

	assert_non_null(x509);
	fill(x509, f);
	if (f->issuer_key != FIXTURE_ED25519)
		md = EVP_MD_fetch(fixture_crypto(), "SHA256", NULL);
	assert_true(X509_sign(x509, fixture_key(f->issuer_key), md) > 0);
	n = i2d_X509(x509, &der);
	assert_true(n > 0);
	assert_int_equal(buf_copy(slice_of(der, (size_t)n), &buf), JPKI_OK);
	OPENSSL_free(der);
	EVP_MD_free(md);
	X509_free(x509);
	return buf;
}

struct slice
fixture_slice(const struct jpki_buf *buf)
{
	return slice_of(buf->p, buf->n);
}
