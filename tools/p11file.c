/* SPDX-License-Identifier: BSD-2-Clause */
#include "p11file.h"

#include <stddef.h>
#include <string.h>

#include "host.h"

static const struct file_row {
	const char	*name;
	struct p11_file	 file;
} rows[] = {
	{ P11_FILE_BOTH, { P11_OURS, P11_AUTH | P11_SIGN } },
	{ P11_FILE_AUTH, { P11_OURS, P11_AUTH } },
	{ "jpki-pkcs11-sign.so", { P11_OURS, P11_SIGN } },
	{ "opensc-pkcs11.so", { P11_OPENSC, P11_AUTH | P11_SIGN } },
	{ "onepin-opensc-pkcs11.so", { P11_OPENSC, P11_AUTH } },
	{ "p11-kit-proxy.so", { P11_PROXY, 0 } },
};

struct p11_file
p11_file_of(const char *path)
{
	static const struct p11_file	 other = { P11_OTHER, 0 };
	const char			*name = path_base(path);

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		if (strcmp(rows[i].name, name) == 0)
			return rows[i].file;
	return other;
}
