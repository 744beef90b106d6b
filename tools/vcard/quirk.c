/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Departures from the common behaviour, each with a name.  PROTOCOL says
 * which of them somebody met and which are only guarded against.
 */
#include <string.h>

#include <openssl/rand.h>

#include "core.h"
#include "language.h"
#include "verror.h"

#define FILE_SIGN	0x0001
#define FILE_TOKEN	0x0006
#define FILE_EXISTS	0x0008
#define FILE_AUTH	0x000A
#define LABEL_BYTES	32
#define NO_OFFSET	((size_t)-1)

typedef int quirk_fn(struct vcard *card, const char *name, const char *value,
    char error[VCARD_ERROR_MAX]);

static quirk_fn	set_filler, set_label, set_no_0008, set_no_cert, set_atr,
		set_garbage;

struct quirk {
	const char	*name, *text;
	size_t		 flag;		/* in struct vquirks */
	quirk_fn	*set;		/* if there is no flag */
};

#define FLAG(member)	offsetof(struct vquirks, member), NULL
#define SETTER(fn)	NO_OFFSET, fn

static const struct quirk quirks[] = {
	{ "locked-6983", N_("a locked PIN answers 6983 instead of 6984"), FLAG(locked_6983) },
	{ "query-locked-sw", N_("the retry query of a locked PIN answers as VERIFY does, not 63C0"),
	  FLAG(query_locked_sw) },
	{ "query-6700-short", N_("the retry query in its 4-byte form answers 6700"),
	  FLAG(query_6700_short) },
	{ "query-6700-long", N_("the retry query in its 5-byte form answers 6700"),
	  FLAG(query_6700_long) },
	{ "query-none", N_("the retry query answers 6700 in both forms"), FLAG(query_none) },
	{ "query-9000", N_("the retry query answers 9000 after a successful VERIFY"),
	  FLAG(query_9000) },
	{ "first-6f00", N_("the first command after power-on answers 6F00"), FLAG(first_6f00) },
	{ "strict-p1", N_("signing takes P1=00 only, every other P1 answers 6A86"), FLAG(strict_p1) },
	{ "get-response", N_("data has to be fetched: 61xx and GET RESPONSE"), FLAG(get_response) },
	{ "wrong-le", N_("READ BINARY beyond the end answers 6Cxx"), FLAG(wrong_le) },
	{ "filler-00", N_("the signature certificate's file is filled with 00, not FF"),
	  SETTER(set_filler) },
	{ "label", N_("label=TEXT: the token's label, at most 32 bytes"), SETTER(set_label) },
	{ "no-0008", N_("no file that tells which certificates exist"), SETTER(set_no_0008) },
	{ "no-sign-cert", N_("no-sign-cert=6a82|empty|ff: no signature certificate; its file is"
	  " missing, empty or filled with FF"), SETTER(set_no_cert) },
	{ "no-auth-cert", N_("no-auth-cert=6a82|empty|ff: the same for the user authentication"
	  " certificate"), SETTER(set_no_cert) },
	{ "cert-garbage", N_("cert-garbage=auth|sign|auth-length|sign-length: a certificate's file"
	  " holds random bytes, or DER longer than the file"), SETTER(set_garbage) },
	{ "atr", N_("atr=HEX: answer to reset, 2 to 33 bytes"), SETTER(set_atr) },
};

#define QUIRKS		(sizeof(quirks) / sizeof(quirks[0]))

static struct vef *
jpki_ef(struct vcard *card, uint16_t fid)
{
	return &card->efs[layout_find(VAPP_JPKI, fid)];
}

static int
no_memory(char error[VCARD_ERROR_MAX])
{
	return vcard_fail(error, "out of memory");
}

static int
no_value(char error[VCARD_ERROR_MAX], const char *name)
{
	return vcard_fail(error, "quirk %s takes no value", name);
}

static int
set_filler(struct vcard *card, const char *name, const char *value,
    char error[VCARD_ERROR_MAX])
{
	struct vef *ef = jpki_ef(card, FILE_SIGN);
	size_t i = 0;

	if (value != NULL)
		return no_value(error, name);
	/* Certificates have a header 30 82 and two bytes of length. */
	if (ef->n > 4 && ef->p[0] == 0x30 && ef->p[1] == 0x82)
		i = ((size_t)ef->p[2] << 8 | ef->p[3]) + 4;
	for (; i < ef->n; i++)
		ef->p[i] = 0x00;
	return 0;
}

