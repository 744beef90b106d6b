/* SPDX-License-Identifier: BSD-2-Clause */
/* The OpenSSH line, byte for byte as ssh-keygen makes it of the same key. */
#include "x509.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/param_build.h>
#include <openssl/pem.h>

#include "fixture.h"
#include "unit.h"

#define LINE_ROOM	4096

/* The key that put_key puts into the next certificate. */
static EVP_PKEY *next_key;

static void
put_key(X509 *x509)
{
	assert_int_equal(X509_set_pubkey(x509, next_key), 1);
}

static enum jpki_err
ssh_line(EVP_PKEY *key, char **line)
{
	struct fixture f = fixture_auth;
	struct jpki_buf der;
	enum jpki_err err;

	f.key = f.issuer_key = f.authority = FIXTURE_P256;
	f.alter = put_key;
	next_key = key;
	der = fixture_make(&f);
	err = x509_ssh_key(fixture_crypto(), fixture_slice(&der), line);
	jpki_buf_free(&der);
	return err;
}

/* What ssh-keygen says to a file of ours: its first line. */
static void
ask_ssh_keygen(const char *options, const char *path, char *line)
{
	char command[256];
	FILE *pipe;

	(void)snprintf(command, sizeof(command), "ssh-keygen %s -f %s",
	    options, path);
	pipe = popen(command, "r");
	assert_non_null(pipe);
	if (fgets(line, LINE_ROOM, pipe) == NULL)
		line[0] = '\0';
	line[strcspn(line, "\n")] = '\0';
	if (pclose(pipe) != 0)
		fail_msg("failed: %s (is ssh-keygen there?)", command);
}

static FILE *
file_new(char *path, size_t room)
{
	const char *folder = getenv("TMPDIR");
	FILE *file;
	int fd;

	(void)snprintf(path, room, "%s/jpki-sshkey-XXXXXX",
	    folder != NULL ? folder : "/tmp");
	fd = mkstemp(path);
	assert_true(fd >= 0);
	file = fdopen(fd, "w");
	assert_non_null(file);
	return file;
}

/* The line that ssh-keygen makes of the public key, and our comment. */
static void
line_of_ssh_keygen(EVP_PKEY *key, char *line)
{
	char path[200];
	FILE *file = file_new(path, sizeof(path));

	assert_int_equal(PEM_write_PUBKEY(file, key), 1);
	assert_int_equal(fclose(file), 0);
	ask_ssh_keygen("-i -m PKCS8", path, line);
	assert_int_equal(unlink(path), 0);
	assert_true(strlen(line) > 0 && strlen(line) + 6 < LINE_ROOM);
	strcat(line, " JPKI");
}

static void
line_is_the_one_of_ssh_keygen(void **state)
{
	static const struct {
		enum fixture_key	 key;
		const char		*start;
	} rows[] = {
		{ FIXTURE_RSA, "ssh-rsa AAAAB3NzaC1yc2EAAAADAQAB" },
		{ FIXTURE_P256, "ecdsa-sha2-nistp256 AAAAE2VjZHNh" },
		{ FIXTURE_P384, "ecdsa-sha2-nistp384 AAAAE2VjZHNh" },
		{ FIXTURE_P521, "ecdsa-sha2-nistp521 AAAAE2VjZHNh" },
	};
	char wanted[LINE_ROOM];

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		char *line = NULL;

		line_of_ssh_keygen(fixture_key(rows[i].key), wanted);
		expect_err(rows[i].start,
		    ssh_line(fixture_key(rows[i].key), &line), JPKI_OK);
		expect_text(rows[i].start, line, wanted);
		assert_int_equal(strncmp(line, rows[i].start,
		    strlen(rows[i].start)), 0);
		free(line);
	}
}

static void
ssh_keygen_reads_the_line(void **state)
{
	static const struct {
		enum fixture_key	 key;
		const char		*size, *type;
	} rows[] = {
		{ FIXTURE_RSA, "2048 SHA256:", " JPKI (RSA)" },
		{ FIXTURE_P384, "384 SHA256:", " JPKI (ECDSA)" },
	};
	char path[200], answer[LINE_ROOM];

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		FILE *file = file_new(path, sizeof(path));
		char *line = NULL;

		assert_int_equal(ssh_line(fixture_key(rows[i].key), &line),
		    JPKI_OK);
		assert_true(fprintf(file, "%s\n", line) > 0);
		assert_int_equal(fclose(file), 0);
		free(line);
		ask_ssh_keygen("-l", path, answer);
		assert_int_equal(unlink(path), 0);
		assert_int_equal(strncmp(answer, rows[i].size,
		    strlen(rows[i].size)), 0);
		assert_non_null(strstr(answer, rows[i].type));
	}
}

