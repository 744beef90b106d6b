#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
#
# sign: what openssl verifies, at the price of one VERIFY, and files that are
# whole or not there.
set -u
# shellcheck source=tests/cli/lib.sh
. "$JPKI_SRC/tests/cli/lib.sh"

# verify HASH KEY SIGNATURE FILE
verify() {
	openssl dgst -"$1" -verify "$2" -signature "$3" "$4" >/dev/null ||
		echo "openssl does not verify $3"
}

# A folder with documents one, two and three, of several sizes.
make_documents() {
	mkdir "$work/d"
	printf 'one\n' >"$work/d/one"
	head -c 1000000 /dev/zero >"$work/d/two"
	: >"$work/d/three"
	public_key auth 1234 "$work/auth"
	public_key sign ABC123 "$work/sign"
}

both_keys_and_every_hash_verify() {
	local hash
	make_documents
	for hash in sha1 sha256 sha384 sha512; do
		run_pin 1234 sign -k auth --hash "$hash" "$work/d/one"
		expect_success
		verify "$hash" "$work/auth" "$out" "$work/d/one"
		expect_equal 'VERIFYs' "$(sent_verifies)" 1
	done
	run_pin abc123 sign --key=sign "$work/d/two"
	expect_success
	verify sha256 "$work/sign" "$out" "$work/d/two"
}

standard_input_is_signed() {
	make_documents
	run_pin 1234 sign -k auth <"$work/d/two"
	verify sha256 "$work/auth" "$out" "$work/d/two"
	run_pin 1234 sign -k auth - <"$work/d/three"
	verify sha256 "$work/auth" "$out" "$work/d/three"
	run_pin 1234 sign -k auth -o - <"$work/d/one"
	verify sha256 "$work/auth" "$out" "$work/d/one"
	run sign -k auth --pin-fd 0 "$work/d/one" <<<1234
	verify sha256 "$work/auth" "$out" "$work/d/one"
}

json_holds_the_signature() {
	make_documents
	run_pin 1234 sign -j -k auth "$work/d/one"
	expect_json '.key == "auth" and .hash == "sha256"' \
		".signatures[0].file == \"$work/d/one\"" \
		'.signatures[0].output == null'
	jq -r '.signatures[0].signature' "$out" | base64 -d >"$work/raw"
	verify sha256 "$work/auth" "$work/raw" "$work/d/one"
}

output_is_written() {
	make_documents
	run_pin 1234 sign -k auth -o "$work/d/sig" "$work/d/one"
	expect_success
	expect_equal 'bytes on standard output' "$(wc -c <"$out")" 0
	verify sha256 "$work/auth" "$work/d/sig" "$work/d/one"
	expect_files "$work/d" one sig three two
}

# However many files: one VERIFY, and one command for each further signature.
batch_costs_one_command_each() {
	local one
	make_documents
	run_pin ABC123 sign -k sign --suffix .a "$work/d/one"
	expect_success
	one=$(sent_commands)
	run_pin ABC123 sign -k sign --suffix .sig "$work/d/one" "$work/d/two" \
		"$work/d/three"
	expect_success
	expect_equal 'commands' "$(sent_commands)" $((one + 2))
	expect_equal 'VERIFYs' "$(sent_verifies)" 1
	expect_equal 'signatures' "$(sent_signatures)" 3
	verify sha256 "$work/sign" "$work/d/one.sig" "$work/d/one"
	verify sha256 "$work/sign" "$work/d/two.sig" "$work/d/two"
	verify sha256 "$work/sign" "$work/d/three.sig" "$work/d/three"
	expect_files "$work/d" one one.a one.sig three three.sig two two.sig
}

existing_output_is_kept() {
	make_documents
	echo mine >"$work/d/sig"
	run_pin 1234 sign -k auth -o "$work/d/sig" "$work/d/one"
	expect_failure 1 'exists'
	expect_equal 'commands' "$(sent_commands)" 0
	expect_equal 'the file' "$(cat "$work/d/sig")" mine
	run_pin 1234 cert auth --pem -o "$work/d/sig"
	expect_failure 1 'exists'
	expect_equal 'the file' "$(cat "$work/d/sig")" mine
	ln -s nowhere "$work/d/link"
	run_pin 1234 sign -k auth -o "$work/d/link" "$work/d/one"
	expect_failure 1 'exists'
	expect_files "$work/d" link one sig three two
	run_pin 1234 sign --force -k auth -o "$work/d/sig" "$work/d/one"
	expect_success
	verify sha256 "$work/auth" "$work/d/sig" "$work/d/one"
}

