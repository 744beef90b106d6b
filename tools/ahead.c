/* SPDX-License-Identifier: BSD-2-Clause */
#include "ahead.h"

#include <pthread.h>

#define JOBS_MAX	64

/* All between lock and unlock, but for give, make and take. */
struct crew {
	const struct ahead	*work;
	pthread_mutex_t		 lock;
	pthread_cond_t		 changed;
	size_t			 given, begun, taken;
	bool			 made[JOBS_MAX];	/* of i, at i % JOBS_MAX */
	bool			 ended;		/* nothing more is given */
};

static bool
begin_next(struct crew *c, size_t *i)
{
	while (c->begun == c->given && !c->ended)
		(void)pthread_cond_wait(&c->changed, &c->lock);
	if (c->begun == c->given)
		return false;
	*i = c->begun++;
	return true;
}

static void *
work(void *arg)
{
	struct crew	*c = arg;
	size_t		 i;

	(void)pthread_mutex_lock(&c->lock);
	while (begin_next(c, &i)) {
		(void)pthread_mutex_unlock(&c->lock);
		c->work->make(c->work->user, i);
		(void)pthread_mutex_lock(&c->lock);
		c->made[i % JOBS_MAX] = true;
		(void)pthread_cond_broadcast(&c->changed);
	}
	(void)pthread_mutex_unlock(&c->lock);
	return NULL;
}

/* As many as may be ahead of those that were taken. */
static void
give_some(struct crew *c, size_t ahead)
{
	const struct ahead *w = c->work;

	while (!c->ended && c->given < c->taken + ahead) {
		bool good = c->given < w->count && w->give(w->user, c->given);

		(void)pthread_mutex_lock(&c->lock);
		if (good)
			c->made[c->given++ % JOBS_MAX] = false;
		else
			c->ended = true;
		(void)pthread_cond_broadcast(&c->changed);
		(void)pthread_mutex_unlock(&c->lock);
	}
}

static void
await(struct crew *c, size_t i)
{
	(void)pthread_mutex_lock(&c->lock);
	while (!c->made[i % JOBS_MAX])
		(void)pthread_cond_wait(&c->changed, &c->lock);
	(void)pthread_mutex_unlock(&c->lock);
}

static void
end(struct crew *c)
{
	(void)pthread_mutex_lock(&c->lock);
	c->ended = true;
	c->begun = c->given;
	(void)pthread_cond_broadcast(&c->changed);
	(void)pthread_mutex_unlock(&c->lock);
}

static void
take_all(struct crew *c, size_t ahead)
{
	for (;;) {
		give_some(c, ahead);
		if (c->taken == c->given)
			break;
		await(c, c->taken);
		if (!c->work->take(c->work->user, c->taken))
			break;
		c->taken++;
	}
	end(c);
}

bool
ahead_run(const struct ahead *plan)
{
	struct crew	c = { .work = plan };
	pthread_t	thread[JOBS_MAX];
	unsigned	n = 0, jobs = plan->jobs;

	if (jobs > JOBS_MAX - 1)
		jobs = JOBS_MAX - 1;
	(void)pthread_mutex_init(&c.lock, NULL);
	(void)pthread_cond_init(&c.changed, NULL);
	while (n < jobs && pthread_create(&thread[n], NULL, work, &c) == 0)
		n++;
	if (n > 0)
		take_all(&c, (size_t)n + 1);
	for (unsigned i = 0; i < n; i++)
		(void)pthread_join(thread[i], NULL);
	(void)pthread_cond_destroy(&c.changed);
	(void)pthread_mutex_destroy(&c.lock);
	return n > 0;
}
