/* SPDX-License-Identifier: BSD-2-Clause */
/* Card readers on USB, as the kernel shows them. */
#ifndef USB_H
#define USB_H

#include "host.h"

struct usb_reader {
	unsigned	 vendor, product;
	bool		 ccid;		/* has an interface of that class */
	const char	*name;		/* of readers that are known; or NULL */
};

#define USB_READERS_MAX	16	/* more are not looked at */

/* What has an interface for cards, or is known to be a reader without. */
size_t	usb_readers(const struct host *host,
	    struct usb_reader out[USB_READERS_MAX]);

#endif
