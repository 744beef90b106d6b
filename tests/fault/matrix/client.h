/* SPDX-License-Identifier: BSD-2-Clause */
/* A program that uses the module, as its steps see it. */
#ifndef CLIENT_H
#define CLIENT_H

#include "cryptoki.h"
#include "matrix.h"

/* In memory that is shared with the worker, who reads it after a crash, too. */
struct shared {
	char		now[PIN_ROOM], next[PIN_ROOM];
	int		pause;		/* before this step; -1: nowhere */
	volatile int	pause_next;	/* before the next one */
	struct call_seen call[STEPS_MAX];
	size_t		calls;
	unsigned long	rv;		/* of all of them together */
	uint8_t		signature[SIGNATURES_MAX][SIGNATURE_BYTES];
	size_t		signatures;
	uint8_t		out[16 * 1024];	/* what was read */
	size_t		out_n;
};

struct client {
	CK_FUNCTION_LIST	*f;
	const struct operation	*op;
	struct shared		*shared;
	CK_SLOT_ID		slot;
	CK_SESSION_HANDLE	session;
	CK_OBJECT_HANDLE	key;
	bool			initialized;
	bool			fresh;	/* that it is logged in is fine */
	unsigned		wrong_pins;	/* that were given */
	int			in, out;	/* to the worker */
};

/* What was called, and what came of it; gives rv back. */
CK_RV	called(struct client *c, const char *name, CK_RV rv);

step_fn	step_initialize, step_finalize, step_slots, step_token, step_tokens,
	step_mechanisms, step_open, step_info, step_close, step_close_all,
	step_login, step_login_wrong, step_login_refused, step_login_each, step_logout, step_key,
	step_find, step_read, step_sign, step_sign_parts, step_sign_digest,
	step_sign_pss, step_sign_begin, step_sign_end, step_verify,
	step_set_pin, step_event, step_wait;

#endif
