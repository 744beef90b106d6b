/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A CA that is pinned proves a certificate, and nothing else does.  No real
 * CA's certificate is in the tree, so the table of pins is played: the source
 * is compiled here once more.
 */
#include <string.h>

#include "fixture.h"
#include "scene.h"

static const char *pinned;	/* a fingerprint */
static unsigned asked;

static bool
fake_fingerprint(const char *hex)
{
	asked++;
	return pinned != NULL && strcmp(hex, pinned) == 0;
}

#define anchor_has_fingerprint	fake_fingerprint
#include "lib/cert.c"

static enum jpki_ca
prove(struct scene *s, const struct jpki_buf *der, const struct jpki_buf *ca)
{
	enum jpki_ca out = JPKI_CA_TEST;

	expect_err("prove", jpki_cert_ca_prove(s->ctx, der->p, der->n, ca->p,
	    ca->n, &out), JPKI_OK);
	return out;
}

static void
only_the_pinned_ca_is_known(void **state)
{
	struct scene *s = *state;
	struct fixture other = fixture_ca;
	struct jpki_buf der = fixture_make(&fixture_sign);
	struct jpki_buf ca = fixture_make(&fixture_ca), stranger;
	struct jpki_cert *parsed = NULL;

	other.key = other.issuer_key = other.authority = FIXTURE_RSA;
	stranger = fixture_make(&other);
	expect_err("parse", jpki_cert_parse(s->ctx, ca.p, ca.n, &parsed),
	    JPKI_OK);
	expect_int("not pinned", prove(s, &der, &ca) != JPKI_CA_KNOWN, 1);
	pinned = parsed->fingerprint;
	expect_int("pinned", prove(s, &der, &ca), JPKI_CA_KNOWN);
	/* Of a CA that did not sign it, the pin is not even looked at. */
	asked = 0;
	expect_int("a stranger", prove(s, &der, &stranger), JPKI_CA_UNKNOWN);
	assert_int_equal(asked, 0);
	pinned = NULL;
	jpki_cert_free(&parsed);
	jpki_buf_free(&stranger);
	jpki_buf_free(&ca);
	jpki_buf_free(&der);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(only_the_pinned_ca_is_known,
		    scene_new, scene_free),
	};

	return cmocka_run_group_tests(tests, NULL, fixture_free);
}
