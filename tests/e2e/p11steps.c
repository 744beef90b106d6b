/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * p11steps MODULE: a client of a PKCS #11 module that does what it is told,
 * one step a line, and says after each how it went: the return value's name,
 * then what came of it.  So a test can do things to the card in between.
 *
 *	initialize | finalize | present | event | wait
 *	flags LABEL | open LABEL | close | login PIN | logout | sign | state
 */
#include "p11load.h"

#include <stdio.h>
#include <string.h>

#define LINE_MAX_BYTES	256

static struct p11 p11;
static CK_SESSION_HANDLE session;

static CK_RV
initialize(char *argument)
{
	CK_C_INITIALIZE_ARGS args = { .flags = CKF_OS_LOCKING_OK };

	args.pReserved = argument;
	return p11.f->C_Initialize(&args);
}

static CK_RV
finalize(char *argument)
{
	(void)argument;
	return p11.f->C_Finalize(NULL);
}

/* How many slots there are, and how many tokens. */
static CK_RV
present(char *argument)
{
	CK_ULONG slots = 0, tokens = 0;
	CK_RV rv;

	(void)argument;
	rv = p11.f->C_GetSlotList(CK_FALSE, NULL, &slots);
	if (rv == CKR_OK)
		rv = p11.f->C_GetSlotList(CK_TRUE, NULL, &tokens);
	printf("%s %lu %lu\n", rv_name(rv), slots, tokens);
	return rv;
}

static CK_RV
slot_event(CK_FLAGS flags)
{
	CK_SLOT_INFO info = { .flags = 0 };
	CK_SLOT_ID slot = 0;
	CK_RV rv;

	rv = p11.f->C_WaitForSlotEvent(flags, &slot, NULL);
	if (rv == CKR_OK)
		rv = p11.f->C_GetSlotInfo(slot, &info);
	if (rv != CKR_OK)
		puts(rv_name(rv));
	else
		printf("CKR_OK %lu %s\n", slot, info.flags &
		    CKF_TOKEN_PRESENT ? "present" : "empty");
	return rv;
}

static CK_RV
event(char *argument)
{
	(void)argument;
	return slot_event(CKF_DONT_BLOCK);
}

static CK_RV
wait_event(char *argument)
{
	(void)argument;
	return slot_event(0);
}

static const struct {
	CK_FLAGS	 flag;
	const char	*name;
} pin_flags[] = {
	{ CKF_USER_PIN_COUNT_LOW, "low" },
	{ CKF_USER_PIN_FINAL_TRY, "final" },
	{ CKF_USER_PIN_LOCKED, "locked" },
};

static CK_RV
flags(char *argument)
{
	CK_TOKEN_INFO info;
	CK_SLOT_ID slot;
	CK_RV rv;

	rv = p11_slot(&p11, argument, &slot);
	if (rv == CKR_OK)
		rv = p11.f->C_GetTokenInfo(slot, &info);
	fputs(rv_name(rv), stdout);
	for (size_t i = 0; rv == CKR_OK && i < sizeof(pin_flags) /
	    sizeof(pin_flags[0]); i++)
		if ((info.flags & pin_flags[i].flag) != 0)
			printf(" %s", pin_flags[i].name);
	putchar('\n');
	return rv;
}

static CK_RV
open_session(char *argument)
{
	CK_SLOT_ID slot;
	CK_RV rv;

	rv = p11_slot(&p11, argument, &slot);
	if (rv != CKR_OK)
		return rv;
	return p11.f->C_OpenSession(slot, CKF_SERIAL_SESSION | CKF_RW_SESSION,
	    NULL, NULL, &session);
}

static CK_RV
close_session(char *argument)
{
	(void)argument;
	return p11.f->C_CloseSession(session);
}

static CK_RV
login(char *argument)
{
	return p11.f->C_Login(session, CKU_USER, (CK_UTF8CHAR *)argument,
	    strlen(argument));
}

static CK_RV
logout(char *argument)
{
	(void)argument;
	return p11.f->C_Logout(session);
}

static CK_RV
sign(char *argument)
{
	CK_OBJECT_HANDLE key;
	CK_ULONG n = 0;
	CK_RV rv;

	(void)argument;
	rv = p11_key(&p11, session, &key);
	if (rv == CKR_OK)
		rv = p11_sign(&p11, session, key, &n);
	if (rv == CKR_OK)
		printf("CKR_OK %lu\n", n);
	else
		puts(rv_name(rv));
	return rv;
}

static CK_RV
state(char *argument)
{
	CK_SESSION_INFO info;
	CK_RV rv;

	(void)argument;
	rv = p11.f->C_GetSessionInfo(session, &info);
	if (rv == CKR_OK)
		printf("CKR_OK %s\n", info.state == CKS_RW_USER_FUNCTIONS ?
		    "user" : "public");
	else
		puts(rv_name(rv));
	return rv;
}

static const struct {
	const char	*name;
	CK_RV		(*step)(char *argument);
	bool		 says;		/* prints its line itself */
} steps[] = {
	{ "initialize", initialize, false },
	{ "finalize", finalize, false },
	{ "present", present, true },
	{ "event", event, true },
	{ "wait", wait_event, true },
	{ "flags", flags, true },
	{ "open", open_session, false },
	{ "close", close_session, false },
	{ "login", login, false },
	{ "logout", logout, false },
	{ "sign", sign, true },
	{ "state", state, true },
};

static void
run(char *line)
{
	char *argument = strchr(line, ' ');
	CK_RV rv;

	if (argument != NULL)
		*argument++ = '\0';
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		if (strcmp(steps[i].name, line) != 0)
			continue;
		rv = steps[i].step(argument);
		if (!steps[i].says)
			puts(rv_name(rv));
		fflush(stdout);
		return;
	}
	puts("no such step");
	fflush(stdout);
}

int
main(int argc, char **argv)
{
	char line[LINE_MAX_BYTES];

	if (argc != 2) {
		fputs("usage: p11steps MODULE\n", stderr);
		return 2;
	}
	if (!p11_load(&p11, argv[1]))
		return 1;
	while (fgets(line, sizeof(line), stdin) != NULL) {
		line[strcspn(line, "\n")] = '\0';
		run(line);
	}
	p11_unload(&p11);
	return 0;
}
