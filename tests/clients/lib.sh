# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=bash disable=SC2034 # what it sets is for its users
#
# What the tests of clients share: to be sourced first.  A test follows the
# recipes of its page, doc/clients/NAME.md, as a user would, and counts what
# they cost on the card; with OpenSC's module as well, where there is one.
#
# Recipes find in their environment MODULE, the path of the module, and what
# their page says.

# shellcheck source=tests/e2e/lib-p11.sh
. "${JPKI_SRC:?}/tests/e2e/lib-p11.sh"
# shellcheck source=tests/bench/count.sh
. "$JPKI_SRC/tests/bench/count.sh"

# Recipes call jpki-tool and jpki-vcard by their names.
PATH=$(dirname "$JPKI_TOOL"):$PATH
page=$(basename "$0" .sh)
count_output=$work/output
peer=$(find /usr/lib* /usr/local/lib* -name opensc-pkcs11.so -print -quit 2>/dev/null)
peer_auth_only=$(find /usr/lib* /usr/local/lib* -name onepin-opensc-pkcs11.so \
	-print -quit 2>/dev/null)
if [ -z "$peer" ] || [ -z "$peer_auth_only" ]; then
	tap "OpenSC's module is there" echo "opensc-pkcs11.so is missing: type make deps"
	tap_end
fi

# Whose module the recipes are for, ours or OpenSC's.
use() {
	whose=$1
	case $whose in
	ours) MODULE=$both MODULE_AUTH=$auth_only MODULE_SIGN=$sign_only ;;
	*) MODULE=$peer MODULE_AUTH=$peer_auth_only MODULE_SIGN=$peer ;;
	esac
	export MODULE MODULE_AUTH MODULE_SIGN
}
use ours

# What OpenSC calls tokens and objects, in the place of our names: in URIs,
# in the nicknames of NSS, and by themselves.  Of a pair of keys it labels each
# in another way, so that objects go by their ids.
peer_names() {
	sed 's/=JPKI-SIGN;object=JPKI-SIGN-CA/=JPKI-AUTH;object=Digital%20Signature%20Certificate%20CA/g
		s/;object=JPKI-AUTH/;id=%01/g; s/;object=JPKI-SIGN/;id=%02/g
		s/token=JPKI-AUTH/token=JPKI%20%28User%20Authentication%20PIN%29/g
		s/token=JPKI-SIGN/token=JPKI%20%28Digital%20Signature%20PIN%29/g
		s/JPKI-AUTH:JPKI-AUTH/JPKI (User Authentication PIN):User Authentication Certificate/g
		s/JPKI-SIGN:JPKI-SIGN/JPKI (Digital Signature PIN):Digital Signature Certificate/g
		s/JPKI-AUTH/JPKI (User Authentication PIN)/g
		s/JPKI-SIGN/JPKI (Digital Signature PIN)/g'
}

names() { if [ "$whose" = ours ]; then cat; else peer_names; fi; }

