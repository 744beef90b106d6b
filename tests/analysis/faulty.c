/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Never compiled: an error of each kind that the analyzers have to find, so
 * that their silence about everything else means something.
 */
#include <stdlib.h>
#include <string.h>

struct pair {
	char	*first;
	int	 second;
};

int
use_after_free(void)
{
	struct pair *pair = calloc(1, sizeof(*pair));
	int second;

	if (pair == NULL)
		return 0;
	free(pair);
	second = pair->second;
	return second;
}

void
free_twice(char *text)
{
	free(text);
	free(text);
}

int
follow_null(struct pair *pair)
{
	if (pair == NULL)
		return pair->second;
	return 0;
}

int
use_unset(int n)
{
	int set;

	if (n > 2)
		set = n;
	return set + 1;
}

size_t
leak(const char *text)
{
	char *copy = strdup(text);

	return copy != NULL ? strlen(copy) : 0;
}

void
copy_unbounded(struct pair *pair, const char *text)
{
	strcpy(pair->first, text);
}

int
read_outside(void)
{
	int list[4] = { 1, 2, 3, 4 }, sum = 0;

	for (int i = 0; i <= 4; i++)
		sum += list[i];
	return sum;
}
