/* SPDX-License-Identifier: BSD-2-Clause */
/* Contexts of OpenSSL that are used again. */
#ifndef CALLS_POOL_H
#define CALLS_POOL_H

/* None is in use. */
void	pool_check(void);

#endif
