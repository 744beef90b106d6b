/* SPDX-License-Identifier: BSD-2-Clause */
#include "holder.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/x509v3.h>

#include "buf.h"
#include "mem.h"
#include "text.h"

#define OID_BASE	"1.2.392.200149.8.5.5."
#define OID_MAX		256

/* Which otherName is what (PROTOCOL, "Holder's attributes"). */
static const struct {
	const char	*oid;
	size_t		 field;
} attributes[] = {
	{ OID_BASE "1", offsetof(struct jpki_holder, name) },
	{ OID_BASE "2", offsetof(struct jpki_holder, name_flags) },
	{ OID_BASE "3", offsetof(struct jpki_holder, sex) },
	{ OID_BASE "4", offsetof(struct jpki_holder, birth) },
	{ OID_BASE "5", offsetof(struct jpki_holder, address) },
	{ OID_BASE "6", offsetof(struct jpki_holder, address_flags) },
};

/* The era digit, and the year before the era's first. */
static const struct {
	char		 digit;
	const char	*name;
	int		 before;
} eras[] = {
	{ '1', N_("Meiji"), 1867 }, { '2', N_("Taisho"), 1911 }, { '3', N_("Showa"), 1925 },
	{ '4', N_("Heisei"), 1988 }, { '5', N_("Reiwa"), 2018 },
};

/* Not the codes of the input assistance application: those are ISO 5218. */
static const struct {
	const char	*code;
	const char	*text;
} sexes[] = {
	{ "1", N_("male") }, { "2", N_("female") }, { "3", N_("unknown") },
};

const char *
holder_sex(const char *stored)
{
	for (size_t i = 0; i < sizeof(sexes) / sizeof(sexes[0]); i++)
		if (strcmp(sexes[i].code, stored) == 0)
			return sexes[i].text;
	return NULL;
}

static int
number_of(const char *digits, int count)
{
	int number = 0;

	for (int i = 0; i < count; i++)
		number = number * 10 + (digits[i] - '0');
	return number;
}

bool
holder_birth(const char *stored, char date[11], char era[24])
{
	size_t n = strlen(stored);
	const char *ymd = stored + (n == 9 ? 1 : 0);
	int year, month, day;

	if ((n != 8 && n != 9) || strspn(stored, "0123456789") != n)
		return false;
	year = number_of(ymd, 4);
	month = number_of(ymd + 4, 2);
	day = number_of(ymd + 6, 2);
	if (month < 1 || month > 12 || day < 1 || day > 31)
		return false;
	(void)snprintf(date, 11, "%.4s-%.2s-%.2s", ymd, ymd + 4, ymd + 6);
	era[0] = '\0';
	if (n == 8)
		return true;
	for (size_t i = 0; i < sizeof(eras) / sizeof(eras[0]); i++)
		if (eras[i].digit == stored[0] && year > eras[i].before)
			(void)snprintf(era, 24, "%s %d", eras[i].name,
			    year - eras[i].before);
	return true;
}

/* A string of an ASN.1 string type as UTF-8; *out NULL: not a string. */
static enum jpki_err
utf8_new(ASN1_TYPE *value, char **out)
{
	enum jpki_err err = JPKI_OK;
	unsigned char *utf8 = NULL;
	int n;

	*out = NULL;
	if (value->type != V_ASN1_UTF8STRING &&
	    value->type != V_ASN1_PRINTABLESTRING &&
	    value->type != V_ASN1_IA5STRING)
		return JPKI_OK;
	n = ASN1_STRING_to_UTF8(&utf8, value->value.asn1_string);
	/* A NUL inside would hide what stands behind it. */
	if (n >= 0 && memchr(utf8, '\0', (size_t)n) == NULL) {
		*out = malloc((size_t)n + 1);
		if (*out == NULL) {
			err = JPKI_ERR_MEMORY;
		} else {
			memcpy(*out, utf8, (size_t)n);
			(*out)[n] = '\0';
		}
	}
	OPENSSL_free(utf8);
	return err;
}

static char **
field_at(struct jpki_holder *h, size_t row)
{
	return (char **)(void *)((char *)h + attributes[row].field);
}

