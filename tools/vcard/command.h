/* SPDX-License-Identifier: BSD-2-Clause */
/* A command APDU taken apart, short or extended (ISO 7816-4, 5.1). */
#ifndef VCARD_COMMAND_H
#define VCARD_COMMAND_H

#include "buf.h"

#define CASE_1	0x01u		/* nothing behind the header */
#define CASE_2	0x02u		/* Le */
#define CASE_3	0x04u		/* data */
#define CASE_4	0x08u		/* data and Le */

#define LE_SHORT_MAX	256u
#define LE_MAX		65536u

struct vcommand {
	uint8_t		cla, ins, p1, p2;
	struct slice	data;
	size_t		le;		/* 0: absent */
	unsigned	kind;		/* one of CASE_... */
	bool		extended;
};

/* The four bytes that every command has; false if there are fewer. */
bool	command_header(struct slice apdu, struct vcommand *out);
/* Lc, data and Le; false if they do not fit together. */
bool	command_body(struct slice apdu, struct vcommand *out);

#endif
