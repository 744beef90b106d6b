/* SPDX-License-Identifier: BSD-2-Clause */
#include "link.h"

#include <stdlib.h>
#include <string.h>

#include "exchange.h"
#include "record.h"
#include "verror.h"

#define NOISE	0x4A504B49	/* any value but 0; the same each run */

/* The state is the link's own; const is what callers may rely on. */
struct vlink *
link_lock(const struct vlink *link)
{
	union { const struct vlink *in; struct vlink *out; } u = { link };

	pthread_mutex_lock(&u.out->lock);
	return u.out;
}

void
link_unlock(struct vlink *link)
{
	pthread_mutex_unlock(&link->lock);
}

void
link_call_watch(struct vlink *link)
{
	void (*fn)(void *), *user;

	link_lock(link);
	fn = link->watch;
	user = link->watch_user;
	link_unlock(link);
	if (fn != NULL)
		fn(user);
}

double
link_time(const struct vlink *link)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)(now.tv_sec - link->start.tv_sec) +
	    (double)(now.tv_nsec - link->start.tv_nsec) / 1e9;
}

void
link_log_event(struct vlink *link, const char *event)
{
	struct record r = { .card = link->name, .event = event };

	if (link->log == NULL)
		return;
	r.time = link_time(link);
	record_write(link->log, &r);
}

struct vlink *
vlink_new(struct vcard *card)
{
	struct vlink *link = calloc(1, sizeof(*link));
	pthread_condattr_t attr;

	if (link == NULL)
		return NULL;
	pthread_mutex_init(&link->lock, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&link->moved, &attr);
	pthread_condattr_destroy(&attr);
	clock_gettime(CLOCK_MONOTONIC, &link->start);
	memcpy(link->name, "card", sizeof("card"));
	link->card = card;
	link->present = true;
	link->events = 1;
	link->noise = NOISE;
	link->tear = -1;
	return link;
}

void
vlink_free(struct vlink **link)
{
	if (*link == NULL)
		return;
	vcard_free(&(*link)->card);
	pthread_cond_destroy(&(*link)->moved);
	pthread_mutex_destroy(&(*link)->lock);
	free(*link);
	*link = NULL;
}

struct vcard *
vlink_card(struct vlink *link)
{
	return link->card;
}

void
vlink_name(struct vlink *link, const char *name)
{
	link_lock(link);
	snprintf(link->name, sizeof(link->name), "%s", name);
	link_unlock(link);
}

void
vlink_log_to(struct vlink *link, FILE *log)
{
	link_lock(link);
	link->log = log;
	link_unlock(link);
}

/*
 * Presence.
 */
void
link_move(struct vlink *link, bool present)
{
	if (link->present == present)
		return;
	if (!present)
		vcard_power_off(link->card);
	link->present = present;
	link->events++;
	link_log_event(link, present ? "insert" : "remove");
	pthread_cond_broadcast(&link->moved);
}

void
vlink_insert(struct vlink *link)
{
	link_lock(link);
	link_move(link, true);
	link_unlock(link);
	link_call_watch(link);
}

void
vlink_remove(struct vlink *link)
{
	link_lock(link);
	link_move(link, false);
	link_unlock(link);
	link_call_watch(link);
}

bool
vlink_present(const struct vlink *link)
{
	struct vlink *l = link_lock(link);
	bool present = l->present;

	link_unlock(l);
	return present;
}

uint32_t
vlink_events(const struct vlink *link)
{
	struct vlink *l = link_lock(link);
	uint32_t events = l->events;

	link_unlock(l);
	return events;
}

void
vlink_set_mute(struct vlink *link, bool mute)
{
	link_lock(link);
	if (link->mute != mute) {
		link->mute = mute;
		vcard_power_off(link->card);
		link_log_event(link, mute ? "mute" : "unmute");
	}
	link_unlock(link);
	link_call_watch(link);
}

bool
vlink_mute(const struct vlink *link)
{
	struct vlink *l = link_lock(link);
	bool mute = l->mute;

	link_unlock(l);
	return mute;
}

void
vlink_watch(struct vlink *link, void (*fn)(void *user), void *user)
{
	link_lock(link);
	link->watch = fn;
	link->watch_user = user;
	link_unlock(link);
}

/*
 * The reader's side.
 */
