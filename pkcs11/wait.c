/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * C_WaitForSlotEvent.  A wait blocks outside the lock, on a context of its
 * own, until pcscd tells a change; C_Finalize ends it.
 */
#include <stdlib.h>

#include "session.h"

/* What the last look saw; a wait is for something else. */
struct seen {
	struct jpki_reader	*list;
	size_t			 n;
};

static struct slot *
slot_with_event(void)
{
	for (size_t i = 0; i < module.reader_count; i++)
		for (unsigned j = 0; j < SLOTS_MAX; j++)
			if (module.readers[i]->slot[j].event)
				return &module.readers[i]->slot[j];
	return NULL;
}

static CK_RV
take_event(CK_SLOT_ID *out, struct seen *seen)
{
	struct slot *slot;
	CK_RV rv;

	jpki_readers_free(&seen->list, seen->n);
	rv = slots_look(&seen->list, &seen->n);
	if (rv != CKR_OK)
		return rv;
	slot = slot_with_event();
	if (slot == NULL)
		return CKR_NO_EVENT;
	slot->event = false;
	*out = slot->id;
	return CKR_OK;
}

/* Block until the readers differ from what was seen. */
static CK_RV
block(struct jpki_ctx *ctx, const struct seen *seen)
{
	struct wait wait = { .ctx = ctx };
	enum jpki_err err;

	module_wait_begin(&wait);
	module_unlock();
	err = jpki_wait_change(ctx, seen->list, seen->n, -1);
	module_lock();
	module_wait_end(&wait);
	if (module.leaving)
		return CKR_CRYPTOKI_NOT_INITIALIZED;
	/* Somebody else's end of a wait is not ours. */
	return err == JPKI_ERR_CANCELLED ? CKR_OK : rv_of(err);
}

/* The service went, or was never there: that may be an event, too. */
static CK_RV
last_look(CK_SLOT_ID *out, struct seen *seen)
{
	CK_RV rv = take_event(out, seen);

	return rv == CKR_NO_EVENT ? CKR_FUNCTION_FAILED : rv;
}

static CK_RV
wait_for_event(CK_SLOT_ID *out, struct seen *seen)
{
	struct jpki_ctx *ctx = NULL;
	enum jpki_err err;
	CK_RV rv;

	err = jpki_ctx_new(&ctx);
	if (err != JPKI_OK)
		return rv_of(err);
	do {
		rv = block(ctx, seen);
		if (rv == CKR_OK)
			rv = take_event(out, seen);
		else if (rv != CKR_CRYPTOKI_NOT_INITIALIZED)
			rv = last_look(out, seen);
	} while (rv == CKR_NO_EVENT);
	jpki_ctx_free(&ctx);
	return rv;
}

CK_RV
slot_wait(CK_FLAGS flags, CK_SLOT_ID *out, void *reserved)
{
	struct seen seen = { 0 };
	CK_RV rv;

	if (out == NULL || reserved != NULL)
		return CKR_ARGUMENTS_BAD;
	rv = take_event(out, &seen);
	if (rv == CKR_NO_EVENT && (flags & CKF_DONT_BLOCK) == 0)
		rv = wait_for_event(out, &seen);
	jpki_readers_free(&seen.list, seen.n);
	return rv;
}
