/* SPDX-License-Identifier: BSD-2-Clause */
/* Sessions, and the operations under way in them. */
#ifndef SESSION_H
#define SESSION_H

#include "mech.h"
#include "module.h"

#define RAW_MAX		512	/* data of CKM_RSA_PKCS in several parts */

/* A signature, verification or digest under way. */
struct operation {
	const struct mech_row	*mech;		/* NULL: none */
	struct jpki_digest	*digest;	/* of a mechanism that hashes */
	uint8_t			 raw[RAW_MAX];	/* of one that does not */
	size_t			 raw_n;
	bool			 in_parts;	/* Update was called */
	bool			 in_one;	/* a digest asked for in one call */
	bool			 consented;	/* context-specific login */
	CK_ULONG		 bytes;		/* of a signature; digest: 0 */
};

struct search {
	bool		active;
	unsigned	found;		/* bits 1 << enum object_kind */
};

enum operation_kind {
	OPERATION_DIGEST,
	OPERATION_SIGN,
	OPERATION_VERIFY,
	OPERATION_COUNT
};

struct session {
	CK_SESSION_HANDLE	 handle;
	struct slot		*slot;
	bool			 rw;
	struct operation	 operation[OPERATION_COUNT];
	struct search		 search;
	struct session		*next;
};

CK_RV	session_open(CK_SLOT_ID id, CK_FLAGS flags, CK_SESSION_HANDLE *out);
CK_RV	session_close(struct session *session);
CK_RV	session_close_all(CK_SLOT_ID id);
CK_RV	session_info(struct session *session, CK_SESSION_INFO *info);
CK_RV	session_cancel(struct session *session, CK_FLAGS flags);

/*
 * The session of a handle, NULL if it has none.  The card is looked at
 * first: sessions end with the card.
 */
struct session *session_find(CK_SESSION_HANDLE handle);

/* The login is over, and what was begun under it. */
void	sessions_end_operations(const struct slot *slot);
/* Sessions of a slot whose token went; all of them at C_Finalize. */
void	sessions_drop(const struct slot *slot);
void	sessions_clear(void);
/* Free the memory of sessions that ended during this call. */
void	sessions_bury(void);

/*
 * operation.c: the rules that all operations share.
 */

/* End it, whatever its state. */
void	operation_end(struct operation *op);
/*
 * When an operation ends: OK with the output given ends it, a length query
 * and BUFFER_TOO_SMALL keep it, everything else ends it.  given: rv OK means
 * that the output went to the caller.
 */
CK_RV	operation_result(struct operation *op, CK_RV rv, bool given);

#endif
