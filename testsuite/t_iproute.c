/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * `ip route`: words and what message they make (as iproute2 6.1 sends it, by
 * strace), encapsulations, addresses, and what is added to a listing.
 */
#include <linux/rtnetlink.h>
#include <stdio.h>
#include <sys/socket.h>

#include "../ip/iproute_annotate.h"
#include "../ip/iproute_words.h"
#include "addr.h"
#include "capture.h"
#include "rigged.h"


/* ---- messages as text ---- */

static void add_attrs(struct buf *text, const char *at, size_t len)
{
	const struct nlattr *attr;
	size_t i;

	for (; len >= sizeof(*attr); at += NLA_ALIGN(attr->nla_len),
				     len -= NLA_ALIGN(attr->nla_len)) {
		attr = (const struct nlattr *)at;
		buf_addf(text, " %u:", attr->nla_type);
		for (i = sizeof(*attr); i < attr->nla_len; i++)
			buf_addf(text, "%02x", (uint8_t)at[i]);
	}
}

static void add_progs(struct buf *text, const struct encap_words *encap)
{
	static const char *const places[] = { "in", "out", "xmit", "endpoint" };
	int i;

	buf_addf(text, " encap %u", encap->nexthop);
	for (i = 0; i < ENCAP_PLACES; i++)
		if (encap->progs[i].mode)
			buf_addf(text, " %s %s%s%s", places[i], encap->progs[i].file,
				 encap->progs[i].section ? "/" : "",
				 encap->progs[i].section ?: "");
	if (encap->headroom)
		buf_addf(text, " headroom %u", encap->headroom);
	if (encap->count)
		buf_addf(text, " count");
}

static void add_route(struct buf *text, const struct route_words *route)
{
	const struct rtmsg *rtm = NLMSG_DATA(&route->req.nlh);
	const size_t hdrlen = NLMSG_LENGTH(sizeof(*rtm));
	size_t i;

	buf_addf(text, "%s %u/%u", rtm->rtm_family == AF_INET ? "inet" : "inet6",
		 rtm->rtm_dst_len, rtm->rtm_src_len);
	buf_addf(text, " tos %u table %u proto %u scope %u type %u", rtm->rtm_tos,
		 rtm->rtm_table, rtm->rtm_protocol, rtm->rtm_scope, rtm->rtm_type);
	if (rtm->rtm_flags)
		buf_addf(text, " flags %u", rtm->rtm_flags);
	add_attrs(text, route->req.room + hdrlen, route->req.nlh.nlmsg_len - hdrlen);
	for (i = 0; i < route->encaps_cnt; i++)
		add_progs(text, &route->encaps[i]);
}

static void read_line(const char *line, bool del, struct buf *text)
{
	struct cli cli = { .ctx = rig.ctx };
	struct route_words route = { .cli = &cli, .del = del };
	struct capture capture;
	char words[512], *argv[32], *said;
	struct words w = { .argv = argv, .pos = 1 };
	int status;

	snprintf(words, sizeof(words), "%s", line);
	w.argc = split_words(words, argv);
	capture_begin(&capture, STDERR_FILENO);
	status = route_words_take(&w, &route);
	said = capture_end(&capture);
	said[strcspn(said, "\n")] = '\0';
	if (status)
		buf_addf(text, "%d: %s", status, said);
	else
		add_route(text, &route);
	free(said);
	route_words_free(&route);
}

#define BASE	"inet 16/0 tos 0 table 254 proto 3 scope 253 type 1 1:0a010000"
#define VIA	"inet 16/0 tos 0 table 254 proto 3 scope 0 type 1 1:0a010000"
#define DEV_V0	" 4:02000000"

