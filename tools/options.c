/* SPDX-License-Identifier: BSD-2-Clause */
#include "options.h"

#include <stdbool.h>
#include <string.h>

#include "language.h"

static const struct option_row rows[OPT_COUNT] = {
	[OPT_READER] = { 'r', "reader", "NAME", N_("use this reader only"), false, NULL },
	[OPT_VERBOSE] = { 'v', "verbose", NULL,
	    N_("say what happens; twice: show every APDU"), true, NULL },
	[OPT_JSON] = { 'j', "json", NULL, N_("answer with one JSON object"), false, NULL },
	[OPT_HELP] = { 'h', "help", NULL, N_("show help, also of one command"), false, NULL },
	[OPT_VERSION] = { 0, "version", NULL, N_("show the version"), false, NULL },
	[OPT_ALL] = { 'a', "all", NULL, N_("show the other PINs of the card too"), false, NULL },
	[OPT_LOGIN] = { 0, "login", NULL,
	    N_("use the signature PIN to show that certificate too"), false, NULL },
	[OPT_TEXT] = { 0, "text", NULL, N_("a page for people (the default)"), false, NULL },
	[OPT_PEM] = { 0, "pem", NULL, N_("as PEM"), false, NULL },
	[OPT_DER] = { 0, "der", NULL, N_("as DER"), false, NULL },
	[OPT_KEY] = { 'k', "key", "auth|sign", N_("the key to sign with"), false,
	    "auth|sign" },
	[OPT_HASH] = { 0, "hash", "NAME",
	    N_("sha256 (the default), sha384, sha512 or sha1"), false,
	    "sha256|sha384|sha512|sha1" },
	[OPT_OUTPUT] = { 'o', "output", "FILE",
	    N_("write to FILE, a new one; - is stdout"), false, NULL },
	[OPT_SUFFIX] = { 0, "suffix", "SUFFIX",
	    N_("write what is made of each FILE to FILESUFFIX"), false, NULL },
	[OPT_FORCE] = { 'f', "force", NULL, N_("replace files that exist"), false, NULL },
	[OPT_TIMEOUT] = { 't', "timeout", "SECONDS", N_("give up after that time"), false, NULL },
	[OPT_PIN_FD] = { 0, "pin-fd", "N", N_("read the PIN from descriptor N"), false, NULL },
	[OPT_PIN_FILE] = { 0, "pin-file", "FILE", N_("read the PIN from FILE"), false, NULL },
	[OPT_NEW_PIN_FD] = { 0, "new-pin-fd", "N",
	    N_("read the new PIN from descriptor N"), false, NULL },
	[OPT_NEW_PIN_FILE] = { 0, "new-pin-file", "FILE",
	    N_("read the new PIN from FILE"), false, NULL },
	[OPT_PINENTRY] = { 0, "pinentry", NULL,
	    N_("ask for the PIN in a dialog"), false, NULL },
	[OPT_PIN_PAD] = { 0, "pin-pad", NULL,
	    N_("key the PIN of user authentication in at the reader"), false, NULL },
	[OPT_LAST_TRY] = { 0, "last-try", NULL,
	    N_("use the last try; a wrong PIN then locks it"), false, NULL },
	[OPT_FORMAT] = { 0, "format", "NAME",
	    N_("raw, cms, smime, xml or pdf; verify finds out"), false,
	    "raw|cms|smime|xml|pdf" },
	[OPT_CONTENT] = { 0, "content", "FILE",
	    N_("what is signed, if it is not in the document"), true, NULL },
	[OPT_CA] = { 0, "ca", "FILE", N_("trust these CA certificates, too"), false, NULL },
	[OPT_CERT] = { 0, "cert", "FILE", N_("of raw: the signer's certificate"), false, NULL },
	[OPT_DETACHED] = { 0, "detached", NULL, N_("of cms: without the content"), false, NULL },
	[OPT_ADD] = { 0, "add", NULL, N_("of cms: one signer more on the one given"), false, NULL },
	[OPT_ID] = { 0, "id", "NAME", N_("of xml: the element of that Id is what counts"), true, NULL },
	[OPT_INTO] = { 0, "into", "NAME",
	    N_("of xml: put the signature into that element"), false, NULL },
	[OPT_ENVELOPING] = { 0, "enveloping", NULL,
	    N_("of xml: the content goes into the signature"), false, NULL },
	[OPT_EXCLUSIVE] = { 0, "exclusive", NULL, N_("of xml: exclusive C14N"), false, NULL },
	[OPT_XADES] = { 0, "xades", NULL, N_("of xml: with properties as XAdES-BES"), false, NULL },
	[OPT_PROFILE] = { 0, "profile", "NAME",
	    N_("of pdf: moj or pades; of xml: etax or egov"), false,
	    "plain|moj|pades|etax|egov" },
	[OPT_NAME] = { 0, "name", "TEXT", N_("of pdf: who signs, if not the holder"), false, NULL },
	[OPT_REASON] = { 0, "reason", "TEXT", N_("of pdf: why"), false, NULL },
	[OPT_LOCATION] = { 0, "location", "TEXT", N_("of pdf: where"), false, NULL },
	[OPT_VISIBLE] = { 0, "visible", "P,X,Y,W,H",
	    N_("of pdf: draw name and date on page P"), false, NULL },
	[OPT_TIMESTAMP] = { 0, "timestamp", "URL", N_("add a time stamp (RFC 3161)"), false, NULL },
	[OPT_JOBS] = { 0, "jobs", "N",
	    N_("make so many documents at a time, ahead of the card"), false, NULL },
	[OPT_WARN_DAYS] = { 0, "warn-days", "N",
	    N_("only say what ends within N days; then status 7"), false, NULL },
	[OPT_MAY_HANDLE] = { 0, "i-may-handle-my-number", NULL,
	    N_("say that the law lets you"), false, NULL },
	[OPT_YES] = { 0, "yes", NULL, N_("do what is asked about, without asking"), false, NULL },
	[OPT_MODULE] = { 0, "module", "FILE",
	    N_("register this file, not the installed one"), false, NULL },
	[OPT_REPORT] = { 0, "report", NULL,
	    N_("write what can be shown to others, and ask more"), false, NULL },
};

