# SPDX-License-Identifier: BSD-2-Clause
#
# Fuzzing: hostile cards, certificates, callers.
