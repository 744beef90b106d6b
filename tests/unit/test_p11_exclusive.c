/* SPDX-License-Identifier: BSD-2-Clause */
/* exclusive=login: who is logged in has the card alone. */
#include "p11kit.h"

#include <stdio.h>

static struct transport_conn *neighbour;

/* What another program gets that connects to the card, and stays if it can. */
static enum jpki_err
connect_neighbour(void)
{
	assert_null(neighbour);
	return kit_world->ops->connect(kit_world, READER_A, &neighbour);
}

static void
let_neighbour_go(void)
{
	kit_world->ops->disconnect(neighbour, false);
	neighbour = NULL;
}

static void
expect_held(const char *when, bool held)
{
	enum jpki_err err = connect_neighbour();

	let_neighbour_go();
	expect_err(when, err, held ? JPKI_ERR_BUSY : JPKI_OK);
}

static int
teardown(void **state)
{
	let_neighbour_go();
	return kit_teardown(state);
}

static struct vlink *
start(void)
{
	return kit_begin("adult", NULL, "exclusive=login");
}

/*
 * From the login to its end.
 */

static void
a_login_has_the_card_alone_until_its_logout(void **state)
{
	CK_SESSION_HANDLE s;

	(void)state;
	(void)start();
	s = kit_open(AUTH);
	expect_held("opened", false);
	kit_login(s, PIN_AUTH);
	expect_held("logged in", true);
	expect_rv("sign", kit_sign(s), CKR_OK);
	expect_held("signed", true);
	expect_rv("logout", p11->C_Logout(s), CKR_OK);
	expect_held("logged out", false);
	kit_login(s, PIN_AUTH);
	expect_rv("sign", kit_sign(s), CKR_OK);
	expect_held("logged in again", true);
}

static void
close_last(CK_SESSION_HANDLE s)
{
	expect_rv("close", p11->C_CloseSession(s), CKR_OK);
}

static void
close_all(CK_SESSION_HANDLE s)
{
	(void)s;
	expect_rv("close", p11->C_CloseAllSessions(kit_slot(AUTH)), CKR_OK);
}

static void
finalize(CK_SESSION_HANDLE s)
{
	(void)s;
	kit_fini();
}

static void
change_pin_wrongly(CK_SESSION_HANDLE s)
{
	CK_UTF8CHAR wrong[] = "9999", new[] = "4321";

	expect_rv("change", p11->C_SetPIN(s, wrong, 4, new, 4),
	    CKR_PIN_INCORRECT);
	assert_int_equal(kit_state(s), CKS_RW_PUBLIC_SESSION);
}

static void
lose_the_login(CK_SESSION_HANDLE s)
{
	kit_fault(kit_link(), "sw=6982@ins=2A*2");
	expect_rv("sign", kit_sign(s), CKR_USER_NOT_LOGGED_IN);
	assert_int_equal(kit_state(s), CKS_RW_PUBLIC_SESSION);
}

static void
whatever_ends_the_login_shares_the_card(void **state)
{
	static const struct {
		const char	*name;
		void		(*end)(CK_SESSION_HANDLE s);
	} ends[] = {
		{ "close", close_last },
		{ "close all", close_all },
		{ "finalize", finalize },
		{ "wrong old PIN", change_pin_wrongly },
		{ "login lost", lose_the_login },
	};
	CK_SESSION_HANDLE s;
	struct vlink *link;

	for (size_t i = 0; i < COUNT(ends); i++) {
		if (i > 0) {
			kit_teardown(state);
			kit_setup(state);
		}
		link = start();
		s = kit_open_rw(AUTH);
		kit_login(s, PIN_AUTH);
		expect_held(ends[i].name, true);
		ends[i].end(s);
		expect_held(ends[i].name, false);
		vlink_faults_clear(link);
		expect_int(ends[i].name, kit_foreign_sign(link, AUTH),
		    0x6982);
	}
}

