/* SPDX-License-Identifier: BSD-2-Clause */
/* READ BINARY of just the object at a file's front, whatever the card does. */
#include <stdlib.h>
#include <string.h>

#include "scene.h"

#define FILE_BYTES	0x8100

/* The file: an object of size bytes in all, then the filler. */
static void
file_make(struct scene *s, uint8_t *file, size_t size, uint8_t filler)
{
	memset(file, filler, FILE_BYTES);
	for (size_t i = 0; i < size; i++)
		file[i] = (uint8_t)(i * 7 + 1);
	file[0] = 0x30;
	file[1] = 0x82;
	file[2] = (uint8_t)((size - 4) >> 8);
	file[3] = (uint8_t)(size - 4);
	script_name(s->script, "file", slice_of(file, FILE_BYTES));
}

/* Read the certificate of user authentication; the object, all of it. */
static void
file_is_read(struct scene *s, const uint8_t *file, size_t size)
{
	struct jpki_buf der = { NULL, 0 };

	expect_err("read", jpki_cert_read(s->card, JPKI_CERT_AUTH, &der),
	    JPKI_OK);
	expect_bytes("object", slice_of(der.p, der.n), slice_of(file, size));
	jpki_buf_free(&der);
	SCENE(s, ROWS_CLOSE);
	scene_close(s);
}

static void
file_fails(struct scene *s, enum jpki_err err)
{
	struct jpki_buf der = { NULL, 0 };

	expect_err("read", jpki_cert_read(s->card, JPKI_CERT_AUTH, &der),
	    err);
	assert_true(der.p == NULL && der.n == 0);
	SCENE(s, ROWS_CLOSE);
	scene_close(s);
}

/* The last chunk's Le is just what is missing; filler is read only where the
 * first chunk reaches into it. */
static const struct {
	size_t		size;
	struct row	rows[4];
} sizes[] = {
	{ 4, { { "00B0 0000 00", "<file:0+256> 9000", NULL } } },
	{ 100, { { "00B0 0000 00", "<file:0+256> 9000", "and filler" } } },
	{ 255, { { "00B0 0000 00", "<file:0+256> 9000", "and filler" } } },
	{ 256, { { "00B0 0000 00", "<file:0+256> 9000", "just it" } } },
	{ 257, { { "00B0 0000 00", "<file:0+256> 9000", NULL },
	    { "00B0 0100 01", "<file:256+1> 9000", NULL } } },
	{ 511, { { "00B0 0000 00", "<file:0+256> 9000", NULL },
	    { "00B0 0100 FF", "<file:256+255> 9000", NULL } } },
	{ 512, { { "00B0 0000 00", "<file:0+256> 9000", NULL },
	    { "00B0 0100 00", "<file:256+256> 9000", NULL } } },
	{ 513, { { "00B0 0000 00", "<file:0+256> 9000", NULL },
	    { "00B0 0100 00", "<file:256+256> 9000", NULL },
	    { "00B0 0200 01", "<file:512+1> 9000", NULL } } },
	{ 700, { { "00B0 0000 00", "<file:0+256> 9000", NULL },
	    { "00B0 0100 00", "<file:256+256> 9000", NULL },
	    { "00B0 0200 BC", "<file:512+188> 9000", NULL } } },
};

static void
just_the_object_is_read(void **state)
{
	static uint8_t file[FILE_BYTES];
	struct scene *s;

	for (size_t i = 0; i < COUNT(sizes); i++) {
		(void)scene_new(state);
		s = *state;
		file_make(s, file, sizes[i].size, i % 2 == 0 ? 0xFF : 0x00);
		scene_open(s);
		SCENE(s, ROW_EF("000A"));
		for (size_t r = 0; sizes[i].rows[r].does != NULL; r++)
			scene_add(s, &sizes[i].rows[r], 1);
		file_is_read(s, file, sizes[i].size);
		(void)scene_free(state);
	}
}

static void
an_object_as_long_as_offsets_reach_is_read(void **state)
{
	static uint8_t file[FILE_BYTES];
	struct scene *s = *state;

	file_make(s, file, 0x7FFF, 0xFF);
	scene_open(s);
	scene_read(s, "000A", "file", 0x7FFF);
	file_is_read(s, file, 0x7FFF);
}

static void
an_object_of_a_short_length_form_is_read(void **state)
{
	struct scene *s = *state;
	static const uint8_t object[] = { 0x30, 0x03, 1, 2, 3 };

	scene_open(s);
	SCENE(s, ROW_EF("000A"),
	    { "00B0 0000 00", "3003 010203 6282", "the file ends" });
	file_is_read(s, object, sizeof(object));
}

static void
short_answers_are_gone_on_from(void **state)
{
	static uint8_t file[FILE_BYTES];
	struct scene *s = *state;

	file_make(s, file, 300, 0xFF);
	scene_open(s);
	SCENE(s, ROW_EF("000A"),
	    { "00B0 0000 00", "<file:0+100> 9000", "a reader of 100 bytes" },
	    { "00B0 0064 C8", "<file:100+100> 9000", NULL },
	    { "00B0 00C8 64", "<file:200+100> 9000", NULL });
	file_is_read(s, file, 300);
}

