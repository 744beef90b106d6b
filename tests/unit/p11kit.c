/* SPDX-License-Identifier: BSD-2-Clause */
#include "p11kit.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CARDS_MAX	4
#define MADE_MAX	32
#define NAME_MAX_	64
#define STATE_MAX	4096

CK_FUNCTION_LIST	*p11;
struct functions_3_0	*p11_3;
struct transport	*kit_world;

static struct vlink	*links[CARDS_MAX];
static size_t		 links_n;
static atomic_ulong	 commands, verifies;
static enum jpki_err	 deny_context, deny_list, deny_card, deny_begin;
static unsigned		 begins_left;	/* until deny_begin counts, once */

/*
 * The door: what the module takes for PC/SC.  Every context gets one of its
 * own, and all of them lead into the one world.
 */

struct door_conn {
	struct transport_conn	 base;
	struct transport_conn	*inner;
};

static struct transport_conn *
inner_of(struct transport_conn *c)
{
	return ((struct door_conn *)(void *)c)->inner;
}

static enum jpki_err
door_list(struct transport *t, struct transport_reader **out, size_t *n)
{
	(void)t;
	if (deny_list != JPKI_OK)
		return deny_list;
	return kit_world->ops->list(kit_world, out, n);
}

static enum jpki_err
door_wait(struct transport *t, const struct transport_reader *seen, size_t n,
    int timeout_ms)
{
	(void)t;
	return kit_world->ops->wait(kit_world, seen, n, timeout_ms);
}

static void
door_cancel(struct transport *t)
{
	(void)t;
	kit_world->ops->cancel(kit_world);
}

static enum jpki_err
door_connect(struct transport *t, const char *reader,
    struct transport_conn **out)
{
	struct door_conn *c = calloc(1, sizeof(*c));
	enum jpki_err err;

	if (c == NULL)
		return JPKI_ERR_MEMORY;
	c->base.transport = t;
	err = deny_card != JPKI_OK ? deny_card :
	    kit_world->ops->connect(kit_world, reader, &c->inner);
	if (err == JPKI_OK)
		*out = &c->base;
	else
		free(c);
	return err;
}

static enum jpki_err
door_begin(struct transport_conn *c, enum transport_since *since)
{
	if (begins_left > 0 && --begins_left == 0)
		return deny_begin;
	return kit_world->ops->begin(inner_of(c), since);
}

static enum jpki_err
door_claim(struct transport_conn *c, enum transport_since *since)
{
	return kit_world->ops->claim(inner_of(c), since);
}

static enum jpki_err
door_release(struct transport_conn *c)
{
	return kit_world->ops->release(inner_of(c));
}

static enum jpki_err
door_transmit(struct transport_conn *c, struct slice command,
    uint8_t *answer, size_t *n)
{
	atomic_fetch_add(&commands, 1);
	if (command.n > 5 && command.p[1] == 0x20)
		atomic_fetch_add(&verifies, 1);
	return kit_world->ops->transmit(inner_of(c), command, answer, n);
}

static void
door_end(struct transport_conn *c)
{
	kit_world->ops->end(inner_of(c));
}

static void
door_disconnect(struct transport_conn *c, bool unpower)
{
	if (c != NULL)
		kit_world->ops->disconnect(inner_of(c), unpower);
	free(c);
}

static void
door_free(struct transport *t)
{
	free(t);
}

static const struct transport_ops door_ops = {
	.list = door_list,
	.wait = door_wait,
	.cancel = door_cancel,
	.connect = door_connect,
	.begin = door_begin,
	.claim = door_claim,
	.release = door_release,
	.transmit = door_transmit,
	.end = door_end,
	.disconnect = door_disconnect,
	.free = door_free,
};

/* In the place of lib/pcsc.c. */
enum jpki_err
transport_pcsc_new(struct transport **out)
{
	if (deny_context != JPKI_OK)
		return deny_context;
	*out = calloc(1, sizeof(**out));
	if (*out == NULL)
		return JPKI_ERR_MEMORY;
	(*out)->ops = &door_ops;
	return JPKI_OK;
}

