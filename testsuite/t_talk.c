/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Answers that the running kernel seldom gives, on one end of a socketpair. */
#include "kern_talk.h"

#include <errno.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>
#include <sys/time.h>

#include "unit.h"

#define SEQ 8		/* of the exchange under test */

static struct kern_talk talk = { .sock = -1 };
static struct err err;
static int kernel;	/* the other end */
static int taken;	/* messages that were passed on */

static void start(void)
{
	const struct timeval soon = { .tv_usec = 1000 };
	int pair[2];

	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0, pair), 0);
	ck_assert_int_eq(setsockopt(pair[0], SOL_SOCKET, SO_RCVTIMEO, &soon, sizeof(soon)), 0);
	talk.sock = pair[0];
	talk.seq = SEQ - 1;
	kernel = pair[1];
	taken = 0;
	memset(&err, 0, sizeof(err));
}

static void finish(void)
{
	kern_talk_close(&talk);
	close_fd(kernel);
}

struct message {
	struct nlmsghdr nlh;
	union {
		int code;
		struct nlmsgerr ack;
		char bytes[64];
	};
};

/* queue an answer with @size bytes behind its header */
static void answer(uint16_t type, uint32_t seq, uint16_t flags,
		   const void *data, size_t size)
{
	struct message m = {
		.nlh = {
			.nlmsg_len = NLMSG_LENGTH(size), .nlmsg_type = type,
			.nlmsg_seq = seq, .nlmsg_flags = flags,
		},
	};

	if (size)
		memcpy(m.bytes, data, size);
	ck_assert_int_eq(send(kernel, &m, m.nlh.nlmsg_len, 0), m.nlh.nlmsg_len);
}

static void answer_ack(uint32_t seq, int code)
{
	const struct nlmsgerr ack = {
		.error = code, .msg = { .nlmsg_len = sizeof(struct nlmsghdr) },
	};

	answer(NLMSG_ERROR, seq, 0, &ack, sizeof(ack));
}

static void answer_done(int code)
{
	answer(NLMSG_DONE, SEQ, NLM_F_MULTI, &code, sizeof(code));
}

static int take(const struct nlmsghdr *nlh, void *data)
{
	(void)data;
	taken++;
	return nlh->nlmsg_type == RTM_DELLINK ? -ECANCELED : 0;
}

static int ask(uint16_t type, uint16_t flags)
{
	struct nl_req req;

	nl_start(&req, type, flags, sizeof(struct ifinfomsg));
	return kern_talk(&talk, &req.nlh, take, NULL, &err);
}

static int dump(void)
{
	return ask(RTM_GETLINK, NLM_F_DUMP);
}

START_TEST(what_was_left_over_is_no_answer)
{
	answer(RTM_NEWLINK, SEQ - 1, 0, NULL, 0);
	answer_ack(SEQ - 1, -EPERM);
	answer(RTM_NEWLINK, SEQ, 0, NULL, 0);
	answer_ack(SEQ, 0);
	ck_assert_int_eq(ask(RTM_SETLINK, 0), 0);
	ck_assert_int_eq(taken, 1);
}
END_TEST

START_TEST(a_refusal_is_told)
{
	answer_ack(SEQ, -EPERM);
	ck_assert_int_eq(ask(RTM_SETLINK, 0), -EPERM);
	ck_assert_str_eq(err.text, "Operation not permitted");
	ck_assert(err.netlink);
}
END_TEST

START_TEST(an_acknowledgement_must_be_whole)
{
	const int code = 0;

	answer(NLMSG_ERROR, SEQ, 0, &code, sizeof(code));
	ck_assert_int_eq(ask(RTM_SETLINK, 0), -EBADMSG);
	ck_assert_str_eq(err.text, "netlink: acknowledgement cut short");
}
END_TEST

START_TEST(a_dump_ends_with_a_count_or_an_error)
{
	answer(RTM_NEWLINK, SEQ, NLM_F_MULTI, NULL, 0);
	answer_done(17);
	ck_assert_int_eq(dump(), 0);
	ck_assert_int_eq(taken, 1);
	talk.seq = SEQ - 1;
	answer_done(-ENODEV);
	ck_assert_int_eq(dump(), -ENODEV);
}
END_TEST

START_TEST(a_dump_that_is_not_of_one_moment_is_refused)
{
	answer(RTM_NEWLINK, SEQ, NLM_F_MULTI | NLM_F_DUMP_INTR, NULL, 0);
	answer(RTM_NEWLINK, SEQ, NLM_F_MULTI, NULL, 0);
	answer_done(0);
	ck_assert_int_eq(dump(), -EINTR);
	ck_assert_str_eq(err.text, "netlink: what was listed changed meanwhile");
	ck_assert_int_eq(taken, 2);
}
END_TEST

