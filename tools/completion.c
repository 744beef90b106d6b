/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * completion: what a shell completes command lines by, made of the tables of
 * verbs and options.  It is installed as a file, so that a shell that is asked
 * for a completion starts no program and touches no card.
 */
#include <stdlib.h>
#include <string.h>

#include "commands.h"
#include "language.h"
#include "outjson.h"

/* Set of options of a verb; NULL: of every verb. */
static uint64_t
options_of(const struct command *c)
{
	return c != NULL ? c->options | OPTS_GLOBAL : OPTS_GLOBAL;
}

/* What the value of an option is. */
enum value {
	VALUE_NONE,
	VALUE_WORDS,
	VALUE_FILE,
	VALUE_FOLDER,
	VALUE_TEXT,
};

static enum value
value_of(const struct option_row *row)
{
	if (row->arg == NULL)
		return VALUE_NONE;
	if (row->words != NULL)
		return VALUE_WORDS;
	if (strcmp(row->arg, "FOLDER") == 0)
		return VALUE_FOLDER;
	return strcmp(row->arg, "FILE") == 0 ? VALUE_FILE : VALUE_TEXT;
}

/* The words of "a|b", "[a|b]", up to a blank, parted by blanks. */
static void
put_words(FILE *f, const char *words)
{
	for (; *words != '\0' && *words != ' '; words++)
		if (*words == '|')
			fputc(' ', f);
		else if (*words != '[' && *words != ']')
			fputc(*words, f);
}

/* The operand at a place, from 0; NULL: there is none. */
static const char *
operand_at(const struct command *c, unsigned place)
{
	const char *p = c->operands;

	for (; place > 0 && p != NULL; place--) {
		p = strchr(p, ' ');
		if (p != NULL)
			p++;
	}
	return p != NULL && *p != '\0' ? p : NULL;
}

static bool
takes_files(const struct command *c)
{
	return strstr(c->operands, "FILE") != NULL;
}

/* Within the single quotes of a shell. */
static void
put_quoted(FILE *f, const char *text, const char *instead)
{
	for (; *text != '\0'; text++)
		if (*text == '\'')
			fputs(instead, f);
		else
			fputc(*text, f);
}

/*
 * bash.
 */

/* "-k|--key|..." of those with a value of that kind, or NULL for any. */
static void
put_bash_names(FILE *f, const enum value *kind)
{
	const char *before = "";

	for (int id = 0; id < OPT_COUNT; id++) {
		const struct option_row *row = options_row((enum option_id)id,
		    NULL);

		if (row->arg == NULL ||
		    (kind != NULL && value_of(row) != *kind))
			continue;
		fprintf(f, "%s--%s", before, row->name);
		if (row->letter != '\0')
			fprintf(f, "|-%c", row->letter);
		before = "|";
	}
}

/* An option takes a folder with one verb only. */
static void
put_bash_folders(FILE *f, const struct command *c)
{
	for (int id = 0; id < OPT_COUNT; id++) {
		const struct option_row *row = options_row((enum option_id)id,
		    c->name);

		if ((c->options & UINT64_C(1) << id) == 0 ||
		    value_of(row) != VALUE_FOLDER)
			continue;
		fprintf(f, "\tif [ \"$verb $prev\" = '%s --%s' ]; then\n"
		    "\t\tcompopt -o filenames\n"
		    "\t\tmapfile -t COMPREPLY < <(compgen -d -- \"$cur\")\n"
		    "\t\treturn\n\tfi\n", c->name, row->name);
	}
}

static void
put_bash_values(FILE *f)
{
	static const enum value file = VALUE_FILE, text = VALUE_TEXT;
	const struct command *c;

	for (size_t i = 0; (c = command_nth(i)) != NULL; i++)
		put_bash_folders(f, c);
	fputs("\tcase $prev in\n\t", f);
	put_bash_names(f, &file);
	fputs(")\n\t\tcompopt -o filenames\n"
	    "\t\tmapfile -t COMPREPLY < <(compgen -f -- \"$cur\")\n"
	    "\t\treturn ;;\n\t", f);
	put_bash_names(f, &text);
	fputs(")\n\t\treturn ;;\n", f);
	for (int id = 0; id < OPT_COUNT; id++) {
		const struct option_row *row = options_row((enum option_id)id,
		    NULL);

		if (value_of(row) != VALUE_WORDS)
			continue;
		fprintf(f, "\t--%s", row->name);
		if (row->letter != '\0')
			fprintf(f, "|-%c", row->letter);
		fputs(")\n\t\tmapfile -t COMPREPLY < <(compgen -W '", f);
		put_words(f, row->words);
		fputs("' -- \"$cur\")\n\t\treturn ;;\n", f);
	}
	fputs("\tesac\n", f);
}

