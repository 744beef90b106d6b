/* SPDX-License-Identifier: BSD-2-Clause */
#include "refused.h"

/* FNV-1a; letters are one to the card, which gets them in upper case. */
static uint32_t
mark_of(const CK_UTF8CHAR *pin, CK_ULONG n)
{
	uint32_t mark = UINT32_C(2166136261);

	for (CK_ULONG i = 0; i < n; i++) {
		bool lower = pin[i] >= 'a' && pin[i] <= 'z';

		mark ^= lower ? (uint32_t)(pin[i] - 'a' + 'A') : pin[i];
		mark *= UINT32_C(16777619);
	}
	return mark;
}

void
refused_note(struct refused *refused, const CK_UTF8CHAR *pin, CK_ULONG n,
    int tries)
{
	refused->any = tries >= 0;
	refused->mark = mark_of(pin, n);
	refused->tries = tries;
}

void
refused_forget(struct refused *refused)
{
	*refused = (struct refused){ .any = false };
}

bool
refused_is(const struct refused *refused, const CK_UTF8CHAR *pin, CK_ULONG n)
{
	return refused->any && refused->mark == mark_of(pin, n);
}
