/* SPDX-License-Identifier: BSD-2-Clause */
#include "report.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

#include "atr.h"
#include "checks.h"
#include "drivers.h"
#include "exchange.h"
#include "facts.h"
#include "model.h"
#include "outtext.h"
#include "spawn.h"
#include "usb.h"

/* It is read by people who work on this, and has their language. */
static const char head_text[] =
    "Report of jpki-tool doctor\n"
    "\n"
    "It holds no PIN, name, address, number of a card or certificate, key or\n"
    "certificate, and no name of a user or machine.  Commands are the same\n"
    "for every card; of answers only the length and the status word are\n"
    "here.  No command could cost a try.  PROTOCOL explains the facts by\n"
    "their numbers.\n";

struct report {
	struct patience		*patience;
	struct exchanges	 exchanges;
	struct facts_seen	*seen;		/* one a reader */
	size_t			 n, reader;
};

/*
 * Asking.
 */

static void
take_line(void *user, enum jpki_log_level level, const char *line)
{
	struct report *r = user;

	patience_hear(r->patience, level, line);
	if (level == JPKI_LOG_APDU)
		exchanges_take(&r->exchanges, line);
}

static void
begin_reader(void *user, size_t reader)
{
	struct report		*r = user;
	struct facts_seen	*more = realloc(r->seen,
	    (reader + 1) * sizeof *more);

	exchanges_begin(&r->exchanges, reader);
	if (more == NULL)
		return;
	r->seen = more;
	memset(&more[reader], 0, sizeof more[reader]);
	r->n = reader + 1;
	r->reader = reader;
}

static enum jpki_err
ask_ca(struct tool *t, enum jpki_cert_id id, struct facts_seen *seen)
{
	struct jpki_buf		 der = { NULL, 0 };
	struct jpki_cert	*cert = NULL;
	enum jpki_err		 err = jpki_cert_read(t->card, id, &der);

	if (err == JPKI_OK && seen != NULL)
		err = jpki_cert_parse(t->ctx, der.p, der.n, &cert);
	if (cert != NULL) {
		seen->ca_read = true;
		seen->ca = jpki_cert_ca_claim(cert);
		seen->ca_2019 = strcmp(cert->fingerprint, facts_ca_2019) == 0;
	}
	jpki_cert_free(&cert);
	jpki_buf_free(&der);
	return tool_err_is_local(err) ? JPKI_OK : err;
}

/* All inside one transaction; the other applications come last. */
static enum jpki_err
ask_more(void *user, struct tool *t, struct card_seen *card)
{
	struct report		*r = user;
	struct facts_seen	*seen = r->n == r->reader + 1 ?
	    &r->seen[r->reader] : NULL;
	enum jpki_err		 err;

	if (seen == NULL)
		return JPKI_ERR_MEMORY;
	seen->kind = card->look.token.kind;
	seen->have = card->look.have;
	err = ask_ca(t, JPKI_CERT_AUTH_CA, seen);
	if (err == JPKI_OK)
		err = ask_ca(t, JPKI_CERT_SIGN_CA, NULL);
	if (err == JPKI_OK)
		err = look_other_pins(t, &card->look);
	return err;
}

/*
 * Writing.
 */

/* "pcsc-lite version 1.9.9.": the last point ends the sentence. */
static const char *
pcscd_version(const struct host *host, char *room, size_t n)
{
	const char	*argv[] = { "pcscd", "--version", NULL }, *at = NULL;
	char		 path[PATH_MAX], *words = NULL;

	room[0] = '\0';
	if (host_program(host, "pcscd", path, sizeof path)[0] != '\0' &&
	    spawn_run(path, argv, &words) == 0 && words != NULL)
		at = strstr(words, "version ");
	else if (path[0] != '\0' && words == NULL && errno == ENOMEM)
		host_memory_lacks();
	if (at != NULL)
		(void)snprintf(room, n, "%.*s", (int)strspn(at + 8,
		    "0123456789."), at + 8);
	if (room[0] != '\0' && room[strlen(room) - 1] == '.')
		room[strlen(room) - 1] = '\0';
	free(words);
	return room;
}

/* PRETTY_NAME="Debian GNU/Linux 12 (bookworm)" */
static const char *
system_name(const struct host *host, char *room, size_t n)
{
	static const char	 key[] = "PRETTY_NAME=\"";
	char			*text = host_read(host, "/etc/os-release");
	const char		*at = text != NULL ? strstr(text, key) : NULL;

	room[0] = '\0';
	if (at != NULL)
		(void)snprintf(room, n, "%.*s", (int)strcspn(at +
		    strlen(key), "\"\n"), at + strlen(key));
	free(text);
	return room;
}

static void
put_row(FILE *f, const char *label, const char *value)
{
	fprintf(f, "  %-10s ", label);
	text_put(f, value[0] != '\0' ? value : "not known");
	fputc('\n', f);
}

