/* SPDX-License-Identifier: BSD-2-Clause */
/* Where browsers keep their databases, and what is in them. */
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "hostkit.h"
#include "inifile.h"
#include "nssdb.h"
#include "places.h"
#include "unit.h"

#define FIREFOX	"~/.mozilla/firefox/"

/* "f:folder" of Firefox, "c:folder" of Chromium; * in front: in a box. */
static void
expect_places(const char *what, const char *wanted)
{
	struct profiles found;
	char text[1024] = "";

	places_find(&kit.host, &found);
	for (size_t i = 0; i < found.n; i++) {
		const struct profile *p = &found.list[i];
		size_t n = strlen(text);

		(void)snprintf(text + n, sizeof(text) - n, "%s%s%c:%s",
		    n > 0 ? " " : "", p->boxed != BOXED_NOT ? "*" : "",
		    p->browser == BROWSER_FIREFOX ? 'f' : 'c', p->folder);
	}
	profiles_free(&found);
	expect_text(what, text, wanted);
}

static void
profiles_ini_names_profiles(void **state)
{
	(void)state;
	expect_places("nothing", "");
	hostkit_file(&kit, FIREFOX "profiles.ini",
	    "[Install4F96D1932A9F858E]\nDefault=abc.default-esr\nLocked=1\n\n"
	    "[Profile1]\nName=default\nIsRelative=1\nPath=xyz.default\n"
	    "Default=1\n\n"
	    "[Profile0]\nName=esr\nIsRelative=1\nPath=abc.default-esr\n\n"
	    "[Profile2]\nName=else\nIsRelative=0\nPath=/srv/profile\n\n"
	    "[General]\nStartWithLastProfile=1\nVersion=2\n");
	expect_places("profiles", "f:/home/u/.mozilla/firefox/abc.default-esr "
	    "f:/home/u/.mozilla/firefox/xyz.default f:/srv/profile");
}

static void
installs_ini_names_more(void **state)
{
	(void)state;
	hostkit_file(&kit, FIREFOX "profiles.ini", "[Profile0]\r\nPath=a\r\n");
	hostkit_file(&kit, FIREFOX "installs.ini",
	    "[4F96D1932A9F858E]\nDefault=a\nLocked=1\n"
	    "[308046B0AF4A39CB]\nDefault=b\n");
	expect_places("both", "f:/home/u/.mozilla/firefox/a "
	    "f:/home/u/.mozilla/firefox/b");
}

static void
every_place_is_looked_at(void **state)
{
	static const char *const places[] = {
		"~/.mozilla/firefox/", "~/.config/mozilla/firefox/",
		"~/snap/firefox/common/.mozilla/firefox/",
		"~/.var/app/org.mozilla.firefox/.mozilla/firefox/",
		"~/.var/app/org.mozilla.firefox/config/mozilla/firefox/",
	};
	char path[128];

	(void)state;
	for (size_t i = 0; i < COUNT(places); i++) {
		(void)snprintf(path, sizeof(path), "%sprofiles.ini", places[i]);
		hostkit_file(&kit, path, "[Profile0]\nPath=p\n");
	}
	hostkit_folder(&kit, "~/.pki/nssdb");
	hostkit_folder(&kit, "~/.local/share/pki/nssdb");
	hostkit_folder(&kit, "~/snap/chromium/current/.pki/nssdb");
	expect_places("all", "f:/home/u/.mozilla/firefox/p "
	    "f:/home/u/.config/mozilla/firefox/p "
	    "*f:/home/u/snap/firefox/common/.mozilla/firefox/p "
	    "*f:/home/u/.var/app/org.mozilla.firefox/.mozilla/firefox/p "
	    "*f:/home/u/.var/app/org.mozilla.firefox/config/mozilla/firefox/p "
	    "c:/home/u/.pki/nssdb c:/home/u/.local/share/pki/nssdb "
	    "*c:/home/u/snap/chromium/current/.pki/nssdb");
	kit.host.home = "relative";
	expect_places("a home that is none", "");
}

static void
folders_may_be_set_elsewhere(void **state)
{
	(void)state;
	kit.host.config = "/srv/settings";
	kit.host.data = "/srv/data";
	hostkit_file(&kit, "/srv/settings/mozilla/firefox/profiles.ini",
	    "[Profile0]\nPath=p\n");
	hostkit_folder(&kit, "/srv/data/pki/nssdb");
	expect_places("elsewhere", "f:/srv/settings/mozilla/firefox/p "
	    "c:/srv/data/pki/nssdb");
}

static void
boxes_are_told_by_the_folder(void **state)
{
	(void)state;
	assert_int_equal(places_boxed(&kit.host, "/home/u/snap/x/y"),
	    BOXED_SNAP);
	assert_int_equal(places_boxed(&kit.host, "/home/u/.var/app/x"),
	    BOXED_FLATPAK);
	assert_int_equal(places_boxed(&kit.host, "/home/u/snapshots/x"),
	    BOXED_NOT);
	assert_int_equal(places_boxed(&kit.host, "/home/other/snap/x"),
	    BOXED_NOT);
	kit.host.home = "";
	assert_int_equal(places_boxed(&kit.host, "/snap/x"), BOXED_NOT);
}

static void
note_line(void *user, const char *section, const char *key, const char *value)
{
	char *text = user;

	(void)snprintf(text + strlen(text), 256 - strlen(text), "%s|%s|%s;",
	    section, key, value);
}