static void
both_tokens_share_what_the_module_holds(void **state)
{
	CK_SESSION_HANDLE auth, sign;
	unsigned long cost;

	(void)state;
	(void)start();
	auth = kit_open_user(AUTH);
	kit_counters_clear();
	sign = kit_open_user(SIGN);
	cost = kit_commands();
	/* Nothing besides the login's own four. */
	assert_int_equal(cost, 4);
	expect_rv("auth", kit_sign(auth), CKR_OK);
	expect_rv("sign", kit_sign(sign), CKR_OK);
	expect_rv("auth", kit_sign(auth), CKR_OK);
	expect_held("both", true);
	/* The card forgets both PINs. */
	expect_rv("logout", p11->C_Logout(sign), CKR_OK);
	assert_int_equal(kit_state(auth), CKS_RO_PUBLIC_SESSION);
	expect_held("none", false);
	kit_login(auth, PIN_AUTH);
	expect_held("one", true);
	assert_int_equal(kit_verifies(), 2);
}

static void
it_costs_no_command_more(void **state)
{
	static const char *const settings[] = { NULL, "exclusive=login" };
	unsigned long cost[2];
	CK_SESSION_HANDLE s;

	for (size_t i = 0; i < COUNT(settings); i++) {
		if (i > 0) {
			kit_teardown(state);
			kit_setup(state);
		}
		(void)kit_begin("adult", NULL, settings[i]);
		s = kit_open_user(AUTH);
		expect_rv("sign", kit_sign(s), CKR_OK);
		s = kit_open_user(SIGN);
		expect_rv("sign", kit_sign(s), CKR_OK);
		expect_rv("logout", p11->C_Logout(s), CKR_OK);
		kit_fini();
		cost[i] = kit_commands();
	}
	assert_int_equal(cost[0], cost[1]);
}

static void
reset_once(void *user, unsigned long index)
{
	(void)index;
	if (*(unsigned *)user == 0)
		(void)vtransport_reset(kit_world, READER_A);
	++*(unsigned *)user;
}

/* While the certificate is read, before the PIN goes out. */
static void
a_claim_lost_before_the_pin_is_sent_is_made_again(void **state)
{
	unsigned commands = 0;
	CK_SESSION_HANDLE s;

	(void)state;
	(void)start();
	s = kit_open(AUTH);
	vtransport_on_transmit(kit_world, reset_once, &commands);
	kit_login(s, PIN_AUTH);
	vtransport_on_transmit(kit_world, NULL, NULL);
	assert_true(commands > 4);
	expect_held("logged in", true);
	expect_rv("sign", kit_sign(s), CKR_OK);
	assert_int_equal(kit_verifies(), 1);
}

/* That it is over shows in the middle of the other's beginning. */
static void
a_login_that_was_lost_does_not_end_the_next(void **state)
{
	CK_SESSION_HANDLE auth, sign;

	(void)state;
	(void)start();
	auth = kit_open_user(AUTH);
	(void)vtransport_reset(kit_world, READER_A);
	sign = kit_open_user(SIGN);
	expect_held("logged in", true);
	assert_int_equal(kit_state(auth), CKS_RO_PUBLIC_SESSION);
	expect_rv("sign", kit_sign(sign), CKR_OK);
	assert_int_equal(kit_verifies(), 2);
}

static void
consent_needs_no_second_claim(void **state)
{
	CK_BYTE data[32] = { 1 }, out[KEY_BYTES];
	CK_ULONG n = sizeof(out);
	CK_SESSION_HANDLE s;

	(void)state;
	(void)kit_begin("adult", NULL, "exclusive=login consent=each");
	s = kit_open_user(SIGN);
	expect_rv("init", kit_sign_init(s, CKM_SHA256_RSA_PKCS), CKR_OK);
	expect_rv("consent", kit_try_login(s, CKU_CONTEXT_SPECIFIC,
	    PIN_SIGN), CKR_OK);
	expect_held("consented", true);
	expect_rv("sign", p11->C_Sign(s, data, 32, out, &n), CKR_OK);
	expect_rv("init", kit_sign_init(s, CKM_SHA256_RSA_PKCS), CKR_OK);
	expect_rv("consent", kit_try_login(s, CKU_CONTEXT_SPECIFIC,
	    "XYZ789"), CKR_PIN_INCORRECT);
	expect_held("refused", false);
}

/*
 * Refusals.
 */

