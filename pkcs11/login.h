/* SPDX-License-Identifier: BSD-2-Clause */
/* Login, logout, PIN change. */
#ifndef LOGIN_H
#define LOGIN_H

#include "session.h"

struct pin_pair {
	const CK_UTF8CHAR	*old_pin, *new_pin;
	CK_ULONG		 old_n, new_n;
};

CK_RV	login(struct session *session, CK_USER_TYPE user,
    const CK_UTF8CHAR *pin, CK_ULONG n);
CK_RV	login_named(struct session *session, CK_USER_TYPE user,
    const CK_UTF8CHAR *pin, CK_ULONG n, const CK_UTF8CHAR *name,
    CK_ULONG name_n);
/* Is the PIN keyed in at the reader? */
bool	login_has_pad(const struct slot *slot);
CK_RV	logout(struct session *session);
CK_RV	pin_set(struct session *session, const struct pin_pair *pins);
/* Close the card for this token: no login outlives it. */
CK_RV	login_end(struct slot *slot);

#endif
