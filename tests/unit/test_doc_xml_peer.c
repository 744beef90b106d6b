/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * xmlsec1, the program, holds for good what we sign, and we what it signs.
 * It resolves references, digests and verifies by code that ours never runs.
 */
#include "xml.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <openssl/pem.h>

#include "unit.h"
#include "xmlkit.h"

#define DSIG		"http://www.w3.org/2000/09/xmldsig#"
#define ARGUMENTS_MAX	24

/* A folder of its own, which is removed by its list of names. */
static char		 folder[] = "/tmp/jpki-xml-peer.XXXXXX";
static const char *const names[] = {
	"key.pem", "cert.pem", "ca.pem", "in.xml", "out.xml", "plan.txt",
	"log",
};

static FILE *
open_file(const char *name, const char *mode)
{
	char *path = xmlkit_format("%s/%s", folder, name);
	FILE *f = fopen(path, mode);

	if (f == NULL)
		fail_msg("%s cannot be opened", path);
	free(path);
	return f;
}

static void
put(const char *name, const char *text)
{
	FILE *f = open_file(name, "w");

	assert_true(fputs(text, f) >= 0);
	assert_int_equal(fclose(f), 0);
}

static char *
get(const char *name)
{
	FILE *f = open_file(name, "r");
	char *text = calloc(1, 65536);

	assert_non_null(text);
	assert_true(fread(text, 1, 65535, f) < 65535);
	(void)fclose(f);
	return text;
}

static void
put_cert(const char *name, X509 *cert)
{
	FILE *f = open_file(name, "w");

	assert_int_equal(PEM_write_X509(f, cert), 1);
	assert_int_equal(fclose(f), 0);
}

static int
begin(void **state)
{
	/* The RSA keys' primes are not in the keys: PEM would need them. */
	struct fixture signer = fixture_sign;
	struct dockit *kit;
	X509 *cert;
	FILE *f;

	if (mkdtemp(folder) == NULL || dockit_new(state) != 0)
		return -1;
	kit = *state;
	f = open_file("key.pem", "w");
	signer.key = FIXTURE_P256;
	cert = dockit_cert(&signer);
	assert_int_equal(PEM_write_PrivateKey(f, fixture_key(FIXTURE_P256),
	    NULL, NULL, 0, NULL, NULL), 1);
	assert_int_equal(fclose(f), 0);
	put_cert("cert.pem", cert);
	X509_free(cert);
	put_cert("ca.pem", kit->ca);
	put("plan.txt", "a plan\n");
	return 0;
}

static int
end(void **state)
{
	for (size_t i = 0; i < COUNT(names); i++) {
		char *path = xmlkit_format("%s/%s", folder, names[i]);

		(void)unlink(path);
		free(path);
	}
	(void)rmdir(folder);
	(void)xmlkit_free(state);
	return fixture_free(state);
}

static void
run_child(char *const arguments[])
{
	if (chdir(folder) != 0 || freopen("log", "w", stdout) == NULL ||
	    dup2(STDOUT_FILENO, STDERR_FILENO) < 0)
		_exit(126);
	(void)execvp(arguments[0], arguments);
	_exit(127);
}

/* In the folder; words parted by a blank, but the last one is one. */
static void
run(const char *words, const char *last)
{
	char *text = xmlkit_format("%s", words), *next = text;
	char *arguments[ARGUMENTS_MAX] = { NULL };
	char *file = xmlkit_format("%s", last), *log;
	size_t n = 0;
	int status;
	pid_t pid;

	while ((arguments[n] = strtok_r(next, " ", &next)) != NULL)
		assert_true(++n < ARGUMENTS_MAX - 2);
	arguments[n] = file;
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0)
		run_child(arguments);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	if (status != 0) {
		log = get("log");
		fail_msg("%s %s: status %d: %s", words, last, status, log);
	}
	free(file);
	free(text);
}

static const struct xml_file plan = { "plan.txt",
    (const uint8_t *)"a plan\n", 7 };
static const char *const ids[] = { "to", "sum" };

static void
xmlsec1_holds_for_good_what_we_sign(void **state)
{
	static const struct {
		const char		*what;
		struct xml_options	 options;
	} rows[] = {
		{ "enveloped", { .shape = XML_ENVELOPED } },
		{ "into", { .into = "to" } },
		{ "exclusive", { .exclusive = true } },
		{ "enveloping", { .shape = XML_ENVELOPING } },
		{ "base64", { .shape = XML_ENVELOPING, .base64 = true } },
		{ "ids", { .shape = XML_DETACHED, .ids = ids, .ids_n = 2 } },
		{ "file", { .files = &plan, .files_n = 1 } },
		{ "XAdES", { .xades = true } },
		{ "exclusive XAdES", { .shape = XML_ENVELOPING,
		    .exclusive = true, .xades = true } },
		{ "e-Tax", { .profile = XML_ETAX } },
		{ "with CA", { .ca = true } },
	};
	static const enum jpki_hash hashes[] = {
		JPKI_HASH_SHA256, JPKI_HASH_SHA384, JPKI_HASH_SHA512,
	};
	struct dockit *kit = *state;

	for (size_t i = 0; i < COUNT(rows); i++) {
		char *out;

		kit->signer.hash = hashes[i % COUNT(hashes)];
		out = xmlkit_sign(kit, xmlkit_letter, &rows[i].options);
		put("out.xml", out);
		print_message("%s\n", rows[i].what);
		run("xmlsec1 --verify --trusted-pem ca.pem "
		    "--enabled-key-data x509 "
		    "--id-attr:Id letter --id-attr:Id to --id-attr:Id sum "
		    "--id-attr:Id http://uri.etsi.org/01903/v1.3.2#:"
		    "SignedProperties --verification-gmt-time "
		    "2026-01-01+00:00:00", "out.xml");
		free(out);
	}
	kit->signer.hash = JPKI_HASH_SHA256;
}

