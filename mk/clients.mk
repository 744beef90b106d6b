# SPDX-License-Identifier: BSD-2-Clause
#
# Clients: programs that people use, with the module, each as doc/clients says.
# Those whose packages are missing are left out, by name.

# A program that signs XML by libxmlsec1 with NSS, which no package of Debian's has.
client_programs :=
xmlsec_nss := $(O)/tests/clients/xmlsec_nss
ifeq ($(shell pkg-config --exists xmlsec1-nss && echo yes),yes)
client_programs += $(xmlsec_nss)
endif

-include $(xmlsec_nss).d
$(xmlsec_nss).o: private part_cppflags = \
	$(patsubst -I%,-isystem %,$(shell pkg-config --cflags xmlsec1-nss))
$(xmlsec_nss): private part_libs = $(shell pkg-config --libs xmlsec1-nss)
$(xmlsec_nss): $(xmlsec_nss).o $(O)/flags
	$(call say,LD,$@)
	$(Q)$(CC) $(pie_ldflags) $(all_ldflags) -o $@ $(filter %.o,$^) $(part_libs)

client_tests := $(filter-out $(addprefix $(srcdir)/tests/clients/,lib.sh lib-%), \
	$(sort $(wildcard $(srcdir)/tests/clients/*.sh)))

needs_clients := all $(client_programs)
suite_clients := --group clients --build $(O) --timeout 1800 \
	--lacks "$(srcdir)/scripts/deps lacks" $(client_tests)
SUITES += clients

.PHONY: bench-clients
#: bench-clients what each client costs on the card, OpenSC's module beside ours
bench-clients: $(needs_clients)
	@$(run_tests) $(suite_clients) | $(srcdir)/tests/clients/table
