/* SPDX-License-Identifier: BSD-2-Clause */
#include "issue_ext.h"

#include <openssl/evp.h>
#include <openssl/objects.h>

/*
 * Every function that puts a thing into a larger one takes the thing over,
 * also when it fails, so that callers have one path.
 */

X509_NAME *
ext_name(const struct rdn *rdns)
{
	X509_NAME *name = X509_NAME_new();

	for (; name != NULL && rdns->text != NULL; rdns++) {
		int type = rdns->nid == NID_countryName ?
		    V_ASN1_PRINTABLESTRING : V_ASN1_UTF8STRING;

		if (X509_NAME_add_entry_by_NID(name, rdns->nid, type,
		    (const unsigned char *)rdns->text, -1, -1, 0) == 1)
			continue;
		X509_NAME_free(name);
		name = NULL;
	}
	return name;
}

static bool
add(X509 *cert, int nid, void *value, bool critical)
{
	return value != NULL && X509_add1_ext_i2d(cert, nid, value, critical,
	    X509V3_ADD_APPEND) == 1;
}

/* A list with one directory name. */
static GENERAL_NAMES *
directory_names(X509_NAME *name)
{
	GENERAL_NAMES *names = GENERAL_NAMES_new();
	GENERAL_NAME *gn = GENERAL_NAME_new();
	X509_NAME *copy = X509_NAME_dup(name);

	if (names == NULL || gn == NULL || copy == NULL)
		goto fail;
	GENERAL_NAME_set0_value(gn, GEN_DIRNAME, copy);
	copy = NULL;
	if (sk_GENERAL_NAME_push(names, gn) <= 0)
		goto fail;
	return names;
fail:
	X509_NAME_free(copy);
	GENERAL_NAME_free(gn);
	GENERAL_NAMES_free(names);
	return NULL;
}

bool
ext_key_usage(X509 *cert, const int *bits, size_t n)
{
	ASN1_BIT_STRING *usage = ASN1_BIT_STRING_new();
	bool done = usage != NULL;

	for (size_t i = 0; done && i < n; i++)
		done = ASN1_BIT_STRING_set_bit(usage, bits[i], 1) == 1;
	done = done && add(cert, NID_key_usage, usage, true);
	ASN1_BIT_STRING_free(usage);
	return done;
}

bool
ext_client_auth(X509 *cert)
{
	EXTENDED_KEY_USAGE *usage = EXTENDED_KEY_USAGE_new();
	bool done;

	done = usage != NULL && sk_ASN1_OBJECT_push(usage,
	    OBJ_nid2obj(NID_client_auth)) > 0 &&
	    add(cert, NID_ext_key_usage, usage, false);
	EXTENDED_KEY_USAGE_free(usage);
	return done;
}

static POLICYQUALINFO *
cps_qualifier(const char *cps)
{
	POLICYQUALINFO *info = POLICYQUALINFO_new();

	if (info == NULL)
		return NULL;
	info->pqualid = OBJ_nid2obj(NID_id_qt_cps);
	info->d.cpsuri = ASN1_IA5STRING_new();
	if (info->d.cpsuri != NULL &&
	    ASN1_STRING_set(info->d.cpsuri, cps, -1) == 1)
		return info;
	POLICYQUALINFO_free(info);
	return NULL;
}

static POLICYINFO *
policy_info(const char *oid, const char *cps)
{
	POLICYINFO *info = POLICYINFO_new();
	POLICYQUALINFO *qualifier = cps_qualifier(cps);

	if (info == NULL || qualifier == NULL)
		goto fail;
	ASN1_OBJECT_free(info->policyid);
	info->policyid = OBJ_txt2obj(oid, 1);
	info->qualifiers = sk_POLICYQUALINFO_new_null();
	if (info->policyid == NULL || info->qualifiers == NULL ||
	    sk_POLICYQUALINFO_push(info->qualifiers, qualifier) <= 0)
		goto fail;
	return info;
fail:
	POLICYQUALINFO_free(qualifier);
	POLICYINFO_free(info);
	return NULL;
}

bool
ext_policy(X509 *cert, const char *oid, const char *cps)
{
	CERTIFICATEPOLICIES *policies = CERTIFICATEPOLICIES_new();
	POLICYINFO *info = policy_info(oid, cps);
	bool done = false;

	if (policies == NULL || info == NULL ||
	    sk_POLICYINFO_push(policies, info) <= 0)
		goto out;
	info = NULL;
	done = add(cert, NID_certificate_policies, policies, true);
out:
	POLICYINFO_free(info);
	CERTIFICATEPOLICIES_free(policies);
	return done;
}

