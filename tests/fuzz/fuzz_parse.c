/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Bytes to values, without a card.  The first byte of an input selects the
 * parser; a mutator of our own keeps DER whole, so that more than its headers
 * is tried.
 */
#include <stdlib.h>
#include <string.h>

#include "apdu.h"
#include "anchors.h"
#include "attributes.h"
#include "date.h"
#include "der.h"
#include "digest.h"
#include "files.h"
#include "fixture.h"
#include "holder.h"
#include "parse.h"
#include "sw.h"
#include "tlv.h"

#define TEXT_MAX	64
#define SAMPLES		4

/* As the reader of a card's file goes: a header, so many bytes, the next. */
static void
parse_tlv(struct fuzz_in *in)
{
	struct slice rest = slice_of(in->p, in->n);
	size_t header, length, again_header, again_length;
	uint16_t tag, again_tag;

	while (tlv_header(rest, &tag, &header, &length)) {
		fuzz_law(header >= 2 && header <= rest.n && header <= 6,
		    "a header in the input");
		fuzz_law(length <= 0xFFFFFF, "three bytes of length");
		fuzz_law((tag < 0x100) == ((rest.p[0] & 0x1F) != 0x1F) &&
		    rest.p[0] == (tag < 0x100 ? tag : tag >> 8),
		    "a tag of one byte or two");
		fuzz_law(tlv_header(slice_of(rest.p, header), &again_tag,
		    &again_header, &again_length) && again_tag == tag &&
		    again_header == header && again_length == length,
		    "a header is enough to tell");
		fuzz_law(!tlv_header(slice_of(rest.p, header - 1), &again_tag,
		    &again_header, &again_length), "all of it is needed");
		if (length > rest.n - header)
			return;
		rest = slice_of(rest.p + header + length,
		    rest.n - header - length);
	}
}

/* A C string of the input's rest. */
static void
take_text(struct fuzz_in *in, char text[TEXT_MAX])
{
	struct slice s = fuzz_take(in, TEXT_MAX - 1);

	if (s.n > 0)
		memcpy(text, s.p, s.n);
	text[s.n] = '\0';
}

static void
parse_holder(struct fuzz_in *in)
{
	char text[TEXT_MAX], date[11] = "", era[24] = "";
	const char *sex;

	take_text(in, text);
	if (holder_birth(text, date, era)) {
		fuzz_law(strlen(date) == 10 && date[4] == '-' &&
		    date[7] == '-' && strspn(date, "0123456789-") == 10,
		    "YYYY-MM-DD");
		fuzz_law(memchr(era, '\0', sizeof(era)) != NULL, "era ends");
	}
	sex = holder_sex(text);
	fuzz_law(sex == NULL || strlen(text) == 1, "codes have one digit");
	(void)anchor_has_key_id(text);
	fuzz_law(!anchor_has_fingerprint(text), "too short for SHA-256");
	fuzz_law(kind_of_label(text) != JPKI_KIND_UNKNOWN ||
	    strcmp(text, "JPKIAPICCTOKEN2") != 0, "labels of cards");
}

/* There and back, within the years that certificates can have. */
static void
parse_date(struct fuzz_in *in)
{
	int64_t seconds = (int64_t)fuzz_u16(in) << 32 |
	    (int64_t)fuzz_u16(in) << 16 | fuzz_u16(in);
	int64_t epoch = seconds % 315569520000 - 62167219200;
	struct date d = date_in_japan(epoch), back, earlier;
	int months = fuzz_u8(in);

	fuzz_law(d.month >= 1 && d.month <= 12 && d.day >= 1 && d.day <= 31,
	    "a date");
	back = date_in_japan(date_to_epoch(d) - DATE_JST);
	fuzz_law(back.year == d.year && back.month == d.month &&
	    back.day == d.day, "there and back");
	fuzz_law(date_to_epoch(d) - DATE_JST <= epoch &&
	    epoch < date_to_epoch(d) - DATE_JST + 86400, "that day");
	earlier = date_minus_months(d, months);
	fuzz_law(earlier.month >= 1 && earlier.month <= 12 &&
	    earlier.day >= 1 && earlier.day <= d.day, "months earlier");
	fuzz_law_equal(earlier.year * 12 + earlier.month + months,
	    d.year * 12 + d.month, "so many months");
	fuzz_law(date_renewable_from(epoch) < epoch, "renewal comes first");
}

