/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The facts are those of the official portal, https://www.jpki.go.jp/, and of
 * the leaflets that municipalities hand out with the card.
 */
#include "guide.h"

#include "language.h"
#include "pinwords.h"

static const char counter_text[] =
    N_("  - At the municipal counter (city hall, ward office or branch) where you\n"
    "    are registered as a resident.  Bring the card and identification.\n");

static const char only_counter_text[] =
    N_("    A convenience store kiosk cannot help: it needs the other PIN.\n");

static const char kiosk_sign_text[] =
    N_("  - Or at the kiosk (multi-copy machine) of a large convenience store chain,\n"
    "    if you know the user authentication PIN; it resets one PIN at a time:\n"
    "    1. Reserve with the smartphone app 「JPKI暗証番号リセット」 (at any hour\n"
    "       except during maintenance).  It asks for the user authentication PIN\n"
    "       and matches your face (5 failures in a row restrict the app).\n"
    "    2. Within 24 hours, between 06:30 and 23:00 except during maintenance, go\n"
    "       to the kiosk, hold the card over it, enter the user authentication PIN\n"
    "       and set the new one.  After 24 hours start over.\n");

static const char kiosk_auth_text[] =
    N_("  - Or at the kiosk (multi-copy machine) of some convenience store chains\n"
    "    (such as 7-Eleven and AEON), if you know the signature PIN; it resets one\n"
    "    PIN at a time:\n"
    "    1. Reserve with the smartphone app 「JPKI暗証番号リセット」 (at any hour\n"
    "       except during maintenance).  It asks for the signature PIN.\n"
    "    2. Within 24 hours, between 06:30 and 23:00 except during maintenance, go\n"
    "       to the kiosk, hold the card over it, enter the signature PIN and set\n"
    "       the new one.  After 24 hours start over.\n");

static const char kiosk_varies_text[] =
    N_("    Which kiosks do this varies: https://www.jpki.go.jp/\n");

static const char phone_text[] =
    N_("  - In the Mynaportal app of that smartphone; nowhere else.\n");

static const char no_auth_text[] =
    N_("  - There is nothing to reset: the card holds no user authentication\n"
    "    certificate (it can be declined).\n");

static const char no_sign_text[] =
    N_("  - There is nothing to reset: the card holds no signature certificate (in\n"
    "    principle none is issued to holders under 15, and it can be declined).\n");

static const char maybe_no_certificate_text[] =
    N_("    It also looks so on a card that never got the certificate of this PIN.\n");

/*
 * Which PINs can be reset, and by what.  kiosk NULL: at the counter only;
 * none: what is said if the card lacks the PIN's certificate.
 */
static const struct reset_row {
	enum jpki_pin	 pin;
	enum jpki_pin	 other;		/* that the kiosk asks for */
	const char	*kiosk, *none;
} resets[] = {
	{ JPKI_PIN_AUTH, JPKI_PIN_SIGN, kiosk_auth_text, no_auth_text },
	{ JPKI_PIN_SIGN, JPKI_PIN_AUTH, kiosk_sign_text, no_sign_text },
	{ JPKI_PIN_INPUT, JPKI_PIN_INPUT, NULL, NULL },
	{ JPKI_PIN_REGISTER, JPKI_PIN_REGISTER, NULL, NULL },
	{ JPKI_PIN_REGISTER_COMMON, JPKI_PIN_REGISTER_COMMON, NULL, NULL },
	{ JPKI_PIN_INPUT_A, JPKI_PIN_INPUT_A, NULL, NULL },
	{ JPKI_PIN_INPUT_B, JPKI_PIN_INPUT_B, NULL, NULL },
	{ JPKI_PIN_SURFACE_A, JPKI_PIN_SURFACE_A, NULL, NULL },
	{ JPKI_PIN_SURFACE_B, JPKI_PIN_SURFACE_B, NULL, NULL },
	{ JPKI_PIN_SURFACE_BIRTH, JPKI_PIN_SURFACE_BIRTH, NULL, NULL },
};

enum jpki_answer
guide_certificate(const struct jpki_availability *have, enum jpki_pin pin)
{
	if (pin == JPKI_PIN_AUTH)
		return have->auth;
	return pin == JPKI_PIN_SIGN ? have->sign : JPKI_YES;
}

static void
put_card_routes(FILE *f, const struct guide *guide, const struct reset_row *row)
{
	fputs(language_of(counter_text), f);
	if (row->kiosk == NULL)
		return;
	if (guide->locked[row->other]) {
		fputs(language_of(only_counter_text), f);
		return;
	}
	fputs(language_of(row->kiosk), f);
	fputs(language_of(kiosk_varies_text), f);
}

static void
put_routes(FILE *f, const struct guide *guide, const struct reset_row *row)
{
	enum jpki_answer have = guide_certificate(&guide->have, row->pin);

	fprintf(f, _("\nThe %s is locked.  A PC cannot reset it.\n"),
	    pin_title(row->pin));
	if (have == JPKI_NO)
		fputs(language_of(row->none), f);
	else if (guide->kind == JPKI_KIND_PHONE)
		fputs(language_of(phone_text), f);
	else
		put_card_routes(f, guide, row);
	if (have == JPKI_UNKNOWN)
		fputs(language_of(maybe_no_certificate_text), f);
}

void
guide_put(FILE *f, const struct guide *guide)
{
	for (size_t i = 0; i < sizeof resets / sizeof resets[0]; i++)
		if (guide->locked[resets[i].pin])
			put_routes(f, guide, &resets[i]);
}
