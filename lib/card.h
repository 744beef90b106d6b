/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An open card: transactions, what is selected, what is verified, reading.
 * All commands of the library pass through card_send().
 */
#ifndef CARD_H
#define CARD_H

#include <openssl/evp.h>

#include "apdu.h"
#include "ctx.h"
#include "files.h"

struct jpki_card {
	struct jpki_ctx		*ctx;
	struct transport_conn	*conn;
	char			 reader[TRANSPORT_NAME_MAX];
	unsigned		 depth;		/* nested transactions */
	bool			 adrift;	/* depth without a transaction */
	bool			 claimed;	/* no other program can connect */
	uint32_t		 insertion;
	uint16_t		 sw;
	uint32_t		 commands;	/* sent so far; wraps */

	/* Known inside the transaction only; another program may select. */
	enum app		 app;
	enum app		 left;	/* when the last transaction ended */
	const struct ef		*ef;

	/* As far as this handle knows; bits 1 << enum jpki_pin. */
	unsigned		 verified;
	bool			 pin_sent;	/* since the last logout */
	bool			 sent;		/* did the command leave us? */

	/* Habits of this card, learnt once an insertion. */
	bool			 awake;		/* first command is over */
	bool			 query_with_le;
	size_t			 read_le;

	struct jpki_buf		 cert[JPKI_CERT_COUNT];
	EVP_PKEY		*public_key[JPKI_KEY_COUNT];
	struct card_ref		*ref;		/* or NULL */
};

/*
 * A card that may be closed meanwhile.  Several may hold the same one; each
 * frees it.  card_of_ref() gives NULL after the card was closed, and of NULL.
 */
struct card_ref;

enum jpki_err	 card_ref_new(struct jpki_card *card, struct card_ref **out);
void		 card_ref_up(struct card_ref *ref);
void		 card_ref_free(struct card_ref **ref);
struct jpki_card *card_of_ref(const struct card_ref *ref);
/* Several threads that hold it take turns.  NULL is fine. */
void		 card_ref_lock(struct card_ref *ref);
void		 card_ref_unlock(struct card_ref *ref);

/*
 * Send a command, whatever transport and card make of it: follows 61xx and
 * 6Cxx within bounds (a secret command goes out once, and nothing after it).
 * The answer to a personal one is in no log, and locked while it is looked at.
 * card->sent tells after an error whether the card may have seen it.
 * Data is appended to out (NULL: none wanted), *sw is written whenever the
 * card answered.  Errors are those of the link only; the status word is for
 * the caller to judge.
 */
enum jpki_err	card_send(struct jpki_card *card, const struct apdu *apdu,
    struct wbuf *out, uint16_t *sw);

/*
 * Replace a transaction whose link broke by a new one, at the same depth, to
 * ask what became of a command.  On errors the card is unreachable, and stays
 * so until whoever began has ended.
 */
enum jpki_err	card_restart(struct jpki_card *card);
/*
 * The link is another one: forget what is selected and who is logged in, and
 * the card itself if it may be another (SINCE_NEW).
 */
void		card_renew(struct jpki_card *card,
    enum transport_since since);
/* What is selected is not known: the next selection is complete. */
void		card_lose_place(struct jpki_card *card);
/* End the transport's transaction, if there is one; depth is untouched. */
void		card_end_transaction(struct jpki_card *card);

/* Inside a transaction.  No command if it is selected already. */
enum jpki_err	card_select_app(struct jpki_card *card, enum app app);
enum jpki_err	card_select(struct jpki_card *card, const struct ef *ef);

/*
 * At the beginning of a transaction: select an EF of the application that was
 * current when the last one ended, and only the EF.  False: it was another,
 * or the card says no.  It stays a guess: the next card_select() is complete.
 */
bool		card_select_again(struct jpki_card *card,
    const struct ef *ef);

/* Select an application other than JPKI's, which clears its PINs. */
enum jpki_err	card_leave_app(struct jpki_card *card);

/* Read up to max bytes from the front of an EF, fewer if it is shorter. */
enum jpki_err	card_read_front(struct jpki_card *card, const struct ef *ef,
    struct wbuf *out);

/*
 * Read the one DER or BER object at the front of an EF, exactly.  MALFORMED if
 * it has another tag, NOT_FOUND if filler stands there.
 */
enum jpki_err	card_read_object(struct jpki_card *card, const struct ef *ef,
    uint16_t tag, struct jpki_buf *out);

/* Forget a certificate, and the key that was taken from it. */
void		card_drop_cert(struct jpki_card *card,
    enum jpki_cert_id id);

/* Forget a login: the PINs, and what could be read only with them. */
void		card_forget_login(struct jpki_card *card);
void		card_unverify(struct jpki_card *card, enum jpki_pin pin);

#endif
