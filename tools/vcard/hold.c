/* SPDX-License-Identifier: BSD-2-Clause */
/* An exchange that is held: a link in the middle of a command. */
#include "exchange.h"

#define ASK_US	5000	/* how often a reader is asked whether it is gone */

struct timespec
link_in_us(int64_t us)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	t.tv_sec += (time_t)(us / 1000000);
	t.tv_nsec += (long)(us % 1000000) * 1000;
	if (t.tv_nsec >= 1000000000) {
		t.tv_nsec -= 1000000000;
		t.tv_sec++;
	}
	return t;
}

/* Is the reader gone?  It is asked without the lock. */
static bool
is_gone(struct vlink *link)
{
	bool (*gone)(void *) = link->gone, answer;
	void *user = link->gone_user;

	if (gone == NULL)
		return false;
	link_unlock(link);
	answer = gone(user);
	link_lock(link);
	return answer;
}

enum hold_end
link_hold(struct vlink *link, const struct vlink_hold *what, uint32_t events)
{
	unsigned long resumes = link->resumes, breaks = link->breaks;
	enum hold_end end = HOLD_RESUMED;
	struct timespec until;

	link->held = *what;
	link_log_event(link, "hold");
	pthread_cond_broadcast(&link->moved);
	while (link->resumes == resumes && end == HOLD_RESUMED) {
		until = link_in_us(ASK_US);
		(void)pthread_cond_timedwait(&link->moved, &link->lock,
		    &until);
		if (link->events != events)
			end = HOLD_REMOVED;
		else if (link->breaks != breaks || is_gone(link))
			end = HOLD_BROKEN;
	}
	link->held.index = 0;
	link_log_event(link, "release");
	return end;
}

struct vlink_hold
vlink_held(const struct vlink *link)
{
	struct vlink *l = link_lock(link);
	struct vlink_hold held = l->held;

	link_unlock(l);
	return held;
}

struct vlink_hold
vlink_await_held(struct vlink *link, int timeout_ms)
{
	struct timespec until = link_in_us((int64_t)timeout_ms * 1000);
	struct vlink_hold held;

	link_lock(link);
	while (link->held.index == 0)
		if (pthread_cond_timedwait(&link->moved, &link->lock,
		    &until) != 0)
			break;
	held = link->held;
	link_unlock(link);
	return held;
}

/* It is let go here, so that nobody sees it held once more. */
bool
vlink_resume(struct vlink *link)
{
	bool held;

	link_lock(link);
	held = link->held.index != 0;
	if (held) {
		link->held.index = 0;
		link->resumes++;
		pthread_cond_broadcast(&link->moved);
	}
	link_unlock(link);
	return held;
}

void
vlink_break(struct vlink *link)
{
	link_lock(link);
	link->breaks++;
	pthread_cond_broadcast(&link->moved);
	link_unlock(link);
}

void
vlink_reader(struct vlink *link, bool (*gone)(void *user), void *user)
{
	link_lock(link);
	link->gone = gone;
	link->gone_user = user;
	link_unlock(link);
}
