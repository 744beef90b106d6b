/* SPDX-License-Identifier: BSD-2-Clause */
#include "tsakit.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <openssl/cms.h>
#include <openssl/pem.h>
#include <openssl/ts.h>

#include "cms_open.h"
#include "unit.h"

#define REQUEST_MAX	4096
#define ANSWER_TYPE	"application/timestamp-reply"

struct tsakit {
	enum tsakit_fault	 fault;
	X509			*cert;
	int			 fd;
	char			 url[64];
	char			 folder[32];	/* of the program's files */
	pthread_t		 thread;
};

/* What makes one token differ from another. */
struct token {
	TS_MSG_IMPRINT		*imprint;
	const ASN1_INTEGER	*nonce;		/* or NULL */
	int64_t			 when;
	unsigned		 flags;		/* CMS_... */
};

static const char *const subject[] = {
	"C", "JP", "O", "Clocks", "CN", "Time Service", NULL
};
static const struct fixture_ext right_exts[] = {
	{ "keyUsage", "critical,digitalSignature" },
	{ "extendedKeyUsage", "critical,timeStamping" },
	{ "authorityKeyIdentifier", "keyid:always" },
	{ "subjectKeyIdentifier", "hash" },
	{ NULL, NULL }
};

static X509 *
cert_new(const struct fixture_ext *exts, bool wide)
{
	struct fixture leaf = fixture_sign;

	leaf.not_after = fixture_ca.not_after;
	leaf.subject = subject;
	leaf.serial = "071E0001";
	leaf.key = FIXTURE_P384;
	leaf.others = NULL;
	leaf.exts = exts != NULL ? exts : right_exts;
	if (wide) {
		leaf.not_before = "20200101000000Z";
		leaf.not_after = "99991231235959Z";
	}
	return dockit_cert(&leaf);
}

static TS_TST_INFO *
info_new(const struct token *token)
{
	TS_TST_INFO *info = TS_TST_INFO_new();
	ASN1_OBJECT *policy = OBJ_txt2obj("1.2.3.4.1", 1);
	ASN1_INTEGER *serial = ASN1_INTEGER_new();
	ASN1_GENERALIZEDTIME *time = ASN1_GENERALIZEDTIME_set(NULL,
	    (time_t)token->when);

	assert_int_equal(ASN1_INTEGER_set(serial, 1), 1);
	assert_true(TS_TST_INFO_set_version(info, 1) == 1 &&
	    TS_TST_INFO_set_policy_id(info, policy) == 1 &&
	    TS_TST_INFO_set_msg_imprint(info, token->imprint) == 1 &&
	    TS_TST_INFO_set_serial(info, serial) == 1 &&
	    TS_TST_INFO_set_time(info, time) == 1);
	if (token->nonce != NULL)
		assert_int_equal(TS_TST_INFO_set_nonce(info, token->nonce), 1);
	ASN1_OBJECT_free(policy);
	ASN1_INTEGER_free(serial);
	ASN1_GENERALIZEDTIME_free(time);
	return info;
}

/* Signed by hand: OpenSSL's own service would refuse what is wrong. */
static CMS_ContentInfo *
sign_info(X509 *cert, TS_TST_INFO *info, unsigned flags)
{
	BIO *content = BIO_new(BIO_s_mem());
	EVP_MD *md = EVP_MD_fetch(fixture_crypto(), "SHA256", NULL);
	CMS_ContentInfo *cms = CMS_sign_ex(NULL, NULL, NULL, NULL,
	    CMS_PARTIAL | CMS_BINARY, fixture_crypto(), NULL);

	assert_int_equal(i2d_TS_TST_INFO_bio(content, info), 1);
	assert_int_equal(CMS_set1_eContentType(cms,
	    OBJ_nid2obj(NID_id_smime_ct_TSTInfo)), 1);
	assert_non_null(CMS_add1_signer(cms, cert, fixture_key(FIXTURE_P384),
	    md, flags | CMS_NOSMIMECAP));
	assert_int_equal(CMS_final(cms, content, NULL, CMS_BINARY), 1);
	BIO_free(content);
	EVP_MD_free(md);
	return cms;
}

