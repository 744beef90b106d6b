/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Other people's programs: what they make of a document is signed, what was
 * signed they accept, and what they have signed is accepted.
 */
#define _GNU_SOURCE		/* mkdtemp */
#include "pdfkit.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <openssl/pkcs12.h>

#include "unit.h"

#define COMMAND_MAX	512
#define OUTPUT_MAX	((size_t)1 << 16)
#define P12_PASSWORD	"none"

/* Somebody with a key that another program can have, too. */
struct peers {
	struct dockit	*kit;
	X509		*ca, *cert;
	EVP_PKEY	*key;
	char		 folder[32];
	char		 output[OUTPUT_MAX];	/* of the last program */
};

/* Runs a program in the folder; how it ended. */
static int __attribute__((format(printf, 2, 3)))
run(struct peers *peers, const char *format, ...)
{
	char command[COMMAND_MAX];
	va_list args;
	FILE *f;
	size_t n;

	snprintf(command, sizeof(command), "cd %s && exec 2>&1 && ",
	    peers->folder);
	n = strlen(command);
	va_start(args, format);
	vsnprintf(command + n, sizeof(command) - n, format, args);
	va_end(args);
	f = popen(command, "r");
	assert_non_null(f);
	n = fread(peers->output, 1, OUTPUT_MAX - 1, f);
	peers->output[n] = '\0';
	return pclose(f);
}

static size_t
count_output(const struct peers *peers, const char *words)
{
	const char *at = peers->output;
	size_t n = 0;

	while ((at = strstr(at, words)) != NULL) {
		at++;
		n++;
	}
	return n;
}

static void
expect_output(const struct peers *peers, const char *what, const char *words,
    size_t times)
{
	if (count_output(peers, words) != times)
		fail_msg("%s: not %zu times \"%s\":\n%s", what, times, words,
		    peers->output);
}

static FILE *
open_file(const struct peers *peers, const char *name, const char *mode)
{
	char path[64];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", peers->folder, name);
	f = fopen(path, mode);
	assert_non_null(f);
	return f;
}

static void
save(const struct peers *peers, const char *name, const struct jpki_buf *buf)
{
	FILE *f = open_file(peers, name, "wb");

	assert_int_equal(fwrite(buf->p, 1, buf->n, f), buf->n);
	assert_int_equal(fclose(f), 0);
}

static struct jpki_buf
load(const struct peers *peers, const char *name)
{
	FILE *f = open_file(peers, name, "rb");
	struct jpki_buf buf = { NULL, 0 };

	assert_int_equal(fseek(f, 0, SEEK_END), 0);
	buf.n = (size_t)ftell(f);
	buf.p = malloc(buf.n + 1);
	assert_non_null(buf.p);
	rewind(f);
	assert_int_equal(fread(buf.p, 1, buf.n, f), buf.n);
	(void)fclose(f);
	return buf;
}

/*
 * A signer whom NSS knows.
 */

static EVP_PKEY *new_key;

static void
set_key(X509 *x509)
{
	assert_int_equal(X509_set_pubkey(x509, new_key), 1);
}

static void
save_p12(struct peers *peers)
{
	PKCS12 *p12 = PKCS12_create(P12_PASSWORD, "signer", peers->key,
	    peers->cert, NULL, 0, 0, 0, 0, 0);
	FILE *f = open_file(peers, "signer.p12", "wb");

	assert_non_null(p12);
	assert_int_equal(i2d_PKCS12_fp(f, p12), 1);
	(void)fclose(f);
	PKCS12_free(p12);
	f = open_file(peers, "ca.der", "wb");
	assert_int_equal(i2d_X509_fp(f, peers->ca), 1);
	(void)fclose(f);
}

static void
make_signer(struct peers *peers)
{
	struct fixture ca = fixture_ca, leaf = fixture_sign;

	/* These programs know no other time than now. */
	ca.not_after = leaf.not_after = "20991231145959Z";
	leaf.serial = "0A0B0C";
	leaf.alter = set_key;
	peers->key = new_key = EVP_RSA_gen(2048);
	assert_non_null(new_key);
	peers->ca = dockit_cert(&ca);
	peers->cert = dockit_cert(&leaf);
	save_p12(peers);
	if (run(peers, "mkdir nss && certutil -N -d sql:nss --empty-password &&"
	    " certutil -A -d sql:nss -n ca -t C,C,C -i ca.der && "
	    "pk12util -d sql:nss -i signer.p12 -W " P12_PASSWORD " -K ''") != 0)
		fail_msg("%s", peers->output);
}

static int
peers_new(void **state)
{
	struct peers *peers = calloc(1, sizeof(*peers));
	void *kit;

	assert_non_null(peers);
	assert_int_equal(dockit_new(&kit), 0);
	peers->kit = kit;
	strcpy(peers->folder, "/tmp/jpki-pdf.XXXXXX");
	assert_non_null(mkdtemp(peers->folder));
	make_signer(peers);
	trust_certs_free(peers->kit->trust.anchors);
	peers->kit->trust.anchors = dockit_certs(peers->ca);
	peers->kit->trust.now = (int64_t)time(NULL);
	peers->kit->signer.now = peers->kit->trust.now;
	peers->kit->signer.key = peers->key;
	peers->kit->signer.cert = peers->cert;
	*state = peers;
	return 0;
}

