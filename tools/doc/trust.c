/* SPDX-License-Identifier: BSD-2-Clause */
#include "trust.h"

#include <string.h>

#include <openssl/x509v3.h>

#include "chain.h"
#include "language.h"

/* PROTOCOL, "Certificates": of certificates for user authentication. */
#define POLICY_AUTH	"1.2.392.200149.8.5.1.3.30"

/* What an extended key usage may say of a certificate that signs documents:
 * RFC 5280, RFC 9336, Microsoft's and Adobe's older ones. */
static const char *const document_uses[] = {
	"anyExtendedKeyUsage", "emailProtection", "1.3.6.1.5.5.7.3.36",
	"1.3.6.1.4.1.311.10.3.12", "1.2.840.113583.1.1.5",
};

/* A certificate that is judged. */
struct judged {
	const struct trust		*trust;
	X509				*x509;
	struct jpki_cert		*cert;
	struct verdict_signature	*out;
};

/* Is it an item of a list parted by ", "? */
static bool
listed(const char *list, const char *item)
{
	size_t n = strlen(item);

	for (const char *at = list; (at = strstr(at, item)) != NULL; at += n)
		if ((at == list || at[-1] == ' ') &&
		    (at[n] == '\0' || at[n] == ','))
			return true;
	return false;
}

static bool
made_for_documents(const char *ext_key_usage)
{
	size_t n = sizeof(document_uses) / sizeof(document_uses[0]);

	if (ext_key_usage[0] == '\0')
		return true;
	for (size_t i = 0; i < n; i++)
		if (listed(ext_key_usage, document_uses[i]))
			return true;
	return false;
}

/* Why it may not sign documents; NULL if it may. */
static const char *
usage_fault(const struct judged *j)
{
	const char *ext = j->cert->ext_key_usage;
	uint32_t flags = X509_get_extension_flags(j->x509);
	uint32_t usage = X509_get_key_usage(j->x509);
	bool jpki = jpki_cert_ca_claim(j->cert) != JPKI_CA_UNKNOWN;

	if ((flags & (EXFLAG_INVALID | EXFLAG_CRITICAL)) != 0)
		return _("the certificate has extensions that are broken or not "
		    "understood");
	if ((flags & EXFLAG_CA) != 0 || X509_check_ca(j->x509) != 0)
		return _("it is the certificate of a CA, which signs "
		    "certificates, not documents");
	if (listed(j->cert->policies, POLICY_AUTH) ||
	    (!made_for_documents(ext) && listed(ext, "clientAuth")))
		return _("it is a certificate for user authentication, made for "
		    "logins, not for documents");
	if (!made_for_documents(ext))
		return _("its extended key usage is not the signing of "
		    "documents");
	if (usage == UINT32_MAX)
		return _("the certificate does not say that its key is for "
		    "signatures");
	/* J-LIS gives this bit to the certificates for signatures alone. */
	if (jpki && (usage & KU_NON_REPUDIATION) == 0)
		return _("it is no certificate for digital signatures: its key "
		    "usage lacks nonRepudiation");
	if ((usage & (KU_DIGITAL_SIGNATURE | KU_NON_REPUDIATION)) == 0)
		return _("its key usage is neither digitalSignature nor "
		    "nonRepudiation");
	return NULL;
}

static bool
judge_usage(const struct judged *j)
{
	const char *fault = usage_fault(j);

	if (fault != NULL)
		return verdict_note(j->out, CHECK_USAGE, FINDING_FAILED, "%s",
		    fault);
	return verdict_note(j->out, CHECK_USAGE, FINDING_OK, "the "
	    "certificate is made for signatures");
}

/* When it was signed, and who says so. */
static int64_t
time_that_counts(const struct judged *j, const char **source)
{
	if (j->out->stamped >= 0) {
		*source = _("which the time stamp proves");
		return j->out->stamped;
	}
	if (j->out->claimed >= 0) {
		*source = _("which the signer claims and nobody proves");
		return j->out->claimed;
	}
	*source = _("which is now, as nothing says when it was signed");
	return j->trust->now;
}

/* What a time of signing says that cannot be; NULL if it can. */
static const char *
time_fault(const struct judged *j)
{
	int64_t claimed = j->out->claimed, stamped = j->out->stamped;
	int64_t latest = j->trust->now + DOC_CLOCK_SKEW;

	if (claimed > latest)
		return _("the time of signing that is claimed lies in the "
		    "future");
	if (stamped > latest)
		return _("the time of the time stamp lies in the future");
	if (claimed >= 0 && claimed < j->cert->not_before)
		return _("the time of signing that is claimed lies before the "
		    "certificate's beginning");
	if (stamped >= 0 && claimed > stamped + DOC_CLOCK_SKEW)
		return _("the time of signing that is claimed lies after the "
		    "time stamp");
	return NULL;
}

