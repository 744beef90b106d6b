# SPDX-License-Identifier: BSD-2-Clause
#
# Faults: what must hold when something breaks in the middle.  The programs
# link nothing of ours: they run what is shipped.

# Every operation, every fault, every command.
faults := $(O)/tests/fault/faults
faults_objs := $(call objects,$(filter-out tests/fault/torn% tests/fault/nomem%, \
	$(call sources,tests/fault/*.c)))

# A PIN change torn at every byte.
torn := $(O)/tests/fault/torn
torn_objs := $(call objects,$(call sources,tests/fault/torn*.c))

-include $(faults_objs:.o=.d) $(torn_objs:.o=.d)

$(faults_objs): private part_cppflags = -iquote $(srcdir)/pkcs11 \
	$(p11kit_cflags) $(pcsc_cflags) $(crypto_cflags)
$(faults): private part_libs = $(pcsc_libs) $(crypto_libs) -ldl
$(torn_objs): private part_cppflags = -iquote $(srcdir)/pkcs11 \
	-iquote $(srcdir)/tests/e2e $(p11kit_cflags)
$(torn): private part_libs = -ldl
$(faults): $(faults_objs)
$(torn): $(torn_objs) $(O)/tests/e2e/p11load.o
$(faults) $(torn): $(O)/flags
	$(call say,LD,$@)
	$(Q)$(CC) $(pie_ldflags) $(all_ldflags) -o $@ $(filter %.o,$^) \
		$(part_libs) $(LIBS)

# No memory, at every allocation of the tool and of the module.
nomem := $(O)/tests/fault/nomem
nomem_client := $(O)/tests/fault/nomem_client
nomem_shim := $(O)/tests/fault/nomem_shim.so
nomem_srcs := $(call sources,tests/fault/nomem*.c)
nomem_objs := $(call objects,$(nomem_srcs))
nomem_others := $(nomem_client).o $(nomem_shim:.so=.o)

-include $(nomem_objs:.o=.d)

$(nomem_objs): private part_cppflags = -iquote $(srcdir)/pkcs11 \
	-iquote $(srcdir)/tests/e2e $(p11kit_cflags) $(crypto_cflags)
$(nomem): $(filter-out $(nomem_others),$(nomem_objs)) $(O)/flags
# libjpki.a: to tell whether OpenSSL works without the module.
$(nomem_client): $(nomem_client).o $(O)/tests/e2e/p11load.o $(O)/libjpki.a $(O)/flags
$(nomem_client): private part_libs = $(crypto_libs)
$(nomem) $(nomem_client):
	$(call say,LD,$@)
	$(Q)$(CC) $(pie_ldflags) $(all_ldflags) -o $@ $(filter %.o %.a,$^) \
		$(part_libs) -ldl $(LIBS)
$(nomem_shim): $(nomem_shim:.so=.o) $(O)/flags
	$(call say,LD,$@)
	$(Q)$(CC) -shared $(so_ldflags) $(all_ldflags) -o $@ $(filter %.o,$^) -ldl $(LIBS)
# The driver runs the others.
$(nomem): | $(nomem_client) $(nomem_shim)

needs_faults := all $(faults) $(torn) $(nomem)
suite_faults := --group faults --build $(O) --timeout 1800 $(faults) $(torn) $(nomem)
SUITES += faults