/* OpenSSH reads no compressed points. */
static void
a_compressed_point_is_written_whole(void **state)
{
	static const enum fixture_key keys[] = {
		FIXTURE_P256, FIXTURE_P384, FIXTURE_P521,
	};

	(void)state;
	for (size_t i = 0; i < COUNT(keys); i++) {
		EVP_PKEY *key = EVP_PKEY_dup(fixture_key(keys[i]));
		char *line = NULL, *wanted = NULL;

		assert_int_equal(EVP_PKEY_set_utf8_string_param(key,
		    OSSL_PKEY_PARAM_EC_POINT_CONVERSION_FORMAT,
		    "compressed"), 1);
		assert_int_equal(ssh_line(key, &line), JPKI_OK);
		assert_int_equal(ssh_line(fixture_key(keys[i]), &wanted),
		    JPKI_OK);
		expect_text("line", line, wanted);
		free(line);
		free(wanted);
		EVP_PKEY_free(key);
	}
}

/* An RSA key of that many bits: not a key that anybody could use. */
static EVP_PKEY *
rsa_of(int bits)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(fixture_crypto(),
	    "RSA", NULL);
	OSSL_PARAM_BLD *build = OSSL_PARAM_BLD_new();
	BIGNUM *n = BN_new(), *e = BN_new();
	EVP_PKEY *key = NULL;
	OSSL_PARAM *params;

	assert_int_equal(BN_set_bit(n, bits - 1), 1);
	assert_int_equal(BN_set_bit(n, 0), 1);
	assert_int_equal(BN_set_word(e, 65537), 1);
	assert_int_equal(OSSL_PARAM_BLD_push_BN(build, "n", n), 1);
	assert_int_equal(OSSL_PARAM_BLD_push_BN(build, "e", e), 1);
	params = OSSL_PARAM_BLD_to_param(build);
	assert_int_equal(EVP_PKEY_fromdata_init(ctx), 1);
	assert_int_equal(EVP_PKEY_fromdata(ctx, &key, EVP_PKEY_PUBLIC_KEY,
	    params), 1);
	OSSL_PARAM_free(params);
	OSSL_PARAM_BLD_free(build);
	BN_free(n);
	BN_free(e);
	EVP_PKEY_CTX_free(ctx);
	return key;
}

/* RFC 4251, 5: a zero in front if and only if the first bit is set. */
static void
numbers_of_any_size_are_written_right(void **state)
{
	static const int bits[] = { 1024, 2047, 2041, 3072, 4096, 8192, 16384 };
	char wanted[LINE_ROOM];

	(void)state;
	for (size_t i = 0; i < COUNT(bits); i++) {
		EVP_PKEY *key = rsa_of(bits[i]);
		char *line = NULL;

		line_of_ssh_keygen(key, wanted);
		assert_int_equal(ssh_line(key, &line), JPKI_OK);
		expect_text("line", line, wanted);
		free(line);
		EVP_PKEY_free(key);
	}
}

static void
keys_that_ssh_lacks_are_unsupported(void **state)
{
	EVP_PKEY *keys[] = {
		fixture_key(FIXTURE_P224), fixture_key(FIXTURE_ED25519),
		rsa_of(16401), rsa_of(40000),
	};

	(void)state;
	for (size_t i = 0; i < COUNT(keys); i++) {
		char *line = NULL;
		enum jpki_err err = ssh_line(keys[i], &line);

		/* OpenSSL may be the first to refuse the largest. */
		assert_true(err == JPKI_ERR_UNSUPPORTED ||
		    (i == 3 && err == JPKI_ERR_MALFORMED));
		assert_null(line);
	}
	EVP_PKEY_free(keys[2]);
	EVP_PKEY_free(keys[3]);
}

static void
garbage_has_no_line(void **state)
{
	char *line = NULL;

	(void)state;
	assert_int_equal(x509_ssh_key(fixture_crypto(),
	    text_slice("no certificate"), &line), JPKI_ERR_MALFORMED);
	assert_int_equal(x509_ssh_key(fixture_crypto(), slice_of(NULL, 0),
	    &line), JPKI_ERR_MALFORMED);
	assert_null(line);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(line_is_the_one_of_ssh_keygen),
		cmocka_unit_test(ssh_keygen_reads_the_line),
		cmocka_unit_test(a_compressed_point_is_written_whole),
		cmocka_unit_test(numbers_of_any_size_are_written_right),
		cmocka_unit_test(keys_that_ssh_lacks_are_unsupported),
		cmocka_unit_test(garbage_has_no_line),
	};

	return cmocka_run_group_tests_name("sshkey", tests, NULL,
	    fixture_free);
}
