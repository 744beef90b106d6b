/* SPDX-License-Identifier: BSD-2-Clause */
#include "facts.h"

#include <string.h>

#define ANY	0xFFFFu		/* application or file */
#define ITSELF	0x0000u		/* no file: the application */
#define JPKI	0x0001u		/* applications, by the end of their AIDs */
#define INPUT	0x0408u
#define SURFACE	0x0402u
#define NO_INS	0x00u		/* answered by words */
#define VERIFY	0x20u		/* without data: the retry query */
#define SELECT	0xA4u
#define READ	0xB0u

const char facts_ca_2019[] =
    "0D98DE47FC11B7F67126874B7028B6026A803D2638D6EDFE53176953961FADE6";

typedef const char *words_fn(const struct facts_seen *seen);

static const char *
kind_words(const struct facts_seen *seen)
{
	static const char *const words[] = {
		[JPKI_KIND_UNKNOWN] = "a label that is not known",
		[JPKI_KIND_CARD] = "the label of a My Number Card",
		[JPKI_KIND_PHONE] = "the label of a phone",
		[JPKI_KIND_JUKI] = "the label of a card of 2003 to 2015",
	};

	return words[seen->kind];
}

static const char *
answer_words(enum jpki_answer answer)
{
	static const char *const words[] = {
		[JPKI_UNKNOWN] = "neither 8F nor 00",
		[JPKI_YES] = "8F",
		[JPKI_NO] = "00",
	};

	return words[answer];
}

static const char *
sign_words(const struct facts_seen *seen)
{
	return answer_words(seen->have.sign);
}

static const char *
auth_words(const struct facts_seen *seen)
{
	return answer_words(seen->have.auth);
}

static const char *
ca_words(const struct facts_seen *seen)
{
	if (!seen->ca_read)
		return "could not be read";
	if (seen->ca_2019)
		return "yes: it has the fingerprint that PROTOCOL gives";
	if (seen->ca == JPKI_CA_KNOWN)
		return "no: it is one that is known";
	return seen->ca == JPKI_CA_TEST ? "no: it is a test CA" :
	    "no: it is another";
}

/*
 * Every probe is a SELECT, a READ of what anybody may read (or is refused
 * without a PIN), or the retry query.  What would need more is not asked.
 */
static const struct fact_row {
	const char	*number, *question;
	uint8_t		 ins;
	uint16_t	 app, file;
	uint16_t	 sw_mask, sw;	/* of the answers that count */
	words_fn	*words;
} rows[] = {
	{ "2.3", "6F00 to the very first command?", SELECT, ANY, ANY, 0xFFFF, 0x6F00, NULL },
	{ "2.5", "61xx (more to fetch)?", NO_INS, ANY, ANY, 0xFF00, 0x6100, NULL },
	{ "2.5", "6Cxx (wrong length)?", NO_INS, ANY, ANY, 0xFF00, 0x6C00, NULL },
	{ "3.5", "6700 to a READ of 256 bytes?", READ, ANY, ANY, 0xFFFF, 0x6700, NULL },
	{ "4.5", "file 000A (user authentication certificate)", SELECT, JPKI, 0x000A, 0, 0, NULL },
	{ "4.5", "READ of file 000A", READ, JPKI, 0x000A, 0, 0, NULL },
	{ "5.2", "file 0006, the label", NO_INS, ANY, ANY, 0, 0, kind_words },
	{ "6.1", "file 0008", READ, JPKI, 0x0008, 0, 0, NULL },
	{ "6.2", "first byte of 0008 (signature)", NO_INS, ANY, ANY, 0, 0, sign_words },
	{ "6.2", "second byte of 0008 (user authentication)", NO_INS, ANY, ANY, 0, 0, auth_words },
	{ "7.4", "tries of number A, input assistance", VERIFY, INPUT, 0x0014, 0, 0, NULL },
	{ "7.4", "tries of number B, input assistance", VERIFY, INPUT, 0x0015, 0, 0, NULL },
	{ "7.4", "tries of number A, surface", VERIFY, SURFACE, 0x0013, 0, 0, NULL },
	{ "7.4", "tries of number B, surface", VERIFY, SURFACE, 0x0012, 0, 0, NULL },
	{ "7.4", "tries of the date of birth", VERIFY, SURFACE, 0x0011, 0, 0, NULL },
	{ "7.5", "the reference that is locked from issue", VERIFY, INPUT, 0x0012, 0, 0, NULL },
	{ "9.2", "9000 to the retry query?", VERIFY, ANY, ANY, 0xFFFF, 0x9000, NULL },
	{ "9.3", "retry query of four bytes, or of five", VERIFY, JPKI, ANY, 0, 0, NULL },
	{ "10.2", "6983 (locked)?", VERIFY, ANY, ANY, 0xFFFF, 0x6983, NULL },
	{ "10.2", "6984 (locked)?", VERIFY, ANY, ANY, 0xFFFF, 0x6984, NULL },
	{ "10.2", "63C0 (locked)?", VERIFY, ANY, ANY, 0xFFFF, 0x63C0, NULL },
	{ "18.3", "Is its user authentication CA that of 2019?", NO_INS, ANY, ANY, 0, 0, ca_words },
	{ "19.1", "input assistance application (phones: none)", SELECT, INPUT, ITSELF, 0, 0, NULL },
	{ "19.4", "file 0002 (the signature CA)", SELECT, JPKI, 0x0002, 0, 0, NULL },
	{ "19.4", "file 000B (the user authentication CA)", SELECT, JPKI, 0x000B, 0, 0, NULL },
	{ "19.4", "file 0008", SELECT, JPKI, 0x0008, 0, 0, NULL },
};

