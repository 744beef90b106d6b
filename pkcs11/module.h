/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The module's state.  PKCS #11 has no context argument, so there is one
 * struct module a process; everything else hangs from it and is reached under
 * its lock.
 *
 * A reader has a slot for each token that is shown of a card: user
 * authentication, then signature.  A slot lives as long as the module is
 * loaded; a token's life ends with the card's removal, and with it end its
 * sessions, its login and its objects' handles.
 */
#ifndef MODULE_H
#define MODULE_H

#include <pthread.h>
#include <stdatomic.h>

#include "cryptoki.h"
#include "jpki.h"
#include "refused.h"
#include "settings.h"

#define SLOTS_MAX	2	/* of a reader */

enum object_kind {
	OBJECT_CERTIFICATE,	/* first: clients take the first they find */
	OBJECT_PRIVATE_KEY,
	OBJECT_PUBLIC_KEY,
	OBJECT_CA,
	OBJECT_PROFILE,
	OBJECT_COUNT
};

/* What a token is: one row for each of the two (token.c). */
struct token_row {
	const char	*label;
	const char	*object_label[OBJECT_COUNT];
	enum jpki_pin	 pin;
	enum jpki_key	 key;
	enum jpki_cert_id cert, ca;
	CK_ULONG	 pin_min, pin_max;
	bool		 private_cert;	/* readable after the PIN only */
};

/* A certificate as the module has it; read when somebody asks. */
struct cert {
	bool			 asked;
	bool			 behind_pin;	/* the card said so */
	enum jpki_err		 err;
	struct jpki_buf		 der;
	struct jpki_cert	*parsed;
	uint8_t			 check[3];	/* CKA_CHECK_VALUE */
};

struct slot {
	struct reader		*reader;
	const struct token_row	*row;
	CK_SLOT_ID		 id;
	bool			 present;	/* as last seen */
	bool			 event;		/* not yet told */
	bool			 logged_in;
	struct refused		 refused;	/* of this card */
	struct cert		 cert, ca;
	/* Handles of objects are base plus enum object_kind. */
	CK_OBJECT_HANDLE	 public_base, private_base;
	CK_ULONG		 sessions, rw_sessions;
};

struct reader {
	char			*name;
	bool			 listed;	/* pcscd has it now */
	bool			 has_card;
	bool			 probed;	/* the card was asked */
	bool			 quiet;		/* in since C_Initialize: the
						   card is no event */
	uint32_t		 events;
	struct jpki_card	*card;		/* NULL: none of ours */
	uint32_t		 insertion;
	char			 serial[17];	/* "" until asked for */
	enum jpki_answer	 pss;		/* does the card make it */
	bool			 pss_asked;
	struct slot		 slot[SLOTS_MAX];
};

struct session;

/* A thread that blocks in C_WaitForSlotEvent. */
struct wait {
	struct jpki_ctx		*ctx;		/* its own */
	struct wait		*next;
};

struct module {
	bool			 initialized;
	atomic_long		 pid;		/* who initialised it */
	struct settings		 settings;
	CK_C_INITIALIZE_ARGS	 mutexes;	/* the application's, or 0 */
	void			*mutex;
	bool			 mutex_held;
	struct jpki_ctx		*ctx;
	struct wait		*waits;		/* C_WaitForSlotEvent's */
	bool			 leaving;	/* C_Finalize is under way */
	CK_RV			 trouble;	/* of this call: see below */
	struct reader		**readers;
	size_t			 reader_count;
	struct session		*sessions;
	struct session		*dead_sessions;	/* until the call leaves */
	CK_SESSION_HANDLE	 last_session;	/* handles never repeat */
	CK_OBJECT_HANDLE	 last_object;
};

extern struct module module;

/*
 * Every entry point is enter, work if that says OK, leave.  enter takes the
 * lock, whatever it says; leave releases it and hands on the result.
 */
CK_RV	enter(void);
CK_RV	leave(CK_RV rv);
/* As enter, with the session of a handle, or SESSION_HANDLE_INVALID. */
CK_RV	enter_session(CK_SESSION_HANDLE handle, struct session **out);

/* The same after a look at the readers: sessions end with their card. */
CK_RV	enter_session_fresh(CK_SESSION_HANDLE handle, struct session **out);

