/* SPDX-License-Identifier: BSD-2-Clause */
/* Signatures of the virtual card, opened with the public key. */
#include "vkit.h"

#include <stdio.h>
#include <string.h>

#include <openssl/core_names.h>
#include <openssl/rsa.h>

#define KEY_BYTES	256
#define HASH_BYTES	32
#define INFO_BYTES	19
#define HASH_ON_CARD	0x01
#define DIGEST_INFO	0x02
#define PSS		0x04

static const uint8_t sha256_info[INFO_BYTES] = {
	0x30, 0x31, 0x30, 0x0D, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65,
	0x03, 0x04, 0x02, 0x01, 0x05, 0x00, 0x04, 0x20
};

/* What P1 makes of the data, by the table of real cards. */
static const struct {
	const char	*name;
	unsigned	 kind;
	size_t		 min, max;	/* bytes of data */
} methods[] = {
	{ "P1=00", 0, 1, 245 },
	{ "P1=01", HASH_ON_CARD, 1, 255 },
	{ "P1=02", DIGEST_INFO, 32, 32 },
	{ "P1=03", HASH_ON_CARD | DIGEST_INFO, 1, 255 },
	{ "P1=04", PSS, 32, 32 },
	{ "P1=05", HASH_ON_CARD | PSS, 1, 255 },
};

static const uint8_t *
sample(void)
{
	static uint8_t data[256];

	for (size_t i = 0; i < sizeof(data); i++)
		data[i] = (uint8_t)(i * 7 + 3);
	return data;
}

static struct vkit_answer
sign(struct vcard *card, size_t p1, uint8_t p2, struct slice data)
{
	uint8_t bytes[4 + 1 + 255 + 1];
	struct wbuf w = wbuf_of(bytes, sizeof(bytes));

	wbuf_put_u8(&w, 0x80);
	wbuf_put_u8(&w, 0x2A);
	wbuf_put_u8(&w, (uint8_t)p1);
	wbuf_put_u8(&w, p2);
	wbuf_put_u8(&w, (uint8_t)data.n);
	wbuf_put_slice(&w, data);
	wbuf_put_u8(&w, 0x00);
	assert_false(w.overflow);
	return vkit_send(card, wbuf_slice(&w));
}

static void
sha256(struct slice data, uint8_t hash[HASH_BYTES])
{
	unsigned n = 0;

	assert_int_equal(EVP_Digest(data.p, data.n, hash, &n, EVP_sha256(),
	    NULL), 1);
	assert_int_equal(n, HASH_BYTES);
}

/* The block that the private key was applied to. */
static void
open_block(EVP_PKEY *key, const struct vkit_answer *a,
    uint8_t block[KEY_BYTES])
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(key, NULL);
	size_t n = KEY_BYTES;

	assert_int_equal(a->n, KEY_BYTES);
	assert_int_equal(EVP_PKEY_encrypt_init(ctx), 1);
	assert_int_equal(EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_NO_PADDING), 1);
	assert_int_equal(EVP_PKEY_encrypt(ctx, block, &n, a->p, a->n), 1);
	assert_int_equal(n, KEY_BYTES);
	EVP_PKEY_CTX_free(ctx);
}

static void
expect_pss(const char *what, EVP_PKEY *key, const struct vkit_answer *a,
    const uint8_t hash[HASH_BYTES])
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(key, NULL);

	assert_int_equal(EVP_PKEY_verify_init(ctx), 1);
	assert_int_equal(EVP_PKEY_CTX_set_rsa_padding(ctx,
	    RSA_PKCS1_PSS_PADDING), 1);
	assert_int_equal(EVP_PKEY_CTX_set_signature_md(ctx, EVP_sha256()), 1);
	assert_int_equal(EVP_PKEY_CTX_set_rsa_pss_saltlen(ctx, 32), 1);
	expect_int(what, EVP_PKEY_verify(ctx, a->p, a->n, hash, HASH_BYTES),
	    1);
	EVP_PKEY_CTX_free(ctx);
}

static void
expect_pkcs1(const char *what, EVP_PKEY *key, const struct vkit_answer *a,
    struct slice info, struct slice data)
{
	uint8_t block[KEY_BYTES], wanted[KEY_BYTES];
	size_t tail = info.n + data.n;

	memset(wanted, 0xFF, sizeof(wanted));
	wanted[0] = 0x00;
	wanted[1] = 0x01;
	wanted[KEY_BYTES - tail - 1] = 0x00;
	if (info.n > 0)
		memcpy(wanted + KEY_BYTES - tail, info.p, info.n);
	memcpy(wanted + KEY_BYTES - data.n, data.p, data.n);
	open_block(key, a, block);
	expect_bytes(what, slice_of(block, KEY_BYTES),
	    slice_of(wanted, KEY_BYTES));
}

static void
expect_method(size_t p1, EVP_PKEY *key, const struct vkit_answer *a,
    struct slice data)
{
	uint8_t hash[HASH_BYTES];
	struct slice info = slice_of(sha256_info, sizeof(sha256_info));

