/* SPDX-License-Identifier: BSD-2-Clause */
/* Readers on USB that pcscd does not show, and why. */
#include <stdlib.h>
#include <string.h>

#include "drivers.h"
#include "hostkit.h"
#include "unit.h"
#include "usb.h"

#define BUNDLE	"/usr/lib/pcsc/drivers/ifd-ccid.bundle/Contents/Info.plist"
#define MAKERS	"/usr/lib/pcsc/drivers/ifd-acsccid.bundle/Contents/Info.plist"
#define LIST(name, vendors, products) \
	"<plist><dict>\n" \
	"	<key>CFBundleName</key>\n	<string>" name "</string>\n" \
	"	<key>CFBundleShortVersionString</key>\n" \
	"	<string>1.5.2</string>\n" \
	"	<key>ifdVendorID</key>\n	<array>\n" vendors \
	"	</array>\n" \
	"	<key>ifdProductID</key>\n	<array>\n" products \
	"	</array>\n</dict></plist>\n"
#define ROW(hex)	"		<string>0x" hex "</string>\n"

static const struct survey shows_none = { .err = JPKI_OK };
static const struct survey not_running = { .err = JPKI_ERR_NO_SERVICE };

/* A device with one interface, as the kernel shows it. */
static void
plug(const char *name, const char *vendor, const char *product,
    const char *class)
{
	char path[128], text[16];
	const struct {
		const char *file, *text;
	} files[] = {
		{ "/idVendor", vendor }, { "/idProduct", product },
		{ ":1.0/bInterfaceClass", class },
	};

	for (size_t i = 0; i < COUNT(files); i++) {
		(void)snprintf(path, sizeof(path), "/sys/bus/usb/devices/%s%s",
		    name, files[i].file);
		(void)snprintf(text, sizeof(text), "%s\n", files[i].text);
		hostkit_file(&kit, path, text);
	}
}

static void
expect_usb(const char *what, const struct survey *survey, const char *wanted)
{
	expect_text(what, hostkit_found(&kit, check_usb, survey), wanted);
}

static void
no_reader_is_said_if_pcscd_was_asked(void **state)
{
	(void)state;
	expect_usb("no USB at all", &shows_none, "reader-none");
	plug("1-2", "046d", "c077", "03");
	expect_usb("a mouse", &shows_none, "reader-none");
	expect_usb("nobody was asked", &not_running, "");
}

static void
pasori_without_ccid_is_said(void **state)
{
	(void)state;
	plug("1-1", "054c", "06c3", "ff");
	expect_usb("RC-S380/P", &shows_none,
	    "reader-not-ccid (054c:06c3 Sony RC-S380/P (PaSoRi))");
	/* Whether pcscd runs does not matter to it. */
	expect_usb("no pcscd", &not_running,
	    "reader-not-ccid (054c:06c3 Sony RC-S380/P (PaSoRi))");
	plug("1-1", "054c", "06c1", "ff");
	expect_usb("RC-S380/S", &shows_none,
	    "reader-not-ccid (054c:06c1 Sony RC-S380/S (PaSoRi))");
}

/* With a card in another reader it troubles nobody. */
static void
it_is_not_said_beside_a_reader_that_works(void **state)
{
	struct card_seen seen = { .err = JPKI_OK };
	const struct survey works = { JPKI_OK, &seen, 1 };

	(void)state;
	plug("1-1", "054c", "06c3", "ff");
	expect_usb("a card is found", &works, "");
	seen.err = JPKI_ERR_NO_CARD;
	expect_usb("the card may lie on it", &works,
	    "reader-not-ccid (054c:06c3 Sony RC-S380/P (PaSoRi))");
}

static void
no_driver_is_said(void **state)
{
	(void)state;
	plug("3-1.2", "054c", "0dc8", "0b");
	expect_usb("RC-S300", &shows_none,
	    "driver-missing (054c:0dc8 Sony RC-S300/S (PaSoRi))");
	plug("3-1.2", "04e6", "5116", "0b");
	expect_usb("any by its class", &shows_none,
	    "driver-missing (04e6:5116 )");
}