static void
put_bash_options(FILE *f, const struct command *c)
{
	uint64_t set = options_of(c);

	fputs("options='", f);
	for (int id = 0; id < OPT_COUNT; id++)
		if ((set & UINT64_C(1) << id) != 0)
			fprintf(f, " --%s",
			    options_row((enum option_id)id, NULL)->name);
	fputs("'\n", f);
}

static void
put_bash_verb(FILE *f, const struct command *c)
{
	const char *operand;

	fprintf(f, "\t%s)\n\t\t", c->name);
	put_bash_options(f, c);
	if (takes_files(c)) {
		fputs("\t\tfiles=yes ;;\n", f);
		return;
	}
	fputs("\t\tcase $place in\n", f);
	for (unsigned i = 0; (operand = operand_at(c, i)) != NULL; i++) {
		fprintf(f, "\t\t%u) words='", i);
		put_words(f, operand);
		fputs("' ;;\n", f);
	}
	fputs("\t\tesac ;;\n", f);
}

static void
put_bash(FILE *f)
{
	const struct command *c;

	fputs("# Made by: jpki-tool completion bash\n"
	    "# shellcheck shell=bash\n"
	    "_jpki_tool() {\n"
	    "\tlocal cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]}\n"
	    "\tlocal verb='' place=0 options words='' files='' i\n\n"
	    "\tCOMPREPLY=()\n"
	    "\tif [ \"$cur\" = = ]; then\n"
	    "\t\tcur=\n"
	    "\telif [ \"$prev\" = = ]; then\n"
	    "\t\tprev=${COMP_WORDS[COMP_CWORD - 2]}\n"
	    "\tfi\n"
	    "\tfor ((i = 1; i < COMP_CWORD; i++)); do\n"
	    "\t\tcase ${COMP_WORDS[i]} in\n"
	    "\t\t", f);
	put_bash_names(f, NULL);
	fputs(")\n"
	    "\t\t\t[ \"${COMP_WORDS[i + 1]}\" != = ] || i=$((i + 1))\n"
	    "\t\t\ti=$((i + 1)) ;;\n"
	    "\t\t-*) ;;\n"
	    "\t\t*)\n"
	    "\t\t\t[ -z \"$verb\" ] || place=$((place + 1))\n"
	    "\t\t\tverb=${verb:-${COMP_WORDS[i]}} ;;\n"
	    "\t\tesac\n"
	    "\tdone\n", f);
	put_bash_values(f);
	fputs("\tcase $verb in\n"
	    "\t'')\n\t\t", f);
	put_bash_options(f, NULL);
	fputs("\t\twords='", f);
	for (size_t i = 0; (c = command_nth(i)) != NULL; i++)
		fprintf(f, " %s", c->name);
	fputs("' ;;\n", f);
	for (size_t i = 0; (c = command_nth(i)) != NULL; i++)
		put_bash_verb(f, c);
	fputs("\tesac\n"
	    "\tif [[ $cur = -* ]]; then\n"
	    "\t\tmapfile -t COMPREPLY < <(compgen -W \"$options\" -- \"$cur\")\n"
	    "\telif [ -n \"$files\" ]; then\n"
	    "\t\tcompopt -o filenames\n"
	    "\t\tmapfile -t COMPREPLY < <(compgen -f -- \"$cur\")\n"
	    "\telse\n"
	    "\t\tmapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$cur\")\n"
	    "\tfi\n"
	    "}\n"
	    "complete -F _jpki_tool jpki-tool\n", f);
}

/*
 * zsh.
 */

