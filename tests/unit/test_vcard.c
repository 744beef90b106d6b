/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The virtual card's instructions, as transcripts.  A row is a command in
 * hexadecimal, or @off @on @reset, and what has to come back: the answer's
 * bytes with the status word, or n=COUNT and the status word.
 */
#include "vkit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define STEPS	24

struct step {
	const char	*send;
	const char	*expect;
};

struct rule {
	const char	*name;		/* what must hold */
	const char	*profile;
	const char	*quirks;
	struct step	 steps[STEPS];
};

#define JPKI		"00A4040C0A D392F000260100000001"
#define INPUT		"00A4040C0A D3921000310001010408"
#define SURFACE		"00A4040C0A D3921000310001010402"
#define RESIDENT	"00A4040C0A D3921000310001010401"
#define COMMON		"00A4040C0A D3921000310001010100"
#define MANAGER		"00A4040C07 A0000001510000"
#define EF		"00A4020C02"
#define READ		"00B0000000"
#define QUERY		"00200080"
#define VERIFY4		"0020008004"
#define P1234		"31323334"
#define P0000		"30303030"
#define VERIFY_SIGN	"0020008006 414243313233"
#define CHANGE4		"0024018004"
#define DATA32		"20 0001020304050607 08090A0B0C0D0E0F 1011121314151617 18191A1B1C1D1E1F 00"
#define OK		"9000"
#define NUMBER_A	"0C 393939393939393939393939"

