/* SPDX-License-Identifier: BSD-2-Clause */
/* What stands in a time stamp's token, once the token holds. */
#ifndef TST_H
#define TST_H

#include <openssl/ts.h>

#include "cms_open.h"
#include "timestamp.h"

struct tst {
	struct cms_message	 message;
	TS_TST_INFO		*info;
	X509			*cert;		/* the service's, of message */
	int64_t			 when;
	int64_t			 until;		/* end of cert */
};

/*
 * Opens a token that holds: over these bytes, signed by the certificate that
 * it names, which is for time stamps alone and was valid then.  Whether its
 * CA is trusted is another question.  DOC_ERR_INPUT: it does not hold, and
 * the words say why.
 */
enum doc_err	tst_open(OSSL_LIB_CTX *crypto, const struct timestamp *stamp,
		    struct tst *out, struct doc_error *error);
void		tst_close(struct tst *tst);

#endif
