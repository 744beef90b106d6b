/* SPDX-License-Identifier: BSD-2-Clause */
/* Modules that show the card to p11-kit and to browsers, and how often. */
#include <string.h>

#include "config.h"
#include "hostkit.h"
#include "opensc.h"
#include "p11file.h"
#include "registry.h"
#include "unit.h"

#define SYSTEM	P11KIT_CONFIGS "/"
#define ADMIN	P11KIT_ADMIN "/"
#define USER	"~/.config/pkcs11/modules/"
#define NSSDB	"~/.pki/nssdb/pkcs11.txt"
#define OURS	"/opt/jpki-pkcs11.so"
#define INTERNAL \
	"library=\nname=NSS Internal PKCS #11 Module\nparameters=x\n\n"
#define MODULE(file, name)	"library=" file "\nname=" name "\n\n"

static const struct survey survey = { .err = JPKI_OK };

/* Our module is registered as it is installed, and its file is there. */
static int
begin(void **state)
{
	(void)hostkit_setup(state);
	hostkit_file(&kit, SYSTEM "jpki.module",
	    "# a comment\nmodule: jpki-pkcs11.so\n");
	hostkit_file(&kit, P11KIT_MODULES "/jpki-pkcs11.so", "");
	hostkit_file(&kit, P11KIT_MODULES "/opensc-pkcs11.so", "");
	return 0;
}

static void
expect_p11kit(const char *what, const char *wanted)
{
	expect_text(what, hostkit_found(&kit, check_p11kit, &survey), wanted);
}

static void
expect_nss(const char *what, const char *wanted)
{
	expect_text(what, hostkit_found(&kit, check_nss, &survey), wanted);
}

static void
files_are_told_by_their_names(void **state)
{
	static const struct {
		const char	*path;
		struct p11_file	 file;
	} rows[] = {
		{ "/a/jpki-pkcs11.so", { P11_OURS, P11_AUTH | P11_SIGN } },
		{ "jpki-pkcs11-auth.so", { P11_OURS, P11_AUTH } },
		{ "/a/b/jpki-pkcs11-sign.so", { P11_OURS, P11_SIGN } },
		{ "opensc-pkcs11.so", { P11_OPENSC, P11_AUTH | P11_SIGN } },
		{ "/x/onepin-opensc-pkcs11.so", { P11_OPENSC, P11_AUTH } },
		{ "/x/p11-kit-proxy.so", { P11_PROXY, 0 } },
		{ "/jpki-pkcs11.so/other.so", { P11_OTHER, 0 } },
		{ "", { P11_OTHER, 0 } },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct p11_file got = p11_file_of(rows[i].path);

		expect_int(rows[i].path, got.kind, rows[i].file.kind);
		expect_int(rows[i].path, got.tokens, rows[i].file.tokens);
	}
}

static void
one_registration_is_well(void **state)
{
	(void)state;
	expect_p11kit("as installed", "");
}

static void
none_is_said(void **state)
{
	(void)state;
	hostkit_remove(&kit, SYSTEM "jpki.module");
	expect_p11kit("none", "p11kit-missing");
	/* Only *.module counts, and only its module line. */
	hostkit_file(&kit, SYSTEM "jpki.module.bak", "module: jpki-pkcs11.so");
	hostkit_file(&kit, SYSTEM "other.module",
	    "x-module: jpki-pkcs11.so\nmodules: jpki-pkcs11.so\nmodule\n");
	expect_p11kit("others", "p11kit-missing");
	hostkit_file(&kit, USER "mine.module", "module:\t jpki-pkcs11.so\r\n");
	expect_p11kit("the user's", "");
	/* p11-kit gives root no user's. */
	kit.host.root = true;
	expect_p11kit("root", "p11kit-missing");
}

static void
a_file_that_is_gone_is_said(void **state)
{
	(void)state;
	hostkit_remove(&kit, P11KIT_MODULES "/jpki-pkcs11.so");
	expect_p11kit("relative", "p11kit-no-file (" SYSTEM "jpki.module)");
	hostkit_file(&kit, SYSTEM "jpki.module", "module: " OURS "\n");
	expect_p11kit("absolute", "p11kit-no-file (" SYSTEM "jpki.module)");
	hostkit_file(&kit, OURS, "");
	expect_p11kit("there", "");
}

static void
twice_is_said(void **state)
{
	(void)state;
	hostkit_file(&kit, P11KIT_MODULES "/jpki-pkcs11-auth.so", "");
	hostkit_file(&kit, USER "again.module",
	    "module: jpki-pkcs11-auth.so\n");
	expect_p11kit("in two folders", "p11kit-twice (" SYSTEM "jpki.module)");
	hostkit_file(&kit, USER "again.module",
	    "module: jpki-pkcs11-auth.so\nenable-in: ssh\n");
	expect_p11kit("kept from most", "");
	hostkit_file(&kit, USER "again.module",
	    "module: jpki-pkcs11-auth.so\ndisable-in: ssh\n");
	expect_p11kit("kept from one",
	    "p11kit-twice (" SYSTEM "jpki.module)");
}

