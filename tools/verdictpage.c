/* SPDX-License-Identifier: BSD-2-Clause */
#include "verdictpage.h"

#include <string.h>

#include "certpage.h"
#include "language.h"
#include "outtext.h"
#include "validity.h"

/* As text and in JSON; nothing is said of what was not there. */
static const struct finding_row {
	const char	*text, *json;
} findings[] = {
	[FINDING_NONE] = { NULL, NULL },
	[FINDING_OK] = { N_("ok"), "ok" },
	[FINDING_FAILED] = { N_("FAILED"), "failed" },
	[FINDING_UNKNOWN] = { N_("not known"), "unknown" },
};

/* The signer's certificate; NULL if there is none that can be read. */
static struct jpki_cert *
signer_of(struct tool *t, const struct verdict_signature *s)
{
	struct jpki_cert *cert = NULL;

	if (s->cert.n == 0 || jpki_cert_parse(t->ctx, s->cert.p, s->cert.n,
	    &cert) != JPKI_OK)
		return NULL;
	return cert;
}

static void
put_time(FILE *f, const char *label, int64_t when)
{
	char room[VALIDITY_TEXT];

	if (when >= 0)
		text_row(f, label, validity_rfc3339(when, room));
}

static void
put_checks(FILE *f, const struct verdict_signature *s)
{
	fputs(_("\nChecks\n"), f);
	for (int i = 0; i < CHECK_COUNT; i++) {
		const struct finding_row *row = &findings[s->check[i].finding];
		const char		 *words = s->check[i].words;

		if (row->text == NULL)
			continue;
		text_rowf(f, check_name((enum check)i), "%s%s%s",
		    language_of(row->text), words != NULL ? ": " : "", words != NULL ? words : "");
	}
}

/* Who signed calls it by nothing but its number, which is there already. */
static bool
is_number(const char *label, size_t number)
{
	char text[24];

	(void)snprintf(text, sizeof text, "%zu", number);
	return strcmp(label, text) == 0;
}

static void
put_signature(struct tool *t, const struct verdict_signature *s, size_t number)
{
	struct jpki_cert *cert = signer_of(t, s);

	fprintf(t->out, _("\nSignature %zu"), number);
	if (s->label != NULL && !is_number(s->label, number)) {
		fputs(", ", t->out);
		text_put(t->out, s->label);
	}
	fputc('\n', t->out);
	if (cert != NULL) {
		text_row(t->out, "Signer", cert->subject);
		text_row(t->out, "Issuer", cert->issuer);
		text_row(t->out, "Serial number", cert->serial);
	}
	put_time(t->out, "Signed, as it says", s->claimed);
	put_time(t->out, "Time stamp", s->stamped);
	if (s->hash != JPKI_HASH_NONE)
		text_row(t->out, "Hash", jpki_hash_name(s->hash));
	if (cert != NULL && cert->holder != NULL)
		certpage_holder(t->out, cert->holder);
	put_checks(t->out, s);
	jpki_cert_free(&cert);
}

static const char *
sentence(const struct verdict *verdict)
{
	if (verdict->n == 0)
		return _("This document is not signed.");
	if (verdict_holds(verdict))
		return _("This document holds, as far as it can be checked.");
	return verdict_fails(verdict) ? _("This document does NOT hold.") :
	    _("Whether this document holds is NOT known.");
}

void
verdictpage_text(struct tool *t, const struct verdict *verdict)
{
	fprintf(t->out, ngettext("%zu signature, %s\n", "%zu signatures, %s\n",
	    verdict->n), verdict->n, verdict->format);
	for (size_t i = 0; i < verdict->n; i++)
		put_signature(t, &verdict->signatures[i], i + 1);
	fprintf(t->out, "\n%s\n", sentence(verdict));
}

static void
json_time(struct json *j, const char *key, int64_t when)
{
	char room[VALIDITY_TEXT];

	json_string(j, key, when >= 0 ? validity_rfc3339(when, room) : NULL);
}

static void
json_signer(struct tool *t, struct json *j, const struct verdict_signature *s)
{
	struct jpki_cert *cert = signer_of(t, s);

	json_string(j, "subject", cert != NULL ? cert->subject : NULL);
	json_string(j, "issuer", cert != NULL ? cert->issuer : NULL);
	json_string(j, "serial", cert != NULL ? cert->serial : NULL);
	json_string(j, "sha256", cert != NULL ? cert->fingerprint : NULL);
	certpage_holder_json(j, cert != NULL ? cert->holder : NULL);
	jpki_cert_free(&cert);
}

static void
json_checks(struct json *j, const struct verdict_signature *s)
{
	json_open(j, "checks", '{');
	for (int i = 0; i < CHECK_COUNT; i++) {
		const char *json = findings[s->check[i].finding].json;

		if (json == NULL)
			continue;
		json_open(j, check_name((enum check)i), '{');
		json_string(j, "result", json);
		json_string(j, "words", s->check[i].words);
		json_close(j, '}');
	}
	json_close(j, '}');
}

void
verdictpage_json(struct tool *t, const struct verdict *verdict)
{
	struct json j = { t->out, false };

	json_open(&j, NULL, '{');
	json_string(&j, "format", verdict->format);
	json_bool(&j, "holds", verdict_holds(verdict));
	json_open(&j, "signatures", '[');
	for (size_t i = 0; i < verdict->n; i++) {
		const struct verdict_signature *s = &verdict->signatures[i];

		json_open(&j, NULL, '{');
		json_string(&j, "label", s->label);
		json_signer(t, &j, s);
		json_time(&j, "claimed", s->claimed);
		json_time(&j, "stamped", s->stamped);
		json_string(&j, "hash", jpki_hash_name(s->hash));
		json_checks(&j, s);
		json_close(&j, '}');
	}
	json_close(&j, ']');
	json_close(&j, '}');
	fputc('\n', t->out);
}