/*
 * Cards: each is made once, and given back as new at every use.
 */

static struct made {
	char	name[NAME_MAX_];
	char	state[STATE_MAX];
	size_t	state_n;
} made[MADE_MAX];

static FILE *
open_state(const char *name, const char *mode)
{
	char path[NAME_MAX_ + 8];
	FILE *f;

	snprintf(path, sizeof(path), "%s/state", name);
	f = fopen(vkit_path(path), mode);
	assert_non_null(f);
	return f;
}

static void
make(const char *name, const char *profile)
{
	char error[VCARD_ERROR_MAX] = "";
	struct made *m = made;
	FILE *f;

	while (m->state_n > 0 && strcmp(m->name, name) != 0)
		m++;
	assert_true(m < made + MADE_MAX - 1);
	if (m->state_n == 0) {
		if (personalise(vkit_path(name), profile, NULL, NULL,
		    vkit_key, error) != 0)
			fail_msg("cannot make %s: %s", name, error);
		snprintf(m->name, sizeof(m->name), "%s", name);
		f = open_state(name, "r");
		m->state_n = fread(m->state, 1, sizeof(m->state), f);
	} else {
		f = open_state(name, "w");
		assert_int_equal(fwrite(m->state, 1, m->state_n, f),
		    m->state_n);
	}
	fclose(f);
}

static void
set_quirks(struct vcard *card, const char *quirks)
{
	char copy[128], error[VCARD_ERROR_MAX] = "", *rest = NULL, *value;

	snprintf(copy, sizeof(copy), "%s", quirks != NULL ? quirks : "");
	for (char *q = strtok_r(copy, " ", &rest); q != NULL;
	    q = strtok_r(NULL, " ", &rest)) {
		value = strchr(q, '=');
		if (value != NULL)
			*value++ = '\0';
		if (vcard_quirk(card, q, value, error) != 0)
			fail_msg("quirk %s: %s", q, error);
	}
}

struct vlink *
kit_card(const char *reader, const char *profile, const char *quirks)
{
	char error[VCARD_ERROR_MAX] = "", name[NAME_MAX_];
	struct vcard *card;

	/* Two cards of a profile, if they are in two readers. */
	snprintf(name, sizeof(name), "%s-%c", profile,
	    reader[strlen(reader) - 1]);
	make(name, profile);
	if (vcard_load(vkit_path(name), &card, error) != 0)
		fail_msg("cannot load %s: %s", name, error);
	set_quirks(card, quirks);
	assert_true(links_n < CARDS_MAX);
	links[links_n] = vlink_new(card);
	assert_non_null(links[links_n]);
	assert_int_equal(vtransport_add(kit_world, reader, links[links_n]),
	    JPKI_OK);
	return links[links_n++];
}

struct vlink *
kit_link(void)
{
	assert_true(links_n > 0);
	return links[0];
}

/*
 * The world.
 */

int
kit_setup(void **state)
{
	CK_INTERFACE *interface = NULL;

	(void)state;
	unsetenv("JPKI_PKCS11");
	deny_context = deny_list = deny_card = JPKI_OK;
	begins_left = 0;
	assert_int_equal(C_GetFunctionList(&p11), CKR_OK);
	assert_int_equal(C_GetInterface(NULL, NULL, &interface, 0), CKR_OK);
	p11_3 = interface->pFunctionList;
	assert_int_equal(vtransport_new(&kit_world), JPKI_OK);
	kit_counters_clear();
	return 0;
}

int
kit_teardown(void **state)
{
	(void)state;
	deny_list = deny_card = JPKI_OK;
	begins_left = 0;
	(void)p11->C_Finalize(NULL);
	assert_int_equal(vtransport_open_count(kit_world), 0);
	kit_world->ops->free(kit_world);
	while (links_n > 0)
		vlink_free(&links[--links_n]);
	return 0;
}

int
kit_end(void **state)
{
	memset(made, 0, sizeof(made));
	return vkit_end(state);
}

