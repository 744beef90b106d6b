/* SPDX-License-Identifier: BSD-2-Clause */
#include "findtable.h"

#include "language.h"

/*
 * What pcsc-lite asks polkit, and when it says no, is in the policy file that
 * comes with it (org.debian.pcsc-lite.policy).
 */
static const char polkit_rule[] =
    "polkit.addRule(function(action, subject) {\n"
    "    if ((action.id == \"org.debian.pcsc-lite.access_pcsc\" ||\n"
    "         action.id == \"org.debian.pcsc-lite.access_card\") &&\n"
    "        subject.user == \"alice\")\n"
    "        return polkit.Result.YES;\n"
    "});";

static const char scdaemon_lines[] =
    "disable-ccid\n"
    "pcsc-shared";

const struct finding_row finding_rows[FIND_COUNT] = {
	[FIND_CLOCK] = { "clock",
	    N_("The clock of this machine is wrong: it is before this program was made."),
	    N_("Certificates will seem not valid yet.  Set it: \"timedatectl set-ntp true\",\n"
	    "or as your system sets its clock."), NULL },

	[FIND_PCSCD_MISSING] = { "pcscd-missing",
	    N_("The smart card service pcscd is not installed."),
	    N_("Install it: \"apt install pcscd\" on Debian and Ubuntu, \"dnf install pcsc-lite\"\n"
	    "on Fedora, \"pacman -S pcsclite ccid\" on Arch."), NULL },
	[FIND_PCSCD_STOPPED] = { "pcscd-stopped",
	    N_("The smart card service pcscd is not running."),
	    N_("Start it, now and with the machine: \"systemctl enable --now pcscd.socket\", or\n"
	    "as your system starts services."), NULL },
	[FIND_PCSCD_SOCKET] = { "pcscd-socket",
	    N_("The socket of pcscd is closed to this user."),
	    N_("pcscd itself decides whom it serves, so its socket is open to everybody:\n"
	    "SocketMode=0666 in pcscd.socket.  Undo what changed it (\"systemctl revert\n"
	    "pcscd.socket\", \"systemctl restart pcscd.socket\")."), NULL },
	[FIND_PCSCD_REFUSES] = { "pcscd-refuses",
	    N_("pcscd refuses this user."),
	    N_("It asks polkit, which lets in who sits at the machine's own screen.  Work\n"
	    "there; or, as root, let a user in, who can then use every card in every\n"
	    "reader, by these lines in /etc/polkit-1/rules.d/90-pcscd.rules:"),
	    polkit_rule },
	[FIND_PCSCD_REFUSES_REMOTE] = { "pcscd-refuses-remote",
	    N_("pcscd refuses this user, who came over the network."),
	    N_("It asks polkit, which lets in who sits at the machine's own screen and not\n"
	    "who came by ssh.  As root, let a user in, who can then use every card in\n"
	    "every reader, by these lines in /etc/polkit-1/rules.d/90-pcscd.rules:"),
	    polkit_rule },
	[FIND_PCSCD_ODD] = { "pcscd-odd",
	    N_("pcscd answers, but not as it should."),
	    N_("Restart it: \"systemctl restart pcscd\"."), NULL },

	[FIND_READER_NONE] = { "reader-none",
	    N_("No card reader is there."),
	    N_("Connect one, directly and not through a hub at first.  Readers that work\n"
	    "have a CCID interface, as Sony's RC-S300 has.  If one is connected, look\n"
	    "whether \"lsusb\" (usbutils) shows it."), NULL },
	[FIND_READER_NOT_CCID] = { "reader-not-ccid",
	    N_("This reader cannot be used: it has no CCID interface."),
	    N_("pcscd knows readers by that standard, and there is no driver of the maker's\n"
	    "for Linux.  The kernel's own driver (port100) is for NFC programs only and\n"
	    "brings no card to pcscd.  Take another reader: Sony's RC-S300 has a CCID\n"
	    "interface, as most readers by contacts have."), NULL },
	[FIND_DRIVER_MISSING] = { "driver-missing",
	    N_("A reader is there, but pcscd has no driver for it."),
	    N_("Install the driver of CCID readers: \"apt install libccid\" on Debian and\n"
	    "Ubuntu, \"dnf install pcsc-lite-ccid\" on Fedora, \"pacman -S ccid\" on Arch.\n"
	    "Then connect the reader anew."), NULL },
	[FIND_DRIVER_UNLISTED] = { "driver-unlisted",
	    N_("A reader is there, which the installed driver does not know."),
	    N_("Take a newer libccid, or the driver of the reader's maker (for ACS:\n"
	    "libacsccid1).  Then connect the reader anew."), NULL },
	[FIND_READER_TAKEN] = { "reader-taken",
	    N_("A reader is there, but GnuPG's scdaemon keeps it from pcscd."),
	    N_("Have scdaemon go through pcscd, too, by these lines in\n"
	    "~/.gnupg/scdaemon.conf; then \"gpgconf --kill scdaemon\", and connect the\n"
	    "reader anew:"),
	    scdaemon_lines },
	[FIND_READER_NOT_SHOWN] = { "reader-not-shown",
	    N_("A reader is there, which pcscd has a driver for but does not show."),
	    N_("Connect it anew, and restart pcscd: \"systemctl restart pcscd\".  In a virtual\n"
	    "machine: pass the reader through to it.  What pcscd says of it:\n"
	    "\"journalctl -u pcscd\"."), NULL },

	[FIND_CARD_NONE] = { "card-none",
	    N_("There is no card in the reader."),
	    N_("Put the card in with its chip first and up, or flat on a contactless reader,\n"
	    "out of its case and away from other cards; and leave it there."), NULL },
	[FIND_CARD_MUTE] = { "card-mute",
	    N_("There is a card, but it does not answer."),
	    N_("It mostly lies upside down: turn it over, push it in as far as it goes.  On a\n"
	    "contactless reader place it anew, alone.  Clean the chip with a dry cloth.\n"
	    "If nothing helps, try another reader, then the municipal counter."), NULL },
	[FIND_CARD_HELD] = { "card-held",
	    N_("Another program holds the card for itself."),
	    N_("Let it finish, end it, or have it share the card.  \"systemctl restart pcscd\"\n"
	    "takes the card from whoever it is."), NULL },
	[FIND_CARD_HELD_SCDAEMON] = { "card-held-scdaemon",
	    N_("Another program holds the card for itself: GnuPG's scdaemon, as it seems."),
	    N_("Have it let go with \"gpgconf --kill scdaemon\".  So that it shares the card\n"
	    "from then on, put these lines into ~/.gnupg/scdaemon.conf:"),
	    scdaemon_lines },
	[FIND_CARD_FOREIGN] = { "card-foreign",
	    N_("The card in the reader is not a My Number Card."),
	    N_("It has no JPKI application.  Put in a My Number Card, and no other card\n"
	    "beside it."), NULL },
	[FIND_CARD_FELICA] = { "card-felica",
	    N_("The card in the reader is a FeliCa card, not a My Number Card."),
	    N_("Such are Suica, PASMO and other cards for trains and shops; a phone's wallet\n"
	    "looks so, too.  Put the My Number Card in its place, alone."), NULL },
	[FIND_CARD_MIFARE] = { "card-mifare",
	    N_("The card in the reader is a MIFARE card or tag, not a My Number Card."),
	    N_("Such are keys of hotels and offices.  Put the My Number Card in its place,\n"
	    "alone."), NULL },
	[FIND_CARD_LICENCE] = { "card-licence",
	    N_("The card in the reader is a driving licence, not a My Number Card."),
	    N_("Put the My Number Card in its place, alone."), NULL },
	[FIND_CARD_JUKI] = { "card-juki",
	    N_("The card in the reader is a Basic Resident Register Card, not a My Number Card."),
	    N_("These were given out until 2015, and their certificates have ended.  A My\n"
	    "Number Card takes its place."), NULL },
	[FIND_CARD_ETC] = { "card-etc",
	    N_("The card in the reader is an ETC card, not a My Number Card."),
	    N_("Put the My Number Card in its place."), NULL },
	[FIND_CARD_DEAD] = { "card-dead",
	    N_("The card answers as a My Number Card does at first, but refuses its JPKI."),
	    N_("Place it anew and try again.  If it stays so, the card may have been voided\n"
	    "or be damaged: the municipal counter can tell."), NULL },
	[FIND_CARD_ODD] = { "card-odd",
	    N_("The card cannot be asked to the end."),
	    N_("Place it anew, leave it there, and try again; \"jpki-tool -vv status\" shows the\n"
	    "exchange."), NULL },

	[FIND_AUTH_MISSING] = { "auth-missing",
	    N_("The card holds no user authentication certificate."),
	    N_("Logins by card need it.  It is put on at the municipal counter."), NULL },
	[FIND_AUTH_UNREADABLE] = { "auth-unreadable",
	    N_("The user authentication certificate on the card cannot be read."),
	    N_("Place the card anew and try again.  If it stays so, the municipal counter can\n"
	    "renew it."), NULL },
	[FIND_AUTH_NOT_YET] = { "auth-not-yet",
	    N_("The user authentication certificate is not valid yet."),
	    N_("Mostly that is this machine's clock: set it (\"timedatectl set-ntp true\")."), NULL },
	[FIND_AUTH_EXPIRED] = { "auth-expired",
	    N_("The user authentication certificate has expired."),
	    N_("Websites refuse it.  Get a new one at the municipal counter, and a signature\n"
	    "certificate with it.  But look at the date of this machine first (\"date\"): if\n"
	    "it is ahead, set it, and nothing may be wrong."), NULL },
	[FIND_AUTH_EXPIRING] = { "auth-expiring",
	    N_("The user authentication certificate ends within three months."),
	    N_("It can be renewed now, at the municipal counter, and the signature\n"
	    "certificate with it."), NULL },
	[FIND_AUTH_LOCKED] = { "auth-locked",
	    N_("The user authentication PIN is locked."),
	    N_("No program can unlock it.  \"jpki-tool status\" says where it is reset."), NULL },
	[FIND_AUTH_LAST_TRY] = { "auth-last-try",
	    N_("The user authentication PIN has one try left."),
	    N_("A wrong PIN locks it.  A right one gives all tries back: if you are sure of it,\n"
	    "\"jpki-tool pin verify auth --last-try\"."), NULL },
	[FIND_SIGN_MISSING] = { "sign-missing",
	    N_("The card holds no signature certificate."),
	    N_("Documents are signed with it; logins do without.  It is put on at the municipal\n"
	    "counter, in principle not for holders under 15."), NULL },
	[FIND_SIGN_LOCKED] = { "sign-locked",
	    N_("The signature PIN is locked."),
	    N_("No program can unlock it.  \"jpki-tool status\" says where it is reset."), NULL },
	[FIND_SIGN_LAST_TRY] = { "sign-last-try",
	    N_("The signature PIN has one try left."),
	    N_("A wrong PIN locks it.  A right one gives all tries back: if you are sure of it,\n"
	    "\"jpki-tool pin verify sign --last-try\"."), NULL },
	[FIND_INPUT_LOCKED] = { "input-locked",
	    N_("The card surface input assistance PIN is locked."),
	    N_("\"jpki-tool attributes\" and \"jpki-tool mynumber\" need it; logins and signatures\n"
	    "do not.  No program can unlock it.  \"jpki-tool status --all\" says where it is\n"
	    "reset."), NULL },
	[FIND_INPUT_LAST_TRY] = { "input-last-try",
	    N_("The card surface input assistance PIN has one try left."),
	    N_("A wrong PIN locks it.  A right one gives all tries back: if you are sure of it,\n"
	    "\"jpki-tool pin verify input --last-try\"."), NULL },

	[FIND_P11KIT_MISSING] = { "p11kit-missing",
	    N_("p11-kit does not know the module for this card."),
	    N_("GnuTLS and other programs that ask p11-kit do not see the card.  Install the\n"
	    "package jpki-pkcs11, or type \"make install\"; doc/clients/p11-kit.md has it for\n"
	    "one user."), NULL },
	[FIND_P11KIT_NO_FILE] = { "p11kit-no-file",
	    N_("p11-kit is told of a module for this card, but its file is not there."),
	    N_("Install the module again, or remove the file that names it."), NULL },
	[FIND_P11KIT_TWICE] = { "p11kit-twice",
	    N_("p11-kit is told of the module for this card twice."),
	    N_("Programs see the card twice, and ask twice for the PIN.  Remove one of the\n"
	    "files."), NULL },
	[FIND_P11KIT_OPENSC] = { "p11kit-opensc",
	    N_("OpenSC's module shows the same card to p11-kit."),
	    N_("Programs see the card twice, and may ask for the PIN twice.  If no other card\n"
	    "needs OpenSC, make a file of the same name in /etc/pkcs11/modules, or for\n"
	    "yourself alone in ~/.config/pkcs11/modules, with the line below.  To remove the\n"
	    "package opensc-pkcs11 is another way, but takes pkcs11-tool along.  The line:"),
	    "enable-in: none" },
	[FIND_NSS_TWICE] = { "nss-twice",
	    N_("A browser's database has the module for this card twice."),
	    N_("The browser asks twice for the PIN.  \"jpki-tool browser install\" leaves one; if\n"
	    "p11-kit-proxy.so is the other, take it out with \"modutil -delete\"."), NULL },
	[FIND_NSS_OPENSC] = { "nss-opensc",
	    N_("A browser's database has OpenSC's module, which shows the same card."),
	    N_("The browser asks for more PINs than it needs.  If no other card needs it, take\n"
	    "it out while the browser is closed: \"modutil -dbdir sql:FOLDER -delete NAME\"."), NULL },
	[FIND_FIREFOX_SNAP] = { "firefox-snap",
	    N_("Firefox is here as a snap, which cannot load modules of the system."),
	    N_("It never sees the card.  Take Firefox as a package of your system, or from\n"
	    "Mozilla's own archive (https://packages.mozilla.org/)."), NULL },
	[FIND_FIREFOX_FLATPAK] = { "firefox-flatpak",
	    N_("Firefox is here as a flatpak, which cannot see modules of the system."),
	    N_("It never sees the card.  Take Firefox as a package of your system, or from\n"
	    "Mozilla's own archive (https://packages.mozilla.org/)."), NULL },
};
