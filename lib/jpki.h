/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * libjpki: the Public Personal Authentication Service (JPKI) of Japan's
 * My Number Card, over PC/SC.
 *
 * A program makes a context, opens a card, asks, and closes.  Every function
 * that can fail returns an enum jpki_err; outputs are written on success only
 * (tries_left aside).  Handles are opaque and used by one thread at a time;
 * threads that share nothing need no locks.  Nothing is printed, nothing is
 * kept on disk, no process-wide state is touched.  jpki(3) is the manual;
 * PROTOCOL in the source tree gives the evidence for each fact of the card.
 */
#ifndef JPKI_H
#define JPKI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Errors, grouped by who can act: 1xx the caller, 2xx this host, 3xx the
 * reader, 4xx the card.
 */
enum jpki_err {
	JPKI_OK = 0,

	JPKI_ERR_ARG = 100,	/* an argument cannot be right */
	JPKI_ERR_PIN_FORMAT,	/* current PIN cannot be right; nothing sent */
	JPKI_ERR_PIN_NEW,	/* new PIN breaks the rules; nothing sent */
	JPKI_ERR_PIN_SAME,	/* new PIN equals the current; nothing sent */
	JPKI_ERR_BUFFER,	/* does not fit */

	JPKI_ERR_MEMORY = 200,
	JPKI_ERR_INTERNAL,	/* a library below failed; see the log */

	JPKI_ERR_NO_SERVICE = 300, /* pcscd is not running */
	JPKI_ERR_ACCESS,	/* pcscd refused this user (polkit) */
	JPKI_ERR_NO_READER,	/* no reader, or none of that name */
	JPKI_ERR_NO_CARD,	/* no card in the reader */
	JPKI_ERR_REMOVED,	/* the card left while in use */
	JPKI_ERR_BUSY,		/* another program holds it exclusively, or,
				   of jpki_card_claim(), is connected to it */
	JPKI_ERR_MUTE,		/* a card is there but does not answer */
	JPKI_ERR_TIMEOUT,
	JPKI_ERR_CANCELLED,	/* jpki_cancel(), or no PIN keyed in */
	JPKI_ERR_IO,		/* the link broke; the card may have acted */

	JPKI_ERR_NOT_JPKI = 400, /* the card has no JPKI application */
	JPKI_ERR_NOT_FOUND,	/* the card has no such file, PIN or key */
	JPKI_ERR_AUTH_REQUIRED,	/* a PIN has to be verified first */
	JPKI_ERR_PIN_WRONG,
	JPKI_ERR_PIN_LAST_TRY,	/* one try left; nothing sent (see flags) */
	JPKI_ERR_PIN_LOCKED,
	JPKI_ERR_PIN_UNCERTAIN,	/* CHANGE came to no clear end: the old or
				   the new PIN is valid */
	JPKI_ERR_UNSUPPORTED,	/* this card or this library cannot do it */
	JPKI_ERR_SW,		/* unexpected status word: jpki_card_sw() */
	JPKI_ERR_MALFORMED,	/* the card's answer makes no sense */
	JPKI_ERR_MISMATCH,	/* signature does not verify; not handed out */
};

/* One English line for an error, never NULL; unknown values included. */
const char *jpki_strerror(enum jpki_err err);

/* The symbolic name, such as "PIN_WRONG"; "UNKNOWN" for unknown values. */
const char *jpki_err_name(enum jpki_err err);

/* Version of the library, "MAJOR.MINOR.PATCH". */
const char *jpki_version(void);

/* Bytes that the callee allocated; free wipes them, takes {NULL, 0}. */
struct jpki_buf {
	uint8_t	*p;
	size_t	 n;
};

void jpki_buf_free(struct jpki_buf *buf);

/*
 * A secret: bytes in a page of its own that is locked into memory where the
 * system allows it, left out of core dumps, and wiped when freed.
 */
struct jpki_secret;

