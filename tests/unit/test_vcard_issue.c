/* SPDX-License-Identifier: BSD-2-Clause */
/* The virtual card's certificates and other contents, by OpenSSL's eyes. */
#include "vkit.h"

#include <stdio.h>
#include <string.h>

#include <openssl/x509v3.h>


#define EXTS_MAX	10

struct ext {
	int	nid;
	bool	critical;
};

/* Certificates by file, with their extensions in order. */
static const struct {
	const char	*fid, *ca_fid;
	uint32_t	 usage;
	struct ext	 exts[EXTS_MAX];
} certs[] = {
	{ "0001", "0002", KU_DIGITAL_SIGNATURE | KU_NON_REPUDIATION, {
	    { NID_key_usage, true }, { NID_certificate_policies, true },
	    { NID_subject_alt_name, false }, { NID_issuer_alt_name, false },
	    { NID_crl_distribution_points, false }, { NID_info_access, false },
	    { NID_authority_key_identifier, false },
	    { NID_subject_key_identifier, false } } },
	{ "000A", "000B", KU_DIGITAL_SIGNATURE, {
	    { NID_key_usage, true }, { NID_ext_key_usage, false },
	    { NID_certificate_policies, true }, { NID_issuer_alt_name, false },
	    { NID_crl_distribution_points, false }, { NID_info_access, false },
	    { NID_authority_key_identifier, false },
	    { NID_subject_key_identifier, false } } },
	{ "0002", "0002", KU_KEY_CERT_SIGN | KU_CRL_SIGN, {
	    { NID_key_usage, true }, { NID_subject_alt_name, false },
	    { NID_basic_constraints, true },
	    { NID_crl_distribution_points, false },
	    { NID_subject_key_identifier, false } } },
	{ "000B", "000B", KU_KEY_CERT_SIGN | KU_CRL_SIGN, {
	    { NID_key_usage, true }, { NID_subject_alt_name, false },
	    { NID_basic_constraints, true },
	    { NID_crl_distribution_points, false },
	    { NID_subject_key_identifier, false } } },
};

/* field=value, ... of a name, in order, as UTF-8. */
static void
expect_name(const char *what, const X509_NAME *name, const char *wanted)
{
	BIO *bio = BIO_new(BIO_s_mem());
	char text[512] = "";
	int n;

	assert_true(X509_NAME_print_ex(bio, name, 0,
	    XN_FLAG_SEP_CPLUS_SPC | ASN1_STRFLGS_UTF8_CONVERT) >= 0);
	n = BIO_read(bio, text, sizeof(text) - 1);
	assert_true(n > 0);
	expect_text(what, text, wanted);
	BIO_free(bio);
}

static X509_NAME *
directory_of(const GENERAL_NAMES *names)
{
	assert_int_equal(sk_GENERAL_NAME_num(names), 1);
	assert_int_equal(sk_GENERAL_NAME_value(names, 0)->type, GEN_DIRNAME);
	return sk_GENERAL_NAME_value(names, 0)->d.directoryName;
}

static void
certificates_have_the_extensions_of_the_profile_in_order(void **state)
{
	struct vcard *card = vkit_load("adult", NULL);

	(void)state;
	for (size_t i = 0; i < COUNT(certs); i++) {
		X509 *cert = vkit_cert(card, certs[i].fid);
		int n = 0;

		for (; certs[i].exts[n].nid != 0; n++) {
			X509_EXTENSION *ext = X509_get_ext(cert, n);

			assert_non_null(ext);
			expect_int(certs[i].fid, OBJ_obj2nid(
			    X509_EXTENSION_get_object(ext)),
			    certs[i].exts[n].nid);
			expect_int(certs[i].fid,
			    X509_EXTENSION_get_critical(ext) == 1,
			    certs[i].exts[n].critical);
		}
		expect_int(certs[i].fid, X509_get_ext_count(cert), n);
		expect_int(certs[i].fid, X509_get_key_usage(cert),
		    certs[i].usage);
		expect_int(certs[i].fid, X509_get_version(cert), 2);
		expect_int(certs[i].fid, X509_get_signature_nid(cert),
		    NID_sha256WithRSAEncryption);
		expect_int(certs[i].fid, EVP_PKEY_get_bits(
		    X509_get0_pubkey(cert)), 2048);
		X509_free(cert);
	}
}

