/* SPDX-License-Identifier: BSD-2-Clause */
#include "fault.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "language.h"
#include "verror.h"

#define INS_SIGN	0x2A	/* PROTOCOL: signing command */

/* What stands behind "=". */
enum value_kind {
	VALUE_NONE,
	VALUE_SW,	/* four hexadecimal digits */
	VALUE_NUMBER,	/* 0 to max */
	VALUE_SIGNED,	/* -max to max, not 0 */
	VALUE_AID,	/* 1 to 16 bytes in hexadecimal, or none */
};

/* Whether "before" and "after" can be said, and what holds if they are not. */
enum phase {
	PHASE_BEFORE,	/* before, unless after is said */
	PHASE_ANSWER,	/* always after: it is the answer that is changed */
};

struct fault_row {
	const char	*name;
	enum value_kind	 kind;
	long		 max;
	long		 usual;		/* if no value is given; 0: needed */
	enum phase	 phase;
	int		 ins;		/* bound to an instruction; -1: not */
	bool		 lasting;	/* without @WHERE: every command */
	const char	*value_text;
	const char	*text;
};

static const struct fault_row rows[FAULT_WHAT_COUNT] = {
	[FAULT_REMOVE] = { "remove", VALUE_NONE, 0, 0, PHASE_BEFORE, -1, false,
	    "", N_("the card leaves the reader") },
	[FAULT_REMOVE_INSERT] = { "remove-insert", VALUE_NONE, 0, 0, PHASE_BEFORE, -1, false,
	    "", N_("the card leaves and is put back") },
	[FAULT_RESET] = { "reset", VALUE_NONE, 0, 0, PHASE_BEFORE, -1, false,
	    "", N_("the card is reset behind the reader's back") },
	[FAULT_HANGUP] = { "hangup", VALUE_NONE, 0, 0, PHASE_BEFORE, -1, false,
	    "", N_("the connection to the reader drops") },
	[FAULT_SW] = { "sw", VALUE_SW, 0xFFFF, 0, PHASE_BEFORE, -1, false,
	    "XXXX", N_("this status word; after: it replaces the card's") },
	[FAULT_SHORT] = { "short", VALUE_NUMBER, 65535, 1, PHASE_ANSWER, -1, false,
	    "N", N_("the last N bytes (1) of the data are missing") },
	[FAULT_LONG] = { "long", VALUE_NUMBER, 65535, 1, PHASE_ANSWER, -1, false,
	    "N", N_("N bytes (1) too many before the status word") },
	[FAULT_EMPTY] = { "empty", VALUE_NONE, 0, 0, PHASE_ANSWER, -1, false,
	    "", N_("an answer of no bytes") },
	[FAULT_GARBAGE] = { "garbage", VALUE_NONE, 0, 0, PHASE_ANSWER, -1, false,
	    "", N_("noise instead of data and status word") },
	[FAULT_TRUNCATE_SW] = { "truncate-sw", VALUE_NONE, 0, 0, PHASE_ANSWER, -1, false,
	    "", N_("the last byte of the status word is missing") },
	[FAULT_DELAY] = { "delay", VALUE_NUMBER, 3600000, 0, PHASE_BEFORE, -1, true,
	    "MS", N_("milliseconds a command") },
	[FAULT_DELAY_BYTE] = { "delay-byte", VALUE_NUMBER, 1000000, 0, PHASE_ANSWER, -1, true,
	    "US", N_("microseconds a byte, both ways") },
	[FAULT_DELAY_SIGN] = { "delay-sign", VALUE_NUMBER, 3600000, 0, PHASE_BEFORE, INS_SIGN, true,
	    "MS", N_("milliseconds a signature") },
	[FAULT_LIE_LENGTH] = { "lie-length", VALUE_SIGNED, 65535, 1, PHASE_ANSWER, -1, false,
	    "N", N_("N bytes (1) more are announced than come, or fewer (-N)") },
	[FAULT_HOLD] = { "hold", VALUE_NONE, 0, 0, PHASE_BEFORE, -1, false,
	    "", N_("the exchange stops until control says resume") },
	[FAULT_SELECT] = { "select", VALUE_AID, 0, 0, PHASE_BEFORE, -1, false,
	    "[AID]", N_("another application (not JPKI) becomes current") },
	[FAULT_TEAR] = { "tear", VALUE_NUMBER, 65535, 0, PHASE_ANSWER, -1, false,
	    "N", N_("the connection drops after N bytes of the message") },
};