#define JPKI_SECRET_MAX	512	/* bytes that one secret can hold */

enum jpki_err	 jpki_secret_new(struct jpki_secret **out);
void		 jpki_secret_free(struct jpki_secret **secret);
/* The JPKI_SECRET_MAX bytes to write into; valid until the secret is freed. */
char		*jpki_secret_bytes(struct jpki_secret *secret);
size_t		 jpki_secret_len(const struct jpki_secret *secret);
/* JPKI_ERR_ARG if len exceeds JPKI_SECRET_MAX.  Wipes what lies behind len. */
enum jpki_err	 jpki_secret_set_len(struct jpki_secret *secret, size_t len);
void		 jpki_secret_wipe(struct jpki_secret *secret);

/*
 * Context: the door to the readers.  Making one talks to nobody; the PC/SC
 * service is reached at the first use, and again when it was restarted.
 */
struct jpki_ctx;

enum jpki_err	jpki_ctx_new(struct jpki_ctx **out);
void		jpki_ctx_free(struct jpki_ctx **ctx);

enum jpki_log_level {
	JPKI_LOG_NONE,
	JPKI_LOG_ERROR,		/* what failed, then why */
	JPKI_LOG_INFO,		/* one line an event: opened, recovered, ... */
	JPKI_LOG_APDU,		/* every command and answer; PINs never */
};

/* A line without newline; valid during the call. */
typedef void jpki_log_fn(void *user, enum jpki_log_level level,
    const char *line);

/* Off (JPKI_LOG_NONE) until called.  fn NULL turns it off. */
void jpki_ctx_set_log(struct jpki_ctx *ctx, enum jpki_log_level level,
    jpki_log_fn *fn, void *user);

/*
 * Readers, in the order of the PC/SC service.
 */
struct jpki_reader {
	char		*name;		/* UTF-8, as pcscd spells it */
	bool		 has_card;
	bool		 mute;		/* has a card that does not answer */
	uint32_t	 events;	/* pcscd's counter of insertions and
					   removals; 16 bits */
	uint8_t		 atr[33];	/* never a proof of what the card is */
	size_t		 atr_len;
};

/*
 * List the readers.  No reader is success with *count 0 and *out NULL.
 * Errors: NO_SERVICE, ACCESS, MEMORY, IO.
 */
enum jpki_err	jpki_readers(struct jpki_ctx *ctx, struct jpki_reader **out,
    size_t *count);
void		jpki_readers_free(struct jpki_reader **readers, size_t count);

enum jpki_event {
	JPKI_CARD_INSERTED,
	JPKI_CARD_REMOVED,
};

/*
 * Block until a card is in (or is out of) the named reader, or, with reader
 * NULL, any reader (INSERTED) or every reader (REMOVED).  Returns at once if
 * that is so already.  timeout_ms -1 waits for ever.  reader_out (may be
 * NULL) receives the reader's name, to be freed with free(), or NULL.
 * A reader that is not there holds no card.  Errors: TIMEOUT, CANCELLED,
 * NO_SERVICE, ACCESS.
 */
enum jpki_err	jpki_wait(struct jpki_ctx *ctx, const char *reader,
    enum jpki_event event, int timeout_ms, char **reader_out);

/*
 * Block until the readers differ from what jpki_readers() gave: one came or
 * went, a card came or went.  timeout_ms -1 waits for ever.
 * Errors: TIMEOUT, CANCELLED, NO_SERVICE, ACCESS.
 */
enum jpki_err	jpki_wait_change(struct jpki_ctx *ctx,
    const struct jpki_reader *seen, size_t count, int timeout_ms);

/*
 * End a jpki_wait() or jpki_wait_change() of another thread (or of a signal
 * handler's thread).
 */
void		jpki_cancel(struct jpki_ctx *ctx);

