# SPDX-License-Identifier: BSD-2-Clause

# For Homebrew on Linux; on macOS it does not build, see ../README.md.
class Jpki < Formula
  desc "Japan's My Number Card for programs, browsers and the command line"
  # The service's; this software has no page of its own.
  homepage "https://www.jpki.go.jp/"
  # Made by make dist, beside this file.
  url "file://#{__dir__}/jpki-0.1.0.tar.gz"
  license "BSD-2-Clause"

  depends_on "gettext" => :build
  depends_on "pkgconf" => :build
  depends_on "libassuan"
  depends_on "libgpg-error"
  depends_on "libxml2"
  depends_on "libxmlsec1"
  depends_on "libxslt"
  depends_on :linux
  depends_on "openssl@3"
  depends_on "p11-kit"
  depends_on "pcsc-lite"
  depends_on "qpdf"

  def install
    # p11-kit's own folders belong to p11-kit.
    system "./configure", *std_configure_args,
           "--with-p11-module-dir=#{lib}/pkcs11",
           "--with-p11-config-dir=#{share}/p11-kit/modules"
    system "make"
    system "make", "install"
  end

  test do
    system bin/"jpki-vcard", "create", "card"
    assert_match version.to_s, shell_output("#{bin}/jpki-tool --version")
  end
end
