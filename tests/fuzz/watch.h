/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The eye on what goes out to a card; hostile.h lists the laws.  Commands and
 * answers are reported to it by the world, as the program sees them.
 */
#ifndef WATCH_H
#define WATCH_H

#include "hostile.h"

/* Forget everything: a new world. */
void	watch_clear(void);
void	watch_transaction(bool begins);
void	watch_command(struct slice command);
/* err not JPKI_OK, or fewer than two bytes: there was no answer. */
void	watch_answer(enum jpki_err err, struct slice answer);

#endif