static void
certificates_lead_to_their_authority(void **state)
{
	struct vcard *card = vkit_load("adult", NULL);

	(void)state;
	for (size_t i = 0; i < COUNT(certs); i++) {
		X509 *cert = vkit_cert(card, certs[i].fid);
		X509 *ca = vkit_cert(card, certs[i].ca_fid);

		expect_int(certs[i].fid, X509_check_issued(ca, cert),
		    X509_V_OK);
		expect_int(certs[i].fid, X509_verify(cert,
		    X509_get0_pubkey(ca)), 1);
		expect_int(certs[i].fid, X509_check_ca(ca), 1);
		X509_free(cert);
		X509_free(ca);
	}
}

static void
authority_key_identifier_has_key_name_and_serial(void **state)
{
	struct vcard *card = vkit_load("adult", NULL);

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		X509 *cert = vkit_cert(card, certs[i].fid);
		X509 *ca = vkit_cert(card, certs[i].ca_fid);
		AUTHORITY_KEYID *id = X509_get_ext_d2i(cert,
		    NID_authority_key_identifier, NULL, NULL);

		assert_non_null(id);
		assert_int_equal(ASN1_OCTET_STRING_cmp(id->keyid,
		    X509_get0_subject_key_id(ca)), 0);
		assert_int_equal(X509_NAME_cmp(directory_of(id->issuer),
		    X509_get_subject_name(ca)), 0);
		assert_int_equal(ASN1_INTEGER_cmp(id->serial,
		    X509_get0_serialNumber(ca)), 0);
		AUTHORITY_KEYID_free(id);
		X509_free(cert);
		X509_free(ca);
	}
}

static void
authorities_are_of_the_test_hierarchy(void **state)
{
	static const char tail[] =
	    ", OU=Japan Agency for Local Authority Information Systems";
	struct vcard *card = vkit_load("adult", NULL);
	X509 *sign = vkit_cert(card, "0002"), *auth = vkit_cert(card, "000B");
	char wanted[200];

	(void)state;
	snprintf(wanted, sizeof(wanted), "C=JP, O=JPKI-TEST, "
	    "OU=JPKI for digital signature%s", tail);
	expect_name("signature", X509_get_subject_name(sign), wanted);
	snprintf(wanted, sizeof(wanted), "C=JP, O=JPKI-TEST, "
	    "OU=JPKI for user authentication%s", tail);
	expect_name("authentication", X509_get_subject_name(auth), wanted);
	X509_free(sign);
	X509_free(auth);
}

static void
subjects_do_not_name_the_holder(void **state)
{
	struct vcard *card = vkit_load("adult", NULL);
	X509 *sign = vkit_cert(card, "0001"), *auth = vkit_cert(card, "000A");
	const X509_NAME *s = X509_get_subject_name(sign);
	const X509_NAME *a = X509_get_subject_name(auth);
	static const int sign_nids[] = { NID_countryName, NID_localityName,
	    NID_localityName, NID_commonName };
	static const int auth_nids[] = { NID_countryName, NID_commonName };

	(void)state;
	assert_int_equal(X509_NAME_entry_count(s), COUNT(sign_nids));
	for (int i = 0; i < (int)COUNT(sign_nids); i++)
		assert_int_equal(OBJ_obj2nid(X509_NAME_ENTRY_get_object(
		    X509_NAME_get_entry(s, i))), sign_nids[i]);
	assert_int_equal(X509_NAME_entry_count(a), COUNT(auth_nids));
	for (int i = 0; i < (int)COUNT(auth_nids); i++)
		assert_int_equal(OBJ_obj2nid(X509_NAME_ENTRY_get_object(
		    X509_NAME_get_entry(a, i))), auth_nids[i]);
	X509_free(sign);
	X509_free(auth);
}

