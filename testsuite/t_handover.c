/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * Handing over: which program is found, and what comes back. The tool is
 * called "bpfelf-tool", so that no real one is ever met; the test runner
 * itself stands for our own binary.
 */
#include "handover.h"

#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <sys/stat.h>

#include "capture.h"
#include "unit.h"
#include "util.h"

static const struct tool tool = { "bpfelf-tool", "BPFELF_TEST_TOOL" };
static char dir[] = "/tmp/bpfelf-handover-XXXXXX";

static const char *in_dir(const char *name)
{
	static char path[4][PATH_MAX];
	static int turn;

	turn = (turn + 1) % 4;
	snprintf(path[turn], PATH_MAX, "%s/%s", dir, name);
	return path[turn];
}

static void write_script(const char *name, const char *body, mode_t mode)
{
	FILE *file = fopen(in_dir(name), "we");

	ck_assert_ptr_nonnull(file);
	fprintf(file, "#!/bin/sh\n%s\n", body);
	fclose(file);
	ck_assert_int_eq(chmod(in_dir(name), mode), 0);
}

/* a: ourselves, b: a directory, c: not executable, d: the tool, e: a wrapper
 * that would call us again; it prints the marker that we would then find */
static void make_tools(void)
{
	static const char *const sub[] = { "a", "b", "c", "d", "e" };
	char self[PATH_MAX] = "";

	strcpy(dir + sizeof(dir) - 7, "XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(dir));
	for (size_t i = 0; i < ARRAY_SIZE(sub); i++)
		ck_assert_int_eq(mkdir(in_dir(sub[i]), 0700), 0);
	ck_assert_int_gt(readlink("/proc/self/exe", self, sizeof(self) - 1), 0);
	ck_assert_int_eq(symlink(self, in_dir("a/bpfelf-tool")), 0);
	ck_assert_int_eq(mkdir(in_dir("b/bpfelf-tool"), 0700), 0);
	write_script("c/bpfelf-tool", "echo not executable", 0600);
	write_script("d/bpfelf-tool",
		     "case $1 in\n"
		     "-V) echo tool, version; echo more ;;\n"
		     "kill) kill -TERM $$ ;;\n"
		     "*) echo \"d: $*\"; exit ${1:-0} ;;\n"
		     "esac", 0700);
	write_script("e/bpfelf-tool", "printf %s \"$BPFELF_SEEN\"", 0700);
	unsetenv("BPFELF_SEEN");
	unsetenv(tool.env);
}

static void remove_tools(void)
{
	char command[PATH_MAX];

	snprintf(command, sizeof(command), "rm -rf %s", dir);
	ck_assert_int_eq(system(command), 0);
}

/* PATH from letters: "ad" is DIR/a:DIR/d, then where sh and echo are */
static void set_path(const char *letters)
{
	char path[PATH_MAX] = "";
	size_t len = 0;

	for (; *letters; letters++)
		len += snprintf(path + len, sizeof(path) - len, "%s/%c:", dir,
				*letters);
	snprintf(path + len, sizeof(path) - len, "/usr/bin:/bin");
	setenv("PATH", path, true);
}

static int run(const char *word, char **out, char **err)
{
	char *argv[] = { (char *)"anything", (char *)word, NULL };
	struct capture stdout_, stderr_;
	int status;

	capture_begin(&stdout_, STDOUT_FILENO);
	capture_begin(&stderr_, STDERR_FILENO);
	status = handover_run(&tool, argv);
	*err = capture_end(&stderr_);
	*out = capture_end(&stdout_);
	return status;
}

static const struct {
	const char *path, *word;
	int status;
	const char *out;
} runs[] = {
	{ "d",	    "0",    0,	    "d: 0\n" },
	{ "d",	    "7",    7,	    "d: 7\n" },
	{ "d",	    "255",  255,    "d: 255\n" },
	{ "d",	    "kill", 128 + SIGTERM, "" },
	{ "ad",	    "0",    0,	    "d: 0\n" },	/* not ourselves */
	{ "bd",	    "0",    0,	    "d: 0\n" },	/* no directory */
	{ "cd",	    "0",    0,	    "d: 0\n" },	/* nothing that cannot run */
	{ "abcd",   "3",    3,	    "d: 3\n" },
};

START_TEST(the_next_tool_runs)
{
	_cleanup_free_ char *out = NULL, *err = NULL;

	set_path(runs[_i].path);
	ck_assert_int_eq(run(runs[_i].word, &out, &err), runs[_i].status);
	ck_assert_str_eq(out, runs[_i].out);
	ck_assert_str_eq(err, "");
}
END_TEST

START_TEST(a_script_that_comes_back_is_not_asked_again)
{
	_cleanup_free_ char *marker = NULL, *out = NULL, *err = NULL;

	set_path("ed");
	ck_assert_int_eq(run("0", &marker, &err), 0);
	free(steal_ptr(&err));
	setenv("BPFELF_SEEN", marker, true);
	ck_assert_int_eq(run("0", &out, &err), 0);
	ck_assert_str_eq(out, "d: 0\n");
}
END_TEST

/* `ip netns exec NS ip ...` comes back through the same system's ip. */
START_TEST(a_binary_that_comes_back_is_asked_again)
{
	_cleanup_free_ char *out = NULL, *err = NULL;

	set_path("d");
	setenv(tool.env, "/bin/true", true);
	for (int turn = 0; turn < 2; turn++) {
		ck_assert_int_eq(run("0", &out, &err), 0);
		free(steal_ptr(&out));
		free(steal_ptr(&err));
	}
}
END_TEST

START_TEST(the_environment_names_the_tool)
{
	_cleanup_free_ char *out = NULL, *err = NULL;

	set_path("a");
	setenv(tool.env, in_dir("d/bpfelf-tool"), true);
	ck_assert_int_eq(run("5", &out, &err), 5);
	ck_assert_str_eq(out, "d: 5\n");
}
END_TEST

START_TEST(the_environment_names_ourselves)
{
	_cleanup_free_ char *out = NULL, *err = NULL;

	set_path("d");
	setenv(tool.env, in_dir("a/bpfelf-tool"), true);
	ck_assert_int_eq(run("0", &out, &err), CLI_USAGE);
	ck_assert_str_eq(out, "");
	ck_assert_ptr_nonnull(strstr(err, "BPFELF_TEST_TOOL="));
}
END_TEST

START_TEST(without_a_tool_there_is_one_clear_error)
{
	_cleanup_free_ char *out = NULL, *err = NULL;

	set_path("abc");
	ck_assert(!handover_is_possible(&tool));
	ck_assert_int_eq(run("0", &out, &err), CLI_USAGE);
	ck_assert_ptr_nonnull(strstr(err, "no other \"bpfelf-tool\" in PATH"));
	ck_assert_ptr_eq(strchr(err, '\n'), err + strlen(err) - 1);
}
END_TEST

START_TEST(its_version_is_one_line)
{
	char line[64];

	set_path("d");
	handover_version(&tool, line, sizeof(line));
	ck_assert_str_eq(line, "tool, version");
	set_path("a");
	handover_version(&tool, line, sizeof(line));
	ck_assert_str_eq(line, "");
}
END_TEST

Suite *handover_suite(void)
{
	Suite *suite = suite_create("handover");
	TCase *tc = tcase_create("handover");

	tcase_add_checked_fixture(tc, make_tools, remove_tools);
	tcase_add_loop_test(tc, the_next_tool_runs, 0, ARRAY_SIZE(runs));
	tcase_add_test(tc, a_script_that_comes_back_is_not_asked_again);
	tcase_add_test(tc, a_binary_that_comes_back_is_asked_again);
	tcase_add_test(tc, the_environment_names_the_tool);
	tcase_add_test(tc, the_environment_names_ourselves);
	tcase_add_test(tc, without_a_tool_there_is_one_clear_error);
	tcase_add_test(tc, its_version_is_one_line);
	suite_add_tcase(suite, tc);
	return suite;
}
