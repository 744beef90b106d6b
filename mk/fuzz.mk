# SPDX-License-Identifier: BSD-2-Clause
#
# Fuzzing: hostile cards, certificates, callers, documents.  A target is a file
# tests/fuzz/fuzz_NAME.c with a folder tests/fuzz/corpus/NAME; fuzz.h tells
# what it has to do.  make check replays the corpora; here the targets are also
# built for libFuzzer and for AFL++, each with a configuration of its own.

fuzz_objs := $(call objects,$(call sources,tests/fuzz/fuzz_*.c))
fuzz_main := $(O)/tests/fuzz/main.o
fuzz_helper_objs := $(filter-out $(fuzz_objs) $(fuzz_main), \
	$(call objects,$(call sources,tests/fuzz/*.c)))
fuzz_tool_main := $(O)/tests/fuzz/jpki-tool.o
fuzz_all_objs := $(fuzz_objs) $(fuzz_main) $(fuzz_helper_objs) $(fuzz_tool_main)
fuzz_targets := $(fuzz_objs:.o=)
fuzz_names := $(patsubst fuzz_%,%,$(notdir $(fuzz_targets)))

all_objs += $(fuzz_all_objs)
-include $(fuzz_all_objs:.o=.d)

$(fuzz_all_objs): private part_cppflags = -iquote $(srcdir)/tests/unit \
	-iquote $(srcdir)/tools/vcard $(tool_iquote) -iquote $(srcdir)/tools/doc -iquote $(srcdir)/tools/words \
	-iquote $(srcdir)/pkcs11 -iquote $(srcdir) $(p11kit_cflags) $(pcsc_cflags) \
	$(doc_cflags) $(crypto_cflags) $(cmocka_cflags)

# jpki-tool without its main(), as a function.
$(fuzz_tool_main): private part_cppflags = $(tool_iquote) \
	-iquote $(srcdir)/tools/doc -iquote $(srcdir)/tools/words $(doc_cflags) $(crypto_cflags) \
	-DTOOLMAIN_RENAME -include $(srcdir)/tests/fuzz/toolmain.h
$(fuzz_tool_main): tools/jpki-tool.c $(O)/flags
	$(call say,CC,$<)
	@mkdir -p $(@D)
	$(Q)$(CC) $(all_cppflags) $(all_cflags) -MMD -MP -c -o $@ $<

$(O)/tests/fuzz/libfuzz.a: $(fuzz_helper_objs)
$(O)/tests/fuzz/libtool.a: $(filter-out $(O)/tools/jpki-tool.o,$(tool_objs)) $(fuzz_tool_main)

# libFuzzer brings a main() of its own.
fuzz_by_libfuzzer := $(findstring fuzzer-no-link,$(SAN))
$(fuzz_targets): %: %.o $(if $(fuzz_by_libfuzzer),,$(fuzz_main)) \
	$(addprefix $(O)/tests/,fuzz/libfuzz.a unit/helpers.a fuzz/libtool.a) \
	$(O)/libdoc.a $(O)/libmodule.a $(O)/libvcard.a $(O)/libwords.a \
	$(O)/libjpki.a
	$(call say,LD,$@)
	$(Q)$(CC) $(pie_ldflags) $(all_ldflags) $(if $(fuzz_by_libfuzzer),-fsanitize=fuzzer) \
		-o $@ $(filter %.o %.a,$^) $(cmocka_libs) $(doc_libs) $(assuan_libs) $(lib_libs)

.PHONY: fuzz-targets
fuzz-targets: $(fuzz_targets)

# Replay.  After build-san, with which it shares a folder.
SUITES += fuzz
needs_fuzz := build-fuzz-replay
suite_fuzz := --group fuzz --build $(san) $(fuzz_names:%=$(san)/tests/fuzz/fuzz_%)

.PHONY: build-fuzz-replay
build-fuzz-replay: build-san
	@$(MAKE) --no-print-directory SAN=address,undefined COVERAGE= fuzz-targets

# Builds for fuzzers: FOLDER/config.mk is of another compiler.
FUZZ_CC ?= clang
AFLPP ?= afl-clang-fast
fuzz_dir := build/fuzz
afl_dir := build/afl
fuzz_san := fuzzer-no-link,address,undefined
fuzz_bin := $(fuzz_dir)/build/san-$(subst $(comma),-,$(fuzz_san))/tests/fuzz
afl_bin := $(afl_dir)/build/$(san:build/%=%)/tests/fuzz

fuzz_configure = mkdir -p $(@D) && cd $(@D) && $(abspath $(srcdir))/configure --quiet \
	$(if $(filter -Werror,$(warn_cflags)),--enable-werror)
$(fuzz_dir)/config.mk: config.mk
	$(call say,CONFIG,$@)
	$(Q)$(fuzz_configure) CC='$(FUZZ_CC)'
$(afl_dir)/config.mk: config.mk | deps-fuzz
	$(call say,CONFIG,$@)
	$(Q)$(fuzz_configure) CC='$(AFLPP)'

.PHONY: deps-fuzz fuzz-build fuzz-afl-build fuzz fuzz-merge fuzz-report fuzz-coverage
deps-fuzz:
	@$(srcdir)/scripts/deps fuzz

#: fuzz-build    the fuzz targets for libFuzzer, all of the code instrumented
fuzz-build: $(fuzz_dir)/config.mk
	@$(MAKE) --no-print-directory -C $(fuzz_dir) SAN=$(fuzz_san) COVERAGE= fuzz-targets

#: fuzz-afl-build  the same for AFL++, which it installs if need be; then
#:               afl-fuzz -m none -i CORPUS -o FOLDER PROGRAM
fuzz-afl-build: $(afl_dir)/config.mk
	@AFL_QUIET=1 $(MAKE) --no-print-directory -C $(afl_dir) SAN=address,undefined \
		COVERAGE= fuzz-targets
	@echo "in $(afl_bin)"

TIME ?= 60
TARGET ?= $(fuzz_names)
run_fuzz = $(srcdir)/scripts/fuzz --programs $(fuzz_bin) --folder $(fuzz_dir) \
	--corpus $(srcdir)/tests/fuzz/corpus

#: fuzz          each fuzz target for TIME=60 seconds of processor time, or
#:               one: TARGET=card
fuzz: fuzz-build
	@$(run_fuzz) run $(TIME) $(TARGET)

#: fuzz-merge    what fuzzing found of new ways through the code, into the corpora
fuzz-merge: fuzz-build
	@$(run_fuzz) merge $(TARGET)

#: fuzz-report   sums over all runs of make fuzz, and what the corpora cover
fuzz-report:
	@$(run_fuzz) report $(fuzz_names)
	@$(MAKE) --no-print-directory COVERAGE=1 SAN= fuzz-coverage

fuzz-coverage: fuzz-targets
	@find $(O) -name '*.gcda' -exec rm {} +
	@for target in $(fuzz_targets); do \
		JPKI_SRC=$(abspath $(srcdir)) $$target 2>/dev/null || exit 1; \
	done
	@GCOV='$(GCOV)' $(srcdir)/scripts/coverage $(O) 0 0 lib pkcs11