/*
 * Card.
 *
 * jpki_card_open() finds the card by selecting the JPKI application (never
 * by its ATR), in the named reader or, with NULL, in the first reader that
 * has one.  The card comes back INSIDE the PC/SC transaction in which it was
 * recognised, so that what follows costs no second SELECT; call
 * jpki_card_end() as soon as no further command follows, and before waiting
 * for a person.  Afterwards every function makes a transaction of its own, or
 * joins the one that jpki_card_begin() opened.
 *
 * At its start, never in its middle, a transaction heals a link that was lost
 * since the last one (reset by another program, card pulled and put back,
 * pcscd restarted): it reconnects once, selects again and forgets which PINs
 * were verified.  jpki_card_insertion() changes when the card may be another.
 *
 * Errors of all card functions, besides those named: NO_SERVICE, ACCESS,
 * NO_READER, NO_CARD, REMOVED, BUSY, MUTE, IO, NOT_JPKI, SW, MALFORMED,
 * MEMORY, ARG.
 */
struct jpki_card;

enum jpki_err	jpki_card_open(struct jpki_ctx *ctx, const char *reader,
    struct jpki_card **out);
/* Logs out if a PIN was sent, ends transactions, leaves the card on. */
void		jpki_card_close(struct jpki_card **card);

enum jpki_err	jpki_card_begin(struct jpki_card *card);
void		jpki_card_end(struct jpki_card *card);

/*
 * Have the card alone, from before a login until after it.  A card knows no
 * difference between programs: once a PIN is verified, every program that is
 * connected can use its key.  While a card is claimed none can connect.
 *
 * jpki_card_claim() is jpki_card_begin() for a card that is claimed: a
 * transaction is open when it succeeds, and the card stays claimed when that
 * has ended.  It sends the card nothing.  It fails with BUSY as long as
 * another program is connected to the card, idle or not, and with ARG inside
 * the transaction of a card that is not claimed.  It forgets a login that was
 * there before.  If its transaction cannot begin, the card may be claimed all
 * the same: release or close it.
 *
 * jpki_card_release() logs out as jpki_logout() does, and then lets others
 * connect again; of a card that is not claimed it is jpki_logout().  If it
 * fails, close the card.
 *
 * The claim ends by itself only when the login does: closed, removed, reset,
 * pcscd restarted.  Healing a link (see above) gives a card that is shared
 * and logged out; so verify the PIN inside the transaction of the claim.
 */
enum jpki_err	jpki_card_claim(struct jpki_card *card);
enum jpki_err	jpki_card_release(struct jpki_card *card);

const char	*jpki_card_reader(const struct jpki_card *card);
/*
 * Has the reader keys for a PIN, as far as its driver says (PC/SC part 10,
 * FEATURE_VERIFY_PIN_DIRECT)?  Sends the card nothing.
 */
bool		 jpki_card_has_pad(const struct jpki_card *card);
uint32_t	 jpki_card_insertion(const struct jpki_card *card);
/* The last status word that the card gave, 0 before the first. */
uint16_t	 jpki_card_sw(const struct jpki_card *card);

enum jpki_kind {
	JPKI_KIND_UNKNOWN,	/* label not known: careful, no promises */
	JPKI_KIND_CARD,		/* My Number Card, JPKIAPICCTOKEN2 */
	JPKI_KIND_PHONE,	/* Android JPKIAPGPSETOKEN, iOS JPKIAPIOSTOKEN*/
	JPKI_KIND_JUKI,		/* Basic Resident Register Card (2003-2015) */
};

struct jpki_token {
	char		label[33];	/* trailing blanks removed */
	enum jpki_kind	kind;
};

/* EF 0006.  A token without that file is KIND_UNKNOWN with label "". */
enum jpki_err	jpki_token_read(struct jpki_card *card,
    struct jpki_token *out);

enum jpki_answer {
	JPKI_UNKNOWN,		/* the card does not tell */
	JPKI_YES,
	JPKI_NO,
};

