/* SPDX-License-Identifier: BSD-2-Clause */
/* pcscd: is it there, does it run, whom does it serve? */
#include <limits.h>
#include <unistd.h>

#include "checks.h"

static bool
socket_is_closed(const struct host *host)
{
	char room[PATH_MAX];

	return host_exists(host, host->socket) &&
	    access(host_path(host, host->socket, room, sizeof room),
	    R_OK | W_OK) != 0;
}

static void
find_silence(const struct host *host, struct findings *out)
{
	char room[PATH_MAX];

	if (socket_is_closed(host))
		findings_add(out, FIND_PCSCD_SOCKET, "%s", host->socket);
	else if (host_program(host, "pcscd", room, sizeof room)[0] == '\0')
		findings_add(out, FIND_PCSCD_MISSING, "%s", "");
	else
		findings_add(out, FIND_PCSCD_STOPPED, "%s", "");
}

void
check_service(const struct host *host, const struct survey *survey,
    struct findings *out)
{
	if (survey->err == JPKI_OK)
		return;
	if (survey->err == JPKI_ERR_NO_SERVICE)
		find_silence(host, out);
	else if (survey->err == JPKI_ERR_ACCESS)
		findings_add(out, host->remote ? FIND_PCSCD_REFUSES_REMOTE :
		    FIND_PCSCD_REFUSES, "%s", "");
	else
		findings_add(out, FIND_PCSCD_ODD, "%s",
		    jpki_err_name(survey->err));
}