static struct jpki_buf
token_make(X509 *cert, const struct token *token, bool bent)
{
	TS_TST_INFO *info = info_new(token);
	CMS_ContentInfo *cms = sign_info(cert, info, token->flags);
	struct jpki_buf der = { NULL, 0 };

	if (bent)
		assert_int_equal(ASN1_STRING_set(CMS_SignerInfo_get0_signature(
		    sk_CMS_SignerInfo_value(CMS_get0_SignerInfos(cms), 0)),
		    "bent", 4), 1);
	assert_int_equal(cms_der(cms, &der, NULL), DOC_OK);
	CMS_ContentInfo_free(cms);
	TS_TST_INFO_free(info);
	return der;
}

static TS_MSG_IMPRINT *
imprint_new(const void *bytes, size_t n)
{
	TS_MSG_IMPRINT *imprint = TS_MSG_IMPRINT_new();
	X509_ALGOR *algorithm = X509_ALGOR_new();
	unsigned char md[EVP_MAX_MD_SIZE];
	size_t md_n;

	assert_int_equal(EVP_Q_digest(fixture_crypto(), "SHA256", NULL, bytes,
	    n, md, &md_n), 1);
	X509_ALGOR_set0(algorithm, OBJ_nid2obj(NID_sha256), V_ASN1_NULL, NULL);
	assert_true(TS_MSG_IMPRINT_set_algo(imprint, algorithm) == 1 &&
	    TS_MSG_IMPRINT_set_msg(imprint, md, (int)md_n) == 1);
	X509_ALGOR_free(algorithm);
	return imprint;
}

struct jpki_buf
tsakit_token(const struct fixture_ext *exts, const void *bytes, size_t n,
    int64_t when)
{
	X509 *cert = cert_new(exts, false);
	struct token token = { imprint_new(bytes, n), NULL, when, CMS_CADES };
	struct jpki_buf der = token_make(cert, &token, false);

	TS_MSG_IMPRINT_free(token.imprint);
	X509_free(cert);
	return der;
}

/* The token that such a service gives, in an answer that says so. */
static struct jpki_buf
grant(const struct tsakit *tsa, TS_REQ *request)
{
	struct token token = { TS_REQ_get_msg_imprint(request),
	    TS_REQ_get_nonce(request), DOCKIT_NOW - 10, CMS_CADES };
	ASN1_INTEGER *other = ASN1_INTEGER_new();
	TS_MSG_IMPRINT *imprint = imprint_new("other", 5);
	struct jpki_buf der;

	assert_int_equal(ASN1_INTEGER_set(other, 4711), 1);
	if (tsa->fault == TSAKIT_OTHER_NONCE)
		token.nonce = other;
	if (tsa->fault == TSAKIT_NO_NONCE)
		token.nonce = NULL;
	if (tsa->fault == TSAKIT_OTHER_IMPRINT)
		token.imprint = imprint;
	if (tsa->fault == TSAKIT_NO_CERT)
		token.flags |= CMS_NOCERTS;
	der = token_make(tsa->cert, &token,
	    tsa->fault == TSAKIT_OTHER_SIGNATURE);
	ASN1_INTEGER_free(other);
	TS_MSG_IMPRINT_free(imprint);
	return der;
}

/* Status 2, rejection, and words that do more to a terminal than is nice. */
static TS_STATUS_INFO *
refusal(void)
{
	static const unsigned char der[] = "\x30\x11\x02\x01\x02\x30\x0C"
	    "\x0C\x0A" "closed\033[2J";
	const unsigned char *p = der;

	return d2i_TS_STATUS_INFO(NULL, &p, sizeof(der) - 1);
}

static struct jpki_buf
answer_make(const struct tsakit *tsa, TS_REQ *request)
{
	bool refused = tsa->fault == TSAKIT_REFUSES;
	struct jpki_buf token = grant(tsa, request), out = { NULL, 0 };
	const unsigned char *p = token.p;
	TS_STATUS_INFO *status = refused ? refusal() : TS_STATUS_INFO_new();
	TS_RESP *answer = TS_RESP_new();
	unsigned char *der = NULL;
	PKCS7 *pkcs7 = d2i_PKCS7(NULL, &p, (long)token.n);
	int n;

	assert_true(pkcs7 != NULL && status != NULL &&
	    (refused || TS_STATUS_INFO_set_status(status, 0) == 1) &&
	    TS_RESP_set_status_info(answer, status) == 1);
	if (refused)
		PKCS7_free(pkcs7);
	else
		TS_RESP_set_tst_info(answer, pkcs7, NULL);
	n = i2d_TS_RESP(answer, &der);
	assert_true(n > 0);
	assert_int_equal(doc_buf_copy(der, (size_t)n, &out, NULL), DOC_OK);
	OPENSSL_free(der);
	TS_RESP_free(answer);
	TS_STATUS_INFO_free(status);
	jpki_buf_free(&token);
	return out;
}

