/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * client MODULE SCENARIO: a program that uses a PKCS #11 module, and is
 * told by one function that there is no memory.  It frees what it has (the
 * failing stops), and calls that function a second time: then all must go as
 * if nothing had been.
 *
 * If it does not, and OpenSSL itself does not work any more, it finalizes the
 * module and says so in the shared page.
 *
 * Standard output has what came of each step, and is the same whatever fails;
 * a line more if a function did not say what it should.
 */
#include "shim.h"
#include "p11load.h"
#include "selftest.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define TEXT_MAX	8192
#define VALUE_MAX	4096

static struct p11 p11;
static struct nomem *page;
static const char *label;
static CK_SESSION_HANDLE session;
static CK_SLOT_ID slot;
static CK_OBJECT_HANDLE key, cert;
static CK_BYTE signature[SIGNATURE_MAX];
static CK_ULONG signature_n;

/* Said at the end: printing allocates. */
static char said[TEXT_MAX];
static size_t said_n;

static void
say(const char *what, const void *p, size_t n)
{
	uint32_t hash = 2166136261u;

	for (size_t i = 0; i < n; i++)
		hash = (hash ^ ((const unsigned char *)p)[i]) * 16777619u;
	said_n += (size_t)snprintf(said + said_n, TEXT_MAX - said_n,
	    "%s %zu %08x\n", what, n, (unsigned)hash);
}

static CK_RV
initialize(void)
{
	CK_C_INITIALIZE_ARGS args = { .flags = CKF_OS_LOCKING_OK };

	return p11.f->C_Initialize(&args);
}

static CK_RV
slots(void)
{
	CK_SLOT_ID ids[16];
	CK_ULONG n = 16;
	CK_RV rv;

	rv = p11.f->C_GetSlotList(CK_TRUE, ids, &n);
	if (rv == CKR_OK)
		say("slots", ids, n * sizeof(ids[0]));
	return rv;
}

static CK_RV
event(void)
{
	CK_SLOT_ID id;
	CK_RV rv;

	rv = p11.f->C_WaitForSlotEvent(CKF_DONT_BLOCK, &id, NULL);
	return rv == CKR_NO_EVENT ? CKR_OK : rv;
}

static CK_RV
token(void)
{
	CK_TOKEN_INFO info;
	CK_RV rv;

	memset(&info, 0, sizeof(info));
	rv = p11_slot(&p11, label, &slot);
	if (rv == CKR_OK)
		rv = p11.f->C_GetTokenInfo(slot, &info);
	if (rv == CKR_OK)
		say("token", info.label, sizeof(info.label));
	if (rv == CKR_OK)
		say("serial", info.serialNumber, sizeof(info.serialNumber));
	return rv;
}

static CK_RV
mechanisms(void)
{
	CK_MECHANISM_TYPE types[64];
	CK_ULONG n = 64;
	CK_RV rv;

	rv = p11.f->C_GetMechanismList(slot, types, &n);
	if (rv == CKR_OK)
		say("mechanisms", types, n * sizeof(types[0]));
	return rv;
}

static CK_RV
open_session(void)
{
	return p11.f->C_OpenSession(slot, CKF_SERIAL_SESSION | CKF_RW_SESSION,
	    NULL, NULL, &session);
}

static CK_RV
login_with(const char *text)
{
	CK_UTF8CHAR pin[16];
	size_t n = strlen(text);

	memcpy(pin, text, n);
	return p11.f->C_Login(session, CKU_USER, pin, n);
}

static CK_RV
login(void)
{
	return login_with(strcmp(label, "JPKI-AUTH") == 0 ? "1234" : "ABC123");
}

static CK_RV
login_wrong(void)
{
	CK_RV rv;

	rv = login_with("5678");
	if (rv != CKR_PIN_INCORRECT)
		return rv == CKR_OK ? CKR_FUNCTION_FAILED : rv;
	say("refused", "", 0);
	return CKR_OK;
}

static CK_RV
pin_set(const char *old_text, const char *new_text)
{
	CK_UTF8CHAR old_pin[16], new_pin[16];
	size_t old_n = strlen(old_text), new_n = strlen(new_text);

	memcpy(old_pin, old_text, old_n);
	memcpy(new_pin, new_text, new_n);
	return p11.f->C_SetPIN(session, old_pin, old_n, new_pin, new_n);
}

