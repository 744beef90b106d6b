/* SPDX-License-Identifier: BSD-2-Clause */
/* jpki-tool: the My Number Card's JPKI from the command line. */
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "colour.h"
#include "commands.h"
#include "interrupt.h"
#include "language.h"
#include "outfile.h"
#include "outtext.h"
#include "tool.h"

static const char closing_text[] =
    N_("\nPINs are asked for at the terminal unless a descriptor or a file is given.\n"
    "Exit status: 0 done, 1 failed, 2 usage, 3 no reader or card, 4 PIN wrong,\n"
    "5 PIN locked or at its last try, 6 cancelled, 7 renewal due.\n"
    "jpki-tool(1) is the manual.\n");

static void
help_general(FILE *f)
{
	const struct command *c;

	fputs(_("usage: jpki-tool [option ...] command [operand ...]\n\n"
	    "Commands:\n"), f);
	for (size_t i = 0; (c = command_nth(i)) != NULL; i++)
		fprintf(f, "  %-10s %-29s %s\n", c->name, c->operands,
		    language_of(c->text));
	fputs(_("\nOptions of every command; COMMAND --help shows the "
	    "others:\n"), f);
	options_describe(f, OPTS_GLOBAL, NULL);
	fputs(language_of(closing_text), f);
}

static void
help_command(FILE *f, const struct command *c)
{
	fprintf(f, _("usage: jpki-tool %s [option ...]%s%s\n\n"), c->name,
	    c->operands[0] != '\0' ? " " : "", c->operands);
	text_heading(f, c->text);
	if (c->options != 0)
		fputs(_("\nOptions:\n"), f);
	options_describe(f, c->options, c->name);
	fputs(_("\nOptions of every command:\n"), f);
	options_describe(f, OPTS_GLOBAL, NULL);
	fputs(language_of(closing_text), f);
}

/*
 * Started with a standard stream closed: a file or socket opened later would
 * take its number, and get what was meant for the stream.  Each is filled
 * with what fails when it is used.
 */
static void
fill_standard_streams(void)
{
	static const int modes[] = { O_WRONLY, O_RDONLY, O_RDWR };

	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) < 0)
			(void)!open("/dev/null", modes[fd]);
}

/* By the number of -v; more are as the last. */
static const enum jpki_log_level log_levels[] = {
	JPKI_LOG_NONE, JPKI_LOG_INFO, JPKI_LOG_APDU
};

static enum jpki_log_level
log_level(const struct tool *t)
{
	const unsigned	most = sizeof log_levels / sizeof log_levels[0] - 1;
	unsigned	v = t->opt->seen[OPT_VERBOSE];

	return log_levels[v < most ? v : most];
}

static void
log_line(void *user, enum jpki_log_level level, const char *line)
{
	const struct tool *t = user;

	if (t->listener != NULL)
		t->listener(t->listener_user, level, line);
	if (level > log_level(t))
		return;
	fputs("jpki: ", stderr);
	text_put(stderr, line);
	fputc('\n', stderr);
}

void
tool_listen(struct tool *t, jpki_log_fn *listener, void *user)
{
	t->listener = listener;
	t->listener_user = user;
	jpki_ctx_set_log(t->ctx, listener != NULL ? JPKI_LOG_APDU :
	    log_level(t), log_line, t);
}

enum exit_code
tool_card_open(struct tool *t)
{
	enum jpki_err err = jpki_card_open(t->ctx, t->opt->value[OPT_READER],
	    &t->card);

	return err == JPKI_OK ? EXIT_DONE : fail_err(t, err);
}

void
tool_hold(struct tool *t)
{
	if (!t->held)
		interrupt_hold_awake();
	t->held = true;
}

enum exit_code
tool_card_close(struct tool *t, enum exit_code code)
{
	jpki_card_close(&t->card);
	if (!t->held)
		return code;
	if (code == EXIT_DONE && t->done == NULL && interrupt_noted())
		code = fail_err(t, JPKI_ERR_CANCELLED);
	interrupt_drop();
	interrupt_release();
	t->held = false;
	return code;
}

bool
tool_err_is_local(enum jpki_err err)
{
	return err > JPKI_ERR_NOT_JPKI;
}

