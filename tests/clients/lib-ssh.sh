# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=bash disable=SC2154 # what it uses is lib.sh's
#
# What the tests with OpenSSH share: to be sourced after lib.sh.
for tool in ssh ssh-agent ssh-add ssh-keygen; do
	tap_tool "$tool"
done

# The pages say `ssh server'.  That is the server of the test, which ssh finds
# in its configuration: it takes a person's home from the list of users, not
# from HOME.
mkdir -p bin .ssh
cat >bin/ssh <<-END
	#!/bin/sh
	exec $(command -v ssh) -F $work/.ssh/config "\$@"
END
chmod +x bin/ssh
PATH=$work/bin:$PATH
unset SSH_AUTH_SOCK SSH_ASKPASS SSH_ASKPASS_REQUIRE DISPLAY

# OpenSSH calls keys by the labels of their objects.
ssh_names() {
	if [ "$whose" = ours ]; then
		cat
	else
		sed 's/JPKI-AUTH\$/User Authentication .*$/g
			s/JPKI-SIGN\$/Digital Signature .*$/g' | peer_names
	fi
}
names() { ssh_names; }

# ssh_server: one that takes the keys in the file authorized_keys.  A port that
# somebody else took is given up for another.
ssh_server() {
	local port server
	PATH=$PATH:/usr/sbin tap_tool sshd
	# /run is the world's own.
	[ "$(id -u)" != 0 ] || mkdir -p /run/sshd
	ssh-keygen -q -t ed25519 -N '' -f host_key
	touch authorized_keys sshd.log
	for _ in $(seq 20); do
		port=$((20000 + RANDOM % 12000))
		cat >sshd_config <<-END
			ListenAddress 127.0.0.1
			Port $port
			HostKey $work/host_key
			PidFile none
			AuthorizedKeysFile $work/authorized_keys
			PermitRootLogin prohibit-password
			PasswordAuthentication no
			KbdInteractiveAuthentication no
			UsePAM no
			StrictModes no
		END
		"$(PATH=$PATH:/usr/sbin command -v sshd)" -D -e -f "$work/sshd_config" \
			>sshd.log 2>&1 </dev/null &
		server=$!
		until grep -q '^Server listening' sshd.log; do
			kill -0 "$server" 2>/dev/null || continue 2
			sleep 0.05
		done
		p11_started+=("$server")
		ssh_config "$port"
		return
	done
	tap "sshd listens" cat sshd.log
	tap_end
}

# What a user has in ~/.ssh/config and ~/.ssh/known_hosts after a first visit.
ssh_config() {
	echo "[127.0.0.1]:$1 $(cut -d ' ' -f 1,2 host_key.pub)" >.ssh/known_hosts
	cat >.ssh/config <<-END
		Host server
		    HostName 127.0.0.1
		    Port $1
		    User $(id -un)
		    UserKnownHostsFile $work/.ssh/known_hosts
		    StrictHostKeyChecking yes
		    PreferredAuthentications publickey
		    IdentityFile $work/.ssh/none
	END
}

# ssh_agent: one that may load the modules of the test as well.
ssh_agent() {
	command ssh-agent -a "$work/agent" -P "$JPKI_BUILD/*,/usr/lib/*" -D >agent.log 2>&1 &
	p11_started+=($!)
	export SSH_AUTH_SOCK=$work/agent
	# 1: it has no keys yet; 2: nobody answers.
	until ssh-add -l >words 2>&1 || [ $? = 1 ]; do
		sleep 0.05
	done
}

# let_go MODULE: out of the agent, if it is there.
let_go() {
	ssh-add -e "$1" >/dev/null 2>&1
	return 0
}
