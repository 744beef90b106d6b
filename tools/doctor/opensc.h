/* SPDX-License-Identifier: BSD-2-Clause */
/* OpenSC's own settings: opensc.conf. */
#ifndef OPENSC_H
#define OPENSC_H

#include "host.h"

/*
 * Do the machine's settings name drivers for cards (card_drivers), and none
 * that takes JPKI cards?  Then OpenSC's module shows nothing of them.
 */
bool	opensc_leaves_card(const struct host *host);

#endif
