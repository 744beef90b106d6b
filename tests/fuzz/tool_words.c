/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The command line, and what PINs come from: words of a dictionary, and any
 * bytes.  No word names anything outside of the tool's folder, or a
 * descriptor that is not the tool's.
 */
#include <stdlib.h>
#include <string.h>

#include "hostile.h"
#include "tool_run.h"

#define COUNT_OF(a)	(sizeof(a) / sizeof((a)[0]))
#define RAW		0xF0	/* and above: any bytes */
#define RAW_MAX		24

static const char *const words[] = {
	"status", "cert", "sign", "pin", "readers", "ssh-key", "wait",
	"auth", "auth-ca", "sign-ca", "input", "register", "verify",
	"change", "insert", "remove", "in1", "in2", "out", "exists", "dir",
	"missing/out", "link", "dangling", "dir/out", "none", "-", "--",
	"--pin-fd=40", "--pin-file=pin", "--new-pin-fd=41",
	"--new-pin-file=newpin", "--pin-fd=41", "--new-pin-fd=40",
	"--pin-fd=0", "--pin-fd=99", "--pin-fd=2147483648", "--pin-fd=-1",
	"--pin-fd=", "--pin-file=newpin", "--pin-file=none",
	"--pin-file=dir", "--pin-file=exists", "--pin-file=link",
	"--new-pin-file=pin", "--new-pin-fd=0",
	"-k", "-kauth", "-ksign", "--key=auth", "--key=sign", "--key",
	"--hash=sha256", "--hash=sha384", "--hash=sha512", "--hash=sha1",
	"--hash=none", "--hash", "sha1", "sha256",
	"-o", "-oout", "-oexists", "-o-", "--output=out", "--output=in1",
	"--output=link", "--output=dangling", "--output=dir",
	"--output=missing/out", "--output=dir/out", "--output=", "-ofifo",
	"--suffix=.sig", "--suffix=", "--suffix=/x", "--suffix", ".sig",
	"--suffix=2", "-f", "--force", "-j", "--json", "-v", "-vv", "-vvv",
	"-a", "--all", "--login", "--last-try", "--text", "--pem", "--der",
	"-t", "--timeout=0", "--timeout=1", "--timeout=2147484", "0", "1",
	"-r", "-rReader A", "--reader=Reader B", "--reader=none", "Reader A",
	"-h", "--help", "--version", "-x", "--unknown", "--json=1", "-jvf",
	"", "40", "41",
	"--format=cms", "--format=xml", "--format=pdf", "--format=smime",
	"--format=raw", "--format=auto", "--format=none", "--yes",
	"--detached", "--add", "--content=in1", "--content=none",
	"--ca=in2", "--cert=in1", "--id=it", "--into=it", "--enveloping",
	"--exclusive", "--xades", "--profile=etax", "--profile=egov",
	"--profile=moj", "--profile=pades", "--name=x", "--reason=\xE7\x90\x86",
	"--location=\xFF", "--visible=1,1,1,9,9", "--visible=0",
	"--timestamp=none", "--jobs=2", "--jobs=0", "xml", "pdf", "cms",
	"attributes", "mynumber", "--i-may-handle-my-number", "doctor",
	"--report", "--warn-days=90", "--warn-days=0", "--warn-days=4000",
	"--warn-days", "--warn-days=x", "--pinentry", "browser", "install",
	"firefox", "chromium", "--profile=dir", "--profile=none",
	"--module=in1", "--module=none", "completion", "bash", "zsh", "fish",
};

_Static_assert(COUNT_OF(words) <= RAW, "each has a byte that means it");

/*
 * Nothing outside: no folders, no digits with which an option could name a
 * descriptor that is somebody else's.
 */
static void
tame(char *word)
{
	for (char *c = word; *c != '\0'; c++)
		if (*c == '/' || (*c >= '0' && *c <= '9'))
			*c = '_';
	if (strcmp(word, ".") == 0 || strcmp(word, "..") == 0)
		word[0] = '_';
}

static char *
word_make(struct fuzz_in *in)
{
	uint8_t which = fuzz_u8(in);
	const char *word = words[which % COUNT_OF(words)];
	struct slice raw;
	char *out;

	if (which < RAW) {
		out = malloc(strlen(word) + 1);
		fuzz_law(out != NULL, "there is memory");
		strcpy(out, word);
		return out;
	}
	raw = fuzz_take(in, fuzz_u8(in) % RAW_MAX);
	out = calloc(1, raw.n + 1);
	fuzz_law(out != NULL, "there is memory");
	if (raw.n > 0)
		memcpy(out, raw.p, raw.n);
	tame(out);
	return out;
}

