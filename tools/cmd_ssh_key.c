/* SPDX-License-Identifier: BSD-2-Clause */
/* ssh-key: the user authentication public key as OpenSSH writes it. */
#include <stdlib.h>
#include <string.h>

#include "certs.h"
#include "outjson.h"

static void
print(struct tool *t, const char *line)
{
	struct json j = { t->out, false };

	if (!t->opt->seen[OPT_JSON]) {
		fprintf(t->out, "%.*s\n", (int)strcspn(line, "\n"), line);
		return;
	}
	json_open(&j, NULL, '{');
	json_string(&j, "ssh_key", line);
	json_close(&j, '}');
	fputc('\n', t->out);
}

enum exit_code
cmd_ssh_key(struct tool *t)
{
	struct pins	pins = { JPKI_PIN_AUTH, NULL, NULL };
	struct jpki_buf	der = { NULL, 0 };
	char		*line = NULL;
	enum jpki_err	err;
	enum exit_code	code = pins_load(t, JPKI_PIN_AUTH, &pins);

	if (code == EXIT_DONE)
		code = tool_card_open(t);
	if (code == EXIT_DONE)
		code = certs_read(t, JPKI_CERT_AUTH, &pins, &der);
	code = tool_card_close(t, code);
	if (code == EXIT_DONE) {
		err = jpki_cert_ssh_key(t->ctx, der.p, der.n, &line);
		if (err == JPKI_OK)
			print(t, line);
		else
			code = fail_cert(t, JPKI_CERT_AUTH, err);
	}
	free(line);
	jpki_buf_free(&der);
	pins_free(&pins);
	return code;
}
