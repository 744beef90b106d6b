/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The in-process transport with one reader and the adult's card in it, for
 * the tests of the transport itself.
 */
#ifndef VWORLD_H
#define VWORLD_H

#include "linkkit.h"
#include "vtransport.h"

#define READER	"Reader A"
#define OTHER	"Reader B"

struct vworld {
	struct vlink		*link, *other;
	struct transport	*t;
	struct transport_conn	*c;
};

/* A test whose state is a struct vworld without a connection. */
#define WITH_VWORLD(test)						\
	cmocka_unit_test_setup_teardown(test, vworld_new, vworld_free)

int	vworld_new(void **state);
int	vworld_free(void **state);
/* Another one instead, for the next row of a table. */
struct vworld *vworld_renew(void **state);

/* The connection w->c; each has to end as wanted. */
void	vworld_connect(struct vworld *w);
void	vworld_begin(struct vworld *w, enum jpki_err err,
	    enum transport_since since);
void	vworld_send(struct vworld *w, const char *command, enum jpki_err err,
	    const char *answer);
void	vworld_end(struct vworld *w);

/* What can be wrong with the reader or the card. */
typedef void vworld_change(struct vworld *w);

vworld_change	vworld_remove, vworld_mute, vworld_hold, vworld_stop;
vworld_change	vworld_unplug;

#endif
