/* SPDX-License-Identifier: BSD-2-Clause */
#include "core.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "store.h"

#define CLA_ISO		0x00
#define CLA_OWN		0x80
#define CLA_CHANNEL	0x03	/* bits of a logical channel */
#define CLA_SECURE	0x0C	/* bits of secure messaging */

#define INS_VERIFY	0x20
#define INS_READ_BINARY	0xB0
#define INS_GET_RESPONSE 0xC0

#define SW_BYTES	2

static instruction_fn	ins_wrong_p1p2, ins_issuer_only, ins_session_key;

struct instruction {
	uint8_t		 cla, ins;
	unsigned	 cases;		/* other forms answer 6700 */
	bool		 extended;	/* takes extended length */
	instruction_fn	*run;
};

/*
 * Extended length where it was seen to work; whether READ BINARY and the
 * others take it is not known, so they refuse it.
 */
static const struct instruction instructions[] = {
	{ CLA_ISO, INS_VERIFY, CASE_1 | CASE_2 | CASE_3, false, ins_verify },
	{ CLA_ISO, 0x24, CASE_3, false, ins_change },
	{ CLA_ISO, 0x84, CASE_2, true, ins_get_challenge },
	{ CLA_ISO, 0x88, CASE_4, false, ins_internal_authenticate },
	{ CLA_ISO, 0xA4, CASE_1 | CASE_3 | CASE_4, false, ins_select },
	{ CLA_ISO, INS_READ_BINARY, CASE_2, false, ins_read_binary },
	{ CLA_ISO, 0xB2, CASE_2, false, ins_read_record },
	{ CLA_ISO, INS_GET_RESPONSE, CASE_2, false, ins_get_response },
	{ CLA_ISO, 0xCA, CASE_2, true, ins_get_data },
	{ CLA_OWN, 0x2A, CASE_4, false, ins_sign },
	{ CLA_OWN, 0x32, CASE_3, false, ins_change_key },
	/* UNLOCK KEY: only with the issuer's authentication. */
	{ CLA_OWN, 0x54, CASE_1 | CASE_2 | CASE_3 | CASE_4, true, ins_issuer_only },
	/* SET PUBLIC IC KEY: terminal certificates, for official terminals. */
	{ CLA_OWN, 0xA2, CASE_3 | CASE_4, true, ins_wrong_p1p2 },
	{ CLA_OWN, 0xAE, CASE_3 | CASE_4, true, ins_session_key },
	/* A command of iPhones, which cards reject with 6700 in every form. */
	{ CLA_OWN, 0xFC, 0, false, ins_wrong_p1p2 },
};

static uint16_t
ins_wrong_p1p2(struct vcard *card, const struct vcommand *cmd,
    struct wbuf *out)
{
	(void)card, (void)cmd, (void)out;
	return VSW_P1P2;
}

static uint16_t
ins_issuer_only(struct vcard *card, const struct vcommand *cmd,
    struct wbuf *out)
{
	(void)card, (void)cmd, (void)out;
	return VSW_SECURITY;
}

/*
 * The session key of secure messaging.  Only the input assistance application
 * has it, and this card does not: 6A81 there, once a PIN was presented.
 */
static uint16_t
ins_session_key(struct vcard *card, const struct vcommand *cmd,
    struct wbuf *out)
{
	static const uint16_t answers[VAPP_COUNT + 1] = {
		[VAPP_ISD] = VSW_INS,
		[VAPP_JPKI] = VSW_SECURITY,
		[VAPP_INPUT] = VSW_FUNCTION,
		[VAPP_SURFACE] = VSW_ENVIRONMENT,
		[VAPP_REGISTER] = VSW_SECURITY,
		[VAPP_COMMON] = VSW_ENVIRONMENT,
		[VAPP_NONE] = VSW_INS,
	};
	unsigned any = VOPEN(VPIN_INPUT) | VOPEN(VPIN_INPUT_A) |
	    VOPEN(VPIN_INPUT_B);

	(void)cmd, (void)out;
	if (card->app == VAPP_INPUT && !core_open(card, any))
		return VSW_SECURITY;
	return answers[card->app];
}

