/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * xmlsec_nss FOLDER NICKNAME: fill in the signature template in the XML
 * document on standard input with the key of that name, by libxmlsec1 with
 * NSS, as LibreOffice has it; the signed document is standard output.  Each
 * question for a PIN is answered with that of PIN in the environment, and named
 * on standard error.
 */
#include <libxml/parser.h>
#include <nss/pk11func.h>
#include <stdio.h>
#include <stdlib.h>
#include <xmlsec/nss/app.h>
#include <xmlsec/nss/crypto.h>
#include <xmlsec/templates.h>
#include <xmlsec/xmldsig.h>
#include <xmlsec/xmltree.h>
#include <xmlsec/xmlsec.h>

static const xmlChar *id_attributes[] = { BAD_CAST "id", NULL };

static char *
pin_answer(PK11SlotInfo *slot, PRBool retry, void *unused)
{
	const char *pin = getenv("PIN");

	(void)unused;
	fprintf(stderr, "asks for the PIN of %s\n", PK11_GetTokenName(slot));
	return retry || pin == NULL ? NULL : PORT_Strdup(pin);
}

/* NULL after a line of xmlsec's on standard error. */
static xmlSecKeyPtr
key_find(xmlSecKeysMngrPtr manager, const char *nickname)
{
	xmlSecKeyInfoCtxPtr info = xmlSecKeyInfoCtxCreate(manager);
	xmlSecKeyPtr key = NULL;

	if (info != NULL) {
		info->keyReq.keyType = xmlSecKeyDataTypePrivate;
		info->keyReq.keyUsage = xmlSecKeyUsageSign;
		key = xmlSecKeysMngrFindKey(manager, BAD_CAST nickname, info);
		xmlSecKeyInfoCtxDestroy(info);
	}
	return key;
}

static int
document_sign(xmlDocPtr document, xmlSecKeysMngrPtr manager, const char *nickname)
{
	xmlNodePtr root = xmlDocGetRootElement(document);
	xmlSecDSigCtxPtr signature = xmlSecDSigCtxCreate(manager);
	xmlNodePtr template;
	int status = 1;

	if (signature == NULL)
		return status;
	xmlSecAddIDs(document, root, id_attributes);
	template = xmlSecFindNode(root, xmlSecNodeSignature, xmlSecDSigNs);
	signature->signKey = key_find(manager, nickname);
	if (template == NULL)
		fprintf(stderr, "the document has no template\n");
	else if (signature->signKey == NULL)
		fprintf(stderr, "there is no key %s\n", nickname);
	else if (xmlSecDSigCtxSign(signature, template) == 0 &&
	    xmlDocDump(stdout, document) > 0)
		status = 0;
	xmlSecDSigCtxDestroy(signature);
	return status;
}

int
main(int argc, char *argv[])
{
	xmlSecKeysMngrPtr manager = NULL;
	xmlDocPtr document = NULL;
	int status = 1;

	if (argc != 3)
		return 2;
	if (xmlSecInit() != 0 || xmlSecNssAppInit(argv[1]) != 0 ||
	    xmlSecNssInit() != 0)
		return 1;
	PK11_SetPasswordFunc(pin_answer);
	manager = xmlSecKeysMngrCreate();
	if (manager == NULL || xmlSecNssAppDefaultKeysMngrInit(manager) != 0)
		goto out;
	document = xmlReadFd(0, "standard input", NULL, XML_PARSE_NONET);
	if (document != NULL)
		status = document_sign(document, manager, argv[2]);
out:
	xmlFreeDoc(document);
	if (manager != NULL)
		xmlSecKeysMngrDestroy(manager);
	xmlSecNssShutdown();
	xmlSecNssAppShutdown();
	xmlSecShutdown();
	return status;
}
