/* SPDX-License-Identifier: BSD-2-Clause */
#define _XOPEN_SOURCE 700	/* nftw, mkdtemp */
#include "vkit.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PATH_BYTES	256
#define STATE_BYTES	4096
#define CARDS		16

static char base[PATH_BYTES];
static struct vcard *loaded;

static struct made {
	const char	*profile;
	char		 state[STATE_BYTES];	/* as created */
	size_t		 state_n;
} made[CARDS];

const char *
vkit_path(const char *name)
{
	static char path[2 * PATH_BYTES];
	const char *tmp = getenv("TMPDIR");

	if (base[0] == '\0') {
		snprintf(base, sizeof(base), "%s/vkit-XXXXXX",
		    tmp != NULL ? tmp : "/tmp");
		assert_non_null(mkdtemp(base));
	}
	snprintf(path, sizeof(path), "%s/%s", base, name);
	return path;
}

static FILE *
open_state(const char *profile, const char *mode)
{
	char name[PATH_BYTES];
	FILE *f;

	snprintf(name, sizeof(name), "%s/state", profile);
	f = fopen(vkit_path(name), mode);
	assert_non_null(f);
	return f;
}

static struct made *
make(const char *profile)
{
	char error[VCARD_ERROR_MAX] = "";
	struct made *m = made;
	FILE *f;

	while (m->profile != NULL && strcmp(m->profile, profile) != 0)
		m++;
	assert_true(m < made + CARDS - 1);
	if (m->profile != NULL)
		return m;
	if (personalise(vkit_path(profile), profile, NULL, NULL, vkit_key,
	    error) != 0)
		fail_msg("cannot make %s: %s", profile, error);
	f = open_state(profile, "r");
	m->state_n = fread(m->state, 1, sizeof(m->state), f);
	fclose(f);
	m->profile = profile;
	return m;
}

const char *
vkit_dir(const char *profile)
{
	make(profile);
	return vkit_path(profile);
}

struct vcard *
vkit_reload(const char *profile)
{
	char error[VCARD_ERROR_MAX] = "";

	vcard_free(&loaded);
	if (vcard_load(vkit_path(profile), &loaded, error) != 0)
		fail_msg("cannot load %s: %s", profile, error);
	vcard_power_on(loaded);
	return loaded;
}

static void
set_quirks(struct vcard *card, const char *quirks)
{
	char copy[PATH_BYTES], error[VCARD_ERROR_MAX] = "", *rest = NULL;

	snprintf(copy, sizeof(copy), "%s", quirks);
	for (char *q = strtok_r(copy, " ", &rest); q != NULL;
	    q = strtok_r(NULL, " ", &rest)) {
		char *value = strchr(q, '=');

		if (value != NULL)
			*value++ = '\0';
		if (vcard_quirk(card, q, value, error) != 0)
			fail_msg("quirk %s: %s", q, error);
	}
}

struct vcard *
vkit_load(const char *profile, const char *quirks)
{
	struct made *m = make(profile);
	struct vcard *card;
	FILE *f;

	f = open_state(profile, "w");
	assert_int_equal(fwrite(m->state, 1, m->state_n, f), m->state_n);
	fclose(f);
	card = vkit_reload(profile);
	if (quirks != NULL)
		set_quirks(card, quirks);
	return card;
}

struct vkit_answer
vkit_send(struct vcard *card, struct slice command)
{
	struct vkit_answer a = { .n = sizeof(a.p) };

	vcard_transmit(card, command.p, command.n, a.p, &a.n);
	assert_true(a.n >= 2 && a.n <= sizeof(a.p));
	a.n -= 2;
	a.sw = (uint16_t)(a.p[a.n] << 8 | a.p[a.n + 1]);
	return a;
}

struct vkit_answer
vkit_hex(struct vcard *card, const char *command)
{
	struct octets o = unhex(command);

	return vkit_send(card, octets_slice(&o));
}

struct vkit_answer
vkit_read(struct vcard *card, const char *fid)
{
	struct vkit_answer whole = { .n = 0 }, part;
	struct octets select = unhex("00A4020C02"), id = unhex(fid);

	memcpy(select.p + select.n, id.p, id.n);
	select.n += id.n;
	part = vkit_send(card, octets_slice(&select));
	while (part.sw == 0x9000 && whole.n + 256 <= sizeof(whole.p)) {
		uint8_t read[] = { 0x00, 0xB0, (uint8_t)(whole.n >> 8),
		    (uint8_t)whole.n, 0x00 };

		part = vkit_send(card, slice_of(read, sizeof(read)));
		memcpy(whole.p + whole.n, part.p, part.n);
		whole.n += part.n;
		if (part.n < 256)
			break;
	}
	whole.sw = part.sw;
	return whole;
}

static void
login(struct vcard *card, const char *verify)
{
	static const char select[] = "00A4040C0A D392F000260100000001";

	assert_int_equal(vkit_hex(card, select).sw, 0x9000);
	assert_int_equal(vkit_hex(card, verify).sw, 0x9000);
}

void
vkit_login_auth(struct vcard *card)
{
	login(card, "0020009804 31323334");
}

void
vkit_login_sign(struct vcard *card)
{
	login(card, "0020009B06 414243313233");
}

X509 *
vkit_cert(struct vcard *card, const char *fid)
{
	struct vkit_answer a;
	const unsigned char *p = a.p;
	X509 *cert;

	vkit_login_sign(card);
	a = vkit_read(card, fid);
	cert = d2i_X509(NULL, &p, (long)a.n);
	if (cert == NULL)
		fail_msg("EF %s holds no certificate", fid);
	return cert;
}

static int
remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st, (void)type, (void)ftw;
	return remove(path);
}

int
vkit_end(void **state)
{
	(void)state;
	vcard_free(&loaded);
	if (base[0] != '\0')
		nftw(base, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	base[0] = '\0';
	memset(made, 0, sizeof(made));
	return 0;
}