/*
 * EF 0008: which certificates exist.  Advisory: only "8F is present" was
 * ever observed, and phones may lack the file (then UNKNOWN, not an error).
 */
struct jpki_availability {
	enum jpki_answer	sign;
	enum jpki_answer	auth;
};

enum jpki_err	jpki_availability_read(struct jpki_card *card,
    struct jpki_availability *out);

/*
 * PINs.
 */
enum jpki_pin {
	JPKI_PIN_AUTH,		/* user authentication */
	JPKI_PIN_SIGN,		/* digital signature */
	JPKI_PIN_INPUT,		/* card surface input assistance */
	JPKI_PIN_REGISTER,	/* Basic Resident Register application */
	JPKI_PIN_REGISTER_COMMON, /* the same PIN's copy, common application */
	JPKI_PIN_INPUT_A,	/* verification number A, 12 digits */
	JPKI_PIN_INPUT_B,	/* verification number B, 14 digits */
	JPKI_PIN_SURFACE_A,
	JPKI_PIN_SURFACE_B,
	JPKI_PIN_SURFACE_BIRTH,	/* date of birth, 6 digits */
	JPKI_PIN_INPUT_RESERVED, /* locked since issue on every card */
	JPKI_PIN_COUNT
};

struct jpki_pin_desc {
	const char	*name;		/* "auth", "sign", "input", ... */
	const char	*title;		/* English, lower case, for a sentence */
	uint8_t		 min, max;	/* characters */
	uint8_t		 tries_max;	/* 0: not known */
	bool		 letters;	/* A-Z and 0-9, else 0-9 only */
	bool		 can_verify;	/* this library verifies it */
	bool		 can_change;	/* this library changes it */
};

/* NULL if pin is out of range. */
const struct jpki_pin_desc *jpki_pin_describe(enum jpki_pin pin);

struct jpki_pin_info {
	int	tries_left;	/* -1: the card does not say */
	int	tries_max;	/* 0: not known */
	bool	locked;
};

/*
 * Tries left, by the retry query: costs no try, proves no login.
 * Errors: NOT_FOUND (no such application or PIN on this card).
 */
enum jpki_err	jpki_pin_info(struct jpki_card *card, enum jpki_pin pin,
    struct jpki_pin_info *out);

enum jpki_pin_use {
	JPKI_PIN_CURRENT,	/* could be a PIN that the card holds */
	JPKI_PIN_TO_SET,	/* a new one: stricter rules */
};

/*
 * Could these len bytes be that PIN?  No card involved.  Letters of the
 * signature PIN are judged after ASCII upper-casing; a new one needs at least
 * one letter and one digit.  Errors: PIN_FORMAT (CURRENT), PIN_NEW (TO_SET).
 */
enum jpki_err	jpki_pin_check(enum jpki_pin pin, enum jpki_pin_use use,
    const char *text, size_t len);

#define JPKI_ALLOW_LAST_TRY	0x01u	/* send even if one try is left */

/*
 * Verify a PIN: inside one transaction SELECT application, SELECT PIN file,
 * retry query, VERIFY.  Never repeated.  The caller wipes its own copy.
 * tries_left (may be NULL) is written whenever it is known, else -1, also on
 * errors.  Errors: PIN_FORMAT, PIN_WRONG, PIN_LAST_TRY, PIN_LOCKED,
 * NOT_FOUND, UNSUPPORTED.  After IO or REMOVED tries_left is what the card
 * said when it was asked again (in a new transaction, unless another card may
 * be there), and the PIN counts as not verified.
 */
enum jpki_err	jpki_pin_verify(struct jpki_card *card, enum jpki_pin pin,
    const char *text, size_t len, unsigned flags, int *tries_left);