void
kit_init(const char *settings)
{
	char copy[128];
	CK_C_INITIALIZE_ARGS args = { .flags = CKF_OS_LOCKING_OK };

	snprintf(copy, sizeof(copy), "%s", settings != NULL ? settings : "");
	args.pReserved = settings != NULL ? copy : NULL;
	expect_rv("C_Initialize", p11->C_Initialize(&args), CKR_OK);
}

void
kit_fini(void)
{
	expect_rv("C_Finalize", p11->C_Finalize(NULL), CKR_OK);
}

struct vlink *
kit_begin(const char *profile, const char *quirks, const char *settings)
{
	struct vlink *link = kit_card(READER_A, profile, quirks);

	kit_init(settings);
	return link;
}

/*
 * The module's functions, with less to write.
 */

CK_SLOT_ID
kit_slot(unsigned index)
{
	CK_SLOT_ID ids[16];
	CK_ULONG n = COUNT(ids);

	expect_rv("C_GetSlotList", p11->C_GetSlotList(CK_FALSE, ids, &n),
	    CKR_OK);
	assert_true(index < n);
	return ids[index];
}

static CK_SESSION_HANDLE
open_session(unsigned slot, CK_FLAGS flags)
{
	CK_SESSION_HANDLE session = CK_INVALID_HANDLE;

	expect_rv("C_OpenSession", p11->C_OpenSession(kit_slot(slot),
	    CKF_SERIAL_SESSION | flags, NULL, NULL, &session), CKR_OK);
	return session;
}

CK_SESSION_HANDLE
kit_open(unsigned slot)
{
	return open_session(slot, 0);
}

CK_SESSION_HANDLE
kit_open_rw(unsigned slot)
{
	return open_session(slot, CKF_RW_SESSION);
}

CK_RV
kit_try_login(CK_SESSION_HANDLE session, CK_USER_TYPE user, const char *pin)
{
	CK_UTF8CHAR copy[64];
	size_t n = strlen(pin);

	assert_true(n <= sizeof(copy));
	memcpy(copy, pin, n);
	return p11->C_Login(session, user, copy, n);
}

void
kit_login(CK_SESSION_HANDLE session, const char *pin)
{
	expect_rv("C_Login", kit_try_login(session, CKU_USER, pin), CKR_OK);
}

CK_SESSION_HANDLE
kit_open_user(unsigned slot)
{
	CK_SESSION_HANDLE session = kit_open(slot);

	kit_login(session, slot == AUTH ? PIN_AUTH : PIN_SIGN);
	return session;
}

CK_STATE
kit_state(CK_SESSION_HANDLE session)
{
	CK_SESSION_INFO info = { 0 };

	expect_rv("C_GetSessionInfo", p11->C_GetSessionInfo(session, &info),
	    CKR_OK);
	return info.state;
}

CK_FLAGS
kit_token_flags(unsigned slot)
{
	CK_TOKEN_INFO info = { 0 };

	expect_rv("C_GetTokenInfo", p11->C_GetTokenInfo(kit_slot(slot),
	    &info), CKR_OK);
	return info.flags;
}

CK_ULONG
kit_search(CK_SESSION_HANDLE session, CK_ATTRIBUTE *wanted, CK_ULONG wanted_n,
    CK_OBJECT_HANDLE found[KIT_OBJECTS])
{
	CK_ULONG n = 0;

	expect_rv("C_FindObjectsInit", p11->C_FindObjectsInit(session,
	    wanted, wanted_n), CKR_OK);
	expect_rv("C_FindObjects", p11->C_FindObjects(session, found,
	    KIT_OBJECTS, &n), CKR_OK);
	expect_rv("C_FindObjectsFinal", p11->C_FindObjectsFinal(session),
	    CKR_OK);
	return n;
}

static CK_ULONG
find(CK_SESSION_HANDLE session, CK_OBJECT_CLASS class,
    CK_OBJECT_HANDLE found[KIT_OBJECTS])
{
	CK_ATTRIBUTE wanted = { CKA_CLASS, &class, sizeof(class) };

	return kit_search(session, &wanted, 1, found);
}

