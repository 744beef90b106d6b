/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What another program can do that shares the card, and waits for its turn
 * while the module is at work.
 */
#define _POSIX_C_SOURCE 200809L
#include "p11kit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The neighbour: select the application and the key, and sign. */
static const char *const sign_by_auth[] = {
	"00A4040C0A D392F000260100000001", "00A4020C02 0017",
	"802A0080 04 01020304 00",
};

static unsigned long came_at;	/* the transmission in which it came */

static void
queue(void *user, unsigned long index)
{
	struct octets o;

	(void)user;
	if (index != came_at)
		return;
	for (size_t i = 0; i < COUNT(sign_by_auth); i++) {
		o = unhex(sign_by_auth[i]);
		assert_false(vtransport_foreign(kit_world, READER_A, o.p,
		    o.n));
	}
}

/*
 * What it was answered: the status word of the last signature in the log that
 * was asked for with its data; "" if it has not come yet.
 */
static void
answer_of(const char *log, char sw[5])
{
	static const char command[] = "\"command\":\"802A00800401020304";
	const char *at = log, *end;

	sw[0] = '\0';
	while ((at = strstr(at, command)) != NULL) {
		at = strstr(at, "\"answer\":\"");
		assert_non_null(at);
		at += strlen("\"answer\":\"");
		end = strchr(at, '"');
		assert_true(end != NULL && end - at >= 4);
		memcpy(sw, end - 4, 4);
		sw[4] = '\0';
	}
}

static CK_RV
change(CK_SESSION_HANDLE s)
{
	CK_UTF8CHAR old[] = PIN_AUTH, new[] = "4321";

	return p11->C_SetPIN(s, old, 4, new, 4);
}

static CK_RV
login(CK_SESSION_HANDLE s)
{
	return kit_try_login(s, CKU_USER, PIN_AUTH);
}

/* After each of these nobody is logged in, though the card took the PIN. */
static const struct {
	const char	*fault;
	CK_RV		(*step)(CK_SESSION_HANDLE s);
	CK_RV		 rv;
} steps[] = {
	{ NULL, change, CKR_OK },
	{ "sw=6F00,after@ins=20#2", change, CKR_DEVICE_ERROR },
	{ "sw=6F00,after@ins=24", change, CKR_DEVICE_ERROR },
	{ "empty@ins=24", change, CKR_DEVICE_ERROR },
	{ "empty@ins=20#2", change, CKR_DEVICE_REMOVED },
	{ "sw=6F00,after@ins=20#2", login, CKR_DEVICE_ERROR },
	{ "empty@ins=20#2", login, CKR_DEVICE_REMOVED },
};

static void
expect_no_foreign_signature(size_t i)
{
	struct vlink *link = kit_begin("adult", NULL, NULL);
	CK_SESSION_HANDLE s = kit_open_rw(AUTH);
	char *log = NULL, sw[5];
	size_t n = 0;
	FILE *f;

	vlink_counters_clear(link);
	if (steps[i].fault != NULL)
		kit_fault(link, steps[i].fault);
	f = open_memstream(&log, &n);
	assert_non_null(f);
	vlink_log_to(link, f);
	came_at = kit_commands() + 1;
	vtransport_on_transmit(kit_world, queue, NULL);
	expect_rv("step", steps[i].step(s), steps[i].rv);
	vtransport_on_transmit(kit_world, NULL, NULL);
	vlink_log_to(link, NULL);
	assert_int_equal(fclose(f), 0);
	answer_of(log, sw);
	expect_text(steps[i].fault, sw, "6982");
	free(log);
}

static void
who_waits_while_a_pin_is_used_finds_nobody_logged_in(void **state)
{
	for (size_t i = 0; i < COUNT(steps); i++) {
		if (i > 0) {
			kit_teardown(state);
			kit_setup(state);
		}
		expect_no_foreign_signature(i);
	}
}

#define T(fn)	cmocka_unit_test_setup_teardown(fn, kit_setup, kit_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(who_waits_while_a_pin_is_used_finds_nobody_logged_in),
	};

	return cmocka_run_group_tests(tests, NULL, kit_end);
}
