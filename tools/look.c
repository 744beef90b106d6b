/* SPDX-License-Identifier: BSD-2-Clause */
#include "look.h"

#include <string.h>

static const enum jpki_cert_id ids[LOOK_CERTS] = {
	JPKI_CERT_AUTH, JPKI_CERT_SIGN
};

static enum jpki_err
unless_local(enum jpki_err err)
{
	return tool_err_is_local(err) ? JPKI_OK : err;
}

void
look_init(struct look *look)
{
	memset(look, 0, sizeof *look);
	for (size_t i = 0; i < LOOK_CERTS; i++)
		look->certs[i].view.id = ids[i];
}

void
look_free(struct look *look)
{
	for (size_t i = 0; i < LOOK_CERTS; i++)
		certview_free(&look->certs[i].view);
}

enum jpki_err
look_pin(struct tool *t, struct look *look, enum jpki_pin pin)
{
	struct look_pin *p = &look->pins[pin];

	p->info.tries_left = -1;
	p->err = jpki_pin_info(t->card, pin, &p->info);
	p->asked = p->err != JPKI_ERR_NOT_FOUND;
	return unless_local(p->err);
}

enum jpki_err
look_cert(struct tool *t, struct look *look, size_t which)
{
	struct look_cert *c = &look->certs[which];

	c->err = jpki_cert_read(t->card, c->view.id, &c->view.der);
	if (c->err == JPKI_OK)
		c->err = jpki_cert_parse(t->ctx, c->view.der.p,
		    c->view.der.n, &c->view.cert);
	if (c->err == JPKI_OK)
		c->view.ca = jpki_cert_ca_claim(c->view.cert);
	/* What was read weighs more than EF 0008, which is advisory. */
	if (c->view.der.p != NULL)
		c->present = JPKI_YES;
	else if (c->err == JPKI_ERR_NOT_FOUND)
		c->present = JPKI_NO;
	return unless_local(c->err);
}

enum jpki_err
look_card(struct tool *t, struct look *look)
{
	enum jpki_err err;

	err = unless_local(jpki_token_read(t->card, &look->token));
	if (err == JPKI_OK)
		err = unless_local(jpki_availability_read(t->card,
		    &look->have));
	look->certs[LOOK_AUTH].present = look->have.auth;
	look->certs[LOOK_SIGN].present = look->have.sign;
	look->certs[LOOK_SIGN].err = JPKI_ERR_AUTH_REQUIRED;
	if (err == JPKI_OK)
		err = look_pin(t, look, JPKI_PIN_AUTH);
	if (err == JPKI_OK)
		err = look_pin(t, look, JPKI_PIN_SIGN);
	if (err == JPKI_OK)
		err = look_cert(t, look, LOOK_AUTH);
	return err;
}

enum jpki_err
look_other_pins(struct tool *t, struct look *look)
{
	enum jpki_err err = JPKI_OK;

	for (int pin = 0; pin < JPKI_PIN_COUNT && err == JPKI_OK; pin++)
		if (pin != JPKI_PIN_AUTH && pin != JPKI_PIN_SIGN)
			err = look_pin(t, look, (enum jpki_pin)pin);
	return err;
}