static const struct {
	const char *line, *means;
} adds[] = {
	{ "10.1.0.0/16 dev v0", BASE DEV_V0 },
	{ "to 10.1.0.0/16 oif v0", BASE DEV_V0 },
	{ "10.1/16 dev lo dev v0", BASE DEV_V0 },
	{ "unic 10.1.0.0/16 dev v0", BASE DEV_V0 },
	{ "10.1.0.0/16 via 10.9.0.2", VIA " 5:0a090002" },
	{ "10.1.0.0/16 via inet6 fd00::1 dev v0",
	  VIA " 18:0a00fd000000000000000000000000000001" DEV_V0 },
	{ "fd01::/64 dev v0", "inet6 64/0 tos 0 table 254 proto 3 scope 0 type 1 "
	  "1:fd010000000000000000000000000000" DEV_V0 },
	{ "default via fd00::1", "inet6 0/0 tos 0 table 254 proto 3 scope 0 type 1 "
	  "5:fd000000000000000000000000000001" },
	{ "default dev v0", "inet 0/0 tos 0 table 254 proto 3 scope 253 type 1" DEV_V0 },
	{ "blackhole 10.1.0.0/16",
	  "inet 16/0 tos 0 table 254 proto 3 scope 0 type 6 1:0a010000" },
	{ "local 10.1.0.0/16 dev v0",
	  "inet 16/0 tos 0 table 255 proto 3 scope 254 type 2 1:0a010000" DEV_V0 },
	{ "brd 10.1.0.0/16 dev v0",
	  "inet 16/0 tos 0 table 255 proto 3 scope 253 type 3 1:0a010000" DEV_V0 },
	{ "multicast 10.1.0.0/16 dev v0",
	  "inet 16/0 tos 0 table 254 proto 3 scope 253 type 5 1:0a010000" DEV_V0 },
	{ "10.1.0.0/16 tos 10 proto static scope host table 9",
	  "inet 16/0 tos 16 table 9 proto 4 scope 254 type 1 1:0a010000" },
	{ "10.1.0.0/16 t 1000", "inet 16/0 tos 0 table 0 proto 3 scope 253 type 1 "
	  "1:0a010000 15:e8030000" },
	{ "10.1.0.0/16 metric 7", BASE " 6:07000000" },
	{ "10.1.0.0/16 m 7", BASE " 6:07000000" },
	{ "10.1.0.0/16 pr 7", BASE " 6:07000000" },
	{ "10.1.0.0/16 preference 7", BASE " 6:07000000" },
	{ "10.1.0.0/16 pref high", BASE " 20:01" },
	{ "10.1.0.0/16 expires 60", BASE " 23:3c000000" },
	{ "10.1.0.0/16 ttl-propagate enabled", BASE " 26:01" },
	{ "10.1.0.0/16 nhid 5",
	  "inet 16/0 tos 0 table 254 proto 3 scope 0 type 1 1:0a010000 30:05000000" },
	{ "10.1.0.0/16 src 10.9.0.1", BASE " 7:0a090001" },
	{ "10.1.0.0/16 as to 10.9.0.1", BASE " 19:0a090001" },
	{ "10.1.0.0/16 realms 1/2", BASE " 11:02000100" },
	{ "10.1.0.0/16 from 10.2/16",
	  "inet 16/16 tos 0 table 254 proto 3 scope 253 type 1 1:0a010000 2:0a020000" },
	{ "10.1.0.0/16 onlink",
	  "inet 16/0 tos 0 table 254 proto 3 scope 253 type 1 flags 4 1:0a010000" },
	{ "10.1.0.0/16 mtu lock 1400", BASE " 8:080002007805000008000100" "04000000" },
	{ "10.1.0.0/16 r 3", BASE " 8:0800090003000000" },
	{ "10.1.0.0/16 rtt 20ms", BASE " 8:08000400a0000000" },
	{ "10.1.0.0/16 rtt 20", BASE " 8:0800040014000000" },
	{ "10.1.0.0/16 rt 9ms", BASE " 8:0800050024000000" },
	{ "10.1.0.0/16 rto_min 2s", BASE " 8:08000d00d00700000800010000200000" },
	{ "10.1.0.0/16 features ecn", BASE " 8:08000c0001000000" },
	{ "10.1.0.0/16 co cubic", BASE " 8:0a00100063756269630000" "00" },
	{ "10.1.0.0/16 nexthop via 10.9.0.2 weight 3 nexthop dev v0 onlink",
	  VIA " 9:1000000200000000080005000a0900020800040002000000" },
	/* encapsulations */
	{ "10.1.0.0/16 encap bpf in obj a.o sec s out pinned p headroom 5 headroom 6",
	  BASE " encap 0 in a.o/s out p headroom 5" },
	{ "encap bpf xmit obj a xmit o b 10.1.0.0/16 dev v0", BASE DEV_V0 " encap 0 xmit b" },
	{ "10.1.0.0/16 encap seg6local endpoint obj a count action End.BPF",
	  BASE " encap 0 endpoint a count" },
	{ "10.1.0.0/16 nexthop dev v0 nexthop encap bpf in obj a via 10.9.0.2",
	  VIA " 9:08000000020000001000000000000000080005000a090002 encap 2 in a" },
	/* complaints */
	{ "", "255: Error: argument \"to\" is required" },
	{ "10.1.0.0/16 dev", "255: Command line is not complete. Try option \"help\"" },
	{ "10.1.0.0/16 dev nodev", "1: Cannot find device \"nodev\"" },
	{ "10.1.0.0/33", "1: Error: any valid prefix is expected rather than \"10.1.0.0/33\"." },
	{ "10.1.0.0/16 via fd00::1",
	  "1: Error: inet address is expected rather than \"fd00::1\"." },
	{ "10.1.0.0/16 zz", "255: Error: either \"to\" is duplicate, or \"zz\" is a garbage." },
	{ "10.1.0.0/16 mtu x",
	  "255: Error: argument \"x\" is wrong: \"mtu\" value is invalid" },
	{ "10.1.0.0/16 rtt 3us",
	  "255: Error: argument \"3us\" is wrong: \"rtt\" value is invalid" },
	{ "10.1.0.0/16 rtt 1e99s",
	  "255: Error: argument \"1e99s\" is wrong: \"rtt\" value is invalid" },
	{ "10.1.0.0/16 nexthop",
	  "255: Error: unexpected end of line after \"nexthop\"" },
	{ "10.1.0.0/16 nexthop dev v0 metric 5",
	  "255: Error: \"nexthop\" or end of line is expected instead of \"metric\"" },
	{ "10.1.0.0/16 encap bpf in foo bar", "255: What mode is \"foo\"?" },
	{ "10.1.0.0/16 encap bpf", "255: Error: argument \"in, out or xmit\" is required" },
	{ "10.1.0.0/16 encap bpf in obj a encap bpf in obj b",
	  "255: Error: either \"encap\" is duplicate, or \"bpf\" is a garbage." },
	{ "10.1.0.0/16 encap bpf in obj a nexthop encap mpls 5",
	  "255: Error: argument \"mpls\" is wrong: beside programs of BPF no other encapsulation is taken" },
	{ "10.1.0.0/16 encap seg6local endpoint obj a", "255: Missing action type" },
	{ "10.1.0.0/16 encap seg6local action End",
	  "255: Error: argument \"End\" is wrong: only End.BPF goes with a program" },
};