/* What a report cannot ask, and why. */
static const struct refused_row {
	const char	*number, *question, *why;
} refused[] = {
	{ "4.5", "file 0001 (signature certificate)", "needs the signature PIN" },
	{ "8.7", "a wrong PIN after a right one", "would cost a try" },
	{ "12.1", "CHANGE on every generation", "would change a PIN" },
	{ "12.3", "a new PIN that breaks the rules", "would change a PIN" },
	{ "12.4", "power cut during CHANGE", "would change a PIN" },
	{ "15.4", "PSS", "asks for a signature" },
	{ "15.9", "the order of checks before PSS", "asks for a signature" },
	{ "17.4", "new attributes in certificates", "needs the signature PIN" },
};

#define ROWS	(sizeof rows / sizeof rows[0])

static bool
is_of(const struct fact_row *row, const struct exchange *e, size_t reader)
{
	return e->reader == reader && e->answered &&
	    (row->ins == NO_INS || row->ins == e->ins) &&
	    (row->app == ANY || row->app == e->app) &&
	    (row->file == ANY || row->file == e->file);
}

/* The status words that answer, each with the lines that it came on. */
static void
put_lines(FILE *f, const struct exchanges *x, const struct fact_row *row,
    size_t reader)
{
	size_t		asked = 0, shown = 0;
	uint16_t	last = 0;

	for (size_t i = 0; i < x->n; i++) {
		const struct exchange *e = &x->list[i];

		if (!is_of(row, e, reader))
			continue;
		asked++;
		if ((e->sw & row->sw_mask) != row->sw)
			continue;
		if (shown++ > 0 && e->sw == last)
			fprintf(f, " %zu", i + 1);
		else
			fprintf(f, "%s%04X (%zu", shown > 1 ? ") " : "",
			    e->sw, i + 1);
		last = e->sw;
	}
	if (shown > 0)
		fputs(")\n", f);
	else
		fputs(asked == 0 ? "not asked\n" : "no\n", f);
}

void
facts_put(FILE *f, const struct exchanges *exchanges, size_t reader,
    const struct facts_seen *seen)
{
	for (size_t i = 0; i < ROWS; i++) {
		fprintf(f, "  %-5s %-45s ", rows[i].number, rows[i].question);
		if (rows[i].words != NULL)
			fprintf(f, "%s\n", rows[i].words(seen));
		else
			put_lines(f, exchanges, &rows[i], reader);
	}
	fputs("\nnot asked\n", f);
	for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++)
		fprintf(f, "  %-5s %-45s %s\n", refused[i].number,
		    refused[i].question, refused[i].why);
}
