/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the doctor can find, by table: what is wrong, and what mends it.  What
 * was seen where, such as a folder or a reader, goes along.
 */
#ifndef FINDINGS_H
#define FINDINGS_H

#include <stdio.h>

#include "fail.h"
#include "outjson.h"

enum finding_id {
	FIND_CLOCK,
	FIND_PCSCD_MISSING,
	FIND_PCSCD_STOPPED,
	FIND_PCSCD_SOCKET,
	FIND_PCSCD_REFUSES,
	FIND_PCSCD_REFUSES_REMOTE,
	FIND_PCSCD_ODD,
	FIND_READER_NONE,
	FIND_READER_NOT_CCID,
	FIND_DRIVER_MISSING,
	FIND_DRIVER_UNLISTED,
	FIND_READER_TAKEN,
	FIND_READER_NOT_SHOWN,
	FIND_CARD_NONE,
	FIND_CARD_MUTE,
	FIND_CARD_HELD,
	FIND_CARD_HELD_SCDAEMON,
	FIND_CARD_FOREIGN,
	FIND_CARD_FELICA,
	FIND_CARD_MIFARE,
	FIND_CARD_LICENCE,
	FIND_CARD_JUKI,
	FIND_CARD_ETC,
	FIND_CARD_DEAD,
	FIND_CARD_ODD,
	FIND_AUTH_MISSING,
	FIND_AUTH_UNREADABLE,
	FIND_AUTH_NOT_YET,
	FIND_AUTH_EXPIRED,
	FIND_AUTH_EXPIRING,
	FIND_AUTH_LOCKED,
	FIND_AUTH_LAST_TRY,
	FIND_SIGN_MISSING,
	FIND_SIGN_LOCKED,
	FIND_SIGN_LAST_TRY,
	FIND_INPUT_LOCKED,
	FIND_INPUT_LAST_TRY,
	FIND_P11KIT_MISSING,
	FIND_P11KIT_NO_FILE,
	FIND_P11KIT_TWICE,
	FIND_P11KIT_OPENSC,
	FIND_NSS_TWICE,
	FIND_NSS_OPENSC,
	FIND_FIREFOX_SNAP,
	FIND_FIREFOX_FLATPAK,
	FIND_COUNT
};

#define FINDINGS_MAX	64	/* more than these are not told */
#define FINDING_SEEN	320

struct finding {
	enum finding_id	id;
	char		seen[FINDING_SEEN];	/* "": nothing to say */
};

struct findings {
	struct finding	list[FINDINGS_MAX];
	size_t		n;
};

/* fmt makes what was seen: names and numbers, no words. */
void		 findings_add(struct findings *findings, enum finding_id id,
		    const char *fmt, ...) FAIL_PRINTF(3, 4);

bool		 findings_have(const struct findings *findings,
		    enum finding_id id);

/* The name of a finding, for programs, such as "pcscd-missing". */
const char	*finding_name(enum finding_id id);

void		 findings_text(FILE *f, const struct findings *findings);

/* The member "findings" of an open object. */
void		 findings_json(struct json *j, const struct findings *findings);

#endif
