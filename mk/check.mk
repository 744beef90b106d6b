# SPDX-License-Identifier: BSD-2-Clause
#
# Tests.  A suite is arguments for scripts/run-tests; make check runs all of
# them at once, so that one line at the very end counts everything.

unit_names := $(unit_srcs:.c=)
cli_tests := $(sort $(wildcard $(srcdir)/tests/cli/*.sh))
e2e_tests := $(sort $(wildcard $(srcdir)/tests/e2e/*.sh))
# Files whose names begin with lib are for others to source.
cli_tests := $(filter-out $(srcdir)/tests/cli/lib%,$(cli_tests))
e2e_tests := $(filter-out $(srcdir)/tests/e2e/lib%,$(e2e_tests))

VALGRIND := valgrind --quiet --error-exitcode=99 --leak-check=full \
	--suppressions=$(srcdir)/tests/valgrind.supp \
	--errors-for-leak-kinds=definite,indirect,possible \
	--show-leak-kinds=definite,indirect,possible --child-silent-after-fork=yes
JOBS ?= $(shell getconf _NPROCESSORS_ONLN)

# Folders of the other modes that the suites need.
san := build/san-address-undefined
tsan := build/san-thread
clang_dir := build/clang
clang_san := $(clang_dir)/$(san)

# A suite: what it needs, and what it is made of.
SUITES := static unit cli e2e valgrind san tsan clang

needs_static := all
suite_static := --group static --build $(O) \
	$(addprefix $(srcdir)/scripts/check-,layers headers exports man docs shell)
needs_unit := tests
suite_unit := --group unit --build $(O) $(unit_tests)
needs_cli := all helpers
suite_cli := --group cli --build $(O) $(cli_tests)
needs_e2e := all helpers
suite_e2e := --group e2e --build $(O) $(e2e_tests)
needs_valgrind := all tests helpers
# Loops that try everything do so in the other suites.
suite_valgrind := --group valgrind --build $(O) --wrap "env TEST_STRIDE=7 $(VALGRIND)" \
	--timeout 1800 $(unit_tests) \
	--group valgrind --build $(O) --timeout 1800 $(srcdir)/tests/memcheck/commands.sh
# Of the programs, those that are built with the sanitizer as well; Python is not.
needs_san := build-san
suite_san := --group san --build $(san) $(addprefix $(san)/,$(unit_names)) \
	$(filter-out %/examples.sh,$(cli_tests)) \
	$(addprefix $(srcdir)/tests/e2e/,conformance.sh p11-card.sh)
# Where several threads are in it, or cards that go.
needs_tsan := build-tsan
tsan_names := ahead ctx p11_event p11_foreign p11_init p11_removal p11_thread \
	vcard_control vcard_link vcard_neighbours vcard_transport vcard_vpcd
suite_tsan := --group tsan --build $(tsan) $(tsan_names:%=$(tsan)/tests/unit/test_%) \
	$(addprefix $(srcdir)/tests/,e2e/conformance.sh e2e/p11-storm.sh cli/wait.sh)
needs_clang := build-clang
suite_clang := --group clang --build $(clang_san) $(addprefix $(clang_san)/,$(unit_names))

# They add suites of their own.
include $(srcdir)/mk/clients.mk
include $(srcdir)/mk/fault.mk
include $(srcdir)/mk/fuzz.mk
include $(srcdir)/mk/analyze.mk
include $(srcdir)/mk/packages.mk

run_tests = CC='$(CC)' NM='$(NM)' $(srcdir)/scripts/run-tests --jobs $(JOBS) \
	$(if $(COMPLETE),--complete)

.PHONY: check $(SUITES:%=check-%) build-san build-tsan build-clang
#: check         installs what is missing, then builds and runs every test
check: $(foreach suite,$(SUITES),$(needs_$(suite)))
	@$(run_tests) $(foreach suite,$(SUITES),$(suite_$(suite)))

#: check-SUITE   one suite: static unit cli e2e valgrind san tsan clang clients faults
#:               fuzz packages analyze msan hardening
.SECONDEXPANSION:
$(SUITES:%=check-%): check-%: $$(needs_$$*)
	@$(run_tests) $(suite_$*)

build-san:
	@$(MAKE) --no-print-directory SAN=address,undefined COVERAGE= all tests helpers

build-tsan:
	@$(MAKE) --no-print-directory SAN=thread COVERAGE= all helpers \
		$(tsan)/tests/conformance/jpki-conformance $(filter $(tsan)/%,$(suite_tsan))

# The other compiler's warnings, its sanitizers, and a build outside the sources,
# all at once.
build-clang: $(clang_dir)/config.mk
	@$(MAKE) --no-print-directory -C $(clang_dir) SAN=address,undefined COVERAGE= all tests

$(clang_dir)/config.mk: config.mk
	$(call say,CONFIG,$@)
	@mkdir -p $(@D)
	$(Q)cd $(@D) && $(abspath $(srcdir))/configure --quiet CC=clang \
		$(if $(filter -Werror,$(warn_cflags)),--enable-werror)

# How much of the code the unit, command line and end-to-end tests run.
.PHONY: coverage coverage-report
#: coverage      what the tests run of each part; fails below 90 % of its lines
#:               or 80 % of its branches
coverage:
	@$(MAKE) --no-print-directory COVERAGE=1 SAN= coverage-report

coverage-report: all tests helpers
	@find $(O) -name '*.gcda' -exec rm {} +
	@$(run_tests) $(suite_unit) $(suite_cli) $(suite_e2e); tests=$$?; \
	GCOV='$(GCOV)' $(srcdir)/scripts/coverage $(O) 90 80 \
		lib pkcs11 tools $(verb_dirs:%=tools/%) tools/vcard && exit $$tests

.PHONY: demo bench bench-documents
#: demo          installs what is missing, then shows the main job at work
demo: all
	@JPKI_TOOL=$(abspath $(O))/jpki-tool JPKI_VCARD=$(abspath $(O))/jpki-vcard \
		$(srcdir)/scripts/demo

bench_env = JPKI_SRC=$(abspath $(srcdir)) JPKI_BUILD=$(abspath $(O)) \
	JPKI_TOOL=$(abspath $(O))/jpki-tool JPKI_VCARD=$(abspath $(O))/jpki-vcard
#: bench         commands and bytes of each operation, OpenSC's beside them
bench: all helpers
	@$(bench_env) \
		sh -c '$(srcdir)/tests/bench/run && echo && $(srcdir)/tests/bench/run-pkcs11'

#: bench-documents  what 100 signed documents cost, and one of 500 MB, with what
#:               else makes them beside jpki-tool; takes half an hour
bench-documents: all helpers
	@$(bench_env) $(srcdir)/tests/bench/run-documents