START_TEST(an_answer_that_does_not_fit_is_refused)
{
	static char much[KERN_TALK_RECV + 1];
	int room = 2 * sizeof(much);

	setsockopt(kernel, SOL_SOCKET, SO_SNDBUF, &room, sizeof(room));
	ck_assert_int_eq(send(kernel, much, sizeof(much), 0), sizeof(much));
	ck_assert_int_eq(ask(RTM_GETLINK, 0), -EMSGSIZE);
	ck_assert_str_eq(err.text, "netlink: an answer of 196609 bytes is too long");
}
END_TEST

START_TEST(no_answer_at_all_is_an_error)
{
	ck_assert_int_eq(ask(RTM_SETLINK, 0), -EAGAIN);
	ck_assert_str_eq(err.text, "netlink: receive: Resource temporarily unavailable");
	ck_assert_int_eq(dump(), -EAGAIN);
}
END_TEST

START_TEST(a_request_that_cannot_be_sent_is_an_error)
{
	close_fd(kernel);
	kernel = -1;
	ck_assert_int_eq(dump(), -ECONNREFUSED);
	ck_assert_str_eq(err.text, "netlink: send: Connection refused");
}
END_TEST

/* who asks for one thing is not acknowledged, but answered or refused */
START_TEST(an_answer_ends_a_question)
{
	answer(RTM_NEWLINK, SEQ, 0, NULL, 0);
	ck_assert_int_eq(ask(RTM_GETLINK, 0), 0);
	ck_assert_int_eq(taken, 1);
	answer_ack(SEQ + 1, -ENODEV);
	ck_assert_int_eq(ask(RTM_GETLINK, 0), -ENODEV);
	ck_assert(err.netlink);
}
END_TEST

/* of a change, with more than fits into one call, and from which on it ends */
START_TEST(echoes_come_before_the_acknowledgement)
{
	int i;

	for (i = 0; i < 9; i++)
		answer(RTM_NEWTFILTER, SEQ, NLM_F_ECHO, NULL, 0);
	answer_ack(SEQ, 0);
	ck_assert_int_eq(ask(RTM_NEWTFILTER, 0), 0);
	ck_assert_int_eq(taken, 9);
	answer_ack(SEQ + 1, -EEXIST);
	answer(RTM_NEWTFILTER, SEQ + 1, NLM_F_ECHO, NULL, 0);
	ck_assert_int_eq(ask(RTM_NEWTFILTER, 0), -EEXIST);
	ck_assert_int_eq(taken, 9);
}
END_TEST

/* the rest of the answer must not be met by the next question */
START_TEST(who_has_heard_enough_hangs_up)
{
	answer(RTM_DELLINK, SEQ, NLM_F_MULTI, NULL, 0);
	answer(RTM_NEWLINK, SEQ, NLM_F_MULTI, NULL, 0);
	ck_assert_int_eq(dump(), -ECANCELED);
	ck_assert_int_eq(taken, 1);
	ck_assert_int_eq(talk.sock, -1);
}
END_TEST

/* ---- several at once ---- */

#define SEVERAL 3

static struct nl_req several[SEVERAL];
static struct kern_request reqs[SEVERAL];
static int heard[SEVERAL];

static int hear(const struct nlmsghdr *nlh, void *data)
{
	(void)nlh;
	++*(int *)data;
	return -ECANCELED;	/* nobody stops for that */
}

static void start_several(void)
{
	int i;

	memset(heard, 0, sizeof(heard));
	for (i = 0; i < SEVERAL; i++) {
		nl_start(&several[i], RTM_SETLINK, 0, sizeof(struct ifinfomsg));
		reqs[i] = (struct kern_request) {
			.nlh = &several[i].nlh,
			.fn = i ? hear : NULL, .data = &heard[i],
		};
	}
}

static int ask_several(void)
{
	start_several();
	return kern_talk_many(&talk, reqs, SEVERAL, &err);
}

START_TEST(each_of_several_gets_its_own_answer)
{
	static char got[1024];
	int i;

	answer_ack(SEQ - 1, -EPERM);	/* left over */
	answer(RTM_NEWLINK, SEQ, 0, NULL, 0);
	answer_ack(SEQ, 0);
	answer(RTM_NEWLINK, SEQ + 1, 0, NULL, 0);
	answer_ack(SEQ + 1, -EBUSY);
	answer_ack(SEQ + 1, 0);		/* once is enough */
	answer_ack(SEQ + 3, 0);
	answer_ack(SEQ + 2, 0);
	ck_assert_int_eq(ask_several(), 0);
	for (i = 0; i < SEVERAL; i++) {
		ck_assert(reqs[i].answered);
		ck_assert_int_eq(reqs[i].code, i == 1 ? -EBUSY : 0);
		ck_assert_int_eq(heard[i], i == 1);
		ck_assert_str_eq(reqs[i].extack, "");
		ck_assert_uint_eq(reqs[i].nlh->nlmsg_seq, SEQ + i);
	}
	/* all in one */
	ck_assert_int_eq(recv(kernel, got, sizeof(got), MSG_DONTWAIT),
			 SEVERAL * several[0].nlh.nlmsg_len);
	/* the next exchange is another */
	answer_ack(SEQ + SEVERAL, 0);
	ck_assert_int_eq(ask(RTM_SETLINK, 0), 0);
}
END_TEST

