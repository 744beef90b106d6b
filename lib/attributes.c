/* SPDX-License-Identifier: BSD-2-Clause */
#include "attributes.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/asn1.h>

#include "holder.h"
#include "mem.h"
#include "text.h"
#include "tlv.h"

#define MYNUMBER_TAG	0xFF10
#define OFFSETS_TAG	0xDF21	/* where the others are, which is seen anyway */
#define BIRTH_DIGITS	8

static const struct {
	uint16_t	tag;
	size_t		field;
} fields[] = {
	{ 0xDF22, offsetof(struct jpki_attributes, name) },
	{ 0xDF23, offsetof(struct jpki_attributes, address) },
	{ 0xDF24, offsetof(struct jpki_attributes, birth) },
	{ 0xDF25, offsetof(struct jpki_attributes, sex) },
};

#define FIELDS	(sizeof(fields) / sizeof(fields[0]))

/* ISO 5218; the certificate has codes of its own. */
static const struct {
	const char	*code;
	const char	*text;
} sexes[] = {
	{ "0", N_("unknown") }, { "1", N_("male") }, { "2", N_("female") },
	{ "9", N_("not applicable") },
};

const char *
attributes_sex(const char *stored)
{
	for (size_t i = 0; i < sizeof(sexes) / sizeof(sexes[0]); i++)
		if (strcmp(sexes[i].code, stored) == 0)
			return sexes[i].text;
	return NULL;
}

static char **
field_at(struct jpki_attributes *a, size_t row)
{
	return (char **)(void *)((char *)a + fields[row].field);
}

/* The field of a tag that is not filled yet, or NULL. */
static char **
field_of_tag(struct jpki_attributes *a, uint16_t tag)
{
	for (size_t i = 0; i < FIELDS; i++)
		if (fields[i].tag == tag && *field_at(a, i) == NULL)
			return field_at(a, i);
	return NULL;
}

/* UTF-8 without a NUL, which would hide what stands behind it. */
static bool
is_text(struct slice value)
{
	unsigned long character;
	int n;

	while (value.n > 0) {
		n = UTF8_getc(value.p, (int)value.n, &character);
		if (n <= 0 || character == 0)
			return false;
		value = slice_of(value.p + n, value.n - (size_t)n);
	}
	return true;
}

static enum jpki_err
add_other(struct jpki_attributes *a, uint16_t tag, struct slice value)
{
	struct jpki_attribute *others;

	others = realloc(a->others, (a->others_count + 1) * sizeof(*others));
	if (others == NULL)
		return JPKI_ERR_MEMORY;
	a->others = others;
	others += a->others_count;
	others->tag = tag;
	others->hex = hex_new(value);
	if (others->hex == NULL)
		return JPKI_ERR_MEMORY;
	a->others_count++;
	return JPKI_OK;
}

static enum jpki_err
add(struct jpki_attributes *a, uint16_t tag, struct slice value)
{
	char **field = field_of_tag(a, tag);

	if (tag == OFFSETS_TAG)
		return JPKI_OK;
	/* Unknown, doubled or not text: shown raw, never dropped. */
	if (field == NULL || !is_text(value))
		return add_other(a, tag, value);
	*field = strndup((const char *)value.p, value.n);
	return *field != NULL ? JPKI_OK : JPKI_ERR_MEMORY;
}

/* Cut one object off the front. */
static bool
take_object(struct slice *rest, uint16_t *tag, struct slice *value)
{
	size_t header, length;
	struct slice skipped;

	return tlv_header(*rest, tag, &header, &length) &&
	    slice_take(rest, header, &skipped) &&
	    slice_take(rest, length, value);
}

static enum jpki_err
add_all(struct jpki_attributes *a, struct slice rest)
{
	enum jpki_err err = JPKI_OK;
	struct slice value;
	uint16_t tag;

	while (err == JPKI_OK && rest.n > 0)
		err = take_object(&rest, &tag, &value) ?
		    add(a, tag, value) : JPKI_ERR_MALFORMED;
	return err;
}

static enum jpki_err
derive(struct jpki_attributes *a)
{
	char date[11], era[24];

	if (a->sex != NULL)
		a->sex_text = attributes_sex(a->sex);
	/* With an era digit it would be a certificate's. */
	if (a->birth == NULL || strlen(a->birth) != BIRTH_DIGITS ||
	    !holder_birth(a->birth, date, era))
		return JPKI_OK;
	a->birth_date = strdup(date);
	return a->birth_date != NULL ? JPKI_OK : JPKI_ERR_MEMORY;
}

static bool
is_empty(struct jpki_attributes *a)
{
	for (size_t i = 0; i < FIELDS; i++)
		if (*field_at(a, i) != NULL)
			return false;
	return true;
}

enum jpki_err
attributes_parse(struct slice object, struct jpki_attributes **out)
{
	struct jpki_attributes *a;
	struct slice value;
	enum jpki_err err;
	uint16_t tag;

	if (!take_object(&object, &tag, &value) || tag != ATTRIBUTES_TAG ||
	    object.n > 0)
		return JPKI_ERR_MALFORMED;
	a = calloc(1, sizeof(*a));
	if (a == NULL)
		return JPKI_ERR_MEMORY;
	err = add_all(a, value);
	if (err == JPKI_OK && is_empty(a))
		err = JPKI_ERR_MALFORMED;
	if (err == JPKI_OK)
		err = derive(a);
	if (err == JPKI_OK)
		*out = a;
	else
		jpki_attributes_free(&a);
	return err;
}

void
jpki_attributes_free(struct jpki_attributes **attributes)
{
	struct jpki_attributes *a;

	if (attributes == NULL || *attributes == NULL)
		return;
	a = *attributes;
	for (size_t i = 0; i < FIELDS; i++)
		mem_free_text(*field_at(a, i));
	mem_free_text(a->birth_date);
	for (size_t i = 0; i < a->others_count; i++)
		mem_free_text(a->others[i].hex);
	free(a->others);
	free(a);
	*attributes = NULL;
}

bool
mynumber_find(struct slice object, struct slice *digits)
{
	const volatile uint8_t *p;	/* as mem.h says */
	uint16_t tag;

	if (!take_object(&object, &tag, digits) || tag != MYNUMBER_TAG ||
	    digits->n != JPKI_MYNUMBER_DIGITS)
		return false;
	p = digits->p;
	for (size_t i = 0; i < digits->n; i++)
		if (p[i] < '0' || p[i] > '9')
			return false;
	return true;
}