/* As _arguments wants them: '(-k --key)'{-k,--key}'[text]:auth|sign:(a b)'. */
static void
put_zsh_option(FILE *f, const struct option_row *row)
{
	const enum value value = value_of(row);

	fputs("\t\t'", f);
	if (row->repeat)
		fputc('*', f);
	if (row->letter != '\0' && !row->repeat)
		fprintf(f, "(-%c --%s)", row->letter, row->name);
	if (row->letter != '\0')
		fprintf(f, "'{-%c,--%s}'", row->letter, row->name);
	else
		fprintf(f, "--%s", row->name);
	fputc('[', f);
	put_quoted(f, row->text, "'\\''");
	fputc(']', f);
	if (row->arg != NULL)
		fprintf(f, ":%s:", row->arg);
	if (value == VALUE_FILE)
		fputs("_files", f);
	if (value == VALUE_FOLDER)
		fputs("_files -/", f);
	if (value == VALUE_WORDS) {
		fputc('(', f);
		put_words(f, row->words);
		fputc(')', f);
	}
	fputs("' \\\n", f);
}

static void
put_zsh_options(FILE *f, const struct command *c)
{
	uint64_t set = options_of(c);

	for (int id = 0; id < OPT_COUNT; id++)
		if ((set & UINT64_C(1) << id) != 0)
			put_zsh_option(f, options_row((enum option_id)id,
			    c != NULL ? c->name : NULL));
}

static void
put_zsh_verb(FILE *f, const struct command *c)
{
	const char *operand;

	fprintf(f, "\t%s)\n\t\t_arguments \\\n", c->name);
	put_zsh_options(f, c);
	if (takes_files(c)) {
		fputs("\t\t'*:FILE:_files' && ret=0 ;;\n", f);
		return;
	}
	for (unsigned i = 0; (operand = operand_at(c, i)) != NULL; i++) {
		fprintf(f, "\t\t'%u: :(", i + 1);
		put_words(f, operand);
		fputs(")' \\\n", f);
	}
	fputs("\t\t&& ret=0 ;;\n", f);
}

static void
put_zsh(FILE *f)
{
	const struct command *c;

	fputs("#compdef jpki-tool\n"
	    "# Made by: jpki-tool completion zsh\n"
	    "_jpki_tool() {\n"
	    "\tlocal context state state_descr line ret=1\n"
	    "\ttypeset -A opt_args\n"
	    "\t_arguments -C \\\n", f);
	put_zsh_options(f, NULL);
	fputs("\t\t'1: :->verb' '*:: :->operands' && ret=0\n"
	    "\tif [[ $state = verb ]]; then\n"
	    "\t\tlocal -a verbs=(\n", f);
	for (size_t i = 0; (c = command_nth(i)) != NULL; i++) {
		fprintf(f, "\t\t\t'%s:", c->name);
		put_quoted(f, c->text, "'\\''");
		fputs("'\n", f);
	}
	fputs("\t\t)\n"
	    "\t\t_describe verb verbs && ret=0\n"
	    "\t\treturn ret\n"
	    "\tfi\n"
	    "\tcase $line[1] in\n", f);
	for (size_t i = 0; (c = command_nth(i)) != NULL; i++)
		put_zsh_verb(f, c);
	fputs("\tesac\n"
	    "\treturn ret\n"
	    "}\n"
	    "_jpki_tool \"$@\"\n", f);
}

/*
 * fish.
 */

/* condition NULL: everywhere. */
static void
put_fish_option(FILE *f, const struct option_row *row, const char *verb)
{
	fputs("complete -c jpki-tool", f);
	if (verb != NULL)
		fprintf(f, " -n '__jpki_tool_verb %s'", verb);
	if (row->letter != '\0')
		fprintf(f, " -s %c", row->letter);
	fprintf(f, " -l %s", row->name);
	switch (value_of(row)) {
	case VALUE_NONE:
		break;
	case VALUE_FILE:
		fputs(" -r -F", f);
		break;
	case VALUE_FOLDER:
		fputs(" -x -a '(__fish_complete_directories)'", f);
		break;
	case VALUE_TEXT:
		fputs(" -x", f);
		break;
	case VALUE_WORDS:
		fputs(" -x -a '", f);
		put_words(f, row->words);
		fputc('\'', f);
		break;
	}
	fputs(" -d '", f);
	put_quoted(f, row->text, "\\'");
	fputs("'\n", f);
}

