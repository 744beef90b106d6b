/* SPDX-License-Identifier: BSD-2-Clause */
#include "pdf_mutate.h"

#include <string.h>

#define TEXT_MAX	8192
#define PLACES_MAX	256
#define COUNT_OF(a)	(sizeof(a) / sizeof((a)[0]))

/* A text, and the object in it that is to be changed. */
struct text {
	struct slice	all, object;
	unsigned	seed;
};

/* For a dictionary. */
static const char *const entries[] = {
	"/Type/Sig", "/Type/Annot", "/Type/Page", "/Type/DocTimeStamp",
	"/Type/Catalog", "/Type/ObjStm/N 1/First 4", "/Type/XRef",
	"/Subtype/Widget", "/Subtype/Form", "/Subtype/FreeText", "/FT/Sig",
	"/FT/Tx", "/V 7 0 R", "/V 9 0 R", "/V<<>>", "/V(x)", "/V null",
	"/T(a)", "/T(Seal)", "/Ff 1", "/F 132", "/F 2", "/Kids[6 0 R]",
	"/Kids[8 0 R 9 0 R]", "/Parent 6 0 R", "/Parent 2 0 R",
	"/Annots[6 0 R]", "/Annots[6 0 R 8 0 R]", "/Annots 8 0 R",
	"/AcroForm 5 0 R", "/AcroForm<</Fields[6 0 R]/SigFlags 3>>",
	"/Fields[6 0 R 8 0 R]", "/Fields[]", "/Fields 8 0 R", "/SigFlags 3",
	"/SigFlags 1", "/NeedAppearances true", "/NeedAppearances false",
	"/DR<</Font<</Helv 8 0 R>>>>", "/DA(/Helv 0 Tf)", "/XFA(x)",
	"/Perms<</DocMDP 7 0 R>>", "/Perms<</UR3 7 0 R>>",
	"/DSS<</Certs[8 0 R]>>", "/Extensions<</ADBE<</BaseVersion/1.7"
	    "/ExtensionLevel 8>>>>", "/Extensions<</ESIC 8 0 R>>",
	"/Version/2.0", "/OpenAction<<>>", "/AA<<>>", "/A<</S/JavaScript>>",
	"/AP<</N 8 0 R>>", "/AP<</N 4 0 R>>", "/AS/On", "/MK<<>>",
	"/Rect[0 0 9 9]", "/Rect[0 0 0 0]", "/P 3 0 R", "/Rotate 90",
	"/Contents[4 0 R 8 0 R]", "/Contents 8 0 R", "/MediaBox[0 0 9 9]",
	"/Resources<<>>", "/Resources 8 0 R", "/Filter/FlateDecode",
	"/Filter/Adobe.PPKLite", "/SubFilter/adbe.pkcs7.detached",
	"/SubFilter/ETSI.CAdES.detached", "/SubFilter/ETSI.RFC3161",
	"/SubFilter/adbe.pkcs7.sha1", "/SubFilter/adbe.x509.rsa_sha1",
	"/ByteRange[@RANGE@]", "/Contents@CONTENTS@", "/ByteRange[0 1 2 3]",
	"/Contents<30>", "/M(D:20251231120000+09'00')", "/M(D:2025)",
	"/Reference[<</TransformMethod/DocMDP/TransformParams<</P 1>>>>]",
	"/Reference[<</TransformMethod/FieldMDP/TransformParams"
	    "<</Action/All>>>>]", "/Lock<</Action/All>>", "/SV<<>>",
	"/BaseFont/Helvetica", "/Encoding 8 0 R", "/BBox[0 0 9 9]",
};

/* Whole objects; the first of them refer to those of the others. */
static const char *const objects[] = {
	"<</Type/Annot/Subtype/Widget/FT/Sig/T(b)/Rect[0 0 0 0]/P 3 0 R>>",
	"<</Type/Annot/Subtype/Widget/FT/Sig/T(b)/Rect[0 0 0 0]/P 3 0 R"
	    "/V 9 0 R>>",
	"<</Type/Sig/Filter/Adobe.PPKLite/SubFilter/adbe.pkcs7.detached"
	    "/M(D:20251231120000+09'00')/ByteRange[@RANGE@]"
	    "/Contents@CONTENTS@>>",
	"<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]/Contents 4 0 R"
	    "/Resources<<>>/Annots[6 0 R 8 0 R]>>",
	"<</Fields[6 0 R 8 0 R]/SigFlags 3>>", "[6 0 R 8 0 R]", "[6 0 R]",
	"<</Type/Catalog/Pages 2 0 R/AcroForm 5 0 R>>", "<<>>", "null",
	"<</Type/XObject/Subtype/Form/BBox[0 0 9 9]/Length 5>>\n"
	    "stream\n0 0 m\nendstream", "<</Length 5>>\nstream\n0 0 m\n"
	    "endstream", "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
	"<</CreationDate(D:2025)/ModDate(D:2026)>>", "7", "(text)",
};

static void
put_text(struct wbuf *w, const char *text)
{
	wbuf_put(w, text, strlen(text));
}

/* The objects' beginnings; the last one is the text's end. */
static size_t
find_breaks(struct slice all, size_t at[PLACES_MAX + 1])
{
	size_t n = 1;

	at[0] = 0;
	for (size_t i = 0; i < all.n && n < PLACES_MAX; i++)
		if (all.p[i] == PDF_BREAK || all.p[i] == PDF_REVISION)
			at[n++] = i + 1;
	at[n] = all.n + 1;
	return n;
}

