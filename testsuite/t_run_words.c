/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "../tc/run.h"

#include <linux/bpf.h>
#include <stdio.h>

#include "ctx.h"
#include "fake_kern.h"
#include "../tc/run_packet.h"
#include "../tc/run_verdict.h"
#include "unit.h"

/* cut @line at its blanks */
static struct words split(char *line, char **argv)
{
	struct words w = { .argv = argv };
	char *rest, *word;

	for (word = strtok_r(line, " ", &rest); word; word = strtok_r(NULL, " ", &rest))
		argv[w.argc++] = word;
	return w;
}

static void to_hex(const struct buf *data, size_t from, size_t to, char *hex)
{
	*hex = '\0';
	for (; from < to && from < data->len; from++)
		hex += sprintf(hex, "%02x", (uint8_t)data->data[from]);
}

/* checksums by another hand */
static const struct built {
	const char *words;
	size_t len, from, to;
	const char *hex;	/* of bytes from to to; NULL: refused */
} built[] = {
	{ "", 64, 0, 14, "0200000000020200000000010800" },
	{ "udp dst 10.0.0.7", 64, 14, 34, "4500003200000000" "4011aeb3c0000201" "0a000007" },
	{ "udp len 42 sport 1 dport 2", 42, 34, 42, "000100020008" "7bd7" },
	{ "tcp", 64, 34, 54, "0400000900000000" "000000005002ffff" "27cc0000" },
	{ "tcp flags 0x10", 64, 46, 48, "5010" },
	{ "tcp src 2001:db8::5", 74, 12, 22, "86dd" "60000000001406" "40" },
	{ "ip proto 132 ttl 3 tos 8", 64, 14, 24, "45080032000000000384" },
	{ "eth proto 0x88cc len 14", 14, 12, 14, "88cc" },
	{ "eth dmac 1:2:3:4:5:6 len 20", 20, 0, 6, "010203040506" },
	{ "udp len 41", 0, 0, 0, NULL },
	{ "udp len 13", 0, 0, 0, NULL },
	{ "udp len 65536", 0, 0, 0, NULL },
	{ "udp dport 65536", 0, 0, 0, NULL },
	{ "udp src 10.0.0.1 dst 2001:db8::1", 0, 0, 0, NULL },
	{ "eth smac nonsense", 0, 0, 0, NULL },
	{ "udp dst", 0, 0, 0, NULL },
};

START_TEST(words_make_a_packet)
{
	const struct built *b = &built[_i];
	_cleanup_buf_ struct buf frame = { 0 };
	char line[80], hex[80], *argv[20];
	struct words w;

	snprintf(line, sizeof(line), "%s", b->words);
	w = split(line, argv);
	ck_assert_int_eq(run_packet_take(&w, &frame), b->hex ? 0 : CLI_USAGE);
	if (!b->hex)
		return;
	ck_assert_uint_eq(frame.len, b->len);
	to_hex(&frame, b->from, b->to, hex);
	ck_assert_str_eq(hex, b->hex);
}
END_TEST

/* what comes with `packet` belongs to a capture file only behind `pcap` */
START_TEST(a_packet_ends_where_other_words_begin)
{
	char line[] = "id 7 packet tcp dport 80 ctx mark=7 priority=1 repeat 9";
	struct run_words run;
	char *argv[20];
	struct words w = split(line, argv);

	ck_assert_int_eq(run_words_take(&w, &run), 0);
	ck_assert_uint_eq(run.id, 7);
	ck_assert_uint_eq(run.built.len, 64);
	ck_assert_int_eq(run.ctx_cnt, 2);
	ck_assert_str_eq(run.ctx[1], "priority=1");
	ck_assert_uint_eq(run.repeat, 9);
	run_words_free(&run);
}
END_TEST