	expect_int(methods[p1].name, a->sw, 0x9000);
	if ((methods[p1].kind & HASH_ON_CARD) != 0) {
		sha256(data, hash);
		data = slice_of(hash, sizeof(hash));
	}
	if ((methods[p1].kind & PSS) != 0)
		expect_pss(methods[p1].name, key, a, data.p);
	else
		expect_pkcs1(methods[p1].name, key, a,
		    (methods[p1].kind & DIGEST_INFO) != 0 ? info :
		    slice_of(NULL, 0), data);
}

static void
every_p1_signs_as_the_table_says(void **state)
{
	struct vcard *card = vkit_load("adult", NULL);
	X509 *cert = vkit_cert(card, "000A");
	EVP_PKEY *key = X509_get0_pubkey(cert);
	struct vkit_answer a;

	(void)state;
	vkit_login_auth(card);
	for (size_t p1 = 0; p1 < COUNT(methods); p1++) {
		const size_t lengths[] = { methods[p1].min, methods[p1].max };

		for (size_t i = 0; i < COUNT(lengths); i++) {
			struct slice data = slice_of(sample(), lengths[i]);

			a = sign(card, p1, 0x97, data);
			expect_method(p1, key, &a, data);
		}
	}
	X509_free(cert);
}

static void
data_of_the_wrong_length_is_6985(void **state)
{
	struct vcard *card = vkit_load("adult", NULL);

	(void)state;
	vkit_login_auth(card);
	for (size_t p1 = 0; p1 < COUNT(methods); p1++) {
		if (methods[p1].max < 255)
			expect_int(methods[p1].name, sign(card, p1, 0x97,
			    slice_of(sample(), methods[p1].max + 1)).sw,
			    0x6985);
		if (methods[p1].min > 1)
			expect_int(methods[p1].name, sign(card, p1, 0x97,
			    slice_of(sample(), methods[p1].min - 1)).sw,
			    0x6985);
	}
}

static void
every_other_p1_is_6a86(void **state)
{
	struct vcard *card = vkit_load("adult", NULL);

	(void)state;
	vkit_login_auth(card);
	for (size_t p1 = COUNT(methods); p1 < 256; p1++)
		assert_int_equal(sign(card, p1, 0x97,
		    slice_of(sample(), 32)).sw, 0x6A86);
}

static void
pkcs1_is_deterministic_and_pss_is_not(void **state)
{
	struct vcard *card = vkit_load("adult", NULL);
	struct slice data = slice_of(sample(), 32);
	struct vkit_answer a, b;

	(void)state;
	vkit_login_auth(card);
	for (size_t p1 = 0; p1 < COUNT(methods); p1++) {
		bool same = (methods[p1].kind & PSS) == 0;

		a = sign(card, p1, 0x97, data);
		b = sign(card, p1, 0x97, data);
		expect_int(methods[p1].name,
		    memcmp(a.p, b.p, KEY_BYTES) == 0, same);
	}
}

static void
short_identifier_and_current_file_sign_alike(void **state)
{
	struct vcard *card = vkit_load("adult", NULL);
	struct slice data = slice_of(sample(), 51);
	struct vkit_answer a, b;

	(void)state;
	vkit_login_sign(card);
	a = sign(card, 0, 0x9A, data);
	vkit_read(card, "0006");
	assert_int_equal(vkit_hex(card, "00A4020C02001A").sw, 0x9000);
	b = sign(card, 0, 0x80, data);
	assert_int_equal(a.sw, 0x9000);
	assert_memory_equal(a.p, b.p, KEY_BYTES);
}

static void
signature_key_belongs_to_the_signature_certificate(void **state)
{
	struct vcard *card = vkit_load("adult", NULL);
	struct slice data = slice_of(sample(), 6);
	X509 *cert = vkit_cert(card, "0001");
	struct vkit_answer a;

	(void)state;
	a = sign(card, 0, 0x9A, data);
	expect_method(0, X509_get0_pubkey(cert), &a, data);
	X509_free(cert);
}

static void
an_expired_card_still_signs(void **state)
{
	struct vcard *card = vkit_load("expired", NULL);
	struct slice data = slice_of(sample(), 6);
	X509 *cert = vkit_cert(card, "0001");
	struct vkit_answer a;

	(void)state;
	a = sign(card, 0, 0x9A, data);
	expect_method(0, X509_get0_pubkey(cert), &a, data);
	X509_free(cert);
}

static void
internal_authenticate_signs_the_challenge(void **state)
{
	struct vcard *card = vkit_load("adult", NULL);
	EVP_PKEY *key = vkit_key(PERSONALISE_KEY_CARD);
	struct octets command = unhex("0088009904 01020304 00");
	struct octets challenge = unhex("01020304");
	struct vkit_answer a;

	(void)state;
	assert_int_equal(vkit_hex(card,
	    "00A4040C0A D3921000310001010100").sw, 0x9000);
	a = vkit_send(card, octets_slice(&command));
	expect_method(3, key, &a, octets_slice(&challenge));
	EVP_PKEY_free(key);
}

