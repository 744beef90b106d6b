# SPDX-License-Identifier: BSD-2-Clause
#
# Libraries, programs, and the programs of the unit tests.

# Mode: SAN=address,undefined; SAN=thread; COVERAGE=1; or none of them.

comma := ,
ifneq ($(SAN),)
mode := san-$(subst $(comma),-,$(SAN))
mode_cflags := -O1 -g -fno-omit-frame-pointer \
	-fsanitize=$(SAN) -fno-sanitize-recover=all
mode_ldflags := -fsanitize=$(SAN)
# clang leaves the sanitizer's symbols for the program to bring.
so_ldflags := $(if $(filter yes,$(clang)),,$(defs_ldflags)) $(symbolic_ldflags)
else
ifneq ($(filter-out 0,$(COVERAGE)),)
mode := coverage
mode_cflags := -O0 -g --coverage
mode_ldflags := --coverage
else
mode := default
mode_cflags := $(fortify_cflags)
endif
so_ldflags := $(defs_ldflags) $(symbolic_ldflags)
endif
O := build/$(mode)

# Flags.  Only the mode's come behind the user's own: -O0, to measure coverage.
# -iquote, since a header of ours may be named like one of the system's.

all_cppflags = -iquote . -iquote $(srcdir)/lib $(part_cppflags) \
	-D_POSIX_C_SOURCE=200809L $(CPPFLAGS)
all_cflags = $(lang_cflags) $(warn_cflags) $(harden_cflags) $(CFLAGS) \
	$(mode_cflags)
all_ldflags = -pthread $(harden_ldflags) $(mode_ldflags) $(LDFLAGS)
lib_libs = $(pcsc_libs) $(crypto_libs) $(LIBS)

# Sources.

sources = $(patsubst $(srcdir)/%,%,$(sort $(wildcard $(srcdir)/$(1))))
objects = $(patsubst %.c,$(O)/%.o,$(1))

