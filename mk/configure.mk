# SPDX-License-Identifier: BSD-2-Clause
#
# config.mk is included, so make brings it up to date before anything else:
# installs what is missing if a goal promises to, makes configure, runs it, and
# then starts over with what it found.

stage := $(or \
	$(if $(filter check check-% coverage bench bench-clients distcheck,$(goals)),check), \
	$(if $(filter demo,$(goals)),demo))
# Whoever builds packages has installed what they may use: DEPS=no.
deps := $(if $(filter no,$(DEPS)),,$(stage:%=deps-%))

# Why configure has to run again although nothing that it reads has changed: it
# failed, or it ran before the tests' library was there.  What is installed now
# may help, and so it is tried again, once; `version' says that it succeeded.
no_cmocka := cmocka, the library of the unit tests, is missing: type make deps
ifneq ($(configure_failed),)
trouble := $(configure_failed)
else ifneq ($(and $(version),$(filter check,$(stage))),)
trouble := $(if $(cmocka_libs),,$(no_cmocka))
endif
ifneq ($(trouble),)
ifneq ($(MAKE_RESTARTS),)
$(error $(trouble); then run $(srcdir)/configure again)
endif
retry := FORCE
endif

.PHONY: deps-demo deps-check
deps-demo deps-check: deps-%:
	@$(srcdir)/scripts/deps $*

$(srcdir)/configure: $(srcdir)/configure.ac $(wildcard $(srcdir)/m4/*.m4) | $(deps)
	$(call say,AUTOGEN,$@)
	$(Q)$(srcdir)/autogen.sh

config.mk: $(srcdir)/configure $(srcdir)/config.mk.in $(srcdir)/config.h.in $(retry) | $(deps)
	$(call say,CONFIG,$@)
	$(Q)if test -x config.status && test -z '$(configure_failed)'; then \
		./config.status --recheck --quiet && ./config.status --quiet; \
	else \
		$(srcdir)/configure --quiet $(configure_args); \
	fi
