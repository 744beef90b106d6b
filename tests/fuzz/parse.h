/* SPDX-License-Identifier: BSD-2-Clause */
/* What the parse target is made of; each takes the whole input. */
#ifndef PARSE_H
#define PARSE_H

#include "fuzz.h"

/* A certificate, and everything that is made of one. */
void	parse_certificate(struct fuzz_in *in);
/* What a CA signs, signed by one: the input gets behind the signature. */
void	parse_signed(struct fuzz_in *in);
/* A certificate and a CA's, both from the input. */
void	parse_pair(struct fuzz_in *in);
/* A signature that claims to be of a certificate's key. */
void	parse_claim(struct fuzz_in *in);

/* A certificate to begin with, of a kind; empty behind the last. */
struct slice parse_sample(unsigned kind);

/* OpenSSL's errors are the caller's, and no parser may leave one. */
void	parse_left_no_error(void);

#endif