static void
end_of_file_with_bytes_is_no_error(void **state)
{
	static uint8_t file[FILE_BYTES];
	struct scene *s = *state;

	file_make(s, file, 300, 0xFF);
	scene_open(s);
	SCENE(s, ROW_EF("000A"),
	    { "00B0 0000 00", "<file:0+256> 6282", NULL },
	    { "00B0 0100 2C", "<file:256+44> 6282", NULL });
	file_is_read(s, file, 300);
}

static void
a_refused_le_of_256_becomes_E0_and_stays_so(void **state)
{
	static uint8_t file[FILE_BYTES];
	struct scene *s = *state;

	file_make(s, file, 600, 0xFF);
	scene_open(s);
	SCENE(s, ROW_EF("000A"),
	    { "00B0 0000 00", "BAD0 6700", "bytes that count for nothing" },
	    { "00B0 0000 E0", "<file:0+224> 9000", NULL },
	    { "00B0 00E0 E0", "<file:224+224> 9000", NULL },
	    { "00B0 01C0 98", "<file:448+152> 9000", NULL });
	file_is_read(s, file, 600);
}

static void
the_careful_le_is_forgotten_with_the_card(void **state)
{
	static uint8_t file[FILE_BYTES];
	struct scene *s = *state;
	struct jpki_buf der = { NULL, 0 };

	file_make(s, file, 100, 0xFF);
	scene_open(s);
	SCENE(s, ROW_EF("000A"),
	    { "00B0 0000 00", "6700", NULL },
	    { "00B0 0000 E0", "<file:0+224> 9000", NULL }, ROW_END,
	    { "begin", "new", NULL }, ROW_JPKI, ROW_EF("000A"),
	    { "00B0 0000 00", "<file:0+256> 9000", NULL }, ROW_END);
	expect_err("read", jpki_cert_read(s->card, JPKI_CERT_AUTH, &der),
	    JPKI_OK);
	jpki_buf_free(&der);
	jpki_card_end(s->card);
	expect_err("read", jpki_cert_read(s->card, JPKI_CERT_AUTH, &der),
	    JPKI_OK);
	jpki_buf_free(&der);
	SCENE(s, ROW_DISCONNECT);
	scene_close(s);
}

static void
a_wrong_length_without_a_remedy_is_an_error(void **state)
{
	struct scene *s = *state;

	scene_open(s);
	SCENE(s, ROW_EF("000A"),
	    { "00B0 0000 00", "6700", NULL },
	    { "00B0 0000 E0", "6700", NULL });
	file_fails(s, JPKI_ERR_SW);
}

static void
a_link_that_breaks_at_the_careful_le_is_an_error(void **state)
{
	struct scene *s = *state;

	scene_open(s);
	SCENE(s, ROW_EF("000A"),
	    { "00B0 0000 00", "6700", NULL },
	    { "00B0 0000 E0", "!REMOVED", NULL });
	file_fails(s, JPKI_ERR_REMOVED);
}

static void
a_short_le_that_is_refused_is_not_made_longer(void **state)
{
	static uint8_t file[FILE_BYTES];
	struct scene *s = *state;

	file_make(s, file, 300, 0xFF);
	scene_open(s);
	SCENE(s, ROW_EF("000A"),
	    { "00B0 0000 00", "<file:0+256> 9000", NULL },
	    { "00B0 0100 2C", "6700", NULL });
	file_fails(s, JPKI_ERR_SW);
}

static void
the_le_that_the_card_names_is_used(void **state)
{
	static uint8_t file[FILE_BYTES];
	struct scene *s = *state;

	file_make(s, file, 300, 0xFF);
	scene_open(s);
	SCENE(s, ROW_EF("000A"),
	    { "00B0 0000 00", "6C80", NULL },
	    { "00B0 0000 80", "<file:0+128> 9000", NULL },
	    { "00B0 0080 AC", "<file:128+100> 6148", "and more" },
	    { "00C0 0000 48", "<file:228+72> 9000", NULL });
	file_is_read(s, file, 300);
}

static void
more_data_without_end_ends(void **state)
{
	struct scene *s = *state;

	scene_open(s);
	SCENE(s, ROW_EF("000A"), { "00B0 0000 00", "6100", NULL });
	for (int i = 1; i < 64; i++)
		SCENE(s, { "00C0 0000 00", "6100", NULL });
	file_fails(s, JPKI_ERR_MALFORMED);
}

static void
more_data_than_the_object_has_is_an_error(void **state)
{
	static uint8_t file[FILE_BYTES];
	struct scene *s = *state;

	file_make(s, file, 300, 0xFF);
	scene_open(s);
	SCENE(s, ROW_EF("000A"),
	    { "00B0 0000 00", "<file:0+256> 9000", NULL },
	    { "00B0 0100 2C", "<file:256+45> 9000", "one too many" });
	file_fails(s, JPKI_ERR_MALFORMED);
}