static FILE *
open_file(const struct tsakit *tsa, const char *name, const char *mode)
{
	char path[64];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", tsa->folder, name);
	file = fopen(path, mode);
	assert_non_null(file);
	return file;
}

static const char settings[] =
    "[tsa_config]\ndefault_policy = 1.2.3.4.1\ndigests = sha256,sha384,"
    "sha512\nsigner_digest = sha256\ness_cert_id_alg = sha256\n"
    "serial = serial\nordering = no\ntsa_name = no\n";

static struct jpki_buf
answer_by_program(const struct tsakit *tsa, const void *request, size_t n)
{
	static uint8_t room[1 << 14];
	struct jpki_buf out = { NULL, 0 };
	char command[320];
	FILE *file = open_file(tsa, "query", "wb");

	assert_int_equal(fwrite(request, 1, n, file), n);
	fclose(file);
	snprintf(command, sizeof(command), "cd %s && openssl ts -reply "
	    "-config conf -section tsa_config -queryfile query -signer "
	    "cert.pem -inkey key.pem -chain cert.pem -out reply 2>log",
	    tsa->folder);
	assert_int_equal(system(command), 0);
	file = open_file(tsa, "reply", "rb");
	n = fread(room, 1, sizeof(room), file);
	fclose(file);
	assert_int_equal(doc_buf_copy(room, n, &out, NULL), DOC_OK);
	return out;
}

static struct jpki_buf
answer_to(const struct tsakit *tsa, const void *bytes, size_t n)
{
	const unsigned char *p = bytes;
	struct jpki_buf out = { NULL, 0 };
	TS_REQ *request;

	if (tsa->fault == TSAKIT_OPENSSL)
		return answer_by_program(tsa, bytes, n);
	if (tsa->fault == TSAKIT_EMPTY)
		return out;
	request = d2i_TS_REQ(NULL, &p, (long)n);
	assert_non_null(request);
	assert_int_equal(TS_REQ_get_cert_req(request), 1);
	out = answer_make(tsa, request);
	TS_REQ_free(request);
	if (tsa->fault == TSAKIT_GARBAGE)
		memset(out.p, 0x55, out.n);
	return out;
}

/* Reads a request; where its body is, and how long. */
static size_t
read_request(const struct tsakit *tsa, int fd, char room[REQUEST_MAX + 1],
    const char **body)
{
	const char *line = tsa->fault != TSAKIT_PROXY ?
	    "POST /stamp?a=b HTTP/1." :
	    "POST http://tsa.invalid:80/stamp?a=b HTTP/1.";
	size_t have = 0, wanted = REQUEST_MAX;

	while (have < wanted) {
		ssize_t n = read(fd, room + have, REQUEST_MAX - have);
		const char *length;

		if (n <= 0)
			return 0;
		have += (size_t)n;
		room[have] = '\0';
		*body = strstr(room, "\r\n\r\n");
		length = strstr(room, "Content-Length: ");
		if (*body == NULL || length == NULL)
			continue;
		*body += 4;
		wanted = (size_t)(*body - room) + strtoul(length + 16, NULL,
		    10);
	}
	assert_memory_equal(room, line, strlen(line));
	assert_non_null(strstr(room, "application/timestamp-query"));
	return have - (size_t)(*body - room);
}

static void
write_all(int fd, const void *bytes, size_t n)
{
	const char *p = bytes;

	while (n > 0) {
		ssize_t done = send(fd, p, n, MSG_NOSIGNAL);

		if (done <= 0)
			return;
		p += done;
		n -= (size_t)done;
	}
}

