/* SPDX-License-Identifier: BSD-2-Clause */
/* Status words of the card, by table. */
#ifndef SW_H
#define SW_H

#include "jpki.h"

#define SW_OK			0x9000
#define SW_END_OF_FILE		0x6282	/* fewer bytes than Le */
#define SW_WRONG_LENGTH		0x6700
#define SW_AUTH_REQUIRED	0x6982
#define SW_CONDITIONS		0x6985	/* key: data of a wrong length */
#define SW_NO_EF		0x6986
#define SW_NO_FILE		0x6A82
#define SW_WRONG_P1P2		0x6A86
#define SW_LC_WITH_P1P2		0x6A87
#define SW_SELF_TEST		0x6F00	/* or: the first command of all */

#define SW1_MORE_DATA		0x61	/* SW2 bytes wait: GET RESPONSE */
#define SW1_WRONG_LE		0x6C	/* SW2 is the right Le */

enum jpki_err	sw_err(uint16_t sw);
/* Of a command that presents no PIN: nothing about a PIN can be told. */
enum jpki_err	sw_err_plain(uint16_t sw);
/* What the status word means, one English line; never NULL. */
const char	*sw_text(uint16_t sw);
/* Does it promise that nothing on the card was changed? */
bool		 sw_refuses(uint16_t sw);
/* Tries left that a status word tells (locked: 0), or -1. */
int		 sw_tries(uint16_t sw);

#endif