static const struct rule rules[] = {
	/* SELECT */
	{ "every_application_answers_its_name", "adult", NULL, {
	    { JPKI, OK }, { INPUT, OK }, { SURFACE, OK }, { RESIDENT, OK },
	    { COMMON, OK }, { MANAGER, OK } } },
	{ "the_start_of_a_name_selects", "adult", NULL, {
	    { "00A4040C05 D392F00026", OK }, { EF "0006", OK },
	    { "00A4040C08 D392100031000101", OK } } },
	{ "an_unknown_name_is_not_found", "adult", NULL, {
	    { "00A4040C0A D392F000260100000002", "6A82" },
	    { "00A4040C0B D392F00026010000000100", "6A82" } } },
	{ "a_failed_select_changes_nothing", "adult", NULL, {
	    { JPKI, OK }, { EF "0006", OK }, { "00A4040C02 FFFF", "6A82" },
	    { EF "00FF", "6A82" }, { "00B0000004", "4A504B49 9000" } } },
	{ "select_with_le_gives_the_name", "adult", NULL, {
	    { "00A4040007 A0000001510000 00", "6F098407A0000001510000 9000" },
	    { "00A404000A D392F000260100000001 00",
	      "6F0C840AD392F000260100000001 9000" } } },
	{ "silent_select_takes_no_le", "adult", NULL, {
	    { JPKI "00", "6700" }, { JPKI, OK }, { EF "000600", "6700" } } },
	{ "an_ef_is_selected_with_p1_02_only", "adult", NULL, {
	    { JPKI, OK }, { "00A4090C02 0006", "6A86" }, { "00A4010C02 0006", "6A86" },
	    { "00A4020002 0006", "6A86" }, { EF "0006", OK } } },
	{ "a_missing_ef_is_not_found", "adult", NULL, {
	    { JPKI, OK }, { EF "0003", "6A82" }, { EF "0000", "6A82" },
	    { "00A4020C03 000600", "6700" } } },
	{ "master_file_is_refused_at_first_and_then_without_effect", "adult", NULL, {
	    { "00A40000", "6A86" }, { JPKI, OK }, { EF "0006", OK }, { "00A40000", OK },
	    { "00B0000004", "4A504B49 9000" }, { "00A4000C02 3F00", "6A82" } } },
	{ "card_manager_is_current_at_power_on", "adult", NULL, {
	    { "00CA00F000", "3939393939 9000" }, { EF "0006", "6A82" }, { EF "001E", OK },
	    { READ, "6981" }, { EF "2F10", "6A82" } } },

	/* READ BINARY */
	{ "read_needs_a_current_file", "adult", NULL, {
	    { READ, "6986" }, { JPKI, OK }, { READ, "6986" } } },
	{ "read_is_short_at_the_end_and_6b00_behind", "adult", NULL, {
	    { JPKI, OK }, { EF "0006", OK }, { READ, "n=160 9000" },
	    { "00B0009E00", "3939 9000" }, { "00B0009F01", "39 9000" },
	    { "00B000A001", "6B00" }, { "00B07FFF00", "6B00" } } },
	{ "read_takes_no_data_and_needs_le", "adult", NULL, {
	    { JPKI, OK }, { EF "0006", OK }, { "00B00000", "6700" },
	    { "00B00000 01 00 00", "6700" } } },
	{ "read_by_short_identifier_makes_it_current", "adult", NULL, {
	    { JPKI, OK }, { "00B0880000", "8F8F00 9000" }, { READ, "8F8F00 9000" },
	    { "00B0860204", "4B494150 9000" }, { "00B0830000", "6A82" },
	    { "00B0C80000", "6A86" } } },
	{ "pin_and_key_files_cannot_be_read", "adult", NULL, {
	    { JPKI, OK }, { EF "0018", OK }, { READ, "6981" }, { EF "0017", OK },
	    { READ, "6981" }, { EF "001B", OK }, { READ, "6981" }, { EF "001A", OK },
	    { READ, "6981" }, { EF "0010", OK }, { READ, "6981" } } },
	{ "signature_certificate_can_be_selected_but_not_read", "adult", NULL, {
	    { JPKI, OK }, { EF "0001", OK }, { "00B0000004", "6982" },
	    { EF "001B", OK }, { VERIFY_SIGN, OK }, { EF "0001", OK },
	    { "00B0000002", "3082 9000" } } },
	{ "the_authentication_pin_does_not_open_the_signature_certificate", "adult", NULL, {
	    { JPKI, OK }, { EF "0018", OK }, { VERIFY4 P1234, OK }, { EF "0001", OK },
	    { READ, "6982" } } },
	{ "signature_certificate_file_is_3808_bytes_with_filler", "adult", NULL, {
	    { JPKI, OK }, { EF "001B", OK }, { VERIFY_SIGN, OK }, { EF "0001", OK },
	    { "00B00EDC00", "FFFFFFFF 9000" }, { "00B00EE000", "6B00" } } },
	{ "file_0009_opens_with_nothing", "adult", NULL, {
	    { JPKI, OK }, { EF "001B", OK }, { VERIFY_SIGN, OK }, { EF "0018", OK },
	    { VERIFY4 P1234, OK }, { EF "0009", OK }, { READ, "6982" } } },

	/* PINs */
	{ "query_tells_tries_even_after_success", "adult", NULL, {
	    { JPKI, OK }, { EF "0018", OK }, { QUERY, "63C3" }, { VERIFY4 P1234, OK },
	    { QUERY, "63C3" }, { QUERY "00", "63C3" }, { EF "001B", OK },
	    { QUERY, "63C5" } } },
	{ "query_costs_nothing", "adult", NULL, {
	    { JPKI, OK }, { EF "0018", OK }, { QUERY, "63C3" }, { QUERY, "63C3" },
	    { QUERY, "63C3" }, { QUERY, "63C3" }, { VERIFY4 P1234, OK } } },
	{ "wrong_pins_count_down_then_6984", "adult", NULL, {
	    { JPKI, OK }, { EF "0018", OK }, { VERIFY4 P0000, "63C2" },
	    { VERIFY4 P0000, "63C1" }, { VERIFY4 P0000, "63C0" },
	    { VERIFY4 P0000, "6984" }, { VERIFY4 P1234, "6984" }, { QUERY, "63C0" } } },
	{ "success_resets_the_counter", "adult", NULL, {
	    { JPKI, OK }, { EF "0018", OK }, { VERIFY4 P0000, "63C2" },
	    { VERIFY4 P0000, "63C1" }, { VERIFY4 P1234, OK }, { QUERY, "63C3" } } },
	{ "pins_are_compared_byte_by_byte", "adult", NULL, {
	    { JPKI, OK }, { EF "001B", OK }, { "0020008006 616263313233", "63C4" },
	    { "0020008007 41424331323300", "63C3" }, { "0020008005 4142433132", "63C2" },
	    { VERIFY_SIGN, OK } } },
	{ "verify_takes_1_to_16_bytes", "adult", NULL, {
	    { JPKI, OK }, { EF "001B", OK },
	    { "0020008010 30313233343536373839303132333435", "63C4" },
	    { "0020008011 3031323334353637383930313233343536", "6700" },
	    { VERIFY4 P1234 "00", "6700" }, { QUERY, "63C4" } } },
	{ "verify_needs_a_pin_file", "adult", NULL, {
	    { JPKI, OK }, { QUERY, "6986" }, { EF "0006", OK }, { QUERY, "6981" },
	    { VERIFY4 P1234, "6981" }, { "00200000", "6A86" }, { "00200180", "6A86" } } },
	{ "verify_by_short_identifier", "adult", NULL, {
	    { JPKI, OK }, { "00200098", "63C3" }, { "0020009804" P1234, OK },
	    { "0020009B", "63C5" }, { "00200083", "6A82" }, { "00200081", "6981" } } },
	{ "verified_state_survives_ef_select", "adult", NULL, {
	    { JPKI, OK }, { EF "001B", OK }, { VERIFY_SIGN, OK }, { EF "0006", OK },
	    { EF "0001", OK }, { "00B0000001", "30 9000" } } },
	{ "verified_state_survives_same_application_select", "adult", NULL, {
	    { JPKI, OK }, { EF "001B", OK }, { VERIFY_SIGN, OK }, { JPKI, OK },
	    { EF "0001", OK }, { "00B0000001", "30 9000" } } },
	{ "verified_state_survives_warm_reset", "adult", NULL, {
	    { JPKI, OK }, { EF "001B", OK }, { VERIFY_SIGN, OK }, { "@reset", "" },
	    { READ, "6986" }, { EF "0001", "6A82" }, { JPKI, OK }, { EF "0001", OK },
	    { "00B0000001", "30 9000" } } },
	{ "verified_state_ends_with_other_application", "adult", NULL, {
	    { JPKI, OK }, { EF "001B", OK }, { VERIFY_SIGN, OK }, { COMMON, OK },
	    { JPKI, OK }, { EF "0001", OK }, { READ, "6982" } } },
	{ "verified_state_ends_with_card_manager", "adult", NULL, {
	    { JPKI, OK }, { EF "001B", OK }, { VERIFY_SIGN, OK }, { MANAGER, OK },
	    { JPKI, OK }, { EF "0001", OK }, { READ, "6982" } } },
	{ "verified_state_ends_with_card_manager_after_reset", "adult", NULL, {
	    { JPKI, OK }, { EF "001B", OK }, { VERIFY_SIGN, OK }, { "@reset", "" },
	    { MANAGER, OK }, { JPKI, OK }, { EF "0001", OK }, { READ, "6982" } } },
	{ "verified_state_survives_a_select_that_fails", "adult", NULL, {
	    { JPKI, OK }, { EF "001B", OK }, { VERIFY_SIGN, OK },
	    { "00A4040C02 FFFF", "6A82" }, { EF "0001", OK }, { "00B0000001", "30 9000" } } },
	{ "verified_state_ends_with_power", "adult", NULL, {
	    { JPKI, OK }, { EF "001B", OK }, { VERIFY_SIGN, OK }, { "@off", "" },
	    { "@on", "" }, { JPKI, OK }, { EF "0001", OK }, { READ, "6982" } } },
	{ "verified_state_ends_with_a_wrong_pin", "adult", NULL, {
	    { JPKI, OK }, { EF "001B", OK }, { VERIFY_SIGN, OK },
	    { "0020008006 303030303030", "63C4" }, { EF "0001", OK }, { READ, "6982" } } },
	{ "counters_survive_power", "adult", NULL, {
	    { JPKI, OK }, { EF "0018", OK }, { VERIFY4 P0000, "63C2" }, { "@off", "" },
	    { "@on", "" }, { JPKI, OK }, { EF "0018", OK }, { QUERY, "63C2" } } },

	/* CHANGE */
	{ "change_needs_verify", "adult", NULL, {
	    { JPKI, OK }, { EF "0018", OK }, { CHANGE4 P0000, "6982" },
	    { VERIFY4 P1234, OK }, { CHANGE4 P0000, OK }, { VERIFY4 P0000, OK },
	    { VERIFY4 P1234, "63C2" } } },
	{ "change_needs_verify_of_the_same_pin", "adult", NULL, {
	    { JPKI, OK }, { EF "0018", OK }, { VERIFY4 P1234, OK }, { EF "001B", OK },
	    { "0024018006 585858313131", "6982" } } },
	{ "change_of_a_locked_pin_is_6984", "locked", NULL, {
	    { JPKI, OK }, { EF "0018", OK }, { CHANGE4 P0000, "6984" } } },
	{ "change_refuses_a_bad_format_and_keeps_the_old", "adult", NULL, {
	    { JPKI, OK }, { EF "0018", OK }, { VERIFY4 P1234, OK },
	    { "0024018003 313233", "6A80" }, { "0024018004 31323341", "6A80" },
	    { "0024018005 3132333435", "6A80" }, { VERIFY4 P1234, OK }, { EF "001B", OK },
	    { VERIFY_SIGN, OK }, { "0024018006 616263313233", "6A80" },
	    { "0024018005 4142433132", "6A80" },
	    { "0024018011 3030303030303030303030303030303030", "6700" },
	    { VERIFY_SIGN, OK } } },
	{ "change_takes_the_new_pin_only", "adult", NULL, {
	    { JPKI, OK }, { EF "0018", OK }, { VERIFY4 P1234, OK },
	    { "0024008008" P1234 P0000, "6A86" }, { "00240180", "6700" },
	    { VERIFY4 P1234, OK } } },
	{ "a_signature_pin_of_16_can_be_set", "adult", NULL, {
	    { JPKI, OK }, { EF "001B", OK }, { VERIFY_SIGN, OK },
	    { "0024018010 41424344454647483132333435363738", OK },
	    { "0020008010 41424344454647483132333435363738", OK },
	    { VERIFY_SIGN, "63C4" } } },
	{ "input_pin_is_changed_with_change", "adult", NULL, {
	    { INPUT, OK }, { EF "0011", OK }, { VERIFY4 P1234, OK }, { CHANGE4 P0000, OK },
	    { VERIFY4 P0000, OK } } },
	{ "register_pins_are_two_and_changed_with_change_key", "adult", NULL, {
	    { RESIDENT, OK }, { EF "001C", OK }, { "8032008004" P0000, "6982" },
	    { VERIFY4 P1234, OK }, { CHANGE4 P0000, "6985" }, { "8032008004" P0000, OK },
	    { VERIFY4 P0000, OK }, { COMMON, OK }, { EF "001C", OK },
	    { VERIFY4 P1234, OK }, { "8032008004" P0000, OK }, { VERIFY4 P0000, OK } } },
	{ "change_key_is_not_for_the_jpki_pins", "adult", NULL, {
	    { JPKI, OK }, { EF "0018", OK }, { VERIFY4 P1234, OK },
	    { "8032008004" P0000, "6985" } } },
	{ "no_unblocking_for_holders", "adult", NULL, {
	    { JPKI, OK }, { EF "0018", OK }, { "002C0080", "6D00" },
	    { "8054008004" P0000, "6982" } } },

	/* Signing, as far as status words go; test_vcard_sign opens results. */
	{ "signing_needs_its_own_pin", "adult", NULL, {
	    { JPKI, OK }, { EF "0017", OK }, { "802A0080 0100 00", "6982" },
	    { EF "001B", OK }, { VERIFY_SIGN, OK }, { EF "0017", OK },
	    { "802A0080 0100 00", "6982" }, { EF "001A", OK },
	    { "802A0080 0100 00", "n=256 9000" } } },
	{ "one_verify_many_signatures", "adult", NULL, {
	    { JPKI, OK }, { EF "0018", OK }, { VERIFY4 P1234, OK }, { EF "0017", OK },
	    { "802A0080 0101 00", "n=256 9000" }, { "802A0080 0102 00", "n=256 9000" },
	    { "802A0097 0103 00", "n=256 9000" } } },
	{ "p1_is_judged_before_the_pin", "adult", NULL, {
	    { JPKI, OK }, { EF "0017", OK }, { "802A0480" DATA32, "6982" },
	    { "802A0580" DATA32, "6982" }, { "802A0680" DATA32, "6A86" },
	    { "802A9E9A" DATA32, "6A86" }, { "802AFF80" DATA32, "6A86" } } },
	{ "hash_methods_take_32_bytes_only", "adult", NULL, {
	    { JPKI, OK }, { EF "0018", OK }, { VERIFY4 P1234, OK }, { EF "0017", OK },
	    { "802A0280" DATA32, "n=256 9000" }, { "802A0480" DATA32, "n=256 9000" },
	    { "802A0280 0101 00", "6985" }, { "802A0480 0101 00", "6985" } } },
	{ "signing_needs_data_le_and_a_key_file", "adult", NULL, {
	    { JPKI, OK }, { "802A0080 0100 00", "6986" }, { EF "0018", OK },
	    { "802A0080 0100 00", "6981" }, { VERIFY4 P1234, OK }, { EF "0017", OK },
	    { "802A0080 00", "6700" }, { "802A0080 0100", "6700" },
	    { "802A0080 0100 80", "6700" }, { "802A0000 0100 00", "6A86" },
	    { "802A0083 0100 00", "6A82" }, { "802A0096 0100 00", "6981" } } },
	{ "surface_keys_sign_without_a_pin", "adult", NULL, {
	    { INPUT, OK }, { "802A0000 0100 00", "n=256 9000" },
	    { "802A0100 0100 00", "6A86" }, { SURFACE, OK },
	    { "802A0000 0100 00", "n=256 9000" }, { COMMON, OK },
	    { "802A0000 0100 00", "6A86" } } },
	{ "internal_authenticate_is_for_the_common_application", "adult", NULL, {
	    { COMMON, OK }, { "00880099 0101 00", "n=256 9000" },
	    { "00880099 00", "6700" }, { "00880199 0101 00", "6A86" }, { JPKI, OK },
	    { "00880099 0101 00", "6A82" }, { "00880097 0101 00", "6981" } } },

	/* Class, instruction, length */
	{ "foreign_classes_are_6e00", "adult", NULL, {
	    { "20A40000", "6E00" }, { "FFCA000000", "6E00" }, { "10A40000", "6E00" },
	    { "80A40000", "6E00" }, { "002A0080 0100 00", "6E00" },
	    { "00320080 0431323334", "6E00" } } },
	{ "logical_channels_are_6881", "adult", NULL, {
	    { "01A4040C0A D392F000260100000001", "6881" }, { "03B0000000", "6881" },
	    { "822A0080 0100 00", "6881" } } },
	{ "secure_messaging_is_6882_or_69fc", "adult", NULL, {
	    { "08A4040C0A D392F000260100000001", "6882" }, { "0CA40000", "6882" },
	    { "0CB0000000", "69FC" }, { "0420008004" P1234, "69FC" } } },
	{ "no_session_key_for_secure_messaging", "adult", NULL, {
	    { INPUT, OK }, { "80AE00000101", "6982" }, { EF "0011", OK },
	    { VERIFY4 P1234, OK }, { "80AE00000101", "6A81" }, { SURFACE, OK },
	    { "80AE00000101", "66F1" }, { COMMON, OK }, { "80AE00000101", "66F1" },
	    { JPKI, OK }, { "80AE00000101", "6982" } } },
	{ "unknown_instructions_are_6d00", "adult", NULL, {
	    { "00AA0000", "6D00" }, { "00C0000000", "6D00" }, { "00D60000 0100", "6D00" },
	    { "00E00000", "6D00" } } },
	{ "what_is_no_command_is_6700", "adult", NULL, {
	    { "00A404", "6700" }, { "00", "6700" }, { "00A4040C05 A000", "6700" },
	    { "00A4040C02 A000 00 00", "6700" }, { "00A4040C 00 00", "6700" } } },
	{ "a_phones_last_command_is_6700_on_a_card", "adult", NULL, {
	    { "80FC0000", "6700" }, { "80FC000000", "6700" } } },
	{ "terminal_certificates_are_6a86", "adult", NULL, {
	    { JPKI, OK }, { "80A200AE 0100", "6A86" } } },
	{ "extended_length_is_refused_where_nobody_saw_it", "adult", NULL, {
	    { "00A4040C 000007 A0000001510000", "6700" }, { JPKI, OK }, { EF "0006", OK },
	    { "00B00000 000000", "6700" } } },

	/* GET DATA, GET CHALLENGE, records */
	{ "card_manager_gives_its_data", "adult", NULL, {
	    { "00CA004200", "n=16 9000" }, { "00CA004500", "n=15 9000" },
	    { "00CA5F5100", "E000FF8131FE4514 9000" }, { "00CA00F700", "n=16 9000" },
	    { "00CA006600", "n=26 9000" }, { "00CA00F200", "n=8 9000" },
	    { "00CA123400", "6A88" }, { JPKI, OK }, { "00CA004200", "6A88" } } },
	{ "large_data_needs_extended_le", "adult", NULL, {
	    { "00CA7F2100", "6700" }, { "00CA7F21 000000", "n=284 9000" },
	    { "00CA00F8 000000", "n=284 9000" } } },
	{ "challenges_of_1_to_256_bytes", "adult", NULL, {
	    { "0084000008", "n=8 9000" }, { "0084000000", "n=256 9000" },
	    { "00840000", "6700" }, { "00840100 08", "6A86" }, { "00840000 000010", "6985" },
	    { JPKI, OK }, { "0084000001", "n=1 9000" } } },
	{ "common_serial_is_a_record", "adult", NULL, {
	    { COMMON, OK }, { "00B2010C00", "n=30 9000" }, { "00B2010400", "n=30 9000" },
	    { EF "0001", OK }, { "00B2010402", "011C 9000" }, { "00B2020400", "6A83" },
	    { "00B0000000", "6981" }, { EF "0002", OK }, { "00B2010400", "6981" },
	    { READ, "n=16 9000" }, { "00B2010D00", "6A86" }, { "00B2013C00", "6A82" },
	    { EF "001E", OK }, { READ, "6981" } } },

	/* Input assistance and surface */
	{ "input_pin_opens_number_and_attributes", "adult", NULL, {
	    { INPUT, OK }, { EF "0001", OK }, { READ, "6982" }, { EF "0011", OK },
	    { VERIFY4 P1234, OK }, { EF "0001", OK },
	    { "00B0000011", "FF100C 393939393939393939393939 FFFF 9000" },
	    { EF "0002", OK }, { "00B0000002", "FF20 9000" }, { EF "0003", OK },
	    { "00B0000002", "FF30 9000" }, { EF "0006", OK }, { "00B0000001", "A1 9000" },
	    { EF "0007", OK }, { "00B0000002", "FF50 9000" } } },
	{ "number_a_opens_the_number_only", "adult", NULL, {
	    { INPUT, OK }, { EF "0014", OK }, { "00200080" NUMBER_A, OK }, { EF "0001", OK },
	    { "00B0000003", "FF100C 9000" }, { EF "0002", OK }, { READ, "6982" } } },
	{ "number_b_opens_the_attributes_only", "adult", NULL, {
	    { INPUT, OK }, { EF "0015", OK }, { QUERY, "63CA" } } },
	{ "the_reserved_reference_is_locked_from_issue", "adult", NULL, {
	    { INPUT, OK }, { EF "0012", OK }, { QUERY, "63C0" }, { VERIFY4 P1234, "6984" } } },
	{ "free_files_of_the_input_application", "adult", NULL, {
	    { INPUT, OK }, { EF "0004", OK }, { "00B0000002", "7F21 9000" },
	    { EF "0005", OK }, { "00B000000B", "FF40819E DF4104 01030E01 9000" } } },
	{ "surface_files_open_with_their_numbers", "adult", NULL, {
	    { SURFACE, OK }, { EF "0003", OK }, { "00B0000002", "FF30 9000" },
	    { EF "0002", OK }, { READ, "6982" }, { EF "0001", OK }, { READ, "6982" },
	    { EF "0011", OK }, { "0020008006 303230343031", OK }, { EF "0001", OK },
	    { "00B0000002", "FF10 9000" }, { EF "0005", OK }, { READ, "6982" },
	    { EF "0013", OK }, { "00200080" NUMBER_A, OK }, { EF "0005", OK },
	    { "00B0000002", "FF40 9000" }, { EF "0002", OK }, { "00B0000002", "FF20 9000" } } },

	/* Profiles */
	{ "under15_has_no_signature_certificate", "under15", NULL, {
	    { JPKI, OK }, { EF "0008", OK }, { READ, "008F00 9000" }, { EF "0001", OK },
	    { READ, "6982" }, { EF "001B", OK }, { QUERY, "63C0" }, { VERIFY_SIGN, "6984" },
	    { EF "000A", OK }, { "00B0000002", "3082 9000" } } },
	{ "no_auth_has_no_authentication_certificate", "no-auth", NULL, {
	    { JPKI, OK }, { EF "0008", OK }, { READ, "8F0000 9000" }, { EF "000A", OK },
	    { "00B0000004", "FFFFFFFF 9000" }, { EF "0018", OK }, { QUERY, "63C0" },
	    { EF "001B", OK }, { VERIFY_SIGN, OK } } },
	{ "locked_answers_as_after_the_last_try", "locked", NULL, {
	    { JPKI, OK }, { EF "0018", OK }, { QUERY, "63C0" }, { VERIFY4 P1234, "6984" },
	    { EF "001B", OK }, { QUERY, "63C0" }, { VERIFY_SIGN, "6984" }, { INPUT, OK },
	    { EF "0011", OK }, { VERIFY4 P1234, OK } } },
	{ "phone_answers_the_jpki_application_only", "phone", NULL, {
	    { INPUT, "6A82" }, { COMMON, "6A82" }, { MANAGER, "6A82" }, { READ, "6986" },
	    { EF "0006", "6A82" }, { JPKI, OK }, { EF "0008", "6A82" }, { EF "0006", OK },
	    { "00B0000010", "4A504B49415047505345544F4B454E20 9000" } } },
	{ "phone_wants_the_pin_for_its_authentication_certificate", "phone", NULL, {
	    { JPKI, OK }, { EF "000A", OK }, { READ, "6982" }, { EF "0018", OK },
	    { QUERY, "63C3" }, { VERIFY4 P1234, OK }, { EF "000A", OK },
	    { "00B0000002", "3082 9000" } } },

	/* Quirks */
	{ "quirk_locked_6983", "locked", "locked-6983", {
	    { JPKI, OK }, { EF "0018", OK }, { VERIFY4 P1234, "6983" }, { QUERY, "63C0" } } },
	{ "quirk_query_locked_sw", "locked", "query-locked-sw", {
	    { JPKI, OK }, { EF "0018", OK }, { QUERY, "6984" } } },
	{ "quirk_query_6700_short", "adult", "query-6700-short", {
	    { JPKI, OK }, { EF "0018", OK }, { QUERY, "6700" }, { QUERY "00", "63C3" } } },
	{ "quirk_query_6700_long", "adult", "query-6700-long", {
	    { JPKI, OK }, { EF "0018", OK }, { QUERY, "63C3" }, { QUERY "00", "6700" } } },
	{ "quirk_query_none", "adult", "query-none", {
	    { JPKI, OK }, { EF "0018", OK }, { QUERY, "6700" }, { QUERY "00", "6700" },
	    { VERIFY4 P1234, OK } } },
	{ "quirk_query_9000", "adult", "query-9000", {
	    { JPKI, OK }, { EF "0018", OK }, { QUERY, "63C3" }, { VERIFY4 P1234, OK },
	    { QUERY, OK } } },
	{ "quirk_first_6f00_once_a_power_on", "adult", "first-6f00", {
	    { JPKI, "6F00" }, { JPKI, OK }, { "@reset", "" }, { JPKI, OK }, { "@off", "" },
	    { "@on", "" }, { JPKI, "6F00" }, { JPKI, OK } } },
	{ "quirk_filler_00", "adult", "filler-00", {
	    { JPKI, OK }, { EF "001B", OK }, { VERIFY_SIGN, OK }, { EF "0001", OK },
	    { "00B0000002", "3082 9000" }, { "00B00EDC00", "00000000 9000" } } },
	{ "quirk_strict_p1", "adult", "strict-p1", {
	    { JPKI, OK }, { EF "0018", OK }, { VERIFY4 P1234, OK }, { EF "0017", OK },
	    { "802A0180" DATA32, "6A86" }, { "802A0480" DATA32, "6A86" },
	    { "802A0080" DATA32, "n=256 9000" } } },
	{ "quirk_label", "adult", "label=JPKIAPIOSTOKEN", {
	    { JPKI, OK }, { EF "0006", OK },
	    { "00B0000010", "4A504B494150494F53544F4B454E2020 9000" } } },
	{ "quirk_no_0008", "adult", "no-0008", { { JPKI, OK }, { EF "0008", "6A82" } } },
	{ "quirk_get_response", "adult", "get-response", {
	    { JPKI, OK }, { EF "0008", OK }, { READ, "6103" }, { "00C0000002", "8F8F 6101" },
	    { "00C0000000", "00 9000" }, { "00C0000000", "6985" }, { READ, "6103" },
	    { EF "0018", OK }, { "00C0000000", "6985" }, { "0084000000", "6100" },
	    { "00C0000000", "n=256 9000" } } },
	{ "quirk_wrong_le", "adult", "wrong-le", {
	    { JPKI, OK }, { EF "0008", OK }, { READ, "6C03" }, { "00B0000003", "8F8F00 9000" },
	    { "00B0000300", "6B00" } } },
	{ "quirk_no_sign_cert_missing", "under15", "no-sign-cert=6a82", {
	    { JPKI, OK }, { EF "0001", "6A82" }, { "00B0810000", "6A82" } } },
	{ "quirk_no_sign_cert_empty", "under15", "no-sign-cert=empty", {
	    { JPKI, OK }, { EF "0001", OK }, { READ, OK }, { "00B0000100", "6B00" } } },
	{ "quirk_no_sign_cert_filled", "under15", "no-sign-cert=ff", {
	    { JPKI, OK }, { EF "0001", OK }, { "00B0000002", "FFFF 9000" } } },
	{ "quirk_no_sign_cert_keeps_a_pin_that_was_set", "adult", "no-sign-cert=ff", {
	    { JPKI, OK }, { EF "0001", OK }, { READ, "6982" }, { EF "001B", OK },
	    { VERIFY_SIGN, OK }, { EF "0001", OK }, { "00B0000002", "FFFF 9000" },
	    { EF "0008", OK }, { READ, "008F00 9000" } } },
	{ "quirk_no_auth_cert", "no-auth", "no-auth-cert=empty", {
	    { JPKI, OK }, { EF "000A", OK }, { READ, OK } } },
	{ "quirk_cert_garbage", "adult", "cert-garbage=auth", {
	    { JPKI, OK }, { EF "000A", OK }, { "00B0000001", "5A 9000" } } },
	{ "quirk_cert_garbage_length", "adult", "cert-garbage=auth-length", {
	    { JPKI, OK }, { EF "000A", OK }, { "00B0000004", "3082FFFF 9000" },
	    { "00B0064000", "6B00" } } },
};