static void
a_driver_that_does_not_know_it_is_said(void **state)
{
	(void)state;
	plug("1-1", "04e6", "5116", "0b");
	hostkit_file(&kit, BUNDLE, LIST("other", ROW("04E6") ROW("072F"),
	    ROW("5115") ROW("5116")));
	expect_usb("numbers of different rows", &shows_none,
	    "driver-unlisted (04e6:5116 )");
	/* The maker's own driver counts as well. */
	hostkit_file(&kit, MAKERS, LIST("acsccid", ROW("04E6"), ROW("5116")));
	expect_usb("another bundle", &shows_none,
	    "reader-not-shown (04e6:5116 )");
}

/* libccid's list calls itself so, and names its readers all the same. */
static void
a_driver_of_the_class_knows_what_it_lists(void **state)
{
	(void)state;
	plug("1-1", "04e6", "5116", "0b");
	hostkit_file(&kit, BUNDLE, LIST("CCIDCLASSDRIVER", "", ""));
	expect_usb("the class", &shows_none, "driver-unlisted (04e6:5116 )");
}

static void
a_list_that_is_broken_lists_nothing(void **state)
{
	static const char *const lists[] = {
		"",
		"<key>ifdVendorID</key>",
		"<key>ifdVendorID</key><string>0x04E6</string>",
		"<key>ifdProductID</key></array>",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(lists); i++) {
		hostkit_file(&kit, BUNDLE, lists[i]);
		assert_int_equal(driver_of(&kit.host, 0x04E6, 0x5116),
		    DRIVER_UNLISTED);
	}
}

static void
scdaemon_takes_readers(void **state)
{
	(void)state;
	plug("1-1", "04e6", "5116", "0b");
	hostkit_file(&kit, BUNDLE, LIST("x", ROW("04E6"), ROW("5116")));
	hostkit_file(&kit, "/proc/12/comm", "bash\n");
	hostkit_file(&kit, "/proc/self/comm", "scdaemon\n");
	expect_usb("no scdaemon", &shows_none,
	    "reader-not-shown (04e6:5116 )");
	hostkit_file(&kit, "/proc/345/comm", "scdaemon\n");
	expect_usb("scdaemon", &shows_none, "reader-taken (04e6:5116 )");
}

/* What pcscd calls a reader cannot be told from what USB calls it. */
static void
a_reader_that_is_shown_is_not_searched_for(void **state)
{
	struct card_seen seen = { .err = JPKI_ERR_NO_CARD };
	const struct survey shows = { JPKI_OK, &seen, 1 };

	(void)state;
	plug("1-1", "04e6", "5116", "0b");
	expect_usb("shown", &shows, "");
}

static void
more_readers_than_there_is_room_for(void **state)
{
	struct usb_reader readers[USB_READERS_MAX];
	char name[16];

	(void)state;
	for (int i = 0; i < USB_READERS_MAX + 3; i++) {
		(void)snprintf(name, sizeof(name), "1-%d", i + 1);
		plug(name, "054c", "0dc9", "0b");
	}
	assert_int_equal(usb_readers(&kit.host, readers), USB_READERS_MAX);
}

static void
the_version_of_libccid_is_found(void **state)
{
	char room[32];

	(void)state;
	expect_text("none", driver_ccid_version(&kit.host, room, sizeof(room)),
	    "");
	hostkit_file(&kit, BUNDLE, LIST("x", "", ""));
	expect_text("one", driver_ccid_version(&kit.host, room, sizeof(room)),
	    "1.5.2");
}

#define TEST(name) \
	cmocka_unit_test_setup_teardown(name, hostkit_setup, hostkit_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(no_reader_is_said_if_pcscd_was_asked),
		TEST(pasori_without_ccid_is_said),
		TEST(it_is_not_said_beside_a_reader_that_works),
		TEST(no_driver_is_said),
		TEST(a_driver_that_does_not_know_it_is_said),
		TEST(a_driver_of_the_class_knows_what_it_lists),
		TEST(a_list_that_is_broken_lists_nothing),
		TEST(scdaemon_takes_readers),
		TEST(a_reader_that_is_shown_is_not_searched_for),
		TEST(more_readers_than_there_is_room_for),
		TEST(the_version_of_libccid_is_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
