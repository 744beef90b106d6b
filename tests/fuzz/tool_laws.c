/* SPDX-License-Identifier: BSD-2-Clause */
/* What must hold of every run, whatever the card and the caller do. */
#define _GNU_SOURCE		/* memmem */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/evp.h>
#include <openssl/rsa.h>

#include "hostile.h"
#include "tool_run.h"
#include "virtual.h"
#include "vkit.h"

#define PIN_ROOM	64	/* more than any PIN */
#define SIGNATURE_BYTES	256

static struct {
	struct hostile_call	 call;
	uint8_t			 pin[PIN_ROOM], new_pin[PIN_ROOM];
	bool			 fixed;		/* PINs that are nothing else */
} asked;

/*
 * Which PIN the user gave, by the manual.
 */

static const char *
operand(const struct run *run, int i)
{
	return run->parsed && i < run->opt.operands ? run->opt.operand[i] : "";
}

static bool
verb_is(const struct run *run, const char *verb)
{
	return strcmp(operand(run, 0), verb) == 0;
}

static const char *
key_name(const struct run *run)
{
	const char *key = run->opt.value[OPT_KEY];

	return key != NULL ? key : "";
}

static enum jpki_pin
pin_named(const char *name)
{
	if (strncmp(name, "sign", 4) == 0)
		return JPKI_PIN_SIGN;
	return strcmp(name, "input") == 0 ? JPKI_PIN_INPUT : JPKI_PIN_AUTH;
}

static enum jpki_pin
pin_of_verb(const struct run *run)
{
	if (verb_is(run, "cert"))
		return pin_named(operand(run, 1));
	if (verb_is(run, "pin"))
		return pin_named(operand(run, 2));
	if (verb_is(run, "sign"))
		return pin_named(key_name(run));
	if (verb_is(run, "attributes") || verb_is(run, "mynumber"))
		return JPKI_PIN_INPUT;
	return verb_is(run, "status") ? JPKI_PIN_SIGN : JPKI_PIN_AUTH;
}

static const struct typed *
typed_fd(const struct run *run, const char *fd)
{
	if (strcmp(fd, "40") == 0)
		return &run->fd;
	if (strcmp(fd, "41") == 0)
		return &run->new_fd;
	return strcmp(fd, "0") == 0 ? &run->standard : NULL;
}

/* The bytes of a source; false: it gives none. */
static bool
source(const struct run *run, enum option_id fd, enum option_id file,
    struct slice *out, bool *fixed)
{
	const struct typed *t = NULL;
	const char *p;
	size_t n;

	if (run->opt.seen[fd])
		t = typed_fd(run, run->opt.value[fd]);
	if (t != NULL) {
		*out = slice_of(t->p, t->n);
		*fixed = t->fixed;
		return true;
	}
	if (run->opt.seen[fd] || !run->opt.seen[file])
		return false;
	p = files_content(run->opt.value[file], &n);
	*out = slice_of(p, n);
	*fixed = false;
	return p != NULL;
}

/* Full-width letters and digits as ASCII; the other bytes as they are. */
static size_t
narrow(struct slice s, size_t *i, uint8_t *out)
{
	static const struct { uint8_t second, from, to; char first; } rows[] = {
		{ 0xBC, 0x90, 0x99, '0' }, { 0xBC, 0xA1, 0xBA, 'A' },
		{ 0xBD, 0x81, 0x9A, 'a' },
	};
	const uint8_t *p = s.p + *i;

	*out = *p;
	for (size_t r = 0; s.n - *i >= 3 && r < 3; r++)
		if (p[0] == 0xEF && p[1] == rows[r].second &&
		    p[2] >= rows[r].from && p[2] <= rows[r].to) {
			*out = (uint8_t)(rows[r].first + p[2] - rows[r].from);
			*i += 2;
			break;
		}
	*i += 1;
	return 1;
}

/* What a source means: without its newline, in ASCII; too long is cut. */
static struct slice
meaning(struct slice s, bool lines, uint8_t room[PIN_ROOM])
{
	size_t n = 0;

	if (!lines && s.n > 0 && s.p[s.n - 1] == '\n') {
		s.n--;
		s.n -= s.n > 0 && s.p[s.n - 1] == '\r';
	}
	for (size_t i = 0; i < s.n && n < PIN_ROOM; )
		n += narrow(s, &i, &room[n]);
	return slice_of(room, n);
}