/* jpki_err to CK_RV. */
CK_RV	rv_of(enum jpki_err err);
/* Has the card answered, and not with what it was asked for? */
bool	is_answer(enum jpki_err err);

/*
 * What keeps an object from being seen may be trouble on the way to the card,
 * which must not pass for its absence.  trouble_or() gives the first trouble
 * of this call, or rv without any.
 */
void	trouble_note(CK_RV rv);
CK_RV	trouble_or(CK_RV rv);

/*
 * general.c
 */
CK_RV	module_initialize(void *args);
CK_RV	module_finalize(void *reserved);
CK_RV	module_info(CK_INFO *info);
/* Let go of the lock while blocking, and take it again. */
void	module_unlock(void);
void	module_lock(void);
/* A thread is going to block, or has; C_Finalize waits for its end. */
void	module_wait_begin(struct wait *wait);
void	module_wait_end(struct wait *wait);

/*
 * slot.c
 */
CK_RV	slot_list(CK_BBOOL present, CK_SLOT_ID *list, CK_ULONG *count);
CK_RV	slot_info(CK_SLOT_ID id, CK_SLOT_INFO *info);
CK_RV	slot_wait(CK_FLAGS flags, CK_SLOT_ID *out, void *reserved);
struct slot *slot_find(CK_SLOT_ID id);
/* See which cards are in.  Errors: only HOST_MEMORY and the like. */
CK_RV	slots_refresh(void);
/* The same, and hand out what was seen, for jpki_readers_free(). */
CK_RV	slots_look(struct jpki_reader **list, size_t *n);
CK_RV	slots_start(void);	/* of C_Initialize: no event is pending */
void	slots_clear(void);	/* of C_Finalize: cards go, slots stay */
void	slots_free(void);	/* of the module's end, after slots_clear() */
/* A slot whose token is there; SLOT_ID_INVALID, TOKEN_NOT_PRESENT. */
CK_RV	slot_with_token(CK_SLOT_ID id, struct slot **out);
/* The same, and it can be reached, as far as can be told. */
CK_RV	slot_with_live_token(CK_SLOT_ID id, struct slot **out);
/*
 * Begin a transaction, for jpki_card_end(), in which no other card can have
 * taken this one's place.
 */
CK_RV	slot_begin(struct slot *slot);
/*
 * The same, for a VERIFY: with exclusive=login nobody else can connect to the
 * card from then on until slot_release(), which comes when a login ended or
 * did not come about, and does nothing while a token is logged in.
 */
CK_RV	slot_begin_login(struct slot *slot);
void	slot_release(struct slot *slot);
/* After a card operation: note what it says of card and login. */
CK_RV	slot_judge(struct slot *slot, enum jpki_err err);
bool	slot_anybody_logged_in(const struct reader *reader);
/* Close the card, by cutting its power if nothing else helps. */
void	slot_drop_card(struct slot *slot);
/*
 * The same, but open it again: sessions go on.  False: it cannot be, or may be
 * another card.
 */
bool	slot_reopen_card(struct slot *slot);
void	slot_forget_token(struct slot *slot);
/*
 * The login is over.  lose: nobody asked for that, so handles of private
 * objects work again after the next login.  forget: they are dead for good.
 * lose_logins: the login of every token of this card.
 */
void	slot_lose_login(struct slot *slot);
void	slot_lose_logins(struct slot *slot);
void	slot_forget_login(struct slot *slot);

/*
 * token.c
 */
extern const struct token_row token_rows[SLOTS_MAX];
CK_RV	token_info(CK_SLOT_ID id, CK_TOKEN_INFO *info);
/* The certificate, read if need be; NULL: not there or not readable now. */
const struct cert *token_cert(struct slot *slot, enum object_kind kind);
void	token_forget(struct slot *slot, bool login_only);
/* Read anew what made no sense when it was read. */
void	token_ask_again(struct slot *slot);
/* Is the user's certificate behind the PIN on this token? */
bool	token_cert_is_private(struct slot *slot);

/* Copy into a field padded with blanks; cut at a character. */
void	pad(CK_UTF8CHAR *field, size_t size, const char *text);

#endif