/*
 * Verify the PIN of user authentication, and no other, keyed in at the reader
 * (jpki_card_has_pad()): the computer never sees it.  Blocks, in a transaction,
 * until it is keyed in and confirmed, cancelled there, or the reader's time is
 * over (30 seconds are asked for; drivers may wait longer).  Who is killed
 * meanwhile leaves a reader that goes on: then cancel there.
 * prompt (may be NULL) is called inside the transaction right before, when
 * nothing stands against it any more, to tell the person.  As verify but:
 * CANCELLED, PIN_FORMAT (not four digits) and UNSUPPORTED (another PIN, no
 * keys, or they cannot do that) if nothing was sent: where the reader says so,
 * the card's counter has to agree, else SW.
 */
typedef void	jpki_pad_prompt_fn(void *user,
    const struct jpki_pin_info *info);

enum jpki_err	jpki_pin_verify_pad(struct jpki_card *card, enum jpki_pin pin,
    unsigned flags, jpki_pad_prompt_fn *prompt, void *user, int *tries_left);

/*
 * Change a PIN: as verify, then CHANGE in the same transaction.  Errors: as
 * verify, PIN_NEW, PIN_SAME, and PIN_UNCERTAIN if the link broke
 * during CHANGE: then the old or the new PIN is valid, which nobody guesses.
 */
enum jpki_err	jpki_pin_change(struct jpki_card *card, enum jpki_pin pin,
    const char *text, size_t len, const char *new_text, size_t new_len,
    unsigned flags, int *tries_left);

/* Has this handle verified it, and nothing undone it, as far as is known? */
bool		jpki_pin_verified(const struct jpki_card *card,
    enum jpki_pin pin);

/*
 * Drop what was verified, for every PIN of the JPKI application, by selecting
 * another application.  Costs no command if no PIN was sent.
 */
enum jpki_err	jpki_logout(struct jpki_card *card);

/*
 * Certificates.
 */
enum jpki_cert_id {
	JPKI_CERT_AUTH,		/* user authentication */
	JPKI_CERT_SIGN,		/* digital signature: needs its PIN */
	JPKI_CERT_AUTH_CA,
	JPKI_CERT_SIGN_CA,
	JPKI_CERT_COUNT
};

/*
 * Read a certificate's DER, exactly, without the file's filler.  Read once
 * an insertion (signature certificate: once a login), then kept in memory.
 * Errors: NOT_FOUND (no certificate on the card), AUTH_REQUIRED, MALFORMED.
 */
enum jpki_err	jpki_cert_read(struct jpki_card *card, enum jpki_cert_id id,
    struct jpki_buf *der);

/* The holder's four attributes, from subjectAltName; strings are UTF-8. */
struct jpki_holder_other {
	char	*oid;		/* dotted */
	char	*hex;		/* the value's DER, upper-case hex */
};

struct jpki_holder {
	char	*name;		/* family and given name parted by U+3000 */
	char	*name_flags;	/* '1': that character was substituted */
	char	*birth;		/* as stored: era digit + YYYYMMDD */
	char	*birth_date;	/* "YYYY-MM-DD", NULL if not parsable */
	char	*birth_era;	/* "Showa 55", "Heisei", ...; NULL unknown */
	char	*sex;		/* as stored: "1", "2", "3" */
	const char *sex_text;	/* "male", "female", "unknown", NULL */
	char	*address;
	char	*address_flags;
	struct jpki_holder_other *others; /* otherNames of unknown type */
	size_t	 others_count;
};

struct jpki_cert {
	char		*serial;	/* upper-case hex, no 0x, whole bytes;
					   '-' in front if negative */
	char		*subject;	/* RFC 4514, UTF-8 */
	char		*issuer;
	int64_t		 not_before;	/* seconds since 1970 UTC */
	int64_t		 not_after;
	int64_t		 renewable_from; /* 3 months before not_after, 00:00
					   Japan time */
	char		*key_type;	/* "RSA", "EC", ... */
	unsigned	 key_bits;
	char		*key_usage;	/* "digitalSignature, nonRepudiation" */
	char		*ext_key_usage;	/* "clientAuth"; "" if none */
	char		*policies;	/* dotted OIDs, ", " between; "?" for
					   one of more than 512 bytes */
	char		*subject_key_id; /* upper-case hex, "" if absent */
	char		*authority_key_id;
	char		*fingerprint;	/* SHA-256 over the DER, hex */
	bool		 is_ca;
	bool		 is_test;	/* issuer's O is JPKI-TEST */