/* Complete what was printed; memory may have run out. */
static enum exit_code
out_finish(struct tool *t)
{
	if (!ferror(t->out) && fflush(t->out) == 0)
		return EXIT_DONE;
	if (t->done != NULL)
		return fail(EXIT_FAILED, "%s, but memory ran out; close other "
		    "programs", t->done);
	return fail_err(t, JPKI_ERR_MEMORY);
}

enum exit_code
tool_write_out(struct tool *t, const char *path, bool secret)
{
	enum exit_code code = out_finish(t);

	if (code == EXIT_DONE)
		code = outfile_write(path, t->out_text, t->out_size,
		    t->opt->seen[OPT_FORCE] > 0, secret);
	rewind(t->out);
	return code;
}

static enum exit_code
run_command(struct tool *t, const struct command *c)
{
	enum jpki_err	err = jpki_ctx_new(&t->ctx);
	enum exit_code	code;

	if (err != JPKI_OK)
		return fail_err(t, err);
	tool_listen(t, NULL, NULL);
	t->now = (int64_t)time(NULL);
	code = tool_card_close(t, c->run(t));
	jpki_ctx_free(&t->ctx);
	return code;
}

static enum exit_code
check_operands(const struct options *opt, const struct command *c)
{
	int n = opt->operands - 1;

	if (n >= c->min && n <= c->max)
		return options_allow(opt, c->options | OPTS_GLOBAL, c->name);
	if (c->run == cmd_pin && n > c->max)
		return fail(EXIT_USAGE, "a PIN is not taken as an argument, "
		    "which the shell's history keeps; leave it out, and it is "
		    "asked for");
	if (c->max == 0)
		return fail(EXIT_USAGE, "\"%s\" takes no operands; see "
		    "\"jpki-tool %s --help\"", c->name, c->name);
	return fail(EXIT_USAGE, "\"%s\" takes %s; see \"jpki-tool %s --help\"",
	    c->name, c->operands, c->name);
}

static enum exit_code
dispatch(struct tool *t)
{
	const struct options	*opt = t->opt;
	const struct command	*c = NULL;
	enum exit_code		 code;

	if (opt->operands > 0) {
		c = command_find(opt->operand[0]);
		if (c == NULL)
			return fail(EXIT_USAGE, "unknown command \"%s\"; see "
			    "\"jpki-tool --help\"", opt->operand[0]);
	}
	if (opt->seen[OPT_VERSION]) {
		fprintf(t->out, "jpki-tool %s\n", jpki_version());
		return EXIT_DONE;
	}
	if (opt->seen[OPT_HELP]) {
		c != NULL ? help_command(t->out, c) : help_general(t->out);
		return EXIT_DONE;
	}
	if (c == NULL)
		return fail(EXIT_USAGE, "no command given; see "
		    "\"jpki-tool --help\"");
	code = check_operands(opt, c);
	return code == EXIT_DONE ? run_command(t, c) : code;
}

static enum exit_code
out_print(struct tool *t, enum exit_code code)
{
	enum exit_code printed = out_finish(t);

	if (printed == EXIT_DONE)
		printed = outfile_stdout(t->done, t->out_text, t->out_size);
	return printed == EXIT_DONE ? code : printed;
}

/* Standard output is written at the very end: all of it, or nothing. */
static enum exit_code
run(const struct options *opt)
{
	struct tool	t = { .opt = opt };
	enum exit_code	code;

	t.out = open_memstream(&t.out_text, &t.out_size);
	if (t.out == NULL)
		return fail(EXIT_FAILED, "out of memory; close other programs "
		    "and try again");
	code = dispatch(&t);
	if (code == EXIT_DONE || t.answered)
		code = out_print(&t, code);
	(void)fclose(t.out);
	free(t.out_text);
	return code;
}

int
main(int argc, char **argv)
{
	struct options	opt;
	enum exit_code	code;

	fill_standard_streams();
	language_begin();
	/*
	 * A reader that goes away, or a limit on a file's size, is an error of
	 * write(), with its message and nothing left behind.
	 */
	(void)signal(SIGPIPE, SIG_IGN);
	(void)signal(SIGXFSZ, SIG_IGN);
	code = options_parse(argc, argv, &opt);
	if (code == EXIT_DONE) {
		colour_begin(&opt);
		code = run(&opt);
	}
	return (int)code;
}
