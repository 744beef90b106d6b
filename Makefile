# SPDX-License-Identifier: BSD-2-Clause
#
# The whole build; `make help' lists what can be made.  It does not recurse,
# but for other modes (SAN=, COVERAGE=1), each of which has a folder of its own
# below build/.  Every source file is compiled once, as position-independent
# code; libjpki.a of these objects serves the shared library's users, the
# programs and the tests.  What varies by system is in config.mk, which
# configure writes.

.DEFAULT_GOAL := all
.DELETE_ON_ERROR:
.SECONDARY:
.SUFFIXES:

# Until config.mk says so: the folder of this file.
srcdir := $(patsubst %/,%,$(dir $(lastword $(MAKEFILE_LIST))))
goals := $(or $(MAKECMDGOALS),all)

# V=1 shows commands, else there is a short line for each.
Q := $(if $(filter-out 0,$(V)),,@)
say = $(if $(Q),@printf '  %-7s %s\n' $(1) $(2))

.PHONY: FORCE
FORCE:

.PHONY: help deps deps-build deps-clients clean distclean maintainer-clean
#: help          this list
help:
	@sed -n 's/^#: //p' $(srcdir)/mk/*.mk $(srcdir)/Makefile

#: deps          installs what building, the demo and the tests need
#: deps-build    installs what building needs, and nothing else
#: deps-clients  installs the browsers and other clients that are tested, too
deps:
	@$(srcdir)/scripts/deps check
deps-build deps-clients: deps-%:
	@$(srcdir)/scripts/deps $*

#: clean         removes what make made
clean:
	@! test -d build/distcheck || chmod -R u+w build/distcheck
	rm -rf build

#: distclean     removes what configure made, too
distclean: clean
	rm -f config.mk config.h config.log config.status
	@! test -L Makefile || rm -f Makefile

maintainer-clean: distclean
	rm -rf $(srcdir)/configure $(srcdir)/autom4te.cache

# All else needs config.mk, and a configure that succeeded: `version' is known.
ifneq ($(filter-out help deps deps-build deps-clients clean distclean maintainer-clean,$(goals)),)
# A configure that failed says why in there.
.PRECIOUS: config.mk
-include config.mk
include $(srcdir)/mk/configure.mk
ifneq ($(version),)
include $(srcdir)/mk/words.mk
include $(srcdir)/mk/build.mk
include $(srcdir)/mk/check.mk
include $(srcdir)/mk/conformance.mk
include $(srcdir)/mk/examples.mk
include $(srcdir)/mk/install.mk
include $(srcdir)/mk/dist.mk
else
# Reached if config.mk could not be made; who failed to make it has said why.
unmade := $(filter-out config.mk configure,$(goals))
.PHONY: $(unmade)
$(unmade):
	$(error nothing is made without a configure that succeeds, see above)
endif
endif