static void
put_fish_options(FILE *f, uint64_t set, const char *verb)
{
	for (int id = 0; id < OPT_COUNT; id++)
		if ((set & UINT64_C(1) << id) != 0)
			put_fish_option(f, options_row((enum option_id)id,
			    verb), verb);
}

static void
put_fish_verb(FILE *f, const struct command *c)
{
	const char *operand;

	fprintf(f, "complete -c jpki-tool -n '__jpki_tool_verb' -a %s -d '",
	    c->name);
	put_quoted(f, c->text, "\\'");
	fputs("'\n", f);
	put_fish_options(f, c->options, c->name);
	if (takes_files(c)) {
		fprintf(f, "complete -c jpki-tool -n '__jpki_tool_verb %s' "
		    "-F\n", c->name);
		return;
	}
	for (unsigned i = 0; (operand = operand_at(c, i)) != NULL; i++) {
		fprintf(f, "complete -c jpki-tool -n '__jpki_tool_verb %s %u' "
		    "-a '", c->name, i);
		put_words(f, operand);
		fputs("'\n", f);
	}
}

/* __jpki_tool_verb [VERB [PLACE]]: is that the verb (none: there is none yet),
 * and that many operands behind it? */
static void
put_fish(FILE *f)
{
	const struct command *c;

	fputs("# Made by: jpki-tool completion fish\n"
	    "function __jpki_tool_verb\n"
	    "\tset -l operands\n"
	    "\tset -l skip 0\n"
	    "\tfor word in (commandline -opc)[2..-1]\n"
	    "\t\tif test $skip = 1\n"
	    "\t\t\tset skip 0\n"
	    "\t\telse if string match -qr -- '^(", f);
	put_bash_names(f, NULL);
	fputs(")$' $word\n"
	    "\t\t\tset skip 1\n"
	    "\t\telse if not string match -q -- '-*' $word\n"
	    "\t\t\tset -a operands $word\n"
	    "\t\tend\n"
	    "\tend\n"
	    "\ttest \"$operands[1]\" = \"$argv[1]\"\n"
	    "\tand begin\n"
	    "\t\ttest (count $argv) -lt 2\n"
	    "\t\tor test (count $operands) -eq (math $argv[2] + 1)\n"
	    "\tend\n"
	    "end\n"
	    "complete -c jpki-tool -f\n", f);
	put_fish_options(f, OPTS_GLOBAL, NULL);
	for (size_t i = 0; (c = command_nth(i)) != NULL; i++)
		put_fish_verb(f, c);
}

static const struct shell {
	const char	*name;
	void		 (*put)(FILE *f);
} shells[] = {
	{ "bash", put_bash },
	{ "zsh", put_zsh },
	{ "fish", put_fish },
};

static enum exit_code
put_json(struct tool *t, const struct shell *shell)
{
	struct json	 j = { t->out, false };
	char		*text = NULL;
	size_t		 n;
	FILE		*f = open_memstream(&text, &n);

	if (f != NULL)
		shell->put(f);
	if (f == NULL || fclose(f) != 0) {
		free(text);
		return fail_err(t, JPKI_ERR_MEMORY);
	}
	json_open(&j, NULL, '{');
	json_string(&j, "shell", shell->name);
	json_string(&j, "completion", text);
	json_close(&j, '}');
	fputc('\n', t->out);
	free(text);
	return EXIT_DONE;
}

enum exit_code
cmd_completion(struct tool *t)
{
	const char *name = t->opt->operand[1];

	for (size_t i = 0; i < sizeof shells / sizeof shells[0]; i++) {
		if (strcmp(shells[i].name, name) != 0)
			continue;
		if (t->opt->seen[OPT_JSON])
			return put_json(t, &shells[i]);
		shells[i].put(t->out);
		return EXIT_DONE;
	}
	return fail(EXIT_USAGE, "nothing is known of the shell \"%s\"; say "
	    "bash, zsh or fish", name);
}
