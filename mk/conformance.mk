# SPDX-License-Identifier: BSD-2-Clause
#
# jpki-conformance, which holds any PKCS #11 module against the standard.  It
# links nothing of ours: what it loads is what it tests.

conformance := $(O)/tests/conformance/jpki-conformance
conformance_objs := $(call objects,$(call sources,tests/conformance/*.c))

tests: $(conformance)
# tests/e2e/conformance.sh runs it.
check-e2e coverage-report: $(conformance)

-include $(conformance_objs:.o=.d)

$(conformance_objs): private part_cppflags = $(p11kit_cflags) $(crypto_cflags)
$(conformance): private part_libs = $(crypto_libs) -ldl
$(conformance): $(conformance_objs) $(O)/flags
	$(call say,LD,$@)
	$(Q)$(CC) $(pie_ldflags) $(all_ldflags) -o $@ $(filter %.o,$^) \
		$(part_libs) $(LIBS)