/* The value of one policy with one qualifier, the CPS. */
static void
expect_policy(X509 *cert, const char *oid)
{
	CERTIFICATEPOLICIES *policies = X509_get_ext_d2i(cert,
	    NID_certificate_policies, NULL, NULL);
	const POLICYINFO *info;
	const POLICYQUALINFO *qualifier;
	char text[80];

	assert_non_null(policies);
	assert_int_equal(sk_POLICYINFO_num(policies), 1);
	info = sk_POLICYINFO_value(policies, 0);
	OBJ_obj2txt(text, sizeof(text), info->policyid, 1);
	expect_text("policy", text, oid);
	assert_int_equal(sk_POLICYQUALINFO_num(info->qualifiers), 1);
	qualifier = sk_POLICYQUALINFO_value(info->qualifiers, 0);
	assert_int_equal(OBJ_obj2nid(qualifier->pqualid), NID_id_qt_cps);
	expect_bytes("CPS", slice_of(
	    ASN1_STRING_get0_data(qualifier->d.cpsuri),
	    (size_t)ASN1_STRING_length(qualifier->d.cpsuri)),
	    text_slice("http://www.jpki.go.jp/cps.html"));
	CERTIFICATEPOLICIES_free(policies);
}

static void
policies_tell_the_kind(void **state)
{
	static const struct {
		const char *profile, *fid, *oid;
	} rows[] = {
		{ "adult", "0001", "1.2.392.200149.8.5.1.0.20" },
		{ "adult", "000A", "1.2.392.200149.8.5.1.3.30" },
		{ "phone", "0001", "1.2.392.200149.8.5.1.1.40" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		X509 *cert = vkit_cert(vkit_load(rows[i].profile, NULL),
		    rows[i].fid);

		expect_policy(cert, rows[i].oid);
		X509_free(cert);
	}
}

static void
authentication_certificate_is_for_tls_clients(void **state)
{
	X509 *cert = vkit_cert(vkit_load("adult", NULL), "000A");

	(void)state;
	assert_int_equal(X509_get_extended_key_usage(cert), XKU_SSL_CLIENT);
	X509_free(cert);
	cert = vkit_cert(vkit_load("adult", NULL), "0001");
	assert_int_equal(X509_get_extended_key_usage(cert), UINT32_MAX);
	X509_free(cert);
}

static void
distribution_point_is_a_directory_name(void **state)
{
	X509 *cert = vkit_cert(vkit_load("adult", NULL), "000A");
	CRL_DIST_POINTS *points = X509_get_ext_d2i(cert,
	    NID_crl_distribution_points, NULL, NULL);
	const DIST_POINT *point;

	(void)state;
	assert_int_equal(sk_DIST_POINT_num(points), 1);
	point = sk_DIST_POINT_value(points, 0);
	assert_int_equal(point->distpoint->type, 0);
	expect_name("CRLDP", directory_of(point->distpoint->name.fullname),
	    "C=JP, O=JPKI-TEST, OU=JPKI for user authentication, "
	    "OU=CRL Distribution Points, OU=Mihon-ken, CN=Mihon-shi CRLDP");
	CRL_DIST_POINTS_free(points);
	X509_free(cert);
}

static void
alternative_names_are_of_the_service(void **state)
{
	static const struct {
		const char *fid;
		int nid;
	} rows[] = {
		{ "0001", NID_issuer_alt_name }, { "000A", NID_issuer_alt_name },
		{ "0002", NID_subject_alt_name }, { "000B", NID_subject_alt_name },
	};
	struct vcard *card = vkit_load("adult", NULL);

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		X509 *cert = vkit_cert(card, rows[i].fid);
		GENERAL_NAMES *names = X509_get_ext_d2i(cert, rows[i].nid,
		    NULL, NULL);

		assert_non_null(names);
		expect_name(rows[i].fid, directory_of(names),
		    "C=JP, O=公的個人認証サービス");
		GENERAL_NAMES_free(names);
		X509_free(cert);
	}
}

