# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=bash disable=SC2034 # what it sets is for its users
#
# Signed documents, by jpki-tool and by what else makes them today on Debian: to
# be sourced.  Expects JPKI_BUILD and JPKI_TOOL, and in $work a folder of the
# caller's.  The PINs are the default ones of jpki-vcard.
: "${work:?a folder to work in}"

documents_tools='openssl pdfsig certutil modutil mutool qpdf'
opensc=$(find /usr/lib* /usr/local/lib* -name opensc-pkcs11.so -print -quit 2>/dev/null)

# format|signer|function|argument
list_signers() {
	cat <<-END
		cms|jpki-tool|sign_jpki|cms
		cms|openssl cms, jpki-pkcs11-sign.so|sign_openssl|ours
		cms|openssl cms, opensc-pkcs11.so|sign_openssl|opensc
		pdf|jpki-tool|sign_jpki|pdf
		pdf|pdfsig, jpki-pkcs11-sign.so|sign_pdfsig|ours
		pdf|pdfsig, opensc-pkcs11.so|sign_pdfsig|opensc
	END
}

# Whose module, and what it calls the key.
use_module() {
	case $1 in
	ours)
		module=$JPKI_BUILD/jpki-pkcs11-sign.so
		key='token=JPKI-SIGN;object=JPKI-SIGN'
		nickname=JPKI-SIGN:JPKI-SIGN
		;;
	*)
		module=$opensc
		key='token=JPKI%20%28Digital%20Signature%20PIN%29;id=%02'
		nickname='JPKI (Digital Signature PIN):Digital Signature Certificate'
		;;
	esac
}

# OpenSC's module as it serves these programs best: with the signature token
# alone, without which pdfsig does not sign, and with no second question for the
# PIN, at which a batch would stop.
configure_opensc() {
	cat >"$work/opensc.conf" <<-END
		app default {
			framework pkcs15 { pin_cache_ignore_user_consent = true; }
		}
		app opensc-pkcs11 {
			pkcs11 { create_slots_for_pins = "sign"; }
		}
	END
	export OPENSC_CONF=$work/opensc.conf
}

nss_folder() {
	use_module "$1"
	mkdir "$work/nss-$1" &&
		certutil -N -d "sql:$work/nss-$1" --empty-password &&
		modutil -dbdir "sql:$work/nss-$1" -add JPKI -libfile "$module" -force
}

# So many documents of each format, and what signing and checking them takes.
# A person's own settings are no part of it.
prepare_documents() {
	local i
	documents=$1
	unset JPKI_PKCS11 PKCS11_MODULE_PATH OPENSSL_CONF
	export HOME=$work
	configure_opensc
	(umask 077 && printf ABC123 >"$work/pin")
	"$JPKI_TOOL" cert sign --pem --pin-file "$work/pin" -o "$work/sign.pem" &&
		"$JPKI_TOOL" cert sign-ca --pem -o "$work/ca.pem" &&
		nss_folder ours && nss_folder opensc || return
	for i in $(seq "$documents"); do
		echo "Letter $i" >"$work/$i.cms"
		printf '%%%%MediaBox 0 0 595 842\n%%%%Font F Helvetica\n%s\n' \
			"BT /F 20 Tf 50 700 Td (Letter $i) Tj ET" >"$work/page"
		mutool create -o "$work/$i.pdf" "$work/page" || return
	done
}

# READ BINARYs that a certificate of the card needs at least.
chunks() { echo $((($(openssl x509 -in "$1" -outform DER | wc -c) + 255) / 256)); }

# At most for a batch of jpki-tool: SELECT application, and a file and READs for
# each certificate; file, retry query and VERIFY of the PIN; key, signatures, logout.
documents_budget() {
	echo $((6 + 1 + $(chunks "$work/sign.pem") + 1 + $(chunks "$work/ca.pem") + $1))
}

# All documents of one format, each to a file with .signed behind its name.  What
# runs the programs is in `under', if anything; CMS is detached if that is set.
under=() detached=''

sign_jpki() {
	local options=()
	[ "$1$detached" != cmsdetached ] || options=(--detached)
	(cd "$work" && "${under[@]}" "$JPKI_TOOL" sign -k sign --yes --pin-file pin \
		--format "$1" "${options[@]}" --suffix .signed ./*."$1")
}

sign_openssl() {
	local options=(-nodetach) i
	[ -z "$detached" ] || options=()
	use_module "$1"
	export PKCS11_MODULE_PATH=$module
	for i in $(seq "$documents"); do
		"${under[@]}" openssl cms -sign -engine pkcs11 -keyform engine \
			-inkey "pkcs11:$key;type=private;pin-source=file:$work/pin" \
			-signer "$work/sign.pem" -certfile "$work/ca.pem" -cades -md sha256 \
			-binary "${options[@]}" -outform DER -in "$work/$i.cms" \
			-out "$work/$i.cms.signed" || return
	done
}

sign_pdfsig() {
	local i
	use_module "$1"
	for i in $(seq "$documents"); do
		"${under[@]}" pdfsig -nssdir "sql:$work/nss-$1" -nss-pwd ABC123 \
			-nick "$nickname" -add-signature "$work/$i.pdf" \
			"$work/$i.pdf.signed" || return
	done
}

# How many signed documents others hold for good: of CMS openssl, of PDF pdfsig.

valid_documents() {
	local i n=0
	for i in $(seq "$documents"); do
		! "valid_$1" "$work/$i.$1" "$work/$i.$1.signed" || n=$((n + 1))
	done
	echo "$n"
}

valid_cms() {
	local options=()
	[ -z "$detached" ] || options=(-content "$1")
	openssl cms -verify -cades -binary -inform DER -in "$2" -CAfile "$work/ca.pem" \
		-purpose any -out "$work/content" "${options[@]}" 2>/dev/null &&
		cmp -s "$1" "$work/content"
}

valid_pdf() {
	pdfsig -nssdir "sql:$work/nss-ours" -nocert "$2" >"$work/said" 2>&1
	grep -q 'Signature is Valid' "$work/said" &&
		grep -q 'Total document signed' "$work/said"
}
