#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
#
# XML documents signed by libxmlsec1 with NSS, verified by xmlsec1 with OpenSSL.
p11_world=()
# shellcheck source=tests/clients/lib.sh
. "${JPKI_SRC:?}/tests/clients/lib.sh"
PATH=$JPKI_BUILD/tests/clients:$PATH
for tool in xmlsec1 xmlsec_nss modutil; do
	tap_tool "$tool"
done

tap "jpki-tool reads the certificates" public_keys
"$JPKI_TOOL" cert sign-ca --pem -o sign-ca.pem

dsig=http://www.w3.org/2000/09/xmldsig#
inclusive=http://www.w3.org/TR/2001/REC-xml-c14n-20010315
exclusive=http://www.w3.org/2001/10/xml-exc-c14n#

# document enveloped|detached C14N: a tax return with the template of a
# signature, over all of it or over the contents alone.
document() {
	local uri='' transform="<Transform Algorithm=\"${dsig}enveloped-signature\"/>"
	[ "$1" = enveloped ] || uri='#CONTENTS' transform=''
	cat <<-END
		<?xml version="1.0" encoding="UTF-8"?>
		<DATA id="DATA" xmlns="urn:example:return" xmlns:gen="urn:example:general">
		  <RETURN id="RETURN" VR="1.0">
		    <CATALOG><gen:FORM>A-1</gen:FORM></CATALOG>
		    <CONTENTS id="CONTENTS">
		      <NAME>架空　花子</NAME>
		      <gen:YEAR era="5">8</gen:YEAR>
		      <INCOME unit="円">1234567</INCOME>
		    </CONTENTS>
		  </RETURN>
		  <Signature xmlns="$dsig">
		    <SignedInfo>
		      <CanonicalizationMethod Algorithm="$2"/>
		      <SignatureMethod Algorithm="http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"/>
		      <Reference URI="$uri">
		        <Transforms>$transform<Transform Algorithm="$2"/></Transforms>
		        <DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"/>
		        <DigestValue/>
		      </Reference>
		    </SignedInfo>
		    <SignatureValue/>
		    <KeyInfo><X509Data/></KeyInfo>
		  </Signature>
		</DATA>
	END
}

database() {
	rm -rf nss
	silently follow database
}

# signs enveloped|detached C14N: after one question; it verifies, and no longer
# when the contents change.
signs() {
	database
	document "$1" "$2" >document.xml
	PIN=$sign_pin follow sign 2>said || cat said
	asked 1 "$(grep -c '^asks' said)"
	export ID=urn:example:return:CONTENTS
	silently follow verify
	[ "$(certificate signed.xml)" = "$(certificate_text sign.pem)" ] ||
		echo "the signer's certificate is not in it"
	if [ "$1" = enveloped ]; then
		accepted signed.xml
	else
		accepted --id CONTENTS signed.xml
	fi
	sed -i 's/1234567/1234568/' signed.xml
	! follow verify >said 2>&1 || echo "it verifies with other contents"
}
certificate() {
	tr -d '\n' <"$1" | sed 's/.*<X509Certificate>//; s/<.*//'
}
certificate_text() { openssl x509 -in "$1" | sed '/CERTIFICATE/d' | tr -d '\n'; }

operation "enveloped, inclusive C14N" 0 1 signs enveloped "$inclusive"
operation "enveloped, exclusive C14N" 0 1 signs enveloped "$exclusive"
operation "detached by Id, inclusive C14N" 0 1 signs detached "$inclusive"
operation "detached by Id, exclusive C14N" 0 1 signs detached "$exclusive"

database
with() { PIN=$1 follow sign; }
tap "a wrong password costs one try" costs 0 1 with ZZZ999
tap "one that cannot be right costs nothing" costs 0 0 with 1234
tap_end
