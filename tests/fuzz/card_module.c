/* SPDX-License-Identifier: BSD-2-Clause */
#include "card.h"

void
card_module(struct fuzz_in *in)
{
	(void)in;
}
