# SPDX-License-Identifier: BSD-2-Clause
#
# The programs of doc/examples, made as a user of the library would make them.

examples := $(addprefix $(O)/doc/examples/,csr tls-client)
example_shared := $(addprefix $(O)/doc/examples/,session.o pin.o)
example_objs := $(examples:=.o) $(example_shared)

.PHONY: examples
#: examples      the programs of doc/examples
examples: $(examples)
helpers: $(examples)

-include $(example_objs:.o=.d)

# jpki.h is included as an installed header is.
$(example_objs): private part_cppflags = -I $(srcdir)/lib $(crypto_cflags) \
	$(ssl_cflags)
$(examples): %: %.o $(example_shared) $(O)/libjpki.a $(O)/flags
	$(call say,LD,$@)
	$(Q)$(CC) $(pie_ldflags) $(all_ldflags) -o $@ $(filter %.o %.a,$^) \
		$(ssl_libs) $(lib_libs)