static GENERAL_NAME *
other_name(const struct other_name *row)
{
	GENERAL_NAME *gn = GENERAL_NAME_new();
	ASN1_OBJECT *oid = OBJ_txt2obj(row->oid, 1);
	ASN1_UTF8STRING *text = ASN1_UTF8STRING_new();
	ASN1_TYPE *value = ASN1_TYPE_new();

	if (gn == NULL || oid == NULL || text == NULL || value == NULL ||
	    ASN1_STRING_set(text, row->text, -1) != 1)
		goto fail;
	ASN1_TYPE_set(value, V_ASN1_UTF8STRING, text);
	text = NULL;
	if (GENERAL_NAME_set0_othername(gn, oid, value) == 1)
		return gn;
fail:
	ASN1_TYPE_free(value);
	ASN1_UTF8STRING_free(text);
	ASN1_OBJECT_free(oid);
	GENERAL_NAME_free(gn);
	return NULL;
}

bool
ext_alt_other(X509 *cert, const struct other_name *names)
{
	GENERAL_NAMES *list = GENERAL_NAMES_new();
	bool done = list != NULL;

	for (; done && names->oid != NULL; names++) {
		GENERAL_NAME *gn = other_name(names);

		done = gn != NULL && sk_GENERAL_NAME_push(list, gn) > 0;
		if (!done)
			GENERAL_NAME_free(gn);
	}
	done = done && add(cert, NID_subject_alt_name, list, false);
	GENERAL_NAMES_free(list);
	return done;
}

bool
ext_alt_directory(X509 *cert, int nid, X509_NAME *name)
{
	GENERAL_NAMES *names = directory_names(name);
	bool done = add(cert, nid, names, false);

	GENERAL_NAMES_free(names);
	return done;
}

bool
ext_crl_point(X509 *cert, X509_NAME *name)
{
	CRL_DIST_POINTS *points = CRL_DIST_POINTS_new();
	DIST_POINT *point = DIST_POINT_new();
	bool done = false;

	if (points == NULL || point == NULL)
		goto out;
	point->distpoint = DIST_POINT_NAME_new();
	if (point->distpoint == NULL)
		goto out;
	point->distpoint->type = 0;	/* fullName */
	point->distpoint->name.fullname = directory_names(name);
	if (point->distpoint->name.fullname == NULL ||
	    sk_DIST_POINT_push(points, point) <= 0)
		goto out;
	point = NULL;
	done = add(cert, NID_crl_distribution_points, points, false);
out:
	DIST_POINT_free(point);
	CRL_DIST_POINTS_free(points);
	return done;
}

bool
ext_ocsp(X509 *cert, const char *uri)
{
	AUTHORITY_INFO_ACCESS *access = AUTHORITY_INFO_ACCESS_new();
	ACCESS_DESCRIPTION *row = ACCESS_DESCRIPTION_new();
	ASN1_IA5STRING *text = ASN1_IA5STRING_new();
	bool done = false;

	if (access == NULL || row == NULL || text == NULL ||
	    ASN1_STRING_set(text, uri, -1) != 1)
		goto out;
	ASN1_OBJECT_free(row->method);
	row->method = OBJ_nid2obj(NID_ad_OCSP);
	GENERAL_NAME_set0_value(row->location, GEN_URI, text);
	text = NULL;
	if (sk_ACCESS_DESCRIPTION_push(access, row) <= 0)
		goto out;
	row = NULL;
	done = add(cert, NID_info_access, access, false);
out:
	ASN1_IA5STRING_free(text);
	ACCESS_DESCRIPTION_free(row);
	AUTHORITY_INFO_ACCESS_free(access);
	return done;
}

bool
ext_subject_key_id(X509 *cert)
{
	unsigned char hash[EVP_MAX_MD_SIZE];
	ASN1_OCTET_STRING *id = ASN1_OCTET_STRING_new();
	unsigned n = 0;
	bool done;

	done = id != NULL &&
	    X509_pubkey_digest(cert, EVP_sha1(), hash, &n) == 1 &&
	    ASN1_OCTET_STRING_set(id, hash, (int)n) == 1 &&
	    add(cert, NID_subject_key_identifier, id, false);
	ASN1_OCTET_STRING_free(id);
	return done;
}

bool
ext_authority_key_id(X509 *cert, X509 *ca)
{
	const ASN1_OCTET_STRING *key_id = X509_get0_subject_key_id(ca);
	AUTHORITY_KEYID *id = AUTHORITY_KEYID_new();
	bool done = false;

	if (id == NULL || key_id == NULL)
		goto out;
	id->keyid = ASN1_OCTET_STRING_dup(key_id);
	id->issuer = directory_names(X509_get_issuer_name(ca));
	id->serial = ASN1_INTEGER_dup(X509_get0_serialNumber(ca));
	done = id->keyid != NULL && id->issuer != NULL &&
	    id->serial != NULL &&
	    add(cert, NID_authority_key_identifier, id, false);
out:
	AUTHORITY_KEYID_free(id);
	return done;
}

bool
ext_basic_ca(X509 *cert)
{
	BASIC_CONSTRAINTS *basic = BASIC_CONSTRAINTS_new();
	bool done;

	if (basic != NULL)
		basic->ca = 0xFF;	/* DER's TRUE */
	done = add(cert, NID_basic_constraints, basic, true);
	BASIC_CONSTRAINTS_free(basic);
	return done;
}
