# SPDX-License-Identifier: BSD-2-Clause
#
# For callPackage.  p11-kit of Nix looks below /etc for modules: link
# share/p11-kit/modules/jpki.module, in which the module has its path, to
# /etc/pkcs11/modules.
{
  lib,
  stdenv,
  autoconf,
  cmocka,
  gettext,
  libassuan,
  libgpg-error,
  libxml2,
  libxslt,
  mupdf-headless,
  nss,
  openssh,
  openssl,
  p11-kit,
  pcsclite,
  pkg-config,
  poppler-utils,
  qpdf,
  xmlsec,
}:

stdenv.mkDerivation {
  pname = "jpki";
  version = "0.1.0";

  src = lib.cleanSource ../..;

  nativeBuildInputs = [
    autoconf
    gettext
    pkg-config
  ];

  buildInputs = [
    libassuan
    libgpg-error
    libxml2
    libxslt
    openssl
    p11-kit
    pcsclite
    qpdf
    xmlsec
  ];

  nativeCheckInputs = [
    cmocka
    mupdf-headless
    nss
    openssh
    openssl
    poppler-utils
    qpdf
    xmlsec
  ];

  preConfigure = ''
    patchShebangs autogen.sh scripts
    ./autogen.sh
    configureFlagsArray+=(
      "--with-p11-module-dir=$out/lib/pkcs11"
      "--with-p11-config-dir=$out/share/p11-kit/modules"
    )
  '';

  enableParallelBuilding = true;

  doCheck = true;
  checkTarget = "check-unit";
  checkFlags = [ "DEPS=no" ];

  meta = {
    description = "Japan's My Number Card for programs, browsers and the command line";
    license = lib.licenses.bsd2;
    mainProgram = "jpki-tool";
    platforms = lib.platforms.linux;
  };
}