static int
peers_free(void **state)
{
	struct peers *peers = *state;
	void *kit = peers->kit;

	pdfkit_forget();
	assert_int_equal(run(peers, "rm -rf %s", peers->folder), 0);
	X509_free(peers->ca);
	X509_free(peers->cert);
	EVP_PKEY_free(peers->key);
	free(peers);
	return dockit_free(&kit);
}

/*
 * Documents of different programs.
 */

/* From in.pdf to out.pdf. */
static const char *const makers[] = {
	"cp in.pdf out.pdf",
	"qpdf in.pdf out.pdf",
	"qpdf --linearize in.pdf out.pdf",
	"qpdf --linearize --object-streams=generate in.pdf out.pdf",
	"qpdf --object-streams=generate in.pdf out.pdf",
	"qpdf --object-streams=disable in.pdf out.pdf",
	"qpdf --newline-before-endstream in.pdf out.pdf",
	"qpdf --qdf in.pdf out.pdf",
	"qpdf --stream-data=uncompress in.pdf out.pdf",
	"qpdf --empty --pages in.pdf 1,2 in.pdf 2 -- out.pdf",
	"qpdf --force-version=1.3 in.pdf out.pdf",
	"qpdf --force-version=1.4 in.pdf out.pdf",
	"qpdf --min-version=1.5 --object-streams=generate in.pdf out.pdf",
	"qpdf --min-version=1.6 --object-streams=generate in.pdf out.pdf",
	"qpdf --force-version=2.0 --object-streams=generate in.pdf out.pdf",
	"mutool clean in.pdf out.pdf",
	"mutool clean -gggg -z in.pdf out.pdf",
	"mutool clean -l in.pdf out.pdf",
	"mutool merge -o out.pdf in.pdf in.pdf",
	"pdftocairo -pdf in.pdf out.pdf",
	/* Its table is longer than it says. */
	"pdfunite in.pdf in.pdf x.pdf && qpdf --warning-exit-0 x.pdf out.pdf",
};

#define PAGE(content) "<</Type/Page/Parent 2 0 R/MediaBox[0 0 400 300]" \
	"/Contents " content "/Resources<</Font<</F 7 0 R>>>>>>"

static const struct pdfkit_object pages[] = {
	{ 1, "<</Type/Catalog/Pages 2 0 R>>" },
	{ 2, "<</Type/Pages/Kids[3 0 R 4 0 R]/Count 2>>" },
	{ 3, PAGE("5 0 R") },
	{ 4, PAGE("6 0 R") },
	{ 5, "<</Length 38>>\nstream\nBT /F 20 Tf 20 20 Td (Page one) Tj ET "
	    "\nendstream" },
	{ 6, "<</Length 38>>\nstream\nBT /F 20 Tf 20 20 Td (Page two) Tj ET "
	    "\nendstream" },
	{ 7, "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>" },
	{ 0, NULL }
};

static struct jpki_buf
make(struct peers *peers, const char *maker)
{
	struct jpki_buf pdf = pdfkit_make(pages, NULL);

	save(peers, "in.pdf", &pdf);
	jpki_buf_free(&pdf);
	if (run(peers, "rm -f out.pdf && %s", maker) != 0)
		fail_msg("%s: %s", maker, peers->output);
	return load(peers, "out.pdf");
}

/* signed.pdf has n signatures of ours. */
static void
expect_accepted(struct peers *peers, const char *what, size_t n)
{
	if (run(peers, "qpdf --check signed.pdf") != 0)
		fail_msg("%s: %s", what, peers->output);
	expect_output(peers, what, "WARNING", 0);
	(void)run(peers, "pdfsig -nssdir sql:nss -no-ocsp signed.pdf");
	expect_output(peers, what, "Signature Validation: Signature is Valid",
	    n);
	expect_output(peers, what, "- Total document signed", 1);
	(void)run(peers, "mutool sign -v signed.pdf");
	expect_output(peers, what, "unchanged since signing", 1);
	expect_output(peers, what, "valid but there have been edits", n - 1);
	if (run(peers, "mutool draw -q -o page.png signed.pdf 1") != 0)
		fail_msg("%s: %s", what, peers->output);
}

static void
whatever_was_made_is_signed_so_that_others_accept_it(void **state)
{
	static const struct pdf_place place = { 2, 20, 200, 150, 50 };
	static const struct pdf_options rows[] = {
		{ .profile = PDF_MOJ, .reason = "\xE7\x94\xB3\xE8\xAB\x8B" },
		{ .profile = PDF_PADES, .visible = &place },
	};
	struct peers *peers = *state;

	for (size_t i = 0; i < COUNT(makers); i++) {
		struct jpki_buf pdf = make(peers, makers[i]);

		for (size_t n = 0; n < COUNT(rows); n++) {
			pdfkit_sign(peers->kit, &pdf, &rows[(i + n) % 2]);
			save(peers, "signed.pdf", &pdf);
			expect_accepted(peers, makers[i], n + 1);
			pdfkit_accept(peers->kit, &pdf, n + 1);
		}
		jpki_buf_free(&pdf);
	}
}

