/* SPDX-License-Identifier: BSD-2-Clause */
/* Base64 of RFC 4648 section 4, and the PEM of RFC 7468. */
#ifndef BASE64_H
#define BASE64_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* To be freed with free(); NULL: no memory. */
char	*base64_new(const uint8_t *p, size_t n);

void	 base64_put_pem(FILE *f, const char *label, const uint8_t *p, size_t n);

#endif
