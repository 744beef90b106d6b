# SPDX-License-Identifier: BSD-2-Clause
#
# What is installed is one table, FROM:TO; uninstall reads the same.

INSTALL := install

man_pages := $(call sources,man/*.[1-9])
man_pages_ja := $(call sources,man/ja/*.[1-9])
docs := $(call sources,LICENSE) $(call sources,NEWS) $(call sources,PROTOCOL) \
	$(call sources,doc/examples/*)
pages := $(call sources,*.md) $(call sources,doc/*.md) $(call sources,doc/clients/*.md)

# Documents lie to each other as they do here, so their links hold.  Of links to
# manual pages and into the source tree, which are not there, the words stay.
doc_dir = $(patsubst %/.,%,$(docdir)/$(patsubst %/,%,$(dir $(1))))
words_of_links := s,\[([^]]*)\]\((\.\./)*(man/|packaging/|HACKING)[^)]*\),\1,g

# man/jpki.3 goes to man3.
man_dir = $(1)/man$(subst .,,$(suffix $(2)))

installed_programs := $(programs:%=%:$(bindir))
installed_data := \
	$(O)/libjpki.a:$(libdir) \
	$(O)/$(so_file):$(libdir) \
	$(O)/libjpki.pc:$(libdir)/pkgconfig \
	$(srcdir)/lib/jpki.h:$(includedir) \
	$(srcdir)/lib/jpki_openssl.h:$(includedir) \
	$(foreach page,$(man_pages),$(srcdir)/$(page):$(call man_dir,$(mandir),$(page))) \
	$(foreach page,$(man_pages_ja),$(srcdir)/$(page):$(call man_dir,$(mandir)/ja,$(page))) \
	$(foreach doc,$(docs),$(srcdir)/$(doc):$(call doc_dir,$(doc)))
installed_pages := $(foreach page,$(pages),$(srcdir)/$(page):$(call doc_dir,$(page)))
installed_data += $(foreach language,$(languages), \
	$(catalogue_dir)/$(language)/LC_MESSAGES/jpki.mo:$(localedir)/$(language)/LC_MESSAGES)
installed_data += \
	$(O)/completion/bash/jpki-tool:$(datarootdir)/bash-completion/completions \
	$(O)/completion/zsh/_jpki-tool:$(datarootdir)/zsh/site-functions \
	$(O)/completion/fish/jpki-tool.fish:$(datarootdir)/fish/vendor_completions.d
installed_modules := $(modules:%=%:$(p11_module_dir)) \
	$(O)/jpki.module:$(p11_config_dir)
installed_data += $(installed_modules)
installed_links := $(libdir)/$(so_name) $(libdir)/libjpki.so

installed_to = $(sort $(DESTDIR)$(prefix) $(DESTDIR)$(p11_module_dir) \
	$(DESTDIR)$(p11_config_dir))

from = $(firstword $(subst :, ,$(1)))
to = $(lastword $(subst :, ,$(1)))
target = $(DESTDIR)$(to)/$(notdir $(from))
install_one = mkdir -p '$(DESTDIR)$(to)' && $(INSTALL) -m $(2) '$(from)' '$(target)'
install_page = $(call install_one,$(1),644) && \
	sed -E '$(words_of_links)' '$(from)' >'$(target)'

.PHONY: install uninstall
#: install       to prefix, below DESTDIR
install: all
	$(call say,INSTALL,'$(installed_to)')
	$(Q)set -e; $(foreach row,$(installed_programs),$(call install_one,$(row),755); ) \
	$(foreach row,$(installed_data),$(call install_one,$(row),644); ) \
	$(foreach row,$(installed_pages),$(call install_page,$(row)); ) \
	$(foreach link,$(installed_links),ln -sf $(so_file) '$(DESTDIR)$(link)'; )

#: uninstall     removes what install put there, and empty folders of its own
uninstall:
	$(call say,REMOVE,'$(installed_to)')
	$(Q)rm -f $(foreach row,$(installed_programs) $(installed_data) $(installed_pages), \
		'$(call target,$(row))') $(installed_links:%='$(DESTDIR)%')
	$(Q)rmdir $(foreach folder,/doc/clients /doc/examples /doc, \
		'$(DESTDIR)$(docdir)$(folder)') '$(DESTDIR)$(docdir)' 2>/dev/null || :
