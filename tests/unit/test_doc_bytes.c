/* SPDX-License-Identifier: BSD-2-Clause */
/* A document's bytes, its dates and its ends. */
#define _GNU_SOURCE		/* memfd_create */
#include "bytes.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "pdf_date.h"
#include "pdf_tail.h"
#include "unit.h"

#define LONG	200000		/* more than is read in one go */

static struct doc_bytes
bytes_of(const char *text)
{
	return (struct doc_bytes){ (const uint8_t *)text, strlen(text), -1 };
}

/* The same in a file. */
static int
file_of(const uint8_t *p, size_t n)
{
	int fd = memfd_create("document", 0);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, p, n), n);
	return fd;
}

static void
a_word_is_found_wherever_it_is(void **state)
{
	uint8_t *p = malloc(LONG);
	struct doc_bytes bytes = { p, LONG, -1 };

	(void)state;
	assert_non_null(p);
	memset(p, '%', LONG);
	bytes.fd = file_of(p, LONG);
	/* Around where a block may end, and at the end of all. */
	for (size_t i = 65536 - 8; i <= LONG - 5;
	    i += i < 65536 + 8 ? 1 : LONG - 5 - i + (i == LONG - 5)) {
		size_t at = 1;

		memcpy(p + i, "%%EOF", 5);
		assert_int_equal(pwrite(bytes.fd, "%%EOF", 5, (off_t)i), 5);
		assert_true(doc_bytes_find(&bytes, "%%EOF", &at));
		assert_int_equal(at, i);
		at++;
		assert_false(doc_bytes_find(&bytes, "%%EOF", &at));
		memset(p + i, '%', 5);
		assert_int_equal(pwrite(bytes.fd, "%%%%%", 5, (off_t)i), 5);
	}
	(void)close(bytes.fd);
	free(p);
}

static void
nothing_is_read_from_outside(void **state)
{
	struct doc_bytes bytes = bytes_of("abc");
	char out[4] = "";

	(void)state;
	assert_true(doc_bytes_read(&bytes, 0, out, 3));
	expect_text("all", out, "abc");
	assert_true(doc_bytes_read(&bytes, 3, out, 0));
	assert_false(doc_bytes_read(&bytes, 0, out, 4));
	assert_false(doc_bytes_read(&bytes, 4, out, 0));
	assert_false(doc_bytes_read(&bytes, 3, out, 1));
	assert_false(doc_bytes_read(&bytes, SIZE_MAX, out, 2));
}

static void
pieces_are_one_stream(void **state)
{
	struct doc_bytes one = bytes_of("0123456789"), two = bytes_of("ab");
	const struct doc_piece pieces[] = {
		{ &one, 2, 3 }, { &two, 1, 0 }, { &two, 0, 2 },
	};
	struct doc_stream stream;
	char text[8] = "";

	(void)state;
	assert_true(doc_stream_open(&stream, pieces, COUNT(pieces)));
	assert_int_equal(BIO_read(stream.bio, text, 2), 2);
	assert_false(BIO_eof(stream.bio));
	assert_int_equal(BIO_read(stream.bio, text + 2, 5), 1);
	assert_int_equal(BIO_read(stream.bio, text + 3, 4), 2);
	expect_text("all", text, "234ab");
	assert_true(BIO_eof(stream.bio));
	assert_int_equal(BIO_read(stream.bio, text, 2), 0);
	assert_false(stream.failed);
	doc_stream_close(&stream);
}

/* Who reads a BIO may take an error for an end. */
static void
a_file_that_became_shorter_is_noticed(void **state)
{
	static uint8_t p[100];
	struct doc_bytes bytes = { p, sizeof(p), file_of(p, 50) };
	const struct doc_piece piece = { &bytes, 0, sizeof(p) };
	struct doc_stream stream;
	char room[100];
	size_t at = 0;

	(void)state;
	assert_true(doc_stream_open(&stream, &piece, 1));
	assert_int_equal(BIO_read(stream.bio, room, 40), 40);
	assert_int_equal(BIO_read(stream.bio, room, 40), -1);
	assert_true(stream.failed);
	assert_int_equal(BIO_read(stream.bio, room, 1), -1);
	doc_stream_close(&stream);
	assert_false(doc_bytes_find(&bytes, "x", &at));
	(void)close(bytes.fd);
}

/*
 * Dates.
 */

