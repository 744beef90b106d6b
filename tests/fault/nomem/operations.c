/* SPDX-License-Identifier: BSD-2-Clause */
/* The folder o is what they write into; a and b in it are to be signed. */
#include "nomem.h"

const struct operation operations[] = {
	{ "readers", { "tool", "readers" }, 0, 0, false, false },
	{ "status", { "tool", "status" }, 0, 0, false, false },
	{ "status, all", { "tool", "status", "-a", "-j" }, 0, 0, false, false },
	{ "status, login", { "tool", "status", "--pin-file", "sign" }, 0, 1, false, false },
	{ "cert auth", { "tool", "cert", "auth" }, 0, 0, false, false },
	{ "cert auth -o", { "tool", "cert", "auth", "--pem", "-o", "o/c" }, 0, 0, false, false },
	{ "cert sign -j", { "tool", "cert", "sign", "-j",
	    "--pin-file", "sign" }, 0, 1, false, false },
	{ "pin verify auth", { "tool", "pin", "verify", "auth",
	    "--pin-file", "auth" }, 0, 1, false, false },
	{ "pin verify, wrong", { "tool", "pin", "verify", "auth",
	    "--pin-file", "new-auth" }, 4, 1, false, false },
	{ "pin change auth", { "tool", "pin", "change", "auth", "--pin-file", "auth",
	    "--new-pin-file", "new-auth" }, 0, 1, true, false },
	{ "sign -k auth", { "tool", "sign", "-k", "auth", "--pin-file", "auth",
	    "-o", "o/s", "o/a" }, 0, 1, false, false },
	{ "sign -k sign", { "tool", "sign", "-k", "sign", "--pin-file", "sign",
	    "--suffix", ".s", "o/a", "o/b" }, 0, 1, false, false },
	{ "sign CMS", { "tool", "sign", "-k", "sign", "--yes", "--format", "cms",
	    "--pin-file", "sign", "--suffix", ".p", "o/a", "o/b" }, 0, 1, false, true },
	{ "sign XML", { "tool", "sign", "-k", "sign", "--yes", "--format", "xml",
	    "--pin-file", "sign", "-o", "o/x", "xml" }, 0, 1, false, false },
	/* No PDF: libqpdf ends the process (std::terminate) by its C interface. */
	{ "ssh-key", { "tool", "ssh-key" }, 0, 0, false, false },
	{ "wait", { "tool", "wait", "insert" }, 0, 0, false, false },
	{ "--help", { "tool", "--help" }, 0, 0, false, false },
	/* A login that fails may be made a second time. */
	{ "module, auth", { "client", "auth" }, 0, 2, false, false },
	{ "module, sign", { "client", "sign" }, 0, 2, false, false },
	{ "module, wrong PIN", { "client", "wrong" }, 0, 2, false, false },
	{ "module, PIN change", { "client", "change" }, 0, 3, false, false },
	{ .name = NULL },
};
