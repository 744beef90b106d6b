/* SPDX-License-Identifier: BSD-2-Clause */
#include "document.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include <openssl/x509.h>

const char document_pdf[] =
    "%PDF-1.7\n"
    "1 0 obj\n"
    "<</Type/Catalog/Pages 2 0 R>>\n"
    "endobj\n"
    "2 0 obj\n"
    "<</Type/Pages/Kids[3 0 R]/Count 1>>\n"
    "endobj\n"
    "3 0 obj\n"
    "<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>\n"
    "endobj\n"
    "xref\n"
    "0 4\n"
    "0000000000 65535 f \n"
    "0000000009 00000 n \n"
    "0000000054 00000 n \n"
    "0000000105 00000 n \n"
    "trailer\n"
    "<</Root 1 0 R/Size 4>>\n"
    "startxref\n"
    "166\n"
    "%%EOF\n";

static const char *program;

/* A certificate's file: DER, then filler. */
static X509 *
cert_read(const char *path)
{
	static unsigned char room[8192];
	const unsigned char *p = room;
	FILE *f = fopen(path, "re");
	size_t n = 0;

	if (f != NULL) {
		n = fread(room, 1, sizeof(room), f);
		fclose(f);
	}
	return n > 0 ? d2i_X509(NULL, &p, (long)n) : NULL;
}

bool
document_open(const char *card_folder, const char *tool)
{
	char path[512];
	X509 *ca;
	FILE *f;
	bool ok;

	program = tool;
	snprintf(path, sizeof(path), "%s/files/jpki-0002.bin", card_folder);
	ca = cert_read(path);
	f = fopen(DOCUMENT_CA, "we");
	ok = ca != NULL && f != NULL && i2d_X509_fp(f, ca) == 1;
	if (f != NULL && fclose(f) != 0)
		ok = false;
	X509_free(ca);
	return ok;
}

static void
become_verifier(char *path)
{
	char name[] = "jpki-tool", verb[] = "verify", option[] = "--ca";
	char ca[] = DOCUMENT_CA, *argv[] = { name, verb, option, ca, path,
	    NULL };
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	for (int i = 0; i < 3; i++)
		if (null < 0 || dup2(null, i) < 0)
			_exit(126);
	execv(program, argv);
	_exit(127);
}

bool
document_holds(const char *path)
{
	char name[NAME_ROOM];
	int status = -1;
	pid_t pid;

	snprintf(name, sizeof(name), "%s", path);
	pid = fork();
	if (pid == 0)
		become_verifier(name);
	while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	return pid > 0 && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}