# The commands of the page's block that begins with "```sh NAME".
recipe() {
	[ "$whose" != ours ] || echo "$page $1" >>"$work/followed"
	awk -v start="\`\`\`sh $1" '
		$0 == start { inside = found = 1; next }
		/^```/ { inside = 0 }
		inside
		END { exit !found }
	' "$JPKI_SRC/doc/clients/$page.md"
}

# At the end: each recipe of the page was followed, but those for cards that cannot
# make PSS signatures.  Another test may set another list of pages, and which=-e.
pages=$page which=-v
unfollowed() {
	local name
	for name in $pages; do
		sed -n "s/^\`\`\`sh \(.*\)/$name \1/p" "$JPKI_SRC/doc/clients/$name.md"
	done | grep "$which" pkcs1 | grep -vxFf "$work/followed"
	return 0
}
tap_end() {
	tap "each recipe was followed" unfollowed
	echo "1..$tap_n"
	exit $((tap_failed > 0))
}

# follow NAME: run them, in a shell of their own.
follow() {
	recipe "$1" >recipe.page || { echo "the page has no recipe $1"; return 1; }
	names <recipe.page >recipe
	bash -eu recipe
}

# following PIN NAME: on a terminal of their own, where each request for a PIN is
# answered with this one; then $(prompts) says how many there were.
following() {
	recipe "$2" >recipe.page || { echo "the page has no recipe $2"; return 1; }
	names <recipe.page >recipe
	PROMPTS=$work/prompts "$JPKI_SRC/tests/clients/typing" "$1" bash -eu recipe
}
prompts() { cat "$work/prompts"; }

# operation NAME AUTH SIGN FUNCTION...: with our module the function works, which
# is to say that it prints nothing and succeeds, and costs so many VERIFYs on the
# two PINs.  Then the same with OpenSC's, which may ask more often for a PIN, but
# cost no less if it works.  Leaves a line for the table that make bench-clients
# prints.
operation() {
	local name=$1 auth=$2 sign=$3 line commands verifies
	shift 3
	use ours
	measure "$@"
	tap "$name works" outcome
	tap "$name: VERIFYs on the user authentication PIN: $auth" same "$auth" "$cost_auth"
	tap "$name: VERIFYs on the signature PIN: $sign" same "$sign" "$cost_sign"
	commands=$count_commands verifies=$count_verifies
	line="$page|$name|$(outcome_word)|$commands|$verifies"
	use peer
	measure "$@"
	use ours
	if works; then
		tap "$name: no more commands than OpenSC's $count_commands" \
			at_most "$count_commands" "$commands"
		tap "$name: no more VERIFYs than OpenSC's $count_verifies" \
			at_most "$count_verifies" "$verifies"
	fi
	echo "#= $line|$(outcome_word)|$count_commands|$count_verifies"
	fresh_tries
}

measure() {
	fresh_tries
	: >"$work/questions"
	cost_auth=$(verifies auth) cost_sign=$(verifies sign)
	count "$@"
	cost_auth=$(($(verifies auth) - cost_auth))
	cost_sign=$(($(verifies sign) - cost_sign))
}

# Of what was counted last.
outcome() {
	cat "$count_output"
	return "$count_status"
}
works() { [ "$count_status" = 0 ] && [ ! -s "$count_output" ]; }
outcome_word() {
	if ! works; then
		echo no
	elif [ -s "$work/questions" ]; then
		echo "yes, asks $(cat "$work/questions") times"
	else
		echo yes
	fi
}

at_most() { [ "$2" -le "$1" ] || echo "$2 are more than $1"; }

# chosen NAME: the variables that the page's block sets are set for those who
# follow its others.
chosen() {
	set -a
	eval "$(recipe "$1" | names)"
	set +a
}

# followed PIN NAME: the recipe works, and asks once for the PIN.
followed() {
	following "$@" >said 2>&1 || { cat said; return 1; }
	asked_once
}
asked_once() { asked 1 "$(prompts)"; }

# asked EXPECTED TIMES: so often it asked for a PIN.  Of OpenSC's it is noted only.
asked() {
	[ "$1" != "$2" ] || return 0
	if [ "$whose" = ours ]; then
		echo "asked $2 times for a PIN"
	else
		echo "$2" >"$work/questions"
	fi
}

# refused PIN NAME: the recipe fails.
refused() { ! following "$@" >said 2>&1 || { echo "succeeded:"; cat said; }; }

# accepted [OPTION...] FILE: jpki-tool as well holds for good what was signed; in
# sign-ca.pem is the CA.
accepted() {
	"$JPKI_TOOL" verify --ca sign-ca.pem "$@" >verdict 2>&1 || cat verdict
}

# pins_cost NAME WRONG IMPOSSIBLE AUTH SIGN: a wrong PIN costs the recipe so many
# tries at most, one that cannot be right none.
pins_cost() {
	fresh_tries
	tap "$1: a wrong PIN costs one try" costs "$4" "$5" following "$2" "$1"
	tap "$1: a PIN that cannot be right costs nothing" costs 0 0 following "$3" "$1"
	fresh_tries
}

# Nothing but loopback from here on, for programs that would talk to the world:
# the test begins again in a network of its own, where every port is free.
loopback_only() {
	local links
	if [ -n "${JPKI_LOOPBACK:-}" ]; then
		links=$(ip -o link show up) || exit 1
		grep -qv '^[0-9]*: lo:' <<<"$links" || return 0
		echo "there is more than loopback: $links" >&2
		exit 1
	fi
	p11_leave
	rm -rf "$work"
	cd / || exit 1
	JPKI_LOOPBACK=yes exec unshare --net sh -c 'ip link set lo up && exec "$@"' \
		sh "$JPKI_SRC/tests/clients/$(basename "$0")"
}

# A copy of /etc in its place, for recipes that write there.
own_etc() {
	cp -a /etc etc 2>/dev/null
	mount --bind etc /etc || exit 1
}
