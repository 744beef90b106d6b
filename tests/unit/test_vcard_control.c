/* SPDX-License-Identifier: BSD-2-Clause */
/* The remote control of a virtual card: its words, and its socket. */
#include "linkkit.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "control.h"

/*
 * The words of the remote control.
 */
static const struct words {
	const char	*line;
	const char	*answer;
} dialogue[] = {
	{ "state", "{\"ok\":true,\"present\":true,\"powered\":true,\"mute\":false,\"events\":1}\n" },
	{ "tries auth", "{\"ok\":true,\"tries\":{\"auth\":3}}\n" },
	{ "tries auth 1", "{\"ok\":true,\"tries\":{\"auth\":1}}\n" },
	{ "tries  auth  3 ", "{\"ok\":true,\"tries\":{\"auth\":3}}\n" },
	{ "tries auth 4", "{\"ok\":false,\"error\":\"the tries cannot be set to \\\"4\\\"\"}\n" },
	{ "tries auth x", "{\"ok\":false,\"error\":\"the tries cannot be set to \\\"x\\\"\"}\n" },
	{ "tries nobody", "{\"ok\":false,\"error\":\"this card has no PIN \\\"nobody\\\"\"}\n" },
	{ "remove", "{\"ok\":true}\n" },
	{ "card 1 insert", "{\"ok\":true}\n" },
	{ "state", "{\"ok\":true,\"present\":true,\"powered\":false,\"mute\":false,\"events\":3}\n" },
	{ "power", "{\"ok\":true}\n" },
	{ "mute on", "{\"ok\":true}\n" },
	{ "state", "{\"ok\":true,\"present\":true,\"powered\":false,\"mute\":true,\"events\":5}\n" },
	{ "mute off", "{\"ok\":true}\n" },
	{ "power", "{\"ok\":true}\n" },
	{ "reset", "{\"ok\":true}\n" },
	{ "state", "{\"ok\":true,\"present\":true,\"powered\":true,\"mute\":false,\"events\":7}\n" },
	{ "fault sw=6F00", "{\"ok\":true}\n" },
	{ "faults clear", "{\"ok\":true}\n" },
	{ "fault hold", "{\"ok\":true}\n" },
	{ "held 0", "{\"ok\":false,\"error\":\"nothing is held\"}\n" },
	{ "held x", "{\"ok\":false,\"error\":\"held takes seconds, at most 3600\"}\n" },
	{ "resume", "{\"ok\":false,\"error\":\"nothing is held\"}\n" },
	{ "tries auth 1", "{\"ok\":true,\"tries\":{\"auth\":1}}\n" },
	{ "pins nothing", "{\"ok\":false,\"error\":\"pins, or pins clear\"}\n" },
	{ "pins clear", "{\"ok\":true}\n" },
	{ "remove", "{\"ok\":true}\n" },
	{ "renew", "{\"ok\":true}\n" },
	{ "power", "{\"ok\":true}\n" },
	{ "state", "{\"ok\":true,\"present\":true,\"powered\":true,\"mute\":false,\"events\":9}\n" },
	{ "mute on", "{\"ok\":true}\n" },
	{ "renew", "{\"ok\":true}\n" },
	{ "state", "{\"ok\":true,\"present\":true,\"powered\":false,\"mute\":false,\"events\":13}\n" },
	{ "tries auth", "{\"ok\":true,\"tries\":{\"auth\":3}}\n" },
	{ "counters", "{\"ok\":true,\"commands\":0,\"bytes_up\":0,\"bytes_down\":0,\"ins\":{}}\n" },
	{ "counters clear", "{\"ok\":true}\n" },
	{ "fault", "{\"ok\":false,\"error\":\"usage: fault SPEC\"}\n" },
	{ "mute", "{\"ok\":false,\"error\":\"usage: mute on|off\"}\n" },
	{ "card 2 state", "{\"ok\":false,\"error\":\"there is no card \\\"2\\\", but 1 card(s)\"}\n" },
	{ "card 0 state", "{\"ok\":false,\"error\":\"there is no card \\\"0\\\", but 1 card(s)\"}\n" },
	{ "", "{\"ok\":false,\"error\":\"no such command; \\\"jpki-vcard control --help\\\" lists them\"}\n" },
	{ "explode", "{\"ok\":false,\"error\":\"no such command; \\\"jpki-vcard control --help\\\" lists them\"}\n" },
	{ "a b c d e f g h i j k", "{\"ok\":false,\"error\":\"too many words\"}\n" },
	{ "pcscd stop", "{\"ok\":false,\"error\":\"no pcscd belongs to this card; \\\"run\\\" has one\"}\n" },
};

