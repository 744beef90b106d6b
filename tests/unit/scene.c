/* SPDX-License-Identifier: BSD-2-Clause */
#include "scene.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void
log_collect(void *user, enum jpki_log_level level, const char *line)
{
	struct scene *scene = user;
	size_t n = strlen(line);
	char *grown;

	assert_true(level > JPKI_LOG_NONE && level <= JPKI_LOG_APDU);
	grown = realloc(scene->log, scene->log_n + n + 2);
	assert_non_null(grown);
	memcpy(grown + scene->log_n, line, n);
	memcpy(grown + scene->log_n + n, "\n", 2);
	scene->log = grown;
	scene->log_n += n + 1;
}

int
scene_new(void **state)
{
	struct scene *scene = calloc(1, sizeof(*scene));

	assert_non_null(scene);
	*state = scene;
	scene->script = script_new();
	assert_non_null(scene->script);
	expect_err("ctx_new", ctx_new(&scene->script->base, &scene->ctx),
	    JPKI_OK);
	jpki_ctx_set_log(scene->ctx, JPKI_LOG_APDU, log_collect, scene);
	return 0;
}

int
scene_free(void **state)
{
	struct scene *scene = *state;

	jpki_ctx_free(&scene->ctx);
	assert_true(scene->script->freed);
	script_free(&scene->script);
	for (size_t i = 0; i < scene->texts_n; i++)
		free(scene->texts[i]);
	free(scene->texts);
	free(scene->log);
	free(scene);
	return 0;
}

void
scene_add(struct scene *scene, const struct row *rows, size_t n)
{
	script_add(scene->script, rows, n);
}

static const char *
text_keep(struct scene *scene, const char *text)
{
	char **grown, *copy = strdup(text);

	grown = realloc(scene->texts, (scene->texts_n + 1) * sizeof(*grown));
	assert_true(copy != NULL && grown != NULL);
	scene->texts = grown;
	scene->texts[scene->texts_n++] = copy;
	return copy;
}

void
scene_read(struct scene *scene, const char *ef, const char *name, size_t n)
{
	char does[32], gets[64];
	size_t chunk;

	(void)snprintf(does, sizeof(does), SELECT_EF("%s"), ef);
	SCENE(scene, { text_keep(scene, does), "9000", "select" });
	for (size_t at = 0; at < n; at += chunk) {
		chunk = n - at < 256 ? n - at : 256;
		/* How long it is, only the first answer tells. */
		(void)snprintf(does, sizeof(does), "00B0 %04zX %02zX", at,
		    at == 0 ? 0 : chunk % 256);
		(void)snprintf(gets, sizeof(gets), "<%s:%zu+%zu> 9000", name,
		    at, chunk);
		SCENE(scene, { text_keep(scene, does),
		    text_keep(scene, gets), "read" });
	}
}

void
scene_open(struct scene *scene)
{
	SCENE(scene, ROWS_OPEN);
	expect_err("open", jpki_card_open(scene->ctx, NULL, &scene->card),
	    JPKI_OK);
}

void
scene_close(struct scene *scene)
{
	jpki_card_close(&scene->card);
	assert_null(scene->card);
	script_done(scene->script);
}

bool
scene_logged(const struct scene *scene, const char *text)
{
	return scene->log != NULL && strstr(scene->log, text) != NULL;
}
