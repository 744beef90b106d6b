/* SPDX-License-Identifier: BSD-2-Clause */
#include "base64.h"

#include <stdlib.h>

#define PEM_BYTES	48	/* 64 characters, RFC 7468 section 2 */

static const char alphabet[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/* 1 to 3 bytes into 4 characters. */
static void
encode_group(const uint8_t *p, size_t n, char out[4])
{
	uint32_t bits = (uint32_t)p[0] << 16 |
	    (n > 1 ? (uint32_t)p[1] << 8 : 0) | (n > 2 ? p[2] : 0u);

	out[0] = alphabet[bits >> 18 & 63];
	out[1] = alphabet[bits >> 12 & 63];
	out[2] = n > 1 ? alphabet[bits >> 6 & 63] : '=';
	out[3] = n > 2 ? alphabet[bits & 63] : '=';
}

char *
base64_new(const uint8_t *p, size_t n)
{
	char	*out = malloc((n + 2) / 3 * 4 + 1), *at = out;

	if (out == NULL)
		return NULL;
	for (size_t i = 0; i < n; i += 3, at += 4)
		encode_group(p + i, n - i, at);
	*at = '\0';
	return out;
}

void
base64_put_pem(FILE *f, const char *label, const uint8_t *p, size_t n)
{
	fprintf(f, "-----BEGIN %s-----\n", label);
	for (size_t i = 0; i < n; i += 3) {
		char group[4];

		encode_group(p + i, n - i, group);
		fwrite(group, 1, sizeof group, f);
		if ((i + 3) % PEM_BYTES == 0 || i + 3 >= n)
			fputc('\n', f);
	}
	fprintf(f, "-----END %s-----\n", label);
}
