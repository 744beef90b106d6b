/* SPDX-License-Identifier: BSD-2-Clause */
/* What is often asked of a value; see pdf_doc.h. */
#include <stdlib.h>
#include <string.h>

#include "pdf_doc.h"

/* qpdf complains if it is asked for a key of something else. */
qpdf_oh
pdf_get(qpdf_data q, qpdf_oh dict, const char *key)
{
	return qpdf_oh_is_dictionary(q, dict) ?
	    qpdf_oh_get_key(q, dict, key) : qpdf_oh_new_null(q);
}

bool
pdf_has(qpdf_data q, qpdf_oh dict, const char *key)
{
	qpdf_oh value = pdf_get(q, dict, key);
	bool has = !qpdf_oh_is_null(q, value);

	qpdf_oh_release(q, value);
	return has;
}

bool
pdf_is_name(qpdf_data q, qpdf_oh dict, const char *key, const char *name)
{
	qpdf_oh value = pdf_get(q, dict, key);
	bool is = qpdf_oh_is_name_and_equals(q, value, name);

	qpdf_oh_release(q, value);
	return is;
}

bool
pdf_same(qpdf_data q, qpdf_oh oh, int id, int gen)
{
	return qpdf_oh_get_object_id(q, oh) == id &&
	    qpdf_oh_get_generation(q, oh) == gen;
}

qpdf_oh
pdf_dict_of(qpdf_data q, qpdf_oh oh)
{
	return qpdf_oh_is_stream(q, oh) ? qpdf_oh_get_dict(q, oh) :
	    qpdf_oh_new_object(q, oh);
}

char *
pdf_text(qpdf_data q, qpdf_oh oh)
{
	qpdf_oh dict = pdf_dict_of(q, oh);
	char *text = strdup(qpdf_oh_unparse_resolved(q, dict));

	qpdf_oh_release(q, dict);
	return text;
}

char *
pdf_text_short(qpdf_data q, qpdf_oh oh)
{
	return strdup(qpdf_oh_unparse(q, oh));
}

/* All in one block: the pointers, and behind them the text. */
static char **
keys_pack(char *text, size_t n, size_t count)
{
	char **keys = malloc((count + 1) * sizeof(*keys) + n);
	char *at;

	if (keys == NULL)
		return NULL;
	at = (char *)(keys + count + 1);
	if (n > 0)
		memcpy(at, text, n);
	for (size_t i = 0; i < count; i++) {
		keys[i] = at;
		at += strlen(at) + 1;
	}
	keys[count] = NULL;
	return keys;
}

/* qpdf goes through one dictionary at a time. */
char **
pdf_keys(qpdf_data q, qpdf_oh dict)
{
	char *text = NULL, *more, **keys = NULL;
	size_t n = 0, count = 0;

	qpdf_oh_begin_dict_key_iter(q, dict);
	while (qpdf_oh_dict_more_keys(q)) {
		const char *key = qpdf_oh_dict_next_key(q);
		size_t key_n = strlen(key) + 1;

		more = realloc(text, n + key_n);
		if (more == NULL)
			goto out;
		text = more;
		memcpy(text + n, key, key_n);
		n += key_n;
		count++;
	}
	keys = keys_pack(text, n, count);
out:
	free(text);
	return keys;
}