/* What does not load shows nothing twice, whichever comes first. */
static void
a_stale_file_is_said_of_itself_alone(void **state)
{
	static const char *const names[] = { "a.module", "z.module" };
	char path[256], wanted[320];

	(void)state;
	for (size_t i = 0; i < COUNT(names); i++) {
		(void)snprintf(path, sizeof(path), SYSTEM "%s", names[i]);
		(void)snprintf(wanted, sizeof(wanted), "p11kit-no-file (%s)",
		    path);
		hostkit_file(&kit, path, "module: " OURS "\n");
		expect_p11kit(names[i], wanted);
		hostkit_remove(&kit, path);
	}
}

static void
programs_that_get_it_are_told_by_their_names(void **state)
{
	static const struct {
		const char	*only, *never;
		bool		 other, proxy;
	} rows[] = {
		{ "", "", true, true },
		{ ":", "", false, false },
		{ ":ssh, p11-kit-proxy", "", false, true },
		{ ":p11-kit", ":", false, false },
		{ "", ":", true, true },
		{ "", ":p11-kit-proxy", true, false },
		{ "", ":ssh\tp11-kit-proxy,x", true, false },
		{ "", ":p11-kit-proxy2 xp11-kit-proxy", true, true },
	};
	static struct registered entry;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		strcpy(entry.only, rows[i].only);
		strcpy(entry.never, rows[i].never);
		expect_int("other", registered_for(&entry, NULL),
		    rows[i].other);
		expect_int("proxy", registered_for(&entry, "p11-kit-proxy"),
		    rows[i].proxy);
	}
}

/* p11-kit looks where XDG_CONFIG_HOME says. */
static void
the_folder_of_the_user_may_be_another(void **state)
{
	(void)state;
	hostkit_remove(&kit, SYSTEM "jpki.module");
	hostkit_file(&kit, "~/.config/pkcs11/modules/mine.module",
	    "module: jpki-pkcs11.so\n");
	expect_p11kit("the usual one", "");
	kit.host.config = "/elsewhere";
	expect_p11kit("another", "p11kit-missing");
	hostkit_file(&kit, "/elsewhere/pkcs11/modules/mine.module",
	    "module: jpki-pkcs11.so\n");
	expect_p11kit("there", "");
}

/* The same name is the same module: the user's file adds to the system's. */
static void
files_of_one_name_are_merged(void **state)
{
	(void)state;
	hostkit_file(&kit, ADMIN "jpki.module", "module: " OURS "\n");
	hostkit_file(&kit, OURS, "");
	hostkit_file(&kit, USER "jpki.module",
	    "x-init-reserved: tokens=auth\n");
	expect_p11kit("one", "");
	hostkit_remove(&kit, OURS);
	expect_p11kit("the administrator's module",
	    "p11kit-no-file (" USER "jpki.module)");
}

static void
opensc_is_said_unless_it_is_kept_away(void **state)
{
	(void)state;
	hostkit_file(&kit, SYSTEM "opensc-pkcs11.module",
	    "module: opensc-pkcs11.so\n");
	expect_p11kit("beside",
	    "p11kit-opensc (" SYSTEM "opensc-pkcs11.module)");
	hostkit_file(&kit, ADMIN "opensc-pkcs11.module", "enable-in: none\n");
	expect_p11kit("kept away", "");
	hostkit_file(&kit, ADMIN "opensc-pkcs11.module",
	    "disable-in: curl\n");
	expect_p11kit("kept from one", "");
	hostkit_remove(&kit, ADMIN "opensc-pkcs11.module");
	hostkit_remove(&kit, P11KIT_MODULES "/opensc-pkcs11.so");
	expect_p11kit("uninstalled", "");
}

/* As jpki-pkcs11(7) says: other drivers only. */
static void
opensc_that_leaves_the_card_is_well(void **state)
{
	static const struct {
		const char	*text;
		bool		 wanted;
	} rows[] = {
		{ "", false },
		{ "app default {\n\tcard_drivers = piv, openpgp;\n}\n", true },
		{ "card_drivers = piv,\n\topenpgp ;", true },
		{ "card_drivers=old;", true },
		{ "card_drivers = piv, internal;", false },
		{ "card_drivers = \"jpki\", piv;", false },
		{ "card_drivers = internal", false },
		{ "card_drivers = piv # internal\n, myeid; # jpki", true },
		{ "# card_drivers = piv;\n", false },
		{ "card_drivers", false },
		{ "card_driver x { }\ncard_drivers {}", false },
		{ "card_drivers = piv;\ncard_drivers = internal;", false },
		{ "card_drivers = internals, xjpki;", true },
		{ "card_drivers =", true },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		hostkit_file(&kit, "/etc/opensc/opensc.conf", rows[i].text);
		expect_int(rows[i].text, opensc_leaves_card(&kit.host),
		    rows[i].wanted);
	}
	hostkit_remove(&kit, "/etc/opensc/opensc.conf");
	assert_false(opensc_leaves_card(&kit.host));
	hostkit_file(&kit, "/etc/opensc.conf", "card_drivers = piv;");
	hostkit_file(&kit, SYSTEM "opensc-pkcs11.module",
	    "module: opensc-pkcs11.so\n");
	hostkit_file(&kit, NSSDB, MODULE("/lib/opensc-pkcs11.so", "o"));
	expect_p11kit("p11-kit", "");
	expect_nss("a browser", "");
}