START_TEST(adding)
{
	_cleanup_buf_ struct buf text = { 0 };

	read_line(adds[_i].line, false, &text);
	ck_assert_str_eq(buf_str(&text), adds[_i].means);
}
END_TEST

START_TEST(deleting)
{
	_cleanup_buf_ struct buf v4 = { 0 }, v6 = { 0 };

	read_line("10.1.0.0/16", true, &v4);
	ck_assert_str_eq(buf_str(&v4),
			 "inet 16/0 tos 0 table 254 proto 0 scope 255 type 0 1:0a010000");
	read_line("fd01::/64", true, &v6);
	ck_assert_str_eq(buf_str(&v6), "inet6 64/0 tos 0 table 254 proto 0 scope 0 type 0 "
			 "1:fd010000000000000000000000000000");
}
END_TEST

static const struct {
	const char *line;
	bool is;
} ours[] = {
	{ "10.1.0.0/16 dev v0", false },
	{ "10.1.0.0/16 encap bpf in obj x", true },
	{ "10.1.0.0/16 nexthop dev v0 nexthop encap bpf", true },
	{ "10.1.0.0/16 encap mpls 5", false },
	{ "10.1.0.0/16 encap", false },
	{ "fd01::/64 encap seg6local action End.BPF", true },
	{ "fd01::/64 encap seg6local endpoint obj x action End.BPF", true },
	{ "fd01::/64 encap seg6local action End", false },
	{ "fd01::/64 encap seg6local action End nexthop action End.BPF", false },
};

