# SPDX-License-Identifier: BSD-2-Clause
#
# Clients: programs that people use, with the module, each as doc/clients says.
# Those whose packages are missing are left out, by name.

client_tests := $(filter-out $(srcdir)/tests/clients/lib%, \
	$(sort $(wildcard $(srcdir)/tests/clients/*.sh)))

needs_clients := all
suite_clients := --group clients --build $(O) --lacks "$(srcdir)/scripts/deps lacks" \
	$(client_tests)
SUITES += clients

.PHONY: bench-clients
#: bench-clients what each client costs on the card, OpenSC's module beside ours
bench-clients: all
	@$(run_tests) $(suite_clients) | $(srcdir)/tests/clients/table