static void
with_a_neighbour_no_pin_is_sent(void **state)
{
	CK_SESSION_HANDLE s;
	struct vlink *link = start();

	(void)state;
	s = kit_open(AUTH);
	expect_err("neighbour", connect_neighbour(), JPKI_OK);
	kit_counters_clear();
	expect_rv("login", kit_try_login(s, CKU_USER, PIN_AUTH),
	    CKR_DEVICE_ERROR);
	assert_int_equal(kit_commands(), 0);
	assert_int_equal(kit_state(s), CKS_RO_PUBLIC_SESSION);
	/* Law P1 comes first. */
	expect_rv("login", kit_try_login(s, CKU_USER, "12345"),
	    CKR_PIN_INCORRECT);
	/* All else works. */
	assert_int_equal(kit_count(s, CKO_CERTIFICATE), 2);
	let_neighbour_go();
	kit_login(s, PIN_AUTH);
	expect_held("logged in", true);
	assert_int_equal(kit_verifies(), 1);
	assert_int_equal(vlink_tries(link, "auth"), 3);
}

static void
a_refused_pin_leaves_the_card_to_all(void **state)
{
	struct vlink *link = start();
	CK_SESSION_HANDLE s, other;

	(void)state;
	s = kit_open(AUTH);
	expect_rv("wrong", kit_try_login(s, CKU_USER, "9999"),
	    CKR_PIN_INCORRECT);
	expect_held("wrong", false);
	assert_int_equal(vlink_tries(link, "auth"), 2);
	assert_int_equal(vlink_set_tries(link, "auth", 1), 0);
	expect_rv("last", kit_try_login(s, CKU_USER, PIN_AUTH),
	    CKR_PIN_LOCKED);
	expect_held("last", false);
	assert_int_equal(vlink_set_tries(link, "auth", 0), 0);
	expect_rv("locked", kit_try_login(s, CKU_USER, PIN_AUTH),
	    CKR_PIN_LOCKED);
	expect_held("locked", false);
	/* Unless the other token is logged in. */
	other = kit_open_user(SIGN);
	expect_rv("locked", kit_try_login(s, CKU_USER, PIN_AUTH),
	    CKR_PIN_LOCKED);
	expect_held("the other", true);
	expect_rv("sign", kit_sign(other), CKR_OK);
	assert_int_equal(kit_verifies(), 2);
}

/* Before the claim, in it, for the certificate, for the PIN. */
static void
a_login_that_could_not_begin_leaves_the_card_to_all(void **state)
{
	CK_SESSION_HANDLE s;

	for (unsigned which = 1; which <= 4; which++) {
		kit_teardown(state);
		kit_setup(state);
		(void)start();
		s = kit_open(AUTH);
		kit_deny_begin(which, JPKI_ERR_MEMORY);
		expect_rv("login", kit_try_login(s, CKU_USER, PIN_AUTH),
		    CKR_HOST_MEMORY);
		expect_held("refused", false);
		kit_login(s, PIN_AUTH);
		assert_int_equal(kit_verifies(), 1);
	}
}

static void
by_default_the_card_is_shared(void **state)
{
	CK_SESSION_HANDLE s;

	(void)state;
	(void)kit_begin("adult", NULL, NULL);
	s = kit_open_user(AUTH);
	expect_err("neighbour", connect_neighbour(), JPKI_OK);
	expect_rv("sign", kit_sign(s), CKR_OK);
	expect_rv("logout", p11->C_Logout(s), CKR_OK);
	kit_login(s, PIN_AUTH);
	expect_rv("sign", kit_sign(s), CKR_OK);
}

static void
a_pin_is_changed_among_neighbours(void **state)
{
	CK_UTF8CHAR old[] = PIN_AUTH, new[] = "4321";
	CK_SESSION_HANDLE s;
	struct vlink *link = start();

	(void)state;
	s = kit_open_rw(AUTH);
	expect_err("neighbour", connect_neighbour(), JPKI_OK);
	expect_rv("change", p11->C_SetPIN(s, old, 4, new, 4), CKR_OK);
	assert_int_equal(kit_foreign_sign(link, AUTH), 0x6982);
}

