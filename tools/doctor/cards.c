/* SPDX-License-Identifier: BSD-2-Clause */
/* Certificates and PINs of JPKI cards. */
#include "checks.h"
#include "validity.h"

static void
check_auth(const struct host *host, const struct card_seen *seen,
    struct findings *out)
{
	const struct look_cert	*c = &seen->look.certs[LOOK_AUTH];
	struct validity		 v;
	char			 day[VALIDITY_TEXT];

	if (c->present == JPKI_NO)
		findings_add(out, FIND_AUTH_MISSING, "%s", seen->reader);
	/* That of a phone needs its PIN: nothing is wrong with that. */
	else if (c->view.cert == NULL && c->err != JPKI_ERR_AUTH_REQUIRED)
		findings_add(out, FIND_AUTH_UNREADABLE, "%s", seen->reader);
	if (c->view.cert == NULL)
		return;
	v = validity_of(c->view.cert, host->now);
	if (v.not_yet)
		findings_add(out, FIND_AUTH_NOT_YET, "%s",
		    validity_day(c->view.cert->not_before, day));
	else if (v.expired || v.renewable)
		findings_add(out, v.expired ? FIND_AUTH_EXPIRED :
		    FIND_AUTH_EXPIRING, "%s",
		    validity_day(c->view.cert->not_after, day));
}

static const struct pin_row {
	enum jpki_pin	pin;
	size_t		cert;		/* that it belongs to, if any */
	enum finding_id	locked, last;
} pins[] = {
	{ JPKI_PIN_AUTH, LOOK_AUTH, FIND_AUTH_LOCKED, FIND_AUTH_LAST_TRY },
	{ JPKI_PIN_SIGN, LOOK_SIGN, FIND_SIGN_LOCKED, FIND_SIGN_LAST_TRY },
	{ JPKI_PIN_INPUT, LOOK_CERTS, FIND_INPUT_LOCKED, FIND_INPUT_LAST_TRY },
};

/* The PIN of a certificate that was never issued looks locked, and is not. */
static void
check_pin(const struct card_seen *seen, const struct pin_row *row,
    struct findings *out)
{
	const struct look_pin *p = &seen->look.pins[row->pin];

	if (p->err != JPKI_OK || (row->cert < LOOK_CERTS &&
	    seen->look.certs[row->cert].present == JPKI_NO))
		return;
	if (p->info.locked)
		findings_add(out, row->locked, "%s", seen->reader);
	else if (p->info.tries_left == 1)
		findings_add(out, row->last, "%s", seen->reader);
}

static void
check_card(const struct host *host, const struct card_seen *seen,
    struct findings *out)
{
	if (seen->look_err != JPKI_OK) {
		findings_add(out, FIND_CARD_ODD, "%s, %s", seen->reader,
		    jpki_err_name(seen->look_err));
		return;
	}
	check_auth(host, seen, out);
	if (seen->look.certs[LOOK_SIGN].present == JPKI_NO)
		findings_add(out, FIND_SIGN_MISSING, "%s", seen->reader);
	for (size_t i = 0; i < sizeof pins / sizeof pins[0]; i++)
		check_pin(seen, &pins[i], out);
}

void
check_cards(const struct host *host, const struct survey *survey,
    struct findings *out)
{
	for (size_t i = 0; i < survey->n; i++)
		if (survey->cards[i].err == JPKI_OK)
			check_card(host, &survey->cards[i], out);
}
