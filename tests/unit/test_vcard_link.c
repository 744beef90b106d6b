/* SPDX-License-Identifier: BSD-2-Clause */
/* The link to a virtual card: presence, faults, counters, the log. */
#include "linkkit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fault.h"
#include "record.h"

/*
 * The grammar of faults.
 */
static const struct grammar {
	const char	*spec;
	enum fault_what	 what;
	enum fault_when	 when;
	long		 value;
	int		 ins;
	unsigned long	 nth, left;
} grammar[] = {
	{ "remove", FAULT_REMOVE, FAULT_BEFORE, 0, -1, 0, 1 },
	{ "remove=after", FAULT_REMOVE, FAULT_AFTER, 0, -1, 0, 1 },
	{ "remove,after@7", FAULT_REMOVE, FAULT_AFTER, 0, -1, 7, 1 },
	{ "remove-insert@every", FAULT_REMOVE_INSERT, FAULT_BEFORE, 0, -1, 0, 0 },
	{ "reset=before@3", FAULT_RESET, FAULT_BEFORE, 0, -1, 3, 1 },
	{ "hangup@ins=b0", FAULT_HANGUP, FAULT_BEFORE, 0, 0xB0, 0, 0 },
	{ "hangup@ins=B0#2", FAULT_HANGUP, FAULT_BEFORE, 0, 0xB0, 2, 1 },
	{ "sw=6f00", FAULT_SW, FAULT_BEFORE, 0x6F00, -1, 0, 1 },
	{ "sw=6A82,after@ins=20*2", FAULT_SW, FAULT_AFTER, 0x6A82, 0x20, 0, 2 },
	{ "sw=0000*3", FAULT_SW, FAULT_BEFORE, 0, -1, 0, 3 },
	{ "short", FAULT_SHORT, FAULT_AFTER, 1, -1, 0, 1 },
	{ "short=5@2", FAULT_SHORT, FAULT_AFTER, 5, -1, 2, 1 },
	{ "long=300", FAULT_LONG, FAULT_AFTER, 300, -1, 0, 1 },
	{ "empty@every*4", FAULT_EMPTY, FAULT_AFTER, 0, -1, 0, 4 },
	{ "garbage@1", FAULT_GARBAGE, FAULT_AFTER, 0, -1, 1, 1 },
	{ "truncate-sw", FAULT_TRUNCATE_SW, FAULT_AFTER, 0, -1, 0, 1 },
	{ "delay=20", FAULT_DELAY, FAULT_BEFORE, 20, -1, 0, 0 },
	{ "delay=20,after@ins=2A", FAULT_DELAY, FAULT_AFTER, 20, 0x2A, 0, 0 },
	{ "delay-byte=85", FAULT_DELAY_BYTE, FAULT_AFTER, 85, -1, 0, 0 },
	{ "delay-sign=900", FAULT_DELAY_SIGN, FAULT_BEFORE, 900, 0x2A, 0, 0 },
	{ "lie-length=-2@9", FAULT_LIE_LENGTH, FAULT_AFTER, -2, -1, 9, 1 },
	{ "lie-length", FAULT_LIE_LENGTH, FAULT_AFTER, 1, -1, 0, 1 },
	{ "tear=0@2", FAULT_TEAR, FAULT_AFTER, 0, -1, 2, 1 },
	{ "hold", FAULT_HOLD, FAULT_BEFORE, 0, -1, 0, 1 },
	{ "hold,after@ins=20#2", FAULT_HOLD, FAULT_AFTER, 0, 0x20, 2, 1 },
	{ "select=after@3", FAULT_SELECT, FAULT_AFTER, 0, -1, 3, 1 },
	{ "select=D392F000260100000001,before@ins=24", FAULT_SELECT, FAULT_BEFORE, 0, 0x24, 0, 0 },
};

static void
faults_mean_what_they_say(void **state)
{
	char error[VCARD_ERROR_MAX];
	struct fault f;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(grammar); i++) {
		const struct grammar *g = &grammar[i];

		expect_int(g->spec, fault_parse(g->spec, &f, error), 0);
		expect_int(g->spec, f.what, g->what);
		expect_int(g->spec, f.when, g->when);
		expect_int(g->spec, f.value, g->value);
		expect_int(g->spec, f.ins, g->ins);
		expect_int(g->spec, (long long)f.nth, (long long)g->nth);
		expect_int(g->spec, (long long)f.left, (long long)g->left);
		expect_text(g->spec, f.spec, g->spec);
	}
}

