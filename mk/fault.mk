# SPDX-License-Identifier: BSD-2-Clause
#
# Faults: what must hold when something breaks in the middle.
