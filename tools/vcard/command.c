/* SPDX-License-Identifier: BSD-2-Clause */
#include "command.h"

#define HEADER	4

bool
command_header(struct slice apdu, struct vcommand *out)
{
	*out = (struct vcommand){ .kind = CASE_1 };
	return slice_take_u8(&apdu, &out->cla) &&
	    slice_take_u8(&apdu, &out->ins) &&
	    slice_take_u8(&apdu, &out->p1) &&
	    slice_take_u8(&apdu, &out->p2);
}

static bool
short_body(struct slice body, struct vcommand *out)
{
	uint8_t first, le;

	slice_take_u8(&body, &first);
	if (body.n == 0) {
		out->le = first == 0 ? LE_SHORT_MAX : first;
		out->kind = CASE_2;
		return true;
	}
	if (first == 0 || !slice_take(&body, first, &out->data))
		return false;
	out->kind = CASE_3;
	if (!slice_take_u8(&body, &le))
		return true;
	out->le = le == 0 ? LE_SHORT_MAX : le;
	out->kind = CASE_4;
	return body.n == 0;
}

/* body begins behind the zero byte that announces it. */
static bool
extended_body(struct slice body, struct vcommand *out)
{
	uint16_t first, le;

	out->extended = true;
	if (!slice_take_u16(&body, &first))
		return false;
	if (body.n == 0) {
		out->le = first == 0 ? LE_MAX : first;
		out->kind = CASE_2;
		return true;
	}
	if (first == 0 || !slice_take(&body, first, &out->data))
		return false;
	out->kind = CASE_3;
	if (body.n == 0)
		return true;
	if (!slice_take_u16(&body, &le))
		return false;
	out->le = le == 0 ? LE_MAX : le;
	out->kind = CASE_4;
	return body.n == 0;
}

bool
command_body(struct slice apdu, struct vcommand *out)
{
	struct slice header, zero;

	if (!slice_take(&apdu, HEADER, &header))
		return false;
	if (apdu.n == 0)
		return true;
	if (apdu.n > 1 && apdu.p[0] == 0) {
		slice_take(&apdu, 1, &zero);
		return extended_body(apdu, out);
	}
	return short_body(apdu, out);
}
