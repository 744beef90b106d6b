/* SPDX-License-Identifier: BSD-2-Clause */
#include "p11load.h"

#include <dlfcn.h>
#include <stdio.h>
#include <string.h>

#define SLOTS_ROOM	32
#define LABEL_SIZE	32	/* of CK_TOKEN_INFO, padded with blanks */

bool
p11_load(struct p11 *p11, const char *path)
{
	CK_C_GetFunctionList get;
	CK_RV rv;

	p11->library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
	if (p11->library == NULL) {
		fprintf(stderr, "%s\n", dlerror());
		return false;
	}
	/* ISO C knows no way from an object to a function. */
	*(void **)&get = dlsym(p11->library, "C_GetFunctionList");
	rv = get != NULL ? get(&p11->f) : CKR_GENERAL_ERROR;
	if (rv == CKR_OK)
		return true;
	fprintf(stderr, "%s: C_GetFunctionList: %s\n", path, rv_name(rv));
	p11_unload(p11);
	return false;
}

void
p11_unload(struct p11 *p11)
{
	if (p11->library != NULL)
		dlclose(p11->library);
	*p11 = (struct p11){ 0 };
}

static bool
has_label(const CK_TOKEN_INFO *info, const char *label)
{
	size_t n = strlen(label);

	if (n > LABEL_SIZE || memcmp(info->label, label, n) != 0)
		return false;
	while (n < LABEL_SIZE && info->label[n] == ' ')
		n++;
	return n == LABEL_SIZE;
}

CK_RV
p11_slot(const struct p11 *p11, const char *label, CK_SLOT_ID *out)
{
	CK_SLOT_ID slots[SLOTS_ROOM];
	CK_ULONG n = SLOTS_ROOM;
	CK_TOKEN_INFO info;
	CK_RV rv;

	rv = p11->f->C_GetSlotList(CK_TRUE, slots, &n);
	for (CK_ULONG i = 0; rv == CKR_OK && i < n; i++) {
		rv = p11->f->C_GetTokenInfo(slots[i], &info);
		if (rv == CKR_OK && has_label(&info, label)) {
			*out = slots[i];
			return CKR_OK;
		}
	}
	return rv == CKR_OK ? CKR_TOKEN_NOT_PRESENT : rv;
}

CK_RV
p11_key(const struct p11 *p11, CK_SESSION_HANDLE session,
    CK_OBJECT_HANDLE *out)
{
	CK_OBJECT_CLASS class = CKO_PRIVATE_KEY;
	CK_ATTRIBUTE template[] = {
		{ CKA_CLASS, &class, sizeof(class) },
	};
	CK_ULONG n = 0;
	CK_RV rv;

	rv = p11->f->C_FindObjectsInit(session, template, 1);
	if (rv != CKR_OK)
		return rv;
	rv = p11->f->C_FindObjects(session, out, 1, &n);
	(void)p11->f->C_FindObjectsFinal(session);
	return rv == CKR_OK && n == 0 ? CKR_KEY_HANDLE_INVALID : rv;
}

CK_RV
p11_sign(const struct p11 *p11, CK_SESSION_HANDLE session,
    CK_OBJECT_HANDLE key, CK_ULONG *n)
{
	CK_MECHANISM mechanism = { CKM_SHA256_RSA_PKCS, NULL, 0 };
	CK_BYTE text[] = "To be signed.\n", signature[SIGNATURE_MAX];
	CK_RV rv;

	rv = p11->f->C_SignInit(session, &mechanism, key);
	if (rv != CKR_OK)
		return rv;
	*n = sizeof(signature);
	return p11->f->C_Sign(session, text, sizeof(text) - 1, signature, n);
}
