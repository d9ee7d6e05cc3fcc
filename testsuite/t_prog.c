/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "prog.h"

#include <errno.h>

#include "unit.h"

#define FD	1000		/* no descriptor: nobody closes it */
#define BTF	0x100	/* with log_level: it comes with BTF */
#define KIB	1024
#define MIB	(1024 * KIB)

/* A kernel that knows programs only, and answers from a list. */
struct answer {
	uint32_t log_level;	/* what it must be asked with */
	uint32_t log_size;
	int result;
	const char *log;
};

struct script {
	const struct answer *answers;
	size_t cnt, asked;
};

static int answer(struct kern *k, const struct kern_prog *prog)
{
	struct script *s = k->priv;
	const struct answer *a = &s->answers[s->asked++];

	ck_assert_uint_le(s->asked, s->cnt);
	ck_assert_uint_eq(prog->log_level | (prog->func_info ? BTF : 0), a->log_level);
	ck_assert_int_eq(!prog->func_info_cnt, !prog->func_info);
	ck_assert_uint_eq(prog->log_size, a->log_size);
	ck_assert(!prog->log == !prog->log_level);
	if (a->log)
		strcpy(prog->log, a->log);
	return a->result;
}

static const struct kern_ops ops = { .prog_load = answer };

#define STATS	BPF_LOG_STATS
#define FULL	(BPF_LOG_LEVEL1 | BPF_LOG_STATS)
#define VERBOSE	(BPF_LOG_LEVEL1 | BPF_LOG_LEVEL2)