/* A phone has nothing else to select: its power is cut. */
static void
a_card_that_cannot_log_out_is_shared_without_power(void **state)
{
	struct vlink *link = start();
	CK_SESSION_HANDLE s = kit_open(AUTH);

	(void)state;
	kit_login(s, PIN_AUTH);
	/* One logout: card manager, common application. */
	vlink_counters_clear(link);
	kit_fault(link, "sw=6A82@ins=A4#1");
	kit_fault(link, "sw=6A82@ins=A4#2");
	kit_fault(link, "sw=6A82@ins=A4#3");
	kit_fault(link, "sw=6A82@ins=A4#4");
	(void)p11->C_Logout(s);
	vlink_faults_clear(link);
	expect_held("logged out", false);
	assert_int_equal(kit_foreign_sign(link, AUTH), 0x6982);
}

/*
 * The login that a reset ended is given up in the middle of the next one; that
 * fails, the card is opened again, and is exchanged meanwhile.
 */
static void
a_card_exchanged_while_it_is_opened_again_gets_no_pin(void **state)
{
	struct vlink *link = start();
	CK_SESSION_HANDLE s = kit_open(AUTH);

	(void)state;
	(void)kit_open_user(SIGN);
	(void)vtransport_reset(kit_world, READER_A);
	kit_counters_clear();
	vlink_counters_clear(link);
	/* One logout: card manager, common application. */
	kit_fault(link, "sw=6A82@ins=A4#1");
	kit_fault(link, "sw=6A82@ins=A4#2");
	kit_fault(link, "sw=6A82@ins=A4#3");
	kit_fault(link, "remove-insert=after@ins=A4#4");
	expect_rv("login", kit_try_login(s, CKU_USER, PIN_AUTH),
	    CKR_DEVICE_REMOVED);
	vlink_faults_clear(link);
	expect_held("after it", false);
	assert_int_equal(kit_verifies(), 0);
}

/*
 * Faults: whatever happens, who is logged in has the card alone, and nobody
 * else can use a key.
 */

static const char *const kinds[] = {
	"remove=after", "remove-insert=before", "hangup=after", "reset",
	"empty", "sw=6F00,after", "sw=6982", "sw=6A82",
};

static void
stop_and_start(void *user, unsigned long index)
{
	if (index != *(const unsigned long *)user)
		return;
	vtransport_service(kit_world, false);
	vtransport_service(kit_world, true);
}

/* Is any token logged in, as far as the module says? */
static bool
is_logged_in(CK_SESSION_HANDLE s)
{
	CK_SESSION_INFO info = { 0 };

	return p11->C_GetSessionInfo(s, &info) == CKR_OK &&
	    info.state == CKS_RO_USER_FUNCTIONS;
}

static void
work(CK_SESSION_HANDLE s[2])
{
	for (unsigned slot = AUTH; slot <= SIGN; slot++) {
		(void)kit_try_login(s[slot], CKU_USER, slot == AUTH ?
		    PIN_AUTH : PIN_SIGN);
		(void)p11->C_GetTokenInfo(kit_slot(slot),
		    &(CK_TOKEN_INFO){ 0 });
	}
	for (unsigned slot = AUTH; slot <= SIGN; slot++) {
		CK_MECHANISM m = { CKM_SHA256_RSA_PKCS, NULL, 0 };
		CK_OBJECT_CLASS class = CKO_PRIVATE_KEY;
		CK_ATTRIBUTE t = { CKA_CLASS, &class, sizeof(class) };
		CK_BYTE data[4] = { 1 }, out[KEY_BYTES];
		CK_ULONG n = 0, out_n = sizeof(out);
		CK_OBJECT_HANDLE key;

		if (p11->C_FindObjectsInit(s[slot], &t, 1) != CKR_OK)
			continue;
		(void)p11->C_FindObjects(s[slot], &key, 1, &n);
		(void)p11->C_FindObjectsFinal(s[slot]);
		if (n == 1 && p11->C_SignInit(s[slot], &m, key) == CKR_OK)
			(void)p11->C_Sign(s[slot], data, 4, out, &out_n);
	}
}