void
vlink_power_on(struct vlink *link)
{
	link_lock(link);
	if (link->present && !link->mute) {
		vcard_power_on(link->card);
		link_log_event(link, "power-on");
	}
	link_unlock(link);
}

void
vlink_power_off(struct vlink *link)
{
	link_lock(link);
	if (vcard_powered(link->card)) {
		vcard_power_off(link->card);
		link_log_event(link, "power-off");
	}
	link_unlock(link);
}

void
vlink_reset(struct vlink *link)
{
	link_lock(link);
	if (link->present && vcard_powered(link->card)) {
		vcard_reset(link->card);
		link_log_event(link, "reset");
	}
	link_unlock(link);
}

bool
vlink_powered(const struct vlink *link)
{
	struct vlink *l = link_lock(link);
	bool powered = vcard_powered(l->card);

	link_unlock(l);
	return powered;
}

size_t
vlink_atr(const struct vlink *link, uint8_t atr[VCARD_ATR_MAX])
{
	struct vlink *l = link_lock(link);
	size_t n = l->present ? vcard_atr(l->card, atr) : 0;

	link_unlock(l);
	return n;
}

long
vlink_lie(const struct vlink *link)
{
	struct vlink *l = link_lock(link);
	long lie = l->lie;

	link_unlock(l);
	return lie;
}

long
vlink_tear(const struct vlink *link)
{
	struct vlink *l = link_lock(link);
	long tear = l->tear;

	link_unlock(l);
	return tear;
}

int
vlink_tries(const struct vlink *link, const char *pin)
{
	struct vlink *l = link_lock(link);
	int tries = vcard_tries(l->card, pin);

	link_unlock(l);
	return tries;
}

int
vlink_set_tries(struct vlink *link, const char *pin, int tries)
{
	int rc;

	link_lock(link);
	rc = vcard_set_tries(link->card, pin, tries);
	link_unlock(link);
	return rc;
}

int
vlink_pin_use(const struct vlink *link, const char *pin,
    struct vcard_pin_use *out)
{
	struct vlink *l = link_lock(link);
	int rc = vcard_pin_use(l->card, pin, out);

	link_unlock(l);
	return rc;
}

unsigned long
vlink_pin_astray(const struct vlink *link)
{
	struct vlink *l = link_lock(link);
	unsigned long n = vcard_pin_astray(l->card);

	link_unlock(l);
	return n;
}

void
vlink_pin_use_clear(struct vlink *link)
{
	link_lock(link);
	vcard_pin_use_clear(link->card);
	link_unlock(link);
}

static void
clear_counters(struct vlink *link)
{
	memset(&link->total, 0, sizeof(link->total));
	memset(link->by_ins, 0, sizeof(link->by_ins));
}

int
vlink_renew(struct vlink *link)
{
	int rc;

	link_lock(link);
	rc = vcard_renew(link->card);
	if (rc == 0) {
		link->faults_n = 0;
		link->noise = NOISE;
		clear_counters(link);
		link->breaks++;
		pthread_cond_broadcast(&link->moved);
		link_log_event(link, "renew");
	}
	link_unlock(link);
	return rc;
}

/*
 * Faults and counters.
 */
int
vlink_fault(struct vlink *link, const char *spec, char error[VCARD_ERROR_MAX])
{
	struct fault fault;
	int rc = 0;

	if (fault_parse(spec, &fault, error) != 0)
		return -1;
	link_lock(link);
	if (link->faults_n < LINK_FAULTS_MAX) {
		link->faults[link->faults_n++] = fault;
	} else {
		vcard_fail(error, "more than %d faults wait already; "
		    "clear them first", LINK_FAULTS_MAX);
		rc = -1;
	}
	link_unlock(link);
	return rc;
}

void
vlink_faults_clear(struct vlink *link)
{
	link_lock(link);
	link->faults_n = 0;
	link_unlock(link);
}

struct vlink_count
vlink_counters(const struct vlink *link, int ins)
{
	struct vlink *l = link_lock(link);
	struct vlink_count count = { 0, 0, 0 };

	if (ins < 0)
		count = l->total;
	else if (ins < LINK_INS_COUNT)
		count = l->by_ins[ins];
	link_unlock(l);
	return count;
}

void
vlink_counters_clear(struct vlink *link)
{
	link_lock(link);
	clear_counters(link);
	link_unlock(link);
}
