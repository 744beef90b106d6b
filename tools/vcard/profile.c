/* SPDX-License-Identifier: BSD-2-Clause */
#include "profile.h"

#include <string.h>

#include "language.h"
#include "layout.h"
#include "vcard.h"

#define ALL_APPS	((1u << VAPP_COUNT) - 1)
#define JPKI_ONLY	(1u << VAPP_JPKI)

/* PROTOCOL, "ATRs": the first contact one; a phone's was never published. */
#define CARD_ATR	"3BE000FF8131FE4514"
#define PHONE_ATR	"3B80800101"

#define CARD_LABEL	"JPKIAPICCTOKEN2"
#define PHONE_LABEL	"JPKIAPGPSETOKEN"

/* The signature policy of test cards; a phone's is reported, not proved. */
#define TEST_POLICY	"1.2.392.200149.8.5.1.0.20"
#define PHONE_POLICY	"1.2.392.200149.8.5.1.1.40"

#define HOME		"見本県見本市見本町１丁目２番３号"
#define ABROAD		"国外転出（令和６年７月１日）"

static const struct profile profiles[] = {
	{ "adult", N_("both certificates, all PINs set, issued now"),
	  ALL_APPS, true, true, false, false, false, PROFILE_FRESH,
	  1990, HOME, CARD_LABEL, CARD_ATR, TEST_POLICY },
	{ "under15", N_("holder of ten years: no signature certificate, its PIN never set"),
	  ALL_APPS, false, true, false, false, false, PROFILE_FRESH,
	  10, HOME, CARD_LABEL, CARD_ATR, TEST_POLICY },
	{ "no-auth", N_("no user authentication certificate, its PIN never set"),
	  ALL_APPS, true, false, false, false, false, PROFILE_FRESH,
	  1990, HOME, CARD_LABEL, CARD_ATR, TEST_POLICY },
	{ "phone", N_("Android phone: JPKI application only, every certificate behind a PIN"),
	  JPKI_ONLY, true, true, true, false, false, PROFILE_FRESH,
	  1990, HOME, PHONE_LABEL, PHONE_ATR, PHONE_POLICY },
	{ "expiring", N_("certificates end 45 days after creation: renewal is open"),
	  ALL_APPS, true, true, false, false, false, PROFILE_EXPIRING,
	  1990, HOME, CARD_LABEL, CARD_ATR, TEST_POLICY },
	{ "expired", N_("certificates ended 30 days before creation; the card still signs"),
	  ALL_APPS, true, true, false, false, false, PROFILE_EXPIRED,
	  1990, HOME, CARD_LABEL, CARD_ATR, TEST_POLICY },
	{ "overseas", N_("holder moved abroad: the address says so, with a date"),
	  ALL_APPS, true, true, false, false, false, PROFILE_FRESH,
	  1990, ABROAD, CARD_LABEL, CARD_ATR, TEST_POLICY },
	{ "locked", N_("user authentication and signature PINs locked"),
	  ALL_APPS, true, true, false, true, false, PROFILE_FRESH,
	  1990, HOME, CARD_LABEL, CARD_ATR, TEST_POLICY },
	{ "next-generation", N_("INVENTED: user authentication key is ECDSA P-384 as announced;"
	  " no real command for it is public"),
	  ALL_APPS, true, true, false, false, true, PROFILE_FRESH,
	  1990, HOME, CARD_LABEL, CARD_ATR, TEST_POLICY },
};

#define PROFILES	(sizeof(profiles) / sizeof(profiles[0]))

const struct profile *
profile_find(const char *name)
{
	for (size_t i = 0; i < PROFILES; i++)
		if (strcmp(profiles[i].name, name) == 0)
			return &profiles[i];
	return NULL;
}

const char *
vcard_profile_name(size_t i)
{
	return i < PROFILES ? profiles[i].name : NULL;
}

const char *
vcard_profile_text(size_t i)
{
	return i < PROFILES ? profiles[i].text : NULL;
}