static void
parse_digest(struct fuzz_in *in)
{
	enum jpki_hash hash = (enum jpki_hash)fuzz_u8(in);
	size_t room = fuzz_u8(in), size = jpki_hash_size(hash);
	struct slice data = fuzz_take(in, 255);
	uint8_t *bytes = malloc(room + 1);
	struct wbuf w = wbuf_of(bytes, room);
	enum jpki_err err;

	fuzz_law(bytes != NULL, "memory");
	err = digest_info(hash, data, &w);
	if (err == JPKI_OK) {
		fuzz_law(hash == JPKI_HASH_NONE || data.n == size,
		    "a digest of the hash's length");
		fuzz_law(w.n >= data.n && memcmp(w.p + w.n - data.n, data.p,
		    data.n) == 0, "the digest is at the end");
		fuzz_law(hash == JPKI_HASH_NONE ? w.n == data.n :
		    der_element(wbuf_slice(&w)).n == w.n, "DigestInfo is DER");
	}
	fuzz_law(err == JPKI_OK || err == JPKI_ERR_ARG ||
	    err == JPKI_ERR_BUFFER, "DigestInfo's errors");
	free(bytes);
}

static void
parse_sw(struct fuzz_in *in)
{
	uint16_t sw = fuzz_u16(in);
	enum jpki_err err = sw_err(sw);
	int tries = sw_tries(sw);

	fuzz_law((sw == 0x9000) == (err == JPKI_OK), "only 9000 is success");
	fuzz_law(tries >= -1 && tries <= 15, "tries");
	fuzz_law((tries == 0) == (err == JPKI_ERR_PIN_LOCKED), "P8: locked");
	fuzz_law(tries <= 0 || err == JPKI_ERR_PIN_WRONG, "tries are told");
	fuzz_law(!sw_refuses(sw) || err != JPKI_OK, "success is no refusal");
	fuzz_law(sw_text(sw)[0] != '\0', "it has a text");
}

static void
parse_answer(struct fuzz_in *in)
{
	struct slice raw = slice_of(in->p, in->n);
	struct answer answer;

	if (!answer_split(raw, &answer)) {
		fuzz_law(raw.n < 2, "two bytes are an answer");
		return;
	}
	fuzz_law(answer.data.p == raw.p && answer.data.n == raw.n - 2,
	    "data first");
	fuzz_law(answer.sw == (raw.p[raw.n - 2] << 8 | raw.p[raw.n - 1]),
	    "then the status word");
}

static void
parse_command(struct fuzz_in *in)
{
	uint8_t bytes[APDU_MAX];
	struct apdu apdu = { .cla = fuzz_u8(in), .ins = fuzz_u8(in),
	    .p1 = fuzz_u8(in), .p2 = fuzz_u8(in), .le = fuzz_u16(in) };
	size_t room = fuzz_u16(in) % (APDU_MAX + 1);
	struct wbuf w = wbuf_of(bytes, room);
	bool encoded;

	apdu.secret = (apdu.p2 & 1) != 0;
	apdu.data = slice_of(in->p, in->n);
	encoded = apdu_encode(&apdu, &w);
	fuzz_law(!encoded || (apdu.data.n <= 255 && apdu.le <= 256 &&
	    w.n == 4u + (apdu.data.n > 0) + apdu.data.n + (apdu.le > 0)),
	    "a short command");
	fuzz_law(encoded || apdu.data.n > 255 || apdu.le > 256 ||
	    room < 6 + apdu.data.n, "what fits is encoded");
	fuzz_law(!apdu.secret || apdu_clear(&apdu) == 4, "P6: the header only");
}

static void
parse_pin(struct fuzz_in *in)
{
	enum jpki_pin pin = (enum jpki_pin)fuzz_u8(in);
	const struct jpki_pin_desc *desc = jpki_pin_describe(pin);
	const char *text = (const char *)in->p;
	enum jpki_err now, new;

	now = jpki_pin_check(pin, JPKI_PIN_CURRENT, text, in->n);
	new = jpki_pin_check(pin, JPKI_PIN_TO_SET, text, in->n);
	fuzz_law(new != JPKI_OK || now == JPKI_OK, "a new PIN can be one");
	if (now != JPKI_OK)
		return;
	fuzz_law(desc != NULL && in->n >= desc->min && in->n <= desc->max &&
	    in->n > 0, "P1, P5: its length");
	for (size_t i = 0; i < in->n; i++)
		fuzz_law((text[i] >= '0' && text[i] <= '9') ||
		    (desc->letters && ((text[i] >= 'A' && text[i] <= 'Z') ||
		    (text[i] >= 'a' && text[i] <= 'z'))), "P1: its characters");
}

