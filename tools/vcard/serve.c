/* SPDX-License-Identifier: BSD-2-Clause */
#include "serve.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "fault.h"
#include "language.h"
#include "verror.h"

/*
 * Options.
 */
int
station_set_removed(void *options, const char *value,
    char error[VCARD_ERROR_MAX])
{
	struct station_options *o = options;

	(void)value;
	(void)error;
	o->removed = true;
	return 0;
}

static int
add_spec(const char *specs[STATION_SPECS_MAX], size_t *n, const char *value,
    char error[VCARD_ERROR_MAX])
{
	if (*n == STATION_SPECS_MAX)
		return vcard_fail(error, "at most %d of a kind can be given",
		    STATION_SPECS_MAX);
	specs[(*n)++] = value;
	return 0;
}

int
station_set_fault(void *options, const char *value,
    char error[VCARD_ERROR_MAX])
{
	struct station_options *o = options;
	struct fault fault;

	if (fault_parse(value, &fault, error) != 0)
		return -1;
	return add_spec(o->faults, &o->faults_n, value, error);
}

int
station_set_quirk(void *options, const char *value,
    char error[VCARD_ERROR_MAX])
{
	struct station_options *o = options;

	return add_spec(o->quirks, &o->quirks_n, value, error);
}

void
station_help(FILE *out)
{
	const char *name;
	size_t i;

	fprintf(out, "\n");
	fault_help(out);
	fputs(_("\nQuirks: NAME[=VALUE]\n"), out);
	for (i = 0; (name = vcard_quirk_name(i)) != NULL; i++)
		fprintf(out, "  %-19s %s\n", name,
		    language_of(vcard_quirk_text(i)));
}

/*
 * The station.
 */
static int
add_quirk(struct vcard *card, const char *spec, char error[VCARD_ERROR_MAX])
{
	const char *value = strchr(spec, '=');
	char name[64];
	int n = value != NULL ? (int)(value - spec) : (int)strlen(spec);

	snprintf(name, sizeof(name), "%.*s", n, spec);
	return vcard_quirk(card, name, value != NULL ? value + 1 : NULL,
	    error);
}

static int
load_card(struct station *s, const char *dir, char error[VCARD_ERROR_MAX])
{
	struct vcard *card = NULL;
	struct vlink *link;
	char name[16];

	if (vcard_load(dir, &card, error) != 0)
		return -1;
	if ((link = vlink_new(card)) == NULL) {
		vcard_free(&card);
		return vcard_fail(error, "no memory");
	}
	s->links[s->n++] = link;
	snprintf(name, sizeof(name), "%zu", s->n);
	vlink_name(link, name);
	vlink_log_to(link, s->log);
	return 0;
}

static int
prepare_first(struct station *s, const struct station_options *o,
    char error[VCARD_ERROR_MAX])
{
	size_t i;

	for (i = 0; i < o->quirks_n; i++)
		if (add_quirk(vlink_card(s->links[0]), o->quirks[i],
		    error) != 0)
			return -1;
	for (i = 0; i < o->faults_n; i++)
		if (vlink_fault(s->links[0], o->faults[i], error) != 0)
			return -1;
	return 0;
}

static int
open_log(struct station *s, const char *path, char error[VCARD_ERROR_MAX])
{
	int fd;

	if (path == NULL)
		return 0;
	fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	if (fd >= 0)
		s->log = fdopen(fd, "a");
	if (s->log != NULL)
		return 0;
	vcard_fail(error, "log %.150s: %s", path, strerror(errno));
	if (fd >= 0)
		close(fd);
	return -1;
}

static int
load_cards(struct station *s, const struct station_options *o,
    char error[VCARD_ERROR_MAX])
{
	size_t i;

	for (i = 0; i < o->dirs_n; i++) {
		if (load_card(s, o->dirs[i], error) != 0)
			return -1;
		if (o->removed)
			vlink_remove(s->links[i]);
	}
	return s->n > 0 ? prepare_first(s, o, error) : 0;
}

int
station_open(struct station *station, const struct station_options *options,
    const struct control_host *hooks, char error[VCARD_ERROR_MAX])
{
	struct station *s = station;
	size_t i;

	memset(s, 0, sizeof(*s));
	if (open_log(s, options->log, error) != 0 ||
	    load_cards(s, options, error) != 0)
		goto fail;
	for (i = 0; i < s->n; i++)
		if (vpcd_start(&s->readers[i], s->links[i], options->host,
		    (uint16_t)(options->port + i), error) != 0)
			goto fail;
	if (hooks != NULL)
		s->host = *hooks;
	s->host.links = s->links;
	s->host.links_n = s->n;
	if (options->control != NULL && control_open(&s->control,
	    options->control, &s->host, error) != 0)
		goto fail;
	return 0;
fail:
	station_close(s);
	return -1;
}

void
station_close(struct station *station)
{
	struct station *s = station;
	size_t i;

	control_close(&s->control);
	for (i = 0; i < s->n; i++) {
		vpcd_stop(&s->readers[i]);
		vlink_free(&s->links[i]);
	}
	s->n = 0;
	if (s->log != NULL)
		fclose(s->log);
	s->log = NULL;
}

enum station_event
station_wait(struct station *station, int fd, int timeout_ms)
{
	struct pollfd fds[1 + CONTROL_FDS_MAX];
	size_t n = 0;

	fds[0] = (struct pollfd){ .fd = fd, .events = POLLIN };
	if (station->control != NULL)
		n = control_fds(station->control, fds + 1);
	if (poll(fds, (nfds_t)(1 + n), timeout_ms) <= 0)
		return STATION_NOTHING;
	if (n > 0 && !control_step(station->control, fds + 1, n))
		return STATION_QUIT;
	return fds[0].revents != 0 ? STATION_SIGNAL : STATION_NOTHING;
}
