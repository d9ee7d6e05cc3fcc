/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* The command `ip`: its options, and which objects are ours. */
#include "ip_common.h"
#include "suggest.h"

static const char usage[] =
	"Usage: ip [ -force ] link set [ dev ] DEVICE XDP [ WORDS ]\n"
	"       ip link show [ [ dev ] DEVICE ]\n"
	"       ip [ -4 | -6 ] route { add | replace | change | append | prepend | del } ROUTE\n"
	"           encap bpf [ in PROG ] [ out PROG ] [ xmit PROG ] [ headroom N ]\n"
	"       ip -6 route { add | ... } ROUTE encap seg6local action End.BPF endpoint PROG\n"
	"       ip { -details | -json } route { show | get } [ SELECTOR ]\n"
	"       ip [ -force ] -batch FILE\n"
	"       ip -V\n"
	"where  XDP := { xdp | xdpgeneric | xdpdrv | xdpoffload }\n"
	"              { off | none | PROG }\n"
	"       PROG := object FILE [ section NAME ] [ program NAME ]\n"
	"               [ maps-as { bpf_elf_map | bpf_map_def } ]\n"
	"               [ data-as { value | map } ]\n"
	"               [ set NAME=VALUE ]... [ verbose ] |\n"
	"               pinned PATH\n"
	"       PATH may begin with m: for the bpffs; WORDS and ROUTE are those of\n"
	"       `ip link set` and `ip route`.\n";

/* As ip 6.1 abbreviates; the order counts, `-b` is -batch and `-h` no help. */
static const struct opt options[] = {
	OPT("loops",		1, OPT_SYSTEM_STR, system),
	OPT("family",		1, OPT_STR,	family),
	OPT("4",		1, OPT_FLAG,	inet),
	OPT("6",		1, OPT_FLAG,	inet6),
	OPT("0",		1, OPT_FLAG,	system),
	OPT("M",		1, OPT_FLAG,	system),
	OPT("B",		1, OPT_FLAG,	system),
	OPT("human-readable",	1, OPT_FLAG,	human),
	OPT("iec",		1, OPT_FLAG,	human),
	OPT("stats",		1, OPT_COUNT,	stats),
	OPT("statistics",	1, OPT_COUNT,	stats),
	OPT("details",		1, OPT_COUNT,	details),
	OPT("resolve",		1, OPT_FLAG,	resolve),
	OPT("oneline",		1, OPT_FLAG,	oneline),
	OPT("timestamp",	1, OPT_FLAG,	timestamp),
	OPT("tshort",		2, OPT_FLAG,	timestamp),
	OPT("Version",		1, OPT_FLAG,	version),
	OPT("force",		2, OPT_FLAG,	force),
	OPT("batch",		1, OPT_STR,	batch),
	OPT("brief",		2, OPT_FLAG,	brief),
	OPT("json",		1, OPT_FLAG,	json),
	OPT("pretty",		1, OPT_FLAG,	pretty),
	OPT("rcvbuf",		2, OPT_SYSTEM_STR, system),
	OPT("color",		1, OPT_COLOR,	color),
	OPT("help",		2, OPT_FLAG,	help),
	OPT("netns",		1, OPT_STR,	netns),
	OPT("Numeric",		1, OPT_FLAG,	numeric),
	OPT("all",		1, OPT_FLAG,	system),
	OPT("echo",		4, OPT_FLAG,	echo),
	{ 0 }
};

/* iproute2 knows no object before "link" that begins with l */
static bool is_link(const char *word)
{
	return word_is(word, "link");
}

/* nor one before "route" that begins with r */
static bool is_route(const char *word)
{
	return word_is(word, "route");
}

/* of ip 6.1; 1: ours in part */
static const struct word_name objects[] = {
	{ "address", 0 }, { "addrlabel", 0 }, { "maddress", 0 },
	{ "route", 1 }, { "rule", 0 }, { "neighbor", 0 },
	{ "neighbour", 0 }, { "ntable", 0 }, { "ntbl", 0 },
	{ "link", 1 }, { "l2tp", 0 }, { "fou", 0 }, { "ila", 0 },
	{ "macsec", 0 }, { "tunnel", 0 }, { "tunl", 0 },
	{ "tuntap", 0 }, { "tap", 0 }, { "token", 0 },
	{ "tcpmetrics", 0 }, { "tcp_metrics", 0 }, { "monitor", 0 },
	{ "xfrm", 0 }, { "mroute", 0 }, { "mrule", 0 },
	{ "netns", 0 }, { "netconf", 0 }, { "vrf", 0 }, { "sr", 0 },
	{ "nexthop", 0 }, { "mptcp", 0 }, { "ioam", 0 },
	{ "stats", 0 }, { "help", 0 }, { NULL, 0 }
};

/* `ip lnik ...`, `ip link st ...`, `ip link set dev v0 xpd ...` */
static void suggest(const struct words *words)
{
	struct words w = *words;
	const char *word = word_take(&w);
	struct suggest s = { .word = word };
	int object = word_among(objects, word);

	if (object > 0 && is_link(word))
		iplink_suggest(w);
	if (object >= 0)
		return;
	suggest_names(&s, objects);
	suggest_hint(&s);
}

static bool is_ours(const struct cli *cli, const struct words *w)
{
	struct words ahead = *w;
	const char *object = word_take(&ahead);

	if (is_route(object))
		return !cli->opts.system && iproute_is_ours(cli, ahead);
	return is_link(object) && iplink_is_ours(ahead);
}

static int run(struct cli *cli, struct words *w)
{
	const char *object = word_take(w);

	if (is_route(object))
		return iproute(cli, w);
	return is_link(object) ? iplink(cli, w) : CLI_HANDOVER;
}

int main(int argc, char **argv)
{
	static const struct command ip = {
		.tool = { "ip", "BPFELF_IP" },
		.title = "ip utility",
		.usage = usage,
		.usage_status = CLI_USAGE,
		.options = options,
		.is_ours = is_ours,
		.suggest = suggest,
		.run = run,
	};

	return command_main(&ip, argc, argv);
}
