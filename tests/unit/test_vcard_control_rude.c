/* SPDX-License-Identifier: BSD-2-Clause */
/* The remote control, its clients that misbehave, and servers that do. */
#include "linkkit.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "control.h"

#define REQUESTS	200000	/* more than any socket's buffer holds */
#define HANG_S		120

static char path[108];
static struct vlink *link_;
static struct control *control;

static int
connect_raw(void)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	assert_true(fd >= 0);
	strcpy(a.sun_path, path);
	assert_int_equal(connect(fd, (struct sockaddr *)(void *)&a,
	    sizeof(a)), 0);
	return fd;
}

/* Serve what waits. */
static void
serve(void)
{
	struct pollfd fds[CONTROL_FDS_MAX];
	size_t n = control_fds(control, fds);

	if (poll(fds, (nfds_t)n, 0) > 0)
		assert_true(control_step(control, fds, n));
}

/* The answer to one request of a client that behaves. */
static void
expect_served(void)
{
	char answer[256];
	int fd = connect_raw();
	ssize_t n;

	serve();
	assert_int_equal(send(fd, "state\n", 6, MSG_NOSIGNAL), 6);
	serve();
	n = recv(fd, answer, sizeof(answer) - 1, MSG_DONTWAIT);
	assert_true(n > 0);
	answer[n] = '\0';
	assert_non_null(strstr(answer, "\"ok\":true"));
	close(fd);
	serve();
}

/* alarm() ends the program if the server waits for the reader. */
static void
a_client_that_never_reads_holds_up_nobody(void **state)
{
	int fd = connect_raw();
	size_t i;

	(void)state;
	serve();
	for (i = 0; i < REQUESTS; i++) {
		if (send(fd, "tries\n", 6, MSG_NOSIGNAL | MSG_DONTWAIT) != 6)
			break;
		serve();
	}
	/* It was shown out, not waited for. */
	assert_true(i < REQUESTS);
	expect_served();
	close(fd);
}

static void
a_client_may_leave_at_any_time(void **state)
{
	static const char *const said[] = { "", "st", "state\n" };

	(void)state;
	for (size_t i = 0; i < COUNT(said); i++) {
		int fd = connect_raw();

		serve();
		(void)!send(fd, said[i], strlen(said[i]), MSG_NOSIGNAL);
		close(fd);
		serve();
		serve();
		expect_served();
	}
}

/* However many come and say nothing. */
static void
a_client_that_waits_keeps_its_place(void **state)
{
	int waiting = connect_raw(), idle[3 * CONTROL_CLIENTS_MAX];
	char answer[256] = "";

	(void)state;
	serve();
	assert_int_equal(send(waiting, "held 3600\n", 10, MSG_NOSIGNAL), 10);
	serve();
	for (size_t i = 0; i < COUNT(idle); i++) {
		idle[i] = connect_raw();
		serve();
	}
	assert_int_equal(recv(waiting, answer, sizeof(answer), MSG_DONTWAIT),
	    -1);
	assert_int_equal(errno, EAGAIN);
	for (size_t i = 0; i < COUNT(idle); i++)
		close(idle[i]);
	close(waiting);
	serve();
	serve();
	expect_served();
}

static void
a_request_may_come_in_pieces(void **state)
{
	static const char request[] = "card 1 tries auth\n";
	char answer[256] = "";
	int fd = connect_raw();
	ssize_t n;

	(void)state;
	serve();
	for (const char *p = request; *p != '\0'; p++) {
		assert_int_equal(send(fd, p, 1, MSG_NOSIGNAL), 1);
		serve();
	}
	n = recv(fd, answer, sizeof(answer) - 1, MSG_DONTWAIT);
	assert_true(n > 0);
	assert_non_null(strstr(answer, "\"auth\":3"));
	close(fd);
	serve();
}