static bool
current_given(const struct run *run)
{
	return run->opt.seen[OPT_PIN_FD] || run->opt.seen[OPT_PIN_FILE];
}

static bool
new_given(const struct run *run)
{
	return run->opt.seen[OPT_NEW_PIN_FD] ||
	    run->opt.seen[OPT_NEW_PIN_FILE];
}

/* From the source that the options name, or typed as the nth line. */
static struct slice
given(const struct run *run, enum option_id fd, enum option_id file,
    size_t nth, uint8_t room[PIN_ROOM])
{
	bool named = run->opt.seen[fd] || run->opt.seen[file], fixed = false;
	struct slice s;

	if (named && source(run, fd, file, &s, &fixed)) {
		asked.fixed = asked.fixed && fixed;
		return meaning(s, false, room);
	}
	if (named || run->opt.seen[OPT_PINENTRY] || !run->has_terminal ||
	    nth >= run->lines)
		return slice_of(NULL, 0);
	asked.fixed = asked.fixed && run->line[nth].fixed;
	return meaning(slice_of(run->line[nth].p, run->line[nth].n), true,
	    room);
}

void
laws_before(const struct run *run)
{
	memset(&asked, 0, sizeof(asked));
	asked.fixed = true;
	if (!run->parsed) {
		hostile_call_begin(NULL);
		return;
	}
	asked.call.which = pin_of_verb(run);
	asked.call.last_try = run->opt.seen[OPT_LAST_TRY] > 0;
	asked.call.pin = given(run, OPT_PIN_FD, OPT_PIN_FILE, 0, asked.pin);
	if (verb_is(run, "pin"))
		asked.call.new_pin = given(run, OPT_NEW_PIN_FD,
		    OPT_NEW_PIN_FILE, current_given(run) ? 0 : 1,
		    asked.new_pin);
	hostile_call_begin(&asked.call);
}

/*
 * What came.
 */

static bool
holds(struct slice s, const char *text)
{
	return s.n > 0 && memmem(s.p, s.n, text, strlen(text)) != NULL;
}

/*
 * None of the PINs that no other text could be; unless the input has it, and
 * so may the card.
 */
static void
check_secrets(const struct run *run, const char *p, size_t n)
{
	static const char *const secrets[] = { "ZQ9XK7WP", "zq9xk7wp",
	    "NEWQ7XK", "WRNGQX8" };

	for (size_t i = 0; i < sizeof(secrets) / sizeof(secrets[0]); i++)
		fuzz_law(!holds(slice_of(p, n), secrets[i]) ||
		    holds(run->input, secrets[i]),
		    "P6: no PIN in what is written");
}

/* The number goes to standard output, and nowhere else; nor do its bytes. */
static void
check_number_hidden(const struct run *run)
{
	static const char *const numbers[] = { VIRTUAL_NUMBER,
	    "383830343137323633393035" };

	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		fuzz_law(!holds(slice_of(run->err, run->err_n), numbers[i]) ||
		    holds(run->input, VIRTUAL_NUMBER), "a number is not told");
}

/* Each line for itself, without the name of the program that logs. */
static void
check_words(const struct run *run)
{
	static const char logged[] = "jpki: ";
	char *copy = malloc(run->err_n + 1), *rest = NULL;

	fuzz_law(copy != NULL, "there is memory");
	memcpy(copy, run->err, run->err_n);
	copy[run->err_n] = '\0';
	fuzz_law(strlen(copy) == run->err_n, "words without a NUL");
	for (char *line = strtok_r(copy, "\n", &rest); line != NULL;
	    line = strtok_r(NULL, "\n", &rest)) {
		if (strncmp(line, logged, sizeof(logged) - 1) == 0)
			line += sizeof(logged) - 1;
		/* A PIN of any bytes may be a word by chance. */
		if (asked.fixed || line[0] == '>' || line[0] == '<')
			hostile_log(line);
	}
	free(copy);
}

