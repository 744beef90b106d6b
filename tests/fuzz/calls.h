/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The target "calls": a program of PKCS #11 calls from the input, and beside
 * the module a model of what it has to answer.
 *
 * What the model cannot know it does not claim: after an event of the world
 * much may or may not be so, until a call tells.  What it knows must hold.
 */
#ifndef CALLS_H
#define CALLS_H

#include "calls_world.h"
#include "functions.h"
#include "mech.h"

/* Prints what is wrong with the call under way, and aborts. */
void	calls_law(bool holds, const char *format, ...)
	    __attribute__((format(printf, 2, 3)));

enum known {
	NO,
	YES,
	MAYBE,
};

/*
 * Arguments (calls_args.c).
 */

#define BLOCKS_MAX	24
#define FILLER		0x5A	/* of outputs, until they are written */
#define ATTRIBUTES_MAX	4

/*
 * Memory that the call may use: just as much as it is told of, so that a
 * sanitizer sees every byte beyond.  Without one, a guard does.
 */
struct block {
	uint8_t		*p;
	size_t		 n;
	bool		 output;
};

/* What is passed; which of it, the function's row says. */
struct call {
	const struct row	*row;
	CK_RV			 rv;
	CK_SESSION_HANDLE	 s;
	CK_SLOT_ID		 slot;
	CK_FLAGS		 flags;
	CK_USER_TYPE		 user;
	CK_OBJECT_HANDLE	 key, key2;
	CK_MECHANISM		*m;
	CK_MECHANISM_TYPE	 type;
	CK_UTF8CHAR		*pin, *new_pin;
	CK_ULONG		 pin_n, new_pin_n;
	CK_BYTE			*in, *in2;
	CK_ULONG		 in_n, in2_n;
	CK_BYTE			*out;
	CK_ULONG		*out_n;
	CK_ULONG		 room;		/* *out_n before the call */
	CK_BYTE			*sig;
	CK_ULONG		 sig_n;
	CK_ATTRIBUTE		*t, *t2;
	CK_ULONG		 t_n, t2_n, t_real;
	CK_ATTRIBUTE		 t_before[ATTRIBUTES_MAX];
	void			*info;		/* a struct, or a handle */
	void			*info2;
	CK_BBOOL		 present;
	void			*reserved;
	struct block		 block[BLOCKS_MAX];
	size_t			 blocks;
};

/* Make the arguments that the letters of the row stand for. */
void	args_make(struct call *c, struct fuzz_in *in);
void	args_free(struct call *c);
void	*args_block(struct call *c, size_t n, bool output);
/* The guards stand, and on errors no output was touched. */
void	args_check(const struct call *c);

/*
 * Functions (calls_rows.c).
 */

typedef CK_RV	invoke_fn(const struct functions_3_0 *f, struct call *c);
typedef void	judge_fn(struct call *c);

struct row {
	const char	*name;
	const char	*args;		/* letters: args_make() */
	invoke_fn	*invoke;
	const CK_RV	*rvs;		/* that the standard allows */
	judge_fn	*judge;		/* what the model says of it, or NULL */
	size_t		 info_size;	/* of the struct that is put out */
	unsigned	 sends;		/* PINs, at most */
};

extern const struct row calls_rows[];
extern const size_t calls_rows_n;

/* Is it in the row's list? */
bool	calls_rv_allowed(const struct row *row, CK_RV rv);

/*
 * The model (calls_model.c): sessions and logins.
 */

#define SESSIONS_MAX	32
#define HANDLES_MAX	64
#define SIGNATURE_MAX	512

/* An operation under way: a digest, a signature, a verification. */
struct mop {
	enum known	 active;
	CK_MECHANISM_TYPE type;
	uint8_t		*data;		/* that was added */
	size_t		 n;
	bool		 consented;
};

enum mop_kind {
	MOP_DIGEST,
	MOP_SIGN,
	MOP_VERIFY,
	MOP_COUNT
};

struct msession {
	CK_SESSION_HANDLE h;
	CK_SLOT_ID	 slot;
	unsigned	 reader;
	bool		 sign;		/* which token */
	bool		 rw;
	enum known	 alive;
	struct mop	 op[MOP_COUNT];
	enum known	 search;
};

struct model {
	bool		 initialized;
	struct settings	 settings;
	bool		 env_set;
	struct msession	 session[SESSIONS_MAX];
	size_t		 sessions;
	enum known	 login[READERS][2];
	CK_OBJECT_HANDLE object[HANDLES_MAX];
	size_t		 objects;
	uint8_t		 signature[SIGNATURE_MAX];	/* the last one */
	size_t		 signature_n;
	int		 tries[READERS][2];	/* before the call */
	bool		 verified[READERS][2];	/* so says the card, before */
	struct mpin {
		uint8_t	 text[VPIN_MAX];
		size_t	 n;
	}		 sent[READERS][2];	/* the last one, before the call */
	int		 mutexes;	/* alive */
	int		 locks;		/* held */
};

extern struct model model;

void	model_begin(void);
void	model_end(void);
/* For one more session. */
bool	model_has_room(void);
/* The session of a handle; NULL: none that was ever given. */
struct msession *model_session(CK_SESSION_HANDLE h);
/* Something happened to these readers: what was sure is not. */
void	model_doubt(unsigned readers);
/* Before and after every call. */
void	model_before(struct call *c);
void	model_after(struct call *c);
/* The reader and token of a slot, if it has one. */
bool	model_slot(CK_SLOT_ID id, unsigned *reader, bool *sign);
/* The card's state of a PIN. */
struct vpin_state *model_pin(unsigned reader, bool sign);
/* A login ended for sure, or was lost. */
void	model_logout(unsigned reader);
void	model_lose(unsigned reader, bool sign);
/* Nothing disturbs that reader: the model's word is exact. */
bool	model_quiet(unsigned reader);

judge_fn judge_initialize, judge_finalize, judge_open, judge_close,
	judge_close_all, judge_session_info, judge_login, judge_logout,
	judge_set_pin, judge_token_info, judge_list, judge_wait, judge_cancel;

/* calls_ops.c */
void	mop_end(struct mop *op);
judge_fn judge_digest_init, judge_digest, judge_digest_update,
	judge_digest_final, judge_sign_init, judge_sign, judge_sign_update,
	judge_sign_final, judge_verify_init, judge_verify,
	judge_verify_update, judge_verify_final, judge_find_init,
	judge_find, judge_find_final, judge_attributes;

/* calls_init.c: C_Initialize's arguments, settings, mutexes. */
void	init_args(struct call *c, struct fuzz_in *in);
void	init_environment(struct fuzz_in *in);
bool	init_args_good(const struct call *c);
struct settings init_settings(const struct call *c);

/* The module as it is when it has just been loaded. */
void	module_unload(void);

#endif