static int
set_label(struct vcard *card, const char *name, const char *value,
    char error[VCARD_ERROR_MAX])
{
	struct vef *ef = jpki_ef(card, FILE_TOKEN);

	(void)name;
	if (value == NULL || strlen(value) > LABEL_BYTES)
		return vcard_fail(error, "quirk label needs a value of at most "
		    "%d bytes: label=TEXT", LABEL_BYTES);
	if (ef->n < LABEL_BYTES)
		return vcard_fail(error, "the card has no token information "
		    "to put a label into");
	memset(ef->p, ' ', LABEL_BYTES);
	memcpy(ef->p, value, strlen(value));
	return 0;
}

static int
set_no_0008(struct vcard *card, const char *name, const char *value,
    char error[VCARD_ERROR_MAX])
{
	if (value != NULL)
		return no_value(error, name);
	jpki_ef(card, FILE_EXISTS)->exists = false;
	return 0;
}

/*
 * What a card without the certificate answers was never published.  A PIN
 * that was never set can open nothing, so the file is free then: otherwise
 * the three kinds would all look like 6982.
 */
static int
set_no_cert(struct vcard *card, const char *name, const char *value,
    char error[VCARD_ERROR_MAX])
{
	bool sign = strcmp(name, "no-sign-cert") == 0;
	struct vef *ef = jpki_ef(card, sign ? FILE_SIGN : FILE_AUTH);
	struct vef *exists = jpki_ef(card, FILE_EXISTS);

	if (value == NULL || (strcmp(value, "6a82") != 0 &&
	    strcmp(value, "empty") != 0 && strcmp(value, "ff") != 0))
		return vcard_fail(error, "quirk %s needs a value: "
		    "%s=6a82, empty or ff", name, name);
	ef->exists = strcmp(value, "6a82") != 0;
	if (strcmp(value, "ff") != 0)
		ef->n = 0;
	if (ef->n > 0)
		memset(ef->p, 0xFF, ef->n);
	if (!card->pins[sign ? VPIN_SIGN : VPIN_AUTH].set)
		ef->opens = VOPEN_FREE;
	if (exists->n > 1)
		exists->p[sign ? 0 : 1] = 0x00;
	return 0;
}

static int
set_garbage(struct vcard *card, const char *name, const char *value,
    char error[VCARD_ERROR_MAX])
{
	/* A sequence of 65535 bytes, which no file of the card holds. */
	static const uint8_t header[] = { 0x30, 0x82, 0xFF, 0xFF };
	uint8_t bytes[1600];
	uint16_t fid;

	(void)name;
	if (value == NULL)
		value = "";
	fid = strncmp(value, "sign", 4) == 0 ? FILE_SIGN : FILE_AUTH;
	if (RAND_bytes(bytes, sizeof(bytes)) != 1)
		return vcard_fail(error, "OpenSSL has no random numbers");
	if (strcmp(value, "auth") == 0 || strcmp(value, "sign") == 0)
		bytes[0] = 0x5A;	/* never by chance a DER sequence */
	else if (strcmp(value, "auth-length") == 0 ||
	    strcmp(value, "sign-length") == 0)
		memcpy(bytes, header, sizeof(header));
	else
		return vcard_fail(error, "quirk cert-garbage needs a value: "
		    "auth, sign, auth-length or sign-length");
	if (!core_put(card, layout_find(VAPP_JPKI, fid),
	    slice_of(bytes, sizeof(bytes))))
		return no_memory(error);
	return 0;
}

static int
set_atr(struct vcard *card, const char *name, const char *value,
    char error[VCARD_ERROR_MAX])
{
	uint8_t atr[VCARD_ATR_MAX];
	struct wbuf w = wbuf_of(atr, sizeof(atr));

	(void)name;
	if (value == NULL || !core_hex(value, &w) || w.n < 2)
		return vcard_fail(error, "quirk atr needs 2 to %d bytes in "
		    "hexadecimal: atr=HEX", VCARD_ATR_MAX);
	memcpy(card->atr, atr, w.n);
	card->atr_n = w.n;
	return 0;
}

int
vcard_quirk(struct vcard *card, const char *name, const char *value,
    char error[VCARD_ERROR_MAX])
{
	for (size_t i = 0; i < QUIRKS; i++) {
		if (strcmp(quirks[i].name, name) != 0)
			continue;
		if (quirks[i].set != NULL)
			return quirks[i].set(card, name, value, error);
		if (value != NULL)
			return no_value(error, name);
		*(bool *)(void *)((char *)&card->quirks + quirks[i].flag) =
		    true;
		return 0;
	}
	return vcard_fail(error, "no quirk is called \"%s\"; "
	    "\"jpki-vcard run --help\" lists them", name);
}

const char *
vcard_quirk_name(size_t i)
{
	return i < QUIRKS ? quirks[i].name : NULL;
}

const char *
vcard_quirk_text(size_t i)
{
	return i < QUIRKS ? quirks[i].text : NULL;
}
