/* SPDX-License-Identifier: BSD-2-Clause */
#include "timestamp.h"

#include "chain.h"
#include "tst.h"

static bool
note(struct verdict_signature *out, const struct tst *tst, enum chain_end end,
    bool ended)
{
	char text[DOC_TIME_MAX], edge[DOC_TIME_MAX];

	doc_time_text(tst->when, text);
	if (ended)
		return verdict_note(out, CHECK_TIMESTAMP, FINDING_UNKNOWN,
		    "a time stamp says %s, but its service's certificate ended "
		    "%s; whoever got hold of the key since can have made it",
		    text, doc_time_text(tst->until, edge));
	if (end != CHAIN_GIVEN)
		return verdict_note(out, CHECK_TIMESTAMP, FINDING_UNKNOWN,
		    "a time stamp says %s, but no CA that is trusted vouches "
		    "for its service; such a CA can be given with --ca", text);
	if (out->stamped < 0 || tst->when < out->stamped)
		out->stamped = tst->when;
	return verdict_note(out, CHECK_TIMESTAMP, FINDING_OK,
	    "a time stamp proves that it was signed before %s", text);
}

/*
 * J-LIS stamps no times: the CA has to be one that a person gave.  The service
 * says itself when it stamped; that is believed while its certificate and its
 * CAs' are in force now (ETSI EN 319 102-1, 5.4).
 */
static enum doc_err
judge(const struct trust *trust, const struct tst *tst,
    struct verdict_signature *out, struct doc_error *error)
{
	struct chain chain = { .cert = tst->cert,
	    .others = tst->message.certs, .when = trust->now };
	enum doc_err err;

	if (tst->when > trust->now + DOC_CLOCK_SKEW)
		return verdict_note(out, CHECK_TIMESTAMP, FINDING_FAILED,
		    "the time of the time stamp lies in the future") ?
		    DOC_OK : doc_fail(error, DOC_ERR_MEMORY, "out of memory");
	err = chain_find(trust, &chain, error);
	if (err == DOC_OK && !note(out, tst, chain.end,
	    trust->now > tst->until))
		err = doc_fail(error, DOC_ERR_MEMORY, "out of memory");
	return err;
}

enum doc_err
timestamp_check(const struct trust *trust, const struct timestamp *stamp,
    struct verdict_signature *out, struct doc_error *error)
{
	struct doc_error fault = { DOC_OK, "" };
	struct tst tst;
	enum doc_err err = tst_open(trust->crypto, stamp, &tst, &fault);

	if (err == DOC_OK) {
		err = judge(trust, &tst, out, error);
		tst_close(&tst);
		return err;
	}
	if (err != DOC_ERR_INPUT)
		return doc_fail(error, err, "%s", fault.words);
	return verdict_note(out, CHECK_TIMESTAMP, FINDING_FAILED,
	    "the time stamp does not hold: %s", fault.words) ? DOC_OK :
	    doc_fail(error, DOC_ERR_MEMORY, "out of memory");
}
