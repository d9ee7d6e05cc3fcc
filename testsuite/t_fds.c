/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include <fcntl.h>

#include "fds.h"
#include "unit.h"
#include "util.h"

#define CNT 6

/* that many, one after the other */
static int open_some(void)
{
	int i, first = fcntl(0, F_DUPFD_CLOEXEC, 100);

	for (i = 1; i < CNT; i++)
		ck_assert_int_eq(fcntl(0, F_DUPFD_CLOEXEC, 100), first + i);
	return first;
}

static bool is_open(int fd)
{
	return fcntl(fd, F_GETFD) >= 0;
}

static const int orders[][CNT] = {
	{ 0, 1, 2, 3, 4, 5 },
	{ 5, 4, 3, 2, 1, 0 },
	{ 2, 3, 1, 0, 5, 4 },
	{ 0, 2, 4, 1, 3, 5 },
};

START_TEST(what_was_given_is_closed_and_nothing_else)
{
	int i, keep, first = open_some();
	struct fds_run run;

	for (keep = 0; keep < CNT; keep++) {
		run = (struct fds_run){ 0 };
		for (i = 0; i < CNT; i++)
			fds_close(&run, orders[_i][i] == keep ? -1 : first + orders[_i][i]);
		fds_end(&run);
		for (i = 0; i < CNT; i++)
			ck_assert_int_eq(is_open(first + i), i == keep);
		close_fd(first + keep);
		ck_assert_int_eq(open_some(), first);
	}
	for (i = 0; i < CNT; i++)
		close_fd(first + i);
}
END_TEST

Suite *fds_suite(void)
{
	Suite *s = suite_create("fds");
	TCase *tc = tcase_create("fds");

	tcase_add_loop_test(tc, what_was_given_is_closed_and_nothing_else, 0,
			    ARRAY_SIZE(orders));
	suite_add_tcase(s, tc);
	return s;
}
