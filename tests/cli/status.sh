#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
#
# status: what it says of each kind of card, at what price.
set -u
# shellcheck source=tests/cli/lib.sh
. "$JPKI_SRC/tests/cli/lib.sh"

certificate_keys='["ca","days_left","expired","issuer","not_after","not_before","present","readable","renewable","renewable_from","serial"]'
unread='{"serial":null,"issuer":null,"not_before":null,"not_after":null,"days_left":null,"expired":null,"renewable_from":null,"renewable":null,"ca":null}'

keys_are_fixed() {
	run status -j
	expect_json 'keys == ["certificates","kind","pins","reader","token"]' \
		'.kind == "card" and .token == "JPKIAPICCTOKEN2"' \
		'.pins == {"auth":{"tries_left":3,"tries_max":3,"locked":false},
		    "sign":{"tries_left":5,"tries_max":5,"locked":false}}' \
		'.certificates | keys == ["auth","sign"]' \
		".certificates.auth | keys == $certificate_keys" \
		".certificates.sign == {\"present\":true,\"readable\":false} + $unread"
	run status -j
	expect_json '.certificates.auth | .present and .readable and .ca == "test"
		and (.expired | not) and (.renewable | not) and .days_left > 0
		and (.serial | test("^[0-9A-F]+$")) and (.issuer | test("O=JPKI-TEST"))'
}

# A certificate ends with its last day in Japan, and is renewable from the
# first moment of the day three months before.
dates_are_of_japan() {
	run status -j
	expect_json '.certificates.auth | .not_after | test("^[0-9]{4}-[0-9]{2}-[0-9]{2}T23:59:59\\+09:00$")' \
		'.certificates.auth | .renewable_from | test("T00:00:00\\+09:00$")' \
		'.certificates.auth | (.not_after[0:4] | tonumber) * 12 + (.not_after[5:7] | tonumber)
		    - (.renewable_from[0:4] | tonumber) * 12 - (.renewable_from[5:7] | tonumber) == 3'
	expect_equal 'days left' "$(jq .certificates.auth.days_left "$out")" \
		"$(jq '.certificates.auth.not_after[0:19] + "Z" | fromdate
		    | (. - 9 * 3600 - now) / 86400 | floor' "$out")"
}

# Token information, availability, both tries, one certificate; no PIN.
status_costs_its_budget() {
	local size
	"$JPKI_TOOL" cert auth --der >"$work/der"
	size=$(wc -c <"$work/der")
	run status
	expect_success '3 of 3 tries left' '5 of 5 tries left'
	expect_equal 'VERIFYs' "$(sent_verifies)" 0
	[ "$(sent_commands)" -le $((10 + (size + 255) / 256)) ] ||
		echo "$(sent_commands) commands for a certificate of $size bytes"
}

every_pin_is_shown() {
	run status -a
	expect_success 'Card surface input assistance PIN' \
		'Basic Resident Register PIN' \
		'Reserved reference                                locked, as it should be'
	expect_equal 'VERIFYs' "$(sent_verifies)" 0
	run status -aj
	expect_json '.pins.input == {"tries_left":3,"tries_max":3,"locked":false}' \
		'.pins | length > 4'
}

login_shows_the_signature_certificate() {
	run_pin abc123 status -j
	expect_json '.certificates.sign | .present and .readable and .ca == "test"' \
		".certificates.sign | keys == $certificate_keys"
	expect_equal 'VERIFYs' "$(sent_verifies)" 1
}

wrong_login_shows_nothing() {
	run_pin ABC124 status
	expect_failure 4 '4 tries left'
	run_pin 1234 status -j
	expect_failure 4 'nothing was sent'
	expect_tries sign 4
}

under_15_has_no_signature_certificate() {
	run status -j
	expect_json '.certificates.sign == {"present":false,"readable":false} + '"$unread" \
		'.certificates.auth.readable'
	run status
	expect_success 'not on this card' 'There is nothing to reset'
	run_pin ABC123 status
	expect_success 'not on this card'
	expect_equal 'VERIFYs' "$(sent_verifies)" 0
	run_pin ABC123 sign -k sign "$0"
	expect_failure 1 'no signature certificate'
	run_pin ABC123 cert sign
	expect_failure 1 'no signature certificate'
	expect_equal 'VERIFYs' "$(sent_verifies)" 0
	run_pin 1234 sign -k auth "$0"
	expect_success
}

no_auth_certificate() {
	run status -j
	expect_json '.certificates.auth.present == false'
	run cert auth
	expect_failure 1 'no user authentication certificate'
	run ssh-key
	expect_failure 1 'no user authentication certificate'
	# Its PIN is not locked but was never issued: no counter resets it.
	run status
	expect_success 'There is nothing to reset' 'no user authentication'
	expect_no_output 'kiosk'
	expect_no_output 'counter ('
	run_pin 1234 sign -k auth "$0"
	expect_failure 1 'no user authentication certificate'
	run_pin 1234 pin verify auth
	expect_failure 1 'no user authentication certificate'
	expect_equal 'VERIFYs' "$(sent_verifies)" 0
}

phone_needs_its_pin_for_all() {
	run status -aj
	expect_json '.kind == "phone"' \
		'.certificates.auth | .readable == false and .present != false' \
		'.pins | keys == ["auth","sign"]'
	run status
	expect_success 'smartphone' 'needs its PIN'
	control tries auth 0
	run status
	expect_success 'In the Mynaportal app'
	expect_no_output 'municipal counter'
}

