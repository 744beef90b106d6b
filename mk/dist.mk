# SPDX-License-Identifier: BSD-2-Clause
#
# Source archives.  In a git checkout what git knows or would add; elsewhere what
# the archive's own MANIFEST says.

dist_name := $(PACKAGE_TARNAME)-$(version)
dist_file := $(dist_name).tar.gz
dist_dir := build/dist

.PHONY: dist distcheck
#: dist          a source archive, with configure in it
dist: $(dist_file)

$(dist_file): FORCE
	$(call say,DIST,$@)
	$(Q)rm -rf $(dist_dir) && mkdir -p $(dist_dir)/$(dist_name)
	$(Q)$(srcdir)/scripts/list-sources $(srcdir) >$(dist_dir)/$(dist_name)/MANIFEST
	$(Q)tar -C $(srcdir) -cf - -T $(dist_dir)/$(dist_name)/MANIFEST | \
		tar -C $(dist_dir)/$(dist_name) -xf -
	$(Q)tar -C $(dist_dir) --sort=name --owner=0 --group=0 --numeric-owner \
		--mtime=@$${SOURCE_DATE_EPOCH:-$$(date +%s)} \
		-cf - $(dist_name) | gzip -9n >$@
	$(Q)rm -rf $(dist_dir)

#: distcheck     builds, tests, installs and removes what dist made
distcheck: dist
	@$(srcdir)/scripts/distcheck $(dist_file) $(dist_name) build/distcheck