/* Where an entry may begin: before a name, behind an opening. */
static size_t
find_place(const struct text *t, size_t from)
{
	size_t places[PLACES_MAX], n = 0;

	for (size_t i = from; i + 1 < t->object.n && n < PLACES_MAX; i++)
		if (t->object.p[i] == '/' || (t->object.p[i] == '>' &&
		    t->object.p[i + 1] == '>'))
			places[n++] = i;
	return n > 0 ? places[(t->seed >> 4) % n] : t->object.n;
}

/*
 * Changes: each writes what is to stand in the object's place.
 */

static void
change_bytes(const struct text *t, struct wbuf *w)
{
	static uint8_t bytes[TEXT_MAX];
	size_t n = t->object.n;

	memcpy(bytes, t->object.p, n);
	n = LLVMFuzzerMutate(bytes, n, n + 64 < TEXT_MAX ? n + 64 : TEXT_MAX);
	for (size_t i = 0; i < n; i++)
		if (bytes[i] < ' ' && bytes[i] != '\n')
			bytes[i] = ' ';
	wbuf_put(w, bytes, n);
}

static void
put_entry(const struct text *t, struct wbuf *w)
{
	size_t at = find_place(t, 0);

	wbuf_put(w, t->object.p, at);
	put_text(w, entries[(t->seed >> 12) % COUNT_OF(entries)]);
	wbuf_put(w, t->object.p + at, t->object.n - at);
}

/* From one place to the next name, or the next but one. */
static void
drop_entry(const struct text *t, struct wbuf *w)
{
	size_t at = find_place(t, 0), end = at + 1;
	unsigned names = 1 + (t->seed & 1);

	while (end < t->object.n && ((t->object.p[end] != '/' &&
	    t->object.p[end] != '>') || --names > 0))
		end++;
	wbuf_put(w, t->object.p, at);
	if (end < t->object.n)
		wbuf_put(w, t->object.p + end, t->object.n - end);
}

static void
change_entry(const struct text *t, struct wbuf *w)
{
	static uint8_t bytes[TEXT_MAX];
	struct wbuf half = wbuf_of(bytes, sizeof(bytes));
	struct text less = *t;

	drop_entry(t, &half);
	less.object = wbuf_slice(&half);
	put_entry(&less, w);
}

/* Another digit where one is. */
static void
change_number(const struct text *t, struct wbuf *w)
{
	size_t places[PLACES_MAX], n = 0;
	uint8_t digit = (uint8_t)('0' + (t->seed >> 12) % 10);

	for (size_t i = 0; i < t->object.n && n < PLACES_MAX; i++)
		if (t->object.p[i] >= '0' && t->object.p[i] <= '9')
			places[n++] = i;
	if (n == 0) {
		wbuf_put_slice(w, t->object);
		return;
	}
	n = places[(t->seed >> 4) % n];
	wbuf_put(w, t->object.p, n);
	wbuf_put_u8(w, digit);
	wbuf_put(w, t->object.p + n + 1, t->object.n - n - 1);
}

static void
put_object(const struct text *t, struct wbuf *w)
{
	/* Where an object tells its number itself, it keeps that. */
	wbuf_put(w, t->object.p, t->object.n > 0 && t->object.p[0] != '<');
	put_text(w, objects[(t->seed >> 4) % COUNT_OF(objects)]);
}

static void
put_object_behind(const struct text *t, struct wbuf *w)
{
	wbuf_put_slice(w, t->object);
	wbuf_put_u8(w, t->seed & 1 ? PDF_BREAK : PDF_REVISION);
	wbuf_put_u8(w, (uint8_t)('0' + (t->seed >> 12) % 12));
	put_text(w, objects[(t->seed >> 4) % COUNT_OF(objects)]);
}

static void
twice(const struct text *t, struct wbuf *w)
{
	wbuf_put_slice(w, t->object);
	wbuf_put_u8(w, t->seed & 1 ? PDF_BREAK : PDF_REVISION);
	wbuf_put_slice(w, t->object);
}

static void
drop(const struct text *t, struct wbuf *w)
{
	(void)t, (void)w;
}

static void (*const changes[])(const struct text *, struct wbuf *) = {
	change_bytes, put_entry, put_entry, put_entry, drop_entry,
	change_entry, change_entry, change_number, change_number, put_object,
	put_object_behind, put_object_behind, twice, drop,
};

size_t
pdf_mutate(uint8_t *data, size_t size, size_t max_size, unsigned seed)
{
	static uint8_t bytes[TEXT_MAX];
	struct text t = { .all = slice_of(data, size), .seed = seed >> 8 };
	struct wbuf w = wbuf_of(bytes, sizeof(bytes));
	size_t at[PLACES_MAX + 1], n, i;

	if (size == 0 || size > TEXT_MAX / 2)
		return size;
	n = find_breaks(t.all, at);
	i = (seed >> 4) % n;
	t.object = slice_of(data + at[i], at[i + 1] - 1 - at[i]);
	wbuf_put(&w, data, at[i]);
	changes[seed % COUNT_OF(changes)](&t, &w);
	wbuf_put(&w, data + at[i + 1] - 1, size - (at[i + 1] - 1));
	if (w.overflow || w.n > max_size)
		return size;
	memcpy(data, w.p, w.n);
	return w.n;
}
