/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * sign: PKCS #1 v1.5 signatures over files.  Everything is read and hashed
 * before the card is touched, and written when it is left alone again: the
 * transaction lasts as long as the card works, however long the files are.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base64.h"
#include "clash.h"
#include "interrupt.h"
#include "language.h"
#include "outfile.h"
#include "outjson.h"
#include "signjob.h"

static const struct key_row keys[] = {
	{ "auth", JPKI_KEY_AUTH, JPKI_PIN_AUTH, JPKI_CERT_AUTH,
	    JPKI_CERT_AUTH_CA },
	{ "sign", JPKI_KEY_SIGN, JPKI_PIN_SIGN, JPKI_CERT_SIGN,
	    JPKI_CERT_SIGN_CA },
};

static const struct key_row *
find_key(const char *name)
{
	for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
		if (name != NULL && strcmp(keys[i].name, name) == 0)
			return &keys[i];
	return NULL;
}

static enum exit_code
fail_key(const char *name)
{
	if (name == NULL)
		return fail(EXIT_USAGE, "no key is chosen; give -k auth or "
		    "-k sign");
	return fail(EXIT_USAGE, "there is no key \"%s\"; give -k auth or "
	    "-k sign", name);
}

static enum exit_code
find_hash(const char *name, enum jpki_hash *out)
{
	*out = JPKI_HASH_SHA256;
	if (name == NULL)
		return EXIT_DONE;
	for (int hash = JPKI_HASH_NONE + 1; hash < JPKI_HASH_COUNT; hash++) {
		if (strcmp(jpki_hash_name((enum jpki_hash)hash), name) != 0)
			continue;
		*out = (enum jpki_hash)hash;
		return EXIT_DONE;
	}
	return fail(EXIT_USAGE, "there is no hash \"%s\"; give sha256, sha384, "
	    "sha512 or sha1", name);
}

static bool
is_document(const struct options *opt)
{
	const char *format = opt->value[OPT_FORMAT];

	return format != NULL && strcmp(format, "raw") != 0;
}

static bool
is_stdio(const char *path)
{
	return path == NULL || strcmp(path, "-") == 0;
}

static enum exit_code
check_suffix(const struct options *opt)
{
	const char *suffix = opt->value[OPT_SUFFIX];

	if (suffix[0] == '\0' || strchr(suffix, '/') != NULL)
		return fail(EXIT_USAGE, "a suffix stands behind a file's "
		    "name; give one such as .sig");
	for (int i = 1; i < opt->operands; i++)
		if (is_stdio(opt->operand[i]))
			return fail(EXIT_USAGE, "--suffix needs files; for "
			    "standard input give -o");
	return opt->operands > 1 ? EXIT_DONE :
	    fail(EXIT_USAGE, "--suffix needs files; name them");
}

/* Where the signatures go, as far as it can be told without a card. */
static enum exit_code
check_options(const struct options *opt)
{
	enum exit_code code = options_exclude(opt, OPT(OUTPUT) | OPT(SUFFIX));

	if (code != EXIT_DONE)
		return code;
	if (opt->seen[OPT_SUFFIX])
		return check_suffix(opt);
	if (opt->operands > 2)
		return fail(EXIT_USAGE, "several files need several outputs; "
		    "give --suffix .sig, or -signed");
	if (is_document(opt) && (strcmp(opt->value[OPT_FORMAT], "xml") == 0 ||
	    strcmp(opt->value[OPT_FORMAT], "smime") == 0))
		return EXIT_DONE;
	if (!opt->seen[OPT_OUTPUT] && !opt->seen[OPT_JSON] &&
	    isatty(STDOUT_FILENO))
		return fail(EXIT_USAGE, "a signature is binary and this is a "
		    "terminal; give -o FILE, or -o - to see it anyway");
	return EXIT_DONE;
}

static char *
concat(const char *a, const char *b)
{
	size_t	 a_n = strlen(a), b_n = strlen(b);
	char	*out = malloc(a_n + b_n + 1);

	if (out == NULL)
		return NULL;
	memcpy(out, a, a_n);
	memcpy(out + a_n, b, b_n + 1);
	return out;
}

