/* SPDX-License-Identifier: BSD-2-Clause */
/* Things made ahead of whoever takes them. */
#include "ahead.h"

#include <stdatomic.h>

#include "unit.h"

#define THINGS	200

struct line {
	bool		 given[THINGS];
	atomic_bool	 made[THINGS];
	size_t		 taken;
	size_t		 give_until, take_until;
	atomic_uint	 at_once, most;
	size_t		 furthest;	/* given ahead of taken */
};

static bool
give(void *user, size_t i)
{
	struct line *l = user;

	if (i == l->give_until)
		return false;
	l->given[i] = true;
	if (i + 1 - l->taken > l->furthest)
		l->furthest = i + 1 - l->taken;
	return true;
}

static void
make(void *user, size_t i)
{
	struct line *l = user;
	unsigned now = atomic_fetch_add(&l->at_once, 1) + 1;
	unsigned most = atomic_load(&l->most);

	while (now > most &&
	    !atomic_compare_exchange_weak(&l->most, &most, now))
		;
	atomic_store(&l->made[i], l->given[i]);
	atomic_fetch_sub(&l->at_once, 1);
}

static bool
take(void *user, size_t i)
{
	struct line *l = user;

	assert_int_equal(i, l->taken);
	assert_true(atomic_load(&l->made[i]));
	if (i == l->take_until)
		return false;
	l->taken++;
	return true;
}

static void
run(struct line *l, size_t count, unsigned jobs)
{
	const struct ahead work = { count, jobs, l, give, take, make };

	assert_true(ahead_run(&work));
	assert_true(atomic_load(&l->most) <= jobs);
	assert_true(l->furthest <= jobs + 1);
	assert_int_equal(atomic_load(&l->at_once), 0);
}

static void
all_are_made_and_taken_in_order(void **state)
{
	(void)state;
	for (unsigned jobs = 1; jobs < 20; jobs += 6) {
		struct line l = { .give_until = THINGS, .take_until = THINGS };

		run(&l, THINGS, jobs);
		assert_int_equal(l.taken, THINGS);
	}
}

static void
nothing_is_fine(void **state)
{
	struct line l = { .give_until = THINGS, .take_until = THINGS };

	(void)state;
	run(&l, 0, 3);
	assert_int_equal(l.taken, 0);
}

static void
what_was_given_is_taken_when_giving_ends(void **state)
{
	struct line l = { .give_until = 7, .take_until = THINGS };

	(void)state;
	run(&l, THINGS, 3);
	assert_int_equal(l.taken, 7);
	assert_false(l.given[7]);
}

static void
nothing_more_is_given_when_taking_ends(void **state)
{
	struct line l = { .give_until = THINGS, .take_until = 5 };

	(void)state;
	run(&l, THINGS, 3);
	assert_int_equal(l.taken, 5);
	assert_false(l.given[10]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_are_made_and_taken_in_order),
		cmocka_unit_test(nothing_is_fine),
		cmocka_unit_test(what_was_given_is_taken_when_giving_ends),
		cmocka_unit_test(nothing_more_is_given_when_taking_ends),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
