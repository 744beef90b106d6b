#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""sign.py MODULE FILE: sign a file by PKCS #11, and verify what was made.

The signature (SHA-256 with RSA, PKCS #1) of the user authentication key is
written to FILE.sig.  MODULE is the path of jpki-pkcs11.so.  Debian:
python3-pykcs11.
"""
import getpass
import sys
import warnings

import PyKCS11 as p11

TOKEN = "JPKI-AUTH"
MECHANISM = p11.Mechanism(p11.CKM_SHA256_RSA_PKCS)

# Where the echo cannot be turned off, no PIN is typed.
warnings.simplefilter("error", getpass.GetPassWarning)


def find_slot(lib):
    """The slot of the token; names are padded with blanks."""
    for slot in lib.getSlotList(tokenPresent=True):
        if lib.getTokenInfo(slot).label.strip() == TOKEN:
            return slot
    sys.exit("there is no My Number Card; put one in or on the reader")


def check_tries(flags):
    """Three wrong PINs lock the card; who cannot be sure should not guess."""
    if flags & p11.CKF_USER_PIN_LOCKED:
        sys.exit("the PIN is locked; the municipal counter resets it")
    if flags & p11.CKF_USER_PIN_FINAL_TRY:
        sys.exit("one try is left; \"jpki-tool pin verify auth --last-try\" "
                 "uses it")
    if flags & p11.CKF_USER_PIN_COUNT_LOW:
        print("a wrong PIN was given before", file=sys.stderr)


def login(session):
    """Asks once: a loop would lock the card."""
    try:
        session.login(getpass.getpass(f"PIN of {TOKEN}: "))
    except p11.PyKCS11Error as error:
        sys.exit(f"no login: {error}; nothing was signed")


def find_key(session, kind):
    """The token's own: it also holds the CA's certificate, but no key of it."""
    return session.findObjects([(p11.CKA_CLASS, kind)])[0]


def sign(session, data):
    """Signed on the card, verified by the module with the public key."""
    signature = session.sign(find_key(session, p11.CKO_PRIVATE_KEY), data,
                             MECHANISM)
    if not session.verify(find_key(session, p11.CKO_PUBLIC_KEY), data,
                          signature, MECHANISM):
        sys.exit("the signature does not verify")
    return bytes(signature)


def main(module, name):
    with open(name, "rb") as file:
        data = file.read()
    lib = p11.PyKCS11Lib()
    lib.load(module)
    slot = find_slot(lib)
    check_tries(lib.getTokenInfo(slot).flags)
    session = lib.openSession(slot)
    try:
        login(session)
        signature = sign(session, data)
    finally:
        session.closeSession()  # the last one logs out
    with open(name + ".sig", "xb") as file:
        file.write(signature)


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    try:
        main(*sys.argv[1:])
    except (KeyboardInterrupt, EOFError):
        sys.exit("\ncancelled; nothing was signed")
    except getpass.GetPassWarning:
        sys.exit("there is no terminal to ask for the PIN at")
    except (OSError, p11.PyKCS11Error) as error:
        sys.exit(str(error))
