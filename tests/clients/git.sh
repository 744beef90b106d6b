#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
#
# Git with the module, through OpenSSH's agent: signed commits and tags.
p11_world=()
# shellcheck source=tests/clients/lib.sh
. "${JPKI_SRC:?}/tests/clients/lib.sh"
# shellcheck source=tests/clients/lib-ssh.sh
. "$JPKI_SRC/tests/clients/lib-ssh.sh"
tap_tool git

export GIT_CONFIG_NOSYSTEM=1
unset GIT_DIR GIT_WORK_TREE GIT_INDEX_FILE GIT_CONFIG_GLOBAL
git config --global user.name Somebody
git config --global user.email me@example.org
git config --global init.defaultBranch main
git init -q
ssh_agent

# The recipes are for this token.
token=JPKI-AUTH
names() { sed "s/JPKI-AUTH/$token/g" | ssh_names; }

quietly() { follow "$1" >said 2>&1 || { cat said; return 1; }; }

# Commit or tag: signed, and verified by the page's own command.
good() {
	echo More. >>change
	git add change
	quietly "$1" || return
	grep -q '^Good "git" signature for me@example.org' said || cat said
}

# From the PIN on.
signed() {
	followed "$1" add && quietly configure && quietly signers &&
		good commit && good tag
	git tag -d v1 >said 2>&1
	let_go "$MODULE_AUTH"
}
operation "commit and tag, user authentication key" 1 0 signed "$auth_pin"
signed_by_sign() {
	local token=JPKI-SIGN MODULE_AUTH=$MODULE_SIGN
	signed "$sign_pin"
}
operation "commit and tag, signature key" 0 1 signed_by_sign

silently following "$auth_pin" add
silently follow configure
silently follow signers
ten() { for _ in $(seq 10); do good commit; done; }
tap "ten commits cost no VERIFY" costs 0 0 ten
tap "all of them are signed by the card" same 10 \
	"$(git log -n 10 --format='%G? %GS' | grep -c '^G me@example.org$')"

no_commit() {
	local head
	head=$(git rev-parse HEAD)
	good commit | grep -q 'failed to write commit object' || cat said
	same "$head" "$(git rev-parse HEAD)"
}
card_out
tap "without the card there is no commit" no_commit
card_in
tap "nor when it is back" no_commit
tap "the key put in again costs one VERIFY" costs 1 0 following "$auth_pin" again
tap "and signs" good commit
tap "a wrong PIN costs one try" costs 1 0 following 0000 again
tap "and makes no commit" no_commit
tap_end
