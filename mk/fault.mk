# SPDX-License-Identifier: BSD-2-Clause
#
# Faults: what must hold when something breaks in the middle.  The programs
# link nothing of ours: they run what is shipped.

# Every operation, every fault, every command.
faults := $(O)/tests/fault/matrix/faults
faults_objs := $(call objects,$(call sources,tests/fault/matrix/*.c))

# A PIN change torn at every byte.
torn := $(O)/tests/fault/torn/torn
torn_objs := $(call objects,$(call sources,tests/fault/torn/*.c))

# No memory, at every allocation of the tool and of the module.
nomem := $(O)/tests/fault/nomem/nomem
nomem_client := $(O)/tests/fault/nomem/client
nomem_shim := $(O)/tests/fault/nomem/shim.so
nomem_objs := $(call objects,$(call sources,tests/fault/nomem/*.c))
nomem_others := $(nomem_client).o $(nomem_shim:.so=.o)

fault_programs := $(faults) $(torn) $(nomem) $(nomem_client)
fault_objs := $(faults_objs) $(torn_objs) $(nomem_objs)
-include $(fault_objs:.o=.d)

$(fault_objs): private part_cppflags = -iquote $(srcdir)/pkcs11 \
	-iquote $(srcdir)/tests/e2e -iquote $(srcdir)/tests/conformance \
	$(p11kit_cflags) $(pcsc_cflags) $(crypto_cflags)
$(faults): private part_libs = $(pcsc_libs) $(crypto_libs)
$(nomem_client): private part_libs = $(crypto_libs)

$(faults): $(faults_objs) $(O)/tests/conformance/rv.o
$(torn): $(torn_objs) $(p11_load)
# It runs the others.
$(nomem): $(filter-out $(nomem_others),$(nomem_objs)) | $(nomem_client) $(nomem_shim)
# libjpki.a: to tell whether OpenSSL works without the module.
$(nomem_client): $(nomem_client).o $(p11_load) $(O)/libjpki.a
$(fault_programs): $(O)/flags
	$(call say,LD,$@)
	$(Q)$(CC) $(pie_ldflags) $(all_ldflags) -o $@ $(filter %.o %.a,$^) \
		$(part_libs) -ldl $(LIBS)
$(nomem_shim): $(nomem_shim:.so=.o) $(O)/flags
	$(call say,LD,$@)
	$(Q)$(CC) -shared $(so_ldflags) $(all_ldflags) -o $@ $(filter %.o,$^) -ldl $(LIBS)

needs_faults := all $(faults) $(torn) $(nomem)
suite_faults := --group faults --build $(O) --timeout 1800 $(faults) $(torn) $(nomem)
SUITES += faults
