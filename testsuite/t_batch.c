/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Batch files: lines become words as iproute2 6.1 reads them, and a batch
 * stops, goes on or is handed over as a whole. */
#include "batch.h"

#include <errno.h>
#include <stdio.h>
#include <sys/mman.h>

#include "capture.h"
#include "unit.h"

/* ---- lines ---- */

static const struct {
	const char *text, *expected;	/* NUMBER[word][word], lines by blanks */
} files[] = {
	{ "", "" },
	{ "\n \n\t\n# only a comment\n", "" },
	{ "a b\n", "1[a][b]" },
	{ "a b", "1[a][b]" },
	{ "  a\t b \r\n", "1[a][b]" },
	{ "a\n\nb # c\n", "1[a] 3[b]" },
	{ "a#b\n", "1[a]" },
	{ "a \\\n  b\nc\n", "2[a][b] 3[c]" },
	{ "a\\\nb\n", "2[ab]" },
	{ "a\\\n\\\nb\n", "3[ab]" },
	{ "a # x \\\nb\n", "1[a] 2[b]" },
	{ "a\\", "1[a\\]" },
	{ "\"a b\" c\n", "1[a b][c]" },
	{ "'a \"b' c\n", "1[a \"b][c]" },
	{ "\"a 'b\"c\n", "1[a 'b][c]" },
	{ "\"\" c\n", "1[][c]" },
	{ "a\"b c\"\n", "1[a\"b][c\"]" },
	{ "\"a\\\"b\"\n", "1[a\\][b\"]" },
	{ "a\n\"b\nc\n", "1[a] -2" },
	{ "\"a#b\"\n", "-1" },
	{ "1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 "
	  "28 29 30 31 32 33 34\n",
	  "1[1][2][3][4][5][6][7][8][9][10][11][12][13][14][15][16][17][18][19]"
	  "[20][21][22][23][24][25][26][27][28][29][30][31][32][33][34]" },
};

static void describe(struct buf *got, const struct batch_line *line)
{
	buf_addf(got, "%s%u", got->len ? " " : "", line->number);
	for (int i = 1; i < line->argc; i++)
		buf_addf(got, "[%s]", line->argv[i]);
	ck_assert_ptr_null(line->argv[line->argc]);
}

START_TEST(lines_become_words)
{
	_cleanup_(batch_line_free) struct batch_line line = { 0 };
	_cleanup_(batch_input_free) struct batch_input in = {
		.fd = -1, .ended = true,
	};
	_cleanup_buf_ struct buf got = { 0 };
	bool end;
	int r;

	buf_add(&in.data, files[_i].text, strlen(files[_i].text));
	while ((r = batch_read(&in, (char *)"ip", &line, &end)) == 0 && !end)
		if (line.argc > 1)
			describe(&got, &line);
	if (r == -EBADMSG)
		buf_addf(&got, "%s-%u", got.len ? " " : "", line.number);
	ck_assert_str_eq(buf_str(&got), files[_i].expected);
}
END_TEST

/* ---- running ---- */

/* "ours" is done here, "other" is not ours, "bad" is ours and fails */
static bool is_ours(void *data, int argc, char **argv)
{
	(void)data;
	return argc > 1 && strcmp(argv[1], "other") != 0;
}

static int run_line(void *data, int argc, char **argv)
{
	struct buf *done = data;

	(void)argc;
	buf_addf(done, "%s ", argv[1]);
	return strcmp(argv[1], "bad") == 0 ? CLI_KERNEL : 0;
}

static void failed(void *data, unsigned int line, int status)
{
	(void)data;
	ck_assert_int_eq(status, CLI_KERNEL);
	fprintf(stderr, "failed: %u\n", line);
}

struct text_batch {
	const char *text;
	bool force;
	int status;
	const char *done, *said;
};

static const struct text_batch batches[] = {
	{ "ours\nother\n", false, 0, "ours other ", "" },
	{ "other\nother\n", false, CLI_HANDOVER, "", "" },
	{ "", false, CLI_HANDOVER, "", "" },
	{ "ours\nbad\nours\n", false, 1, "ours bad ", "failed: 2\n" },
	{ "ours\nbad\nours\nbad\n", true, 1, "ours bad ours bad ",
	  "failed: 2\nfailed: 4\n" },
	{ "ours\n\"x\nours\n", true, 1, "ours ", "Unterminated quoted string\n" },
};

/* run as a file, with what is done as text */
static void ck_batch(struct batch *batch, const struct text_batch *expected)
{
	_cleanup_close_ int fd = memfd_create("batch", MFD_CLOEXEC);
	_cleanup_free_ char *said = NULL;
	_cleanup_buf_ struct buf done = { 0 };
	struct capture stderr_;
	char path[64];
	int status;

	ck_assert_int_eq(write(fd, expected->text, strlen(expected->text)),
			 strlen(expected->text));
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	batch->file = path;
	batch->force = expected->force;
	batch->name = (char *)"ip";
	batch->is_ours = is_ours;
	batch->failed = failed;
	batch->data = &done;
	capture_begin(&stderr_, STDERR_FILENO);
	status = batch_run(batch);
	said = capture_end(&stderr_);
	ck_assert_int_eq(status, expected->status);
	ck_assert_str_eq(buf_str(&done), expected->done);
	ck_assert_str_eq(said, expected->said);
}