static const struct policy {
	const char *name;
	bool verbose;
	struct answer answers[5];
	int expected;
	const char *log, *words, *hint;
} policies[] = {
	{ "good", false, { { STATS, 64 * KIB, FD, "processed 2 insns\n" } },
	  FD, "", "", "" },
	{ "good, verbose", true, { { VERBOSE, 16 * MIB - 1, FD, "0: R1=ctx()\n" } },
	  FD, "0: R1=ctx()\n", "", "" },
	{ "refused: the whole log is fetched", false,
	  { { STATS, 64 * KIB, -EACCES, "bad access\nprocessed 2 insns\n" },
	    { FULL, 16 * MIB - 1, -EACCES, "0: (b7)\nbad access\nprocessed 2 insns\n" } },
	  -EACCES, "0: (b7)\nbad access\nprocessed 2 insns\n",
	  "the verifier refuses it: bad access (Permission denied)", "" },
	{ "refused, verbose", true,
	  { { VERBOSE, 16 * MIB - 1, -EACCES, "0: (b7)\nbad access\n" } },
	  -EACCES, "0: (b7)\nbad access\n",
	  "the verifier refuses it: bad access (Permission denied)", "" },
	{ "refused before the verifier", false, { { STATS, 64 * KIB, -EPERM, "" } },
	  -EPERM, "", "load: Operation not permitted", "CAP_BPF" },
	{ "refused after a long walk: the reason is all that is told", false,
	  { { STATS, 64 * KIB, -EACCES, "bad access\nprocessed 1001 insns\n" } },
	  -EACCES, "bad access\nprocessed 1001 insns\n",
	  "the verifier refuses it: bad access (Permission denied)", "'verbose' shows" },
	{ "refused after a long walk, for what only the way tells", false,
	  { { STATS, 64 * KIB, -EINVAL, "invalid func unknown#7\nprocessed 1001 insns\n" },
	    { FULL, 16 * MIB - 1, -EINVAL, "0: (85) call unknown#7\ninvalid func unknown#7\n" } },
	  -EINVAL, "0: (85) call unknown#7\ninvalid func unknown#7\n",
	  "the verifier refuses it: invalid func unknown#7 (Invalid argument)", "" },
	{ "as long as a walk may be", false,
	  { { STATS, 64 * KIB, -EACCES, "bad access\nprocessed 1000 insns\n" },
	    { FULL, 16 * MIB - 1, -EACCES, "0: (b7)\nbad access\nprocessed 1000 insns\n" } },
	  -EACCES, "0: (b7)\nbad access\nprocessed 1000 insns\n",
	  "the verifier refuses it: bad access (Permission denied)", "" },
	{ "a long walk, verbose", true,
	  { { VERBOSE, 16 * MIB - 1, -EACCES, "0: (b7)\nbad access\nprocessed 1001 insns\n" } },
	  -EACCES, "0: (b7)\nbad access\nprocessed 1001 insns\n",
	  "the verifier refuses it: bad access (Permission denied)", "" },
	{ "a number elsewhere is not that of the walk", false,
	  { { STATS, 64 * KIB, -EACCES, "R1 processed 9999\nprocessed 2 insns\n" },
	    { FULL, 16 * MIB - 1, -EACCES, "0: (b7)\nbad\nprocessed 2 insns\n" } },
	  -EACCES, "0: (b7)\nbad\nprocessed 2 insns\n",
	  "the verifier refuses it: bad (Permission denied)", "" },
	{ "the reason alone fills the first log", false,
	  { { STATS, 64 * KIB, -ENOSPC, "..." }, { 0, 0, -EACCES, NULL },
	    { FULL, 16 * MIB - 1, -EACCES, "why\n" } },
	  -EACCES, "why\n", "the verifier refuses it: why (Permission denied)", "" },
	{ "a good one whose statistics do not fit", false,
	  { { STATS, 64 * KIB, -ENOSPC, "" }, { 0, 0, FD, NULL } },
	  FD, "", "", "" },
	{ "room grows", true,
	  { { VERBOSE, 16 * MIB - 1, -ENOSPC, "way\n" },
	    { VERBOSE, 64 * MIB - 4, -EINVAL, "long way\nwhy\n" } },
	  -EINVAL, "long way\nwhy\n", "the verifier refuses it: why (Invalid argument)", "" },
	{ "no room is enough: a good program loads without", true,
	  { { VERBOSE, 16 * MIB - 1, -ENOSPC, "x" }, { VERBOSE, 64 * MIB - 4, -ENOSPC, "x" },
	    { VERBOSE, 256 * MIB - 16, -ENOSPC, "x" }, { 0, 0, FD, NULL } },
	  FD, "", "", "" },
	{ "a trace that does not fit is told as far as it does", false,
	  { { STATS, 64 * KIB, -EACCES, "why\n" }, { FULL, 16 * MIB - 1, -ENOSPC, "way\nwhy\n" } },
	  -EACCES, "way\nwhy\n", "the verifier refuses it: why (Permission denied)", "" },
	{ "level 4 is not known: a good program loads without", false,
	  { { STATS, 64 * KIB, -EINVAL, "" }, { 0, 0, FD, NULL } },
	  FD, "", "", "" },
	{ "level 4 is not known: level 1 tells the reason", false,
	  { { STATS, 64 * KIB, -EINVAL, "" }, { 0, 0, -EACCES, NULL },
	    { FULL, 16 * MIB - 1, -EINVAL, "" }, { BPF_LOG_LEVEL1, 16 * MIB - 1, -EACCES, "why\n" } },
	  -EACCES, "why\n", "the verifier refuses it: why (Permission denied)", "" },
	{ "no level is known, verbose", true,
	  { { VERBOSE, 16 * MIB - 1, -EINVAL, "" }, { 0, 0, FD, NULL } },
	  FD, "", "", "" },
	{ "refused without a word", false,
	  { { STATS, 64 * KIB, -EINVAL, "" }, { 0, 0, -EINVAL, NULL },
	    { FULL, 16 * MIB - 1, -EINVAL, "" }, { BPF_LOG_LEVEL1, 16 * MIB - 1, -EINVAL, "" },
	    { 0, 0, -EPERM, NULL } },
	  -EINVAL, "", "load: Invalid argument", "" },
	{ "refused without a word, as is any of the type", false,
	  { { STATS, 64 * KIB, -EINVAL, "" }, { 0, 0, -EINVAL, NULL },
	    { FULL, 16 * MIB - 1, -EINVAL, "" }, { BPF_LOG_LEVEL1, 16 * MIB - 1, -EINVAL, "" },
	    { 0, 0, -EINVAL, NULL } },
	  -EINVAL, "", "load: Invalid argument", "no programs of type" },
	{ "refused for want of memory, then not", false,
	  { { STATS, 64 * KIB, -ENOMEM, "stack\n" }, { FULL, 16 * MIB - 1, FD, "" } },
	  FD, "", "", "" },
};