	/* Parts as they stand in the certificate, DER unless said. */
	struct jpki_buf	 subject_der, issuer_der, serial_der;
	struct jpki_buf	 spki;		/* SubjectPublicKeyInfo */
	struct jpki_buf	 key_id;	/* subject key identifier, bare; SHA-1
					   of the public key if absent */
	struct jpki_buf	 modulus, exponent;	/* RSA: unsigned, big endian */
	struct jpki_buf	 ec_params, ec_point;	/* EC: curve; point */
	struct jpki_holder *holder;	/* NULL unless it has attributes */
};

/* Errors: MALFORMED, MEMORY, INTERNAL. */
enum jpki_err	jpki_cert_parse(struct jpki_ctx *ctx, const uint8_t *der,
    size_t n, struct jpki_cert **out);
void		jpki_cert_free(struct jpki_cert **cert);

enum jpki_ca {
	JPKI_CA_UNKNOWN,
	JPKI_CA_TEST,		/* names itself JPKI-TEST: never an identity */
	JPKI_CA_KNOWN,		/* a J-LIS CA, pinned by SHA-256 */
};

/* What the certificate CLAIMS of its issuer (key identifier, name). */
enum jpki_ca	jpki_cert_ca_claim(const struct jpki_cert *cert);

/*
 * What can be PROVED with the CA certificate ca_der: key identifiers match,
 * the CA's signature over the certificate verifies, and the CA is pinned
 * (KNOWN) or of the test hierarchy (TEST).  Anything else is UNKNOWN.  No
 * revocation: that is open only to verifiers that the ministry certified.
 */
enum jpki_err	jpki_cert_ca_prove(struct jpki_ctx *ctx,
    const uint8_t *der, size_t n, const uint8_t *ca_der, size_t ca_n,
    enum jpki_ca *out);

/* DER of the SubjectPublicKeyInfo, and the one-line OpenSSH public key. */
enum jpki_err	jpki_cert_spki(struct jpki_ctx *ctx, const uint8_t *der,
    size_t n, struct jpki_buf *out);
enum jpki_err	jpki_cert_ssh_key(struct jpki_ctx *ctx, const uint8_t *der,
    size_t n, char **line);

/*
 * Card surface input assistance: what is printed on the card, as text.
 *
 * Its application has a PIN of its own: verify JPKI_PIN_INPUT first, and read
 * in the same transaction.  Smartphones lack the application.  What is read is
 * never logged and never kept.
 *
 * Errors of both: NOT_FOUND, AUTH_REQUIRED, MALFORMED.
 */
struct jpki_attribute {
	unsigned	 tag;
	char		*hex;		/* the value, upper-case hex */
};

struct jpki_attributes {
	/* UTF-8; NULL if the card has no such text. */
	char		*name;		/* family and given name parted by U+3000 */
	char		*address;
	char		*birth;		/* as stored: YYYYMMDD */
	char		*birth_date;	/* "YYYY-MM-DD", NULL if not parsable */
	char		*sex;		/* as stored: "0", "1", "2", "9"; not
					   the codes of the certificate */
	const char	*sex_text;	/* "unknown", "male", "female",
					   "not applicable", NULL */
	struct jpki_attribute *others;	/* unknown, doubled, or not text */
	size_t		 others_count;
};

/* *out is to be freed with jpki_attributes_free(). */
enum jpki_err	jpki_attributes_read(struct jpki_card *card,
    struct jpki_attributes **out);
void		jpki_attributes_free(struct jpki_attributes **attributes);

#define JPKI_MYNUMBER_DIGITS	12