START_TEST(which_are_ours)
{
	char words[256], *argv[32];
	struct words w = { .argv = argv, .pos = 1 };

	snprintf(words, sizeof(words), "%s", ours[_i].line);
	w.argc = split_words(words, argv);
	ck_assert_int_eq(encap_words_are_there(w), ours[_i].is);
}
END_TEST

/* ---- addresses ---- */

static const struct {
	const char *word;
	uint8_t family;
	int bits;		/* -1: no prefix */
	uint8_t first, last;
} prefixes[] = {
	{ "10.0.0.1", AF_UNSPEC, 32, 10, 1 },
	{ "10", AF_UNSPEC, 32, 10, 0 },
	{ "10/8", AF_INET, 8, 10, 0 },
	{ "0x0a.1/16", AF_INET, 16, 10, 0 },
	{ "10.0.0.0/255.255.0.0", AF_INET, 16, 10, 0 },
	{ "10.0.0.0/0.0.0.0", AF_INET, 0, 10, 0 },
	{ "10.0.0.0/255.255.255.255", AF_INET, 32, 10, 0 },
	{ "fd00::1", AF_UNSPEC, 128, 0xfd, 1 },
	{ "fd00::/64", AF_INET6, 64, 0xfd, 0 },
	{ "default", AF_INET6, 0, 0, 0 },
	{ "10.0.0.0/255.0.255.0", AF_INET, -1, 0, 0 },
	{ "10.0.0.0/33", AF_INET, -1, 0, 0 },
	{ "10.0.0.0/", AF_INET, -1, 0, 0 },
	{ "10.0.0.0/8/8", AF_INET, -1, 0, 0 },
	{ "10..1", AF_INET, -1, 0, 0 },
	{ "10.", AF_INET, -1, 0, 0 },
	{ "10.1.1.1.1", AF_INET, -1, 0, 0 },
	{ "10.1.1.x", AF_INET, -1, 0, 0 },
	{ "256.1.1.1", AF_INET, -1, 0, 0 },
	{ "-1.1.1.1", AF_INET, -1, 0, 0 },
	{ "", AF_UNSPEC, -1, 0, 0 },
	{ "fd00::/129", AF_INET6, -1, 0, 0 },
	{ "fd00::/ffff::", AF_INET6, -1, 0, 0 },
	{ "fd00::1", AF_INET, -1, 0, 0 },
	{ "10.0.0.1", AF_INET6, -1, 0, 0 },
	{ "fd00:0000:0000:0000:0000:0000:0000:0000:0000:0000:0000/64", AF_INET6, -1, 0, 0 },
};

START_TEST(reading_prefixes)
{
	struct addr addr;
	bool is = addr_read_prefix(prefixes[_i].word, prefixes[_i].family, &addr);

	ck_assert_int_eq(is, prefixes[_i].bits >= 0);
	if (!is)
		return;
	ck_assert_int_eq(addr.bits, prefixes[_i].bits);
	ck_assert_int_eq(addr.data[0], prefixes[_i].first);
	ck_assert_int_eq(addr.len ? addr.data[addr.len - 1] : 0, prefixes[_i].last);
}
END_TEST

/* ---- listings ---- */

static struct label known[] = {
	{ .id = 7, .type = BPF_PROG_TYPE_LWT_IN, .prog_name = "f", .tag = { 0xab }, .name = "a.o:[s]" },
	{ .id = 8, .type = BPF_PROG_TYPE_LWT_OUT, .prog_name = "g", .tag = { 1 }, .name = "a.o:[s]" },
	{ .id = 9, .type = BPF_PROG_TYPE_LWT_OUT, .prog_name = "h", .tag = { 1 }, .name = "a.o:[s]" },
	{ .id = 10, .type = BPF_PROG_TYPE_LWT_XMIT, .name = "my \"own\" file.o:[s]" },
	{ .id = 11, .type = BPF_PROG_TYPE_LWT_SEG6LOCAL, .prog_name = "e" },
};

static const struct labels all_known = { known, ARRAY_SIZE(known) };

#define TAG(first) "tag " first "00000000000000"