START_TEST(a_log_never_decides)
{
	const struct policy *p = &policies[_i];
	struct script script = { .answers = p->answers };
	struct kern kern = { .ops = &ops, .priv = &script };
	struct bpfelf_ctx ctx = { .kern = &kern };
	_cleanup_buf_ struct buf log = { 0 };
	struct kern_prog prog = { .name = "x" };
	struct err err = { 0 };
	int fd;

	while (script.cnt < ARRAY_SIZE(p->answers) && p->answers[script.cnt].result)
		script.cnt++;
	fd = prog_load(&ctx, &prog, p->verbose, &log, &err);
	ck_assert_msg(fd == p->expected, "%s: %d", p->name, fd);
	ck_assert_msg(script.asked == script.cnt, "%s: asked %zu times", p->name, script.asked);
	ck_assert_str_eq(buf_str(&log), p->log);
	ck_assert_str_eq(err.text, p->words);
	ck_assert_msg(strstr(err.hint, p->hint) != NULL, "%s: %s", p->name, err.hint);
}
END_TEST

/* netdevsim, kernel 6.1: told not to take it at the end, and at the start */
static const struct {
	int code;
	const char *log, *words;
} device_refusals[] = {
	{ -EOPNOTSUPP, "0: (b7) r0 = 2\n1: (95) exit\n[netdevsim] Hello from netdevsim!\n"
		       "processed 2 insns (limit 1000000)\n",
	  "the device refuses it: [netdevsim] Hello from netdevsim! (Operation not supported)" },
	{ -EOPNOTSUPP, "func#0 @0\nprocessed 0 insns (limit 1000000)\n",
	  "the device refuses it: Operation not supported" },
	{ -EINVAL, "[nfp] no\n", "the device refuses it: [nfp] no (Invalid argument)" },
	{ -EACCES, "R0 !read_ok\n", "the verifier refuses it: R0 !read_ok (Permission denied)" },
};

START_TEST(what_the_device_refuses_is_not_the_verifier)
{
	const struct answer said = {
		VERBOSE, 16 * MIB - 1, device_refusals[_i].code, device_refusals[_i].log,
	};
	struct script script = { .answers = &said, .cnt = 1 };
	struct kern kern = { .ops = &ops, .priv = &script };
	struct bpfelf_ctx ctx = { .kern = &kern };
	_cleanup_buf_ struct buf log = { 0 };
	struct kern_prog prog = { .name = "x", .ifindex = 2 };
	struct err err = { 0 };

	ck_assert_int_eq(prog_load(&ctx, &prog, true, &log, &err), said.result);
	ck_assert_str_eq(err.text, device_refusals[_i].words);
}
END_TEST

/* Ends of real logs, kernels 4.19 to 6.18 */
static const struct {
	const char *log, *reason;
} reasons[] = {
	{ "", NULL },
	{ "\n\n", NULL },
	{ "processed 2 insns (limit 1000000) max_states_per_insn 0 total_states 0 peak_states 0 mark_read 0\n", NULL },
	{ "verification time 31 usec\nstack depth 0\nprocessed 2 insns (limit 1000000)\n", NULL },
	{ "R0 invalid mem access 'map_value_or_null'\n"
	  "verification time 31 usec\nstack depth 4\n"
	  "processed 7 insns (limit 1000000) max_states_per_insn 0 total_states 0 peak_states 0 mark_read 0\n",
	  "R0 invalid mem access 'map_value_or_null'" },
	{ "0: R1=ctx() R10=fp0\n0: (95) exit\nR0 !read_ok\n"
	  "processed 1 insns (limit 1000000) max_states_per_insn 0 total_states 0 peak_states 0 mark_read 0\n",
	  "R0 !read_ok" },
	{ "unreachable insn 3\nprocessed 0 insns (limit 1000000)\n", "unreachable insn 3" },
	{ "jump out of range from insn 1 to 7\n", "jump out of range from insn 1 to 7" },
	{ "back-edge from insn 3 to 1\nprocessed 4 insns (limit 131072), stack depth 0\n",
	  "back-edge from insn 3 to 1" },
	{ "BPF program is too large. Processed 1000001 insn\nverification time 1 usec\n"
	  "stack depth 0+8\nprocessed 1000001 insns\n", "BPF program is too large. Processed 1000001 insn" },
	{ "no newline at the end", "no newline at the end" },
};

