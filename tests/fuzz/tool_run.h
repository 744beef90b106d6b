/* SPDX-License-Identifier: BSD-2-Clause */
/* The target "tool": one run of jpki-tool, in process. */
#ifndef TOOL_RUN_H
#define TOOL_RUN_H

#include "fuzz.h"
#include "options.h"

#define ARGS_MAX	16
#define TYPED_MAX	320	/* more than one source of a PIN may hold */
#define LINES_MAX	4

/* Descriptors that the command line may name. */
#define FD_PIN		40
#define FD_NEW_PIN	41

struct typed {
	uint8_t		 p[TYPED_MAX];
	size_t		 n;
	bool		 fixed;		/* a PIN that is nothing else */
};

struct run {
	struct slice	 input;
	int		 argc;
	char		*argv[ARGS_MAX + 2];
	char		*room[ARGS_MAX + 2];	/* the words, to be freed */
	struct options	 opt;		/* as jpki-tool itself reads them */
	char		*argv_opt[ARGS_MAX + 2];
	bool		 parsed;

	/* What the PINs come from. */
	struct typed	 fd, new_fd, file, new_file, standard;
	bool		 no_out;	/* standard output cannot be written */
	bool		 has_terminal;
	struct typed	 line[LINES_MAX];
	size_t		 lines;
	bool		 refuses;	/* what is asked about */

	/* What came of it. */
	int		 code;
	const char	*out, *err;	/* standard output and error */
	size_t		 out_n, err_n;
};

/* tool_words.c: the command line. */
void	words_make(struct run *run, struct fuzz_in *in);
void	words_free(struct run *run);

/* tool_files.c: a folder of few files in memory, where the tool lives. */
void	files_begin(const struct run *run);
void	files_enter(void);
void	files_leave(void);
/* What is there instead of what was there, as the laws have it; all anew. */
void	files_end(const struct run *run);
/* What stands in a file of the folder, as it was before; NULL: none. */
const char *files_content(const char *name, size_t *n);
/* What stands there now; to be freed. */
char	*files_read(const char *name, size_t *n);

/* tool_tty.c: a terminal, at which the lines are typed when asked for. */
void	terminal_begin(const struct run *run);
void	terminal_end(const struct run *run);

/* tool_laws.c: what is asked for, and what has to come. */
void	laws_before(const struct run *run);
void	laws_after(const struct run *run);

/* tool_json.c: one JSON text (RFC 8259), and nothing else? */
bool	json_valid(const char *text, size_t n);

#endif
