/* SPDX-License-Identifier: BSD-2-Clause */
#include "settings.h"

#include <stddef.h>
#include <string.h>

struct choice {
	const char	*key;
	const char	*value;
	size_t		 field;
	size_t		 size;
	unsigned	 meaning;
};

#define FIELD(name)	offsetof(struct settings, name), \
			sizeof(((struct settings *)NULL)->name)

static const struct choice choices[] = {
	{ "tokens", "none", FIELD(tokens), 0 },
	{ "tokens", "auth", FIELD(tokens), 1 },
	{ "tokens", "sign", FIELD(tokens), 2 },
	{ "tokens", "both", FIELD(tokens), 3 },
	{ "last-try", "refuse", FIELD(last_try), false },
	{ "last-try", "allow", FIELD(last_try), true },
	{ "consent", "once", FIELD(consent_each), false },
	{ "consent", "each", FIELD(consent_each), true },
	{ "exclusive", "off", FIELD(exclusive), false },
	{ "exclusive", "login", FIELD(exclusive), true },
	{ "pin-pad", "off", FIELD(pin_pad), false },
	{ "pin-pad", "auth", FIELD(pin_pad), true },
	{ "pss", "off", FIELD(pss), PSS_OFF },
	{ "pss", "on", FIELD(pss), PSS_ON },
	{ "pss", "auto", FIELD(pss), PSS_AUTO },
	{ "log", "none", FIELD(log), 0 },
	{ "log", "error", FIELD(log), 1 },
	{ "log", "info", FIELD(log), 2 },
	{ "log", "apdu", FIELD(log), 3 },
};

struct settings
settings_default(void)
{
	return (struct settings){ .tokens = module_tokens,
	    .pss = PSS_AUTO };
}

static bool
same(const char *word, size_t n, const char *text)
{
	return strlen(text) == n && memcmp(word, text, n) == 0;
}

static void
store(struct settings *settings, const struct choice *c)
{
	char *field = (char *)settings + c->field;
	bool flag = c->meaning != 0;

	if (c->size == sizeof(flag))
		memcpy(field, &flag, sizeof(flag));
	else
		memcpy(field, &c->meaning, sizeof(c->meaning));
}

/* One word; false: a known key with a value that it has not. */
static bool
apply_word(struct settings *settings, const char *word, size_t n)
{
	const char *equals = memchr(word, '=', n);
	bool known = false;
	size_t key;

	if (equals == NULL)
		return true;
	key = (size_t)(equals - word);
	for (size_t i = 0; i < sizeof(choices) / sizeof(choices[0]); i++) {
		if (!same(word, key, choices[i].key))
			continue;
		known = true;
		if (!same(equals + 1, n - key - 1, choices[i].value))
			continue;
		store(settings, &choices[i]);
		return true;
	}
	return !known;
}

bool
settings_apply(struct settings *settings, const char *text)
{
	static const char blanks[] = " \t\r\n";
	bool ok = true;
	size_t n;

	for (text += strspn(text, blanks); *text != '\0';
	    text += n + strspn(text + n, blanks)) {
		n = strcspn(text, blanks);
		ok = apply_word(settings, text, n) && ok;
	}
	return ok;
}