START_TEST(a_batch_runs)
{
	struct batch batch = { .run = run_line };

	ck_batch(&batch, &batches[_i]);
}
END_TEST

/* ---- lines that are done together ---- */

/* "tN" may wait for others, and those that are done at once end with '|';
 * what has a '!' is refused: it does not go with others, and fails alone */
static bool fits(void *data, int argc, char **argv)
{
	(void)data;
	(void)argc;
	return argv[1][0] == 't';
}

static size_t together(void *data, const struct batch_line *lines, size_t cnt)
{
	struct buf *done = data;
	size_t n;

	for (n = 0; n < cnt && !strchr(lines[n].argv[1], '!'); n++)
		buf_addf(done, "%s ", lines[n].argv[1]);
	buf_addf(done, "| ");
	return n;
}

static int run_refused(void *data, int argc, char **argv)
{
	struct buf *done = data;

	(void)argc;
	buf_addf(done, "%s ", argv[1]);
	return strchr(argv[1], '!') ? CLI_KERNEL : 0;
}

static const struct text_batch gathered[] = {
	{ "a\nt1\n\nt2\nb\nt3\n", false, 0, "a t1 t2 | b t3 | ", "" },
	{ "t1\nt2!\nt3\n", false, 1, "t1 | t2! ", "failed: 2\n" },
	{ "t1\nt2!\nt3\nt4\nt5\nt6\n", true, 1, "t1 | t2! t3 | t4 t5 | t6 | ",
	  "failed: 2\n" },
	{ "t1!\nt2!\nt3\n", true, 1, "| t1! | t2! t3 | ", "failed: 1\nfailed: 2\n" },
	{ "t1\na!\nt2\n", false, 1, "t1 | a! ", "failed: 2\n" },
	{ "t1\nt2\n\"x\n", false, 1, "t1 t2 | ", "Unterminated quoted string\n" },
	{ "t1!\n\"x\n", false, 1, "| t1! ", "failed: 1\n" },
};

START_TEST(lines_are_done_together_as_in_turn)
{
	struct batch batch = {
		.run = run_refused, .fits = fits, .together = together,
	};

	ck_batch(&batch, &gathered[_i]);
}
END_TEST

/* ---- is the next line there? ---- */

static const struct {
	const char *text;
	int closed;
	bool ready;
} pieces[] = {
	{ "", 0, false },
	{ "", 1, true },		/* the end is an answer, too */
	{ "a b\n", 0, true },
	{ "a b", 0, false },
	{ "a b", 1, true },
	{ "a \\\n", 0, false },
	{ "a \\\n", 1, true },
	{ "a \\\nb", 0, false },
	{ "a \\\nb\n", 0, true },
	{ "a # \\\n", 0, true },
	{ "\n", 0, true },
};

START_TEST(a_line_is_there_or_waited_for)
{
	_cleanup_(batch_input_free) struct batch_input in = { 0 };
	_cleanup_(batch_line_free) struct batch_line line = { 0 };
	const char *text = pieces[_i].text;
	bool end;
	int ends[2];

	ck_assert_int_eq(pipe(ends), 0);
	in.fd = ends[0];
	ck_assert(!batch_is_ready(&in));
	ck_assert_int_eq(write(ends[1], "x\n", 2), 2);
	ck_assert(batch_is_ready(&in));
	ck_assert_int_eq(batch_read(&in, (char *)"ip", &line, &end), 0);
	ck_assert_int_eq(write(ends[1], text, strlen(text)), strlen(text));
	if (pieces[_i].closed)
		close_fd(steal_fd(&ends[1]));
	ck_assert_int_eq(batch_is_ready(&in), pieces[_i].ready);
	if (pieces[_i].ready)
		ck_assert_int_eq(batch_read(&in, (char *)"ip", &line, &end), 0);
	close_fd(ends[0]);
	close_fd(ends[1]);
}
END_TEST

Suite *batch_suite(void)
{
	Suite *suite = suite_create("batch");
	TCase *tc = tcase_create("batch");

	tcase_add_loop_test(tc, lines_become_words, 0, ARRAY_SIZE(files));
	tcase_add_loop_test(tc, a_batch_runs, 0, ARRAY_SIZE(batches));
	tcase_add_loop_test(tc, lines_are_done_together_as_in_turn, 0, ARRAY_SIZE(gathered));
	tcase_add_loop_test(tc, a_line_is_there_or_waited_for, 0, ARRAY_SIZE(pieces));
	suite_add_tcase(suite, tc);
	return suite;
}
