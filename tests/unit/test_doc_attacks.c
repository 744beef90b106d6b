/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Published flaws of verifiers, as files, before the program: jpki-tool verify
 * has to end with 1 and to say why, in words and in JSON.  What the functions
 * behind it do is tested more closely next to each of them.
 */
#define _GNU_SOURCE		/* mkdtemp */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "attackkit.h"
#include "unit.h"

#define DSIG	"http://www.w3.org/2000/09/xmldsig#"
#define MORE	"http://www.w3.org/2001/04/xmldsig-more#"
#define C14N	"http://www.w3.org/TR/2001/REC-xml-c14n-20010315"
#define ROOM	(1 << 16)	/* of what the program says */

static char folder[] = "/tmp/test_doc_attacks.XXXXXX";
static const char *const files[] = {
	"ca", "other", "attack", "out", "err",
};

/*
 * The flaws.
 */

static struct fixture leaf, authority, ended, login, self_made;

#define A(what, maker, failed, said) \
	.flaw = what, .make = maker, .check = failed, .words = said
#define OTHER		"--content other"

static const struct attack attacks[] = {
	{ A("CMS: none", cms_plain, "", NULL) },
	{ A("CMS: other content beside it", cms_plain, "integrity", "the content is not"
	    " what was signed"),
	    .arguments = OTHER },
	{ A("CMS: other content in it", cms_plain, "integrity", "the content is not what"
	    " was signed"),
	    .bend = change_content },
	{ A("CMS: a changed signature", cms_plain, "signature", "did not make it"),
	    .bend = change_signature },
	{ A("CMS: no signed attributes", cms_bare, "signature", "it has no signed attributes") },
	{ A("CMS: signed attributes as content", cms_confused, "signature", "it has no"
	    " signed attributes") },
	{ A("CMS: nobody signed", cms_of_nobody, NULL, "the CMS holds no signature") },
	{ A("CMS: two signers", cms_of_two, "", NULL) },
	{ A("CMS: two signers, one bad", cms_of_two, "signature", "did not make it"),
	    .bend = change_signature },
	{ A("CMS: another certificate than was meant", cms_with_a_double, "signature",
	    "name another certificate") },
	{ A("CMS: content of another type", cms_of_another_type, NULL, "is no document") },
	{ A("CMS: SHA-1", cms_digest, "integrity", "sha1"), .to = "SHA1" },
	{ A("CMS: MD5", cms_digest, "integrity", "md5"), .to = "MD5" },
	{ A("CMS: something behind it", cms_trailing, NULL, "nobody signed"), .to = "more" },
	{ A("CMS: a certificate for logins", cms_by, "usage", "made for logins"),
	    .signer = &login },
	{ A("CMS: a CA's certificate", cms_by, "usage", "certificate of a CA"),
	    .signer = &authority },
	{ A("CMS: a certificate that had ended", cms_by, "validity", "no longer valid"),
	    .signer = &ended },
	{ A("CMS: a certificate that vouches for itself", cms_by, "chain", "no CA that"),
	    .signer = &self_made },
	{ A("CMS: a CA that only has the name", cms_by_own_ca, "chain", "no CA that") },
	{ A("CMS: a time stamp of something else", cms_plain, "timestamp", "was made for"),
	    .bend = stamp_other },

	{ A("XML: none", xml_changed, "", NULL) },
	{ A("XML: other content", xml_changed, "integrity", "was changed"), .from = ">1000<",
	    .to = ">9000<" },
	{ A("XML: a comment that parts a text", xml_changed, "coverage", "the comment in a text"),
	    .from = ">1000<", .to = ">1<!-- -->000<" },
	{ A("XML: two elements of one name", xml_wrapped, NULL, "two elements have the Id"),
	    .to = "<order><sum Id=\"sum\">9000</sum><old>SUM</old>SIGNATURE</order>" },
	{ A("XML: what was signed is elsewhere", xml_wrapped, "coverage", "not <order>"),
	    .to = "<order><sum>9000</sum><old>SUM</old>SIGNATURE</order>" },
	{ A("XML: what was signed is beside the content", xml_wrapped, "coverage", "not <order>"),
	    .to = "<order>SUM<sum>9000</sum>SIGNATURE</order>" },
	{ A("XML: XPath", xml_made, "integrity", "xpath"), .from = C14N "\"/></ds:Transforms",
	    .to = "http://www.w3.org/TR/1999/REC-xpath-19991116\"/></ds:Transforms" },
	{ A("XML: XSLT", xml_made, "integrity", "xslt"), .from = C14N "\"/></ds:Transforms",
	    .to = "http://www.w3.org/TR/1999/REC-xslt-19991116\"/></ds:Transforms" },
	{ A("XML: a reference to the network", xml_made, "integrity", "nothing is fetched"),
	    .from = "URI=\"\"", .to = "URI=\"http://127.0.0.1:9/\"" },
	{ A("XML: a reference to the disk", xml_made, "integrity", "nothing is fetched"),
	    .from = "URI=\"\"", .to = "URI=\"file:///etc/passwd\"" },
	{ A("XML: a file that was not given", xml_made, "integrity", "was not given"),
	    .from = "URI=\"\"", .to = "URI=\"passwd\"" },
	{ A("XML: an XPointer", xml_made, "integrity", "nothing is fetched"), .from = "URI=\"\"",
	    .to = "URI=\"#xpointer(id('to'))\"" },
	{ A("XML: a manifest", xml_made, "integrity", "Manifest"), .from = "URI=\"\"",
	    .to = "URI=\"\" Type=\"" DSIG "Manifest\"" },
	{ A("XML: SHA-1", xml_made, "integrity", "sha1"), .from = "2001/04/xmlenc#sha256",
	    .to = "2000/09/xmldsig#sha1" },
	{ A("XML: HMAC in the place of a key", xml_changed, "signature", "hmac-sha256"),
	    .from = MORE "rsa-sha256", .to = MORE "hmac-sha256" },
	{ A("XML: an HMAC of no bits", xml_changed, "signature", "the signature algorithm"),
	    .from = MORE "rsa-sha256\"/>",
	    .to = DSIG "hmac-sha1\"><ds:HMACOutputLength>0</ds:HMACOutputLength>"
	    "</ds:SignatureMethod>" },
	{ A("XML: nothing referred to", xml_without, "integrity", "it signs nothing"),
	    .from = "<ds:Reference", .to = "</ds:Reference>", .instead = "" },
	{ A("XML: a key without a certificate", xml_without, "signature", "no certificate"),
	    .from = "<ds:KeyInfo>", .to = "</ds:KeyInfo>",
	    .instead = "<ds:KeyInfo><ds:KeyValue><ds:RSAKeyValue><ds:Modulus>AQAB"
	    "</ds:Modulus><ds:Exponent>AQAB</ds:Exponent></ds:RSAKeyValue></ds:KeyValue>"
	    "</ds:KeyInfo>" },
	{ A("XML: entities", xml_changed, NULL, "DOCTYPE"), .from = "<letter Id=\"letter\">",
	    .to = "<!DOCTYPE letter [<!ENTITY e \"9\">]><letter Id=\"letter\">" },
	{ A("XML: an external entity", xml_changed, NULL, "DOCTYPE"),
	    .from = "<letter Id=\"letter\">",
	    .to = "<!DOCTYPE letter SYSTEM \"file:///etc/passwd\"><letter Id=\"letter\">" },
	{ A("XML: a prefix that means nothing", xml_changed, NULL, "not well-formed"),
	    .from = "<letter Id=\"letter\">", .to = "<letter Id=\"letter\" dss:Id=\"x\">" },

	{ A("PDF: none", pdf_plain, "", NULL) },
	{ A("PDF: a range with a hole", pdf_with_a_hole, "coverage", "leaves out more") },
	{ A("PDF: a range that ends early", pdf_longer, "coverage", "goes on behind the last") },
	{ A("PDF: one of several signatures", pdf_with_another, "coverage", "overlap") },
	{ A("PDF: other content in a later revision", pdf_changed_later, "coverage", "goes on") },
};

