/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * Command lines of `ip link set` and what they mean, abbreviations included:
 * which words are the clause of XDP, and which are the system's ip's. "As 6.1"
 * was tried on iproute2 6.1.
 */
#include "../ip/iplink_set.h"

#include <stdio.h>

#include "../ip/ip_common.h"
#include "buf.h"
#include "capture.h"
#include "unit.h"

#define SYSTEMS "the system's"

static const struct {
	const char *line;	/* behind `ip link set` */
	const char *means;	/* DEV, the clause, "|" and what is left; or
				 * "STATUS: first line said" */
} lines[] = {
	/* modes, as 6.1: compared whole */
	{ "dev v0 xdp obj a.o", "v0 xdp obj a.o" },
	{ "dev v0 xdpgeneric obj a.o", "v0 xdp generic obj a.o" },
	{ "dev v0 xdpdrv obj a.o", "v0 xdp driver obj a.o" },
	{ "dev v0 xdpoffload obj a.o", "v0 xdp offload obj a.o" },
	{ "dev v0 xdpg obj a.o", SYSTEMS },
	{ "dev v0 xd off", SYSTEMS },

	/* taking it off, as 6.1 */
	{ "dev v0 xdp off", "v0 xdp off" },
	{ "dev v0 xdp none", "v0 xdp off" },
	{ "dev v0 xdpgeneric off", "v0 xdp generic off" },
	{ "dev v0 xdp of", "255: What mode is \"of\"?" },
	{ "dev v0 xdp n", "255: What mode is \"n\"?" },

	/* the object, as 6.1 */
	{ "v0 xdp o a.o", "v0 xdp obj a.o" },
	{ "v0 xdp object a.o", "v0 xdp obj a.o" },
	{ "v0 xdp object-file a.o", "v0 xdp obj a.o" },
	{ "v0 xdp obj a.o s x", "v0 xdp obj a.o sec x" },
	{ "v0 xdp obj a.o sec x", "v0 xdp obj a.o sec x" },
	{ "v0 xdp obj a.o section x v", "v0 xdp obj a.o sec x verbose" },
	{ "v0 xdp obj a.o verb", "v0 xdp obj a.o verbose" },
	{ "v0 xdp obj a.o program f", "v0 xdp obj a.o program f" },
	{ "v0 xdp pinned m:p", "v0 xdp pinned m:p" },
	{ "v0 xdp p /p", "v0 xdp pinned /p" },
	{ "v0 xdp object-pinned /p", "v0 xdp pinned /p" },
	{ "v0 xdp fd /p", "v0 xdp pinned /p" },
	{ "v0 xdp obj obj", "v0 xdp obj obj" },
	{ "v0 xdp bytecode 1,6", "255: What mode is \"bytecode\"?" },
	{ "v0 xdp obj", "255: Command line is not complete. Try option \"help\"" },
	{ "v0 xdp obj a.o sec",
	  "255: Command line is not complete. Try option \"help\"" },
	{ "v0 xdp", "255: Command line is not complete. Try option \"help\"" },

	/* among ordinary words; 6.1 takes `off` as the last word only */
	{ "dev v0 up mtu 1400 xdp obj a.o", "v0 xdp obj a.o | up mtu 1400" },
	{ "dev v0 xdp obj a.o sec x verb up mtu 1400",
	  "v0 xdp obj a.o sec x verbose | up mtu 1400" },
	{ "xdp off dev v0 down", "v0 xdp off | down" },
	{ "xdp off v0 txq 5", "v0 xdp off | txq 5" },
	{ "v0 xdp off xdpdrv obj a.o", "v0 xdp driver obj a.o" },
	{ "v0 xdp obj a.o netns 1", "v0 xdp obj a.o leaves | netns 1" },
	{ "v0 xdp obj a.o vf 0 mac 1:2 trust on up",
	  "v0 xdp obj a.o | vf 0 mac 1:2 trust on up" },
	{ "group 3 xdp off", "group xdp off | group 3" },
	{ "v0 xdp off mtu", "255: Command line is not complete. Try option \"help\"" },

	/* where the word is a value it is no clause */
	{ "dev xdp up", SYSTEMS },
	{ "v0 alias xdp", SYSTEMS },
	{ "v0 al xdp", SYSTEMS },
	{ "v0 name xdp", SYSTEMS },
	{ "v0 type bridge xdp off", SYSTEMS },
	{ "v0 master xdp xdp off", "v0 xdp off | master xdp" },
	{ "dev xdp xdp off", "xdp xdp off" },

	/* what is complained of, as 6.1 */
	{ "xdp off", "255: Not enough information: \"dev\" argument is required." },
	{ "dev v0 dev v1 xdp off",
	  "255: Error: either \"dev\" is duplicate, or \"v1\" is a garbage." },
	{ "v0 v1 xdp off",
	  "255: Error: either \"dev\" is duplicate, or \"v1\" is a garbage." },
	{ "dev a/b xdp off",
	  "255: Error: argument \"a/b\" is wrong: \"dev\" not a valid ifname" },
	{ "up", SYSTEMS },
	{ "", SYSTEMS },
};

