/* SPDX-License-Identifier: BSD-2-Clause */
/* PROTOCOL, "Certificates": the profile that these follow. */
#include "issue.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/rand.h>

#include "issue_ext.h"

#define VERSION_3	2
#define CA_BEFORE	365	/* days that a CA is older than a certificate */
#define CA_YEARS	10
#define DAY		86400

#define ORGANISATION	"JPKI-TEST"
#define AGENCY		"Japan Agency for Local Authority Information Systems"
#define SERVICE		"公的個人認証サービス"
#define CPS		"http://www.jpki.go.jp/cps.html"
#define OTHER_NAME	"1.2.392.200149.8.5.5"

#define DIGITAL_SIGNATURE	0	/* bits of keyUsage */
#define NON_REPUDIATION		1
#define KEY_CERT_SIGN		5
#define CRL_SIGN		6

/*
 * The responders' names cannot exist (RFC 2606): nobody who tries a virtual
 * card shall bother the real ones.
 */
static const struct {
	const char	*unit;
	const char	*policy;
	const char	*ocsp;
	int		 usage[2];
	size_t		 usage_n;
} kinds[ISSUE_KINDS] = {
	[ISSUE_SIGN] = { "JPKI for digital signature", "1.2.392.200149.8.5.1.0.20",
	    "http://ocspsignnorm.jpki-test.invalid",
	    { DIGITAL_SIGNATURE, NON_REPUDIATION }, 2 },
	[ISSUE_AUTH] = { "JPKI for user authentication", "1.2.392.200149.8.5.1.3.30",
	    "http://ocspauthnorm.jpki-test.invalid",
	    { DIGITAL_SIGNATURE }, 1 },
};

static const struct rdn service_name[] = {
	{ NID_countryName, "JP" },
	{ NID_organizationName, SERVICE },
	{ 0, NULL }
};

static X509_NAME *
authority_name(enum issue_kind kind)
{
	const struct rdn rdns[] = {
		{ NID_countryName, "JP" },
		{ NID_organizationName, ORGANISATION },
		{ NID_organizationalUnitName, kinds[kind].unit },
		{ NID_organizationalUnitName, AGENCY },
		{ 0, NULL }
	};

	return ext_name(rdns);
}

static X509_NAME *
crl_name(enum issue_kind kind)
{
	const struct rdn rdns[] = {
		{ NID_countryName, "JP" },
		{ NID_organizationName, ORGANISATION },
		{ NID_organizationalUnitName, kinds[kind].unit },
		{ NID_organizationalUnitName, "CRL Distribution Points" },
		{ NID_organizationalUnitName, PERSON_PREFECTURE },
		{ NID_commonName, PERSON_CITY " CRLDP" },
		{ 0, NULL }
	};

	return ext_name(rdns);
}

/* Opaque: random letters and digits, municipality, a suffix. */
static X509_NAME *
auth_subject(void)
{
	static const char letters[] = "0123456789ABCDEFGHIJKLMNOPQRSTUV";
	uint8_t random[14];
	char cn[32] = "";
	const struct rdn rdns[] = {
		{ NID_countryName, "JP" },
		{ NID_commonName, cn },
		{ 0, NULL }
	};

	if (RAND_bytes(random, sizeof(random)) != 1)
		return NULL;
	for (size_t i = 0; i < sizeof(random); i++)
		cn[i] = letters[random[i] % 32];
	memcpy(cn + sizeof(random), PERSON_MUNICIPALITY "003A",
	    sizeof(PERSON_MUNICIPALITY "003A"));
	return ext_name(rdns);
}

/* Locality, and when and under which number it was issued.  No name. */
static X509_NAME *
sign_subject(const struct person *p)
{
	struct day d = calendar_japan(p->issued);
	int seconds = (int)((p->issued + 9 * 3600) % DAY);
	char cn[64];
	const struct rdn rdns[] = {
		{ NID_countryName, "JP" },
		{ NID_localityName, PERSON_PREFECTURE },
		{ NID_localityName, PERSON_CITY },
		{ NID_commonName, cn },
		{ 0, NULL }
	};

	snprintf(cn, sizeof(cn), "%08d%02d%02d%02d%.9s", calendar_number(d),
	    seconds / 3600, seconds / 60 % 60, seconds % 60, p->serial + 6);
	return ext_name(rdns);
}

/* Positive, of at most four bytes. */
static bool
set_serial(X509 *cert)
{
	uint8_t r[4];
	uint32_t serial;

	if (RAND_bytes(r, sizeof(r)) != 1)
		return false;
	serial = (uint32_t)(r[0] & 0x7F) << 24 | (uint32_t)r[1] << 16 |
	    (uint32_t)r[2] << 8 | r[3];
	return ASN1_INTEGER_set_uint64(X509_get_serialNumber(cert),
	    serial | 1) == 1;
}

