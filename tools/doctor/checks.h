/* SPDX-License-Identifier: BSD-2-Clause */
/* The checks, each of one matter.  They only look, and send nothing. */
#ifndef CHECKS_H
#define CHECKS_H

#include "findings.h"
#include "host.h"
#include "survey.h"

typedef void check_fn(const struct host *host, const struct survey *survey,
    struct findings *out);

check_fn check_clock;		/* against the date of this program */
check_fn check_service;	/* pcscd */
check_fn check_usb;		/* readers that pcscd does not show */
check_fn check_readers;	/* what is in them, if it is not JPKI */
check_fn check_cards;		/* certificates and PINs of JPKI cards */
check_fn check_p11kit;		/* modules that p11-kit is told of */
check_fn check_nss;		/* modules in databases of browsers */
check_fn check_boxed;		/* Firefox from snap or flatpak */

/* All of them. */
check_fn check_all;

/* Has any reader a JPKI card? */
bool		found_card(const struct survey *survey);

#endif