/*
 * The Individual Number (My Number), as digits, into a secret; on errors the
 * secret is empty.  The law says who may ask for one, and what for: see
 * jpki(3).
 */
enum jpki_err	jpki_mynumber_read(struct jpki_card *card,
    struct jpki_secret *out);

/*
 * Signatures.
 */
enum jpki_hash {
	JPKI_HASH_NONE,		/* data as it is, 1 to key bytes - 11 */
	JPKI_HASH_SHA1,
	JPKI_HASH_SHA256,
	JPKI_HASH_SHA384,
	JPKI_HASH_SHA512,
	JPKI_HASH_COUNT
};

/* "sha256", ...; NULL if out of range.  Bytes of a digest, 0 for NONE. */
const char	*jpki_hash_name(enum jpki_hash hash);
size_t		 jpki_hash_size(enum jpki_hash hash);

/* Digest of a stream.  Free takes NULL; final ends the stream. */
struct jpki_digest;

#define JPKI_DIGEST_MAX	64

enum jpki_err	jpki_digest_new(struct jpki_ctx *ctx, enum jpki_hash hash,
    struct jpki_digest **out);
enum jpki_err	jpki_digest_update(struct jpki_digest *digest, const void *p,
    size_t n);
enum jpki_err	jpki_digest_final(struct jpki_digest *digest,
    uint8_t out[JPKI_DIGEST_MAX], size_t *n);
void		jpki_digest_free(struct jpki_digest **digest);

enum jpki_key {
	JPKI_KEY_AUTH,
	JPKI_KEY_SIGN,
	JPKI_KEY_COUNT
};

/*
 * RSASSA-PKCS1-v1_5 over a digest of the given hash (data for HASH_NONE),
 * made by the card, checked against the certificate's public key before it is
 * handed out.  The key's PIN has to be verified.
 * Errors: AUTH_REQUIRED, BUFFER (data too long), ARG (digest length),
 * NOT_FOUND, MISMATCH, UNSUPPORTED (key type without a known command).
 */
enum jpki_err	jpki_sign(struct jpki_card *card, enum jpki_key key,
    enum jpki_hash hash, const uint8_t *digest, size_t n,
    struct jpki_buf *signature);

#define JPKI_PKCS1_OVERHEAD	11	/* bytes that the padding takes */
#define JPKI_PSS_SALT		32	/* bytes, the only length made */

/*
 * RSASSA-PSS with SHA-256, MGF1 with SHA-256 and a salt of 32 bytes, over a
 * SHA-256 digest of n = 32 bytes.  Not every card can: see jpki_pss_probe().
 * Checked and with errors as jpki_sign(); UNSUPPORTED if the card refuses.
 */
enum jpki_err	jpki_sign_pss(struct jpki_card *card, enum jpki_key key,
    const uint8_t *digest, size_t n, struct jpki_buf *signature);

/*
 * Does the card make PSS signatures?  Asked with data that no card signs, so
 * that it does not matter whether a PIN is verified.  UNKNOWN if the card's
 * answers do not tell.  Costs at most four commands.
 */
enum jpki_err	jpki_pss_probe(struct jpki_card *card, enum jpki_key key,
    enum jpki_answer *out);

/* A signature that is said to be of a certificate's key. */
struct jpki_claim {
	bool		 pss;		/* else PKCS #1 v1.5 */
	enum jpki_hash	 hash;		/* as jpki_sign(); of PSS SHA-256 */
	const uint8_t	*digest;
	size_t		 digest_n;
	const uint8_t	*signature;
	size_t		 signature_n;
};

/* Errors: MISMATCH, ARG, BUFFER, UNSUPPORTED (key type), MALFORMED. */
enum jpki_err	jpki_verify(struct jpki_ctx *ctx, const uint8_t *der,
    size_t n, const struct jpki_claim *claim);

#ifdef __cplusplus
}
#endif

#endif