static void
databases_are_looked_at(void **state)
{
	static const struct {
		const char *what, *list, *wanted;
	} rows[] = {
		{ "empty", INTERNAL, "" },
		{ "one", INTERNAL MODULE(OURS, "JPKI"), "" },
		{ "two files of one token",
		    MODULE(OURS, "JPKI")
		    MODULE("/opt/jpki-pkcs11-auth.so", "2"),
		    "nss-twice (/home/u/.pki/nssdb, 2)" },
		{ "two files of two tokens",
		    MODULE("/opt/jpki-pkcs11-sign.so", "1")
		    MODULE("/opt/jpki-pkcs11-auth.so", "2"), "" },
		{ "p11-kit alone", MODULE("/lib/p11-kit-proxy.so", "p"), "" },
		{ "p11-kit beside", MODULE("/lib/p11-kit-proxy.so", "p")
		    MODULE(OURS, "JPKI"),
		    "nss-twice (/home/u/.pki/nssdb, JPKI)" },
		{ "OpenSC", MODULE("/lib/opensc-pkcs11.so", "o"),
		    "nss-opensc (/home/u/.pki/nssdb, o)" },
		{ "OpenSC beside", MODULE(OURS, "JPKI")
		    MODULE("/lib/onepin-opensc-pkcs11.so", "o"),
		    "nss-opensc (/home/u/.pki/nssdb, o)" },
		{ "no name", "library=/lib/opensc-pkcs11.so\n",
		    "nss-opensc (/home/u/.pki/nssdb, /lib/opensc-pkcs11.so)" },
	};

	(void)state;
	expect_nss("no database", "");
	for (size_t i = 0; i < COUNT(rows); i++) {
		hostkit_file(&kit, NSSDB, rows[i].list);
		expect_nss(rows[i].what, rows[i].wanted);
	}
}

/* What p11-kit does not show, its proxy does not show twice. */
static void
proxy_shows_what_is_registered(void **state)
{
	(void)state;
	hostkit_file(&kit, NSSDB, MODULE("/lib/p11-kit-proxy.so", "p")
	    MODULE(OURS, "JPKI"));
	hostkit_remove(&kit, SYSTEM "jpki.module");
	expect_nss("not registered", "");
	hostkit_file(&kit, SYSTEM "jpki.module",
	    "module: jpki-pkcs11.so\ndisable-in: p11-kit-proxy\n");
	expect_nss("kept from the proxy", "");
	hostkit_file(&kit, SYSTEM "jpki.module",
	    "module: jpki-pkcs11.so\nenable-in: p11-kit-proxy\n");
	expect_nss("for the proxy", "nss-twice (/home/u/.pki/nssdb, JPKI)");
}

static void
profiles_of_firefox_are_looked_at(void **state)
{
	(void)state;
	hostkit_file(&kit, "~/.mozilla/firefox/profiles.ini",
	    "[Profile0]\nPath=a\nIsRelative=1\n");
	hostkit_file(&kit, "~/.mozilla/firefox/a/pkcs11.txt",
	    MODULE("/lib/opensc-pkcs11.so", "OpenSC"));
	expect_nss("a profile",
	    "nss-opensc (/home/u/.mozilla/firefox/a, OpenSC)");
	kit.host.home = "";
	expect_nss("no home", "");
}

#define TEST(name) \
	cmocka_unit_test_setup_teardown(name, begin, hostkit_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(files_are_told_by_their_names),
		TEST(one_registration_is_well),
		TEST(none_is_said),
		TEST(a_file_that_is_gone_is_said),
		TEST(twice_is_said),
		TEST(a_stale_file_is_said_of_itself_alone),
		cmocka_unit_test(programs_that_get_it_are_told_by_their_names),
		TEST(the_folder_of_the_user_may_be_another),
		TEST(files_of_one_name_are_merged),
		TEST(opensc_is_said_unless_it_is_kept_away),
		TEST(opensc_that_leaves_the_card_is_well),
		TEST(databases_are_looked_at),
		TEST(proxy_shows_what_is_registered),
		TEST(profiles_of_firefox_are_looked_at),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