#define METHODS(c14n, hash) "<SignedInfo><CanonicalizationMethod " \
	"Algorithm=\"" c14n "\"/><SignatureMethod Algorithm=\"" \
	"http://www.w3.org/2001/04/xmldsig-more#ecdsa-" hash "\"/>"
#define REFERENCE(uri, transforms, digest) "<Reference URI=\"" uri "\">" \
	transforms "<DigestMethod Algorithm=\"" digest "\"/><DigestValue/>" \
	"</Reference>"
#define END "</SignedInfo><SignatureValue/><KeyInfo><KeyName/>" \
	"<X509Data><X509Certificate/><X509SubjectName/><X509IssuerSerial/>" \
	"</X509Data></KeyInfo>"
#define C14N	"http://www.w3.org/TR/2001/REC-xml-c14n-20010315"
#define EXC	"http://www.w3.org/2001/10/xml-exc-c14n#"
#define C14N11	"http://www.w3.org/2006/12/xml-c14n11"
#define SHA256	"http://www.w3.org/2001/04/xmlenc#sha256"
#define SHA512	"http://www.w3.org/2001/04/xmlenc#sha512"
#define ONE(uri) "<Transforms><Transform Algorithm=\"" uri "\"/></Transforms>"
#define TWO(a, b) "<Transforms><Transform Algorithm=\"" a "\"/>" \
	"<Transform Algorithm=\"" b "\"/></Transforms>"

static void
we_hold_for_good_what_xmlsec1_signs(void **state)
{
	static const char *const rows[] = {
		"<a xmlns:p=\"urn:p\"><b>1</b><Signature xmlns=\"" DSIG "\">"
		    METHODS(EXC, "sha256") REFERENCE("",
		    ONE(DSIG "enveloped-signature"), SHA256) END
		    "</Signature></a>",
		"<a><b>1</b><Signature xmlns=\"" DSIG "\">"
		    METHODS(C14N "#WithComments", "sha384") REFERENCE("",
		    TWO(DSIG "enveloped-signature", EXC), SHA512) END
		    "</Signature></a>",
		"<Signature xmlns=\"" DSIG "\">" METHODS(C14N11, "sha384")
		    REFERENCE("#o", "", SHA256) END "<Object Id=\"o\">"
		    "<data xmlns=\"\">x &amp; y</data></Object></Signature>",
		"<Signature xmlns=\"" DSIG "\">" METHODS(C14N, "sha256")
		    REFERENCE("plan.txt", "", SHA256)
		    REFERENCE("#o", ONE(C14N11), SHA256) END
		    "<Object Id=\"o\">x</Object></Signature>",
		"<to Id=\"to\" xmlns:q=\"urn:q\"><q:b/><Signature xmlns=\""
		    DSIG "\">" METHODS(EXC, "sha256") REFERENCE("#to",
		    "<Transforms><Transform Algorithm=\"" DSIG
		    "enveloped-signature\"/><Transform Algorithm=\"" EXC "\">"
		    "<InclusiveNamespaces xmlns=\"" EXC "\" PrefixList=\"q\"/>"
		    "</Transform></Transforms>", SHA256) END
		    "</Signature></to>",
	};
	struct dockit *kit = *state;

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct xml_given given = { .files = &plan, .files_n =
		    strstr(rows[i], "plan.txt") != NULL };
		const struct verdict *v;
		char *out;

		put("in.xml", rows[i]);
		run("xmlsec1 --sign --privkey-pem key.pem,cert.pem "
		    "--id-attr:Id to --output out.xml", "in.xml");
		out = get("out.xml");
		v = xmlkit_check(kit, out, &given);
		if (v == NULL)
			fail_msg("refused: %s: %s", kit->error.words, out);
		for (int check = 0; check < CHECK_TIMESTAMP; check++)
			dockit_expect(&v->signatures[0], (enum check)check,
			    FINDING_OK, NULL);
		free(out);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(xmlsec1_holds_for_good_what_we_sign),
		cmocka_unit_test(we_hold_for_good_what_xmlsec1_signs),
	};

	return cmocka_run_group_tests_name("doc_xml_peer", tests, begin, end);
}