CK_ULONG
kit_count(CK_SESSION_HANDLE session, CK_OBJECT_CLASS class)
{
	CK_OBJECT_HANDLE found[KIT_OBJECTS];

	return find(session, class, found);
}

CK_OBJECT_HANDLE
kit_find(CK_SESSION_HANDLE session, CK_OBJECT_CLASS class)
{
	CK_OBJECT_HANDLE found[KIT_OBJECTS];

	return find(session, class, found) > 0 ? found[0] :
	    CK_INVALID_HANDLE;
}

CK_OBJECT_HANDLE
kit_find_ca(CK_SESSION_HANDLE session)
{
	CK_ULONG authority = CK_CERTIFICATE_CATEGORY_AUTHORITY;
	CK_ATTRIBUTE wanted = { CKA_CERTIFICATE_CATEGORY, &authority,
	    sizeof(authority) };
	CK_OBJECT_HANDLE found[KIT_OBJECTS];

	return kit_search(session, &wanted, 1, found) > 0 ? found[0] :
	    CK_INVALID_HANDLE;
}

CK_RV
kit_sign_init(CK_SESSION_HANDLE session, CK_MECHANISM_TYPE type)
{
	CK_MECHANISM mechanism = { type, NULL, 0 };

	return p11->C_SignInit(session, &mechanism, kit_find(session,
	    CKO_PRIVATE_KEY));
}

CK_RV
kit_sign(CK_SESSION_HANDLE session)
{
	CK_BYTE data[32] = { 1 }, signature[KEY_BYTES];
	CK_ULONG n = sizeof(signature);
	CK_RV rv = kit_sign_init(session, CKM_SHA256_RSA_PKCS);

	return rv != CKR_OK ? rv : p11->C_Sign(session, data, sizeof(data),
	    signature, &n);
}

/*
 * The card.
 */

unsigned long
kit_commands(void)
{
	return atomic_load(&commands);
}

unsigned long
kit_verifies(void)
{
	return atomic_load(&verifies);
}

void
kit_deny_contexts(enum jpki_err err)
{
	deny_context = err;
}

void
kit_deny_lists(enum jpki_err err)
{
	deny_list = err;
}

void
kit_deny_cards(enum jpki_err err)
{
	deny_card = err;
}

void
kit_deny_begin(unsigned which, enum jpki_err err)
{
	begins_left = which;
	deny_begin = err;
}

void
kit_counters_clear(void)
{
	atomic_store(&commands, 0);
	atomic_store(&verifies, 0);
}

static uint16_t
raw(struct vlink *link, const char *hex)
{
	struct octets o = unhex(hex);
	uint8_t answer[258];
	size_t n = sizeof(answer);

	if (!vlink_powered(link))
		vlink_power_on(link);
	assert_int_equal(vlink_transmit(link, o.p, o.n, answer, &n),
	    VLINK_OK);
	assert_true(n >= 2);
	return (uint16_t)(answer[n - 2] << 8 | answer[n - 1]);
}

uint16_t
kit_foreign_sign(struct vlink *link, unsigned slot)
{
	assert_int_equal(raw(link, "00A4040C0A D392F000260100000001"),
	    0x9000);
	assert_int_equal(raw(link, slot == AUTH ? "00A4020C02 0017" :
	    "00A4020C02 001A"), 0x9000);
	return raw(link, "802A0080 04 01020304 00");
}

void
kit_foreign_select(void)
{
	static const uint8_t aid[] = { 0xA0, 0x00, 0x00, 0x01, 0x51, 0x00,
	    0x00 };

	assert_true(vtransport_foreign_select(kit_world, READER_A, aid,
	    sizeof(aid)));
}

void
kit_fault(struct vlink *link, const char *spec)
{
	char error[VCARD_ERROR_MAX] = "";

	if (vlink_fault(link, spec, error) != 0)
		fail_msg("fault %s: %s", spec, error);
}

void
expect_rv(const char *what, CK_RV got, CK_RV wanted)
{
	if (got != wanted)
		fail_msg("%s: CKR %08lX, not %08lX", what, got, wanted);
}