static bool
say(const struct control_host *host, const char *line, char **text)
{
	size_t n = 0;
	FILE *out = open_memstream(text, &n);
	bool go_on;

	assert_non_null(out);
	go_on = control_do(host, line, out);
	assert_int_equal(fclose(out), 0);
	return go_on;
}

static void
the_remote_control_answers(void **state)
{
	struct vlink *link = linkkit_new("adult");
	const struct control_host host = { .links = &link, .links_n = 1 };
	const struct control_host empty = { .links_n = 0 };
	char *text = NULL;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(dialogue); i++) {
		assert_true(say(&host, dialogue[i].line, &text));
		expect_text(dialogue[i].line, text, dialogue[i].answer);
		free(text);
	}
	assert_false(say(&host, "quit", &text));
	free(text);
	assert_true(say(&empty, "state", &text));
	expect_text("no card", text,
	    "{\"ok\":false,\"error\":\"there is no card\"}\n");
	free(text);
	vlink_free(&link);
}

static void
the_remote_control_lists_all_tries_and_counters(void **state)
{
	struct vlink *link = linkkit_new("adult");
	const struct control_host host = { .links = &link, .links_n = 1 };
	char *text = NULL;

	(void)state;
	linkkit_send(link, SELECT_AP);
	linkkit_send(link, SELECT_PIN);
	linkkit_send(link, ASK_TRIES);
	assert_true(say(&host, "tries", &text));
	assert_non_null(strstr(text, "\"auth\":3,\"sign\":5,\"input\":3"));
	free(text);
	assert_true(say(&host, "counters", &text));
	expect_text("counters", text, "{\"ok\":true,\"commands\":3,"
	    "\"bytes_up\":26,\"bytes_down\":6,\"ins\":{"
	    "\"20\":{\"commands\":1,\"bytes_up\":4,\"bytes_down\":2},"
	    "\"A4\":{\"commands\":2,\"bytes_up\":22,\"bytes_down\":4}}}\n");
	free(text);
	vlink_free(&link);
}

static void
the_remote_control_tells_what_became_of_pins(void **state)
{
	struct vlink *link = linkkit_new("adult");
	const struct control_host host = { .links = &link, .links_n = 1 };
	char *text = NULL;

	(void)state;
	linkkit_send(link, SELECT_AP);
	linkkit_send(link, SELECT_PIN);
	linkkit_send(link, VERIFY_WRONG);
	assert_true(say(&host, "pins", &text));
	assert_non_null(strstr(text, "{\"ok\":true,\"pins\":{\"auth\":{"
	    "\"verify\":1,\"wrong\":1,\"change\":0,\"changed\":0,"
	    "\"tries\":2,\"value\":\"1234\"},\"sign\":{"));
	assert_non_null(strstr(text, "},\"astray\":0}\n"));
	free(text);
	vlink_free(&link);
}

/*
 * What only "run" can do.
 */
static char verbs[64];

static int
note_verb(void *user, const char *verb, char error[VCARD_ERROR_MAX])
{
	assert_ptr_equal(user, verbs);
	strcat(verbs, verb);
	strcat(verbs, " ");
	if (strcmp(verb, "stop") == 0)
		return 0;
	snprintf(error, VCARD_ERROR_MAX, "no %s today", verb);
	return -1;
}

static int
note_move(void *user, size_t card, char error[VCARD_ERROR_MAX])
{
	(void)error;
	assert_ptr_equal(user, verbs);
	strcat(verbs, card == 0 ? "first " : "second ");
	return 0;
}

static void
moves_and_the_service_go_through_the_host(void **state)
{
	struct vlink *links[2] = { linkkit_new("adult"),
	    linkkit_new("under15") };
	const struct control_host host = { .links = links, .links_n = 2,
	    .service = note_verb, .settle = note_move, .user = verbs };
	char *text = NULL;

	(void)state;
	assert_true(say(&host, "pcscd stop", &text));
	expect_text("stop", text, "{\"ok\":true}\n");
	free(text);
	assert_true(say(&host, "pcscd start", &text));
	expect_text("start", text,
	    "{\"ok\":false,\"error\":\"no start today\"}\n");
	free(text);
	assert_true(say(&host, "card 2 remove", &text));
	free(text);
	assert_true(say(&host, "insert", &text));
	free(text);
	expect_text("calls", verbs, "stop start second first ");
	assert_true(vlink_present(links[0]));
	assert_false(vlink_present(links[1]));
	vlink_free(&links[0]);
	vlink_free(&links[1]);
}