#define RULES	COUNT(rules)

/* "n=COUNT SW" or the bytes themselves. */
static void
compare(const char *what, const struct vkit_answer *a, const char *expect)
{
	unsigned long n;
	struct octets o;
	char *sw;

	if (strncmp(expect, "n=", 2) != 0) {
		o = unhex(expect);
		expect_bytes(what, slice_of(a->p, a->n + 2),
		    octets_slice(&o));
		return;
	}
	n = strtoul(expect + 2, &sw, 10);
	expect_int(what, (long long)a->n, (long long)n);
	expect_int(what, a->sw, (long long)strtoul(sw, NULL, 16));
}

static void
play_step(struct vcard *card, const char *what, const struct step *step)
{
	struct vkit_answer a;

	if (strcmp(step->send, "@off") == 0) {
		vcard_power_off(card);
	} else if (strcmp(step->send, "@on") == 0) {
		vcard_power_on(card);
	} else if (strcmp(step->send, "@reset") == 0) {
		vcard_reset(card);
	} else {
		a = vkit_hex(card, step->send);
		compare(what, &a, step->expect);
	}
}

static void
play(void **state)
{
	const struct rule *rule = *state;
	struct vcard *card = vkit_load(rule->profile, rule->quirks);
	char what[200];

	for (size_t i = 0; i < STEPS && rule->steps[i].send != NULL; i++) {
		snprintf(what, sizeof(what), "step %zu, %s", i,
		    rule->steps[i].send);
		play_step(card, what, &rule->steps[i]);
	}
}