# One of several outputs exists: no signature is made at all.
one_existing_output_stops_all() {
	make_documents
	echo mine >"$work/d/two.sig"
	run_pin 1234 sign -k auth --suffix .sig "$work/d/one" "$work/d/two"
	expect_failure 1 'two.sig exists'
	expect_equal 'commands' "$(sent_commands)" 0
	expect_files "$work/d" one three two two.sig
}

# clashes TEXT FILE...: nothing is sent, nothing is written.
clashes() {
	local text=$1
	shift
	run_pin 1234 sign -f -k auth --suffix .sig "$@"
	expect_failure 2 "$text"
	expect_equal 'commands' "$(sent_commands)" 0
}

clashing_outputs_stop_all() {
	make_documents
	cd "$work/d" || return
	clashes 'one.sig would be written twice' one two one
	clashes 'one.sig would be written twice' one ../d/one
	run_pin 1234 sign -k auth --suffix .sig "$work/d/one" one
	expect_failure 2 'twice'
	expect_equal 'commands' "$(sent_commands)" 0
	expect_files "$work/d" one three two
	echo mine >one.sig
	clashes 'one.sig is to be signed' one one.sig
	clashes 'one.sig is to be signed' "$work/d/one.sig" one
	run_pin 1234 sign -f -k auth -o one ./one
	expect_failure 2 'one is to be signed'
	expect_equal 'commands' "$(sent_commands)" 0
	expect_equal 'the file' "$(cat one.sig)" mine
	rm one.sig
	ln -s one link
	run_pin 1234 sign -k auth --suffix .sig one link
	expect_success
	expect_files "$work/d" link link.sig one one.sig three two
}

unwritable_output_leaves_nothing() {
	make_documents
	run_pin 1234 sign -k auth -o "$work/none/sig" "$work/d/one"
	expect_failure 1 'No such file'
	expect_equal 'commands' "$(sent_commands)" 0
	run_pin 1234 cert auth --pem -o "$work/none/pem"
	expect_failure 1 'No such file'
	expect_equal 'commands' "$(sent_commands)" 0
	run_pin 1234 sign -k auth -o "$work/d/one/sig" "$work/d/one"
	expect_failure 1 'Not a directory'
	expect_equal 'commands' "$(sent_commands)" 0
	run_pin 1234 sign -k auth -o "$work/d" "$work/d/one"
	expect_failure 1 'Is a directory'
	expect_equal 'commands' "$(sent_commands)" 0
	run_pin 1234 sign -k auth -o /dev/full "$work/d/one"
	expect_failure 1 'No space left'
	run_pin 1234 cert auth --pem -o /proc/version "$work/d/one"
	expect_failure 2 'takes auth'
	run_pin 1234 cert auth --pem -o /proc/new
	expect_failure 1 '/proc/new'
	expect_files "$work/d" one three two
}

# The file can be created, but not filled.
half_written_output_is_removed() {
	make_documents
	: >"$out"
	(
		ulimit -f 0
		"$JPKI_TOOL" sign -k auth --pin-fd 9 -o "$work/d/sig" \
			"$work/d/one" 9< <(echo 1234) 2>&1
	) | cat >"$err"
	code=${PIPESTATUS[0]}
	expect_failure 1 'File too large'
	expect_files "$work/d" one three two
}

# run_pin() starts a process of its own, so $! is kept before it.
devices_are_written_to() {
	local reader
	make_documents
	run_pin 1234 sign -k auth -o /dev/null "$work/d/one"
	expect_success
	[ -c /dev/null ] || echo '/dev/null is no device any more'
	mkfifo "$work/fifo"
	cat "$work/fifo" >"$work/sig" &
	reader=$!
	run_pin 1234 sign -k auth -o "$work/fifo" "$work/d/one"
	wait "$reader"
	expect_success
	verify sha256 "$work/auth" "$work/sig" "$work/d/one"
}

unreadable_file_stops_all() {
	make_documents
	run_pin 1234 sign -k auth --suffix .sig "$work/d/one" "$work/d/none"
	expect_failure 1 'No such file'
	expect_equal 'commands' "$(sent_commands)" 0
	run_pin 1234 sign -k auth "$work/d"
	expect_failure 1 'directory'
	expect_equal 'commands' "$(sent_commands)" 0
	expect_files "$work/d" one three two
}