static bool
whole_json(const char *p, size_t n)
{
	return n > 2 && p[0] == '{' && p[n - 1] == '\n' && json_valid(p, n);
}

static const EVP_MD *
hash_used(const struct run *run)
{
	const char *name = run->opt.value[OPT_HASH];

	return name != NULL ? EVP_get_digestbyname(name) : EVP_sha256();
}

static bool
proves(enum personalise_key which, const EVP_MD *md, struct slice data,
    const char *sig)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	EVP_PKEY *key = vkit_key(which);
	bool right = ctx != NULL && key != NULL &&
	    EVP_DigestVerifyInit(ctx, NULL, md, NULL, key) == 1 &&
	    EVP_DigestVerify(ctx, (const uint8_t *)sig, SIGNATURE_BYTES,
	    data.p, data.n) == 1;

	EVP_PKEY_free(key);
	EVP_MD_CTX_free(ctx);
	return right;
}

/*
 * By the key that was named; a card that lies through and through may be one
 * in which the other key is in its place.
 */
static void
check_signature(const struct run *run, struct slice data, const char *p,
    size_t n)
{
	const EVP_MD *md = hash_used(run);

	fuzz_law_equal((long long)n, SIGNATURE_BYTES, "bytes of a signature");
	fuzz_law(md != NULL && (proves(PERSONALISE_KEY_AUTH, md, data, p) ||
	    proves(PERSONALISE_KEY_SIGN, md, data, p)),
	    "a signature verifies");
}

static struct slice
input_of(const struct run *run, const char *name)
{
	struct slice s = slice_of(NULL, 0);

	if (name[0] == '\0' || strcmp(name, "-") == 0)
		return slice_of(run->standard.p, run->standard.n);
	s.p = (const uint8_t *)files_content(name, &s.n);
	fuzz_law(s.p != NULL, "what was signed was there");
	return s;
}

static void
check_file(const struct run *run, const char *name, const char *output)
{
	size_t n = 0;
	char *p = files_read(output, &n);

	fuzz_law(p != NULL, "an output is written");
	check_signature(run, input_of(run, name), p, n);
	free(p);
}

static void
check_suffixed(const struct run *run)
{
	const char *suffix = run->opt.value[OPT_SUFFIX];
	char path[PATH_MAX];

	for (int i = 1; i < run->opt.operands; i++) {
		fuzz_law((size_t)snprintf(path, sizeof(path), "%s%s",
		    run->opt.operand[i], suffix) < sizeof(path),
		    "a name of the file system");
		check_file(run, run->opt.operand[i], path);
	}
}

static void
check_document(const struct run *run, const char *p, size_t n)
{
	static const struct {
		const char	*format, *begin;
	} rows[] = {
		{ "xml", "<" }, { "pdf", "%PDF-" }, { "smime", "MIME" },
		{ "cms", "-----BEGIN CMS-----" }, { "cms", "\x30" },
	};
	const char *format = run->opt.value[OPT_FORMAT];
	bool begins = false;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		begins |= strcmp(format, rows[i].format) == 0 &&
		    n > strlen(rows[i].begin) &&
		    memcmp(p, rows[i].begin, strlen(rows[i].begin)) == 0;
	fuzz_law(begins, "a document is what was asked for");
	fuzz_law(hostile_verifies() == 1, "and was signed with one login");
}

static void
check_documents(const struct run *run)
{
	const char *output = run->opt.value[OPT_OUTPUT];
	bool to_file = output != NULL && strcmp(output, "-") != 0;
	size_t n = 0;
	char *p;

	if (run->opt.seen[OPT_SUFFIX])
		return;
	if (!to_file) {
		check_document(run, run->out, run->out_n);
		return;
	}
	p = files_read(output, &n);
	fuzz_law(p != NULL, "the document is in the file");
	check_document(run, p, n);
	free(p);
}

