/* SPDX-License-Identifier: BSD-2-Clause */
/* A link to the adult's card, for the tests of what lies around the card. */
#ifndef LINKKIT_H
#define LINKKIT_H

#include "link.h"
#include "vkit.h"

#define SELECT_AP	"00A4040C0A D392F000260100000001"
#define SELECT_OTHER	"00A4040C0A D3921000310001010100"
#define SELECT_PIN	"00A4020C02 0018"
#define ASK_TRIES	"00200080"
#define VERIFY_RIGHT	"0020008004 31323334"
#define VERIFY_WRONG	"0020008004 30303030"

/* Inserted and powered on, with all tries; freed by vlink_free(). */
struct vlink	*linkkit_new(const char *profile);

/*
 * Send a command; what comes back, in hexadecimal, or "gone", "hangup".
 * Valid until the next call.
 */
const char	*linkkit_send(struct vlink *link, const char *command);

/* Add a fault; the test fails if it is not accepted. */
void		 linkkit_fault(struct vlink *link, const char *spec);

#endif