/* The parts of a specification, cut apart. */
struct parts {
	char	 text[FAULT_SPEC_MAX];
	char	*value, *phase, *where, *count;
};

static int
refuse_spec(char error[VCARD_ERROR_MAX], const char *spec, const char *why)
{
	return vcard_fail(error, "fault \"%.*s\": %s", FAULT_SPEC_MAX, spec,
	    language_of(why));
}

/* Cut s at the last c; what stands behind, or NULL. */
static char *
cut(char *s, char c)
{
	char *at = strrchr(s, c);

	if (at == NULL)
		return NULL;
	*at = '\0';
	return at + 1;
}

static int
parse_number(const char *s, int base, long min, long max, long *out)
{
	char *end;
	long v;

	if (s == NULL || *s == '\0' || strchr("+ \t", *s) != NULL)
		return -1;
	errno = 0;
	v = strtol(s, &end, base);
	if (errno != 0 || *end != '\0' || v < min || v > max)
		return -1;
	*out = v;
	return 0;
}

static bool
is_phase(const char *s)
{
	return s != NULL &&
	    (strcmp(s, "before") == 0 || strcmp(s, "after") == 0);
}

static int
split(const char *spec, struct parts *p)
{
	size_t n = strlen(spec);

	memset(p, 0, sizeof(*p));
	if (n >= sizeof(p->text))
		return -1;
	memcpy(p->text, spec, n + 1);
	p->count = cut(p->text, '*');
	p->where = cut(p->text, '@');
	p->phase = cut(p->text, ',');
	p->value = cut(p->text, '=');
	if (p->phase == NULL && is_phase(p->value)) {
		p->phase = p->value;
		p->value = NULL;
	}
	return 0;
}

static const struct fault_row *
find_row(const char *name)
{
	size_t i;

	for (i = 0; i < FAULT_WHAT_COUNT; i++)
		if (strcmp(rows[i].name, name) == 0)
			return &rows[i];
	return NULL;
}

static int
parse_aid(const char *s, struct fault *f)
{
	static const char digits[] = "0123456789ABCDEF";
	const char *digit;
	size_t i, n = s != NULL ? strlen(s) : 0;

	if (s != NULL && (n == 0 || n % 2 != 0 || n / 2 > FAULT_AID_MAX))
		return -1;
	for (i = 0; i < n; i++) {
		digit = strchr(digits, toupper((unsigned char)s[i]));
		if (digit == NULL)
			return -1;
		f->aid[i / 2] = (uint8_t)(f->aid[i / 2] << 4 |
		    (digit - digits));
	}
	f->aid_n = n / 2;
	return 0;
}

static int
parse_value(const struct fault_row *row, const char *s, struct fault *f)
{
	long *out = &f->value;

	*out = row->usual;
	if (s == NULL && row->usual != 0)
		return 0;
	switch (row->kind) {
	case VALUE_NONE:
		return s == NULL ? 0 : -1;
	case VALUE_SW:
		if (s == NULL || strlen(s) != 4)
			return -1;
		return parse_number(s, 16, 0, row->max, out);
	case VALUE_NUMBER:
		return parse_number(s, 10, 0, row->max, out);
	case VALUE_SIGNED:
		if (parse_number(s, 10, -row->max, row->max, out) != 0)
			return -1;
		return *out != 0 ? 0 : -1;
	case VALUE_AID:
		return parse_aid(s, f);
	}
	return -1;
}

static int
parse_phase(const struct fault_row *row, const char *s, enum fault_when *out)
{
	*out = row->phase == PHASE_ANSWER ? FAULT_AFTER : FAULT_BEFORE;
	if (s == NULL)
		return 0;
	if (!is_phase(s) || row->phase == PHASE_ANSWER)
		return -1;
	*out = strcmp(s, "after") == 0 ? FAULT_AFTER : FAULT_BEFORE;
	return 0;
}

