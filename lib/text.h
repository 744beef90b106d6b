/* SPDX-License-Identifier: BSD-2-Clause */
/* Texts for people: English here; programs may translate those so marked. */
#ifndef TEXT_H
#define TEXT_H

#define N_(text)	text

#endif
