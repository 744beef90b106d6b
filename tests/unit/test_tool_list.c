/* SPDX-License-Identifier: BSD-2-Clause */
/* Lists that grow. */
#include <stdint.h>
#include <stdlib.h>

#include "list.h"
#include "unit.h"

struct item {
	char	letter;
	int	number;
};

static void
items_stand_in_their_order(void **state)
{
	struct item *items = NULL;
	size_t n = 0;

	(void)state;
	for (int i = 0; i < 1000; i++) {
		struct item item = { (char)('a' + i % 26), i };

		assert_true(list_append(&items, &n, &item, sizeof(item)));
	}
	assert_int_equal(n, 1000);
	for (int i = 0; i < 1000; i++) {
		assert_int_equal(items[i].number, i);
		assert_int_equal(items[i].letter, 'a' + i % 26);
	}
	free(items);
}

static void
what_has_no_room_changes_nothing(void **state)
{
	struct item item = { 'x', 1 }, *items = &item, *before = items;
	size_t n = SIZE_MAX / sizeof(item);

	(void)state;
	assert_false(list_append(&items, &n, &item, sizeof(item)));
	assert_ptr_equal(items, before);
	assert_int_equal(n, SIZE_MAX / sizeof(item));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(items_stand_in_their_order),
		cmocka_unit_test(what_has_no_room_changes_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