static void
lines_are_read_as_firefox_does(void **state)
{
	static const struct {
		const char *text, *lines;
	} rows[] = {
		{ "", "" },
		{ "a=1", "|a|1;" },
		{ "[s]\na=1\n", "s|a|1;" },
		{ " [s] \r\n a=1 \r\n", "s|a|1;" },
		{ "[s]\n#a=1\n;b=2\nc\n=3\n", "s||3;" },
		{ "[s\na=b=c\n[]\nx=", "|a|b=c;|x|;" },
		{ "\n\n]\n[\n", "" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		char text[64], lines[256] = "";

		strcpy(text, rows[i].text);
		ini_read(text, note_line, lines);
		expect_text(rows[i].text, lines, rows[i].lines);
	}
}

static void
a_database_is_told_by_its_files(void **state)
{
	static const struct {
		const char		*file;
		enum nssdb_state	 state;
	} rows[] = {
		{ "/db/other", NSSDB_NONE },
		{ "/db/secmod.db", NSSDB_OLD },
		{ "/db/cert8.db", NSSDB_OLD },
		/* One that was brought up to date has both. */
		{ "/db/cert9.db", NSSDB_SQL },
	};
	struct nssdb db;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		hostkit_file(&kit, rows[i].file, "");
		nssdb_read(&kit.host, "/db", &db);
		expect_int(rows[i].file, db.state, rows[i].state);
		nssdb_free(&db);
	}
}

static void
modules_are_listed(void **state)
{
	static const struct {
		const char *text, *list;
	} rows[] = {
		{ "", "" },
		{ "library=\nname=NSS Internal PKCS #11 Module\n\n", "" },
		{ "library=/a.so\nname=A\nNSS=slotParams=x\n\n", "A=/a.so;" },
		{ "name=A\nlibrary=/a.so\n\nlibrary=/b.so\nname=B",
		    "A=/a.so;B=/b.so;" },
		{ "library=/a.so\n\n", "(none)=/a.so;" },
		{ "name=A\n\nlibrary=/b.so\n\n\n", "(none)=/b.so;" },
		{ "library=/a.so\nlibrary=/b.so\nname=A\nname=B\n",
		    "B=/b.so;" },
		{ "library /a.so\nlibraryx=/b.so\n", "" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct nssdb db;
		char list[128] = "";

		hostkit_file(&kit, "/db/pkcs11.txt", rows[i].text);
		nssdb_read(&kit.host, "/db", &db);
		assert_int_equal(db.state, NSSDB_SQL);
		for (size_t k = 0; k < db.n; k++)
			(void)snprintf(list + strlen(list),
			    sizeof(list) - strlen(list), "%s=%s;",
			    db.modules[k].name != NULL ? db.modules[k].name :
			    "(none)", db.modules[k].library);
		expect_text(rows[i].text, list, rows[i].list);
		nssdb_free(&db);
	}
}

static void
a_chromium_is_seen_by_its_settings(void **state)
{
	(void)state;
	assert_false(places_chromium_used(&kit.host));
	hostkit_folder(&kit, "~/snap/chromium/common/chromium");
	assert_false(places_chromium_used(&kit.host));
	expect_places("in a box",
	    "*c:/home/u/snap/chromium/current/.pki/nssdb");
	hostkit_folder(&kit, "~/.config/google-chrome");
	assert_true(places_chromium_used(&kit.host));
}

static void
expect_known(const char *folder, enum browser browser, enum boxed boxed)
{
	struct profile known = places_known(&kit.host, folder);

	expect_int(folder, known.browser, browser);
	expect_int(folder, known.boxed, boxed);
}

static void
usual_folders_are_known(void **state)
{
	char link[PATH_MAX];

	(void)state;
	hostkit_file(&kit, FIREFOX "profiles.ini", "[Profile0]\nPath=p\n");
	hostkit_folder(&kit, FIREFOX "p");
	hostkit_folder(&kit, "~/.pki/nssdb");
	hostkit_folder(&kit, "~/snap/chromium/current/.pki/nssdb");
	hostkit_folder(&kit, "~/snap/else");
	hostkit_folder(&kit, "/srv");
	assert_int_equal(symlink("../home/u/.pki/nssdb", host_path(&kit.host,
	    "/srv/link", link, sizeof(link))), 0);
	expect_known("/home/u/.mozilla/firefox/p", BROWSER_FIREFOX, BOXED_NOT);
	expect_known("/home/u/.pki/nssdb", BROWSER_CHROMIUM, BOXED_NOT);
	expect_known("/srv/link", BROWSER_CHROMIUM, BOXED_NOT);
	expect_known("/home/u/snap/chromium/current/.pki/nssdb",
	    BROWSER_CHROMIUM, BOXED_SNAP);
	expect_known("/home/u/snap/else", BROWSER_ANY, BOXED_SNAP);
	expect_known("/srv", BROWSER_ANY, BOXED_NOT);
	expect_known("/none", BROWSER_ANY, BOXED_NOT);
}

#define TEST(name) \
	cmocka_unit_test_setup_teardown(name, hostkit_setup, hostkit_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(profiles_ini_names_profiles),
		TEST(installs_ini_names_more),
		TEST(every_place_is_looked_at),
		TEST(folders_may_be_set_elsewhere),
		TEST(boxes_are_told_by_the_folder),
		cmocka_unit_test(lines_are_read_as_firefox_does),
		TEST(a_database_is_told_by_its_files),
		TEST(modules_are_listed),
		TEST(a_chromium_is_seen_by_its_settings),
		TEST(usual_folders_are_known),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