/* Options that are another thing with one verb. */
static const struct other {
	const char		*verb;
	enum option_id		 id;
	struct option_row	 row;
} others[] = {
	{ "browser", OPT_PROFILE, { 0, "profile", "FOLDER",
	    N_("only the browser profile in this folder"), false, NULL } },
};

_Static_assert(OPT_COUNT <= 64, "a set of options is 64 bits");

struct parser {
	struct options	*out;
	char		**argv;
	int		 argc;
	int		 next;		/* the next argument to read */
};

static enum exit_code
option_store(struct parser *p, size_t id, const char *value)
{
	if (p->out->seen[id]++ > 0 && !rows[id].repeat)
		return fail(EXIT_USAGE, "option --%s is given twice; "
		    "give it once", rows[id].name);
	p->out->value[id] = value;
	if (value == NULL || !rows[id].repeat)
		return EXIT_DONE;
	if (p->out->list_n == OPTIONS_LIST_MAX)
		return fail(EXIT_USAGE, "option --%s is given too often; "
		    "%d times are enough", rows[id].name, OPTIONS_LIST_MAX);
	p->out->list[p->out->list_n].id = (enum option_id)id;
	p->out->list[p->out->list_n++].value = value;
	return EXIT_DONE;
}

/* attached: the value within the same argument, or NULL. */
static enum exit_code
option_with_value(struct parser *p, size_t id, const char *attached)
{
	if (attached != NULL)
		return option_store(p, id, attached);
	if (p->next >= p->argc)
		return fail(EXIT_USAGE, "option --%s needs a value (%s); see "
		    "\"jpki-tool --help\"", rows[id].name, rows[id].arg);
	return option_store(p, id, p->argv[p->next++]);
}

/* --name, --name=value */
static enum exit_code
parse_long(struct parser *p, const char *text)
{
	const char	*equals = strchr(text, '=');
	size_t		 n = equals ? (size_t)(equals - text) : strlen(text);

	for (size_t id = 0; id < OPT_COUNT; id++) {
		if (strlen(rows[id].name) != n ||
		    memcmp(rows[id].name, text, n) != 0)
			continue;
		if (rows[id].arg != NULL)
			return option_with_value(p, id,
			    equals ? equals + 1 : NULL);
		if (equals != NULL)
			return fail(EXIT_USAGE, "option --%s takes no value; "
			    "see \"jpki-tool --help\"", rows[id].name);
		return option_store(p, id, NULL);
	}
	/* The name only: a value may be what should not be shown. */
	return fail(EXIT_USAGE, "unknown option --%.*s; see "
	    "\"jpki-tool --help\"", (int)n, text);
}