static CK_RV
change(void)
{
	return pin_set("1234", "5678");
}

/* The failing is over, or this takes part in it. */
static CK_RV
change_back(void)
{
	return pin_set("5678", "1234");
}

static CK_RV
find(void)
{
	CK_OBJECT_CLASS class = CKO_CERTIFICATE;
	CK_ATTRIBUTE template[] = { { CKA_CLASS, &class, sizeof(class) } };
	CK_ULONG n = 0;
	CK_RV rv;

	rv = p11_key(&p11, session, &key);
	if (rv == CKR_OK)
		rv = p11.f->C_FindObjectsInit(session, template, 1);
	if (rv != CKR_OK)
		return rv;
	rv = p11.f->C_FindObjects(session, &cert, 1, &n);
	(void)p11.f->C_FindObjectsFinal(session);
	return rv == CKR_OK && n == 0 ? CKR_OBJECT_HANDLE_INVALID : rv;
}

static CK_RV
attributes(void)
{
	static CK_BYTE value[VALUE_MAX], id[64], modulus[1024];
	CK_ATTRIBUTE of_cert[] = {
		{ CKA_VALUE, value, sizeof(value) },
		{ CKA_ID, id, sizeof(id) },
	};
	CK_ATTRIBUTE of_key[] = { { CKA_MODULUS, modulus, sizeof(modulus) } };
	CK_RV rv;

	rv = p11.f->C_GetAttributeValue(session, cert, of_cert, 2);
	if (rv == CKR_OK)
		rv = p11.f->C_GetAttributeValue(session, key, of_key, 1);
	if (rv != CKR_OK)
		return rv;
	say("certificate", value, of_cert[0].ulValueLen);
	say("id", id, of_cert[1].ulValueLen);
	say("modulus", modulus, of_key[0].ulValueLen);
	return rv;
}

static CK_BYTE text[] = "To be signed.\n";

static CK_RV
sign(void)
{
	CK_MECHANISM mechanism = { CKM_SHA256_RSA_PKCS, NULL, 0 };
	CK_RV rv;

	rv = p11.f->C_SignInit(session, &mechanism, key);
	signature_n = sizeof(signature);
	if (rv == CKR_OK)
		rv = p11.f->C_Sign(session, text, sizeof(text) - 1, signature,
		    &signature_n);
	if (rv == CKR_OK)
		say("signature", signature, signature_n);
	return rv;
}

static CK_RV
digest(void)
{
	CK_MECHANISM mechanism = { CKM_SHA256, NULL, 0 };
	CK_BYTE out[64];
	CK_ULONG n = sizeof(out);
	CK_RV rv;

	rv = p11.f->C_DigestInit(session, &mechanism);
	if (rv == CKR_OK)
		rv = p11.f->C_Digest(session, text, sizeof(text) - 1, out, &n);
	if (rv == CKR_OK)
		say("digest", out, n);
	return rv;
}

static CK_RV
verify(void)
{
	CK_OBJECT_CLASS class = CKO_PUBLIC_KEY;
	CK_ATTRIBUTE template[] = { { CKA_CLASS, &class, sizeof(class) } };
	CK_MECHANISM mechanism = { CKM_SHA256_RSA_PKCS, NULL, 0 };
	CK_OBJECT_HANDLE public = 0;
	CK_ULONG n = 0;
	CK_RV rv;

	rv = p11.f->C_FindObjectsInit(session, template, 1);
	if (rv != CKR_OK)
		return rv;
	rv = p11.f->C_FindObjects(session, &public, 1, &n);
	(void)p11.f->C_FindObjectsFinal(session);
	if (rv == CKR_OK)
		rv = p11.f->C_VerifyInit(session, &mechanism, public);
	if (rv == CKR_OK)
		rv = p11.f->C_Verify(session, text, sizeof(text) - 1,
		    signature, signature_n);
	return rv;
}

static CK_RV
logout(void)
{
	return p11.f->C_Logout(session);
}

static CK_RV
close_session(void)
{
	return p11.f->C_CloseSession(session);
}

static CK_RV
finalize(void)
{
	return p11.f->C_Finalize(NULL);
}