/* First theirs and then ours; and theirs once more. */
static void
what_others_signed_is_accepted(void **state)
{
	static const char command[] = "rm -f out.pdf && cp signed.pdf in.pdf "
	    "&& pdfsig -nssdir sql:nss -add-signature -nick signer in.pdf "
	    "signed.pdf";
	struct peers *peers = *state;

	for (size_t i = 1; i < 6; i++) {
		struct jpki_buf pdf = make(peers, makers[i]);

		save(peers, "signed.pdf", &pdf);
		jpki_buf_free(&pdf);
		(void)run(peers, command);
		pdf = load(peers, "signed.pdf");
		pdfkit_accept(peers->kit, &pdf, 1);
		pdfkit_sign(peers->kit, &pdf, NULL);
		pdfkit_accept(peers->kit, &pdf, 2);
		save(peers, "signed.pdf", &pdf);
		jpki_buf_free(&pdf);
		(void)run(peers, command);
		pdf = load(peers, "signed.pdf");
		pdfkit_accept(peers->kit, &pdf, 3);
		jpki_buf_free(&pdf);
	}
}

/* Signed by us, and then by others, in a field that was there before. */
static struct jpki_buf
fill_field(struct peers *peers, const char *filler)
{
	struct pdfkit_object objects[7];
	struct jpki_buf pdf;

	memcpy(objects, pdfkit_form, 6 * sizeof(objects[0]));
	objects[5].text = "<</Type/Annot/Subtype/Widget/FT/Sig/T(Seal)"
	    "/Rect[0 0 99 99]/P 3 0 R/F 132>>";
	objects[6].text = NULL;
	pdf = pdfkit_make(objects, NULL);
	pdfkit_sign(peers->kit, &pdf, NULL);
	save(peers, "in.pdf", &pdf);
	jpki_buf_free(&pdf);
	(void)run(peers, "%s", filler);
	return load(peers, "signed.pdf");
}

static void
a_waiting_field_that_others_fill_is_accepted(void **state)
{
	struct peers *peers = *state;
	struct jpki_buf pdf = fill_field(peers, "pdfsig -nssdir sql:nss "
	    "-sign Seal -etsi -nick signer in.pdf signed.pdf");

	pdfkit_accept(peers->kit, &pdf, 2);
	jpki_buf_free(&pdf);
}

/* It knows no other hash; all else of it is as it has to be. */
static void
what_mutool_signs_fails_for_its_sha1_alone(void **state)
{
	struct peers *peers = *state;
	struct jpki_buf pdf = fill_field(peers, "mutool sign -s signer.p12 "
	    "-P " P12_PASSWORD " -o signed.pdf in.pdf 6");
	const struct verdict *v = pdfkit_check(peers->kit, &pdf);

	assert_int_equal(v->n, 2);
	for (size_t i = 0; i < 2 * CHECK_COUNT; i++) {
		enum check c = (enum check)(i % CHECK_COUNT);
		const struct verdict_signature *of =
		    &v->signatures[i / CHECK_COUNT];

		if (of->check[c].finding == FINDING_FAILED &&
		    (strcmp(of->label, "Seal") != 0 ||
		    strstr(of->check[c].words, "not accepted") ==
		    NULL))
			fail_msg("%s: %s", check_name(c), of->check[c].words);
	}
	assert_false(verdict_holds(v));
	jpki_buf_free(&pdf);
}

static void
encrypted_documents_are_refused(void **state)
{
	static const char *const rows[] = {
		"qpdf --encrypt '' owner 256 -- in.pdf out.pdf",
		"qpdf --encrypt user owner 256 -- in.pdf out.pdf",
		("qpdf --allow-weak-crypto --encrypt '' owner 128 -- in.pdf "
		    "out.pdf"),
	};
	struct peers *peers = *state;

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct jpki_buf pdf = make(peers, rows[i]);

		pdfkit_refuse(peers->kit, &pdf, NULL, "encrypted");
		pdfkit_unreadable(peers->kit, &pdf, "encrypted");
		jpki_buf_free(&pdf);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name)	cmocka_unit_test_setup_teardown(name, peers_new, \
			    peers_free)
		TEST(whatever_was_made_is_signed_so_that_others_accept_it),
		TEST(what_others_signed_is_accepted),
		TEST(a_waiting_field_that_others_fill_is_accepted),
		TEST(what_mutool_signs_fails_for_its_sha1_alone),
		TEST(encrypted_documents_are_refused),
	};

	return cmocka_run_group_tests_name("doc_pdf_peers", tests, NULL,
	    fixture_free);
}