static void
responder_is_named_and_does_not_exist(void **state)
{
	X509 *cert = vkit_cert(vkit_load("adult", NULL), "000A");
	AUTHORITY_INFO_ACCESS *access = X509_get_ext_d2i(cert,
	    NID_info_access, NULL, NULL);
	const ACCESS_DESCRIPTION *row;

	(void)state;
	assert_int_equal(sk_ACCESS_DESCRIPTION_num(access), 1);
	row = sk_ACCESS_DESCRIPTION_value(access, 0);
	assert_int_equal(OBJ_obj2nid(row->method), NID_ad_OCSP);
	assert_int_equal(row->location->type, GEN_URI);
	expect_bytes("OCSP", slice_of(ASN1_STRING_get0_data(
	    row->location->d.uniformResourceIdentifier),
	    (size_t)ASN1_STRING_length(
	    row->location->d.uniformResourceIdentifier)),
	    text_slice("http://ocspauthnorm.jpki-test.invalid"));
	AUTHORITY_INFO_ACCESS_free(access);
	X509_free(cert);
}

/* otherNames of the signature certificate: last OID arc, value. */
struct attribute {
	const char	*oid, *value;
};

#define ATTRIBUTES	6

static void
expect_attributes(X509 *cert, const struct attribute wanted[ATTRIBUTES])
{
	GENERAL_NAMES *names = X509_get_ext_d2i(cert, NID_subject_alt_name,
	    NULL, NULL);
	char oid[80];

	assert_non_null(names);
	assert_int_equal(sk_GENERAL_NAME_num(names), ATTRIBUTES);
	for (int i = 0; i < ATTRIBUTES; i++) {
		const GENERAL_NAME *gn = sk_GENERAL_NAME_value(names, i);
		const ASN1_TYPE *value;

		assert_int_equal(gn->type, GEN_OTHERNAME);
		value = gn->d.otherName->value;
		OBJ_obj2txt(oid, sizeof(oid), gn->d.otherName->type_id, 1);
		expect_text("type", oid, wanted[i].oid);
		assert_int_equal(value->type, V_ASN1_UTF8STRING);
		expect_bytes(oid, slice_of(
		    ASN1_STRING_get0_data(value->value.utf8string),
		    (size_t)ASN1_STRING_length(value->value.utf8string)),
		    text_slice(wanted[i].value));
	}
	GENERAL_NAMES_free(names);
}

#define ARC	"1.2.392.200149.8.5.5."

static void
attributes_of_the_default_person_in_order(void **state)
{
	static const struct attribute wanted[ATTRIBUTES] = {
		{ ARC "1", "見本　花子" }, { ARC "4", "419900401" },
		{ ARC "3", "2" }, { ARC "5", "見本県見本市見本町１丁目２番３号" },
		{ ARC "2", "00000" }, { ARC "6", "0000000000000000" },
	};
	X509 *cert = vkit_cert(vkit_load("adult", NULL), "0001");

	(void)state;
	expect_attributes(cert, wanted);
	X509_free(cert);
}

static void
an_overseas_holders_address_says_so(void **state)
{
	static const struct attribute wanted[ATTRIBUTES] = {
		{ ARC "1", "見本　花子" }, { ARC "4", "419900401" },
		{ ARC "3", "2" }, { ARC "5", "国外転出（令和６年７月１日）" },
		{ ARC "2", "00000" }, { ARC "6", "00000000000000" },
	};
	X509 *cert = vkit_cert(vkit_load("overseas", NULL), "0001");

	(void)state;
	expect_attributes(cert, wanted);
	X509_free(cert);
}

/* Reads a card that the kit did not make. */
static struct vcard *
make_and_load(const char *name, const struct vcard_person *person,
    const struct vcard_pins *pins)
{
	char error[VCARD_ERROR_MAX] = "";

	if (personalise(vkit_path(name), "adult", person, pins, vkit_key,
	    error) != 0)
		fail_msg("%s", error);
	return vkit_reload(name);
}