/* a refusal repeats what was asked */
START_TEST(of_several_a_long_one_has_a_long_answer)
{
	static char asked[16384], much[40000];
	struct nlmsghdr *nlh = (struct nlmsghdr *)much;
	struct nlmsgerr *ack = nl_own(nlh, nl_payload(nlh));

	nlh->nlmsg_type = NLMSG_ERROR;
	nlh->nlmsg_len = sizeof(much);
	nlh->nlmsg_seq = SEQ + 1;
	ack->error = -EBUSY;
	ack->msg.nlmsg_len = sizeof(much) - NLMSG_HDRLEN - sizeof(ack->error);
	answer_ack(SEQ, 0);
	ck_assert_int_eq(send(kernel, much, sizeof(much), 0), sizeof(much));
	answer_ack(SEQ + 2, 0);
	start_several();
	nl_put(&several[1], IFLA_XDP, asked, sizeof(asked));
	ck_assert_int_eq(kern_talk_many(&talk, reqs, SEVERAL, &err), 0);
	ck_assert_int_eq(reqs[1].code, -EBUSY);
}
END_TEST

START_TEST(an_answer_that_is_lost_is_not_waited_for)
{
	const struct timeval never = { 0 };

	ck_assert_int_eq(setsockopt(talk.sock, SOL_SOCKET, SO_RCVTIMEO, &never,
				    sizeof(never)), 0);
	answer_ack(SEQ, 0);
	answer_ack(SEQ + 2, -EPERM);
	ck_assert_int_eq(ask_several(), -EAGAIN);
	ck_assert_str_eq(err.text, "netlink: receive: Resource temporarily unavailable");
	ck_assert(reqs[0].answered && !reqs[1].answered && reqs[2].answered);
	ck_assert_int_eq(reqs[2].code, -EPERM);
}
END_TEST

START_TEST(of_several_an_answer_must_be_whole)
{
	const int code = 0;

	answer(NLMSG_ERROR, SEQ, 0, &code, sizeof(code));
	answer_ack(SEQ + 1, 0);
	answer_ack(SEQ + 2, 0);
	ck_assert_int_eq(ask_several(), 0);
	ck_assert_int_eq(reqs[0].code, -EBADMSG);
}
END_TEST

START_TEST(several_that_cannot_be_sent_are_an_error)
{
	close_fd(kernel);
	kernel = -1;
	ck_assert_int_eq(ask_several(), -ECONNREFUSED);
	ck_assert_str_eq(err.text, "netlink: send: Connection refused");
	ck_assert(!reqs[0].answered);
}
END_TEST

Suite *talk_suite(void)
{
	Suite *s = suite_create("talk");
	TCase *tc = tcase_create("talk");

	tcase_add_checked_fixture(tc, start, finish);
	tcase_add_test(tc, what_was_left_over_is_no_answer);
	tcase_add_test(tc, a_refusal_is_told);
	tcase_add_test(tc, an_acknowledgement_must_be_whole);
	tcase_add_test(tc, a_dump_ends_with_a_count_or_an_error);
	tcase_add_test(tc, a_dump_that_is_not_of_one_moment_is_refused);
	tcase_add_test(tc, an_answer_that_does_not_fit_is_refused);
	tcase_add_test(tc, no_answer_at_all_is_an_error);
	tcase_add_test(tc, a_request_that_cannot_be_sent_is_an_error);
	tcase_add_test(tc, an_answer_ends_a_question);
	tcase_add_test(tc, echoes_come_before_the_acknowledgement);
	tcase_add_test(tc, who_has_heard_enough_hangs_up);
	tcase_add_test(tc, each_of_several_gets_its_own_answer);
	tcase_add_test(tc, of_several_a_long_one_has_a_long_answer);
	tcase_add_test(tc, an_answer_that_is_lost_is_not_waited_for);
	tcase_add_test(tc, of_several_an_answer_must_be_whole);
	tcase_add_test(tc, several_that_cannot_be_sent_are_an_error);
	suite_add_tcase(s, tc);
	return s;
}
