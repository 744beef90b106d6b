# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=bash
#
# A room is this machine as it is, but what is changed in it is kept in memory,
# and some folders cannot be seen.  To be sourced, with the words of the script:
# it starts the script again where its mounts are seen by nobody else and are
# gone when it ends.  Then there is an empty folder, $work.
#
#	room_make FOLDER...	a room, without those folders
#	enter COMMAND...	in the room, with processes and a network of its own
#	room_changes		what is no more as it is outside, a line each

# Nothing is ever removed by those who see what is mounted below it.
if [ "${1:-}" != --apart ]; then
	work=$(mktemp -d) || exit 1
	trap 'rm -rf --one-file-system "$work"' EXIT
	unshare --mount --propagation private "$0" --apart "$work"
	exit
fi
work=$2
store=$work/store room=$work/store/room

# The store is a file system of its own: a layer must not lie within another.
room_make() {
	local hidden
	mkdir "$store" &&
		mount -t tmpfs -o mode=0755 room "$store" &&
		mkdir "$room" "$store/changes" "$store/work" &&
		mount -t overlay -o "lowerdir=/,upperdir=$store/changes,workdir=$store/work" \
			room "$room" &&
		mount -t tmpfs -o mode=1777 room "$room/tmp" &&
		mount -t tmpfs -o mode=0755 room "$room/run" &&
		room_devices &&
		mkdir "$room/tmp/outside" || return
	for hidden; do
		[ ! -d "$room$hidden" ] ||
			mount -t tmpfs -o mode=0755 room "$room$hidden" || return
	done
}

# The few that every program may expect, and terminals.
room_devices() {
	local device
	mount -t tmpfs -o mode=0755 room "$room/dev" &&
		mkdir -m 1777 "$room/dev/shm" || return
	mkdir "$room/dev/pts" &&
		mount -t devpts -o newinstance,ptmxmode=0666 room "$room/dev/pts" &&
		ln -s pts/ptmx "$room/dev/ptmx" || return
	for device in null zero full random urandom tty; do
		: >"$room/dev/$device"
		mount --bind "/dev/$device" "$room/dev/$device" || return
	done
	ln -s /proc/self/fd "$room/dev/fd"
}

# Of the old root nothing stays.
# shellcheck disable=SC2016 # it is for another shell
entrance='mount -t proc proc "$1/proc" &&
	cd "$1" && pivot_root . tmp/outside && cd / && umount -l /tmp/outside &&
	ip link set lo up && shift && exec env -i PATH="$PATH" LC_ALL=C.UTF-8 "$@"'

enter() {
	unshare --mount --pid --net --fork --kill-child \
		sh -c "$entrance" room "$room" "$@" </dev/null
}

# change_of PATH: how does the room's own layer differ from what is outside?
change_of() {
	local here=$store/changes/$1 there=/$1
	if [ -c "$here" ]; then
		echo "/$1 is gone"
	elif [ ! -e "$there" ] && [ ! -L "$there" ]; then
		echo "/$1 is left behind"
	elif [ "$(stat -c '%F %a %u %g' "$here")" != "$(stat -c '%F %a %u %g' "$there")" ]; then
		echo "/$1 has another type, mode or owner"
	elif [ -L "$here" ]; then
		[ "$(readlink "$here")" = "$(readlink "$there")" ] || echo "/$1 points elsewhere"
	elif [ -f "$here" ]; then
		cmp -s "$here" "$there" || echo "/$1 has other contents"
	fi
}

# But for what package management writes about itself.
room_changes() {
	local path
	(cd "$store/changes" && find . -mindepth 1 \
		\( -path ./var/lib/dpkg -o -path ./var/log -o -path ./var/cache/ldconfig \
		-o -path ./var/cache/man -o -path ./etc/ld.so.cache \) -prune -o -print) |
		while read -r path; do
			change_of "${path#./}"
		done
}