static void
a_given_person_and_pins_reach_the_card(void **state)
{
	static const struct vcard_person person = {
		.name = "試験　太郎", .address = "試験県試験町９", .birth = "1955-12-31",
		.sex = "male",
	};
	static const struct vcard_pins pins = {
		.auth = "0000", .sign = "ABC123", .input = "1111",
		.registration = "2222",
	};
	static const struct attribute wanted[ATTRIBUTES] = {
		{ ARC "1", "試験　太郎" }, { ARC "4", "319551231" }, { ARC "3", "1" },
		{ ARC "5", "試験県試験町９" }, { ARC "2", "00000" }, { ARC "6", "0000000" },
	};
	struct vcard *card = make_and_load("given", &person, &pins);
	X509 *cert = vkit_cert(card, "0001");
	struct vkit_answer a;

	(void)state;
	expect_attributes(cert, wanted);
	X509_free(cert);
	assert_int_equal(vkit_hex(card, "0020009804 30303030").sw, 0x9000);
	vkit_hex(card, "00A4040C0A D3921000310001010401");
	assert_int_equal(vkit_hex(card, "0020009C04 32323232").sw, 0x9000);
	vkit_hex(card, "00A4040C0A D3921000310001010100");
	assert_int_equal(vkit_hex(card, "0020009C04 32323232").sw, 0x9000);
	vkit_hex(card, "00A4040C0A D3921000310001010408");
	assert_int_equal(vkit_hex(card, "0020009104 31313131").sw, 0x9000);
	a = vkit_read(card, "0002");
	expect_hex("input assistance", slice_of(a.p, a.n),
	    "FF2044 DF2108 000E 0020 0038 0043"
	    " DF220F E8A9A6E9A893E38080E5A4AAE9838E"
	    " DF2315 E8A9A6E9A893E79C8CE8A9A6E9A893E794BAEFBC99"
	    " DF2408 3139353531323331 DF2501 31");
}

static void
input_hashes_cover_number_and_attributes(void **state)
{
	struct vcard *card = vkit_load("adult", NULL);
	struct vkit_answer number, attributes, hashes;
	uint8_t hash[32];
	unsigned n;

	(void)state;
	vkit_hex(card, "00A4040C0A D3921000310001010408");
	assert_int_equal(vkit_hex(card, "0020009104 31323334").sw, 0x9000);
	number = vkit_read(card, "0001");
	attributes = vkit_read(card, "0002");
	hashes = vkit_read(card, "0003");
	assert_int_equal(number.n, 17);
	expect_hex("DF31", slice_of(hashes.p + 5, 3), "DF3120");
	EVP_Digest(number.p, number.n, hash, &n, EVP_sha256(), NULL);
	expect_bytes("DF31", slice_of(hashes.p + 8, 32), slice_of(hash, 32));
	/* FF20 and a length of one byte, then DF21 with four offsets. */
	assert_true(attributes.p[2] < 0x80);
	EVP_Digest(attributes.p + 14, attributes.n - 14, hash, &n,
	    EVP_sha256(), NULL);
	expect_hex("DF32", slice_of(hashes.p + 40, 3), "DF3220");
	expect_bytes("DF32", slice_of(hashes.p + 43, 32), slice_of(hash, 32));
}

static void
offsets_of_the_face_point_at_its_objects(void **state)
{
	struct vcard *card = vkit_load("adult", NULL);
	struct vkit_answer a;

	(void)state;
	vkit_hex(card, "00A4040C0A D3921000310001010402");
	assert_int_equal(vkit_hex(card,
	    "002000930C 393939393939393939393939").sw, 0x9000);
	a = vkit_read(card, "0002");
	expect_hex("table", slice_of(a.p + 5, 3), "DF2112");
	for (size_t i = 0; i < 9; i++) {
		size_t at = (size_t)a.p[8 + 2 * i] << 8 | a.p[9 + 2 * i];

		assert_true(at + 2 < a.n);
		assert_int_equal(a.p[at], 0xDF);
		assert_int_equal(a.p[at + 1], 0x22 + i);
	}
}

