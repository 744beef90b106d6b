/* SPDX-License-Identifier: BSD-2-Clause */
/* What the checks of a document found, as a page for people and as JSON. */
#ifndef VERDICTPAGE_H
#define VERDICTPAGE_H

#include "outjson.h"
#include "tool.h"
#include "verdict.h"

void	verdictpage_text(struct tool *t, const struct verdict *verdict);
void	verdictpage_json(struct tool *t, const struct verdict *verdict);

#endif