/*
 * The program.
 */

static char *
path_of(const char *name, char out[static 64])
{
	(void)snprintf(out, 64, "%s/%s", folder, name);
	return out;
}

static void
put(const char *name, const void *bytes, size_t n)
{
	char path[64];
	FILE *f = fopen(path_of(name, path), "wb");

	assert_non_null(f);
	assert_int_equal(fwrite(bytes, 1, n, f), n);
	assert_int_equal(fclose(f), 0);
}

static const char *
get(const char *name, char room[static ROOM])
{
	char path[64];
	FILE *f = fopen(path_of(name, path), "rb");
	size_t n;

	assert_non_null(f);
	n = fread(room, 1, ROOM - 1, f);
	room[n] = '\0';
	fclose(f);
	return room;
}

static int
run(const struct attack *a, const char *option)
{
	const char *tool = getenv("JPKI_TOOL");
	char command[512];
	int n, status;

	if (tool == NULL)
		fail_msg("JPKI_TOOL is not set");
	n = snprintf(command, sizeof(command), "cd %s && '%s' verify %s "
	    "--ca ca %s attack >out 2>err </dev/null", folder, tool, option,
	    a->arguments != NULL ? a->arguments : "");
	assert_true(n > 0 && (size_t)n < sizeof(command));
	status = system(command);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void
expect_words(const struct attack *a, const char *text, const char *words)
{
	if (words != NULL && strstr(text, words) == NULL)
		fail_msg("%s: no \"%s\" in: %s", a->flaw, words, text);
}

static void
try(const struct attack *a, bool json)
{
	static char out[ROOM], err[ROOM], row[64];
	bool good = a->check != NULL && a->check[0] == '\0';
	int code = run(a, json ? "-j" : "");

	get("out", out);
	get("err", err);
	if (code != (good ? 0 : 1))
		fail_msg("%s: exit status %d: %s%s", a->flaw, code, out, err);
	if (a->check == NULL) {
		expect_words(a, err, a->words);
		assert_string_equal(out, "");
		return;
	}
	expect_words(a, err, good ? NULL : "not every signature holds");
	(void)snprintf(row, sizeof(row), json ? "\"%s\":{\"result\":\"failed\"" :
	    "\n  %-22s FAILED", a->check);
	expect_words(a, out, good ? NULL : row);
	expect_words(a, out, a->words);
	expect_words(a, out, json ? good ? "\"holds\":true" :
	    "\"holds\":false" : good ? "This document holds" :
	    "does NOT hold");
}

static void
every_flaw_is_found_by_the_program(void **state)
{
	for (size_t i = 0; i < COUNT(attacks); i++) {
		struct jpki_buf bytes = attacks[i].make(*state, &attacks[i]);

		put("attack", bytes.p, bytes.n);
		jpki_buf_free(&bytes);
		try(&attacks[i], false);
		try(&attacks[i], true);
	}
}

/*
 * The program has the host's clock: certificates that last.
 */

static struct fixture
lasting(const struct fixture *fixture)
{
	struct fixture f = *fixture;

	f.not_before = "20200101000000Z";
	f.not_after = "99991231235959Z";
	return f;
}

static void
make_fixtures(void)
{
	leaf = lasting(&fixture_sign);
	authority = lasting(&fixture_ca);
	login = lasting(&fixture_auth);
	ended = self_made = leaf;
	ended.not_after = "251231235959Z";
	self_made.issuer = self_made.subject;
	self_made.issuer_key = self_made.authority = self_made.key;
}

static int
new_all(void **state)
{
	struct jpki_buf der = { NULL, 0 };
	struct dockit *kit;

	make_fixtures();
	assert_int_equal(dockit_new(state), 0);
	kit = *state;
	X509_free(kit->sign);
	X509_free(kit->ca);
	kit->signer.cert = kit->sign = dockit_cert(&leaf);
	kit->signer.ca = kit->ca = dockit_cert(&authority);
	memcpy(folder + sizeof(folder) - 7, "XXXXXX", 6);
	assert_non_null(mkdtemp(folder));
	assert_int_equal(trust_cert_der(kit->ca, &der, NULL), DOC_OK);
	put("ca", der.p, der.n);
	put("other", "other", 5);
	jpki_buf_free(&der);
	return 0;
}

static int
free_all(void **state)
{
	char path[64];

	for (size_t i = 0; i < COUNT(files); i++)
		(void)unlink(path_of(files[i], path));
	(void)rmdir(folder);
	return dockit_free(state);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
		    every_flaw_is_found_by_the_program, new_all, free_all),
	};

	return cmocka_run_group_tests_name("doc_attacks", tests, NULL,
	    fixture_free);
}