/* -a, -av, -oFILE, -o FILE */
static enum exit_code
parse_letters(struct parser *p, const char *text)
{
	enum exit_code code = EXIT_DONE;

	for (; *text != '\0' && code == EXIT_DONE; text++) {
		size_t id = 0;

		while (id < OPT_COUNT && rows[id].letter != *text)
			id++;
		if (id == OPT_COUNT)
			return fail(EXIT_USAGE, "unknown option -%c; see "
			    "\"jpki-tool --help\"", *text);
		if (rows[id].arg != NULL)
			return option_with_value(p, id,
			    text[1] ? text + 1 : NULL);
		code = option_store(p, id, NULL);
	}
	return code;
}

enum exit_code
options_parse(int argc, char **argv, struct options *out)
{
	struct parser	p = { out, argv, argc, 1 };
	enum exit_code	code = EXIT_DONE;
	bool		ended = false;

	memset(out, 0, sizeof *out);
	out->operand = argv;
	while (p.next < argc && code == EXIT_DONE) {
		char *arg = argv[p.next++];

		/* Operands move to the front, over what was read. */
		if (ended || arg[0] != '-' || arg[1] == '\0')
			out->operand[out->operands++] = arg;
		else if (strcmp(arg, "--") == 0)
			ended = true;
		else if (arg[1] == '-')
			code = parse_long(&p, arg + 2);
		else
			code = parse_letters(&p, arg + 1);
	}
	if (argc > 0)
		out->operand[out->operands] = NULL;
	return code;
}

enum exit_code
options_allow(const struct options *opt, uint64_t allowed,
    const char *command)
{
	for (size_t id = 0; id < OPT_COUNT; id++)
		if (opt->seen[id] && !(allowed & UINT64_C(1) << id))
			return fail(EXIT_USAGE, "\"%s\" takes no option --%s; "
			    "see \"jpki-tool %s --help\"", command,
			    rows[id].name, command);
	return EXIT_DONE;
}

const char *
options_first(const struct options *opt, uint64_t set)
{
	for (size_t id = 0; id < OPT_COUNT; id++)
		if (opt->seen[id] && (set & UINT64_C(1) << id) != 0)
			return rows[id].name;
	return NULL;
}

enum exit_code
options_exclude(const struct options *opt, uint64_t set)
{
	const char *first = NULL;

	for (size_t id = 0; id < OPT_COUNT; id++) {
		if (!opt->seen[id] || !(set & UINT64_C(1) << id))
			continue;
		if (first != NULL)
			return fail(EXIT_USAGE, "options --%s and --%s do not "
			    "go together; give one", first, rows[id].name);
		first = rows[id].name;
	}
	return EXIT_DONE;
}

const char *
options_nth(const struct options *opt, enum option_id id, size_t n)
{
	for (size_t i = 0; i < opt->list_n; i++)
		if (opt->list[i].id == id && n-- == 0)
			return opt->list[i].value;
	return NULL;
}

void
options_describe(FILE *f, uint64_t set, const char *verb)
{
	for (int id = 0; id < OPT_COUNT; id++) {
		const struct option_row	*row = options_row((enum option_id)id,
		    verb);
		char			 left[48], letter[8] = "    ";

		if (!(set & UINT64_C(1) << id))
			continue;
		if (row->letter)
			snprintf(letter, sizeof letter, "-%c, ", row->letter);
		snprintf(left, sizeof left, "%s--%s%s%s", letter, row->name,
		    row->arg ? " " : "", row->arg ? row->arg : "");
		fprintf(f, "  %-25s %s\n", left, language_of(row->text));
	}
}

const struct option_row *
options_row(enum option_id id, const char *verb)
{
	for (size_t i = 0; i < sizeof others / sizeof others[0] &&
	    verb != NULL; i++)
		if (others[i].id == id && strcmp(others[i].verb, verb) == 0)
			return &others[i].row;
	return &rows[id];
}

int
options_number(const struct options *opt, enum option_id id, int max)
{
	const char	*s = opt->value[id];
	int		 n = 0;

	for (; *s >= '0' && *s <= '9' && n <= max / 10; s++) {
		int digit = *s - '0';

		if (n == max / 10 && digit > max % 10)
			break;
		n = n * 10 + digit;
	}
	if (s != opt->value[id] && *s == '\0')
		return n;
	(void)fail(EXIT_USAGE, "--%s takes a whole number from 0 to %d; see "
	    "\"jpki-tool --help\"", rows[id].name, max);
	return -1;
}
