/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A report that can be shown to anybody: what runs here, what was found, and
 * how the card answers, without a byte of what it answers.
 */
#ifndef REPORT_H
#define REPORT_H

#include "patience.h"

/* Writes to t->out.  Reports errors. */
enum exit_code	 report_make(struct tool *t, struct patience *patience);

#endif
