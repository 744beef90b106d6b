/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The facts are those of the official portal, https://www.jpki.go.jp/; see also
 * PROTOCOL, "Certificates and the holder's attributes".
 */
#include "renewal.h"

#include "certpage.h"
#include "language.h"
#include "outtext.h"
#include "validity.h"

static const char ways_text[] =
    N_("\nRenewal opens three months before the end, at the municipal counter where\n"
    "you are registered as a resident.  A PC cannot do it.\n");

static const char anew_text[] =
    N_("\nGet a new certificate at the municipal counter where you are registered as a\n"
    "resident.  A PC cannot do it.\n");

static const char phone_text[] =
    N_("\nWhat a smartphone holds is handled in its Mynaportal app.\n");

static const char hidden_text[] =
    N_("The end of the signature certificate is known only with its PIN:\n"
    "\"jpki-tool status --login\" shows it.\n");

static const char change_text[] =
    N_("A change of name or address ends the signature certificate at once, which the\n"
    "card does not show; a new one has to be issued.\n");

static const char loss_text[] =
    N_("A card that is lost or stolen is suspended by phone at any hour:\n"
    "0120-95-0178, choose 2.\n");

static bool
ends(const struct look_cert *c, int64_t now, int days)
{
	return c->view.cert != NULL &&
	    validity_of(c->view.cert, now).days_left <= days;
}

bool
renewal_known(const struct look *look)
{
	for (size_t i = 0; i < LOOK_CERTS; i++)
		if (look->certs[i].view.cert != NULL)
			return true;
	return false;
}

bool
renewal_due(const struct look *look, int64_t now, int days)
{
	for (size_t i = 0; i < LOOK_CERTS; i++)
		if (ends(&look->certs[i], now, days))
			return true;
	return false;
}

/* What has ended is not renewed: anew is issued, with what ends soon. */
static const char *
ways(const struct look *look, int64_t now)
{
	if (look->token.kind == JPKI_KIND_PHONE)
		return phone_text;
	for (size_t i = 0; i < LOOK_CERTS; i++)
		if (ends(&look->certs[i], now, -1))
			return anew_text;
	return ways_text;
}

void
renewal_put(FILE *f, const struct look *look, int64_t now, int days)
{
	const struct look_cert *sign = &look->certs[LOOK_SIGN];
	const char *between = "";

	for (size_t i = 0; i < LOOK_CERTS; i++) {
		const struct look_cert *c = &look->certs[i];

		if (!ends(c, now, days))
			continue;
		fputs(between, f);
		between = "\n";
		text_heading(f, cert_describe(c->view.id)->title);
		certpage_period(f, c->view.cert, now);
	}
	fputs(language_of(ways(look, now)), f);
	if (sign->view.cert == NULL && sign->present != JPKI_NO)
		fputs(language_of(hidden_text), f);
	fputs(language_of(change_text), f);
	fputs(language_of(loss_text), f);
}
