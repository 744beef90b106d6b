# SPDX-License-Identifier: BSD-2-Clause
#
# Faults: what must hold when something breaks in the middle.

# A PIN change torn at every byte.
torn := $(O)/tests/fault/torn
torn_objs := $(call objects,$(call sources,tests/fault/torn*.c))

-include $(torn_objs:.o=.d)

$(torn_objs): private part_cppflags = -iquote $(srcdir)/pkcs11 \
	-iquote $(srcdir)/tests/e2e $(p11kit_cflags)
$(torn): $(torn_objs) $(O)/tests/e2e/p11load.o $(O)/flags
	$(call say,LD,$@)
	$(Q)$(CC) $(pie_ldflags) $(all_ldflags) -o $@ $(filter %.o,$^) -ldl $(LIBS)