static const char *const nonsense[] = {
	"", "nothing", "remove=1", "remove=", "remove=later", "remove@0",
	"remove@", "remove@-1", "remove@+1", "remove@1x", "remove@ins=",
	"remove@ins=1", "remove@ins=123", "remove@ins=XY", "remove@ins=20#",
	"remove@ins=20#0", "remove@ins=20#x", "remove*0", "remove*",
	"remove*-1", "sw", "sw=", "sw=9", "sw=90000", "sw=90OO", "sw= 900",
	"sw=9000,later", "delay", "delay=", "delay=-1", "delay=3600001",
	"delay=1e3", "short=", "short=65536", "short=1,after", "short=after",
	"lie-length=0", "lie-length=x", "garbage=1", "empty,before",
	"delay-sign=5@ins=20", "delay-sign=5@3", " remove", "remove ",
	"remove@99999999999999999999", "hold=1", "hold=5,after", "tear",
	"tear=1,before", "tear=-1", "select=", "select=D", "select=D3X2",
	"select=D3,later", "select=0102030405060708090A0B0C0D0E0F1011",
	"remove@1111111111111111111111111111111111111111111111111111111111111",
};

static void
faults_that_mean_nothing_are_refused(void **state)
{
	struct fault f;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(nonsense); i++) {
		char error[VCARD_ERROR_MAX] = "";

		expect_int(nonsense[i], fault_parse(nonsense[i], &f, error),
		    -1);
		expect_true(nonsense[i], strlen(error) > 0);
		expect_true(nonsense[i], strchr(error, '\n') == NULL);
	}
}

static void
too_many_faults_are_refused(void **state)
{
	struct vlink *link = linkkit_new("adult");
	char error[VCARD_ERROR_MAX] = "";
	int i;

	(void)state;
	for (i = 0; vlink_fault(link, "remove@999", error) == 0; i++)
		assert_true(i < 1000);
	assert_true(i >= 32);
	assert_non_null(strstr(error, "clear"));
	vlink_faults_clear(link);
	linkkit_fault(link, "remove@999");
	vlink_free(&link);
	assert_null(link);
}

/*
 * What faults do, as transcripts: faults, then commands and their answers.
 */
#define STEPS	8