closed_output_signs_nothing_twice() {
	make_documents
	code=0
	: >"$out"
	"$JPKI_TOOL" sign -k auth --pin-fd 9 "$work/d/one" 9< <(echo 1234) \
		>/dev/full 2>"$err" || code=$?
	expect_failure 1 'No space left'
}

# A signature that does not fit the certificate is not handed out.
wrong_signature_is_thrown_away() {
	make_documents
	control fault 'garbage@ins=2A'
	run_pin 1234 sign -k auth -o "$work/d/sig" "$work/d/one"
	expect_failure 1 'again'
	expect_files "$work/d" one three two
}

# A failure in the middle of a batch leaves no file at all.
failed_batch_writes_nothing() {
	make_documents
	control counters clear
	control fault 'sw=6F00@ins=2A#2'
	run_pin 1234 sign -k auth --suffix .sig "$work/d/one" "$work/d/two"
	expect_failure 1 'again'
	expect_files "$work/d" one three two
}

# Stopped in the middle of a batch: no file, and nothing stays verified.
interrupted_batch_writes_nothing() {
	local pid
	make_documents
	control counters clear
	control fault 'hold,after@ins=2A#2'
	mark=$(wc -c <"$JPKI_VCARD_LOG")
	# A job of a script ignores SIGINT; env gives it back.
	env --default-signal=INT "$JPKI_TOOL" sign -k auth --pin-fd 9 \
		--suffix .sig "$work"/d/* 9< <(echo 1234) >"$out" 2>"$err" &
	pid=$!
	control held 300
	kill -s INT "$pid"
	control resume
	code=0
	wait "$pid" || code=$?
	expect_failure 6 'cancelled'
	expect_files "$work/d" one three two
	expect_logged_out
	expect_equal 'signatures' "$(sent_signatures)" 2
}

# Nobody reads the pipe.  With the card closed, Ctrl-C ends the wait.
stuck_output_can_be_stopped() {
	local pid try
	mkfifo "$work/stuck"
	mark=$(wc -c <"$JPKI_VCARD_LOG")
	env --default-signal=INT "$JPKI_TOOL" sign -k auth --pin-fd 9 \
		-o "$work/stuck" "$0" 9< <(echo 1234) >"$out" 2>"$err" &
	pid=$!
	until [ "$(sent_signatures)" -gt 0 ] && [ -z "$(expect_logged_out)" ]; do
		kill -0 "$pid" 2>/dev/null || { echo 'it ended early'; return; }
		sleep 0.05
	done
	kill -s INT "$pid"
	for try in {1..300}; do
		kill -0 "$pid" 2>/dev/null || break
		sleep 0.1
	done
	kill -s KILL "$pid" 2>/dev/null && echo "it waits on ($try)"
	wait "$pid"
	code=$?
	# Ended by the signal, or by its own hand if that came just before.
	[ "$code" = 130 ] || [ "$code" = 6 ] || echo "exit status $code"
}

play "$@"

tap 'both keys and every hash verify' in_world adult both_keys_and_every_hash_verify
tap 'standard input is signed' in_world adult standard_input_is_signed
tap 'JSON holds the signature' in_world adult json_holds_the_signature
tap 'the output is written' in_world adult output_is_written
tap 'a batch costs one command each, and one VERIFY' \
	in_world adult batch_costs_one_command_each
tap 'an existing output is kept' in_world adult existing_output_is_kept
tap 'one existing output stops all' in_world adult one_existing_output_stops_all
tap 'outputs that clash stop all' in_world adult clashing_outputs_stop_all
tap 'an output that cannot be written leaves nothing' \
	in_world adult unwritable_output_leaves_nothing
tap 'a half-written output is removed' in_world adult half_written_output_is_removed
tap 'pipes and devices are written to' in_world adult devices_are_written_to
tap 'an unreadable file stops all' in_world adult unreadable_file_stops_all
tap 'a full standard output is reported' \
	in_world adult closed_output_signs_nothing_twice
tap 'a wrong signature is thrown away' in_world adult wrong_signature_is_thrown_away
tap 'a failed batch writes nothing' in_world adult failed_batch_writes_nothing
tap 'an interrupted batch writes nothing' \
	in_world adult interrupted_batch_writes_nothing
tap 'a stuck output can be stopped' in_world adult stuck_output_can_be_stopped
tap_end
