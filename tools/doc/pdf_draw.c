/* SPDX-License-Identifier: BSD-2-Clause */
#include "pdf_draw.h"

#include <string.h>

#include <openssl/asn1.h>

#define SIDE_MAX	14400.0		/* of a page: ISO 32000-1 annex C */
#define TEXT_MIN	0.5
#define TEXT_MAX	14.0
#define LEADING		1.25
#define MARGIN		2.0
#define LINE_BYTES_MAX	1024

/* Widths in thousandths of the size, rather too wide than too narrow. */
#define WIDTH_ASCII	600
#define WIDTH_OTHER	1000

struct line {
	const char	*text;
	bool		 ascii;
	unsigned	 width;
};

/* False: no UTF-8, or too long to be drawn. */
static bool
line_measure(struct line *line)
{
	const unsigned char *p = (const unsigned char *)line->text;
	size_t n = strlen(line->text);
	unsigned long c = 0;

	if (n > LINE_BYTES_MAX)
		return false;
	line->ascii = true;
	line->width = 0;
	while (n > 0) {
		int used = UTF8_getc(p, (int)n, &c);

		if (used <= 0 || c < ' ')
			return false;
		line->ascii &= c < 0x7F;
		line->width += c < 0x7F ? WIDTH_ASCII : WIDTH_OTHER;
		p += used;
		n -= (size_t)used;
	}
	return true;
}

/* In hexadecimal: ASCII as it is, else UTF-16. */
static void
line_write(BIO *out, const struct line *line)
{
	const unsigned char *p = (const unsigned char *)line->text;
	size_t n = strlen(line->text);
	unsigned long c = 0;

	BIO_puts(out, "<");
	while (n > 0) {
		int used = UTF8_getc(p, (int)n, &c);

		if (used <= 0)
			break;
		if (line->ascii)
			BIO_printf(out, "%02lX", c);
		else if (c < 0x10000)
			BIO_printf(out, "%04lX", c);
		else
			BIO_printf(out, "%04lX%04lX",
			    0xD800 + ((c - 0x10000) >> 10),
			    0xDC00 + (c & 0x3FF));
		p += used;
		n -= (size_t)used;
	}
	BIO_puts(out, "> Tj\n");
}

static double
smaller(double a, double b)
{
	return a < b ? a : b;
}

/* As large as fits. */
static double
text_size(const struct pdf_place *place, const struct line *lines, size_t n)
{
	double size = smaller(TEXT_MAX,
	    (place->h - 2 * MARGIN) / ((double)n * LEADING));

	for (size_t i = 0; i < n; i++)
		if (lines[i].width > 0)
			size = smaller(size, (place->w - 2 * MARGIN) * 1000 /
			    lines[i].width);
	return size < TEXT_MIN ? TEXT_MIN : size;
}

static void
write_content(BIO *out, const struct pdf_place *place,
    const struct line *lines, size_t n)
{
	double size = text_size(place, lines, n);

	BIO_printf(out, "q\nBT\n0 g\n%.2f TL\n%.2f %.2f Td\n",
	    size * LEADING, MARGIN, place->h - MARGIN - size);
	for (size_t i = 0; i < n; i++) {
		BIO_printf(out, "/%s %.2f Tf\n", lines[i].ascii ? "Latin" :
		    "Japanese", size);
		line_write(out, &lines[i]);
		BIO_puts(out, "T*\n");
	}
	BIO_puts(out, "ET\nQ\n");
}

static qpdf_oh
write_value(struct pdf_update *u, const char *text)
{
	qpdf_oh oh = pdf_update_reserve(u);

	pdf_update_begin(u, oh);
	BIO_puts(u->out, text);
	pdf_update_end(u);
	return oh;
}