static void
check_sign(const struct run *run)
{
	const char *output = run->opt.value[OPT_OUTPUT];
	bool to_file = output != NULL && strcmp(output, "-") != 0;

	if (run->opt.seen[OPT_SUFFIX])
		check_suffixed(run);
	else if (to_file)
		check_file(run, operand(run, 1), output);
	else if (!run->opt.seen[OPT_JSON])
		check_signature(run, input_of(run, operand(run, 1)), run->out,
		    run->out_n);
	if (run->opt.seen[OPT_SUFFIX] || to_file)
		fuzz_law((run->out_n > 0) == (run->opt.seen[OPT_JSON] > 0),
		    "what is in a file is not told twice");
}

static void
check_cert(const struct run *run)
{
	const char *output = run->opt.value[OPT_OUTPUT];
	size_t n = 0;
	char *p;

	if (output == NULL || strcmp(output, "-") == 0)
		return;
	p = files_read(output, &n);
	fuzz_law(p != NULL && n > 0 && run->out_n == 0,
	    "the certificate is in the file");
	check_secrets(run, p, n);
	if (run->opt.seen[OPT_JSON])
		fuzz_law(whole_json(p, n), "the file is JSON");
	free(p);
}

/* "digits" and a newline, or JSON of them; who may has said so. */
static void
check_number(const struct run *run)
{
	size_t digits = 0;

	for (size_t i = 0; i < run->out_n; i++)
		digits += run->out[i] >= '0' && run->out[i] <= '9';
	fuzz_law(run->opt.seen[OPT_MAY_HANDLE] > 0, "the law was pointed to");
	fuzz_law_equal((long long)digits, JPKI_MYNUMBER_DIGITS,
	    "digits of a number");
}

/* How it ends says what it found; it said that on standard output. */
static bool
ends_with_findings(const struct run *run)
{
	if (verb_is(run, "doctor"))
		return run->code == 1 && !run->opt.seen[OPT_REPORT] &&
		    run->out_n > 0;
	return run->code == EXIT_RENEWAL && verb_is(run, "status") &&
	    run->opt.seen[OPT_WARN_DAYS];
}

static void
check_failure(const struct run *run)
{
	/* A verdict is said, too, and its end is no success. */
	if (!ends_with_findings(run))
		fuzz_law((run->out_n == 0 || verb_is(run, "verify")) &&
		    run->err_n > 0, "who fails says why, and nothing else");
	else if (run->opt.seen[OPT_JSON])
		fuzz_law(whole_json(run->out, run->out_n),
		    "JSON was asked for");
}

static void
check_success(const struct run *run)
{
	bool help = run->opt.seen[OPT_HELP] || run->opt.seen[OPT_VERSION];

	fuzz_law(run->parsed, "what makes no sense does not succeed");
	if (!help && run->opt.seen[OPT_JSON] && run->out_n > 0)
		fuzz_law(whole_json(run->out, run->out_n),
		    "JSON was asked for");
	if (help)
		return;
	if (verb_is(run, "sign") && run->opt.seen[OPT_FORMAT] &&
	    strcmp(run->opt.value[OPT_FORMAT], "raw") != 0)
		check_documents(run);
	else if (verb_is(run, "sign"))
		check_sign(run);
	if (verb_is(run, "cert"))
		check_cert(run);
	if (verb_is(run, "mynumber"))
		check_number(run);
	if (verb_is(run, "attributes") || verb_is(run, "mynumber"))
		fuzz_law(hostile_verifies() == 1, "the PIN was asked for");
	if (verb_is(run, "pin"))
		fuzz_law(hostile_verifies() == 1 && hostile_changes() ==
		    (strcmp(operand(run, 1), "change") == 0 ? 1u : 0u),
		    "the card was asked");
}

void
laws_after(const struct run *run)
{
	fuzz_law(run->code >= 0 && run->code <= EXIT_RENEWAL,
	    "a documented exit code");
	if (run->code == 0)
		check_success(run);
	else
		check_failure(run);
	if (verb_is(run, "mynumber") && !run->opt.seen[OPT_MAY_HANDLE])
		fuzz_law(hostile_commands() == 0, "nobody asks by accident");
	check_secrets(run, run->out, run->out_n);
	check_words(run);
	check_number_hidden(run);
	/* A new PIN that was not given is not made up. */
	fuzz_law(hostile_changes() == 0 || new_given(run) || run->lines > 0,
	    "a new PIN is the user's");
	hostile_call_end();
}
