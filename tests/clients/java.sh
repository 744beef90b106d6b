#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
#
# Java with the module: keytool, jarsigner, and programs with SunPKCS11.
p11_world=()
# shellcheck source=tests/clients/lib.sh
. "${JPKI_SRC:?}/tests/clients/lib.sh"
for tool in java keytool jarsigner jar; do
	tap_tool "$tool"
done
unset JAVA_TOOL_OPTIONS JDK_JAVA_OPTIONS CLASSPATH

tap "jpki-tool reads the certificates" public_keys
server_files || tap "a server's certificate" cat words
follow program-sign
follow program-get

# token auth|sign: its slot, and what the module calls its key.
token() {
	local labels=(JPKI-AUTH JPKI-SIGN)
	[ "$whose" = ours ] ||
		labels=('User Authentication Certificate' 'Digital Signature Certificate')
	export SLOT=0 ALIAS=${labels[0]}
	[ "$1" = auth ] || SLOT=1 ALIAS=${labels[1]}
	follow configure
}

# follows TOKEN PIN RECIPE
follows() { token "$1" && followed "$2" "$3"; }

lists() {
	follows "$1" "$2" list
	says "$ALIAS, PrivateKeyEntry" cat said
}
operation "keytool -list, user authentication token" 1 0 lists auth "$auth_pin"
operation "keytool -list, signature token" 0 1 lists sign "$sign_pin"

signs() {
	follows "$1" "$2" sign
	verified sha256 "$1" document.sig
}
operation "SHA256withRSA, user authentication key" 1 0 signs auth "$auth_pin"
operation "SHA256withRSA, signature key" 0 1 signs sign "$sign_pin"

signs_jar() {
	rm -f program.jar
	jar cf program.jar document
	follows "$1" "$2" jarsigner
	says 'jar verified' jarsigner -verify program.jar
	! jarsigner -verify program.jar | grep 'unsigned'
}
operation "jarsigner, signature key" 0 1 signs_jar sign "$sign_pin"
operation "jarsigner, user authentication key" 1 0 signs_jar auth "$auth_pin"
chain() {
	token sign
	same 2 "$(jarsigner -verify -verbose -certs program.jar | grep '^ *X\.509, ' | sort -u | wc -l)"
}
tap "a signed jar has the CA's certificate as well" chain

# HTTPS.
follow trust >said 2>&1 || tap "keytool trusts the server's certificate" cat said
visit() { URL=https://localhost:$3/ following "$1" "$2"; }
tls() {
	token auth
	server_options=("-$1")
	handshake visit "$auth_pin" get
	server_options=()
	asked_once
}
operation "HTTPS, TLS 1.2" 1 0 tls tls1_2
operation "HTTPS, TLS 1.3" 1 0 tls tls1_3
# A program that knows nothing of cards, set up from outside.
unmodified() {
	token auth
	PIN=$auth_pin follow options
	handshake visit '' unmodified
	asked 0 "$(prompts)"
}
operation "HTTPS, unmodified program" 1 0 unmodified

# A program that lives on while the card is pulled and put back.
cat >Stay.java <<'END'
import java.security.*;

class Stay {
	static Provider jpki;
	static KeyStore card;

	static void load() throws Exception {
		card = KeyStore.getInstance("PKCS11", jpki);
		card.load(null, "1234".toCharArray());
	}

	static void sign() {
		try {
			Signature signature = Signature.getInstance("SHA256withRSA", jpki);
			signature.initSign((PrivateKey) card.getKey("JPKI-AUTH", null));
			signature.update(new byte[3]);
			System.out.println(signature.sign().length);
		} catch (Exception e) {
			System.out.println("no");
		}
	}

	public static void main(String[] args) throws Exception {
		jpki = Security.getProvider("SunPKCS11").configure("jpki.cfg");
		load();
		sign();
		System.in.read();
		sign();
		System.in.read();
		// Java looks for cards every few seconds.
		int turns = 10 * Integer.parseInt(System.getenv("PATIENCE"));
		while (turns-- > 0 && jpki.getService("KeyStore", "PKCS11") == null)
			Thread.sleep(100);
		load();
		sign();
	}
}
END
lines_said() { [ "$(wc -l <stay.log)" -ge "$1" ]; }
said_lines() { soon lines_said "$1"; }
stays() {
	local java before
	before=$(verifies auth)
	token auth
	mkfifo to
	: >stay.log
	java Stay.java <to >stay.log 2>&1 &
	java=$!
	p11_started+=("$java")
	exec 5>to
	said_lines 1 && card_out
	printf x >&5
	said_lines 2 && card_in
	printf x >&5
	exec 5>&-
	wait "$java"
	same '256 no 256' "$(paste -sd ' ' stay.log)"
	same 2 $(($(verifies auth) - before))
}
tap "a program that loads the key store again goes on after the card was pulled" stays

# What can cost tries.
token auth
pins_cost list 0000 abcd 1 0
pins_cost sign 0000 12345 1 0
tap "get: a wrong PIN costs one try" costs 1 0 handshake visit 0000 get
fresh_tries
tap "get: a PIN that cannot be right costs nothing" costs 0 0 handshake visit ABC123 get
token sign
pins_cost list ZZZ999 1234 0 1
pins_cost jarsigner ZZZ999 ABC-123 0 1
tap_end
