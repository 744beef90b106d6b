/* SPDX-License-Identifier: BSD-2-Clause */
/* The commands of the remote control. */
#include <stdlib.h>
#include <string.h>

#include "control.h"
#include "language.h"
#include "layout.h"
#include "record.h"

#define WORDS_MAX	5
#define LINE_MAX_	512
#define INS_COUNT	256
#define HELD_S		10
#define HELD_MAX_S	3600

struct request {
	const struct control_host *host;
	struct vlink	*link;
	size_t		 card;		/* index of the link */
	char		*args[WORDS_MAX];
	size_t		 n;
	FILE		*out;		/* members of the answer, ",..." */
	bool		 quit;
};

typedef int word_fn(struct request *r, char error[VCARD_ERROR_MAX]);

static int
settle(struct request *r, char error[VCARD_ERROR_MAX])
{
	if (r->host->settle == NULL)
		return 0;
	return r->host->settle(r->host->user, r->card, error);
}

static int
do_insert(struct request *r, char error[VCARD_ERROR_MAX])
{
	vlink_insert(r->link);
	return settle(r, error);
}

static int
do_remove(struct request *r, char error[VCARD_ERROR_MAX])
{
	vlink_remove(r->link);
	return settle(r, error);
}

static int
do_reset(struct request *r, char error[VCARD_ERROR_MAX])
{
	(void)error;
	vlink_reset(r->link);
	return 0;
}

static int
do_power(struct request *r, char error[VCARD_ERROR_MAX])
{
	(void)error;
	vlink_power_off(r->link);
	vlink_power_on(r->link);
	return 0;
}

static int
do_mute(struct request *r, char error[VCARD_ERROR_MAX])
{
	bool on = strcmp(r->args[0], "on") == 0;

	if (!on && strcmp(r->args[0], "off") != 0) {
		snprintf(error, VCARD_ERROR_MAX, "mute on, or mute off");
		return -1;
	}
	/* What a reader takes for mute or not is decided at insertion. */
	vlink_remove(r->link);
	vlink_set_mute(r->link, on);
	if (settle(r, error) != 0)
		return -1;
	return do_insert(r, error);
}

static void
write_tries(struct request *r, const char *pin, bool *first)
{
	int tries = vlink_tries(r->link, pin);

	if (tries < 0)
		return;
	fprintf(r->out, "%s\"%s\":%d", *first ? "" : ",", pin, tries);
	*first = false;
}

static int
set_tries(struct request *r, char error[VCARD_ERROR_MAX])
{
	char *end;
	long n = strtol(r->args[1], &end, 10);

	if (*end != '\0' || n < 0 || n > 15 ||
	    vlink_set_tries(r->link, r->args[0], (int)n) != 0) {
		snprintf(error, VCARD_ERROR_MAX,
		    "the tries cannot be set to \"%.20s\"", r->args[1]);
		return -1;
	}
	return 0;
}

static int
do_tries(struct request *r, char error[VCARD_ERROR_MAX])
{
	bool first = true;
	size_t i;

	if (r->n > 0 && vlink_tries(r->link, r->args[0]) < 0) {
		snprintf(error, VCARD_ERROR_MAX,
		    "this card has no PIN \"%.20s\"", r->args[0]);
		return -1;
	}
	if (r->n > 1 && set_tries(r, error) != 0)
		return -1;
	fputs(",\"tries\":{", r->out);
	if (r->n > 0)
		write_tries(r, r->args[0], &first);
	for (i = 0; r->n == 0 && i < VPIN_COUNT; i++)
		write_tries(r, layout_pins[i].name, &first);
	fputc('}', r->out);
	return 0;
}

static void
write_count(FILE *out, struct vlink_count c)
{
	fprintf(out, "\"commands\":%lu,\"bytes_up\":%lu,\"bytes_down\":%lu",
	    c.commands, c.bytes_up, c.bytes_down);
}

