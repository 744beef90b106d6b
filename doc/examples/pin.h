/* SPDX-License-Identifier: BSD-2-Clause */
/* Asking a person for a PIN, and logging in with it. */
#ifndef PIN_H
#define PIN_H

#include <jpki.h>

/*
 * Say how many tries are left, ask at the terminal, verify.  Never sends a PIN
 * that cannot be right, never a last try, and never a second one by itself.
 * Says what went wrong.  0, or -1.
 */
int	pin_login(struct jpki_card *card, enum jpki_pin pin);

#endif