/* Names and numbers as in Adobe's collection; nothing of the font itself. */
static qpdf_oh
write_japanese(struct pdf_update *u)
{
	qpdf_data q = u->doc->q;
	qpdf_oh about, oh = pdf_update_reserve(u);

	about = write_value(u, "<</Type/FontDescriptor"
	    "/FontName/KozMinPr6N-Regular/Flags 6"
	    "/FontBBox[-437 -340 1147 1317]/ItalicAngle 0/Ascent 1317"
	    "/Descent -349/CapHeight 742/StemV 80>>");
	pdf_update_begin(u, oh);
	BIO_printf(u->out, "<</Type/Font/Subtype/Type0"
	    "/BaseFont/KozMinPr6N-Regular-UniJIS-UTF16-H"
	    "/Encoding/UniJIS-UTF16-H/DescendantFonts[<</Type/Font"
	    "/Subtype/CIDFontType0/BaseFont/KozMinPr6N-Regular"
	    "/CIDSystemInfo<</Registry(Adobe)/Ordering(Japan1)/Supplement 6>>"
	    "/DW 1000/W[1 94 500]/FontDescriptor %d 0 R>>]>>",
	    qpdf_oh_get_object_id(q, about));
	pdf_update_end(u);
	return oh;
}

static void
write_fonts(struct pdf_update *u, BIO *out, const struct line *lines, size_t n)
{
	bool ascii = true;

	for (size_t i = 0; i < n; i++)
		ascii &= lines[i].ascii;
	BIO_puts(out, "/Latin<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>");
	if (!ascii)
		BIO_printf(out, "/Japanese %d 0 R",
		    qpdf_oh_get_object_id(u->doc->q, write_japanese(u)));
}

static qpdf_oh
write_object(struct pdf_update *u, const struct pdf_place *place, BIO *fonts,
    BIO *content)
{
	qpdf_oh oh = pdf_update_reserve(u);
	char *p;
	long n = BIO_get_mem_data(fonts, &p);

	pdf_update_begin(u, oh);
	BIO_printf(u->out, "<</Type/XObject/Subtype/Form/BBox[0 0 %.2f %.2f]"
	    "/Resources<</Font<<%.*s>>>>", place->w, place->h, (int)n, p);
	n = BIO_get_mem_data(content, &p);
	BIO_printf(u->out, "/Length %ld>>\nstream\n", n);
	BIO_write(u->out, p, (int)n);
	BIO_puts(u->out, "endstream");
	pdf_update_end(u);
	return oh;
}

static bool
is_place(const struct pdf_place *p)
{
	const double numbers[] = { p->x, p->y, p->w, p->h };

	for (size_t i = 0; i < sizeof(numbers) / sizeof(*numbers); i++)
		if (!(numbers[i] >= -SIDE_MAX && numbers[i] <= SIDE_MAX))
			return false;
	return p->w > 2 * MARGIN && p->h > 2 * MARGIN;
}

enum doc_err
pdf_draw(struct pdf_update *update, const struct pdf_place *place,
    const char *name, const char *date, qpdf_oh *out, struct doc_error *error)
{
	struct line lines[] = { { name, true, 0 }, { date, true, 0 } };
	const size_t n = sizeof(lines) / sizeof(*lines);
	BIO *fonts = NULL, *content = NULL;
	enum doc_err err = DOC_OK;

	if (!is_place(place))
		return doc_fail(error, DOC_ERR_OPTION, "there is no room for a "
		    "signature of that size; give page,x,y,width,height in "
		    "points of 1/72 inch");
	for (size_t i = 0; i < n; i++)
		if (!line_measure(&lines[i]))
			return doc_fail(error, DOC_ERR_OPTION, "the name "
			    "cannot be drawn; give another one");
	fonts = BIO_new(BIO_s_mem());
	content = BIO_new(BIO_s_mem());
	if (fonts == NULL || content == NULL) {
		err = doc_fail(error, DOC_ERR_MEMORY, "out of memory");
		goto out;
	}
	write_fonts(update, fonts, lines, n);
	write_content(content, place, lines, n);
	*out = write_object(update, place, fonts, content);
out:
	BIO_free(content);
	BIO_free(fonts);
	return err;
}