static const struct lined {
	const char *words;
	int result;
	bool all;
	uint32_t packet;
} lined[] = {
	{ "obj x.o sec xdp pcap f packet all", 0, true, 1 },
	{ "obj x.o pcap f packet 3 pins", 0, false, 3 },
	{ "pinned x type xdp pcap f", 0, false, 1 },
	{ "obj x.o pcap f packet udp", CLI_USAGE, false, 1 },
	{ "obj x.o data f pcap f", CLI_USAGE, false, 1 },
	{ "obj x.o packet udp packet udp", CLI_USAGE, false, 1 },
	{ "obj x.o batch 3", CLI_USAGE, false, 1 },
	{ "obj x.o live out f", CLI_USAGE, false, 1 },
	{ "obj x.o packet udp meta hex:01 checksum", 0, false, 1 },
	{ "obj x.o packet udp live expect-map a 1 1", 0, false, 1 },
	{ "obj x.o packet udp live expect drop", CLI_USAGE, false, 1 },
	{ "obj x.o packet udp live expect-data f", CLI_USAGE, false, 1 },
	{ "obj x.o pcap f packet all live", CLI_USAGE, false, 1 },
	{ "obj x.o meta", CLI_USAGE, false, 1 },
	{ "obj x.o type nonsense", CLI_USAGE, false, 1 },
	{ "obj x.o expect-map a 1", CLI_USAGE, false, 1 },
	{ "obj x.o ctx", CLI_USAGE, false, 1 },
	{ "id 0", CLI_USAGE, false, 1 },
	{ "nonsense", CLI_USAGE, false, 1 },
	{ "", CLI_USAGE, false, 1 },
};

START_TEST(words_of_a_run)
{
	const struct lined *l = &lined[_i];
	char line[80], *argv[20];
	struct run_words run;
	struct words w;

	snprintf(line, sizeof(line), "%s", l->words);
	w = split(line, argv);
	ck_assert_int_eq(run_words_take(&w, &run), l->result);
	if (l->result == 0) {
		ck_assert_int_eq(run.all, l->all);
		ck_assert_uint_eq(run.packet, l->packet);
	}
	run_words_free(&run);
}
END_TEST

static const struct set {
	uint32_t type;
	const char *word;
	int result;
	size_t offset, size;
	uint64_t value;
} sets[] = {
	{ BPF_PROG_TYPE_LWT_IN, "mark=0x10", 0, offsetof(struct __sk_buff, mark), 4, 16 },
	{ BPF_PROG_TYPE_LWT_IN, "cb4=7", 0, offsetof(struct __sk_buff, cb[4]), 4, 7 },
	{ BPF_PROG_TYPE_LWT_IN, "tstamp=5000000000", 0,
	  offsetof(struct __sk_buff, tstamp), 8, 5000000000 },
	{ BPF_PROG_TYPE_LWT_IN, "ifindex=v0", 0, offsetof(struct __sk_buff, ifindex), 4, 2 },
	{ BPF_PROG_TYPE_LWT_IN, "ifindex=9", 0, offsetof(struct __sk_buff, ifindex), 4, 9 },
	{ BPF_PROG_TYPE_LWT_IN, "ifindex=none", CLI_FAIL, 0, 0, 0 },
	{ BPF_PROG_TYPE_LWT_IN, "len=9", CLI_USAGE, 0, 0, 0 },
	{ BPF_PROG_TYPE_LWT_IN, "tc_index=9", CLI_USAGE, 0, 0, 0 },
	{ BPF_PROG_TYPE_LWT_IN, "mark=0x100000000", CLI_USAGE, 0, 0, 0 },
	{ BPF_PROG_TYPE_LWT_IN, "mark=-1", CLI_USAGE, 0, 0, 0 },
	{ BPF_PROG_TYPE_LWT_IN, "mark=", CLI_USAGE, 0, 0, 0 },
	{ BPF_PROG_TYPE_XDP, "rx_queue_index=1", 0, offsetof(struct xdp_md, rx_queue_index), 4, 1 },
	{ BPF_PROG_TYPE_XDP, "data_end=60", 0, offsetof(struct xdp_md, data_end), 4, 60 },
	{ BPF_PROG_TYPE_XDP, "data=4", CLI_USAGE, 0, 0, 0 },
	{ BPF_PROG_TYPE_SK_LOOKUP, "family=inet6", 0, offsetof(struct bpf_sk_lookup, family), 4, 10 },
	{ BPF_PROG_TYPE_SK_LOOKUP, "local_ip6=::1", 0,
	  offsetof(struct bpf_sk_lookup, local_ip6) + 15, 1, 1 },
	{ BPF_PROG_TYPE_SK_LOOKUP, "remote_port=258", 0,
	  offsetof(struct bpf_sk_lookup, remote_port) + 1, 1, 2 },
	{ BPF_PROG_TYPE_SK_LOOKUP, "local_ip4=1.2.3.300", CLI_USAGE, 0, 0, 0 },
	{ BPF_PROG_TYPE_SK_LOOKUP, "cookie=1", CLI_USAGE, 0, 0, 0 },
};

