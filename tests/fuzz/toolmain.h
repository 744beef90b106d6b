/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * jpki-tool as a function.  tools/jpki-tool.c is compiled once more, with this
 * before it, for libtool.a.
 */
#ifndef TOOLMAIN_H
#define TOOLMAIN_H

int	tool_main(int argc, char **argv);

#ifdef TOOLMAIN_RENAME
#define main	tool_main
#endif

#endif
