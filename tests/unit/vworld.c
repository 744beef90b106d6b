/* SPDX-License-Identifier: BSD-2-Clause */
#include "vworld.h"

#include <stdlib.h>

int
vworld_new(void **state)
{
	struct vworld *w = calloc(1, sizeof(*w));

	assert_non_null(w);
	w->link = linkkit_new("adult");
	vlink_power_off(w->link);
	expect_err("new", vtransport_new(&w->t), JPKI_OK);
	expect_err("add", vtransport_add(w->t, READER, w->link), JPKI_OK);
	*state = w;
	return 0;
}

int
vworld_free(void **state)
{
	struct vworld *w = *state;

	if (w->c != NULL)
		w->t->ops->disconnect(w->c, false);
	assert_int_equal(vtransport_open_count(w->t), 0);
	w->t->ops->free(w->t);
	vlink_free(&w->link);
	vlink_free(&w->other);
	free(w);
	return 0;
}

void
vworld_connect(struct vworld *w)
{
	expect_err("connect", w->t->ops->connect(w->t, READER, &w->c),
	    JPKI_OK);
}

void
vworld_begin(struct vworld *w, enum jpki_err err, enum transport_since wanted)
{
	enum transport_since since = SINCE_NOTHING;

	expect_err("begin", w->t->ops->begin(w->c, &since), err);
	if (err == JPKI_OK)
		expect_int("since", since, wanted);
}

void
vworld_send(struct vworld *w, const char *command, enum jpki_err err,
    const char *wanted)
{
	struct octets o = unhex(command);
	uint8_t answer[TRANSPORT_ANSWER_MAX];
	size_t n = sizeof(answer);

	expect_err(command, w->t->ops->transmit(w->c, octets_slice(&o),
	    answer, &n), err);
	if (err == JPKI_OK)
		expect_hex(command, slice_of(answer, n), wanted);
}

void
vworld_end(struct vworld *w)
{
	w->t->ops->end(w->c);
}

struct vworld *
vworld_renew(void **state)
{
	vworld_free(state);
	vworld_new(state);
	return *state;
}

void
vworld_remove(struct vworld *w)
{
	vlink_remove(w->link);
}

void
vworld_mute(struct vworld *w)
{
	vlink_set_mute(w->link, true);
}

void
vworld_hold(struct vworld *w)
{
	vtransport_exclusive(w->t, READER, true);
}

void
vworld_stop(struct vworld *w)
{
	vtransport_service(w->t, false);
}

void
vworld_unplug(struct vworld *w)
{
	vtransport_unplug(w->t, READER);
}