/* a.pdf and .sig: a.pdf.sig; a.pdf and -signed: a-signed.pdf. */
static char *
with_suffix(const char *path, const char *suffix)
{
	const char	*name = infile_last_part(path);
	const char	*end = strrchr(name, '.');
	char		*base, *first, *out;

	if (suffix[0] != '-' || end == NULL || end == name)
		return concat(path, suffix);
	base = strndup(path, (size_t)(end - path));
	first = base != NULL ? concat(base, suffix) : NULL;
	out = first != NULL ? concat(first, end) : NULL;
	free(first);
	free(base);
	return out;
}

static enum exit_code
plan_item(struct tool *t, struct item *item)
{
	const char *output = t->opt->value[OPT_OUTPUT];
	const char *suffix = NULL;

	/* Never of standard input: check_suffix(). */
	if (item->input != NULL)
		suffix = t->opt->value[OPT_SUFFIX];
	if (suffix == NULL && is_stdio(output))
		return EXIT_DONE;
	item->output = suffix != NULL ? with_suffix(item->input, suffix) :
	    concat(output, "");
	if (item->output == NULL)
		return fail_err(t, JPKI_ERR_MEMORY);
	return outfile_check(item->output, t->opt->seen[OPT_FORCE] > 0);
}

static enum exit_code
check_clashes(struct tool *t, const struct job *job)
{
	struct clash_path	*paths = calloc(2 * job->count, sizeof *paths);
	size_t			 n = 0;
	enum exit_code		 code;

	if (paths == NULL)
		return fail_err(t, JPKI_ERR_MEMORY);
	for (size_t i = 0; i < job->count; i++) {
		if (job->items[i].input != NULL)
			paths[n++].path = job->items[i].input;
		if (job->items[i].output == NULL)
			continue;
		paths[n].path = job->items[i].output;
		paths[n++].is_output = true;
	}
	code = clash_check(paths, n);
	free(paths);
	return code;
}

static enum exit_code
plan(struct tool *t, struct job *job)
{
	const struct options	*opt = t->opt;
	enum exit_code		 code = EXIT_DONE;

	job->count = opt->operands > 1 ? (size_t)opt->operands - 1 : 1;
	job->items = calloc(job->count, sizeof *job->items);
	if (job->items == NULL)
		return fail_err(t, JPKI_ERR_MEMORY);
	for (size_t i = 0; i < job->count && code == EXIT_DONE; i++) {
		if (!is_stdio(opt->operand[1]))
			job->items[i].input = opt->operand[i + 1];
		else
			code = pins_leave_stdin(opt);
		if (code == EXIT_DONE)
			code = plan_item(t, &job->items[i]);
	}
	return code == EXIT_DONE ? check_clashes(t, job) : code;
}

/* 0 or errno; a failure of the digest is ENOMEM. */
static int
digest_fd(int fd, struct jpki_digest *digest)
{
	uint8_t	room[1 << 14];
	ssize_t	n;

	while ((n = read(fd, room, sizeof room)) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return errno;
		if (jpki_digest_update(digest, room, (size_t)n) != JPKI_OK)
			return ENOMEM;
	}
	return 0;
}