expiring_is_renewable() {
	run status -j
	expect_json '.certificates.auth | .renewable and (.expired | not) and .days_left < 93'
	run status
	expect_success 'open since'
}

expired_is_said() {
	run status -j
	expect_json '.certificates.auth | .expired and (.renewable | not) and .days_left < 0'
	run status
	expect_success 'EXPIRED'
}

# The kiosk resets one of the two PINs, for who knows the other.
locked_auth_pin_has_two_ways() {
	control tries auth 0
	run status -j
	expect_json '.pins.auth | .locked and .tries_left == 0' \
		'.pins.sign.locked == false'
	run status
	expect_success 'LOCKED' 'municipal counter' 'JPKI暗証番号リセット' \
		'if you know the signature PIN' 'Within 24 hours' '06:30' '23:00' \
		'7-Eleven' 'https://www.jpki.go.jp/' 'PIN at a time' \
		'23:00 except during maintenance' '(at any hour'
	expect_no_output 'matches your face'
}

locked_sign_pin_has_two_ways() {
	control tries sign 0
	run status
	expect_success 'LOCKED' 'municipal counter' 'JPKI暗証番号リセット' \
		'if you know the user authentication PIN' 'matches your face' \
		'https://www.jpki.go.jp/' 'one PIN at a time' \
		'23:00 except during maintenance' '(at any hour'
}

# The card does not say how the other PIN stands: it may well be known.
other_pin_unknown_leaves_the_kiosk() {
	control tries auth 0
	control counters clear
	control fault 'sw=6F00@ins=20#2'
	run status
	expect_success 'does not say' 'if you know the signature PIN'
	expect_no_output 'cannot help'
}

both_locked_leaves_the_counter() {
	run status
	expect_success 'municipal counter' 'cannot help'
	expect_no_output 'JPKI暗証番号リセット'
}

locked_input_pin_leaves_the_counter() {
	control tries input 0
	run status
	expect_no_output LOCKED
	run status -a
	expect_success 'input assistance PIN is locked' 'municipal counter'
	expect_no_output 'kiosk'
}

last_try_is_warned_of() {
	control tries auth 1
	run status
	expect_success '1 of 3 tries left: a wrong PIN locks it'
}

# A file that makes no sense never hides the rest of the card.
garbage_hides_nothing_else() {
	run status -j
	expect_json '.certificates.auth | .readable == false and .serial == null' \
		'.pins.auth.tries_left == 3 and .pins.sign.tries_left == 5'
	run status
	expect_success '5 of 5 tries left'
	run cert auth
	expect_failure 1 'user authentication certificate'
}

odd_query_hides_nothing_else() {
	run status -j
	expect_json '.pins.auth.tries_left == null and .pins.auth.locked == null' \
		'.certificates.auth.readable'
	run status
	expect_success 'does not say'
}

unknown_label_is_unknown_kind() {
	run status -j
	expect_json '.kind == "unknown" and .token == "NEXTTOKEN"' \
		'.certificates.auth.readable'
}

unknown_availability_is_null() {
	run status -j
	expect_json '.certificates.sign.present == null' \
		'.certificates.auth.present == true'
}

locked_may_mean_never_issued() {
	control tries sign 0
	run status
	expect_success 'never got the certificate of this PIN'
}

play "$@"

tap 'the keys of the JSON are fixed' in_world adult keys_are_fixed
tap 'dates are those of Japan' in_world adult dates_are_of_japan
tap 'status costs its budget and no PIN' in_world adult status_costs_its_budget
tap '-a shows every PIN' in_world adult every_pin_is_shown
tap 'the signature PIN shows that certificate' \
	in_world adult login_shows_the_signature_certificate
tap 'a wrong one shows nothing' in_world adult wrong_login_shows_nothing
tap 'a card of a holder under 15' \
	in_world under15 under_15_has_no_signature_certificate
tap 'a card without user authentication' in_world no-auth no_auth_certificate
tap 'a smartphone' in_world phone phone_needs_its_pin_for_all
tap 'a certificate that can be renewed' in_world expiring expiring_is_renewable
tap 'a certificate that has expired' in_world expired expired_is_said
tap 'a locked user authentication PIN' in_world adult locked_auth_pin_has_two_ways
tap 'a locked signature PIN' in_world adult locked_sign_pin_has_two_ways
tap 'the other PIN unknown' in_world adult other_pin_unknown_leaves_the_kiosk
tap 'both locked' in_world locked both_locked_leaves_the_counter
tap 'a locked input assistance PIN' in_world adult locked_input_pin_leaves_the_counter
tap 'the last try is warned of' in_world adult last_try_is_warned_of
tap 'a garbled certificate hides nothing else' \
	in_world adult garbage_hides_nothing_else --quirk cert-garbage=auth
tap 'one that is too long hides nothing else' \
	in_world adult garbage_hides_nothing_else --quirk cert-garbage=auth-length
tap 'an odd retry query hides nothing else' \
	in_world adult odd_query_hides_nothing_else --quirk query-none
tap 'a token of unknown kind' \
	in_world adult unknown_label_is_unknown_kind --quirk label=NEXTTOKEN
tap 'a card that does not tell its certificates' \
	in_world adult unknown_availability_is_null --quirk no-0008
tap 'a locked PIN may never have been issued' \
	in_world adult locked_may_mean_never_issued --quirk no-0008
tap_end
