/* SPDX-License-Identifier: BSD-2-Clause */
/* Both tokens. */
#include "settings.h"

const unsigned module_tokens = 3;