static void
a_card_without_power_is_mute(void **state)
{
	struct vcard *card = vkit_load("adult", NULL);
	struct octets select = unhex(JPKI);
	uint8_t answer[258];
	size_t n = sizeof(answer);

	(void)state;
	vcard_power_off(card);
	assert_false(vcard_powered(card));
	vcard_transmit(card, select.p, select.n, answer, &n);
	assert_int_equal(n, 0);
	vcard_reset(card);
	assert_true(vcard_powered(card));
}

static void
an_answer_never_exceeds_its_room(void **state)
{
	struct vcard *card = vkit_load("adult", NULL);
	struct octets challenge = unhex("0084000000");
	uint8_t answer[12];
	size_t n = 10;

	(void)state;
	memset(answer, 0x55, sizeof(answer));
	vcard_transmit(card, challenge.p, challenge.n, answer, &n);
	expect_hex("answer", slice_of(answer, n), "6F00");
	assert_int_equal(answer[10], 0x55);
	n = 1;
	vcard_transmit(card, challenge.p, challenge.n, answer, &n);
	assert_int_equal(n, 0);
}

static void
quirks_have_names_and_refuse_what_they_cannot_mean(void **state)
{
	static const struct {
		const char *name, *value;
	} wrong[] = {
		{ "nothing", NULL }, { "strict-p1", "1" }, { "filler-00", "x" },
		{ "no-0008", "x" }, { "label", NULL },
		{ "label", "a label that is longer than 32 bytes" },
		{ "atr", NULL }, { "atr", "3" }, { "atr", "3B" }, { "atr", "XY00" },
		{ "no-sign-cert", NULL }, { "no-sign-cert", "00" },
		{ "cert-garbage", NULL }, { "cert-garbage", "ca" },
	};
	struct vcard *card = vkit_load("adult", NULL);
	char error[VCARD_ERROR_MAX];
	size_t n;

	(void)state;
	for (n = 0; vcard_quirk_name(n) != NULL; n++)
		assert_true(strlen(vcard_quirk_text(n)) > 0);
	assert_true(n >= 16);
	assert_null(vcard_quirk_text(n));
	for (size_t i = 0; i < COUNT(wrong); i++) {
		error[0] = '\0';
		expect_int(wrong[i].name, vcard_quirk(card, wrong[i].name,
		    wrong[i].value, error), -1);
		assert_true(error[0] != '\0');
	}
}

