/* SPDX-License-Identifier: BSD-2-Clause */
#include "pdf_update.h"

#include <stdlib.h>
#include <string.h>

#include <openssl/evp.h>

/* Of a cross-reference stream: type, offset, generation. */
#define WIDTH_TYPE	1
#define WIDTH_AT	5
#define WIDTH_GEN	2

/* The longest offset that a table has room for. */
#define OFFSET_MAX	9999999999u

#define ID_BYTES	16

/* What a trailer must not take over from the section before. */
static const char *const section_keys[] = {
	"/Prev", "/XRefStm", "/Type", "/W", "/Index", "/Length", "/Filter",
	"/DecodeParms", "/DL", "/F", "/FFilter", "/FDecodeParms",
};

static size_t
update_at(const struct pdf_update *u)
{
	char *p;

	return u->in->n + (size_t)BIO_get_mem_data(u->out, &p);
}

enum doc_err
pdf_update_open(struct pdf_update *out, struct pdf_doc *doc,
    const struct doc_bytes *in, struct doc_error *error)
{
	memset(out, 0, sizeof(*out));
	out->doc = doc;
	out->in = in;
	out->out = BIO_new(BIO_s_mem());
	if (out->out == NULL)
		return doc_fail(error, DOC_ERR_MEMORY, "out of memory");
	if (in->p[in->n - 1] != '\n' && in->p[in->n - 1] != '\r')
		BIO_puts(out->out, "\n");
	return pdf_tail_read(in, &out->tail, error);
}

void
pdf_update_close(struct pdf_update *update)
{
	BIO_free(update->out);
	free(update->entries);
	memset(update, 0, sizeof(*update));
}

static struct pdf_entry *
find_entry(struct pdf_update *u, int id, int gen)
{
	for (size_t i = 0; i < u->n; i++)
		if (u->entries[i].id == id && u->entries[i].gen == gen)
			return &u->entries[i];
	return NULL;
}

void
pdf_update_change(struct pdf_update *update, qpdf_oh oh)
{
	int id = qpdf_oh_get_object_id(update->doc->q, oh);
	int gen = qpdf_oh_get_generation(update->doc->q, oh);
	struct pdf_entry *all;

	if (update->failed || find_entry(update, id, gen) != NULL)
		return;
	if (update->n == update->room) {
		all = realloc(update->entries,
		    (update->room + 16) * sizeof(*all));
		update->failed = all == NULL;
		if (all == NULL)
			return;
		update->entries = all;
		update->room += 16;
	}
	update->entries[update->n++] = (struct pdf_entry){ id, gen, 0 };
}

qpdf_oh
pdf_update_new(struct pdf_update *update, qpdf_oh value)
{
	qpdf_oh oh = qpdf_make_indirect_object(update->doc->q, value);

	pdf_update_change(update, oh);
	return oh;
}

qpdf_oh
pdf_update_reserve(struct pdf_update *update)
{
	/* No null: what points to a null is not written. */
	return pdf_update_new(update, qpdf_oh_new_dictionary(update->doc->q));
}

size_t
pdf_update_begin(struct pdf_update *update, qpdf_oh oh)
{
	int id = qpdf_oh_get_object_id(update->doc->q, oh);
	int gen = qpdf_oh_get_generation(update->doc->q, oh);
	struct pdf_entry *entry = find_entry(update, id, gen);

	if (entry != NULL)
		entry->at = update_at(update);
	BIO_printf(update->out, "%d %d obj\n", id, gen);
	return update_at(update) - update->in->n;
}

void
pdf_update_end(struct pdf_update *update)
{
	BIO_puts(update->out, "\nendobj\n");
}

/*
 * The end.
 */

static void
write_changed(struct pdf_update *u)
{
	for (size_t i = 0; i < u->n; i++) {
		qpdf_oh oh;
		char *text;

		if (u->entries[i].at != 0)
			continue;
		oh = qpdf_get_object_by_id(u->doc->q, u->entries[i].id,
		    u->entries[i].gen);
		text = pdf_text(u->doc->q, oh);
		u->failed |= text == NULL;
		pdf_update_begin(u, oh);
		BIO_puts(u->out, text != NULL ? text : "");
		pdf_update_end(u);
		free(text);
	}
}

static int
compare_entries(const void *a, const void *b)
{
	const struct pdf_entry *x = a, *y = b;

	return (x->id > y->id) - (x->id < y->id);
}

/* How many entries from there on have ids without a gap. */
static size_t
run_length(const struct pdf_update *u, size_t from)
{
	size_t n = 1;

	while (from + n < u->n &&
	    u->entries[from + n].id == u->entries[from].id + (int)n)
		n++;
	return n;
}

/* Another second half, so that whoever looks sees another file. */
static bool
set_id(struct pdf_update *u, OSSL_LIB_CTX *crypto, qpdf_oh trailer)
{
	qpdf_data q = u->doc->q;
	qpdf_oh old = qpdf_oh_get_key(q, trailer, "/ID"), id, first;
	uint8_t digest[EVP_MAX_MD_SIZE];
	size_t digest_n = 0;
	char *p;
	long n = BIO_get_mem_data(u->out, &p);

	if (EVP_Q_digest(crypto, "SHA256", NULL, p, (size_t)n, digest,
	    &digest_n) != 1 || digest_n < ID_BYTES)
		return false;
	id = qpdf_oh_new_binary_string(q, (const char *)digest, ID_BYTES);
	first = id;
	if (qpdf_oh_is_array(q, old) && qpdf_oh_get_array_n_items(q, old) == 2)
		first = qpdf_oh_get_array_item(q, old, 0);
	old = qpdf_oh_new_array(q);
	qpdf_oh_append_item(q, old, first);
	qpdf_oh_append_item(q, old, id);
	qpdf_oh_replace_key(q, trailer, "/ID", old);
	return true;
}

