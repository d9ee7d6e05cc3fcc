/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * `ip link set ... xdp ...`: the clause that is ours among the ordinary words,
 * which the system's ip carries out.
 */
#include "iplink_set.h"

#include <stdio.h>

#include "ip_common.h"
#include "suggest.h"

/* ---- words ---- */

/* Keep the word that was just taken, and @values more. */
static int keep(struct words *w, struct iplink_set_words *set, int values)
{
	int i;

	if (w->argc - w->pos < values)
		return word_incomplete();
	for (i = -1; i < values; i++)
		set->ordinary[set->count++] = w->argv[w->pos + i];
	w->pos += values;
	return 0;
}

static const int no_value = 0, one_value = 1, two_values = 2;

static int take_ordinary(struct words *w, const struct kw *kw, void *into)
{
	return keep(w, into, *(const int *)kw->arg);
}

static int take_group(struct words *w, const struct kw *kw, void *into)
{
	struct iplink_set_words *set = into;

	set->has_group = true;
	return take_ordinary(w, kw, set);
}

static int take_netns(struct words *w, const struct kw *kw, void *into)
{
	struct iplink_set_words *set = into;

	set->leaves = true;
	return take_ordinary(w, kw, set);
}

/* all that follows belongs to the link type */
static int take_type(struct words *w, const struct kw *kw, void *into)
{
	(void)kw;
	return keep(w, into, w->argc - w->pos);
}

/* the words that may follow `vf NUM` */
static const struct kw vf_words[] = {
	KW_EXACT_SELF("mac",		take_ordinary, &one_value),
	KW_EXACT_SELF("vlan",		take_ordinary, &one_value),
	KW_EXACT_SELF("qos",		take_ordinary, &one_value),
	KW_EXACT_SELF("proto",		take_ordinary, &one_value),
	KW_EXACT_SELF("rate",		take_ordinary, &one_value),
	KW_EXACT_SELF("max_tx_rate",	take_ordinary, &one_value),
	KW_EXACT_SELF("min_tx_rate",	take_ordinary, &one_value),
	KW_EXACT_SELF("spoofchk",	take_ordinary, &one_value),
	KW_EXACT_SELF("query_rss",	take_ordinary, &one_value),
	KW_EXACT_SELF("state",		take_ordinary, &one_value),
	KW_EXACT_SELF("trust",		take_ordinary, &one_value),
	KW_EXACT_SELF("node_guid",	take_ordinary, &one_value),
	KW_EXACT_SELF("port_guid",	take_ordinary, &one_value),
	{ 0 }
};

static int take_vf(struct words *w, const struct kw *kw, void *into)
{
	return take_ordinary(w, kw, into) ?: kw_any(vf_words, w, into, NULL);
}

static int take_dev(struct words *w, const struct kw *kw, void *into)
{
	struct iplink_set_words *set = into;
	const char *second = word_peek(w);

	if (second && set->dev)
		return word_twice_or_garbage("dev", second);
	return word_ifname(w, kw, &set->dev);
}

static const uint32_t by_default = 0, generic = XDP_FLAGS_SKB_MODE,
		      driver = XDP_FLAGS_DRV_MODE, offload = XDP_FLAGS_HW_MODE;

static int take_xdp(struct words *w, const struct kw *kw, void *into)
{
	struct iplink_set_words *set = into;

	return xdp_words_take(w, *(const uint32_t *)kw->arg, &set->xdp);
}

/*
 * compat: as ip 6.1 abbreviates. We need to know which of them take a value,
 * so that `alias xdp` and `master xdp` are not taken for the clause.
 */
static const struct kw set_words[] = {
	KW_EXACT_SELF("dev",		take_dev, NULL),
	KW_EXACT_SELF("xdp",		take_xdp, &by_default),
	KW_EXACT_SELF("xdpgeneric",	take_xdp, &generic),
	KW_EXACT_SELF("xdpdrv",		take_xdp, &driver),
	KW_EXACT_SELF("xdpoffload",	take_xdp, &offload),
	KW_EXACT_SELF("up",		take_ordinary, &no_value),
	KW_EXACT_SELF("down",		take_ordinary, &no_value),
	KW_EXACT_SELF("name",		take_ordinary, &one_value),
	KW_EXACT_SELF("index",		take_ordinary, &one_value),
	KW_SELF      ("link",		take_ordinary, &one_value),
	KW_SELF      ("address",	take_ordinary, &one_value),
	KW_SELF      ("broadcast",	take_ordinary, &one_value),
	KW_EXACT_SELF("brd",		take_ordinary, &one_value),
	KW_SELF      ("txqueuelen",	take_ordinary, &one_value),
	KW_EXACT_SELF("qlen",		take_ordinary, &one_value),
	KW_SELF      ("txqlen",		take_ordinary, &one_value),
	KW_EXACT_SELF("mtu",		take_ordinary, &one_value),
	KW_EXACT_SELF("netns",		take_netns, &one_value),
	KW_EXACT_SELF("multicast",	take_ordinary, &one_value),
	KW_EXACT_SELF("allmulticast",	take_ordinary, &one_value),
	KW_EXACT_SELF("promisc",	take_ordinary, &one_value),
	KW_EXACT_SELF("trailers",	take_ordinary, &one_value),
	KW_EXACT_SELF("arp",		take_ordinary, &one_value),
	KW_EXACT_SELF("carrier",	take_ordinary, &one_value),
	KW_EXACT_SELF("vf",		take_vf, &one_value),
	KW_SELF      ("master",		take_ordinary, &one_value),
	KW_EXACT_SELF("vrf",		take_ordinary, &one_value),
	KW_SELF      ("nomaster",	take_ordinary, &no_value),
	KW_SELF      ("dynamic",	take_ordinary, &one_value),
	KW_SELF      ("type",		take_type, NULL),
	KW_SELF      ("alias",		take_ordinary, &one_value),
	KW_EXACT_SELF("group",		take_group, &one_value),
	KW_SELF      ("numtxqueues",	take_ordinary, &one_value),
	KW_SELF      ("numrxqueues",	take_ordinary, &one_value),
	KW_SELF      ("addrgenmode",	take_ordinary, &one_value),
	KW_SELF      ("link-netns",	take_ordinary, &one_value),
	KW_SELF      ("link-netnsid",	take_ordinary, &one_value),
	KW_EXACT_SELF("protodown",	take_ordinary, &one_value),
	KW_EXACT_SELF("protodown_reason", take_ordinary, &two_values),
	KW_EXACT_SELF("gso_max_size",	take_ordinary, &one_value),
	KW_EXACT_SELF("gso_max_segs",	take_ordinary, &one_value),
	KW_EXACT_SELF("gro_max_size",	take_ordinary, &one_value),
	KW_EXACT_SELF("gso_ipv4_max_size", take_ordinary, &one_value),
	KW_EXACT_SELF("gro_ipv4_max_size", take_ordinary, &one_value),
	KW_EXACT_SELF("parentdev",	take_ordinary, &one_value),
	{ 0 }
};