/*
 * The socket.
 */
struct server {
	struct control	*control;
	struct vlink	*link;
	pthread_t	 thread;
};

static void *
serve(void *arg)
{
	struct server *s = arg;
	struct pollfd fds[CONTROL_FDS_MAX];
	size_t n;

	do {
		n = control_fds(s->control, fds);
		poll(fds, (nfds_t)n, -1);
	} while (control_step(s->control, fds, n));
	return NULL;
}

static void
start(struct server *s, const char *path)
{
	struct control_host host = { .links = &s->link, .links_n = 1 };
	char error[VCARD_ERROR_MAX] = "";

	s->link = linkkit_new("adult");
	if (control_open(&s->control, path, &host, error) != 0)
		fail_msg("%s", error);
	assert_int_equal(pthread_create(&s->thread, NULL, serve, s), 0);
}

/* Ask, and free nothing: the answer is kept until the next. */
static int
ask(const char *path, const char *words, char answer[256])
{
	char copy[1024], *list[32], *rest = NULL, *word, *text = NULL;
	char error[VCARD_ERROR_MAX] = "";
	size_t n = 0, got = 0;
	FILE *out = open_memstream(&text, &got);
	int rc;

	assert_non_null(out);
	snprintf(copy, sizeof(copy), "%s", words);
	for (word = strtok_r(copy, " ", &rest); word != NULL;
	    word = strtok_r(NULL, " ", &rest))
		list[n++] = word;
	rc = control_ask(path, list, n, out, error);
	assert_int_equal(fclose(out), 0);
	snprintf(answer, 256, "%.255s", rc < 0 ? error : text);
	free(text);
	return rc;
}

static void
end(struct server *s, const char *path)
{
	char answer[256];

	assert_int_equal(ask(path, "quit", answer), 1);
	assert_int_equal(pthread_join(s->thread, NULL), 0);
	control_close(&s->control);
	assert_null(s->control);
	vlink_free(&s->link);
}

static void
a_client_is_answered_over_the_socket(void **state)
{
	char path[128], answer[256];
	struct server s;
	struct stat st;

	(void)state;
	snprintf(path, sizeof(path), "%s", vkit_path("socket"));
	start(&s, path);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_int_equal(ask(path, "tries auth", answer), 1);
	expect_text("tries", answer, "{\"ok\":true,\"tries\":{\"auth\":3}}\n");
	assert_int_equal(ask(path, "tries nobody", answer), 0);
	assert_non_null(strstr(answer, "no PIN"));
	assert_int_equal(ask(path, "remove", answer), 1);
	assert_false(vlink_present(s.link));
	end(&s, path);
	assert_int_equal(stat(path, &st), -1);
	assert_int_equal(ask(path, "state", answer), -1);
	assert_non_null(strstr(answer, "nobody listens"));
}

static int
connect_raw(const char *path)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	assert_true(fd >= 0 && strlen(path) < sizeof(a.sun_path));
	strcpy(a.sun_path, path);
	assert_int_equal(connect(fd, (struct sockaddr *)(void *)&a,
	    sizeof(a)), 0);
	return fd;
}

static void *
send_select(void *arg)
{
	expect_text("held", linkkit_send(arg, SELECT_AP), "9000");
	return NULL;
}

/* A client that waits keeps nobody out, and hears at once. */
static void
a_client_waits_until_a_command_is_held(void **state)
{
	char path[128], answer[256];
	pthread_t card;
	struct server s;
	int fd;

	(void)state;
	snprintf(path, sizeof(path), "%s", vkit_path("socket"));
	start(&s, path);
	fd = connect_raw(path);
	assert_int_equal(send(fd, "held 3600\n", 10, MSG_NOSIGNAL), 10);
	assert_int_equal(ask(path, "held 0", answer), 0);
	assert_int_equal(ask(path, "fault hold=after", answer), 1);
	assert_int_equal(pthread_create(&card, NULL, send_select, s.link), 0);
	assert_true(recv(fd, answer, sizeof(answer), 0) > 0);
	answer[strcspn(answer, "\n")] = '\0';
	expect_text("held", answer,
	    "{\"ok\":true,\"n\":1,\"ins\":\"A4\",\"acted\":true}");
	close(fd);
	assert_int_equal(ask(path, "held", answer), 1);
	assert_int_equal(ask(path, "resume", answer), 1);
	assert_int_equal(pthread_join(card, NULL), 0);
	assert_int_equal(ask(path, "held 1", answer), 0);
	end(&s, path);
}