static const struct transcript {
	const char	*name;
	const char	*faults[3];
	struct {
		const char	*send, *expect;
	} steps[STEPS];
} transcripts[] = {
	{ "no_fault_changes_nothing", { NULL }, {
	    { SELECT_AP, "9000" }, { SELECT_PIN, "9000" },
	    { ASK_TRIES, "63C3" }, { VERIFY_RIGHT, "9000" } } },
	{ "the_next_command_is_struck_once", { "sw=6F00" }, {
	    { SELECT_AP, "6F00" }, { SELECT_AP, "9000" } } },
	{ "a_count_bounds_a_fault", { "sw=6F00*2" }, {
	    { SELECT_AP, "6F00" }, { SELECT_AP, "6F00" },
	    { SELECT_AP, "9000" } } },
	{ "the_nth_command_is_struck", { "sw=6F00@3" }, {
	    { SELECT_AP, "9000" }, { SELECT_PIN, "9000" },
	    { ASK_TRIES, "6F00" }, { ASK_TRIES, "63C3" } } },
	{ "an_instruction_is_struck_always", { "sw=6F00@ins=20" }, {
	    { SELECT_AP, "9000" }, { SELECT_PIN, "9000" },
	    { ASK_TRIES, "6F00" }, { VERIFY_RIGHT, "6F00" },
	    { SELECT_AP, "9000" } } },
	{ "the_kth_of_an_instruction_is_struck", { "sw=6F00@ins=20#2" }, {
	    { SELECT_AP, "9000" }, { SELECT_PIN, "9000" },
	    { ASK_TRIES, "63C3" }, { ASK_TRIES, "6F00" },
	    { ASK_TRIES, "63C3" } } },
	{ "sw_before_keeps_the_card_from_acting",
	    { "sw=6F00@ins=20#1" }, {
	    { SELECT_AP, "9000" }, { SELECT_PIN, "9000" },
	    { VERIFY_WRONG, "6F00" }, { ASK_TRIES, "63C3" } } },
	{ "sw_after_lets_the_card_act", { "sw=9000,after@ins=20#1" }, {
	    { SELECT_AP, "9000" }, { SELECT_PIN, "9000" },
	    { VERIFY_WRONG, "9000" }, { ASK_TRIES, "63C2" } } },
	{ "short_cuts_the_data", { "short=2@3" }, {
	    { SELECT_AP, "9000" }, { "00A4020C020006", "9000" },
	    { "00B0000004", "4A509000" }, { "00B0000004", "4A504B499000" } } },
	{ "short_leaves_the_status_word", { "short=99@3" }, {
	    { SELECT_AP, "9000" }, { "00A4020C020006", "9000" },
	    { "00B0000004", "9000" } } },
	{ "long_adds_data", { "long=2@3" }, {
	    { SELECT_AP, "9000" }, { "00A4020C020006", "9000" },
	    { "00B0000002", "4A50A5A59000" } } },
	{ "empty_leaves_nothing", { "empty@2" }, {
	    { SELECT_AP, "9000" }, { SELECT_PIN, "" },
	    { ASK_TRIES, "63C3" } } },
	{ "truncate_sw_leaves_half_a_status_word", { "truncate-sw@1" }, {
	    { SELECT_AP, "90" }, { SELECT_PIN, "9000" } } },
	{ "a_reset_deselects", { "reset@2" }, {
	    { SELECT_AP, "9000" }, { SELECT_PIN, "6A82" },
	    { SELECT_AP, "9000" }, { SELECT_PIN, "9000" } } },
	{ "a_reset_after_strikes_the_next", { "reset=after@1" }, {
	    { SELECT_AP, "9000" }, { SELECT_PIN, "6A82" } } },
	{ "hangup_answers_nothing", { "hangup@1" }, {
	    { SELECT_AP, "hangup" }, { SELECT_AP, "9000" } } },
	{ "hangup_after_lets_the_card_act", { "hangup=after@3" }, {
	    { SELECT_AP, "9000" }, { SELECT_PIN, "9000" },
	    { VERIFY_WRONG, "hangup" }, { ASK_TRIES, "63C2" } } },
	{ "a_removed_card_is_gone", { "remove@2" }, {
	    { SELECT_AP, "9000" }, { SELECT_PIN, "gone" },
	    { SELECT_AP, "gone" } } },
	{ "a_card_put_back_has_no_power", { "remove-insert@1" }, {
	    { SELECT_AP, "gone" }, { SELECT_AP, "gone" } } },
	{ "faults_add_up", { "long=1@3", "short=2@3", "sw=6282,after@3" }, {
	    { SELECT_AP, "9000" }, { "00A4020C020006", "9000" },
	    { "00B0000003", "4A506282" } } },
	{ "two_of_a_kind_strike_one_after_the_other",
	    { "sw=6F00@1", "sw=6F01@2" }, {
	    { SELECT_AP, "6F00" }, { SELECT_AP, "6F01" },
	    { SELECT_AP, "9000" } } },
	{ "another_selection_before_a_command_misleads_it", { "select@3" }, {
	    { SELECT_AP, "9000" }, { SELECT_PIN, "9000" },
	    { VERIFY_WRONG, "6986" }, { SELECT_AP, "9000" },
	    { SELECT_PIN, "9000" }, { ASK_TRIES, "63C3" } } },
	{ "another_selection_after_a_command_misleads_the_next",
	    { "select,after@3" }, {
	    { SELECT_AP, "9000" }, { SELECT_PIN, "9000" },
	    { ASK_TRIES, "63C3" }, { VERIFY_WRONG, "6986" } } },
	{ "another_selection_loses_what_was_verified",
	    { "select=D3921000310001010408,after@3" }, {
	    { SELECT_AP, "9000" }, { SELECT_PIN, "9000" },
	    { VERIFY_RIGHT, "9000" }, { SELECT_AP, "9000" },
	    { SELECT_PIN, "9000" }, { "0024018004 35363738", "6982" } } },
	{ "the_same_selection_keeps_what_was_verified",
	    { "select=D392F000260100000001,after@3" }, {
	    { SELECT_AP, "9000" }, { SELECT_PIN, "9000" },
	    { VERIFY_RIGHT, "9000" }, { SELECT_PIN, "9000" },
	    { "0024018004 35363738", "9000" },
	    { "0024018004 31323334", "9000" } } },
	{ "delays_only_delay", { "delay=1", "delay-byte=10", "delay=1,after@1" }, {
	    { SELECT_AP, "9000" }, { SELECT_PIN, "9000" } } },
};

