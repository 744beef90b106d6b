/* SPDX-License-Identifier: BSD-2-Clause */
#include "commands.h"

#include <string.h>

#include "docsign.h"
#include "language.h"

#define MANY	1000000

static const struct command commands[] = {
	{ "readers", cmd_readers, "",
	    N_("list the readers and their cards"), 0, 0, 0 },
	{ "status", cmd_status, "",
	    N_("show certificates and tries of PINs"), 0, 0,
	    OPT(ALL) | OPT(LOGIN) | OPT(WARN_DAYS) | OPTS_PIN },
	{ "cert", cmd_cert, "auth|sign|auth-ca|sign-ca",
	    N_("show or save a certificate"), 1, 1,
	    OPT(TEXT) | OPT(PEM) | OPT(DER) | OPT(OUTPUT) | OPT(FORCE) | OPTS_PIN },
	{ "pin", cmd_pin, "verify|change auth|sign|input",
	    N_("verify or change a PIN"), 2, 2, OPTS_PIN | OPTS_NEW_PIN },
	{ "sign", cmd_sign, "[FILE ...]",
	    N_("sign files or standard input"), 0, MANY,
	    OPT(KEY) | OPT(HASH) | OPT(OUTPUT) | OPT(SUFFIX) | OPT(FORCE) | OPTS_PIN |
	    OPT(FORMAT) | OPT(YES) | DOCSIGN_OPTIONS },
	{ "attributes", cmd_attributes, "",
	    N_("show name, address, birth and sex"), 0, 0, OPTS_PIN },
	{ "mynumber", cmd_mynumber, "",
	    N_("show the My Number of 12 digits"), 0, 0, OPT(MAY_HANDLE) | OPTS_PIN },
	{ "verify", cmd_verify, "FILE",
	    N_("check the signatures of a document"), 1, 1,
	    OPT(FORMAT) | OPT(CONTENT) | OPT(ID) | OPT(CA) | OPT(CERT) | OPT(HASH) },
	{ "ssh-key", cmd_ssh_key, "",
	    N_("print the public key for OpenSSH"), 0, 0, OPTS_PIN },
	{ "wait", cmd_wait, "insert|remove",
	    N_("wait for a card to come or go"), 1, 1, OPT(TIMEOUT) },
	{ "doctor", cmd_doctor, "",
	    N_("find what is wrong, and what mends it"), 0, 0,
	    OPT(REPORT) | OPT(OUTPUT) | OPT(FORCE) },
	{ "browser", cmd_browser, "install|remove|status [firefox|chromium]",
	    N_("let browsers use the card"), 1, 2,
	    OPT(PROFILE) | OPT(MODULE) | OPT(YES) },
	{ "completion", cmd_completion, "bash|zsh|fish",
	    N_("write what a shell completes by"), 1, 1, 0 },
};

#define COMMANDS	(sizeof commands / sizeof commands[0])

const struct command *
command_find(const char *name)
{
	for (size_t i = 0; i < COMMANDS; i++)
		if (strcmp(commands[i].name, name) == 0)
			return &commands[i];
	return NULL;
}

const struct command *
command_nth(size_t n)
{
	return n < COMMANDS ? &commands[n] : NULL;
}