static void
expect_law(const char *kind, unsigned long at, CK_SESSION_HANDLE s[2])
{
	struct vlink *link = kit_link();
	enum jpki_err err;
	bool in;

	vlink_faults_clear(link);
	if (!vlink_present(link))
		vlink_insert(link);
	/* It notices what happened, if it has not yet. */
	for (unsigned slot = AUTH; slot <= SIGN; slot++)
		(void)p11->C_GetTokenInfo(kit_slot(slot),
		    &(CK_TOKEN_INFO){ 0 });
	in = is_logged_in(s[AUTH]) || is_logged_in(s[SIGN]);
	err = connect_neighbour();
	let_neighbour_go();
	if (err != (in ? JPKI_ERR_BUSY : JPKI_OK))
		fail_msg("%s at %lu: logged in %d, neighbour %s", kind, at, in,
		    jpki_err_name(err));
	/* After a signature that was refused the card may be asked again. */
	if (!in && (kit_foreign_sign(link, AUTH) != 0x6982 ||
	    kit_foreign_sign(link, SIGN) != 0x6982))
		fail_msg("%s at %lu: open to all", kind, at);
}

static void
try_fault(void **state, const char *kind, unsigned long at)
{
	char spec[48];
	CK_SESSION_HANDLE s[2];
	struct vlink *link;

	kit_teardown(state);
	kit_setup(state);
	link = start();
	s[AUTH] = kit_open(AUTH);
	s[SIGN] = kit_open(SIGN);
	vlink_counters_clear(link);
	snprintf(spec, sizeof(spec), "%s@%lu", kind, at);
	kit_fault(link, spec);
	work(s);
	expect_law(kind, at, s);
}

static unsigned long
commands_of_work(void)
{
	CK_SESSION_HANDLE s[2];

	(void)start();
	s[AUTH] = kit_open(AUTH);
	s[SIGN] = kit_open(SIGN);
	kit_counters_clear();
	work(s);
	expect_law("no fault", 0, s);
	assert_true(is_logged_in(s[AUTH]) && is_logged_in(s[SIGN]));
	return kit_commands();
}

static void
logged_in_means_alone_whatever_fails(void **state)
{
	unsigned long n = commands_of_work();

	assert_true(n > 10);
	for (size_t i = 0; i < COUNT(kinds); i++)
		for (unsigned long at = 1 + i % stride(); at <= n;
		    at += stride())
			try_fault(state, kinds[i], at);
}

static void
a_service_that_restarts_ends_both(void **state)
{
	unsigned long n = commands_of_work(), at, index;
	CK_SESSION_HANDLE s[2];

	for (at = 1; at <= n; at += stride()) {
		kit_teardown(state);
		kit_setup(state);
		(void)start();
		s[AUTH] = kit_open(AUTH);
		s[SIGN] = kit_open(SIGN);
		index = kit_commands() + at;
		vtransport_on_transmit(kit_world, stop_and_start, &index);
		work(s);
		vtransport_on_transmit(kit_world, NULL, NULL);
		expect_law("service", at, s);
	}
}

#define T(fn)	cmocka_unit_test_setup_teardown(fn, kit_setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(a_login_has_the_card_alone_until_its_logout),
		T(whatever_ends_the_login_shares_the_card),
		T(both_tokens_share_what_the_module_holds),
		T(it_costs_no_command_more),
		T(a_claim_lost_before_the_pin_is_sent_is_made_again),
		T(a_login_that_was_lost_does_not_end_the_next),
		T(consent_needs_no_second_claim),
		T(with_a_neighbour_no_pin_is_sent),
		T(a_refused_pin_leaves_the_card_to_all),
		T(a_login_that_could_not_begin_leaves_the_card_to_all),
		T(by_default_the_card_is_shared),
		T(a_pin_is_changed_among_neighbours),
		T(a_card_that_cannot_log_out_is_shared_without_power),
		T(a_card_exchanged_while_it_is_opened_again_gets_no_pin),
		T(logged_in_means_alone_whatever_fails),
		T(a_service_that_restarts_ends_both),
	};

	return cmocka_run_group_tests(tests, NULL, kit_end);
}
