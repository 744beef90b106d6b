/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A context over a scripted transport, for tests that read as transcripts:
 * SCENE() lays down rows, the test calls the library, scene_close() closes the
 * card and fails if rows are left over.
 */
#ifndef SCENE_H
#define SCENE_H

#include "ctx.h"
#include "script.h"
#include "unit.h"

/* Commands. */
#define SELECT_JPKI	"00A4 040C 0A D392F000260100000001"
#define SELECT_INPUT	"00A4 040C 0A D3921000310001010408"
#define SELECT_COMMON	"00A4 040C 0A D3921000310001010100"
#define SELECT_ISD	"00A4 040C 07 A0000001510000"
#define SELECT_EF(id)	"00A4 020C 02 " id
#define QUERY		"0020 0080"
#define QUERY_LE	"0020 0080 00"

/* Rows that most tests share. */
#define ROW_CONNECT	{ "connect Reader A", "", NULL }
#define ROW_BEGIN	{ "begin", "", NULL }
#define ROW_JPKI	{ SELECT_JPKI, "9000", "select JPKI" }
#define ROW_EF(id)	{ SELECT_EF(id), "9000", "select " id }
#define ROW_END		{ "end", "", NULL }
#define ROW_ISD		{ SELECT_ISD, "9000", "log out" }
#define ROW_DISCONNECT	{ "disconnect", "", NULL }

/* jpki_card_open() and jpki_card_close(), nothing between. */
#define ROWS_OPEN	ROW_CONNECT, ROW_BEGIN, ROW_JPKI
#define ROWS_CLOSE	ROW_END, ROW_DISCONNECT
#define ROWS_LOGOUT_CLOSE ROW_ISD, ROW_END, ROW_DISCONNECT

struct scene {
	struct script	*script;
	struct jpki_ctx	*ctx;
	struct jpki_card *card;
	char		*log;		/* all lines, highest level */
	size_t		 log_n;
	char		**texts;	/* of rows made at run time */
	size_t		 texts_n;
};

/* Setup and teardown of a cmocka test. */
int	scene_new(void **state);
int	scene_free(void **state);

#define SCENE(scene, ...) \
	scene_add(scene, (const struct row[]){ __VA_ARGS__ }, \
	    sizeof((const struct row[]){ __VA_ARGS__ }) / sizeof(struct row))

void	scene_add(struct scene *scene, const struct row *rows, size_t n);
/* SELECT of the EF, and the READ BINARYs of just its n bytes, of <name>. */
void	scene_read(struct scene *scene, const char *ef, const char *name,
	    size_t n);
/* Rows for opening, then open the card in the first reader that has one. */
void	scene_open(struct scene *scene);
/* Close the card, which the rows must have told, and end the script. */
void	scene_close(struct scene *scene);
/* A text of the log? */
bool	scene_logged(const struct scene *scene, const char *text);

#endif
