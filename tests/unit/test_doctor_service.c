/* SPDX-License-Identifier: BSD-2-Clause */
/* The machine before any card: pcscd, the clock, Firefox in a box. */
#include "hostkit.h"
#include "unit.h"

static void
expect_service(enum jpki_err err, const char *wanted)
{
	const struct survey survey = { .err = err };

	expect_text(jpki_err_name(err), hostkit_found(&kit, check_service,
	    &survey), wanted);
}

static void
a_service_that_answers_is_well(void **state)
{
	(void)state;
	expect_service(JPKI_OK, "");
}

static void
no_program_is_not_installed(void **state)
{
	(void)state;
	expect_service(JPKI_ERR_NO_SERVICE, "pcscd-missing");
}

/* Wherever it is: not in an ordinary user's PATH on most systems. */
static void
a_program_that_does_not_run_is_stopped(void **state)
{
	static const char *const places[] = {
		"/usr/sbin/pcscd", "/usr/bin/pcscd", "/sbin/pcscd",
		"/usr/local/sbin/pcscd", "/opt/pcsc/pcscd",
	};

	(void)state;
	kit.host.path = "relative::/opt/pcsc:/bin";
	for (size_t i = 0; i < COUNT(places); i++) {
		hostkit_program(&kit, places[i], "#!/bin/sh\n");
		expect_service(JPKI_ERR_NO_SERVICE, "pcscd-stopped");
		hostkit_remove(&kit, places[i]);
	}
	/* A folder of that name is no program, nor is what cannot be run. */
	hostkit_folder(&kit, "/usr/sbin/pcscd");
	hostkit_file(&kit, "/usr/bin/pcscd", "");
	expect_service(JPKI_ERR_NO_SERVICE, "pcscd-missing");
}

/* A socket is left behind by a pcscd that was killed: it is open to us. */
static void
a_socket_without_a_service_is_stopped(void **state)
{
	(void)state;
	hostkit_file(&kit, "/run/pcscd/pcscd.comm", "");
	hostkit_program(&kit, "/usr/sbin/pcscd", "#!/bin/sh\n");
	expect_service(JPKI_ERR_NO_SERVICE, "pcscd-stopped");
}

static void
a_refusal_depends_on_where_one_sits(void **state)
{
	(void)state;
	expect_service(JPKI_ERR_ACCESS, "pcscd-refuses");
	kit.host.remote = true;
	expect_service(JPKI_ERR_ACCESS, "pcscd-refuses-remote");
}

static void
another_error_is_odd(void **state)
{
	(void)state;
	expect_service(JPKI_ERR_IO, "pcscd-odd (IO)");
}

static void
a_clock_before_the_program_is_wrong(void **state)
{
	static const struct {
		int64_t		 built;		/* from now */
		const char	*wanted;
	} rows[] = {
		{ -1, "" }, { 0, "" }, { 86400, "" }, { 86401, "clock" },
		{ 400 * 86400, "clock" },
	};
	const struct survey survey = { .err = JPKI_OK };

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		kit.host.built = kit.host.now + rows[i].built;
		expect_text(rows[i].wanted, hostkit_found(&kit, check_clock,
		    &survey), rows[i].wanted);
	}
	/* The date of the program is not known. */
	kit.host.built = 0;
	expect_text("no date", hostkit_found(&kit, check_clock, &survey), "");
}

static void
a_boxed_firefox_is_said_once(void **state)
{
	const struct survey survey = { .err = JPKI_OK };

	(void)state;
	expect_text("none", hostkit_found(&kit, check_boxed, &survey), "");
	/* Data stay behind when the program goes. */
	hostkit_folder(&kit, "~/snap/firefox");
	hostkit_folder(&kit, "~/.var/app/org.mozilla.firefox");
	expect_text("data", hostkit_found(&kit, check_boxed, &survey), "");
	hostkit_file(&kit, "/var/lib/snapd/snap/bin/firefox", "");
	expect_text("a snap", hostkit_found(&kit, check_boxed, &survey),
	    "firefox-snap (/var/lib/snapd/snap/bin/firefox)");
	hostkit_file(&kit, "/snap/bin/firefox", "");
	expect_text("once", hostkit_found(&kit, check_boxed, &survey),
	    "firefox-snap (/snap/bin/firefox)");
	hostkit_folder(&kit,
	    "~/.local/share/flatpak/app/org.mozilla.firefox");
	expect_text("both", hostkit_found(&kit, check_boxed, &survey),
	    "firefox-snap (/snap/bin/firefox); "
	    "firefox-flatpak (~/.local/share/flatpak/app/org.mozilla.firefox)");
}

#define TEST(name) \
	cmocka_unit_test_setup_teardown(name, hostkit_setup, hostkit_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_service_that_answers_is_well),
		TEST(no_program_is_not_installed),
		TEST(a_program_that_does_not_run_is_stopped),
		TEST(a_socket_without_a_service_is_stopped),
		TEST(a_refusal_depends_on_where_one_sits),
		TEST(another_error_is_odd),
		TEST(a_clock_before_the_program_is_wrong),
		TEST(a_boxed_firefox_is_said_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