static const struct {
	const char *from, *to;
} texts[] = {
	{ "", "" },
	{ "10.1.0.0/16 dev v0 scope link \n", "10.1.0.0/16 dev v0 scope link \n" },
	{ "a  encap bpf in a.o:[s] dev v0 \nb  encap mpls 5 \n",
	  "a  encap bpf in a.o:[s] id 7 name f " TAG("ab") " dev v0 \nb  encap mpls 5 \n" },
	{ "a  encap bpf out a.o:[s] xmit my \"own\" file.o:[s]\\\tx",
	  "a  encap bpf out a.o:[s] id 8|9 " TAG("01")
	  " xmit my \"own\" file.o:[s] id 10 " TAG("00") "\\\tx" },
	{ "a  encap bpf in nobody's dev out", "a  encap bpf in nobody's dev out" },
	{ "a  encap seg6local action End.BPF endpoint any dev v0 ",
	  "a  encap seg6local action End.BPF endpoint any id 11 name e " TAG("00") " dev v0 " },
	{ "a  encap seg6local action End endpoint x", "a  encap seg6local action End endpoint x" },
	{ "a  encap bpf in", "a  encap bpf in" },
	{ "a  encap bpf in ", "a  encap bpf in " },
};

START_TEST(text_with_programs)
{
	_cleanup_buf_ struct buf from = { 0 }, to = { 0 };

	buf_addf(&from, "%s", texts[_i].from);
	annotate_text(&all_known, &from, &to);
	ck_assert_str_eq(buf_str(&to), texts[_i].to);
}
END_TEST

static const struct {
	const char *from, *to;
} jsons[] = {
	{ "[]", "[]" },
	{ "[{\"in\":\"a.o:[s]\",\"dev\":\"in\"}]",
	  "[{\"in\":\"a.o:[s]\",\"in_prog\":{\"id\":7,\"name\":\"f\",\"tag\":\"ab00000000000000\"},"
	  "\"dev\":\"in\"}]" },
	{ "{\n  \"in\": \"a.o:[s]\"\n}",
	  "{\n  \"in\": \"a.o:[s]\",\n  \"in_prog\":{\"id\":7,\"name\":\"f\","
	  "\"tag\":\"ab00000000000000\"}\n}" },
	{ "{\"xmit\":\"my \\\"own\\\" file.o:[s]\"}",
	  "{\"xmit\":\"my \\\"own\\\" file.o:[s]\",\"xmit_prog\":{\"id\":10,"
	  "\"tag\":\"0000000000000000\"}}" },
	{ "{\"out\":\"a.o:[s]\"}",
	  "{\"out\":\"a.o:[s]\",\"out_prog_candidates\":["
	  "{\"id\":8,\"name\":\"g\",\"tag\":\"0100000000000000\"},"
	  "{\"id\":9,\"name\":\"h\",\"tag\":\"0100000000000000\"}]}" },
	{ "{\"in\":\"nobody's\",\"out\":5}", "{\"in\":\"nobody's\",\"out\":5}" },
	{ "{\"in\":\"a.o:[s", "{\"in\":\"a.o:[s" },
	{ "{\"in\":\"", "{\"in\":\"" },
	{ "{\"in\\", "{\"in\\" },
};

START_TEST(json_with_programs)
{
	_cleanup_buf_ struct buf from = { 0 }, to = { 0 };

	buf_addf(&from, "%s", jsons[_i].from);
	annotate_json(&all_known, &from, &to);
	ck_assert_str_eq(buf_str(&to), jsons[_i].to);
}
END_TEST

Suite *iproute_suite(void)
{
	Suite *s = suite_create("iproute");
	TCase *tc = tcase_create("iproute");

	tcase_add_checked_fixture(tc, rig_start, rig_finish);
	tcase_add_loop_test(tc, adding, 0, ARRAY_SIZE(adds));
	tcase_add_test(tc, deleting);
	tcase_add_loop_test(tc, which_are_ours, 0, ARRAY_SIZE(ours));
	tcase_add_loop_test(tc, reading_prefixes, 0, ARRAY_SIZE(prefixes));
	tcase_add_loop_test(tc, text_with_programs, 0, ARRAY_SIZE(texts));
	tcase_add_loop_test(tc, json_with_programs, 0, ARRAY_SIZE(jsons));
	suite_add_tcase(s, tc);
	return s;
}