static int
do_counters(struct request *r, char error[VCARD_ERROR_MAX])
{
	struct vlink_count c;
	const char *comma = "";
	int ins;

	if (r->n > 0 && strcmp(r->args[0], "clear") == 0) {
		vlink_counters_clear(r->link);
		return 0;
	}
	if (r->n > 0) {
		snprintf(error, VCARD_ERROR_MAX,
		    "counters, or counters clear");
		return -1;
	}
	fputc(',', r->out);
	write_count(r->out, vlink_counters(r->link, -1));
	fputs(",\"ins\":{", r->out);
	for (ins = 0; ins < INS_COUNT; ins++) {
		c = vlink_counters(r->link, ins);
		if (c.commands == 0)
			continue;
		fprintf(r->out, "%s\"%02X\":{", comma, (unsigned)ins);
		write_count(r->out, c);
		fputc('}', r->out);
		comma = ",";
	}
	fputc('}', r->out);
	return 0;
}

static int
do_pins(struct request *r, char error[VCARD_ERROR_MAX])
{
	struct vcard_pin_use u;
	const char *comma = "";
	size_t i;

	if (r->n > 0 && strcmp(r->args[0], "clear") == 0) {
		vlink_pin_use_clear(r->link);
		return 0;
	}
	if (r->n > 0) {
		snprintf(error, VCARD_ERROR_MAX, "pins, or pins clear");
		return -1;
	}
	fputs(",\"pins\":{", r->out);
	for (i = 0; i < VPIN_COUNT; i++) {
		if (vlink_pin_use(r->link, layout_pins[i].name, &u) != 0)
			continue;
		fprintf(r->out, "%s\"%s\":{\"verify\":%lu,\"wrong\":%lu,"
		    "\"change\":%lu,\"changed\":%lu,\"tries\":%d,\"value\":",
		    comma, layout_pins[i].name, u.verify, u.wrong, u.change,
		    u.changed, u.tries);
		record_string(r->out, u.value);
		fputc('}', r->out);
		comma = ",";
	}
	fprintf(r->out, "},\"astray\":%lu", vlink_pin_astray(r->link));
	return 0;
}

/* Into the reader, too, and not mute; power stays as it is. */
static int
do_renew(struct request *r, char error[VCARD_ERROR_MAX])
{
	if (vlink_renew(r->link) != 0) {
		snprintf(error, VCARD_ERROR_MAX,
		    "the card's state cannot be stored");
		return -1;
	}
	if (vlink_mute(r->link)) {
		vlink_remove(r->link);
		vlink_set_mute(r->link, false);
		if (settle(r, error) != 0)
			return -1;
	}
	return vlink_present(r->link) ? 0 : do_insert(r, error);
}

static int
do_resume(struct request *r, char error[VCARD_ERROR_MAX])
{
	if (vlink_resume(r->link))
		return 0;
	snprintf(error, VCARD_ERROR_MAX, "nothing is held");
	return -1;
}

static int
held_seconds(const struct request *r)
{
	char *end = NULL;
	long n = HELD_S;

	if (r->n > 0)
		n = strtol(r->args[0], &end, 10);
	return (end != NULL && (*end != '\0' || end == r->args[0])) || n < 0 ||
	    n > HELD_MAX_S ? -1 : (int)n;
}

static int
do_held(struct request *r, char error[VCARD_ERROR_MAX])
{
	struct vlink_hold held = vlink_held(r->link);

	if (held_seconds(r) < 0) {
		snprintf(error, VCARD_ERROR_MAX, "held takes seconds, at most "
		    "%d", HELD_MAX_S);
		return -1;
	}
	if (held.index == 0) {
		snprintf(error, VCARD_ERROR_MAX, "nothing is held");
		return -1;
	}
	fprintf(r->out, ",\"n\":%lu,", held.index);
	if (held.ins >= 0)
		fprintf(r->out, "\"ins\":\"%02X\",", (unsigned)held.ins);
	fprintf(r->out, "\"acted\":%s", held.acted ? "true" : "false");
	return 0;
}

