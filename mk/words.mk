# SPDX-License-Identifier: BSD-2-Clause
#
# Translations: po/LANGUAGE.po becomes a catalogue beside the programs, where
# they look for it, in the build as well as installed.

# $(O) is build/MODE; programs look in ../share/locale.
catalogue_dir := build/share/locale
languages := $(basename $(notdir $(wildcard $(srcdir)/po/*.po)))
catalogues := $(languages:%=$(catalogue_dir)/%/LC_MESSAGES/jpki.mo)

$(catalogue_dir)/%/LC_MESSAGES/jpki.mo: $(srcdir)/po/%.po
	$(call say,MSGFMT,$@)
	@mkdir -p $(@D)
	$(Q)$(MSGFMT) --check-format -o $@ $<

.PHONY: words
#: words         brings po/*.po up to date with the texts in the sources
words:
	@$(srcdir)/scripts/words update