static void add_clause(struct buf *text, const struct xdp_words *xdp)
{
	buf_addf(text, " xdp%s%s%s%s",
		 xdp->mode == XDP_FLAGS_SKB_MODE ? " generic" : "",
		 xdp->mode == XDP_FLAGS_DRV_MODE ? " driver" : "",
		 xdp->mode == XDP_FLAGS_HW_MODE ? " offload" : "",
		 xdp->off ? " off" : "");
	if (xdp->bpf.mode == BPF_MODE_OBJECT)
		buf_addf(text, " obj %s", xdp->bpf.file);
	if (xdp->bpf.mode == BPF_MODE_PINNED)
		buf_addf(text, " pinned %s", xdp->bpf.file);
	if (xdp->bpf.section)
		buf_addf(text, " sec %s", xdp->bpf.section);
	if (xdp->bpf.program)
		buf_addf(text, " program %s", xdp->bpf.program);
	if (xdp->bpf.verbose)
		buf_addf(text, " verbose");
}

static void add_set(struct buf *text, const struct iplink_set_words *set)
{
	int i;

	buf_addf(text, "%s", set->dev ?: set->has_group ? "group" : "");
	add_clause(text, &set->xdp);
	if (set->leaves)
		buf_addf(text, " leaves");
	for (i = 0; i < set->count; i++)
		buf_addf(text, "%s%s", i ? " " : " | ", set->ordinary[i]);
}

static void read_line(struct words *w, struct buf *text)
{
	struct iplink_set_words set = { .ordinary = (char *[32]){ NULL } };
	_cleanup_free_ char *said = NULL;
	struct capture capture;
	int status;

	capture_begin(&capture, STDERR_FILENO);
	status = iplink_set_parse(w, &set);
	said = capture_end(&capture);
	said[strcspn(said, "\n")] = '\0';
	if (status)
		buf_addf(text, "%d: %s", status, said);
	else
		add_set(text, &set);
}

START_TEST(a_line_means)
{
	_cleanup_buf_ struct buf text = { 0 };
	char line[256], *argv[32];
	struct words w = { .argv = argv, .pos = 1 };

	snprintf(line, sizeof(line), "%s", lines[_i].line);
	w.argc = split_words(line, argv);
	if (iplink_set_is_ours(w))
		read_line(&w, &text);
	else
		buf_addf(&text, SYSTEMS);
	ck_assert_msg(str_eq(buf_str(&text), lines[_i].means), "'%s' means '%s'",
		      lines[_i].line, buf_str(&text));
}
END_TEST

Suite *iplink_suite(void)
{
	Suite *suite = suite_create("iplink");
	TCase *tc = tcase_create("iplink");

	tcase_add_loop_test(tc, a_line_means, 0, ARRAY_SIZE(lines));
	suite_add_tcase(suite, tc);
	return suite;
}