static char **
field_of_oid(struct jpki_holder *h, const char *oid)
{
	for (size_t i = 0; i < sizeof(attributes) / sizeof(attributes[0]); i++)
		if (strcmp(attributes[i].oid, oid) == 0)
			return field_at(h, i);
	return NULL;
}

static enum jpki_err
add_other(struct jpki_holder *h, const char *oid, ASN1_TYPE *value)
{
	struct jpki_holder_other *others;
	unsigned char *der = NULL;
	enum jpki_err err = JPKI_ERR_MEMORY;
	int n;

	n = i2d_ASN1_TYPE(value, &der);
	if (n < 0)
		return JPKI_ERR_MALFORMED;
	others = realloc(h->others, (h->others_count + 1) * sizeof(*others));
	if (others == NULL)
		goto out;
	h->others = others;
	others += h->others_count;
	others->oid = strdup(oid);
	others->hex = hex_new(slice_of(der, (size_t)n));
	h->others_count++;
	if (others->oid != NULL && others->hex != NULL)
		err = JPKI_OK;
out:
	OPENSSL_free(der);
	return err;
}

static enum jpki_err
add_attribute(struct jpki_holder *h, OTHERNAME *other)
{
	char oid[OID_MAX];
	enum jpki_err err;
	char **field;
	int n;

	n = OBJ_obj2txt(oid, sizeof(oid), other->type_id, 1);
	/* Cut, it would be another. */
	if (n <= 0 || n >= (int)sizeof(oid))
		return JPKI_ERR_MALFORMED;
	field = field_of_oid(h, oid);
	if (field != NULL && *field == NULL) {
		err = utf8_new(other->value, field);
		if (err != JPKI_OK || *field != NULL)
			return err;
	}
	/* Unknown, doubled or not text: shown raw, never dropped. */
	return add_other(h, oid, other->value);
}

static enum jpki_err
derive(struct jpki_holder *h)
{
	char date[11], era[24];

	if (h->sex != NULL)
		h->sex_text = holder_sex(h->sex);
	if (h->birth == NULL || !holder_birth(h->birth, date, era))
		return JPKI_OK;
	h->birth_date = strdup(date);
	if (h->birth_date == NULL)
		return JPKI_ERR_MEMORY;
	if (era[0] != '\0' && (h->birth_era = strdup(era)) == NULL)
		return JPKI_ERR_MEMORY;
	return JPKI_OK;
}

enum jpki_err
holder_from_x509(X509 *x509, struct jpki_holder **out)
{
	struct jpki_holder *h = NULL;
	GENERAL_NAMES *names;
	enum jpki_err err = JPKI_OK;

	*out = NULL;
	names = X509_get_ext_d2i(x509, NID_subject_alt_name, NULL, NULL);
	for (int i = 0; i < sk_GENERAL_NAME_num(names) && err == JPKI_OK;
	    i++) {
		GENERAL_NAME *name = sk_GENERAL_NAME_value(names, i);

		if (name->type != GEN_OTHERNAME)
			continue;
		if (h == NULL && (h = calloc(1, sizeof(*h))) == NULL)
			err = JPKI_ERR_MEMORY;
		else
			err = add_attribute(h, name->d.otherName);
	}
	if (err == JPKI_OK && h != NULL)
		err = derive(h);
	if (err == JPKI_OK) {
		*out = h;
		h = NULL;
	}
	GENERAL_NAMES_free(names);
	holder_free(&h);
	return err;
}

void
holder_free(struct jpki_holder **holder)
{
	struct jpki_holder *h;

	if (holder == NULL || *holder == NULL)
		return;
	h = *holder;
	for (size_t i = 0; i < sizeof(attributes) / sizeof(attributes[0]); i++)
		mem_free_text(*field_at(h, i));
	mem_free_text(h->birth_date);
	mem_free_text(h->birth_era);
	for (size_t i = 0; i < h->others_count; i++) {
		mem_free_text(h->others[i].oid);
		mem_free_text(h->others[i].hex);
	}
	free(h->others);
	free(h);
	*holder = NULL;
}
