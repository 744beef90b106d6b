/* SPDX-License-Identifier: BSD-2-Clause */
/* The user authentication token alone, for browsers. */
#include "settings.h"

const unsigned module_tokens = 1;
