/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * secrets_client MODULE STEP...: a program as careful with PINs as its module
 * should be.  Each PIN is read from a file straight into a locked page, and is
 * wiped as soon as the module's function has returned.  After each step a line
 * says how it went, as the return value's name.
 *
 *	initialize | open LABEL | login FILE | pin OLD-FILE NEW-FILE |
 *	sign TIMES | logout | close | finalize
 *	plant FILE	leave a PIN in the heap, for the scanner to find
 *	pause		wait for a line of standard input, or its end
 */
#define _GNU_SOURCE		/* MAP_ANONYMOUS, MADV_DONTDUMP */
#include "p11load.h"

#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define PAGE_BYTES	4096
#define ROOM		64	/* for a PIN */

static struct p11 p11;
static CK_SESSION_HANDLE session;
static CK_UTF8CHAR *page;	/* two PINs */
static char *planted;

static CK_ULONG
pin_read(const char *path, CK_UTF8CHAR *room)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd >= 0 ? read(fd, room, ROOM) : -1;

	if (fd >= 0)
		(void)close(fd);
	if (n <= 0) {
		fprintf(stderr, "%s cannot be read\n", path);
		exit(1);
	}
	return (CK_ULONG)(room[n - 1] == '\n' ? n - 1 : n);
}

static void
page_wipe(void)
{
	volatile CK_UTF8CHAR *p = page;

	for (size_t i = 0; i < PAGE_BYTES; i++)
		p[i] = 0;
}

static CK_RV
initialize(char **arguments)
{
	CK_C_INITIALIZE_ARGS args = { .flags = CKF_OS_LOCKING_OK };

	(void)arguments;
	return p11.f->C_Initialize(&args);
}

static CK_RV
finalize(char **arguments)
{
	(void)arguments;
	return p11.f->C_Finalize(NULL);
}

static CK_RV
open_session(char **arguments)
{
	CK_SLOT_ID slot;
	CK_RV rv;

	rv = p11_slot(&p11, arguments[0], &slot);
	return rv != CKR_OK ? rv : p11.f->C_OpenSession(slot,
	    CKF_SERIAL_SESSION | CKF_RW_SESSION, NULL, NULL, &session);
}

static CK_RV
close_session(char **arguments)
{
	(void)arguments;
	return p11.f->C_CloseSession(session);
}

static CK_RV
login(char **arguments)
{
	CK_ULONG n = pin_read(arguments[0], page);
	CK_RV rv;

	rv = p11.f->C_Login(session, CKU_USER, page, n);
	page_wipe();
	return rv;
}

static CK_RV
change(char **arguments)
{
	CK_ULONG n = pin_read(arguments[0], page);
	CK_ULONG new_n = pin_read(arguments[1], page + ROOM);
	CK_RV rv;

	rv = p11.f->C_SetPIN(session, page, n, page + ROOM, new_n);
	page_wipe();
	return rv;
}

static CK_RV
logout(char **arguments)
{
	(void)arguments;
	return p11.f->C_Logout(session);
}

static CK_RV
sign(char **arguments)
{
	long times = strtol(arguments[0], NULL, 10);
	CK_OBJECT_HANDLE key;
	CK_ULONG n;
	CK_RV rv;

	rv = p11_key(&p11, session, &key);
	while (rv == CKR_OK && times-- > 0)
		rv = p11_sign(&p11, session, key, &n);
	return rv;
}

static CK_RV
plant(char **arguments)
{
	planted = malloc(ROOM);
	if (planted == NULL)
		return CKR_HOST_MEMORY;
	return pin_read(arguments[0], (CK_UTF8CHAR *)planted) > 0 ? CKR_OK :
	    CKR_GENERAL_ERROR;
}

/* Not through stdio: it would allocate where PINs might have been. */
static CK_RV
wait_for_line(char **arguments)
{
	char c;

	(void)arguments;
	while (read(STDIN_FILENO, &c, 1) == 1 && c != '\n')
		;
	return CKR_OK;
}

static const struct step {
	const char	*name;
	CK_RV		(*run)(char **arguments);
	int		 arguments;
} steps[] = {
	{ "initialize", initialize, 0 },
	{ "open", open_session, 1 },
	{ "login", login, 1 },
	{ "pin", change, 2 },
	{ "sign", sign, 1 },
	{ "logout", logout, 0 },
	{ "close", close_session, 0 },
	{ "finalize", finalize, 0 },
	{ "plant", plant, 1 },
	{ "pause", wait_for_line, 0 },
};

static const struct step *
step_find(const char *name)
{
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++)
		if (strcmp(steps[i].name, name) == 0)
			return &steps[i];
	return NULL;
}

static bool
page_make(void)
{
	page = mmap(NULL, PAGE_BYTES, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (page != MAP_FAILED && mlock(page, PAGE_BYTES) == 0 &&
	    madvise(page, PAGE_BYTES, MADV_DONTDUMP) == 0)
		return true;
	perror("a locked page");
	return false;
}

int
main(int argc, char **argv)
{
	const struct step *step;

	if (argc < 2) {
		fputs("usage: secrets_client MODULE STEP...\n", stderr);
		return 2;
	}
	if (!page_make() || !p11_load(&p11, argv[1]))
		return 1;
	for (int i = 2; i < argc; i += 1 + step->arguments) {
		step = step_find(argv[i]);
		if (step == NULL || i + step->arguments >= argc) {
			fprintf(stderr, "%s: no such step\n", argv[i]);
			return 2;
		}
		printf("%s %s\n", step->name, rv_name(step->run(argv + i + 1)));
		(void)fflush(stdout);
	}
	p11_unload(&p11);
	return 0;
}