static void
a_card_that_gives_byte_by_byte_is_not_followed_for_ever(void **state)
{
	struct scene *s = *state;

	scene_open(s);
	SCENE(s, ROW_EF("000A"),
	    { "00B0 0000 00", "30827FFB 9000", "of 32767 bytes" });
	for (int i = 0; i <= 1024; i++)
		SCENE(s, { "00B0 *", "5A 9000", NULL });
	file_fails(s, JPKI_ERR_MALFORMED);
}

static void
a_file_that_ends_early_is_an_error(void **state)
{
	static uint8_t file[FILE_BYTES];
	struct scene *s = *state;

	file_make(s, file, 300, 0xFF);
	scene_open(s);
	SCENE(s, ROW_EF("000A"),
	    { "00B0 0000 00", "<file:0+256> 9000", NULL },
	    { "00B0 0100 2C", "<file:256+10> 9000", NULL },
	    { "00B0 010A 22", "9000", "nothing more" });
	file_fails(s, JPKI_ERR_MALFORMED);
}

/* What the first READ answers, and what becomes of it. */
static const struct {
	const char	*about;
	const char	*gets;
	enum jpki_err	 err;
} fronts[] = {
	{ "an empty file", "9000", JPKI_ERR_NOT_FOUND },
	{ "an empty file that says so", "6282", JPKI_ERR_NOT_FOUND },
	{ "filler FF", "FFFFFFFFFFFFFFFF 9000", JPKI_ERR_NOT_FOUND },
	{ "filler 00", "0000000000000000 9000", JPKI_ERR_NOT_FOUND },
	{ "a tag alone", "30 9000", JPKI_ERR_MALFORMED },
	{ "half a length", "3082 9000", JPKI_ERR_MALFORMED },
	{ "an indefinite length", "3080 0000 9000", JPKI_ERR_MALFORMED },
	{ "a length of three bytes", "3083 000001 00 9000", JPKI_ERR_MALFORMED },
	{ "a length beyond 7FFF", "3082 7FFC 00 9000", JPKI_ERR_MALFORMED },
	{ "the longest length", "3082 FFFF 00 9000", JPKI_ERR_MALFORMED },
	{ "garbage", "8A84C3D2E1F0 9000", JPKI_ERR_MALFORMED },
	{ "an object that is no certificate", "0403 010203 9000", JPKI_ERR_MALFORMED },
	{ "a PIN is needed", "6982", JPKI_ERR_AUTH_REQUIRED },
	{ "no current file", "6986", JPKI_ERR_NOT_FOUND },
	{ "offset behind the end", "6B00", JPKI_ERR_SW },
	{ "not a file to be read", "6981", JPKI_ERR_SW },
	{ "not a status at all", "0000", JPKI_ERR_SW },
	{ "the link breaks", "!IO", JPKI_ERR_IO },
};

static void
what_the_front_of_a_file_can_be(void **state)
{
	struct scene *s;

	for (size_t i = 0; i < COUNT(fronts); i++) {
		(void)scene_new(state);
		s = *state;
		scene_open(s);
		SCENE(s, ROW_EF("000A"),
		    { "00B0 0000 00", fronts[i].gets, fronts[i].about });
		file_fails(s, fronts[i].err);
		(void)scene_free(state);
	}
}

static void
a_link_that_breaks_half_way_is_an_error(void **state)
{
	static uint8_t file[FILE_BYTES];
	struct scene *s = *state;

	file_make(s, file, 300, 0xFF);
	scene_open(s);
	SCENE(s, ROW_EF("000A"),
	    { "00B0 0000 00", "<file:0+256> 9000", NULL },
	    { "00B0 0100 2C", "!REMOVED", NULL });
	file_fails(s, JPKI_ERR_REMOVED);
}

#define TEST(f)	cmocka_unit_test_setup_teardown(f, scene_new, scene_free)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(just_the_object_is_read),
		TEST(an_object_as_long_as_offsets_reach_is_read),
		TEST(an_object_of_a_short_length_form_is_read),
		TEST(short_answers_are_gone_on_from),
		TEST(end_of_file_with_bytes_is_no_error),
		TEST(a_refused_le_of_256_becomes_E0_and_stays_so),
		TEST(the_careful_le_is_forgotten_with_the_card),
		TEST(a_wrong_length_without_a_remedy_is_an_error),
		TEST(a_link_that_breaks_at_the_careful_le_is_an_error),
		TEST(a_short_le_that_is_refused_is_not_made_longer),
		TEST(the_le_that_the_card_names_is_used),
		TEST(more_data_without_end_ends),
		TEST(more_data_than_the_object_has_is_an_error),
		TEST(a_card_that_gives_byte_by_byte_is_not_followed_for_ever),
		TEST(a_file_that_ends_early_is_an_error),
		cmocka_unit_test(what_the_front_of_a_file_can_be),
		TEST(a_link_that_breaks_half_way_is_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
