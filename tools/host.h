/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * This machine as files, below a root folder of one's choice, so that tests
 * can have a machine of their own.  Paths are absolute, or begin with "~/";
 * what begins with "~/.config/" or "~/.local/share/" is below the folder that
 * the user set instead, as programs of the desktop take it.
 */
#ifndef HOST_H
#define HOST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct host {
	const char	*base;		/* the root folder; "": the machine's */
	const char	*home;		/* "": the user has none */
	const char	*config;	/* XDG_CONFIG_HOME; NULL: not set */
	const char	*data;		/* XDG_DATA_HOME; NULL: not set */
	const char	*path;		/* where programs are, as PATH */
	const char	*socket;	/* of pcscd */
	bool		 remote;	/* the shell came over the network */
	bool		 root;		/* who runs this is root */
	int64_t		 now;		/* seconds since 1970 UTC */
	int64_t		 built;		/* this program; 0: not known */
};

/* The machine as it is, for who started the program. */
void	 host_here(struct host *out, int64_t now);

/*
 * What is read of the machine is as if it were not there where memory lacks
 * for it.  Was that so since the program began?  Then nothing may be concluded
 * from what seems to lack.
 */
bool	 host_memory_lacked(void);
/* To be called by who lacks it, to keep what was read. */
void	 host_memory_lacks(void);

/* A path with root and home in it; "" if it is too long, or has no home. */
const char *host_path(const struct host *host, const char *path, char *room,
	    size_t n);

bool	 host_exists(const struct host *host, const char *path);

/* A text file, to be freed; NULL if it cannot be read, or is no file. */
char	*host_read(const struct host *host, const char *path);

/* Its first line without the newline, into room; "" if it cannot be read. */
const char *host_line(const struct host *host, const char *path, char *room,
	    size_t n);

/* Names in a folder, sorted; none if it cannot be read, or for no memory. */
struct names {
	char	**name;
	size_t	  n;
};

struct names host_names(const struct host *host, const char *path);
void	 names_free(struct names *names);

/* Where a program is, in host->path or where services are; "" if nowhere. */
const char *host_program(const struct host *host, const char *name,
	    char *room, size_t n);

/* Does a process of this name (as ps shows it) run? */
bool	 host_runs(const struct host *host, const char *name);

/* room: FOLDER/NAME; "" if it is too long. */
const char *path_join(const char *folder, const char *name, char *room,
	    size_t n);

/* What stands behind the last slash. */
const char *path_base(const char *path);

#endif
