/* SPDX-License-Identifier: BSD-2-Clause */
#define _GNU_SOURCE		/* vasprintf */
#include "verdict.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "language.h"

static const struct check_row {
	const char	*name;
	bool		 needed;	/* has to come out well */
} checks[CHECK_COUNT] = {
	[CHECK_INTEGRITY] = { N_("integrity"), true },
	[CHECK_SIGNATURE] = { N_("signature"), true },
	[CHECK_COVERAGE] = { N_("coverage"), true },
	[CHECK_USAGE] = { N_("usage"), true },
	[CHECK_VALIDITY] = { N_("validity"), true },
	[CHECK_CHAIN] = { N_("chain"), true },
	[CHECK_TIMESTAMP] = { N_("timestamp"), false },
	[CHECK_REVOCATION] = { N_("revocation"), false },
};

const char *
check_name(enum check check)
{
	return (unsigned)check < CHECK_COUNT ? checks[check].name : NULL;
}

struct verdict_signature *
verdict_add(struct verdict *verdict)
{
	struct verdict_signature *all = realloc(verdict->signatures,
	    (verdict->n + 1) * sizeof(*all));
	struct verdict_signature *s;

	if (all == NULL)
		return NULL;
	verdict->signatures = all;
	s = &all[verdict->n++];
	memset(s, 0, sizeof(*s));
	s->claimed = s->stamped = -1;
	return s;
}

void
verdict_free(struct verdict *verdict)
{
	for (size_t i = 0; i < verdict->n; i++) {
		struct verdict_signature *s = &verdict->signatures[i];

		for (int check = 0; check < CHECK_COUNT; check++)
			free(s->check[check].words);
		free(s->label);
		jpki_buf_free(&s->cert);
	}
	free(verdict->signatures);
	memset(verdict, 0, sizeof(*verdict));
}

bool
verdict_note(struct verdict_signature *signature, enum check check,
    enum finding finding, const char *format, ...)
{
	char *words = NULL;
	va_list args;
	int n = 0;

	if (signature->check[check].finding == FINDING_FAILED)
		return true;
	if (format != NULL) {
		va_start(args, format);
		n = vasprintf(&words, language_of(format), args);
		va_end(args);
	}
	if (n < 0)
		words = NULL;
	free(signature->check[check].words);
	signature->check[check].words = words;
	signature->check[check].finding = n < 0 ? FINDING_FAILED : finding;
	return n >= 0;
}

static bool
signature_holds(const struct verdict_signature *signature)
{
	for (int check = 0; check < CHECK_COUNT; check++) {
		enum finding f = signature->check[check].finding;

		if (f == FINDING_FAILED ||
		    (checks[check].needed && f != FINDING_OK))
			return false;
	}
	return true;
}

bool
verdict_holds(const struct verdict *verdict)
{
	for (size_t i = 0; i < verdict->n; i++)
		if (!signature_holds(&verdict->signatures[i]))
			return false;
	return verdict->n > 0;
}

static bool
signature_fails(const struct verdict_signature *signature)
{
	for (int check = 0; check < CHECK_COUNT; check++) {
		enum finding f = signature->check[check].finding;

		if (f == FINDING_FAILED ||
		    (checks[check].needed && f == FINDING_NONE))
			return true;
	}
	return false;
}

bool
verdict_fails(const struct verdict *verdict)
{
	for (size_t i = 0; i < verdict->n; i++)
		if (signature_fails(&verdict->signatures[i]))
			return true;
	return verdict->n == 0;
}