/* Whose PIN a run is about; COUNT: nobody's. */
static enum jpki_pin
pin_meant(const struct run *run)
{
	for (int i = 1; i < run->argc; i++) {
		const char *word = run->argv[i];

		if (strcmp(word, "auth") == 0 || strstr(word, "key=a") ||
		    strcmp(word, "-kauth") == 0 || strcmp(word, "ssh-key") == 0)
			return JPKI_PIN_AUTH;
		if (strcmp(word, "input") == 0 ||
		    strcmp(word, "attributes") == 0 ||
		    strcmp(word, "mynumber") == 0)
			return JPKI_PIN_INPUT;
	}
	return JPKI_PIN_SIGN;
}

/*
 * PINs.
 */

static const struct {
	const char	*auth, *sign;	/* NULL: the right one */
	bool		 fixed;
} pins[] = {
	{ NULL, NULL, true }, { NULL, NULL, true },
	{ "6027", "WRNGQX8", true }, { "8150", "NEWQ7XK", true },
	{ "\xEF\xBC\x97\xEF\xBC\x93\xEF\xBC\x99\xEF\xBC\x91",
	    "zq9xk7wp", true },
	{ "739", "ZQ9XK", false }, { "73910", "ZQ9XK7WPZQ9XK7WPZ", false },
	{ "7391 ", "ZQ9XK7W?", false }, { "", "", false },
	{ "\xEF\xBC\x97", "\xEF\xBC\xBA\xEF\xBD\x91" "9XK7WP", false },
};

static const char *const ends[] = { "", "\n", "\r\n", "\n\n", "\r", "\n7" };

static void
put(struct typed *out, const void *p, size_t n)
{
	if (n > TYPED_MAX - out->n)
		n = TYPED_MAX - out->n;
	if (n > 0)
		memcpy(out->p + out->n, p, n);
	out->n += n;
}

static void
typed_make(struct typed *out, enum jpki_pin pin, struct fuzz_in *in)
{
	uint8_t how = fuzz_u8(in), end = fuzz_u8(in);
	const char *text;
	struct slice raw;

	memset(out, 0, sizeof(*out));
	if (how >= RAW) {
		raw = fuzz_take_short(in);
		put(out, raw.p, raw.n);
	} else if (how >= RAW - 8) {
		memset(out->p, '7', TYPED_MAX);
		out->n = how % 2 != 0 ? TYPED_MAX : 256 - how % 4;
	} else {
		how %= COUNT_OF(pins);
		text = pin == JPKI_PIN_SIGN ? pins[how].sign : pins[how].auth;
		out->fixed = pins[how].fixed;
		if (text == NULL)
			text = hostile_pin(pin);
		put(out, text, strlen(text));
	}
	put(out, ends[end % COUNT_OF(ends)],
	    strlen(ends[end % COUNT_OF(ends)]));
}

static void
lines_make(struct run *run, enum jpki_pin pin, struct fuzz_in *in)
{
	uint8_t how = fuzz_u8(in);

	run->has_terminal = how > 0;
	run->lines = how % (LINES_MAX + 1);
	for (size_t i = 0; i < run->lines; i++) {
		typed_make(&run->line[i], pin, in);
		/* One line, that ends: else nobody could read it. */
		for (size_t j = 0; j < run->line[i].n; j++)
			if (run->line[i].p[j] < 0x20 ||
			    run->line[i].p[j] == 0x7F)
				run->line[i].n = j;
	}
}

void
words_make(struct run *run, struct fuzz_in *in)
{
	unsigned n = fuzz_below(in, ARGS_MAX + 1);
	enum jpki_pin pin;
	struct slice data;
	uint8_t more;

	run->room[run->argc++] = strcpy(calloc(1, 16), "jpki-tool");
	while (n-- > 0)
		run->room[run->argc++] = word_make(in);
	memcpy(run->argv, run->room, sizeof(run->argv));
	memcpy(run->argv_opt, run->room, sizeof(run->argv));
	pin = pin_meant(run);
	typed_make(&run->fd, pin, in);
	typed_make(&run->new_fd, pin, in);
	typed_make(&run->file, pin, in);
	typed_make(&run->new_file, pin, in);
	lines_make(run, pin, in);
	data = fuzz_take_short(in);
	put(&run->standard, data.p, data.n);
	more = fuzz_u8(in);
	run->no_out = more % 8 == 7;
	run->refuses = (more & 8) != 0;
}

void
words_free(struct run *run)
{
	for (int i = 0; i < run->argc; i++)
		free(run->room[i]);
}
