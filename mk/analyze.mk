# SPDX-License-Identifier: BSD-2-Clause
#
# Static analysis, and the hardening of what was built.