static void
answer(const struct tsakit *tsa, int fd)
{
	char room[REQUEST_MAX + 1], head[256];
	const char *body;
	size_t n = read_request(tsa, fd, room, &body), said;
	struct jpki_buf bytes;

	if (n == 0 || tsa->fault == TSAKIT_SILENT)
		return;
	bytes = answer_to(tsa, body, n);
	said = tsa->fault == TSAKIT_HUGE ? (size_t)1 << 30 : bytes.n;
	snprintf(head, sizeof(head), "HTTP/1.0 %s\r\nContent-Type: %s\r\n"
	    "Location: %s\r\nContent-Length: %zu\r\n\r\n",
	    tsa->fault == TSAKIT_HTTP_ERROR ? "500 Sorry\033[2J" :
	    tsa->fault == TSAKIT_REDIRECTS ? "302 Found" : "200 OK",
	    tsa->fault == TSAKIT_OTHER_TYPE ? "text/html" : ANSWER_TYPE,
	    tsa->url, said);
	write_all(fd, head, strlen(head));
	write_all(fd, bytes.p, tsa->fault == TSAKIT_CUT ? bytes.n / 2 :
	    bytes.n);
	jpki_buf_free(&bytes);
}

static void *
serve(void *arg)
{
	const struct tsakit *tsa = arg;
	int fd = accept(tsa->fd, NULL, NULL);

	if (fd >= 0) {
		answer(tsa, fd);
		close(fd);
	}
	return NULL;
}

static void
files_make(struct tsakit *tsa)
{
	FILE *file;

	strcpy(tsa->folder, "/tmp/tsakit.XXXXXX");
	assert_non_null(mkdtemp(tsa->folder));
	file = open_file(tsa, "conf", "w");
	assert_true(fputs(settings, file) >= 0);
	fclose(file);
	file = open_file(tsa, "cert.pem", "w");
	assert_int_equal(PEM_write_X509(file, tsa->cert), 1);
	fclose(file);
	file = open_file(tsa, "key.pem", "w");
	assert_int_equal(PEM_write_PrivateKey(file, fixture_key(FIXTURE_P384),
	    NULL, NULL, 0, NULL, NULL), 1);
	fclose(file);
}

static void
files_remove(const struct tsakit *tsa)
{
	static const char *const names[] = { "conf", "cert.pem", "key.pem",
	    "query", "reply", "serial", "log" };
	char path[64];

	for (size_t i = 0; i < COUNT(names); i++) {
		snprintf(path, sizeof(path), "%s/%s", tsa->folder, names[i]);
		(void)unlink(path);
	}
	(void)rmdir(tsa->folder);
}

static void
listen_local(struct tsakit *tsa)
{
	struct sockaddr_in at = { .sin_family = AF_INET,
	    .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t n = sizeof(at);

	tsa->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(tsa->fd, (struct sockaddr *)&at, n), 0);
	assert_int_equal(listen(tsa->fd, 1), 0);
	assert_int_equal(getsockname(tsa->fd, (struct sockaddr *)&at, &n), 0);
	snprintf(tsa->url, sizeof(tsa->url), "http://127.0.0.1:%u/stamp?a=b",
	    ntohs(at.sin_port));
}

struct tsakit *
tsakit_new(enum tsakit_fault fault, const struct fixture_ext *exts)
{
	struct tsakit *tsa = calloc(1, sizeof(*tsa));

	assert_non_null(tsa);
	tsa->fault = fault;
	tsa->cert = cert_new(exts, fault == TSAKIT_OPENSSL);
	if (fault == TSAKIT_OPENSSL)
		files_make(tsa);
	listen_local(tsa);
	assert_int_equal(pthread_create(&tsa->thread, NULL, serve, tsa), 0);
	return tsa;
}

const char *
tsakit_url(const struct tsakit *tsa)
{
	return tsa->url;
}

void
tsakit_free(struct tsakit *tsa)
{
	/* It may still wait for somebody. */
	(void)shutdown(tsa->fd, SHUT_RDWR);
	assert_int_equal(pthread_join(tsa->thread, NULL), 0);
	close(tsa->fd);
	if (tsa->folder[0] != '\0')
		files_remove(tsa);
	X509_free(tsa->cert);
	free(tsa);
}