static void
token_information_is_a_ck_token_info(void **state)
{
	struct vcard *card = vkit_load("adult", NULL);
	struct vkit_answer a;

	(void)state;
	vkit_login_auth(card);
	a = vkit_read(card, "0006");
	assert_int_equal(a.n, 160);
	assert_memory_equal(a.p, "JPKIAPICCTOKEN2                 ", 32);
	assert_memory_equal(a.p + 64, "E16R01NJ        ", 16);
	expect_hex("numbers", slice_of(a.p + 96, 48), "0000040D"
	    "00000001 00000000 00000001 00000000 00000010 00000006"
	    "FFFFFFFF FFFFFFFF FFFFFFFF FFFFFFFF 30333031");
	assert_memory_equal(a.p + 144, "9999999999999999", 16);
}

static void
two_cards_differ_in_serial_numbers(void **state)
{
	static const char record[] = "00B2010C00";
	static const char common[] = "00A4040C0A D3921000310001010100";
	struct vkit_answer a, b;
	struct vcard *card;

	(void)state;
	card = vkit_load("adult", NULL);
	vkit_hex(card, common);
	a = vkit_hex(card, record);
	card = vkit_load("overseas", NULL);
	vkit_hex(card, common);
	b = vkit_hex(card, record);
	assert_int_equal(a.n, 30);
	assert_memory_equal(a.p, "\001\0349999", 6);
	assert_memory_equal(a.p + 17, "99999", 5);
	assert_memory_not_equal(a.p, b.p, 17);
}

static void
long_names_take_long_lengths(void **state)
{
	char address[3 * 200 + 1] = "";
	struct vcard_person person = { .address = address };
	struct vkit_answer a;
	struct vcard *card;

	(void)state;
	for (int i = 0; i < 200; i++)
		strcat(address, "長");
	card = make_and_load("long", &person, NULL);
	X509_free(vkit_cert(card, "0001"));
	vkit_hex(card, "00A4040C0A D3921000310001010408");
	assert_int_equal(vkit_hex(card, "0020009104 31323334").sw, 0x9000);
	a = vkit_read(card, "0002");
	expect_hex("length", slice_of(a.p, 8), "FF208202 89 DF2108");
	expect_hex("DF22 offset", slice_of(a.p + 8, 2), "0010");
	expect_hex("DF23", slice_of(a.p + 0x22, 5), "DF23820258");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(certificates_have_the_extensions_of_the_profile_in_order),
		cmocka_unit_test(certificates_lead_to_their_authority),
		cmocka_unit_test(authority_key_identifier_has_key_name_and_serial),
		cmocka_unit_test(authorities_are_of_the_test_hierarchy),
		cmocka_unit_test(subjects_do_not_name_the_holder),
		cmocka_unit_test(policies_tell_the_kind),
		cmocka_unit_test(authentication_certificate_is_for_tls_clients),
		cmocka_unit_test(distribution_point_is_a_directory_name),
		cmocka_unit_test(alternative_names_are_of_the_service),
		cmocka_unit_test(responder_is_named_and_does_not_exist),
		cmocka_unit_test(attributes_of_the_default_person_in_order),
		cmocka_unit_test(an_overseas_holders_address_says_so),
		cmocka_unit_test(a_given_person_and_pins_reach_the_card),
		cmocka_unit_test(input_hashes_cover_number_and_attributes),
		cmocka_unit_test(offsets_of_the_face_point_at_its_objects),
		cmocka_unit_test(token_information_is_a_ck_token_info),
		cmocka_unit_test(two_cards_differ_in_serial_numbers),
		cmocka_unit_test(long_names_take_long_lengths),
	};

	return cmocka_run_group_tests_name("vcard issue", tests, NULL,
	    vkit_end);
}