/* With BTF. What it may be the reason for is tried without it. */
static const struct btf_policy {
	const char *name;
	struct answer answers[7];
	int expected;
	const char *log, *words, *info;
} btf_policies[] = {
	{ "good", { { STATS | BTF, 64 * KIB, FD, "processed 2 insns\n" } }, FD, "", "", "" },
	{ "refused, not for its BTF",
	  { { STATS | BTF, 64 * KIB, -EACCES, "bad\n" },
	    { FULL | BTF, 16 * MIB - 1, -EACCES, "; a; @ x.c:1\n0: (b7)\n; b; @ x.c:2\nbad\n" } },
	  -EACCES, "; a; @ x.c:1\n0: (b7)\n; b; @ x.c:2\nbad\n",
	  "the verifier refuses it: bad (Permission denied), at: b; @ x.c:2", "" },
	{ "refused for its BTF",
	  { { STATS | BTF, 64 * KIB, -EINVAL, "missing bpf_line_info for func#1\nprocessed 0 insns\n" },
	    { STATS, 64 * KIB, FD, "processed 2 insns\n" } },
	  FD, "", "", "program 'x': its BTF is refused (missing bpf_line_info for func#1), it is loaded without\n" },
	{ "refused with and without",
	  { { STATS | BTF, 64 * KIB, -EINVAL, "back-edge\nprocessed 0 insns\n" },
	    { STATS, 64 * KIB, -EINVAL, "back-edge\n" },
	    { FULL | BTF, 16 * MIB - 1, -EINVAL, "; l\nback-edge\n" } },
	  -EINVAL, "; l\nback-edge\n",
	  "the verifier refuses it: back-edge (Invalid argument), at: l", "" },
	{ "refused on the way, where BTF is long accepted",
	  { { STATS | BTF, 64 * KIB, -EINVAL, "bad\nprocessed 7 insns\n" },
	    { FULL | BTF, 16 * MIB - 1, -EINVAL, "; l\nbad\nprocessed 7 insns\n" } },
	  -EINVAL, "; l\nbad\nprocessed 7 insns\n",
	  "the verifier refuses it: bad (Invalid argument), at: l", "" },
	{ "refused for its BTF, and without it for another reason",
	  { { STATS | BTF, 64 * KIB, -EINVAL, "func_info\n" },
	    { STATS, 64 * KIB, -EACCES, "bad\n" },
	    { FULL, 16 * MIB - 1, -EACCES, "bad\n" } },
	  -EACCES, "bad\n", "the verifier refuses it: bad (Permission denied)",
	  "program 'x': its BTF is refused (func_info), it is loaded without\n" },
	{ "refused for its BTF, which says who catches exceptions",
	  { { STATS | BTF, 64 * KIB, -EINVAL, "exception callback type id not found in func_info\nprocessed 0 insns\n" },
	    { FULL | BTF, 16 * MIB - 1, -EINVAL, "exception callback type id not found in func_info\n" } },
	  -EINVAL, "exception callback type id not found in func_info\n",
	  "the verifier refuses it: exception callback type id not found in func_info (Invalid argument)", "" },
	{ "too large",
	  { { STATS | BTF, 64 * KIB, -E2BIG, "BPF program is too large\nprocessed 1000001 insns\n" } },
	  -E2BIG, "BPF program is too large\nprocessed 1000001 insns\n",
	  "the verifier refuses it: BPF program is too large (Argument list too long)", "" },
	{ "a kernel before BTF", { { STATS | BTF, 64 * KIB, -E2BIG, "" }, { STATS, 64 * KIB, FD, "" } },
	  FD, "", "", "program 'x': its BTF is refused (Argument list too long), it is loaded without\n" },
	{ "a kernel that knows BTF and no level 4",
	  { { STATS | BTF, 64 * KIB, -EINVAL, "" }, { BTF, 0, FD, NULL } },
	  FD, "", "", "" },
	{ "without the right", { { STATS | BTF, 64 * KIB, -EPERM, "" } },
	  -EPERM, "", "load: Operation not permitted", "" },
};

