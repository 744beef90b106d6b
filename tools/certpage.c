/* SPDX-License-Identifier: BSD-2-Clause */
#include "certpage.h"

#include <string.h>

#include "colour.h"
#include "language.h"
#include "outtext.h"
#include "validity.h"

/* What a CA is, proved with its certificate, or claimed only. */
static const struct ca_row {
	const char *proved, *claimed;
	const char *note;		/* on a second line, or NULL */
} ca_rows[] = {
	/* All cards under the user authentication CA of 2019 (PROTOCOL 18.3). */
	[JPKI_CA_UNKNOWN] = { N_("not among those that can be recognised; that alone"),
	    N_("not among those that can be recognised; that alone"),
	    N_("says nothing against the certificate (PROTOCOL 18.3)") },
	[JPKI_CA_TEST] = { N_("issued by a TEST CA: never an identity"),
	    N_("claims a TEST CA: never an identity"), NULL },
	[JPKI_CA_KNOWN] = { N_("issued by a known J-LIS CA (signature verified)"),
	    N_("claims a known J-LIS CA (not verified here)"), NULL },
};

static void
put_days(FILE *f, const struct jpki_cert *cert, int64_t now)
{
	struct validity	v = validity_of(cert, now);
	long		days = (long)v.days_left;

	if (v.expired) {
		colour_on(f, COLOUR_ALARM);
		text_rowf(f, "", ngettext("EXPIRED %ld day ago",
		    "EXPIRED %ld days ago", (unsigned long)-days), -days);
		colour_off(f);
	} else if (v.not_yet)
		text_row(f, "", _("not valid yet"));
	else
		text_rowf(f, "", ngettext("%ld day left", "%ld days left",
		    (unsigned long)days), days);
}

static void
put_renewal(FILE *f, const struct jpki_cert *cert, int64_t now)
{
	struct validity	v = validity_of(cert, now);
	char		from[VALIDITY_TEXT];

	if (cert->is_ca)
		return;
	if (v.expired)
		text_row(f, "Renewal",
		    _("get a new one at the municipal counter"));
	else
		text_rowf(f, "Renewal", v.renewable ?
		    _("open since %s, at the municipal counter") :
		    _("open from %s, at the municipal counter"),
		    validity_day(cert->renewable_from, from));
}

void
certpage_period(FILE *f, const struct jpki_cert *cert, int64_t now)
{
	char from[VALIDITY_TEXT], until[VALIDITY_TEXT];

	text_rowf(f, "Valid (Japan time)", _("%s to %s"),
	    validity_day(cert->not_before, from),
	    validity_day(cert->not_after, until));
	put_days(f, cert, now);
	put_renewal(f, cert, now);
}

void
certpage_validity(FILE *f, const struct certview *view, int64_t now)
{
	const struct jpki_cert	*cert = view->cert;
	const struct ca_row	*ca = &ca_rows[view->ca];

	text_row(f, "Issuer", cert->issuer);
	text_row(f, "Serial number", cert->serial);
	certpage_period(f, cert, now);
	text_row(f, "CA", language_of(view->proved ? ca->proved :
	    ca->claimed));
	if (ca->note != NULL)
		text_row(f, "", language_of(ca->note));
}

/*
 * The characters that stand for others, which JIS has no code for: flags is a
 * string with a 1 for each of them.
 */
static void
put_substitutes(FILE *f, const char *text, const char *flags)
{
	size_t		left = strlen(text);
	unsigned	place = 1;

	if (flags == NULL || strchr(flags, '1') == NULL)
		return;
	for (; *flags != '\0' && left > 0; flags++, place++) {
		uint32_t	cp;
		size_t		n = text_decode(text, left, &cp);
		char		one[5] = "", words[160];

		memcpy(one, text, n);
		if (*flags == '1') {
			(void)snprintf(words, sizeof words,
			    _("character %u, %s, stands for another one"),
			    place, one);
			text_row(f, "", words);
		}
		text += n;
		left -= n;
	}
}

static void
put_attribute(FILE *f, const char *label, const char *value,
    const char *flags)
{
	if (value == NULL)
		return;
	text_row(f, label, value);
	put_substitutes(f, value, flags);
}

static void
put_birth(FILE *f, const struct jpki_holder *h)
{
	char		era[16];
	unsigned	year;

	if (h->birth_date != NULL && h->birth_era != NULL &&
	    sscanf(h->birth_era, "%15s %3u", era, &year) == 2)
		/* As in "1990-04-01 (Heisei 2)". */
		text_rowf(f, "Date of birth", _("%s (%s %u)"), h->birth_date,
		    language_of(era), year);
	else if (h->birth_date != NULL || h->birth != NULL)
		text_row(f, "Date of birth",
		    h->birth_date ? h->birth_date : h->birth);
}