static int
held_patience(const struct request *r)
{
	int s = held_seconds(r);

	return s <= 0 || vlink_held(r->link).index != 0 ? 0 : s * 1000;
}

static int
do_fault(struct request *r, char error[VCARD_ERROR_MAX])
{
	return vlink_fault(r->link, r->args[0], error);
}

static int
do_faults(struct request *r, char error[VCARD_ERROR_MAX])
{
	if (strcmp(r->args[0], "clear") != 0) {
		snprintf(error, VCARD_ERROR_MAX, "faults clear");
		return -1;
	}
	vlink_faults_clear(r->link);
	return 0;
}

static int
do_state(struct request *r, char error[VCARD_ERROR_MAX])
{
	(void)error;
	fprintf(r->out, ",\"present\":%s,\"powered\":%s,\"mute\":%s,"
	    "\"events\":%lu", vlink_present(r->link) ? "true" : "false",
	    vlink_powered(r->link) ? "true" : "false",
	    vlink_mute(r->link) ? "true" : "false",
	    (unsigned long)vlink_events(r->link));
	return 0;
}

static int
do_pcscd(struct request *r, char error[VCARD_ERROR_MAX])
{
	if (r->host->service == NULL) {
		snprintf(error, VCARD_ERROR_MAX,
		    "no pcscd belongs to this card; \"run\" has one");
		return -1;
	}
	return r->host->service(r->host->user, r->args[0], error);
}

static int
do_quit(struct request *r, char error[VCARD_ERROR_MAX])
{
	(void)error;
	r->quit = true;
	return 0;
}

static const struct word_row {
	const char	*name;
	const char	*args;
	size_t		 min, max;
	bool		 needs_card;
	word_fn		*fn;
	const char	*text;
} rows[] = {
	{ "insert", "", 0, 0, true, do_insert, N_("put the card into the reader") },
	{ "remove", "", 0, 0, true, do_remove, N_("take it out") },
	{ "reset", "", 0, 0, true, do_reset, N_("reset the card behind the reader's back") },
	{ "power", "", 0, 0, true, do_power, N_("power it off and on, likewise") },
	{ "mute", "on|off", 1, 1, true, do_mute, N_("put it back so that it answers nothing, or again") },
	{ "state", "", 0, 0, true, do_state, N_("is it in, has it power, how often was it moved") },
	{ "tries", "[PIN [N]]", 0, 2, true, do_tries, N_("tries left; set them") },
	{ "counters", "[clear]", 0, 1, true, do_counters, N_("commands and bytes, per instruction") },
	{ "pins", "[clear]", 0, 1, true, do_pins, N_("what the card itself knows of its PINs' use") },
	{ "renew", "", 0, 0, true, do_renew, N_("as it was at the start; no faults, no counts") },
	{ "fault", "SPEC", 1, 1, true, do_fault, N_("add a fault") },
	{ "faults", "clear", 1, 1, true, do_faults, N_("drop all faults") },
	{ "held", "[SECONDS]", 0, 1, true, do_held, N_("wait until the fault hold holds a command") },
	{ "resume", "", 0, 0, true, do_resume, N_("let it go on") },
	{ "pcscd", "stop|start|kill", 1, 1, false, do_pcscd, N_("the private pcscd of \"run\"") },
	{ "quit", "", 0, 0, false, do_quit, N_("end it") },
};

#define ROWS	(sizeof(rows) / sizeof(rows[0]))

static const struct word_row *
find_word(const char *name)
{
	size_t i;

	for (i = 0; i < ROWS; i++)
		if (strcmp(rows[i].name, name) == 0)
			return &rows[i];
	return NULL;
}

static size_t
split_line(char *line, char *words[], size_t max)
{
	char *save = NULL, *word;
	size_t n = 0;

	for (word = strtok_r(line, " \t\r\n", &save); word != NULL;
	    word = strtok_r(NULL, " \t\r\n", &save)) {
		if (n == max)
			return max + 1;
		words[n++] = word;
	}
	return n;
}