static void
play(const struct transcript *t)
{
	struct vlink *link = linkkit_new("adult");
	size_t i;

	for (i = 0; i < 3 && t->faults[i] != NULL; i++)
		linkkit_fault(link, t->faults[i]);
	for (i = 0; i < STEPS && t->steps[i].send != NULL; i++) {
		char what[128];

		snprintf(what, sizeof(what), "%s, step %zu", t->name, i + 1);
		expect_text(what, linkkit_send(link, t->steps[i].send),
		    t->steps[i].expect);
	}
	vlink_free(&link);
}

static void
faults_do_what_they_say(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(transcripts); i++)
		play(&transcripts[i]);
}

static void
garbage_is_the_same_in_every_run(void **state)
{
	char first[64];
	struct vlink *link;
	int i;

	(void)state;
	for (i = 0; i < 2; i++) {
		link = linkkit_new("adult");
		linkkit_fault(link, "garbage@3");
		linkkit_send(link, SELECT_AP);
		linkkit_send(link, "00A4020C020006");
		if (i == 0)
			snprintf(first, sizeof(first), "%s",
			    linkkit_send(link, "00B0000008"));
		else
			expect_text("again", linkkit_send(link, "00B0000008"),
			    first);
		vlink_free(&link);
	}
	assert_int_equal(strlen(first), 2 * (8 + 2));
	assert_string_not_equal(first, "4A504B494150494390009000");
	assert_null(strstr(first, "4A504B49"));
}

static void
lies_last_for_one_answer(void **state)
{
	struct vlink *link = linkkit_new("adult");

	(void)state;
	linkkit_fault(link, "lie-length=5@2");
	linkkit_fault(link, "lie-length=-1@2");
	linkkit_send(link, SELECT_AP);
	expect_int("before", vlink_lie(link), 0);
	expect_text("answer", linkkit_send(link, SELECT_PIN), "9000");
	expect_int("during", vlink_lie(link), 4);
	linkkit_send(link, SELECT_PIN);
	expect_int("after", vlink_lie(link), 0);
	vlink_free(&link);
}

static void
long_answers_stay_in_their_room(void **state)
{
	struct vlink *link = linkkit_new("adult");
	struct octets o = unhex(SELECT_AP);
	uint8_t answer[258 + 1] = { [258] = 0x77 };
	size_t n = 258;

	(void)state;
	linkkit_fault(link, "long=65535");
	assert_int_equal(vlink_transmit(link, o.p, o.n, answer, &n), VLINK_OK);
	assert_int_equal(n, 258);
	assert_int_equal(answer[258], 0x77);
	vlink_free(&link);
}

/*
 * Presence.
 */
static void
count_call(void *user)
{
	int *calls = user;

	++*calls;
}

static void
moves_are_counted_and_watched(void **state)
{
	struct vlink *link = linkkit_new("adult");
	uint8_t atr[VCARD_ATR_MAX];
	int calls = 0;

	(void)state;
	vlink_watch(link, count_call, &calls);
	assert_true(vlink_present(link));
	assert_int_equal(vlink_events(link), 1);
	assert_true(vlink_atr(link, atr) >= 2);
	vlink_remove(link);
	vlink_remove(link);
	assert_false(vlink_present(link));
	assert_int_equal(vlink_events(link), 2);
	assert_int_equal(vlink_atr(link, atr), 0);
	vlink_insert(link);
	assert_true(vlink_present(link));
	assert_int_equal(vlink_events(link), 3);
	assert_true(calls >= 2);
	linkkit_fault(link, "remove-insert");
	vlink_power_on(link);
	calls = 0;
	expect_text("moved", linkkit_send(link, SELECT_AP), "gone");
	assert_int_equal(vlink_events(link), 5);
	assert_true(calls >= 1);
	vlink_free(&link);
}