lib_objs := $(call objects,$(call sources,lib/*.c))
# Verbs that need more than a few files have a folder.
verb_dirs := browser doctor
tool_objs := $(call objects,$(call sources,tools/*.c) $(foreach dir,$(verb_dirs),$(call sources,tools/$(dir)/*.c)))
tool_iquote := $(patsubst %,-iquote $(srcdir)/tools/%,. $(verb_dirs))
# The language of both programs.
words_objs := $(call objects,$(call sources,tools/words/*.c))
# Documents: CMS, XML, PDF.
doc_objs := $(call objects,$(call sources,tools/doc/*.c))
# Three modules: the same objects, and one constant.
module_names := jpki-pkcs11 jpki-pkcs11-auth jpki-pkcs11-sign
modules := $(module_names:%=$(O)/%.so)
module_variants := $(O)/pkcs11/tokens_both.o $(O)/pkcs11/tokens_auth.o $(O)/pkcs11/tokens_sign.o
module_objs := $(filter-out $(module_variants),$(call objects,$(call sources,pkcs11/*.c)))
vcard_main := $(O)/tools/vcard/jpki-vcard.o
vcard_objs := $(filter-out $(vcard_main),$(call objects,$(call sources,tools/vcard/*.c)))
unit_srcs := $(call sources,tests/unit/test_*.c)
unit_objs := $(call objects,$(unit_srcs))
unit_tests := $(unit_objs:.o=)
helper_objs := $(filter-out $(unit_objs),$(call objects,$(call sources,tests/unit/*.c)))
# Programs of the end-to-end tests and of make bench, for any PKCS #11 module.
client_objs := $(call objects,$(call sources,tests/e2e/*.c) $(call sources,tests/bench/*.c))
# A module by its path, and what it answers by name.
p11_load := $(O)/tests/e2e/p11load.o $(O)/tests/conformance/rv.o
p11_clients := $(addprefix $(O)/tests/e2e/,p11steps p11storm secrets_client) $(O)/tests/bench/p11bench
# They look at what others leave in memory.
scanners := $(O)/tests/e2e/secrets_scan $(O)/tests/e2e/secrets_trace
# How much memory a program takes.
peak := $(O)/tests/bench/peak
# It keeps a card by a transaction.
holder := $(O)/tests/e2e/holder
# A reader with keys, simulated: to be preloaded.
pinpad := $(O)/tests/e2e/pinpad.so
helpers := $(p11_clients) $(scanners) $(peak) $(holder)
all_objs := $(client_objs) $(lib_objs) $(tool_objs) $(words_objs) $(doc_objs) $(module_objs) $(module_variants) $(vcard_main) $(vcard_objs) $(unit_objs) $(helper_objs)

so_name := libjpki.so.$(so_major)
so_file := libjpki.so.$(version)
libs := $(O)/libjpki.a $(O)/$(so_file) $(O)/$(so_name) $(O)/libjpki.so
programs := $(O)/jpki-tool $(O)/jpki-vcard

# What shells complete command lines by, by the names that they look for.
completions := $(addprefix $(O)/completion/,bash/jpki-tool zsh/_jpki-tool fish/jpki-tool.fish)

.PHONY: all tests helpers
#: all           libraries, modules and programs; this is the default
all: $(libs) $(modules) $(programs) $(catalogues) $(completions) $(O)/libjpki.pc \
	$(O)/jpki.module
tests: $(unit_tests)
helpers: $(helpers) $(pinpad)

# Rules.

# A file that changes only when its text does, and then makes others anew.
remember = @mkdir -p $(@D); \
	echo '$(1)' | cmp -s - $@ || echo '$(1)' >$@

vpath %.c $(srcdir)
vpath %.in $(srcdir)

$(O)/flags: FORCE
	$(call remember,$(CC) $(all_cppflags) $(all_cflags) $(all_ldflags) \
		$(pcsc_cflags) $(crypto_cflags) $(p11kit_cflags) $(cmocka_cflags) $(lib_libs))
$(O)/members: FORCE
	$(call remember,$(all_objs))

$(lib_objs): private part_cppflags = $(pcsc_cflags) $(crypto_cflags)
$(module_objs) $(module_variants): private part_cppflags = -iquote $(srcdir)/pkcs11 $(p11kit_cflags)
$(client_objs): private part_cppflags = -iquote $(srcdir)/pkcs11 \
	-iquote $(srcdir)/tests/e2e -iquote $(srcdir)/tests/conformance \
	$(p11kit_cflags) $(pcsc_cflags) $(crypto_cflags)
# They are not measured, and some search all of a program's memory.
ifeq ($(mode),coverage)
$(client_objs): private mode_cflags := -O2 -g
endif
$(words_objs): private part_cppflags = -D'LOCALE_DIR="$(localedir)"'
$(tool_objs): private part_cppflags = $(tool_iquote) \
	-iquote $(srcdir)/tools/words -iquote $(srcdir)/tools/doc \
	$(doc_cflags) $(crypto_cflags) $(assuan_cflags)
$(doc_objs): private part_cppflags = -iquote $(srcdir)/tools/words \
	$(doc_cflags) $(crypto_cflags)
$(vcard_main) $(vcard_objs): private part_cppflags = \
	-iquote $(srcdir)/tools/words $(crypto_cflags)
$(unit_objs) $(helper_objs): private part_cppflags = -iquote $(srcdir)/tools/vcard \
	-iquote $(srcdir)/pkcs11 $(tool_iquote) -iquote $(srcdir)/tools/doc \
	-iquote $(srcdir)/tools/words $(p11kit_cflags) $(doc_cflags) \
	-iquote $(srcdir) $(pcsc_cflags) $(crypto_cflags) $(cmocka_cflags)

$(O)/%.o: %.c $(O)/flags
	$(call say,CC,$(patsubst $(srcdir)/%,%,$<))
	@mkdir -p $(@D)
	$(Q)$(CC) $(all_cppflags) $(all_cflags) -MMD -MP -c -o $@ $<

-include $(all_objs:.o=.d)

$(O)/%.a: $(O)/members
	$(call say,AR,$@)
	@mkdir -p $(@D)
	@rm -f $@
	$(Q)$(AR) rcs $@ $(filter %.o,$^)

$(O)/libjpki.a: $(lib_objs)
$(O)/libvcard.a: $(vcard_objs)
$(O)/libdoc.a: $(doc_objs)
$(O)/libwords.a: $(words_objs)
# For the tests: the tool's and the modules' objects, to be called in process.
$(O)/tools/parts.a: $(filter-out $(O)/tools/jpki-tool.o,$(tool_objs))
$(O)/libmodule.a: $(module_objs) $(O)/pkcs11/tokens_both.o
$(O)/tests/unit/helpers.a: $(helper_objs)

$(O)/$(so_file): $(lib_objs) $(srcdir)/lib/libjpki.map $(O)/members
	$(call say,LD,$@)
	$(Q)$(CC) -shared -Wl,-soname,$(so_name) \
		-Wl,--version-script=$(srcdir)/lib/libjpki.map \
		$(so_ldflags) $(all_ldflags) \
		-o $@ $(lib_objs) $(lib_libs)

$(O)/$(so_name) $(O)/libjpki.so: $(O)/$(so_file)
	$(Q)ln -sf $(so_file) $@

# A module brings the library along: no soname to go astray in a browser.
$(O)/jpki-pkcs11.so: $(O)/pkcs11/tokens_both.o
$(O)/jpki-pkcs11-auth.so: $(O)/pkcs11/tokens_auth.o
$(O)/jpki-pkcs11-sign.so: $(O)/pkcs11/tokens_sign.o
$(modules): $(module_objs) $(O)/libjpki.a $(srcdir)/pkcs11/jpki-pkcs11.map
	$(call say,LD,$@)
	$(Q)$(CC) -shared -Wl,--version-script=$(srcdir)/pkcs11/jpki-pkcs11.map \
		$(so_ldflags) $(all_ldflags) \
		-o $@ $(filter %.o %.a,$^) $(lib_libs)

# "make install prefix=" after "make" may say other places than configure.
$(O)/places: FORCE
	$(call remember,$(prefix) $(libdir) $(includedir) $(version) $(p11_module_dir))

$(O)/libjpki.pc: lib/libjpki.pc.in $(O)/places
	@mkdir -p $(@D)
	$(Q)sed -e 's|@prefix@|$(prefix)|' -e 's|@libdir@|$(libdir)|' \
		-e 's|@includedir@|$(includedir)|' \
		-e 's|@version@|$(version)|' $< >$@

# p11-kit finds a module that is not where it looks only by its path.
module_path := $(if $(filter-out $(p11kit_module_dir),$(p11_module_dir)),$(p11_module_dir)/)
$(O)/jpki.module: $(srcdir)/pkcs11/jpki.module $(O)/places
	$(Q)sed 's|^module: |&$(module_path)|' $< >$@

# A program is its objects, and what they need of the archives.
$(O)/jpki-tool: $(tool_objs) $(O)/libdoc.a $(O)/libwords.a $(O)/libjpki.a
$(O)/jpki-vcard: $(vcard_main) $(O)/libvcard.a $(O)/libwords.a $(O)/libjpki.a
$(unit_tests): %: %.o $(O)/tests/unit/helpers.a $(O)/tools/parts.a $(O)/libdoc.a \
	$(O)/libmodule.a $(O)/libvcard.a $(O)/libwords.a $(O)/libjpki.a
# It runs the program.
$(O)/tests/unit/test_doc_attacks: | $(O)/jpki-tool
$(O)/jpki-tool: private part_libs = $(doc_libs) $(assuan_libs)
$(unit_tests): private part_libs = $(cmocka_libs) $(doc_libs) $(assuan_libs) $(ssl_libs)
$(p11_clients): %: %.o $(p11_load)
$(scanners): %: %.o $(O)/tests/e2e/secrets_find.o $(O)/tests/e2e/secrets_memory.o
$(peak) $(holder): %: %.o
$(holder): private part_libs = $(pcsc_libs)
$(helpers): private lib_libs = -ldl $(LIBS)
$(pinpad): $(pinpad:.so=.o) $(O)/flags
	$(call say,LD,$@)
	$(Q)$(CC) -shared $(so_ldflags) $(all_ldflags) -o $@ $(filter %.o,$^) \
		$(pcsc_libs) -ldl $(LIBS)
# Judges signatures.
$(O)/tests/e2e/p11storm: private part_libs = $(crypto_libs)
$(programs) $(unit_tests) $(helpers): $(O)/members
	$(call say,LD,$@)
	$(Q)$(CC) $(pie_ldflags) $(all_ldflags) -o $@ \
		$(filter %.o %.a,$^) $(part_libs) $(lib_libs)

# In English, as it is for all users of the machine.
$(completions): $(O)/jpki-tool
	@mkdir -p $(@D)
	$(Q)LC_ALL=C $(O)/jpki-tool completion $(notdir $(@D)) >$@
