# SPDX-License-Identifier: BSD-2-Clause
#
# Packages of distributions, from the source archive as make dist makes it.

package_dir := build/packages

.PHONY: deb
#: deb           Debian packages, into build/packages
deb: dist
	$(call say,DEB,$(package_dir))
	$(Q)$(srcdir)/scripts/package-deb $(dist_file) $(dist_name) $(package_dir)

needs_packages := deb
suite_packages := --group packages --build $(package_dir) --timeout 1800 \
	--lacks $(srcdir)/tests/packages/lacks \
	$(filter-out $(srcdir)/tests/packages/lib-%,$(sort $(wildcard $(srcdir)/tests/packages/*.sh)))
SUITES += packages
