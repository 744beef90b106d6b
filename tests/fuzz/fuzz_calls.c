/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The PKCS #11 module: the input is a program of calls, with events of the
 * world between and within them.
 *
 * From the front, one byte a step: below EVENT a function that does something
 * (the most needed ones come first, 0 is C_Initialize), then an event, then
 * one of the other functions, then the environment.  The bytes of its
 * arguments follow.  FUZZ_TRACE=1 shows the calls and their results.
 */
#define _POSIX_C_SOURCE 200809L	/* open_memstream */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "calls.h"

#define EVENT		0x90
#define OTHER	0xB0
#define ENVIRONMENT	0xFC
#define SUPPORTED	38	/* rows at the beginning, without the stubs */
#define STEPS_MAX	200

static bool trace;
static const struct functions_3_0 *functions;
static const struct call *under_way;

/* What the module writes to standard error, for it to be searched. */
static FILE *log_file, *real_stderr;
static char *log_text;
static size_t log_n;

void
calls_law(bool holds, const char *format, ...)
{
	va_list args;

	if (holds)
		return;
	fprintf(real_stderr, "broken: %s = %lX: ", under_way != NULL ?
	    under_way->row->name : "-", under_way != NULL ? under_way->rv : 0);
	va_start(args, format);
	vfprintf(real_stderr, format, args);
	va_end(args);
	fputc('\n', real_stderr);
	abort();
}

/* Both lists lead to the same functions. */
static void
lists_get(void)
{
	CK_INTERFACE *interface = NULL;
	CK_FUNCTION_LIST *list = NULL;

	calls_law(C_GetFunctionList(&list) == CKR_OK &&
	    C_GetInterface(NULL, NULL, &interface, 0) == CKR_OK,
	    "there are lists of functions");
	functions = interface->pFunctionList;
	calls_law(memcmp((const char *)list +
	    offsetof(CK_FUNCTION_LIST, C_Initialize),
	    (const char *)functions +
	    offsetof(struct functions_3_0, C_Initialize),
	    sizeof(*list) - offsetof(CK_FUNCTION_LIST, C_Initialize)) == 0,
	    "the lists differ");
}

static void
start(void)
{
	trace = getenv("FUZZ_TRACE") != NULL;
	real_stderr = stderr;
	log_file = open_memstream(&log_text, &log_n);
	calls_law(log_file != NULL, "there is memory");
	lists_get();
}

/*
 * No PIN is among what was logged, as text or in a command.  What a card
 * answers are numbers in which any digits may stand.
 */
static void
check_line(const char *line)
{
	static const char *const texts[] = { VIRTUAL_PIN_AUTH,
	    VIRTUAL_PIN_SIGN, "3650", "W5V4U3", "6183", "K7ZZ90" };
	static const char *const commands[] = { "37333931",
	    "5A5139584B375750", "33363530", "573556345533", "36313833",
	    "4B375A5A3930" };
	bool command = strncmp(line, "jpki-pkcs11: >", 14) == 0;

	if (strncmp(line, "jpki-pkcs11: <", 14) == 0)
		return;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		calls_law(strstr(line, command ? commands[i] : texts[i]) ==
		    NULL, "the log tells a PIN: %s", line);
}

static void
check_log(void)
{
	char *rest = NULL;
	long n = ftell(log_file);

	if (n <= 0)
		return;
	fflush(log_file);
	log_text[n] = '\0';	/* behind it is what was logged before */
	for (char *line = strtok_r(log_text, "\n", &rest); line != NULL;
	    line = strtok_r(NULL, "\n", &rest))
		check_line(line);
	rewind(log_file);
}

static void
call(const struct row *row, struct fuzz_in *in)
{
	struct call c = { .row = row };

	if (!model_has_room() && strcmp(row->name, "C_OpenSession") == 0)
		return;
	args_make(&c, in);
	under_way = &c;
	model_before(&c);
	stderr = log_file;
	c.rv = row->invoke(functions, &c);
	stderr = real_stderr;
	if (trace)
		fprintf(stderr, "%s = %lX\n", row->name, c.rv);
	model_after(&c);
	check_log();
	under_way = NULL;
	args_free(&c);
}

static void
step(struct fuzz_in *in)
{
	uint8_t what = fuzz_u8(in), how;

	if (what < EVENT) {
		call(&calls_rows[what % SUPPORTED], in);
	} else if (what < OTHER) {
		how = fuzz_u8(in);
		if (trace)
			fprintf(stderr, "event %d %d\n", what % 16, how);
		world_event(what, how);
		model_doubt(world_moved());
	} else if (what < ENVIRONMENT) {
		call(&calls_rows[SUPPORTED + (what - OTHER) %
		    (calls_rows_n - SUPPORTED)], in);
	} else {
		init_environment(in);
	}
}

static const struct row *
row_named(const char *name)
{
	for (size_t i = 0; i < calls_rows_n; i++)
		if (strcmp(calls_rows[i].name, name) == 0)
			return &calls_rows[i];
	calls_law(false, "no function %s", name);
	return NULL;
}

/*
 * All sessions are as the model has it; then the module ends, and can begin
 * again.
 */
static void
finish(void)
{
	struct fuzz_in none = fuzz_in_of(NULL, 0);
	const struct row *info = row_named("C_GetSessionInfo");

	for (size_t i = 0; i < model.sessions; i++) {
		uint8_t back = (uint8_t)i;
		struct fuzz_in in = fuzz_in_of(&back, 1);

		call(info, &in);
	}
	call(row_named("C_Finalize"), &none);
	call(row_named("C_Initialize"), &none);
	call(row_named("C_Finalize"), &none);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_in in = fuzz_in_of(data, size);

	if (functions == NULL)
		start();
	(void)unsetenv("JPKI_PKCS11");
	world_begin(&in);
	model_begin();
	for (int i = 0; i < STEPS_MAX && in.n > 0; i++)
		step(&in);
	finish();
	model_end();
	module_unload();
	world_end();
	return 0;
}