void
certpage_holder(FILE *f, const struct jpki_holder *h)
{
	fputs(_("\nHolder\n"), f);
	put_attribute(f, "Name", h->name, h->name_flags);
	put_birth(f, h);
	if (h->sex != NULL)
		text_row(f, "Sex", language_of(h->sex_text ? h->sex_text :
		    h->sex));
	put_attribute(f, "Address", h->address, h->address_flags);
	for (size_t i = 0; i < h->others_count; i++)
		text_row(f, h->others[i].oid, h->others[i].hex);
}

static void
put_if(FILE *f, const char *label, const char *value)
{
	if (value[0] != '\0')
		text_row(f, label, value);
}

void
certpage_text(FILE *f, const struct certview *view, int64_t now)
{
	const struct cert_desc	*desc = cert_describe(view->id);
	const struct jpki_cert	*cert = view->cert;

	text_heading(f, desc->title);
	if (strcmp(language_of(desc->title), desc->japanese) != 0)
		fprintf(f, "%s\n", desc->japanese);
	fputc('\n', f);
	text_row(f, "Subject", cert->subject);
	certpage_validity(f, view, now);
	text_row(f, "Revocation", _("not checkable by the public"));
	text_rowf(f, "Key", _("%s, %u bits"), cert->key_type, cert->key_bits);
	put_if(f, "Key usage", cert->key_usage);
	put_if(f, "Extended key usage", cert->ext_key_usage);
	put_if(f, "Policies", cert->policies);
	put_if(f, "Subject key id", cert->subject_key_id);
	put_if(f, "Authority key id", cert->authority_key_id);
	put_if(f, "SHA-256", cert->fingerprint);
	if (cert->holder != NULL)
		certpage_holder(f, cert->holder);
}

void
certpage_status_json(struct json *j, const struct certview *view, int64_t now)
{
	const struct jpki_cert	*cert = view->cert;
	struct validity		 v = validity_of(cert, now);
	char			 room[VALIDITY_TEXT];

	json_string(j, "serial", cert->serial);
	json_string(j, "issuer", cert->issuer);
	json_string(j, "not_before", validity_rfc3339(cert->not_before, room));
	json_string(j, "not_after", validity_rfc3339(cert->not_after, room));
	json_int(j, "days_left", v.days_left);
	json_bool(j, "expired", v.expired);
	json_string(j, "renewable_from", cert->is_ca ? NULL :
	    validity_rfc3339(cert->renewable_from, room));
	if (cert->is_ca)
		json_null(j, "renewable");
	else
		json_bool(j, "renewable", v.renewable);
	json_string(j, "ca", cert_ca_name(view->ca));
}

void
certpage_holder_json(struct json *j, const struct jpki_holder *h)
{
	if (h == NULL) {
		json_null(j, "holder");
		return;
	}
	json_open(j, "holder", '{');
	json_string(j, "name", h->name);
	json_string(j, "name_flags", h->name_flags);
	json_string(j, "birth", h->birth);
	json_string(j, "birth_date", h->birth_date);
	json_string(j, "birth_era", h->birth_era);
	json_string(j, "sex", h->sex);
	json_string(j, "sex_text", h->sex_text);
	json_string(j, "address", h->address);
	json_string(j, "address_flags", h->address_flags);
	json_open(j, "others", '[');
	for (size_t i = 0; i < h->others_count; i++) {
		json_open(j, NULL, '{');
		json_string(j, "oid", h->others[i].oid);
		json_string(j, "value", h->others[i].hex);
		json_close(j, '}');
	}
	json_close(j, ']');
	json_close(j, '}');
}

void
certpage_json(struct json *j, const struct certview *view, int64_t now)
{
	const struct jpki_cert *cert = view->cert;

	json_string(j, "certificate", cert_describe(view->id)->name);
	json_string(j, "subject", cert->subject);
	certpage_status_json(j, view, now);
	json_bool(j, "ca_proved", view->proved);
	/* Nobody but certified verifiers may ask. */
	json_null(j, "revoked");
	json_string(j, "key_type", cert->key_type);
	json_int(j, "key_bits", cert->key_bits);
	json_string(j, "key_usage", cert->key_usage);
	json_string(j, "ext_key_usage", cert->ext_key_usage);
	json_string(j, "policies", cert->policies);
	json_string(j, "subject_key_id", cert->subject_key_id);
	json_string(j, "authority_key_id", cert->authority_key_id);
	json_string(j, "sha256", cert->fingerprint);
	certpage_holder_json(j, cert->holder);
}