static bool
judge_validity(const struct judged *j)
{
	const char *source, *fault = time_fault(j);
	int64_t when = time_that_counts(j, &source);
	char text[DOC_TIME_MAX], edge[DOC_TIME_MAX];

	doc_time_text(when, text);
	if (fault != NULL)
		return verdict_note(j->out, CHECK_VALIDITY, FINDING_FAILED,
		    "%s", fault);
	if (when < j->cert->not_before)
		return verdict_note(j->out, CHECK_VALIDITY, FINDING_FAILED,
		    "the certificate was not yet valid at %s, %s; it is from "
		    "%s", text, source, doc_time_text(j->cert->not_before,
		    edge));
	if (when > j->cert->not_after)
		return verdict_note(j->out, CHECK_VALIDITY, FINDING_FAILED,
		    "the certificate was no longer valid at %s, %s; it ended "
		    "%s", text, source, doc_time_text(j->cert->not_after,
		    edge));
	/* ETSI EN 319 102-1, 5.3: out of bounds, no proof of existence. */
	if (j->out->stamped < 0 && j->trust->now > j->cert->not_after)
		return verdict_note(j->out, CHECK_VALIDITY, FINDING_UNKNOWN,
		    "the certificate ended %s; that it was used before, at "
		    "%s, the signer claims and nobody proves",
		    doc_time_text(j->cert->not_after, edge), text);
	return verdict_note(j->out, CHECK_VALIDITY, FINDING_OK, "the "
	    "certificate was valid at %s, %s", text, source);
}

/*
 * When the CAs have to be valid.  That a time is claimed helps no CA that has
 * ended; of a certificate that has ended too, that is said already.
 */
static int64_t
time_of_chain(const struct judged *j)
{
	const char *source;
	bool in_force = j->trust->now >= j->cert->not_before &&
	    j->trust->now <= j->cert->not_after;

	return j->out->stamped < 0 && in_force ? j->trust->now :
	    time_that_counts(j, &source);
}

static bool
note_chain(const struct judged *j, const struct chain *chain)
{
	enum jpki_ca claim = jpki_cert_ca_claim(j->cert);

	if (chain->end == CHAIN_PINNED)
		return verdict_note(j->out, CHECK_CHAIN, FINDING_OK,
		    "issued by J-LIS");
	if (chain->end == CHAIN_GIVEN && claim == JPKI_CA_TEST)
		return verdict_note(j->out, CHECK_CHAIN, FINDING_OK, "issued "
		    "by a test CA that was given; it proves nobody's "
		    "identity");
	if (chain->end == CHAIN_GIVEN)
		return verdict_note(j->out, CHECK_CHAIN, FINDING_OK,
		    "issued by a CA that was given");
	if (claim == JPKI_CA_TEST && chain->reason == NULL)
		return verdict_note(j->out, CHECK_CHAIN, FINDING_FAILED,
		    "issued by a test CA, which proves nobody's identity; "
		    "--ca takes it for a test");
	if (claim == JPKI_CA_KNOWN && chain->reason == NULL &&
	    !chain->stranger)
		return verdict_note(j->out, CHECK_CHAIN, FINDING_UNKNOWN,
		    "the certificate of its CA, which is said to be one of "
		    "J-LIS, is not in the document; give it with --ca");
	return verdict_note(j->out, CHECK_CHAIN, FINDING_FAILED,
	    "no CA that is trusted issued it%s%s",
	    chain->reason != NULL ? ": " : "",
	    chain->reason != NULL ? chain->reason : "");
}

static bool
note_revocation(const struct judged *j)
{
	if (jpki_cert_ca_claim(j->cert) == JPKI_CA_UNKNOWN)
		return verdict_note(j->out, CHECK_REVOCATION, FINDING_UNKNOWN,
		    "whether the certificate was revoked is not checked");
	return verdict_note(j->out, CHECK_REVOCATION, FINDING_UNKNOWN,
	    "whether the certificate was revoked cannot be checked by the "
	    "public");
}

static enum doc_err
judge(const struct judged *j, STACK_OF(X509) *others, struct doc_error *error)
{
	struct chain chain = { .cert = j->x509, .others = others,
	    .when = time_of_chain(j) };
	enum doc_err err = chain_find(j->trust, &chain, error);

	if (err == DOC_OK && (!judge_usage(j) || !judge_validity(j) ||
	    !note_chain(j, &chain) || !note_revocation(j)))
		return doc_fail(error, DOC_ERR_MEMORY, "out of memory");
	return err;
}

enum doc_err
trust_judge(const struct trust *trust, X509 *signer, STACK_OF(X509) *others,
    struct verdict_signature *out, struct doc_error *error)
{
	struct judged j = { trust, signer, NULL, out };
	enum jpki_err parsed;
	enum doc_err err;

	jpki_buf_free(&out->cert);
	err = trust_cert_der(signer, &out->cert, error);
	if (err != DOC_OK)
		return err;
	parsed = jpki_cert_parse(trust->ctx, out->cert.p, out->cert.n,
	    &j.cert);
	if (parsed == JPKI_ERR_MALFORMED)
		return doc_fail(error, DOC_ERR_INPUT, "the signer's "
		    "certificate cannot be read");
	if (parsed != JPKI_OK)
		return doc_fail(error, DOC_ERR_MEMORY, "%s",
		    jpki_strerror(parsed));
	err = judge(&j, others, error);
	jpki_cert_free(&j.cert);
	return err;
}
