/* SPDX-License-Identifier: BSD-2-Clause */
/* The signature token alone, for document programs. */
#include "settings.h"

const unsigned module_tokens = 2;