/* Whoever goes on talking while it waits has lost its place. */
static void
a_client_that_waits_may_leave(void **state)
{
	char path[128], answer[256];
	struct server s;
	int fd;

	(void)state;
	snprintf(path, sizeof(path), "%s", vkit_path("socket"));
	start(&s, path);
	fd = connect_raw(path);
	assert_int_equal(send(fd, "held 3600\n", 10, MSG_NOSIGNAL), 10);
	assert_int_equal(ask(path, "held 0", answer), 0);
	assert_int_equal(send(fd, "state\n", 6, MSG_NOSIGNAL), 6);
	assert_int_equal(recv(fd, answer, sizeof(answer), 0), 0);
	close(fd);
	fd = connect_raw(path);
	assert_int_equal(send(fd, "held 3600\n", 10, MSG_NOSIGNAL), 10);
	close(fd);
	assert_int_equal(ask(path, "state", answer), 1);
	end(&s, path);
}

/* More than there are places for, silent, half-spoken and endless. */
static void
rude_clients_do_not_keep_others_out(void **state)
{
	char path[128], answer[256], endless[2048];
	struct server s;
	int fds[CONTROL_CLIENTS_MAX + 3];
	size_t i;

	(void)state;
	memset(endless, 'x', sizeof(endless));
	snprintf(path, sizeof(path), "%s", vkit_path("socket"));
	start(&s, path);
	for (i = 0; i < COUNT(fds); i++) {
		fds[i] = connect_raw(path);
		if (i % 3 == 1)
			(void)!send(fds[i], "tri", 3, MSG_NOSIGNAL);
		if (i % 3 == 2)
			(void)!send(fds[i], endless, sizeof(endless),
			    MSG_NOSIGNAL);
	}
	assert_int_equal(ask(path, "tries auth", answer), 1);
	for (i = 0; i < COUNT(fds); i++)
		close(fds[i]);
	assert_int_equal(ask(path, "tries auth", answer), 1);
	end(&s, path);
}

static void
a_stale_socket_is_replaced_and_a_live_one_is_not(void **state)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	struct control_host host = { .links_n = 0 };
	struct control *second = NULL;
	char path[128], answer[256], error[VCARD_ERROR_MAX] = "";
	struct server s;
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	(void)state;
	snprintf(path, sizeof(path), "%s", vkit_path("socket"));
	assert_true(strlen(path) < sizeof(a.sun_path));
	strcpy(a.sun_path, path);
	assert_int_equal(bind(fd, (struct sockaddr *)(void *)&a, sizeof(a)),
	    0);
	close(fd);
	start(&s, path);
	assert_int_equal(control_open(&second, path, &host, error), -1);
	assert_null(second);
	assert_non_null(strstr(error, path));
	assert_int_equal(ask(path, "state", answer), 1);
	end(&s, path);
}

static void
impossible_sockets_are_reported(void **state)
{
	struct control_host host = { .links_n = 0 };
	struct control *control = NULL;
	char error[VCARD_ERROR_MAX] = "", answer[256], path[256], words[700];

	(void)state;
	memset(path, 'p', sizeof(path) - 1);
	path[sizeof(path) - 1] = '\0';
	assert_int_equal(control_open(&control, path, &host, error), -1);
	assert_non_null(strstr(error, "shorter"));
	assert_int_equal(ask(path, "state", answer), -1);
	assert_non_null(strstr(answer, "shorter"));
	assert_int_equal(control_open(&control, "/nonexistent/socket", &host,
	    error), -1);
	assert_non_null(strstr(error, "No such file"));
	memset(words, 'w', sizeof(words) - 1);
	words[sizeof(words) - 1] = '\0';
	assert_int_equal(ask("/nonexistent/socket", words, answer), -1);
	assert_non_null(strstr(answer, "too long"));
	control_close(&control);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_remote_control_answers),
		cmocka_unit_test(the_remote_control_lists_all_tries_and_counters),
		cmocka_unit_test(moves_and_the_service_go_through_the_host),
		cmocka_unit_test(the_remote_control_tells_what_became_of_pins),
		cmocka_unit_test(a_client_is_answered_over_the_socket),
		cmocka_unit_test(a_client_waits_until_a_command_is_held),
		cmocka_unit_test(a_client_that_waits_may_leave),
		cmocka_unit_test(rude_clients_do_not_keep_others_out),
		cmocka_unit_test(a_stale_socket_is_replaced_and_a_live_one_is_not),
		cmocka_unit_test(impossible_sockets_are_reported),
	};

	return cmocka_run_group_tests(tests, NULL, vkit_end);
}
