/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Memory of libxml2 and libxmlsec1.  Where it is short they go on with less of
 * a document than there was: a text lacks, or a digest is one of nothing.  So
 * whoever has used them asks whether it ever was.
 */
#ifndef XMLMEM_H
#define XMLMEM_H

#include <stdbool.h>

/* Before anything else of libxml2. */
bool	xml_mem_start(void);
/* Forget what was; then: was memory short since, in this thread? */
void	xml_mem_watch(void);
bool	xml_mem_short(void);

#endif