/* "card N" in front chooses the card; the first one without it. */
static int
choose_card(struct request *r, char **words, size_t *n,
    char error[VCARD_ERROR_MAX])
{
	size_t cards = r->host->links_n;
	char *end;
	long card = 1;

	if (*n >= 2 && strcmp(words[0], "card") == 0) {
		card = strtol(words[1], &end, 10);
		if (*end != '\0' || card < 1 || (size_t)card > cards) {
			snprintf(error, VCARD_ERROR_MAX,
			    "there is no card \"%.20s\", but %zu card(s)",
			    words[1], cards);
			return -1;
		}
		*n -= 2;
		memmove(words, words + 2, *n * sizeof(*words));
	}
	r->card = (size_t)card - 1;
	r->link = cards > 0 ? r->host->links[r->card] : NULL;
	return 0;
}

/* Who shall do what; NULL with a line in error. */
static const struct word_row *
understand(struct request *r, char *line, char error[VCARD_ERROR_MAX])
{
	/* "card N", the command, its arguments. */
	char *words[2 + 1 + WORDS_MAX];
	const struct word_row *row;
	size_t n = split_line(line, words, 2 + 1 + WORDS_MAX);

	if (n > 2 + 1 + WORDS_MAX) {
		snprintf(error, VCARD_ERROR_MAX, "too many words");
		return NULL;
	}
	if (choose_card(r, words, &n, error) != 0)
		return NULL;
	row = n > 0 ? find_word(words[0]) : NULL;
	if (row == NULL) {
		snprintf(error, VCARD_ERROR_MAX, "no such command; "
		    "\"jpki-vcard control --help\" lists them");
		return NULL;
	}
	r->n = n - 1;
	if (r->n < row->min || r->n > row->max) {
		snprintf(error, VCARD_ERROR_MAX, "usage: %s %s", row->name,
		    row->args);
		return NULL;
	}
	if (row->needs_card && r->link == NULL) {
		snprintf(error, VCARD_ERROR_MAX, "there is no card");
		return NULL;
	}
	memcpy(r->args, words + 1, r->n * sizeof(*words));
	return row;
}

int
control_patience_ms(const struct control_host *host, const char *line)
{
	struct request r = { .host = host };
	char copy[LINE_MAX_], error[VCARD_ERROR_MAX];
	const struct word_row *row;

	snprintf(copy, sizeof(copy), "%s", line);
	row = understand(&r, copy, error);
	return row != NULL && row->fn == do_held ? held_patience(&r) : 0;
}

bool
control_do(const struct control_host *host, const char *line, FILE *out)
{
	struct request r = { .host = host };
	char copy[LINE_MAX_], error[VCARD_ERROR_MAX] = "no memory";
	const struct word_row *row;
	char *members = NULL;
	size_t n = 0;
	int rc = -1;

	snprintf(copy, sizeof(copy), "%s", line);
	r.out = open_memstream(&members, &n);
	if (r.out != NULL) {
		language_leave();
		row = understand(&r, copy, error);
		rc = row != NULL ? row->fn(&r, error) : -1;
		language_return();
		fclose(r.out);
	}
	if (rc == 0) {
		fprintf(out, "{\"ok\":true%s}\n", members);
	} else {
		fputs("{\"ok\":false,\"error\":", out);
		record_string(out, error);
		fputs("}\n", out);
	}
	free(members);
	return !(rc == 0 && r.quit);
}

void
control_help(FILE *out)
{
	size_t i;

	for (i = 0; i < ROWS; i++)
		fprintf(out, "  %-8s %-15s %s\n", rows[i].name, rows[i].args,
		    language_of(rows[i].text));
	fputs(_("  \"card N\" in front of a command means the Nth card "
	    "instead of the first.\n"), out);
}