static X509 *
new_cert(X509_NAME *subject, X509_NAME *issuer, EVP_PKEY *key, int64_t from,
    int64_t until)
{
	X509 *cert = X509_new();

	if (cert != NULL && X509_set_version(cert, VERSION_3) == 1 &&
	    set_serial(cert) && subject != NULL && issuer != NULL &&
	    X509_set_subject_name(cert, subject) == 1 &&
	    X509_set_issuer_name(cert, issuer) == 1 &&
	    X509_set_pubkey(cert, key) == 1 &&
	    ASN1_TIME_set(X509_getm_notBefore(cert), (time_t)from) != NULL &&
	    ASN1_TIME_set(X509_getm_notAfter(cert), (time_t)until) != NULL)
		return cert;
	X509_free(cert);
	return NULL;
}

bool
issue_authority_new(enum issue_kind kind, const struct person *p,
    EVP_PKEY *key, struct issue_authority *out)
{
	static const int usage[] = { KEY_CERT_SIGN, CRL_SIGN };
	struct day first = calendar_japan(p->issued - (int64_t)CA_BEFORE * DAY);
	struct day last = { first.year + CA_YEARS, first.month,
	    first.day > 28 ? 28 : first.day };
	X509_NAME *name = authority_name(kind);
	X509_NAME *service = ext_name(service_name);
	X509 *cert = NULL;

	if (name == NULL || service == NULL)
		goto out;
	cert = new_cert(name, name, key,
	    p->issued - (int64_t)CA_BEFORE * DAY, calendar_end(last));
	if (cert == NULL || !ext_key_usage(cert, usage, 2) ||
	    !ext_alt_directory(cert, NID_subject_alt_name, service) ||
	    !ext_basic_ca(cert) || !ext_crl_point(cert, name) ||
	    !ext_subject_key_id(cert) ||
	    X509_sign(cert, key, EVP_sha256()) <= 0 ||
	    EVP_PKEY_up_ref(key) != 1)
		goto out;
	*out = (struct issue_authority){ kind, key, cert };
	cert = NULL;
out:
	X509_NAME_free(name);
	X509_NAME_free(service);
	X509_free(cert);
	return out->cert != NULL;
}

void
issue_authority_clear(struct issue_authority *ca)
{
	EVP_PKEY_free(ca->key);
	X509_free(ca->cert);
	*ca = (struct issue_authority){ 0 };
}

/* One 0 for each character: none of them was substituted. */
static char *
no_substitutes(const char *text)
{
	size_t n = person_characters(text);
	char *flags = malloc(n + 1);

	if (flags != NULL) {
		memset(flags, '0', n);
		flags[n] = '\0';
	}
	return flags;
}

/* The holder's four attributes, and what was substituted in two of them. */
static bool
add_attributes(X509 *cert, const struct person *p)
{
	char birth[16], sex[2] = { p->cert_sex, '\0' };
	char *name_flags = no_substitutes(p->name);
	char *address_flags = no_substitutes(p->address);
	const struct other_name names[] = {
		{ OTHER_NAME ".1", p->name },
		{ OTHER_NAME ".4", birth },
		{ OTHER_NAME ".3", sex },
		{ OTHER_NAME ".5", p->address },
		{ OTHER_NAME ".2", name_flags },
		{ OTHER_NAME ".6", address_flags },
		{ NULL, NULL }
	};
	bool done;

	snprintf(birth, sizeof(birth), "%d%08d",
	    calendar_era(p->birth, NULL), calendar_number(p->birth));
	done = name_flags != NULL && address_flags != NULL &&
	    ext_alt_other(cert, names);
	free(name_flags);
	free(address_flags);
	return done;
}

/* The two kinds differ in one extension. */
static bool
add_own(X509 *cert, enum issue_kind kind, const struct person *p,
    const char *policy)
{
	if (kind == ISSUE_AUTH)
		return ext_client_auth(cert) && ext_policy(cert, policy, CPS);
	return ext_policy(cert, policy, CPS) && add_attributes(cert, p);
}

X509 *
issue_cert(const struct issue_authority *ca, const struct person *p,
    const char *policy, EVP_PKEY *key)
{
	X509_NAME *subject, *service, *crl;
	X509 *cert = NULL;
	bool done = false;

	subject = ca->kind == ISSUE_AUTH ? auth_subject() : sign_subject(p);
	service = ext_name(service_name);
	crl = crl_name(ca->kind);
	if (policy == NULL)
		policy = kinds[ca->kind].policy;
	if (subject == NULL || service == NULL || crl == NULL)
		goto out;
	cert = new_cert(subject, X509_get_subject_name(ca->cert), key,
	    p->issued, p->until);
	done = cert != NULL &&
	    ext_key_usage(cert, kinds[ca->kind].usage,
	    kinds[ca->kind].usage_n) &&
	    add_own(cert, ca->kind, p, policy) &&
	    ext_alt_directory(cert, NID_issuer_alt_name, service) &&
	    ext_crl_point(cert, crl) &&
	    ext_ocsp(cert, kinds[ca->kind].ocsp) &&
	    ext_authority_key_id(cert, ca->cert) &&
	    ext_subject_key_id(cert) &&
	    X509_sign(cert, ca->key, EVP_sha256()) > 0;
out:
	if (!done) {
		X509_free(cert);
		cert = NULL;
	}
	X509_NAME_free(subject);
	X509_NAME_free(service);
	X509_NAME_free(crl);
	return cert;
}