START_TEST(a_field_of_a_context_is_set)
{
	const struct set *s = &sets[_i];
	struct fake_kern fake = FAKE_KERN;
	static const struct command tool = { .tool = { .name = "tc" } };
	struct cli cli = { .command = &tool };
	char bytes[RUN_CTX_MAX] = { 0 };
	uint64_t value = 0;

	ctx_new_with_kern(fake_open(&fake), &cli.ctx);
	ck_assert_int_eq(run_ctx_set(&cli, run_ctx_of(s->type), s->word, bytes), s->result);
	memcpy(&value, bytes + s->offset, s->size);
	ck_assert_uint_eq(value, s->value);
	bpfelf_ctx_free(cli.ctx);
	fake_free(&fake);
}
END_TEST

static const struct named {
	uint32_t type, retval;
	const char *name, *brief;
} named[] = {
	{ BPF_PROG_TYPE_XDP, 1, "XDP_DROP", "drop" },
	{ BPF_PROG_TYPE_SCHED_CLS, 2, "TC_ACT_SHOT", "Shot" },
	{ BPF_PROG_TYPE_SCHED_ACT, (uint32_t)-1, "TC_ACT_UNSPEC", "-1" },
	{ BPF_PROG_TYPE_LWT_XMIT, 128, "BPF_LWT_REROUTE", "lwt_reroute" },
	{ BPF_PROG_TYPE_SK_LOOKUP, 1, "SK_PASS", "pass" },
	{ BPF_PROG_TYPE_CGROUP_SKB, 0, "DENY", "deny" },
	{ BPF_PROG_TYPE_FLOW_DISSECTOR, 129, "BPF_FLOW_DISSECTOR_CONTINUE", "129" },
	{ BPF_PROG_TYPE_SYSCALL, 77, NULL, "77" },
};

START_TEST(a_verdict_has_a_name)
{
	const struct named *n = &named[_i];
	char text[RUN_VERDICT_SIZE];
	const char *name = run_verdict_name(n->type, n->retval, text);
	uint32_t retval = 0;

	ck_assert_str_eq(name ?: "-", n->name ?: "-");
	ck_assert(run_verdict_read(n->type, n->brief, &retval));
	ck_assert_uint_eq(retval, n->retval);
	ck_assert(!n->name || run_verdict_read(n->type, n->name, &retval));
	ck_assert_uint_eq(retval, n->retval);
	ck_assert(!run_verdict_read(n->type, "nonsense", &retval));
}
END_TEST

Suite *run_words_suite(void)
{
	Suite *s = suite_create("run_words");
	TCase *tc = tcase_create("words");

	tcase_add_loop_test(tc, words_make_a_packet, 0, ARRAY_SIZE(built));
	tcase_add_test(tc, a_packet_ends_where_other_words_begin);
	tcase_add_loop_test(tc, words_of_a_run, 0, ARRAY_SIZE(lined));
	tcase_add_loop_test(tc, a_field_of_a_context_is_set, 0, ARRAY_SIZE(sets));
	tcase_add_loop_test(tc, a_verdict_has_a_name, 0, ARRAY_SIZE(named));
	suite_add_tcase(s, tc);
	return s;
}