static void
quirk_atr_replaces_the_answer_to_reset(void **state)
{
	struct vcard *card = vkit_load("adult", NULL);
	uint8_t atr[VCARD_ATR_MAX];
	char error[VCARD_ERROR_MAX];

	(void)state;
	expect_hex("card's", slice_of(atr, vcard_atr(card, atr)),
	    "3BE000FF8131FE4514");
	assert_int_equal(vcard_quirk(card, "atr", "3b80800101", error), 0);
	expect_hex("quirk's", slice_of(atr, vcard_atr(card, atr)),
	    "3B80800101");
}

static void
tries_can_be_read_and_set_by_name(void **state)
{
	struct vcard *card = vkit_load("adult", NULL);

	(void)state;
	assert_int_equal(vcard_tries(card, "auth"), 3);
	assert_int_equal(vcard_tries(card, "sign"), 5);
	assert_int_equal(vcard_tries(card, "input-b"), 10);
	assert_int_equal(vcard_tries(card, "nobody"), -1);
	assert_int_equal(vcard_set_tries(card, "auth", 1), 0);
	assert_int_equal(vcard_tries(card, "auth"), 1);
	assert_int_equal(vcard_set_tries(card, "auth", 4), -1);
	assert_int_equal(vcard_set_tries(card, "auth", -1), -1);
	assert_int_equal(vcard_set_tries(card, "nobody", 1), -1);
	assert_int_equal(vcard_tries(card, "auth"), 1);
	card = vkit_load("phone", NULL);
	assert_int_equal(vcard_tries(card, "auth"), 3);
	assert_int_equal(vcard_tries(card, "input"), -1);
}

int
main(void)
{
	static const struct CMUnitTest others[] = {
		cmocka_unit_test(a_card_without_power_is_mute),
		cmocka_unit_test(an_answer_never_exceeds_its_room),
		cmocka_unit_test(quirks_have_names_and_refuse_what_they_cannot_mean),
		cmocka_unit_test(quirk_atr_replaces_the_answer_to_reset),
		cmocka_unit_test(tries_can_be_read_and_set_by_name),
	};
	struct CMUnitTest tests[RULES + COUNT(others)] = { 0 };

	for (size_t i = 0; i < RULES; i++) {
		union { const struct rule *in; void *out; } rule =
		    { &rules[i] };

		tests[i].name = rules[i].name;
		tests[i].test_func = play;
		tests[i].initial_state = rule.out;
	}
	memcpy(tests + RULES, others, sizeof(others));
	return cmocka_run_group_tests_name("vcard", tests, NULL, vkit_end);
}