static const struct step {
	const char	*name;
	CK_RV		(*run)(void);
} steps[] = {
	{ "initialize", initialize },
	{ "slots", slots },
	{ "event", event },
	{ "token", token },
	{ "mechanisms", mechanisms },
	{ "open", open_session },
	{ "login", login },
	{ "login-wrong", login_wrong },
	{ "find", find },
	{ "attributes", attributes },
	{ "sign", sign },
	{ "digest", digest },
	{ "verify", verify },
	{ "change", change },
	{ "change-back", change_back },
	{ "logout", logout },
	{ "close", close_session },
	{ "finalize", finalize },
};

#define ALL	"initialize slots event token mechanisms open login " \
	"find attributes sign digest verify logout close finalize"

static const struct {
	const char	*name, *label, *steps;
} scenarios[] = {
	{ "auth", "JPKI-AUTH", ALL },
	{ "sign", "JPKI-SIGN", ALL },
	{ "wrong", "JPKI-AUTH",
	    "initialize token open login-wrong close finalize" },
	{ "change", "JPKI-AUTH",
	    "initialize token open change change-back close finalize" },
};

/* What a function may say when there is no memory. */
static bool
is_no_memory(CK_RV rv)
{
	return rv == CKR_HOST_MEMORY || rv == CKR_DEVICE_MEMORY ||
	    rv == CKR_GENERAL_ERROR;
}

/*
 * OpenSSL can be spoilt for the whole process by what had no memory when it
 * was first used: then the module can do no more than say so.
 */
static bool
openssl_is_spoilt(void)
{
	OSSL_LIB_CTX *crypto = OSSL_LIB_CTX_new();
	bool works = crypto != NULL && selftest(crypto);

	OSSL_LIB_CTX_free(crypto);
	return !works;
}

/* Once, and once more with memory if there was none. */
static bool
step_run(const struct step *step)
{
	size_t before = said_n;
	CK_RV rv;

	if (page->failed == 0)
		(void)snprintf(page->step, sizeof(page->step), "%s",
		    step->name);
	rv = step->run();
	if (rv != CKR_OK && page->failed > 0 && page->armed) {
		page->armed = false;
		if (!is_no_memory(rv))
			printf("%s says %s\n", step->name, rv_name(rv));
		said_n = before;
		rv = step->run();
	}
	if (rv == CKR_OK)
		return true;
	page->spoilt = page->failed > 0 && is_no_memory(rv) &&
	    openssl_is_spoilt();
	if (!page->spoilt)
		printf("%s says %s%s\n", step->name, rv_name(rv),
		    page->failed > 0 ? ", though there is memory" : "");
	return false;
}

static bool
scenario_run(const char *names)
{
	size_t n;

	for (; *names != '\0'; names += n + (names[n] != '\0')) {
		n = strcspn(names, " ");
		for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++)
			if (strlen(steps[i].name) == n &&
			    strncmp(steps[i].name, names, n) == 0 &&
			    !step_run(&steps[i]))
				return false;
	}
	return true;
}

static bool
attach(void)
{
	const char *file = getenv(NOMEM_FILE);
	int fd = file != NULL ? open(file, O_RDWR | O_CLOEXEC) : -1;

	page = fd >= 0 ? mmap(NULL, sizeof(*page), PROT_READ | PROT_WRITE,
	    MAP_SHARED, fd, 0) : MAP_FAILED;
	if (fd >= 0)
		(void)close(fd);
	return page != MAP_FAILED;
}

int
main(int argc, char **argv)
{
	static char buffer[BUFSIZ];
	bool good = false;

	if (argc != 3 || !attach()) {
		fputs("usage: client MODULE SCENARIO, by nomem\n",
		    stderr);
		return 2;
	}
	/* Whatever fails, this program can speak. */
	(void)setvbuf(stdout, buffer, _IOLBF, sizeof(buffer));
	/* Loading is the dynamic linker's, which ends a process that has no
	   memory for it. */
	if (!p11_load(&p11, argv[1]))
		return 1;
	page->armed = true;
	for (size_t i = 0; i < sizeof(scenarios) / sizeof(scenarios[0]); i++) {
		if (strcmp(scenarios[i].name, argv[2]) != 0)
			continue;
		label = scenarios[i].label;
		good = scenario_run(scenarios[i].steps);
	}
	page->armed = false;
	if (page->spoilt)
		good = finalize() == CKR_OK;
	else
		(void)fwrite(said, 1, said_n, stdout);
	return good ? 0 : 1;
}
