/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What C_Initialize is given: locking, and settings strings, which are read
 * here a second time by other means.
 */
#define _POSIX_C_SOURCE 200809L	/* setenv */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "calls.h"

#define COUNT_OF(a)	(sizeof(a) / sizeof((a)[0]))
#define TEXT_MAX	256
#define BLANKS		" \t\r\n"

/*
 * The application's mutexes: each is alive, and held or not.
 */

static CK_RV
mutex_create(void **mutex)
{
	model.mutexes++;
	*mutex = &model.mutexes;
	return CKR_OK;
}

static CK_RV
mutex_destroy(void *mutex)
{
	calls_law(mutex == &model.mutexes && model.mutexes > 0 &&
	    model.locks == 0, "a mutex is destroyed that cannot be");
	model.mutexes--;
	return CKR_OK;
}

static CK_RV
mutex_lock(void *mutex)
{
	calls_law(mutex == &model.mutexes && model.mutexes > 0,
	    "a mutex is locked that there is not");
	calls_law(model.locks == 0, "a mutex is locked twice");
	model.locks++;
	return CKR_OK;
}

static CK_RV
mutex_unlock(void *mutex)
{
	calls_law(mutex == &model.mutexes && model.locks == 1,
	    "a mutex is unlocked that is not locked");
	model.locks--;
	return CKR_OK;
}

static CK_RV
mutex_refuse(void **mutex)
{
	(void)mutex;
	return CKR_MUTEX_BAD;
}

/*
 * Settings.
 */

static const char *const words[] = {
	"tokens=both", "tokens=auth", "tokens=sign", "last-try=allow",
	"last-try=refuse", "consent=each", "consent=once", "pss=on",
	"pss=off", "pss=auto", "log=none", "log=error", "log=info",
	"log=apdu", "exclusive=login", "exclusive=off", "tokens=", "tokens=Both", "tokens", "=", "log=apdus",
	"exclusive=on",
	"pss=of", "consent=each=", "last-try==allow", "unknown=1",
	"library='x'", "a=b=c", "tokens=auth,", "\x80=\xFF",
};
static const char *const keys[] = {
	"tokens=", "last-try=", "consent=", "pss=", "log=", "exclusive=",
};

/* Some words, or any bytes; to be ended by a NUL. */
static size_t
text_make(struct fuzz_in *in, char text[TEXT_MAX])
{
	uint8_t how = fuzz_u8(in), word;
	struct slice raw;
	size_t n = 0;

	if (how >= 0xF0) {
		raw = fuzz_take_short(in);
		n = raw.n < TEXT_MAX - 1 ? raw.n : TEXT_MAX - 1;
		if (n > 0)
			memcpy(text, raw.p, n);
	}
	for (; how < 0xF0 && how % 8 > 0; how--) {
		word = fuzz_u8(in);
		n += (size_t)snprintf(text + n, TEXT_MAX - n, "%s%c",
		    words[word % COUNT_OF(words)],
		    BLANKS[word / COUNT_OF(words) % 4]);
	}
	text[n] = '\0';
	return strlen(text) + 1;
}

/* A field by its name and number, or nothing. */
static void
setting_store(struct settings *s, size_t word)
{
	switch (word) {
	case 0: s->tokens = 3; break;
	case 1: s->tokens = 1; break;
	case 2: s->tokens = 2; break;
	case 3: s->last_try = true; break;
	case 4: s->last_try = false; break;
	case 5: s->consent_each = true; break;
	case 6: s->consent_each = false; break;
	case 7: s->pss = PSS_ON; break;
	case 8: s->pss = PSS_OFF; break;
	case 9: s->pss = PSS_AUTO; break;
	case 14: s->exclusive = true; break;
	case 15: s->exclusive = false; break;
	default: s->log = (unsigned)word - 10; break;
	}
}

#define GOOD_WORDS	16

/* False: a key that there is has a value that there is not. */
static bool
word_read(const char *word, struct settings *s)
{
	for (size_t i = 0; i < GOOD_WORDS; i++)
		if (strcmp(word, words[i]) == 0) {
			setting_store(s, i);
			return true;
		}
	for (size_t i = 0; i < COUNT_OF(keys); i++)
		if (strncmp(word, keys[i], strlen(keys[i])) == 0)
			return false;
	return true;
}

static bool
text_read(const char *text, struct settings *s)
{
	char copy[TEXT_MAX], *rest = NULL;
	bool good = true;

	snprintf(copy, sizeof(copy), "%s", text);
	for (char *word = strtok_r(copy, BLANKS, &rest); word != NULL;
	    word = strtok_r(NULL, BLANKS, &rest))
		good = word_read(word, s) && good;
	return good;
}

void
init_environment(struct fuzz_in *in)
{
	char text[TEXT_MAX];

	(void)text_make(in, text);
	model.env_set = true;
	(void)setenv("JPKI_PKCS11", text, 1);
}

/*
 * Arguments.
 */

static void
put_mutexes(CK_C_INITIALIZE_ARGS *args, uint8_t how)
{
	if ((how & 1) != 0)
		args->CreateMutex = (how & 16) != 0 ? mutex_refuse :
		    mutex_create;
	if ((how & 2) != 0)
		args->DestroyMutex = mutex_destroy;
	if ((how & 4) != 0)
		args->LockMutex = mutex_lock;
	if ((how & 8) != 0)
		args->UnlockMutex = mutex_unlock;
}

/* 0: the operating system locks, and no settings. */
void
init_args(struct call *c, struct fuzz_in *in)
{
	CK_C_INITIALIZE_ARGS args = { .flags = CKF_OS_LOCKING_OK };
	uint8_t how = fuzz_u8(in), kind = fuzz_u8(in);
	char text[TEXT_MAX];
	size_t n;

	if (how == 0xFF)
		return;
	args.flags ^= how >> 5;
	put_mutexes(&args, how & 0x1F);
	if (kind >= 0xF0) {
		args.pReserved = (void *)(uintptr_t)(1 + kind % 16 * 272);
	} else if (kind >= 0x10) {
		n = text_make(in, text);
		args.pReserved = args_block(c, n, false);
		memcpy(args.pReserved, text, n);
	}
	c->info = args_block(c, sizeof(args), false);
	memcpy(c->info, &args, sizeof(args));
}

struct settings
init_settings(const struct call *c)
{
	const CK_C_INITIALIZE_ARGS *args = c->info;
	const char *environment = getenv("JPKI_PKCS11");
	struct settings s = { .tokens = 3, .pss = PSS_AUTO };

	if (args != NULL && args->pReserved != NULL)
		(void)text_read(args->pReserved, &s);
	if (environment != NULL)
		(void)text_read(environment, &s);
	return s;
}

bool
init_args_good(const struct call *c)
{
	const CK_C_INITIALIZE_ARGS *args = c->info;
	struct settings s;
	int given;

	if (args == NULL)
		return true;
	given = (args->CreateMutex != NULL) + (args->DestroyMutex != NULL) +
	    (args->LockMutex != NULL) + (args->UnlockMutex != NULL);
	if ((given != 0 && given != 4) || (args->pReserved != NULL &&
	    (uintptr_t)args->pReserved < 4096))
		return false;
	return args->pReserved == NULL || text_read(args->pReserved, &s);
}
