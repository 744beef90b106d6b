/* SPDX-License-Identifier: BSD-2-Clause */
/* A program that changes a PIN with C_SetPIN. */
#include "torn.h"

#include <stdio.h>
#include <string.h>

#include "p11load.h"

static CK_RV
say(const char *function, CK_RV rv)
{
	printf("%s %s\n", function, rv_name(rv));
	(void)fflush(stdout);
	return rv;
}

/* A PIN of a test is no secret; the module takes it as not const. */
static CK_RV
change(const struct p11 *p11, CK_SESSION_HANDLE session, char *old, char *next)
{
	return p11->f->C_SetPIN(session, (CK_UTF8CHAR *)old, strlen(old),
	    (CK_UTF8CHAR *)next, strlen(next));
}

int
set_pin(char *const argv[4])
{
	CK_FLAGS flags = CKF_SERIAL_SESSION | CKF_RW_SESSION;
	CK_SESSION_HANDLE session;
	CK_SLOT_ID slot = 0;
	struct p11 p11;
	CK_RV rv;

	if (!p11_load(&p11, argv[0]))
		return 1;
	rv = say("C_Initialize", p11.f->C_Initialize(NULL));
	if (rv == CKR_OK)
		rv = say("C_GetTokenInfo", p11_slot(&p11, argv[1], &slot));
	if (rv == CKR_OK)
		rv = say("C_OpenSession", p11.f->C_OpenSession(slot, flags,
		    NULL, NULL, &session));
	if (rv == CKR_OK)
		rv = say("C_SetPIN", change(&p11, session, argv[2], argv[3]));
	(void)say("C_Finalize", p11.f->C_Finalize(NULL));
	p11_unload(&p11);
	return rv == CKR_OK ? 0 : 1;
}

void
set_pin_result(const char *out, const char *function, char rv[64])
{
	const char *at = strstr(out, function);

	rv[0] = '\0';
	if (at != NULL)
		(void)sscanf(at + strlen(function), " %63[A-Z0-9a-z_]", rv);
}
