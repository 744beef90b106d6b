/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A card in a reader of vsmartcard's driver "vpcd": the driver listens on a
 * TCP port, and being connected is being in the reader.  A message is a
 * length of 16 bits, big endian, and as many bytes; a message of one byte is
 * 0 power off, 1 power on, 2 reset, 4 "your ATR?", any other is a command.
 *
 * The client runs in a thread of its own and follows its link: it connects
 * while the card is inserted, again and again until the driver listens.
 */
#ifndef VCARD_VPCD_H
#define VCARD_VPCD_H

#include "link.h"

#define VPCD_PORT	35963	/* the driver's default, 0x8C7B */

struct vpcd;

/* The link is borrowed.  host is an IPv4 address.  -1 with a line in error. */
int	vpcd_start(struct vpcd **out, struct vlink *link, const char *host,
	    uint16_t port, char error[VCARD_ERROR_MAX]);
/* The driver was started just now: connect at once, whatever was before. */
void	vpcd_kick(struct vpcd *vpcd);
/*
 * The service knows that the card is away: it may come back at once.  Not so if
 * an exchange failed: the service calls such a card absent although it never
 * looked, and would not notice another that comes before it does.  Returns
 * whether it hurries.
 */
bool	vpcd_hurry(struct vpcd *vpcd);
/* Has the driver looked at the card since it was inserted? */
bool	vpcd_seen(struct vpcd *vpcd);
/* Takes the card out of the reader. */
void	vpcd_stop(struct vpcd **vpcd);

#endif
