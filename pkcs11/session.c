/* SPDX-License-Identifier: BSD-2-Clause */
/* Sessions: opened on a token, gone with it. */
#include <stdlib.h>
#include <string.h>

#include "login.h"
#include "session.h"

static void
operations_end(struct session *session)
{
	for (unsigned i = 0; i < OPERATION_COUNT; i++)
		operation_end(&session->operation[i]);
	session->search = (struct search){ 0 };
}

/*
 * A session may die in the middle of a call on it, with the card.  Its memory
 * stays until the call leaves.
 */
static void
session_end(struct session *session)
{
	struct slot *slot = session->slot;

	slot->sessions--;
	slot->rw_sessions -= session->rw;
	operations_end(session);
	session->next = module.dead_sessions;
	module.dead_sessions = session;
}

void
sessions_bury(void)
{
	struct session *session;

	while ((session = module.dead_sessions) != NULL) {
		module.dead_sessions = session->next;
		free(session);
	}
}

/* Take every session out for which the slot is this one; NULL: all. */
static void
drop(const struct slot *slot)
{
	struct session **at = &module.sessions, *session;

	while ((session = *at) != NULL) {
		if (slot != NULL && session->slot != slot) {
			at = &session->next;
			continue;
		}
		*at = session->next;
		session_end(session);
	}
}

/* A digest needs no login. */
void
sessions_end_operations(const struct slot *slot)
{
	for (struct session *s = module.sessions; s != NULL; s = s->next) {
		if (s->slot != slot)
			continue;
		operation_end(&s->operation[OPERATION_SIGN]);
		operation_end(&s->operation[OPERATION_VERIFY]);
		s->search = (struct search){ 0 };
	}
}

void
sessions_drop(const struct slot *slot)
{
	drop(slot);
}

void
sessions_clear(void)
{
	drop(NULL);
}

struct session *
session_find(CK_SESSION_HANDLE handle)
{
	for (struct session *s = module.sessions; s != NULL; s = s->next)
		if (s->handle == handle)
			return s;
	return NULL;
}

CK_RV
session_open(CK_SLOT_ID id, CK_FLAGS flags, CK_SESSION_HANDLE *out)
{
	struct session *session;
	struct slot *slot;
	CK_RV rv;

	if (out == NULL)
		return CKR_ARGUMENTS_BAD;
	if ((flags & CKF_SERIAL_SESSION) == 0)
		return CKR_SESSION_PARALLEL_NOT_SUPPORTED;
	rv = slot_with_live_token(id, &slot);
	if (rv != CKR_OK)
		return rv;
	session = calloc(1, sizeof(*session));
	if (session == NULL)
		return CKR_HOST_MEMORY;
	session->handle = ++module.last_session;
	session->slot = slot;
	session->rw = (flags & CKF_RW_SESSION) != 0;
	session->next = module.sessions;
	module.sessions = session;
	slot->sessions++;
	slot->rw_sessions += session->rw;
	*out = session->handle;
	token_ask_again(slot);
	return CKR_OK;
}

/* The last session of a token logs out (PKCS #11 2.40, 5.6). */
static void
leave_token(struct slot *slot)
{
	if (slot->sessions == 0 && slot->logged_in)
		(void)login_end(slot);
}

CK_RV
session_close(struct session *session)
{
	struct session **at = &module.sessions;
	struct slot *slot = session->slot;

	while (*at != session)
		at = &(*at)->next;
	*at = session->next;
	session_end(session);
	leave_token(slot);
	return CKR_OK;
}

CK_RV
session_close_all(CK_SLOT_ID id)
{
	struct slot *slot;
	CK_RV rv = slots_refresh();

	if (rv != CKR_OK)
		return rv;
	slot = slot_find(id);
	if (slot == NULL)
		return CKR_SLOT_ID_INVALID;
	drop(slot);
	leave_token(slot);
	return CKR_OK;
}

static const CK_STATE states[2][2] = {		/* [rw][logged in] */
	{ CKS_RO_PUBLIC_SESSION, CKS_RO_USER_FUNCTIONS },
	{ CKS_RW_PUBLIC_SESSION, CKS_RW_USER_FUNCTIONS },
};

CK_RV
session_info(struct session *session, CK_SESSION_INFO *info)
{
	if (info == NULL)
		return CKR_ARGUMENTS_BAD;
	memset(info, 0, sizeof(*info));
	info->slotID = session->slot->id;
	info->state = states[session->rw][session->slot->logged_in];
	info->flags = CKF_SERIAL_SESSION |
	    (session->rw ? CKF_RW_SESSION : 0);
	return CKR_OK;
}

static const struct {
	CK_FLAGS	flag;
	enum operation_kind kind;
} cancels[] = {
	{ CKF_DIGEST, OPERATION_DIGEST },
	{ CKF_SIGN, OPERATION_SIGN },
	{ CKF_VERIFY, OPERATION_VERIFY },
};

CK_RV
session_cancel(struct session *session, CK_FLAGS flags)
{
	for (size_t i = 0; i < sizeof(cancels) / sizeof(cancels[0]); i++)
		if ((flags & cancels[i].flag) != 0)
			operation_end(&session->operation[cancels[i].kind]);
	if ((flags & CKF_FIND_OBJECTS) != 0)
		session->search = (struct search){ 0 };
	return CKR_OK;
}