/* The document's trailer becomes the update's. */
static bool
prepare_trailer(struct pdf_update *u, OSSL_LIB_CTX *crypto)
{
	qpdf_data q = u->doc->q;
	qpdf_oh trailer = qpdf_get_trailer(q);
	qpdf_oh size = qpdf_oh_get_key(q, trailer, "/Size");
	int ids = qpdf_oh_get_int_value_as_int(q, size);

	for (size_t i = 0; i < sizeof(section_keys) / sizeof(*section_keys);
	    i++)
		qpdf_oh_remove_key(q, trailer, section_keys[i]);
	if (ids <= u->entries[u->n - 1].id)
		ids = u->entries[u->n - 1].id + 1;
	qpdf_oh_replace_key(q, trailer, "/Size", qpdf_oh_new_integer(q, ids));
	qpdf_oh_replace_key(q, trailer, "/Prev",
	    qpdf_oh_new_integer(q, (long long)u->tail.xref));
	return set_id(u, crypto, trailer);
}

static void
write_table(struct pdf_update *u)
{
	char *trailer = pdf_text(u->doc->q, qpdf_get_trailer(u->doc->q));

	BIO_puts(u->out, "xref\n");
	for (size_t i = 0; i < u->n; ) {
		size_t n = run_length(u, i);

		BIO_printf(u->out, "%d %d\n", u->entries[i].id, (int)n);
		for (; n > 0; n--, i++)
			BIO_printf(u->out, "%010llu %05d n \n",
			    (unsigned long long)u->entries[i].at,
			    u->entries[i].gen);
	}
	u->failed |= trailer == NULL;
	BIO_printf(u->out, "trailer\n%s\n", trailer != NULL ? trailer : "");
	free(trailer);
}

static void
write_number(BIO *out, unsigned long long value, int width)
{
	while (width-- > 0) {
		uint8_t c = (uint8_t)(value >> (8 * width));

		BIO_write(out, &c, 1);
	}
}

static void
add_stream_keys(struct pdf_update *u, qpdf_oh dict)
{
	static const int widths[] = { WIDTH_TYPE, WIDTH_AT, WIDTH_GEN };
	qpdf_data q = u->doc->q;
	qpdf_oh index = qpdf_oh_new_array(q), w = qpdf_oh_new_array(q);

	for (size_t i = 0, n; i < u->n; i += n) {
		n = run_length(u, i);
		qpdf_oh_append_item(q, index,
		    qpdf_oh_new_integer(q, u->entries[i].id));
		qpdf_oh_append_item(q, index,
		    qpdf_oh_new_integer(q, (long long)n));
	}
	for (size_t i = 0; i < sizeof(widths) / sizeof(*widths); i++)
		qpdf_oh_append_item(q, w, qpdf_oh_new_integer(q, widths[i]));
	qpdf_oh_replace_key(q, dict, "/Type", qpdf_oh_new_name(q, "/XRef"));
	qpdf_oh_replace_key(q, dict, "/Index", index);
	qpdf_oh_replace_key(q, dict, "/W", w);
	qpdf_oh_replace_key(q, dict, "/Length", qpdf_oh_new_integer(q,
	    (long long)u->n * (WIDTH_TYPE + WIDTH_AT + WIDTH_GEN)));
}

/* It lists itself as well, so it begins before its text is made. */
static void
write_stream(struct pdf_update *u, qpdf_oh self)
{
	qpdf_oh dict = qpdf_get_trailer(u->doc->q);
	char *text;

	pdf_update_begin(u, self);
	add_stream_keys(u, dict);
	text = pdf_text(u->doc->q, dict);
	u->failed |= text == NULL;
	BIO_printf(u->out, "%s\nstream\n", text != NULL ? text : "");
	for (size_t i = 0; i < u->n; i++) {
		write_number(u->out, 1, WIDTH_TYPE);
		write_number(u->out, u->entries[i].at, WIDTH_AT);
		write_number(u->out, (unsigned)u->entries[i].gen, WIDTH_GEN);
	}
	BIO_puts(u->out, "\nendstream");
	pdf_update_end(u);
	free(text);
}

enum doc_err
pdf_update_finish(struct pdf_update *update, OSSL_LIB_CTX *crypto,
    struct doc_error *error)
{
	qpdf_oh self = 0;
	size_t at;

	write_changed(update);
	if (update->tail.is_stream)
		self = pdf_update_reserve(update);
	if (update->failed)
		return doc_fail(error, DOC_ERR_MEMORY, "out of memory");
	qsort(update->entries, update->n, sizeof(*update->entries),
	    compare_entries);
	if (!prepare_trailer(update, crypto))
		return doc_fail(error, DOC_ERR_INTERNAL, "no SHA-256");
	at = update_at(update);
	if (at > OFFSET_MAX)
		return doc_fail(error, DOC_ERR_INPUT, "the PDF is longer than "
		    "10 GB");
	if (update->tail.is_stream)
		write_stream(update, self);
	else
		write_table(update);
	BIO_printf(update->out, "startxref\n%zu\n%%%%EOF\n", at);
	return update->failed ? doc_fail(error, DOC_ERR_MEMORY,
	    "out of memory") : pdf_doc_sound(update->doc, error);
}