/* What is shown is text that ends, or hexadecimal of two digits a byte. */
static void
check_attributes(const struct jpki_attributes *a, size_t n)
{
	const char *texts[] = { a->name, a->address, a->birth, a->sex };
	size_t shown = 0;

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		shown += texts[i] != NULL ? strlen(texts[i]) + 1 : 0;
	fuzz_law(shown > 0, "one of the four is there");
	for (size_t i = 0; i < a->others_count; i++) {
		fuzz_law(strlen(a->others[i].hex) % 2 == 0, "whole bytes");
		shown += strlen(a->others[i].hex) / 2;
	}
	fuzz_law(shown <= n, "nothing is shown that is not there");
	fuzz_law(a->birth_date == NULL || (a->birth != NULL &&
	    strlen(a->birth_date) == 10), "a date is YYYY-MM-DD");
	fuzz_law(a->sex_text == NULL || (a->sex != NULL &&
	    strlen(a->sex) == 1), "codes have one digit");
}

static void
parse_attributes(struct fuzz_in *in)
{
	struct jpki_attributes *a = NULL;
	enum jpki_err err = attributes_parse(slice_of(in->p, in->n), &a);

	fuzz_law((err == JPKI_OK) == (a != NULL), "written on success only");
	fuzz_law(err == JPKI_OK || err == JPKI_ERR_MALFORMED,
	    "the errors of attributes");
	if (a != NULL)
		check_attributes(a, in->n);
	jpki_attributes_free(&a);
}

static void
parse_number(struct fuzz_in *in)
{
	struct slice object = slice_of(in->p, in->n), digits;

	if (!mynumber_find(object, &digits))
		return;
	fuzz_law(digits.n == JPKI_MYNUMBER_DIGITS && digits.p > object.p &&
	    digits.p + digits.n <= object.p + object.n, "in the object");
	for (size_t i = 0; i < digits.n; i++)
		fuzz_law(digits.p[i] >= '0' && digits.p[i] <= '9', "digits");
}

static void (*const parsers[])(struct fuzz_in *) = {
	parse_certificate, parse_signed, parse_pair, parse_claim, parse_tlv,
	parse_holder, parse_date, parse_digest, parse_sw, parse_answer,
	parse_command, parse_pin, parse_attributes, parse_number,
};

#define PARSERS		(sizeof(parsers) / sizeof(parsers[0]))

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_in in = fuzz_in_of(data, size);

	parsers[fuzz_below(&in, PARSERS)](&in);
	parse_left_no_error();
	return 0;
}

/*
 * Mutation.
 */

/* Where the DER of an input begins, by its parser; 0: it has none. */
static size_t
der_at(const uint8_t *data, size_t size)
{
	static const size_t at[] = { 1, 3, 3 };
	unsigned parser = size > 0 ? data[0] % PARSERS : PARSERS;

	if (parser >= sizeof(at) / sizeof(at[0]) || size <= at[parser])
		return 0;
	return at[parser];
}

/* An input from nothing: a certificate, or what of it is signed. */
static size_t
sample(uint8_t *data, size_t max_size, unsigned seed)
{
	struct slice der = parse_sample(seed % SAMPLES);
	bool tbs = (seed & 0x100) != 0;

	if (tbs)
		der = der_element(der_value(der));
	if (der.n + 3 > max_size)
		return 0;
	data[0] = tbs ? 1 : 0;
	data[1] = data[2] = 0;
	memcpy(data + (tbs ? 3 : 1), der.p, der.n);
	return der.n + (tbs ? 3 : 1);
}

/* A certificate and its CA's, the one's length in front of it. */
static size_t
sample_pair(uint8_t *data, size_t max_size, unsigned seed)
{
	struct slice der = parse_sample(seed % SAMPLES);
	struct slice ca = parse_sample(2);

	if (3 + der.n + ca.n > max_size)
		return 0;
	data[0] = 2;
	data[1] = (uint8_t)(der.n >> 8);
	data[2] = (uint8_t)der.n;
	memcpy(data + 3, der.p, der.n);
	memcpy(data + 3 + der.n, ca.p, ca.n);
	return 3 + der.n + ca.n;
}

size_t
LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size,
    unsigned seed)
{
	size_t at = der_at(data, size), n = 0;

	if (seed % 1024 == 0)
		n = sample(data, max_size, seed >> 10);
	else if (seed % 1024 == 1)
		n = sample_pair(data, max_size, seed >> 10);
	if (n > 0)
		return n;
	if (at == 0 || seed % 8 == 0)
		return LLVMFuzzerMutate(data, size, max_size);
	n = der_mutate(data + at, size - at, max_size - at, seed >> 3);
	return at + n;
}
