# SPDX-License-Identifier: BSD-2-Clause
#
# Static analysis, the memory sanitizer, and the hardening of what was built.

# Analyzers.  Each file's findings lie in a file of their own, are made at once
# with the others', and anew only when a source changes; scripts/check-analysis
# judges them.  tests/unit and tests/fuzz are left out: valgrind and the
# sanitizers run those, and no analyzer knows that an assertion of cmocka's ends
# a test.
analysis := build/analysis
analyzers := gcc clang cppcheck
analyzed := $(foreach dir,lib pkcs11 tools $(verb_dirs:%=tools/%) tools/words tools/doc tools/vcard \
	tests/conformance tests/e2e tests/bench \
	tests/fault/matrix tests/fault/torn tests/fault/nomem, \
	$(call sources,$(dir)/*.c))
# Full of errors; it shows that the analyzers find some.
analyzed_faulty := tests/analysis/faulty.c
analyzed_headers := $(foreach dir,lib pkcs11 tools $(verb_dirs:%=tools/%) tools/words tools/doc tools/vcard \
	tests/conformance tests/e2e tests/fault/*, \
	$(wildcard $(srcdir)/$(dir)/*.h)) $(wildcard config.h)
findings := $(foreach tool,$(analyzers), \
	$(patsubst %.c,$(analysis)/$(tool)/%,$(analyzed) $(analyzed_faulty)))

GCC := gcc
CLANG := clang
CPPCHECK := cppcheck

analysis_cppflags := $(foreach dir,lib pkcs11 tools $(verb_dirs:%=tools/%) tools/words tools/doc tools/vcard tests/e2e tests/conformance, \
	-iquote $(srcdir)/$(dir)) -iquote . -D_POSIX_C_SOURCE=200809L \
	-D'LOCALE_DIR="$(localedir)"' $(pcsc_cflags) $(crypto_cflags) $(p11kit_cflags) $(doc_cflags) $(CPPFLAGS)

# Optimised as what is shipped: what is inlined is seen through.
#
# Switched off:
#   malloc-leak   gcc 12 forgets what it stored in an array at an index that
#                 is not constant.  It calls this a leak (it is freed, and so
#                 is what is before it, where the index does not vary):
#                     for (i = 0; i < n; i++)
#                         if ((list[i].name = strdup(from[i])) == NULL)
#                             break;
#                 Leaks are left to clang, valgrind and the address sanitizer.
analyze_gcc = $(GCC) $(analysis_cppflags) -std=c11 -pthread -O2 -fanalyzer \
	-Wno-analyzer-malloc-leak -c -o /dev/null

# Also those of its checkers for security and portability that are off by
# themselves, but:
#   DeprecatedOrUnsafeBufferHandling  wants memcpy_s and its kind, which the C
#                 libraries of Linux do not have.
analyze_clang = $(CLANG) $(analysis_cppflags) -std=c11 -pthread --analyze \
	--analyzer-output text -o /dev/null \
	-Xclang -analyzer-checker=security,optin.portability \
	-Xclang -analyzer-disable-checker=security.insecureAPI.DeprecatedOrUnsafeBufferHandling

# Of all that it can say about defects and style, not:
#   constParameter      whether a pointer is to const says PKCS #11 for its
#                       functions, and a table for those in it
#   variableScope       a variable stands at the top of its function or loop
#   unusedStructMember  a table may say to its reader what no code asks; and a
#                       union that takes const away is read at its other end
analyze_cppcheck = $(CPPCHECK) $(subst -iquote ,-I,$(filter-out -pthread,$(analysis_cppflags))) \
	--std=c11 --quiet --enable=warning,performance,portability,style \
	--library=openssl --suppress=constParameter \
	--suppress=variableScope --suppress=unusedStructMember

define analyze_with
$(analysis)/$(1)/%: %.c $(analyzed_headers) $(analysis)/flags
	$$(call say,ANALYZE,'$$< ($(1))')
	@mkdir -p $$(@D)
	$$(Q)$$(analyze_$(1)) $$< >$$@.new 2>&1 || echo "$(1) ended with status $$$$?" >>$$@.new
	@mv $$@.new $$@

endef
$(foreach tool,$(analyzers),$(eval $(call analyze_with,$(tool))))

$(analysis)/flags: FORCE
	$(call remember,$(foreach tool,$(analyzers),$(analyze_$(tool))))
$(analysis)/list: FORCE
	$(call remember,$(findings:$(analysis)/%=%))

.PHONY: analyze
analyze: $(findings) $(analysis)/list

needs_analyze := analyze
suite_analyze := --group analyze --build $(analysis) $(srcdir)/scripts/check-analysis
SUITES += analyze

# What the memory sanitizer can judge: tests of what works without libcrypto,
# the whole way of a command to the card and of its answer among it.  Whatever
# libcrypto writes is unset to it, since that is not compiled with it, and its
# first complaint is in there; so the others are left to valgrind, which runs
# all of them and asks the same.
msan := build/san-memory
msan_tests := $(addprefix $(clang_dir)/$(msan)/tests/unit/test_, \
	anchors apdu buf card change date err files log logout mem \
	nomem_card open p11_interface p11_settings pin pin_broken pin_laws \
	read send sw tlv token)
needs_msan := build-msan
suite_msan := --group msan --build $(clang_dir)/$(msan) $(msan_tests)
SUITES += msan

.PHONY: build-msan
build-msan: $(clang_dir)/config.mk
	@$(MAKE) --no-print-directory -C $(clang_dir) SAN=memory COVERAGE= \
		$(msan_tests:$(clang_dir)/%=%)

# The build that is installed.
needs_hardening := all
suite_hardening := --group hardening --build $(O) $(srcdir)/scripts/check-hardening
SUITES += hardening
