#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
#
# What shells complete, asked of the shells themselves.
#
# shellcheck disable=SC2016 # the variables in quotes are those of fish
set -u
# shellcheck source=tests/cli/lib.sh
. "$JPKI_SRC/tests/cli/lib.sh"

mkdir "$work/functions"
for shell in bash zsh fish; do
	"$JPKI_TOOL" completion "$shell" >"$work/$shell"
done
cp "$work/zsh" "$work/functions/_jpki_tool"

# LINE<tab>WORDS that it is completed to, some of them followed by others.
rows() {
	cat <<-'END'
	c	cert completion
	cert 	auth auth-ca sign sign-ca
	cert auth 	
	pin 	change verify
	-r Reader pin verify 	auth input sign
	--reader=Reader pin verify 	auth input sign
	sign --hash 	sha1 sha256 sha384 sha512
	sign -k a	auth
	sign --pin-fi	--pin-file
	wait --timeout 	
	browser install f	firefox
	END
}

# Prints the completions of a line, parted by blanks.
by_bash() {
	bash --norc -c '
		compopt() { :; }
		. "$1"
		line=${2//=/ = }
		read -ra COMP_WORDS <<<"jpki-tool $line"
		[[ $line != *" " && -n $line ]] || COMP_WORDS+=("")
		COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
		_jpki_tool
		printf "%s\n" "${COMPREPLY[@]}"' bash "$work/bash" "$1" | sort | xargs
}
by_fish() {
	HOME=$work fish --no-config -c 'source $argv[1]; complete -C "jpki-tool $argv[2]"' \
		"$work/fish" "$1" | cut -f 1 | sort | xargs
}

completes() {
	local shell=$1 line words
	while IFS=$'\t' read -r line words; do
		expect_equal "$line" "$("by_$shell" "$line")" "$words"
	done < <(rows)
}

files_are_completed() {
	local shell
	cd "$work" || return
	touch letter.txt 'a letter.txt'
	for shell in bash fish; do
		expect_equal "$shell: operand" "$("by_$shell" 'sign let')" letter.txt
		expect_equal "$shell: option" "$("by_$shell" 'sign -o let')" letter.txt
		expect_equal "$shell: value" "$("by_$shell" 'verify --ca let')" letter.txt
	done
	# A profile is a folder of a browser, and a word of a document.
	mkdir -p letters pages
	for shell in bash fish; do
		expect_equal "$shell: folder" \
			"$("by_$shell" 'browser install --profile let' | tr -d /)" letters
		expect_equal "$shell: word" "$("by_$shell" 'sign --profile pa')" pades
	done
}

# A zsh at a terminal, where Tab is pressed; the command says what it got.
zsh_completes() {
	touch "$work/letter.txt" "$work/folder.txt"
	mkdir "$work/folder.d"
	cat >"$work/zshrc" <<-END
		fpath=($work/functions \$fpath)
		autoload -U compinit
		compinit -u -D
		compdef _jpki_tool jpki-tool
		jpki-tool() { print -r -- "got:\$*:" }
		cd $work
		print be''gun
	END
	cat >"$work/script" <<-END
		set timeout 60
		log_user 0
		spawn -noecho zsh -f -i
		proc sees {text} { expect -ex \$text {} default { puts "no \$text"; exit } }
		send "source $work/zshrc\r"
		sees "begun"
		send "jpki-tool compl\tz\t\r"
		sees "got:completion zsh:"
		send "jpki-tool pin ver\tinp\t\r"
		sees "got:pin verify input:"
		send "jpki-tool sign --hash sha5\t--deta\tlett\t\r"
		sees "got:sign --hash sha512 --detached letter.txt:"
		send "jpki-tool browser --profile fol\t inst\t\r"
		sees "got:browser --profile folder.d install:"
		send "exit\r"
		expect eof
	END
	TERM=dumb expect -f "$work/script"
}

another_shell_is_refused() {
	run completion csh
	expect_failure 2 'bash, zsh or fish'
}

play "$@"

tap_tool zsh
tap_tool fish
tap 'bash completes' completes bash
tap 'fish completes' completes fish
tap 'zsh completes' zsh_completes
tap 'files are completed where they belong' files_are_completed
tap 'what bash reads is clean' shellcheck "$work/bash"
tap 'what zsh reads is clean' zsh -n "$work/zsh"
tap 'another shell is refused' another_shell_is_refused
tap_end