static void
removal_takes_the_power_away(void **state)
{
	struct vlink *link = linkkit_new("adult");

	(void)state;
	assert_true(vlink_powered(link));
	vlink_remove(link);
	assert_false(vlink_powered(link));
	vlink_power_on(link);
	assert_false(vlink_powered(link));
	vlink_insert(link);
	expect_text("no power", linkkit_send(link, SELECT_AP), "gone");
	vlink_power_on(link);
	expect_text("power", linkkit_send(link, SELECT_AP), "9000");
	vlink_free(&link);
}

static void
a_mute_card_is_there_and_silent(void **state)
{
	struct vlink *link = linkkit_new("adult");
	uint8_t atr[VCARD_ATR_MAX];

	(void)state;
	vlink_set_mute(link, true);
	assert_true(vlink_mute(link));
	assert_true(vlink_present(link));
	assert_true(vlink_atr(link, atr) > 0);
	vlink_power_on(link);
	assert_false(vlink_powered(link));
	expect_text("mute", linkkit_send(link, SELECT_AP), "gone");
	vlink_set_mute(link, false);
	vlink_power_on(link);
	expect_text("again", linkkit_send(link, SELECT_AP), "9000");
	vlink_free(&link);
}

/*
 * Counters.
 */
static void
commands_and_bytes_are_counted(void **state)
{
	struct vlink *link = linkkit_new("adult");
	struct vlink_count c;

	(void)state;
	linkkit_send(link, SELECT_AP);
	linkkit_send(link, "00A4020C020006");
	linkkit_send(link, "00B0000008");
	c = vlink_counters(link, 0xA4);
	expect_int("A4", (long long)c.commands, 2);
	expect_int("A4 up", (long long)c.bytes_up, 15 + 7);
	expect_int("A4 down", (long long)c.bytes_down, 4);
	c = vlink_counters(link, 0xB0);
	expect_int("B0", (long long)c.commands, 1);
	expect_int("B0 up", (long long)c.bytes_up, 5);
	expect_int("B0 down", (long long)c.bytes_down, 10);
	c = vlink_counters(link, -1);
	expect_int("all", (long long)c.commands, 3);
	expect_int("all up", (long long)c.bytes_up, 27);
	expect_int("all down", (long long)c.bytes_down, 14);
	expect_int("none", (long long)vlink_counters(link, 0x20).commands, 0);
	expect_int("no such", (long long)vlink_counters(link, 999).commands,
	    0);
	vlink_free(&link);
}

static void
clearing_counters_restarts_the_index_of_faults(void **state)
{
	struct vlink *link = linkkit_new("adult");

	(void)state;
	linkkit_send(link, SELECT_AP);
	linkkit_send(link, SELECT_AP);
	vlink_counters_clear(link);
	expect_int("none", (long long)vlink_counters(link, -1).commands, 0);
	linkkit_fault(link, "sw=6F00@2");
	expect_text("first", linkkit_send(link, SELECT_AP), "9000");
	expect_text("second", linkkit_send(link, SELECT_AP), "6F00");
	vlink_free(&link);
}

static void
lost_answers_are_not_counted(void **state)
{
	struct vlink *link = linkkit_new("adult");
	struct vlink_count c;

	(void)state;
	linkkit_fault(link, "hangup=after");
	linkkit_send(link, SELECT_AP);
	linkkit_send(link, "00");
	c = vlink_counters(link, -1);
	expect_int("commands", (long long)c.commands, 2);
	expect_int("up", (long long)c.bytes_up, 16);
	expect_int("down", (long long)c.bytes_down, 2);
	vlink_free(&link);
}

/*
 * The log.
 */
