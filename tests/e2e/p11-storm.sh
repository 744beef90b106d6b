#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
#
# Eight programs with eight threads each at one card, and jpki-tool among
# them: no wrong signature, none with the other key, no try lost, no PIN sent
# that was not asked for, and an end.
p11_world=()
# shellcheck source=tests/e2e/lib-p11.sh
. "${JPKI_SRC:?}/tests/e2e/lib-p11.sh"

processes=${STORM_PROCESSES:-8} threads=${STORM_THREADS:-8}
operations=${STORM_OPERATIONS:-10000}

# jpki-tool looks at the card all the while: at its PINs, and, every other
# time, at those of other applications, which ends the login of all.  A line
# for each time that it did not find all tries of both PINs.
look() {
	local runs=0 said status option=''
	while [ ! -e over ]; do
		status=0
		said=$("$JPKI_TOOL" status ${option:+"$option"} -j 2>&1) || status=$?
		runs=$((runs + 1))
		[ -n "$option" ] && option='' || option=-a
		case $status$said in
		0*'"auth":{"tries_left":3,'*'"sign":{"tries_left":5,'*) ;;
		*) echo "status $status: $said" ;;
		esac
		sleep 1
	done
	echo "$runs" >runs
}

# The storm's own words, for people.
comments() { sed 's/^/# /' "$@"; }

tap "jpki-tool reads the certificates" public_keys
auth_before=$(verifies auth) sign_before=$(verifies sign)
look >looked 2>&1 &
looker=$!
p11_started+=("$looker")
"$JPKI_BUILD/tests/e2e/p11storm" "$both" "$processes" "$threads" "$operations" \
	auth.pub sign.pub >storm 2>&1
status=$?
: >over
wait "$looker"
comments storm
echo "# jpki-tool asked $(cat runs) times in between"

tap "every operation came to its end, and every signature was right" same 0 "$status"
tap "jpki-tool always found all tries" cat looked
tap "and it did look" same yes "$([ "$(cat runs)" -gt 0 ] && echo yes)"
asked=$(sed -n 's/^logins: \([0-9]*\) asked for.*/\1/p' storm)
taken=$(sed -n 's/^logins: .*, \([0-9]*\) taken;.*/\1/p' storm)
sent=$(($(verifies auth) - auth_before + $(verifies sign) - sign_before))
tap "each login that was asked for was taken" same "$asked" "$taken"
tap "and sent one PIN, no more" same "$asked" "$sent"
tap "no try was lost" same '3 5' "$(tries auth) $(tries sign)"

# Afterwards nobody is logged in.
tap "afterwards the key signs for nobody" says 'SW1=0x69, SW2=0x82' foreign_words 0017
tap_end