static void
put_software(FILE *f, const struct host *host)
{
	char		room[256];
	struct utsname	names;

	fputs("\nsoftware\n", f);
	put_row(f, "jpki-tool", jpki_version());
	put_row(f, "pcscd", pcscd_version(host, room, sizeof room));
	put_row(f, "libccid", driver_ccid_version(host, room, sizeof room));
	put_row(f, "system", system_name(host, room, sizeof room));
	/* Behind the numbers of a kernel may stand who made it. */
	if (uname(&names) == 0) {
		(void)snprintf(room, sizeof room, "%s %.*s %s", names.sysname,
		    (int)strspn(names.release, "0123456789."), names.release,
		    names.machine);
		put_row(f, "kernel", room);
	}
}

static void
put_findings(FILE *f, const struct findings *findings)
{
	fputs("\nfindings\n", f);
	for (size_t i = 0; i < findings->n; i++)
		fprintf(f, "  %s\n", finding_name(findings->list[i].id));
	if (findings->n == 0)
		fputs("  none\n", f);
}

static void
put_usb(FILE *f, const struct host *host)
{
	struct usb_reader	readers[USB_READERS_MAX];
	size_t			n = usb_readers(host, readers);

	fputs("\nreaders on USB\n", f);
	for (size_t i = 0; i < n; i++)
		fprintf(f, "  %04x:%04x  %-4s  %s\n", readers[i].vendor,
		    readers[i].product, readers[i].ccid ? "CCID" : "-",
		    readers[i].name != NULL ? readers[i].name : "");
	if (n == 0)
		fputs("  none\n", f);
}

/* What the counter adds for an insertion is nobody's business, either. */
static void
put_reader(FILE *f, const struct card_seen *seen, size_t number)
{
	char room[256], atr[ATR_TEXT];

	fprintf(f, "\nreader %zu\n", number + 1);
	put_row(f, "model", model_of(seen->reader, room, sizeof room));
	put_row(f, "card", jpki_err_name(seen->err));
	if (seen->err == JPKI_OK)
		put_row(f, "asked", jpki_err_name(seen->look_err));
	if (seen->atr_len == 0)
		return;
	(void)atr_text(seen->atr, seen->atr_len, atr);
	if (seen->err == JPKI_OK || atr_is_public(atr))
		put_row(f, "ATR", atr);
	else
		put_row(f, "ATR", "not shown: it may be this card's alone");
}

static void
put_exchanges(FILE *f, const struct exchanges *x, size_t reader)
{
	bool begun = false;

	for (size_t i = 0; i < x->n; i++) {
		const struct exchange *e = &x->list[i];

		if (e->reader != reader)
			continue;
		if (!begun)
			fputs("\n  commands and answers\n", f);
		begun = true;
		fprintf(f, "  %4zu  %-32s", i + 1, e->command);
		if (e->answered)
			fprintf(f, "  %3zu bytes  %04X\n", e->answer_n, e->sw);
		else
			fputs("  no answer\n", f);
	}
}

static void
put_report(struct tool *t, const struct host *host, const struct report *r,
    const struct survey *survey)
{
	struct findings findings = { .n = 0 };

	check_all(host, survey, &findings);
	fputs(head_text, t->out);
	put_software(t->out, host);
	put_findings(t->out, &findings);
	put_usb(t->out, host);
	for (size_t i = 0; i < survey->n; i++) {
		put_reader(t->out, &survey->cards[i], i);
		put_exchanges(t->out, &r->exchanges, i);
		if (survey->cards[i].err != JPKI_OK)
			continue;
		fputs("\nfacts of PROTOCOL, with status words (and lines "
		    "above)\n", t->out);
		facts_put(t->out, &r->exchanges, i, &r->seen[i]);
	}
}

enum exit_code
report_make(struct tool *t, struct patience *patience)
{
	struct host		 host;
	struct survey		 survey;
	struct report		*r = calloc(1, sizeof *r);
	struct survey_more	 more = { patience, begin_reader,
					    ask_more, r };
	enum jpki_err		 err = JPKI_ERR_MEMORY;

	host_here(&host, t->now);
	if (r != NULL) {
		r->patience = patience;
		jpki_ctx_set_log(t->ctx, JPKI_LOG_APDU, take_line, r);
		err = survey_take(t, &more, &survey);
		jpki_ctx_set_log(t->ctx, JPKI_LOG_NONE, NULL, NULL);
	}
	if (err == JPKI_OK) {
		put_report(t, &host, r, &survey);
		survey_free(&survey);
		if (host_memory_lacked())
			err = JPKI_ERR_MEMORY;
	}
	if (r != NULL)
		free(r->seen);
	free(r);
	return err == JPKI_OK ? EXIT_DONE : fail_err(t, err);
}
