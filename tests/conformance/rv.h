/* SPDX-License-Identifier: BSD-2-Clause */
/* Names of return values, for all tests that say what a module answered. */
#ifndef RV_H
#define RV_H

/* Of a CK_RV: "CKR_OK"; for what has no name a number. */
const char *rv_name(unsigned long rv);

#endif
