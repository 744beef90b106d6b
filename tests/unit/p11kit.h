/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The PKCS #11 module in process, over virtual cards: a world of readers and
 * cards takes the place of PC/SC, and the module is called through the lists
 * that C_GetFunctionList and C_GetInterface give, as by any program.
 */
#ifndef P11KIT_H
#define P11KIT_H

#include "functions.h"
#include "link.h"
#include "vkit.h"
#include "vtransport.h"

#define READER_A	"Reader A"
#define READER_B	"Reader B"

/* Of the slots of Reader A. */
#define AUTH		0u
#define SIGN		1u

#define PIN_AUTH	"1234"
#define PIN_SIGN	"ABC123"

#define KEY_BYTES	256

/* The module, 2.40 and 3.0. */
extern CK_FUNCTION_LIST		*p11;
extern struct functions_3_0	*p11_3;
/* The world: vtransport_*() plays the service and other programs. */
extern struct transport		*kit_world;

/* A test's first and last function: a world without readers; its end. */
int		 kit_setup(void **state);
int		 kit_teardown(void **state);
/* The last function of a group. */
int		 kit_end(void **state);

/* Plug a reader in that holds a new card; the kit frees the link. */
struct vlink	*kit_card(const char *reader, const char *profile,
		    const char *quirks);
/* The card of Reader A. */
struct vlink	*kit_link(void);

/* C_Initialize with OS locking and settings (NULL: none); must succeed. */
void		 kit_init(const char *settings);
void		 kit_fini(void);
/* A card in Reader A, and C_Initialize. */
struct vlink	*kit_begin(const char *profile, const char *quirks,
		    const char *settings);

/* All slots, token or not; fails if there is none of that index. */
CK_SLOT_ID	 kit_slot(unsigned index);
CK_SESSION_HANDLE kit_open(unsigned slot);
CK_SESSION_HANDLE kit_open_rw(unsigned slot);
void		 kit_login(CK_SESSION_HANDLE session, const char *pin);
CK_RV		 kit_try_login(CK_SESSION_HANDLE session, CK_USER_TYPE user,
		    const char *pin);
CK_STATE	 kit_state(CK_SESSION_HANDLE session);
CK_FLAGS	 kit_token_flags(unsigned slot);
/* A session that is logged in with the slot's default PIN. */
CK_SESSION_HANDLE kit_open_user(unsigned slot);

/* All objects that match; how many. */
#define KIT_OBJECTS	16
CK_ULONG	 kit_search(CK_SESSION_HANDLE session, CK_ATTRIBUTE *wanted,
		    CK_ULONG wanted_n, CK_OBJECT_HANDLE found[KIT_OBJECTS]);
/* How many objects of a class show; the first of them (0: none). */
CK_ULONG	 kit_count(CK_SESSION_HANDLE session, CK_OBJECT_CLASS wanted);
CK_OBJECT_HANDLE kit_find(CK_SESSION_HANDLE session, CK_OBJECT_CLASS wanted);
CK_OBJECT_HANDLE kit_find_ca(CK_SESSION_HANDLE session);
CK_RV		 kit_sign_init(CK_SESSION_HANDLE session,
		    CK_MECHANISM_TYPE mechanism);
/* SignInit and Sign of 32 bytes with CKM_SHA256_RSA_PKCS. */
CK_RV		 kit_sign(CK_SESSION_HANDLE session);

/*
 * What the door answers from now on instead of making a context, or listing
 * the readers; JPKI_OK: what there is.
 */
void		 kit_deny_contexts(enum jpki_err err);
void		 kit_deny_lists(enum jpki_err err);
void		 kit_deny_cards(enum jpki_err err);
/* The same of one transaction, counted from 1 on. */
void		 kit_deny_begin(unsigned which, enum jpki_err err);

/* Commands that the module sent, and the VERIFYs with a PIN among them. */
unsigned long	 kit_commands(void);
unsigned long	 kit_verifies(void);
void		 kit_counters_clear(void);

/* What another program is told that asks this key for a signature now. */
uint16_t	 kit_foreign_sign(struct vlink *link, unsigned slot);
/* Another program selects an application that is not JPKI's. */
void		 kit_foreign_select(void);
void		 kit_fault(struct vlink *link, const char *spec);

void		 expect_rv(const char *what, CK_RV got, CK_RV wanted);

#endif
