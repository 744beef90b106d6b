/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * PKCS #11 as the module speaks it: p11-kit's header for 2.40, and of 3.0
 * what that header lacks (PKCS #11 Base Specification 3.0, OASIS, 2020).
 */
#ifndef CRYPTOKI_H
#define CRYPTOKI_H

#include <p11-kit/pkcs11.h>

#ifndef CK_UNAVAILABLE_INFORMATION
#define CK_UNAVAILABLE_INFORMATION	((CK_ULONG)-1)
#endif
#ifndef CK_INVALID_HANDLE
#define CK_INVALID_HANDLE		0UL
#endif

#ifndef CKO_PROFILE
#define CKO_PROFILE			9UL
#define CKA_PROFILE_ID			0x601UL
#define CKP_PUBLIC_CERTIFICATES_TOKEN	4UL
#endif

#ifndef CKA_UNIQUE_ID
#define CKA_UNIQUE_ID			4UL
#endif

/* Values of CKA_CERTIFICATE_CATEGORY and CKA_JAVA_MIDP_SECURITY_DOMAIN. */
#ifndef CK_CERTIFICATE_CATEGORY_TOKEN_USER
#define CK_CERTIFICATE_CATEGORY_TOKEN_USER	1UL
#define CK_CERTIFICATE_CATEGORY_AUTHORITY	2UL
#define CK_SECURITY_DOMAIN_UNSPECIFIED		0UL
#endif

#ifndef CKR_OPERATION_CANCEL_FAILED
#define CKR_OPERATION_CANCEL_FAILED	0x202UL
#endif

#ifndef CKF_INTERFACE_FORK_SAFE
#define CKF_INTERFACE_FORK_SAFE		1UL

typedef struct CK_INTERFACE {
	CK_CHAR		*pInterfaceName;
	CK_VOID_PTR	 pFunctionList;
	CK_FLAGS	 flags;
} CK_INTERFACE;
typedef CK_INTERFACE *CK_INTERFACE_PTR;
typedef CK_INTERFACE_PTR *CK_INTERFACE_PTR_PTR;
#endif

#define CKF_MESSAGE_ENCRYPT	0x00000002UL
#define CKF_MESSAGE_DECRYPT	0x00000004UL
#define CKF_MESSAGE_SIGN	0x00000008UL
#define CKF_MESSAGE_VERIFY	0x00000010UL
#define CKF_FIND_OBJECTS	0x00000040UL

/* Parameters of the RSA PSS mechanisms. */
struct rsa_pss_params {
	CK_MECHANISM_TYPE	hash;
	CK_ULONG		mgf;
	CK_ULONG		salt;
};

#endif