int iplink_set_parse(struct words *w, struct iplink_set_words *set)
{
	int r;

	do {
		r = kw_any(set_words, w, set, NULL);
		if (r || !word_peek(w))
			break;
		r = take_dev(w, NULL, set);
	} while (r == 0);
	if (r || set->dev || set->has_group)
		return r;
	fprintf(stderr, "Not enough information: \"dev\" argument is required.\n");
	return CLI_USAGE;
}

/* The keyword rows know how far their values reach; a clause of ours ends the
 * search. Says nothing, unlike iplink_set_parse(). */
bool iplink_set_is_ours(struct words w)
{
	const struct kw *kw;
	const char *word;

	while ((word = word_take(&w))) {
		kw = kw_find(set_words, word);
		if (!kw)
			continue;
		if (kw->take == take_xdp)
			return true;
		if (kw->take == take_type)
			return false;
		if (kw->take == take_dev)
			w.pos++;
		else
			w.pos += *(const int *)kw->arg;
	}
	return false;
}

/* A word that is neither known nor the name of the device */
void iplink_set_suggest(struct words w)
{
	struct suggest s = { 0 };
	bool has_dev = false;
	const struct kw *kw;
	const char *word;

	while ((word = word_take(&w)) && !s.word) {
		kw = kw_find(set_words, word);
		if (!kw && has_dev)
			s.word = word;
		else if (kw && kw->take == take_type)
			return;
		else if (kw && kw->take != take_dev)
			w.pos += *(const int *)kw->arg;
		else if (kw)
			w.pos++;
		has_dev |= !kw || kw->take == take_dev;
	}
	/* others may be words of a newer ip */
	suggest_consider(&s, "xdp");
	suggest_consider(&s, "xdpgeneric");
	suggest_consider(&s, "xdpdrv");
	suggest_consider(&s, "xdpoffload");
	suggest_hint(&s);
}

/* ---- doing it ---- */

/* All but the clause, as a command of its own. */
static int run_ordinary(struct cli *cli, const struct iplink_set_words *set)
{
	_cleanup_free_ char **argv = NULL;
	int n = 0, i;

	if (!set->count)
		return CLI_OK;
	argv = calloc(set->count + 5, sizeof(*argv));
	if (!argv) {
		fprintf(stderr, "out of memory\n");
		return CLI_USAGE;
	}
	argv[n++] = (char *)"link";
	argv[n++] = (char *)"set";
	argv[n++] = (char *)"dev";
	argv[n++] = (char *)set->dev;
	for (i = 0; i < set->count; i++)
		argv[n++] = set->ordinary[i];
	return command_run_system(cli, n, argv);
}

/*
 * The order in which the least is lost: what can be refused without any
 * effect comes first, the clause itself is one transaction around the rest.
 * (iproute2 loads before it looks for the device, and pins for a typo.) As in
 * the kernel, ordinary words such as a new mtu come before the attachment.
 */
static int carry_out(struct cli *cli, const struct iplink_set_words *set)
{
	struct xdp_job job = {
		.cli = cli, .words = &set->xdp, .dev = set->dev,
	};
	int r = command_device(cli, set->dev, &job.ifindex);

	if (r)
		return r;
	r = xdp_load(&job);
	if (set->leaves)
		r = r ?: xdp_attach(&job) ?: run_ordinary(cli, set);
	else
		r = r ?: run_ordinary(cli, set) ?: xdp_attach(&job);
	r = r ?: xdp_keep(&job);
	if (r == 0 && !cli->share)
		command_leave(cli, &job.loaded);
	else if (r == 0)
		xdp_share(&job, !set->count);
	xdp_end(&job);
	return r;
}

int iplink_set(struct cli *cli, struct words *w)
{
	_cleanup_free_ char **ordinary = calloc(w->argc, sizeof(*ordinary));
	struct iplink_set_words set = { .ordinary = ordinary };
	int r;

	if (!ordinary) {
		fprintf(stderr, "out of memory\n");
		return CLI_USAGE;
	}
	r = iplink_set_parse(w, &set);
	if (r)
		return r;
	if (!set.dev)		/* a whole group at once */
		return CLI_HANDOVER;
	return carry_out(cli, &set);
}
