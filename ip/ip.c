/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* The command `ip`: its options, and which objects are ours. */
#include "ip_common.h"

static const char usage[] =
	"Usage: ip [ -force ] link set [ dev ] DEVICE XDP [ WORDS ]\n"
	"       ip link show [ [ dev ] DEVICE ]\n"
	"       ip [ -force ] -batch FILE\n"
	"       ip -V\n"
	"where  XDP := { xdp | xdpgeneric | xdpdrv | xdpoffload }\n"
	"              { off | none |\n"
	"                object FILE [ section NAME ] [ program NAME ] [ verbose ] |\n"
	"                pinned PATH }\n"
	"       PATH may begin with m: for the bpffs; WORDS are those of `ip link set`.\n";

/* As ip 6.1 abbreviates; the order counts, `-b` is -batch and `-h` no help. */
static const struct opt options[] = {
	OPT("loops",		1, OPT_SYSTEM_STR, system),
	OPT("family",		1, OPT_SYSTEM_STR, system),
	OPT("4",		1, OPT_FLAG,	system),
	OPT("6",		1, OPT_FLAG,	system),
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

static bool is_ours(const struct cli *cli, const struct words *w)
{
	struct words ahead = *w;

	(void)cli;
	return is_link(word_take(&ahead)) && iplink_is_ours(ahead);
}

static int run(struct cli *cli, struct words *w)
{
	return is_link(word_take(w)) ? iplink(cli, w) : CLI_HANDOVER;
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
		.run = run,
	};

	return command_main(&ip, argc, argv);
}