static int
nibble(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = (char)toupper((unsigned char)c);
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

bool
core_hex(const char *text, struct wbuf *out)
{
	for (; *text != '\0'; text += 2) {
		int high = nibble(text[0]);
		int low = high < 0 ? -1 : nibble(text[1]);

		if (low < 0)
			return false;
		wbuf_put_u8(out, (uint8_t)(high << 4 | low));
	}
	return !out->overflow;
}

struct vcard *
core_new(const struct profile *profile)
{
	struct vcard *card;
	struct wbuf atr;

	card = calloc(1, sizeof(*card));
	if (card == NULL)
		return NULL;
	card->profile = profile;
	card->dir = -1;
	card->app = card->status_app = VAPP_NONE;
	card->current = LAYOUT_FILES;
	atr = wbuf_of(card->atr, sizeof(card->atr));
	core_hex(profile->atr, &atr);
	card->atr_n = atr.n;
	for (size_t i = 0; i < LAYOUT_FILES; i++)
		card->efs[i].opens = layout_files[i].opens;
	/* A phone wants the PIN for the certificate too. */
	if (profile->phone)
		card->efs[layout_find(VAPP_JPKI, 0x000A)].opens =
		    VOPEN(VPIN_AUTH);
	return card;
}

void
vcard_free(struct vcard **card)
{
	struct vcard *c;

	if (card == NULL || *card == NULL)
		return;
	c = *card;
	*card = NULL;
	for (size_t i = 0; i < LAYOUT_FILES; i++) {
		free(c->efs[i].p);
		EVP_PKEY_free(c->efs[i].key);
	}
	store_close(c->dir);
	free(c->pending);
	free(c);
}

bool
core_put(struct vcard *card, size_t file, struct slice content)
{
	struct vef *ef = &card->efs[file];
	uint8_t *p;

	p = malloc(content.n > 0 ? content.n : 1);
	if (p == NULL)
		return false;
	if (content.n > 0)
		memcpy(p, content.p, content.n);
	free(ef->p);
	ef->p = p;
	ef->n = content.n;
	ef->exists = true;
	return true;
}

size_t
core_find(const struct vcard *card, uint16_t fid)
{
	size_t i = layout_find(card->app, fid);

	return i < LAYOUT_FILES && card->efs[i].exists ? i : LAYOUT_FILES;
}

uint16_t
core_reference(struct vcard *card, uint8_t p2, enum vef_kind kind,
    size_t *file)
{
	size_t i = card->current;

	if (p2 == 0x80 && i == LAYOUT_FILES)
		return VSW_NO_EF;
	if (p2 < 0x80 || p2 > 0x9E)
		return VSW_P1P2;
	if (p2 > 0x80)
		i = core_find(card, p2 & 0x1F);
	if (i == LAYOUT_FILES)
		return VSW_NOT_FOUND;
	card->current = i;
	if (layout_files[i].kind != kind)
		return VSW_STRUCTURE;
	*file = i;
	return VSW_OK;
}

bool
core_open(const struct vcard *card, unsigned opens)
{
	if (opens == VOPEN_FREE)
		return true;
	for (unsigned i = 0; i < VPIN_COUNT; i++)
		if ((opens & VOPEN(i)) != 0 && card->pins[i].verified)
			return true;
	return false;
}

static void
forget(struct vcard *card)
{
	for (unsigned i = 0; i < VPIN_COUNT; i++)
		card->pins[i].verified = false;
	card->status_app = VAPP_NONE;
}

static void
deselect(struct vcard *card)
{
	card->app = (card->profile->apps & 1u << VAPP_ISD) != 0 ?
	    VAPP_ISD : VAPP_NONE;
	card->current = LAYOUT_FILES;
	card->pending_n = 0;
}

void
vcard_power_on(struct vcard *card)
{
	if (card->powered)
		return;
	forget(card);
	deselect(card);
	card->powered = true;
	card->touched = false;
	card->app_chosen = false;
}

void
vcard_power_off(struct vcard *card)
{
	forget(card);
	deselect(card);
	card->powered = false;
}

void
vcard_reset(struct vcard *card)
{
	if (card->powered)
		deselect(card);
	else
		vcard_power_on(card);
}

bool
vcard_powered(const struct vcard *card)
{
	return card->powered;
}

size_t
vcard_atr(const struct vcard *card, uint8_t atr[VCARD_ATR_MAX])
{
	memcpy(atr, card->atr, card->atr_n);
	return card->atr_n;
}

int
vcard_tries(const struct vcard *card, const char *pin)
{
	enum vpin i = layout_find_pin(pin);

	if (i == VPIN_COUNT || !card->pins[i].exists)
		return -1;
	return card->pins[i].tries;
}

int
vcard_set_tries(struct vcard *card, const char *pin, int tries)
{
	enum vpin i = layout_find_pin(pin);
	int before;

	if (i == VPIN_COUNT || !card->pins[i].exists)
		return -1;
	if (tries < 0 || tries > layout_pins[i].tries)
		return -1;
	before = card->pins[i].tries;
	card->pins[i].tries = tries;
	if (store_save(card)) {
		if (tries == 0)
			card->pins[i].verified = false;
		return 0;
	}
	card->pins[i].tries = before;
	return -1;
}

_Static_assert(VCARD_PIN_MAX == VPIN_MAX, "one length of a PIN");

int
vcard_pin_use(const struct vcard *card, const char *pin,
    struct vcard_pin_use *out)
{
	enum vpin i = layout_find_pin(pin);
	const struct vpin_state *p;

	if (i == VPIN_COUNT || !card->pins[i].exists)
		return -1;
	p = &card->pins[i];
	*out = (struct vcard_pin_use){ .verify = p->verify,
	    .wrong = p->wrong, .change = p->change, .changed = p->changed,
	    .tries = p->tries };
	if (p->set)
		memcpy(out->value, p->value, sizeof(out->value));
	return 0;
}

unsigned long
vcard_pin_astray(const struct vcard *card)
{
	return card->astray;
}

void
vcard_pin_use_clear(struct vcard *card)
{
	struct vpin_state *p;

	for (p = card->pins; p < card->pins + VPIN_COUNT; p++)
		p->verify = p->wrong = p->change = p->changed = 0;
	card->astray = 0;
}

int
vcard_renew(struct vcard *card)
{
	struct vpin_state before[VPIN_COUNT];

	memcpy(before, card->pins, sizeof(before));
	memcpy(card->pins, card->loaded, sizeof(card->pins));
	if (!store_save(card)) {
		memcpy(card->pins, before, sizeof(card->pins));
		return -1;
	}
	vcard_pin_use_clear(card);
	forget(card);
	deselect(card);
	card->touched = card->app_chosen = false;
	return 0;
}

/* What is wrong with the class byte, before the instruction is looked at. */
static uint16_t
check_class(const struct vcommand *cmd)
{
	if ((cmd->cla & 0x70) != 0)
		return VSW_CLA;
	if ((cmd->cla & CLA_CHANNEL) != 0)
		return VSW_CHANNEL;
	if ((cmd->cla & CLA_SECURE) == 0)
		return VSW_OK;
	if (cmd->ins == INS_READ_BINARY || cmd->ins == INS_VERIFY)
		return VSW_NO_SESSION;
	return VSW_NO_SECURE;
}

static const struct instruction *
find_instruction(const struct vcard *card, uint8_t ins)
{
	if (ins == INS_GET_RESPONSE && !card->quirks.get_response)
		return NULL;
	for (size_t i = 0;
	    i < sizeof(instructions) / sizeof(instructions[0]); i++)
		if (instructions[i].ins == ins)
			return &instructions[i];
	return NULL;
}

static uint16_t
run(struct vcard *card, struct slice apdu, struct wbuf *out)
{
	const struct instruction *ins;
	struct vcommand cmd;
	uint16_t sw;

	if (!command_header(apdu, &cmd))
		return VSW_LENGTH;
	if (cmd.ins != INS_GET_RESPONSE)
		card->pending_n = 0;
	sw = check_class(&cmd);
	if (sw != VSW_OK)
		return sw;
	ins = find_instruction(card, cmd.ins);
	if (ins == NULL)
		return VSW_INS;
	if (ins->cla != cmd.cla)
		return VSW_CLA;
	if (!command_body(apdu, &cmd) || (ins->cases & cmd.kind) == 0 ||
	    (cmd.extended && !ins->extended))
		return VSW_LENGTH;
	sw = ins->run(card, &cmd, out);
	if (out->overflow)
		return VSW_DIAGNOSIS;
	return sw;
}

/* Quirk get-response: keep the data back, as T=0 would. */
static uint16_t
hold_back(struct vcard *card, struct wbuf *out)
{
	uint8_t *p;

	p = realloc(card->pending, out->n);
	if (p == NULL)
		return VSW_MEMORY;
	memcpy(p, out->p, out->n);
	card->pending = p;
	card->pending_n = out->n;
	out->n = 0;
	return (uint16_t)(VSW_MORE |
	    (card->pending_n < 256 ? card->pending_n : 0));
}

void
vcard_transmit(struct vcard *card, const uint8_t *command, size_t n,
    uint8_t *answer, size_t *answer_n)
{
	struct wbuf out;
	uint16_t sw;

	if (!card->powered || *answer_n < SW_BYTES) {
		*answer_n = 0;
		return;
	}
	out = wbuf_of(answer, *answer_n - SW_BYTES);
	if (card->quirks.first_6f00 && !card->touched)
		sw = VSW_DIAGNOSIS;
	else
		sw = run(card, slice_of(command, n), &out);
	card->touched = true;
	if (card->quirks.get_response && out.n > 0 && sw == VSW_OK &&
	    command[1] != INS_GET_RESPONSE)
		sw = hold_back(card, &out);
	if (sw != VSW_OK && (sw & 0xFF00) != VSW_MORE)
		out.n = 0;
	answer[out.n] = (uint8_t)(sw >> 8);
	answer[out.n + 1] = (uint8_t)sw;
	*answer_n = out.n + SW_BYTES;
}