static void keep_line(void *data, enum bpfelf_log_level level, const char *line)
{
	(void)level;
	buf_addf(data, "%s\n", line);
}

START_TEST(btf_never_decides)
{
	const struct btf_policy *p = &btf_policies[_i];
	struct script script = { .answers = p->answers };
	struct kern kern = { .ops = &ops, .priv = &script };
	_cleanup_buf_ struct buf log = { 0 }, info = { 0 };
	struct bpfelf_ctx ctx = {
		.kern = &kern, .log_level = BPFELF_LOG_INFO,
		.log = keep_line, .log_data = &info,
	};
	const struct bpf_func_info func = { 0 };
	struct kern_prog prog = { .name = "x", .func_info = &func, .func_info_cnt = 1 };
	struct err err = { 0 };
	int fd;

	while (script.cnt < ARRAY_SIZE(p->answers) && p->answers[script.cnt].result)
		script.cnt++;
	fd = prog_load(&ctx, &prog, false, &log, &err);
	ck_assert_msg(fd == p->expected, "%s: %d", p->name, fd);
	ck_assert_msg(script.asked == script.cnt, "%s: asked %zu times", p->name, script.asked);
	ck_assert_str_eq(buf_str(&log), p->log);
	ck_assert_str_eq(err.text, p->words);
	ck_assert_str_eq(buf_str(&info), p->info);
}
END_TEST

/* kernels 6.1 and 6.18 */
static const struct {
	const char *log, *line;
} lines[] = {
	{ "", NULL },
	{ "0: R1=ctx()\n0: (95) exit\nR0 !read_ok\n", NULL },
	{ "from 3 to 5: R0=0; R1=1\n", NULL },
	{ "; return *n;\n3: (61)\nR0 invalid mem access 'scalar'\n", "return *n;" },
	{ "; int x(void) @ a.c:1\n0: (b7)\n; return *n; @ a.c:3\n1: (61)\nR0 bad\nprocessed 2 insns\n",
	  "return *n; @ a.c:3" },
	{ "; no newline at the end", "no newline at the end" },
};

START_TEST(the_source_is_the_last_line_of_it)
{
	char line[64];

	ck_assert_int_eq(prog_source(lines[_i].log, line, sizeof(line)), lines[_i].line != NULL);
	if (lines[_i].line)
		ck_assert_str_eq(line, lines[_i].line);
}
END_TEST

START_TEST(the_reason_is_the_last_line_that_says_something)
{
	char reason[128];

	if (!reasons[_i].reason) {
		ck_assert(!prog_reason(reasons[_i].log, reason, sizeof(reason)));
		return;
	}
	ck_assert(prog_reason(reasons[_i].log, reason, sizeof(reason)));
	ck_assert_str_eq(reason, reasons[_i].reason);
}
END_TEST

START_TEST(a_long_reason_is_cut)
{
	char reason[8];

	ck_assert(prog_reason("0123456789\n", reason, sizeof(reason)));
	ck_assert_str_eq(reason, "0123456");
}
END_TEST

Suite *prog_suite(void)
{
	Suite *s = suite_create("prog");
	TCase *tc = tcase_create("prog");

	tcase_add_loop_test(tc, a_log_never_decides, 0, ARRAY_SIZE(policies));
	tcase_add_loop_test(tc, what_the_device_refuses_is_not_the_verifier, 0,
			    ARRAY_SIZE(device_refusals));
	tcase_add_loop_test(tc, btf_never_decides, 0, ARRAY_SIZE(btf_policies));
	tcase_add_loop_test(tc, the_source_is_the_last_line_of_it, 0, ARRAY_SIZE(lines));
	tcase_add_loop_test(tc, the_reason_is_the_last_line_that_says_something, 0,
			    ARRAY_SIZE(reasons));
	tcase_add_test(tc, a_long_reason_is_cut);
	suite_add_tcase(s, tc);
	return s;
}
