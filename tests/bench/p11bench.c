/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * p11bench MODULE slots | tokens | sign LABEL N | measure LABEL N
 *
 * One operation on any PKCS #11 module, for what it costs on the card to be
 * counted from outside.  sign and measure read the PIN from standard input.
 * measure prints what can only be seen from within, a "name value" a line:
 * microseconds and kilobytes.  Under callgrind, what N signatures cost is what
 * the function `signatures' costs.
 */
#include "p11load.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define SLOTS_ROOM	32
#define PIN_ROOM	64
#define TIMES_MAX	1000

static struct p11 p11;
static CK_SESSION_HANDLE session;
static CK_OBJECT_HANDLE key;

static double
microseconds(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

/* Resident memory of this process; 0 if the system does not tell. */
static long
resident_kilobytes(void)
{
	FILE *in = fopen("/proc/self/statm", "r");
	long size, resident = 0;

	if (in == NULL)
		return 0;
	if (fscanf(in, "%ld %ld", &size, &resident) != 2)
		resident = 0;
	fclose(in);
	return resident * (sysconf(_SC_PAGESIZE) / 1024);
}

static CK_RV
initialize(void)
{
	CK_C_INITIALIZE_ARGS args = { .flags = CKF_OS_LOCKING_OK };

	return p11.f->C_Initialize(&args);
}

static CK_RV
list_slots(CK_SLOT_ID *slots, CK_ULONG *n)
{
	*n = SLOTS_ROOM;
	return p11.f->C_GetSlotList(CK_TRUE, slots, n);
}

/* The tokens' information, of at most so many tokens. */
static CK_RV
list_tokens(CK_ULONG at_most)
{
	CK_SLOT_ID slots[SLOTS_ROOM];
	CK_TOKEN_INFO info;
	CK_ULONG n;
	CK_RV rv;

	rv = list_slots(slots, &n);
	for (CK_ULONG i = 0; rv == CKR_OK && i < n && i < at_most; i++)
		rv = p11.f->C_GetTokenInfo(slots[i], &info);
	return rv == CKR_OK && n == 0 ? CKR_TOKEN_NOT_PRESENT : rv;
}

static CK_RV
log_in(const char *label)
{
	char pin[PIN_ROOM];
	CK_SLOT_ID slot;
	CK_RV rv;

	if (fgets(pin, sizeof(pin), stdin) == NULL)
		return CKR_ARGUMENTS_BAD;
	pin[strcspn(pin, "\n")] = '\0';
	rv = p11_slot(&p11, label, &slot);
	if (rv == CKR_OK)
		rv = p11.f->C_OpenSession(slot, CKF_SERIAL_SESSION, NULL,
		    NULL, &session);
	if (rv == CKR_OK)
		rv = p11.f->C_Login(session, CKU_USER, (CK_UTF8CHAR *)pin,
		    strlen(pin));
	return rv == CKR_OK ? p11_key(&p11, session, &key) : rv;
}

/* Not inlined and not static: callgrind is told its name. */
CK_RV	signatures(long n);

__attribute__((noinline)) CK_RV
signatures(long n)
{
	CK_ULONG bytes = 0;
	CK_RV rv = CKR_OK;

	for (long i = 0; rv == CKR_OK && i < n; i++)
		rv = p11_sign(&p11, session, key, &bytes);
	return rv == CKR_OK && n > 0 && bytes == 0 ? CKR_GENERAL_ERROR : rv;
}

static CK_RV
do_slots(char **arguments)
{
	CK_SLOT_ID slots[SLOTS_ROOM];
	CK_ULONG n;

	(void)arguments;
	return list_slots(slots, &n);
}

static CK_RV
do_tokens(char **arguments)
{
	(void)arguments;
	return list_tokens(SLOTS_ROOM);
}

static CK_RV
do_sign(char **arguments)
{
	CK_RV rv = log_in(arguments[0]);

	return rv == CKR_OK ? signatures(atol(arguments[1])) : rv;
}

static int
compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* The median of n: others use this machine, too. */
static CK_RV
time_signatures(long n)
{
	double times[TIMES_MAX], from;
	CK_RV rv = CKR_OK;

	if (n < 1 || n > TIMES_MAX)
		return CKR_ARGUMENTS_BAD;
	for (long i = 0; rv == CKR_OK && i < n; i++) {
		from = microseconds();
		rv = signatures(1);
		times[i] = microseconds() - from;
	}
	if (rv != CKR_OK)
		return rv;
	qsort(times, (size_t)n, sizeof(times[0]), compare);
	printf("signature %.0f\n", times[n / 2]);
	return CKR_OK;
}

/* The clock starts before C_Initialize, in run. */
static double started;
static long resident_before, resident_after;

static CK_RV
do_measure(char **arguments)
{
	long n = atol(arguments[1]);
	CK_ULONG bytes;
	CK_RV rv;

	rv = list_tokens(1);
	printf("first-token %.0f\n", microseconds() - started);
	printf("resident %ld\n", resident_after - resident_before);
	if (rv == CKR_OK)
		rv = log_in(arguments[0]);
	/* The first one finds things out for the others. */
	if (rv == CKR_OK)
		rv = p11_sign(&p11, session, key, &bytes);
	return rv == CKR_OK ? time_signatures(n) : rv;
}

static const struct {
	const char	*name;
	CK_RV		(*run)(char **arguments);
	int		 arguments;
} verbs[] = {
	{ "slots", do_slots, 0 },
	{ "tokens", do_tokens, 0 },
	{ "sign", do_sign, 2 },
	{ "measure", do_measure, 2 },
};

static int
run(int verb, char **argv)
{
	CK_RV rv;

	resident_before = resident_kilobytes();
	if (!p11_load(&p11, argv[1]))
		return 1;
	started = microseconds();
	rv = initialize();
	resident_after = resident_kilobytes();
	if (rv == CKR_OK) {
		rv = verbs[verb].run(argv + 3);
		(void)p11.f->C_Finalize(NULL);
	}
	p11_unload(&p11);
	if (rv == CKR_OK)
		return 0;
	fprintf(stderr, "%s: %s\n", verbs[verb].name, rv_name(rv));
	return 1;
}

int
main(int argc, char **argv)
{
	for (int i = 0; argc >= 3 && i < (int)(sizeof(verbs) /
	    sizeof(verbs[0])); i++)
		if (strcmp(verbs[i].name, argv[2]) == 0 &&
		    argc - 3 == verbs[i].arguments)
			return run(i, argv);
	fputs("usage: p11bench MODULE slots | tokens | sign LABEL N | "
	    "measure LABEL N\n", stderr);
	return 2;
}
