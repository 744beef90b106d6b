/* SPDX-License-Identifier: BSD-2-Clause */
/* The inside of a virtual card: its state, and what instructions work with. */
#ifndef VCARD_CORE_H
#define VCARD_CORE_H

#include <openssl/evp.h>

#include "buf.h"
#include "layout.h"
#include "profile.h"
#include "vcard.h"

/* Status words.  PROTOCOL, "Status words". */
#define VSW_OK			0x9000
#define VSW_MORE		0x6100	/* and the count */
#define VSW_NO_COUNTER		0x6300
#define VSW_TRIES		0x63C0	/* and the count */
#define VSW_MEMORY		0x6581
#define VSW_LENGTH		0x6700
#define VSW_CHANNEL		0x6881
#define VSW_NO_SECURE		0x6882
#define VSW_STRUCTURE		0x6981
#define VSW_SECURITY		0x6982
#define VSW_ISO_LOCKED		0x6983
#define VSW_LOCKED		0x6984
#define VSW_CONDITIONS		0x6985
#define VSW_NO_EF		0x6986
#define VSW_NO_SESSION		0x69FC
#define VSW_DATA		0x6A80
#define VSW_FUNCTION		0x6A81
#define VSW_NOT_FOUND		0x6A82
#define VSW_NO_RECORD		0x6A83
#define VSW_P1P2		0x6A86
#define VSW_NO_REFERENCE	0x6A88
#define VSW_OFFSET		0x6B00
#define VSW_WRONG_LE		0x6C00	/* and the right one */
#define VSW_INS			0x6D00
#define VSW_CLA			0x6E00
#define VSW_DIAGNOSIS		0x6F00
#define VSW_ENVIRONMENT		0x66F1

/* A file or a data object as this card holds it. */
struct vef {
	bool		 exists;
	uint8_t		*p;		/* content of the whole file */
	size_t		 n;
	unsigned	 opens;		/* VOPEN_... */
	EVP_PKEY	*key;
};

struct vpin_state {
	bool	exists;
	bool	set;			/* a value was ever given to it */
	bool	verified;
	int	tries;
	char	value[VPIN_MAX + 1];
	unsigned long verify, wrong, change, changed;	/* vcard_pin_use */
};

struct vquirks {
	bool	locked_6983;
	bool	query_locked_sw;
	bool	query_6700_short;
	bool	query_6700_long;
	bool	query_9000;
	bool	query_none;
	bool	first_6f00;
	bool	strict_p1;
	bool	get_response;
	bool	wrong_le;
};

struct vcard {
	const struct profile	*profile;
	int			 dir;	/* -1: not stored */
	uint8_t			 atr[VCARD_ATR_MAX];
	size_t			 atr_n;
	struct vef		 efs[LAYOUT_FILES];
	struct vpin_state	 pins[VPIN_COUNT];
	struct vpin_state	 loaded[VPIN_COUNT];	/* for vcard_renew() */
	unsigned long		 astray;
	struct vquirks		 quirks;

	bool			 powered;
	bool			 touched;	/* a command since power-on */
	bool			 app_chosen;	/* a SELECT since power-on */
	enum vapp		 app;
	/*
	 * Whose PINs may count as verified.  A warm reset makes the card
	 * manager current without ending that (PROTOCOL, "Verified state").
	 */
	enum vapp		 status_app;
	size_t			 current;	/* LAYOUT_FILES: no EF */
	uint8_t			*pending;	/* quirk get-response */
	size_t			 pending_n;
};

struct vcommand;

typedef uint16_t instruction_fn(struct vcard *card,
    const struct vcommand *cmd, struct wbuf *out);

instruction_fn	ins_select, ins_read_binary, ins_read_record;
instruction_fn	ins_get_data, ins_get_challenge, ins_get_response;
instruction_fn	ins_verify, ins_change, ins_change_key;
instruction_fn	ins_sign, ins_internal_authenticate;

/* A card with nothing in it; NULL: no memory. */
struct vcard	*core_new(const struct profile *profile);

/* Give a file of the layout its content.  False: no memory. */
bool		core_put(struct vcard *card, size_t file, struct slice content);

/* An EF of the current application; LAYOUT_FILES if the card lacks it. */
size_t		core_find(const struct vcard *card, uint16_t fid);

/*
 * What P2 means in VERIFY, CHANGE, 80 2A and INTERNAL AUTHENTICATE: 80 the
 * current EF, 80|n the EF with that short identifier, which becomes current.
 * The kind has to match.
 */
uint16_t	core_reference(struct vcard *card, uint8_t p2,
		    enum vef_kind kind, size_t *file);

/* Do the PINs that were verified open it? */
bool		core_open(const struct vcard *card, unsigned opens);

/* Bytes of a hexadecimal text; false if it is none or does not fit. */
bool		core_hex(const char *text, struct wbuf *out);

#endif
