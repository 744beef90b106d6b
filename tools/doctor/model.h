/* SPDX-License-Identifier: BSD-2-Clause */
/* What kind of reader it is, and not which one. */
#ifndef MODEL_H
#define MODEL_H

#include <stddef.h>

/*
 * A reader's name as pcscd has it, without what tells one of its kind from
 * another: what stands in parentheses, and words of many digits.
 */
const char	*model_of(const char *reader, char *room, size_t n);

#endif