static enum exit_code
hash_item(struct tool *t, enum jpki_hash hash, struct item *item)
{
	struct jpki_digest	*digest = NULL;
	enum jpki_err		 err = jpki_digest_new(t->ctx, hash, &digest);
	const char		*name = item->input;
	int			 fd = STDIN_FILENO, errnum;

	if (err != JPKI_OK)
		return fail_err(t, err);
	if (name != NULL)
		fd = open(name, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	errnum = fd < 0 ? errno : digest_fd(fd, digest);
	if (errnum == 0)
		err = jpki_digest_final(digest, item->digest, &item->digest_n);
	if (name != NULL && fd >= 0)
		(void)close(fd);
	jpki_digest_free(&digest);
	if (errnum != 0)
		return fail_read(name ? name : _("standard input"),
		    errnum);
	return err == JPKI_OK ? EXIT_DONE : fail_err(t, err);
}

static enum exit_code
hash_all(struct tool *t, struct job *job)
{
	enum exit_code code = EXIT_DONE;

	for (size_t i = 0; i < job->count && code == EXIT_DONE; i++)
		code = hash_item(t, job->hash, &job->items[i]);
	return code;
}

/* One transaction, one VERIFY, however many files. */
static enum exit_code
sign_all(struct tool *t, struct job *job, struct pins *pins)
{
	enum exit_code code = tool_card_open(t);

	if (code == EXIT_DONE)
		code = pins_login(t, pins, NULL);
	for (size_t i = 0; i < job->count && code == EXIT_DONE; i++) {
		struct item	*item = &job->items[i];
		enum jpki_err	 err = jpki_sign(t->card, job->key->key,
		    job->hash, item->digest, item->digest_n, &item->signature);

		if (err == JPKI_ERR_NOT_FOUND)
			code = fail(EXIT_FAILED, "this card holds no key of "
			    "that kind; \"jpki-tool status\" shows what it "
			    "holds");
		else if (err != JPKI_OK)
			code = fail_err(t, err);
		else if (interrupt_noted())
			code = fail(EXIT_CANCELLED, "cancelled; no signature "
			    "was written");
	}
	return tool_card_close(t, code);
}

static enum exit_code
write_files(struct tool *t, const struct job *job)
{
	enum exit_code code = EXIT_DONE;

	for (size_t i = 0; i < job->count && code == EXIT_DONE; i++) {
		const struct item *item = &job->items[i];

		if (item->output != NULL)
			code = outfile_write(item->output, item->signature.p,
			    item->signature.n, t->opt->seen[OPT_FORCE] > 0,
			    false);
		else if (!t->opt->seen[OPT_JSON])
			fwrite(item->signature.p, 1, item->signature.n, t->out);
	}
	return code;
}

static enum exit_code
print_json(struct tool *t, const struct job *job)
{
	struct json j = { t->out, false };

	json_open(&j, NULL, '{');
	json_string(&j, "key", job->key->name);
	json_string(&j, "hash", jpki_hash_name(job->hash));
	json_open(&j, "signatures", '[');
	for (size_t i = 0; i < job->count; i++) {
		const struct item	*item = &job->items[i];
		char			*text = base64_new(item->signature.p,
		    item->signature.n);

		if (text == NULL)
			return fail_err(t, JPKI_ERR_MEMORY);
		json_open(&j, NULL, '{');
		json_string(&j, "file", item->input);
		json_string(&j, "output", item->output);
		json_string(&j, "signature", text);
		json_close(&j, '}');
		free(text);
	}
	json_close(&j, ']');
	json_close(&j, '}');
	fputc('\n', t->out);
	return EXIT_DONE;
}

static void
job_free(struct job *job)
{
	for (size_t i = 0; i < job->count && job->items != NULL; i++) {
		free(job->items[i].output);
		jpki_buf_free(&job->items[i].signature);
	}
	free(job->items);
}

static enum exit_code
sign_raw(struct tool *t, struct job *job, struct pins *pins)
{
	const char	*name = options_first(t->opt, DOCSIGN_OPTIONS);
	enum exit_code	 code = name == NULL ? EXIT_DONE : fail(EXIT_USAGE,
	    "option --%s is for documents; give --format cms, smime, xml or "
	    "pdf, or leave it out", name);

	if (code == EXIT_DONE)
		code = pins_load(t, job->key->pin, pins);
	if (code == EXIT_DONE)
		code = hash_all(t, job);
	if (code == EXIT_DONE)
		code = sign_all(t, job, pins);
	if (code == EXIT_DONE)
		code = write_files(t, job);
	if (code == EXIT_DONE && t->opt->seen[OPT_JSON])
		code = print_json(t, job);
	return code;
}

enum exit_code
cmd_sign(struct tool *t)
{
	struct job	job = { NULL, JPKI_HASH_SHA256, NULL, 0 };
	struct pins	pins = { JPKI_PIN_AUTH, NULL, NULL };
	enum exit_code	code;

	job.key = find_key(t->opt->value[OPT_KEY]);
	if (job.key == NULL)
		return fail_key(t->opt->value[OPT_KEY]);
	code = find_hash(t->opt->value[OPT_HASH], &job.hash);
	if (code == EXIT_DONE)
		code = check_options(t->opt);
	if (code == EXIT_DONE)
		code = plan(t, &job);
	if (code == EXIT_DONE)
		code = is_document(t->opt) ? sign_documents(t, &job, &pins) :
		    sign_raw(t, &job, &pins);
	pins_free(&pins);
	job_free(&job);
	return code;
}