static int
parse_ins(char *s, struct fault *f)
{
	char *nth = cut(s, '#');
	long v;

	if (strlen(s) != 2 || parse_number(s, 16, 0, 0xFF, &v) != 0)
		return -1;
	f->ins = (int)v;
	if (nth == NULL)
		return 0;
	if (parse_number(nth, 10, 1, INT32_MAX, &v) != 0)
		return -1;
	f->nth = (unsigned long)v;
	f->left = 1;
	return 0;
}

static int
parse_where(const struct fault_row *row, char *s, struct fault *f)
{
	long v;

	f->ins = row->ins;
	f->nth = 0;
	f->left = s != NULL || row->lasting ? 0 : 1;
	if (s == NULL || strcmp(s, "every") == 0)
		return 0;
	if (row->ins >= 0)
		return -1;
	if (strncmp(s, "ins=", 4) == 0)
		return parse_ins(s + 4, f);
	if (parse_number(s, 10, 1, INT32_MAX, &v) != 0)
		return -1;
	f->nth = (unsigned long)v;
	f->left = 1;
	return 0;
}

static int
parse_count(const char *s, struct fault *f)
{
	long v;

	if (s == NULL)
		return 0;
	if (parse_number(s, 10, 1, INT32_MAX, &v) != 0)
		return -1;
	f->left = (unsigned long)v;
	return 0;
}

/*
 * "@ins=20" contains the "=" that also parts WHAT from VALUE; cutting from
 * the right, "@" before "=", keeps them apart.
 */
int
fault_parse(const char *spec, struct fault *out, char error[VCARD_ERROR_MAX])
{
	const struct fault_row *row;
	struct parts p;
	struct fault f = { .ins = -1 };

	if (split(spec, &p) != 0)
		return refuse_spec(error, spec, "too long");
	if ((row = find_row(p.text)) == NULL)
		return refuse_spec(error, spec, "no such fault; "
		    "\"jpki-vcard serve --help\" lists them");
	f.what = (enum fault_what)(row - rows);
	if (parse_value(row, p.value, &f) != 0)
		return refuse_spec(error, spec, row->kind == VALUE_NONE ?
		    _("takes no value") :
		    _("its value is missing or out of range"));
	if (parse_phase(row, p.phase, &f.when) != 0)
		return refuse_spec(error, spec, row->phase == PHASE_ANSWER ?
		    _("it changes the answer and knows no before or after") :
		    _("behind the comma stands before or after"));
	if (parse_where(row, p.where, &f) != 0)
		return refuse_spec(error, spec, row->ins >= 0 ?
		    _("it is bound to its instruction") :
		    _("behind @ stands N, ins=XX, ins=XX#K or every"));
	if (parse_count(p.count, &f) != 0)
		return refuse_spec(error, spec,
		    "behind * stands a count from 1");
	snprintf(f.spec, sizeof(f.spec), "%s", spec);
	*out = f;
	return 0;
}

bool
fault_strikes(const struct fault *fault, unsigned long index, int ins,
    unsigned long ins_index)
{
	if (fault->ins >= 0 && fault->ins != ins)
		return false;
	if (fault->nth == 0)
		return true;
	return fault->nth == (fault->ins >= 0 ? ins_index : index);
}

void
fault_help(FILE *out)
{
	size_t i;

	fputs(_("Faults: WHAT[=VALUE][,before|,after][@WHERE][*COUNT]\n"), out);
	for (i = 0; i < FAULT_WHAT_COUNT; i++) {
		fprintf(out, "  %s%s%-*s %s%s\n", rows[i].name,
		    rows[i].kind == VALUE_NONE ? "" : "=",
		    18 - (int)strlen(rows[i].name) -
		    (rows[i].kind == VALUE_NONE ? 0 : 1), rows[i].value_text,
		    language_of(rows[i].text), rows[i].phase == PHASE_ANSWER ?
		    "" : _(" (before, after)"));
	}
	fputs(_("  @N the Nth command from 1, @ins=XX, @ins=XX#K the Kth of it, "
	    "@every;\n"
	    "  without @: delays every command, all others the next one;\n"
	    "  *COUNT strikes so often at most.  before (the default) and "
	    "after: has the\n"
	    "  card acted?  remove=after, sw=6F00,after@ins=20*1\n"), out);
}