static void
dates_are_read_with_their_time_zone_only(void **state)
{
	static const struct {
		const char	*text;
		int64_t		 time;
	} rows[] = {
		{ "D:19700101000000Z", 0 },
		{ "D:20260101000000Z", 1767225600 },
		{ "D:20260101090000+09'00'", 1767225600 },
		{ "D:20260101090000+09'00", 1767225600 },
		{ "D:20260101090000+09", 1767225600 },
		{ "D:20251231203000-03'30'", 1767225600 },
		{ "D:20240229120000+00'00'", 1709208000 },
		{ "D:20230229120000+00'00'", -1 },
		{ "D:20261301000000Z", -1 },
		{ "D:20260101240000Z", -1 },
		{ "D:20260101000000", -1 },
		{ "D:202601010000Z", -1 },
		{ "D:2026010100000000Z", -1 },
		{ "20260101000000Z", -1 },
		{ "D:20260101000000+99'00'", -1 },
		{ "D:20260101000000+00'99'", -1 },
		{ "D:20260101000000+x", -1 },
		{ "D:20260101000000+00'x", -1 },
		{ "D:19691231235959Z", -1 },
		{ "", -1 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		expect_int(rows[i].text, pdf_date_read(rows[i].text),
		    rows[i].time);
}

static void
a_date_that_is_written_can_be_read(void **state)
{
	static const int64_t times[] = { 0, 1767225600, 253402268399 };
	char text[PDF_DATE_MAX];

	(void)state;
	for (size_t i = 0; i < COUNT(times); i++) {
		assert_true(pdf_date_write(times[i], text));
		expect_int(text, pdf_date_read(text), times[i]);
	}
	assert_false(pdf_date_write(-1, text));
	assert_false(pdf_date_write(253402268400, text));
	assert_true(pdf_date_write_long(0, text));
	expect_text("long", text, "1970-01-01 09:00:00 +09:00");
}

/*
 * Ends.
 */

static void
the_end_says_what_kind_of_section_there_is(void **state)
{
	static const struct {
		const char	*text;
		bool		 good, is_stream;
	} rows[] = {
		{ "xref\nstartxref\n0\n%%EOF\n", true, false },
		{ "1 0 obj\nstartxref 0 %%EOF", true, true },
		{ "10 65535\nobj\nstartxref\r\n0\r\n%%EOF", true, true },
		{ "1 0 R\nstartxref\n0\n%%EOF\n", false, false },
		{ "1\nstartxref\n0\n%%EOF\n", false, false },
		{ "xref\nstartxref\n1\n%%EOF\n", false, false },
		{ "xref\nstartxref\n99\n%%EOF\n", false, false },
		{ "xref\nstartxref\n-1\n%%EOF\n", false, false },
		{ "xref\nstartxref\n\n%%EOF\n", false, false },
		{ "xref\n0\n%%EOF\n", false, false },
		{ "startxref\n99999999999999999999999999\n", false, false },
		{ "startxref", false, false },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct doc_bytes bytes = bytes_of(rows[i].text);
		struct pdf_tail tail;

		expect_int(rows[i].text, pdf_tail_read(&bytes, &tail, NULL),
		    rows[i].good ? DOC_OK : DOC_ERR_INPUT);
		if (rows[i].good)
			expect_int(rows[i].text, tail.is_stream,
			    rows[i].is_stream);
	}
}

/* In a linearised document, in a comment, in a document within. */
static void
only_what_points_to_a_section_ends_a_revision(void **state)
{
	static const char text[] = "%PDF\nxref\nstartxref\n0\n%%EOF\n"
	    "startxref\n5\n%%EOF\r\n"
	    "%%EOF startxref\n7\n%%EOF\nstartxref 5 %%EOF";
	struct doc_bytes bytes = bytes_of(text);
	struct pdf_revisions *r = malloc(sizeof(*r));

	(void)state;
	assert_non_null(r);
	assert_int_equal(pdf_revisions_read(&bytes, r, NULL), DOC_OK);
	assert_int_equal(r->n, 2);
	assert_memory_equal(text + r->revision[0].eof, "\r\n%%EOF", 7);
	assert_int_equal(r->revision[0].end, r->revision[0].eof + 2);
	assert_int_equal(r->revision[1].eof, sizeof(text) - 1);
	assert_int_equal(r->revision[1].end, sizeof(text) - 1);
	free(r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_word_is_found_wherever_it_is),
		cmocka_unit_test(nothing_is_read_from_outside),
		cmocka_unit_test(pieces_are_one_stream),
		cmocka_unit_test(a_file_that_became_shorter_is_noticed),
		cmocka_unit_test(dates_are_read_with_their_time_zone_only),
		cmocka_unit_test(a_date_that_is_written_can_be_read),
		cmocka_unit_test(the_end_says_what_kind_of_section_there_is),
		cmocka_unit_test(only_what_points_to_a_section_ends_a_revision),
	};

	return cmocka_run_group_tests_name("doc_bytes", tests, NULL, NULL);
}