/* The public half that the files show is the one that signs. */
static void
surface_keys_stand_in_their_records(void **state)
{
	static const struct {
		const char *select, *verify, *fid;
		size_t modulus;		/* from the end of the file */
	} rows[] = {
		{ "00A4040C0A D3921000310001010408", "0020009104 31323334",
		  "0006", KEY_BYTES },
		{ "00A4040C0A D3921000310001010402", "0020009106 303230343031",
		  "0001", 2 * KEY_BYTES + 5 },
	};
	struct slice data = slice_of(sample(), 51);
	struct vcard *card = vkit_load("adult", NULL);
	EVP_PKEY *key = vkit_key(PERSONALISE_KEY_CARD);
	struct vkit_answer file, a;
	uint8_t modulus[KEY_BYTES];
	BIGNUM *n = NULL;

	(void)state;
	assert_int_equal(EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_RSA_N,
	    &n), 1);
	assert_int_equal(BN_bn2bin(n, modulus), KEY_BYTES);
	for (size_t i = 0; i < COUNT(rows); i++) {
		assert_int_equal(vkit_hex(card, rows[i].select).sw, 0x9000);
		a = sign(card, 0, 0x00, data);
		expect_method(0, key, &a, data);
		assert_int_equal(vkit_hex(card, rows[i].verify).sw, 0x9000);
		file = vkit_read(card, rows[i].fid);
		assert_true(file.n > rows[i].modulus);
		expect_bytes(rows[i].fid,
		    slice_of(file.p + file.n - rows[i].modulus, KEY_BYTES),
		    slice_of(modulus, KEY_BYTES));
	}
	BN_free(n);
	EVP_PKEY_free(key);
}

static void
a_signature_can_be_fetched_by_get_response(void **state)
{
	struct vcard *card = vkit_load("adult", "get-response");
	struct slice data = slice_of(sample(), 51);
	EVP_PKEY *key = vkit_key(PERSONALISE_KEY_AUTH);
	struct vkit_answer a;

	(void)state;
	vkit_login_auth(card);
	assert_int_equal(sign(card, 0, 0x97, data).sw, 0x6100);
	a = vkit_hex(card, "00C0000000");
	expect_method(0, key, &a, data);
	EVP_PKEY_free(key);
}

static void
next_generation_signs_a_digest_with_p384(void **state)
{
	struct vcard *card = vkit_load("next-generation", NULL);
	struct slice digest = slice_of(sample(), 48);
	X509 *cert = vkit_cert(card, "000A");
	EVP_PKEY *key = X509_get0_pubkey(cert);
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(key, NULL);
	struct vkit_answer a;

	(void)state;
	assert_true(EVP_PKEY_is_a(key, "EC"));
	assert_int_equal(EVP_PKEY_get_bits(key), 384);
	vkit_login_auth(card);
	a = sign(card, 0, 0x97, digest);
	assert_int_equal(a.sw, 0x9000);
	assert_int_equal(EVP_PKEY_verify_init(ctx), 1);
	assert_int_equal(EVP_PKEY_verify(ctx, a.p, a.n, digest.p, digest.n),
	    1);
	assert_int_equal(sign(card, 2, 0x97, slice_of(sample(), 32)).sw,
	    0x6A86);
	EVP_PKEY_CTX_free(ctx);
	X509_free(cert);
}

static void
a_key_that_was_never_made_is_6a88(void **state)
{
	struct slice data = slice_of(sample(), 32);
	char from[600], to[700];
	struct vcard *card;

	(void)state;
	vkit_load("adult", NULL);
	snprintf(from, sizeof(from), "%s",
	    vkit_path("adult/keys/jpki-001A.pem"));
	snprintf(to, sizeof(to), "%s.away", from);
	assert_int_equal(rename(from, to), 0);
	card = vkit_load("adult", NULL);
	assert_int_equal(rename(to, from), 0);
	vkit_login_sign(card);
	assert_int_equal(sign(card, 0, 0x9A, data).sw, 0x6A88);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_p1_signs_as_the_table_says),
		cmocka_unit_test(data_of_the_wrong_length_is_6985),
		cmocka_unit_test(every_other_p1_is_6a86),
		cmocka_unit_test(pkcs1_is_deterministic_and_pss_is_not),
		cmocka_unit_test(short_identifier_and_current_file_sign_alike),
		cmocka_unit_test(signature_key_belongs_to_the_signature_certificate),
		cmocka_unit_test(an_expired_card_still_signs),
		cmocka_unit_test(internal_authenticate_signs_the_challenge),
		cmocka_unit_test(surface_keys_stand_in_their_records),
		cmocka_unit_test(a_signature_can_be_fetched_by_get_response),
		cmocka_unit_test(next_generation_signs_a_digest_with_p384),
		cmocka_unit_test(a_key_that_was_never_made_is_6a88),
	};

	return cmocka_run_group_tests_name("vcard sign", tests, NULL,
	    vkit_end);
}