static const struct masked {
	const char	*command, *logged;
} masked[] = {
	{ "0020008004 31323334", "0020008004********" },
	{ "8020008004 31323334", "8020008004********" },
	{ "1020008004 31323334", "1020008004********" },
	{ "0C20008004 31323334", "0C20008004********" },
	{ "0021008004 31323334", "0021008004********" },
	{ "0024018004 31323334", "0024018004********" },
	{ "8032008004 31323334", "8032008004********" },
	{ "002C008004 31323334", "002C008004********" },
	{ "0020008004 31323334 00", "0020008004**********" },
	{ "00200080 31323334", "00200080********" },
	{ "00200080 31", "00200080**" },
	{ "0020008000 0004 31323334", "00200080000004********" },
	{ "0020008000 0004 31323334 0000", "00200080000004************" },
	{ "0020008000 31323334", "00200080**********" },
	{ "00200080", "00200080" },
	{ "0020008000", "0020008000" },
	{ "0020", "0020" },
	{ "00", "00" },
	{ "", "" },
	{ "00A4020C020018", "00A4020C020018" },
	{ "00B0000000", "00B0000000" },
	{ "802A008004 31323334 00", "802A0080043132333400" },
};

static void
pins_are_masked_whatever_the_class(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(masked); i++) {
		struct octets o = unhex(masked[i].command);
		char *text = NULL;
		size_t n = 0;
		FILE *out = open_memstream(&text, &n);

		assert_non_null(out);
		record_command(out, o.p, o.n);
		assert_int_equal(fclose(out), 0);
		expect_text(masked[i].command, text, masked[i].logged);
		free(text);
	}
}

static void
the_log_is_a_line_of_json_an_exchange(void **state)
{
	static const char *const wanted[] = {
		("\"event\":\"command\",\"n\":1,\"command\":\"00A4040C0AD392F00"
		"0260100000001\",\"result\":\"ok\",\"answer\":\"9000\","
		"\"acted\":true}\n"),
		("\"n\":2,\"command\":\"00A4020C020018\",\"result\":\"ok\","
		"\"answer\":\"6F00\",\"acted\":false,"
		"\"faults\":[\"sw=6F00@2\"]}\n"),
		("\"n\":3,\"command\":\"0020008004********\",\"result\":"
		"\"gone\",\"acted\":true,\"faults\":[\"remove=after@3\"]}\n"),
		"\"event\":\"remove\"}\n",
		"\"event\":\"insert\"}\n",
		"\"card\":\"a \\\"card\\\"\\u000a\"",
	};
	struct vlink *link = linkkit_new("adult");
	char *text = NULL, *line;
	size_t n = 0, i;
	FILE *log = open_memstream(&text, &n);

	(void)state;
	assert_non_null(log);
	vlink_name(link, "a \"card\"\n");
	vlink_log_to(link, log);
	linkkit_fault(link, "sw=6F00@2");
	linkkit_fault(link, "remove=after@3");
	linkkit_send(link, SELECT_AP);
	linkkit_send(link, SELECT_PIN);
	linkkit_send(link, VERIFY_RIGHT);
	vlink_insert(link);
	vlink_log_to(link, NULL);
	linkkit_send(link, SELECT_AP);
	assert_int_equal(fclose(log), 0);
	for (i = 0; i < COUNT(wanted); i++)
		expect_true(wanted[i], strstr(text, wanted[i]) != NULL);
	assert_null(strstr(text, "31323334"));
	for (i = 0, line = text; *line != '\0'; i++) {
		assert_int_equal(strncmp(line, "{\"time\":", 8), 0);
		line = strchr(line, '\n') + 1;
		assert_int_equal(line[-2], '}');
	}
	assert_int_equal(i, 5);
	free(text);
	vlink_free(&link);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(faults_mean_what_they_say),
		cmocka_unit_test(faults_that_mean_nothing_are_refused),
		cmocka_unit_test(too_many_faults_are_refused),
		cmocka_unit_test(faults_do_what_they_say),
		cmocka_unit_test(garbage_is_the_same_in_every_run),
		cmocka_unit_test(lies_last_for_one_answer),
		cmocka_unit_test(long_answers_stay_in_their_room),
		cmocka_unit_test(moves_are_counted_and_watched),
		cmocka_unit_test(removal_takes_the_power_away),
		cmocka_unit_test(a_mute_card_is_there_and_silent),
		cmocka_unit_test(commands_and_bytes_are_counted),
		cmocka_unit_test(clearing_counters_restarts_the_index_of_faults),
		cmocka_unit_test(lost_answers_are_not_counted),
		cmocka_unit_test(pins_are_masked_whatever_the_class),
		cmocka_unit_test(the_log_is_a_line_of_json_an_exchange),
	};

	return cmocka_run_group_tests(tests, NULL, vkit_end);
}
