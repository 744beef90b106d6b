/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The module under test, as its checks see it.  Of our own code nothing is
 * used here, so that a mistake in it cannot hide behind itself: the types of
 * PKCS #11 2.40 are p11-kit's, and what 3.0 adds is declared below.
 */
#ifndef KIT_H
#define KIT_H

#include <stdbool.h>
#include <stddef.h>

#include <p11-kit/pkcs11.h>

#ifndef CK_UNAVAILABLE_INFORMATION
#define CK_UNAVAILABLE_INFORMATION	((CK_ULONG)-1)
#endif
#ifndef CKO_PROFILE
#define CKO_PROFILE		9UL
#define CKA_PROFILE_ID		0x601UL
#endif
#ifndef CKR_OPERATION_CANCEL_FAILED
#define CKR_OPERATION_CANCEL_FAILED	0x202UL
#endif
#ifndef CKR_ACTION_PROHIBITED
#define CKR_ACTION_PROHIBITED	0x1BUL
#endif

struct interface {
	unsigned char	*name;
	void		*functions;
	CK_FLAGS	 flags;
};

/* What the function list of 3.0 has behind that of 2.40. */
struct functions_3_0 {
	CK_FUNCTION_LIST base;
	CK_RV	(*C_GetInterfaceList)(struct interface *, CK_ULONG *);
	CK_RV	(*C_GetInterface)(unsigned char *, CK_VERSION *,
		    struct interface **, CK_FLAGS);
	CK_RV	(*C_LoginUser)(CK_SESSION_HANDLE, CK_USER_TYPE,
		    unsigned char *, CK_ULONG, unsigned char *, CK_ULONG);
	CK_RV	(*C_SessionCancel)(CK_SESSION_HANDLE, CK_FLAGS);
	void	(*message[20])(void);
};

/* How to reach it; from the command line. */
struct target {
	const char	*module;	/* a file */
	const char	*label;		/* of the token, or NULL */
	CK_ULONG	 index;		/* among slots with a token */
	unsigned char	 pin[64];
	CK_ULONG	 pin_n;
};

/*
 * One loaded module.  Each check has a process of its own, and in it what its
 * stage promises (check.h).
 */
struct kit {
	void			*dl;
	CK_FUNCTION_LIST	*f;
	struct functions_3_0	*f3;	/* NULL: it has no 3.0 */
	CK_RV	(*list_interfaces)(struct interface *, CK_ULONG *);
	CK_RV	(*get_interface)(unsigned char *, CK_VERSION *,
		    struct interface **, CK_FLAGS);
	CK_SLOT_ID		 slot;
	CK_SESSION_HANDLE	 session;	/* read only */
};

extern struct target target;
extern struct kit kit;

/* The module loaded; else false and why on the check's output. */
bool	kit_load(void);
/* The slot of the target's token. */
bool	kit_find_slot(void);
/* The C_Initialize of nearly all clients: the library may lock by itself. */
CK_RV	kit_initialize(void);
CK_RV	kit_finalize(void);

CK_RV	kit_open(CK_FLAGS more, CK_SESSION_HANDLE *out);
CK_RV	kit_login(CK_SESSION_HANDLE session);
CK_STATE kit_state(CK_SESSION_HANDLE session);

/* A handle of a session that there is not. */
#define NO_SESSION	((CK_SESSION_HANDLE)0x7A7A7A)
#define NO_OBJECT	((CK_OBJECT_HANDLE)0x7A7A7A)
#define NO_SLOT		((CK_SLOT_ID)0x7A7A7A)

#define OBJECTS_MAX	64

/* What a search with this wanted finds, at most OBJECTS_MAX. */
bool	kit_search(CK_SESSION_HANDLE session, CK_ATTRIBUTE *wanted,
	    CK_ULONG n, CK_OBJECT_HANDLE *out, CK_ULONG *found);

/* A value read in two calls; memory is not given back in a check. */
struct bytes {
	unsigned char	*p;
	CK_ULONG	 n;
	CK_RV		 rv;
};

struct bytes kit_attribute(CK_OBJECT_HANDLE o, CK_ATTRIBUTE_TYPE type);
CK_ULONG kit_number(CK_OBJECT_HANDLE o, CK_ATTRIBUTE_TYPE type);
/* 0, 1; -1 is neither. */
int	kit_flag(CK_OBJECT_HANDLE o, CK_ATTRIBUTE_TYPE type);
bool	kit_same(const struct bytes *a, const struct bytes *b);

/* The first private key, and what goes with it; 0: there is none. */
struct pair {
	CK_OBJECT_HANDLE	private_key, public_key, certificate;
};

bool	kit_pair(struct pair *out);

/* Is it in the list, and with that flag? */
bool	kit_offers(CK_MECHANISM_TYPE type, CK_FLAGS flag);
/* All of them; at most n. */
bool	kit_mechanisms(CK_MECHANISM_TYPE *list, CK_ULONG *n);

#endif