/* A line break within a word would make two requests of one. */
static void
words_hold_no_line_breaks(void **state)
{
	static char breaks[2][16] = { "state\nquit", "state\rquit" };
	char error[VCARD_ERROR_MAX];

	(void)state;
	for (size_t i = 0; i < COUNT(breaks); i++) {
		char *words[] = { breaks[i] };

		assert_int_equal(control_ask(path, words, 1, stderr, error),
		    -1);
	}
	expect_served();
}

/* A server that hangs up instead of answering. */
static void *
hang_up(void *arg)
{
	int fd = accept(*(int *)arg, NULL, NULL);

	close(fd);
	return NULL;
}

static void
a_server_that_hangs_up_is_told(void **state)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	char word[] = "state", error[VCARD_ERROR_MAX] = "";
	char *words[] = { word };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);
	pthread_t thread;

	(void)state;
	(void)snprintf(a.sun_path, sizeof(a.sun_path), "%.100s2", path);
	assert_int_equal(bind(fd, (struct sockaddr *)(void *)&a, sizeof(a)),
	    0);
	assert_int_equal(listen(fd, 1), 0);
	assert_int_equal(pthread_create(&thread, NULL, hang_up, &fd), 0);
	assert_int_equal(control_ask(a.sun_path, words, 1, stderr, error),
	    -1);
	assert_non_null(strstr(error, "no answer from"));
	assert_int_equal(pthread_join(thread, NULL), 0);
	close(fd);
	assert_int_equal(unlink(a.sun_path), 0);
}

/* What is no socket is not taken for one that somebody left. */
static void
a_file_in_place_of_the_socket_is_left_alone(void **state)
{
	const struct control_host host = { .links_n = 0 };
	char file[108], error[VCARD_ERROR_MAX] = "";
	struct control *other = NULL;
	FILE *f;

	(void)state;
	(void)snprintf(file, sizeof(file), "%s", vkit_path("file"));
	f = fopen(file, "w");
	assert_non_null(f);
	assert_int_equal(fclose(f), 0);
	assert_int_equal(control_open(&other, file, &host, error), -1);
	assert_non_null(strstr(error, file));
	assert_int_equal(access(file, F_OK), 0);
}

static int
refuse_settling(void *user, size_t card, char error[VCARD_ERROR_MAX])
{
	(void)user;
	(void)card;
	(void)snprintf(error, VCARD_ERROR_MAX, "not seen");
	return -1;
}

/* Each word that moves a card, where the service does not see it. */
static void
a_move_that_nobody_sees_is_told(void **state)
{
	static const char *const words[] = {
		"remove", "insert", "mute on", "mute off",
	};
	const struct control_host host = { .links = &link_, .links_n = 1,
	    .settle = refuse_settling };

	(void)state;
	for (size_t i = 0; i < COUNT(words); i++) {
		char *text = NULL;
		size_t n = 0;
		FILE *out = open_memstream(&text, &n);

		assert_non_null(out);
		assert_true(control_do(&host, words[i], out));
		assert_int_equal(fclose(out), 0);
		expect_text(words[i], text,
		    "{\"ok\":false,\"error\":\"not seen\"}\n");
		free(text);
	}
}

static int
set_up(void **state)
{
	struct control_host host = { .links = &link_, .links_n = 1 };
	char error[VCARD_ERROR_MAX];

	(void)state;
	(void)alarm(HANG_S);
	link_ = linkkit_new("under15");
	(void)snprintf(path, sizeof(path), "%s", vkit_path("socket"));
	return control_open(&control, path, &host, error);
}

static int
tear_down(void **state)
{
	(void)state;
	control_close(&control);
	vlink_free(&link_);
	(void)alarm(0);
	return 0;
}

#define TEST(f)	cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_client_that_never_reads_holds_up_nobody),
		TEST(a_client_may_leave_at_any_time),
		TEST(a_client_that_waits_keeps_its_place),
		TEST(a_request_may_come_in_pieces),
		TEST(words_hold_no_line_breaks),
		TEST(a_server_that_hangs_up_is_told),
		TEST(a_file_in_place_of_the_socket_is_left_alone),
		TEST(a_move_that_nobody_sees_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, vkit_end);
}
