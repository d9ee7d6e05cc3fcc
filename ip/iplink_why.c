/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "iplink_why.h"

#include <ctype.h>
#include <errno.h>
#include <linux/if.h>
#include <linux/rtnetlink.h>
#include <stdio.h>

#include "holders.h"
#include "nl.h"
#include "query.h"
#include "retype.h"

/* what any driver takes: a frame in one page */
#define SAFE_MTU	1500

/* ---- the device ---- */

enum mode { DRIVER, GENERIC, OFFLOAD, MODES };

static const struct {
	uint16_t attr;		/* IFLA_XDP_*_PROG_ID */
	const char *word;	/* the clause that means this mode alone */
	const char *name;
} modes[MODES] = {
	[DRIVER]  = { IFLA_XDP_DRV_PROG_ID, "xdpdrv",	  "driver" },
	[GENERIC] = { IFLA_XDP_SKB_PROG_ID, "xdpgeneric", "generic" },
	[OFFLOAD] = { IFLA_XDP_HW_PROG_ID,  "xdpoffload", "offload" },
};

struct device {
	uint32_t mtu, peer;
	bool peer_is_away;	/* in another namespace */
	uint32_t ids[MODES];	/* 0: no program */
};

static int take_device(const struct nlmsghdr *nlh, void *data)
{
	const struct nlattr *tb[IFLA_MAX + 1], *xdp[IFLA_XDP_MAX + 1];
	struct device *dev = data;
	int i;

	if (nlh->nlmsg_type != RTM_NEWLINK)
		return 0;
	nl_attrs(nlh, sizeof(struct ifinfomsg), tb, IFLA_MAX);
	nl_nested(tb[IFLA_XDP], xdp, IFLA_XDP_MAX);
	dev->mtu = nl_u32(tb[IFLA_MTU], 0);
	dev->peer = nl_u32(tb[IFLA_LINK], 0);
	dev->peer_is_away = tb[IFLA_LINK_NETNSID];
	for (i = 0; i < MODES; i++)
		dev->ids[i] = nl_u32(xdp[modes[i].attr], 0);
	return 0;
}

/* A device that has gone meanwhile has nothing. */
static void look_at(const struct xdp_job *job, uint32_t ifindex,
		    struct device *dev)
{
	memset(dev, 0, sizeof(*dev));
	query_links(job->cli->ctx, ifindex, RTEXT_FILTER_SKIP_STATS,
		    take_device, dev);
}

static void name_prog(const struct xdp_job *job, uint32_t id,
		      char name[BPF_OBJ_NAME_LEN])
{
	struct bpf_prog_info info;

	*name = '\0';
	if (query_prog(job->cli->ctx, id, &info) == 0)
		snprintf(name, BPF_OBJ_NAME_LEN, "%s", info.name);
}

/* "program 12 (xdp_pass)" */
static void add_prog(const struct xdp_job *job, uint32_t id, struct buf *text)
{
	char name[BPF_OBJ_NAME_LEN];

	name_prog(job, id, name);
	buf_addf(text, "program %u", id);
	if (*name)
		buf_addf(text, " (%s)", name);
}

/* "ip link set dev v0" */
static void add_set(const struct xdp_job *job, const char *dev, struct buf *text)
{
	retype_command(text, job->cli);
	buf_addf(text, " link set dev");
	retype_word(text, dev);
}

/* ---- what sits there ---- */

static void tell_prog(const struct xdp_job *job, const struct device *dev,
		      enum mode mode, const char *has)
{
	_cleanup_buf_ struct buf text = { 0 };

	add_prog(job, dev->ids[mode], &text);
	fprintf(stderr, "Note: %s %s %s in %s mode\n", job->dev, has,
		buf_str(&text), modes[mode].name);
}

static void tell_how_to_take_off(const struct xdp_job *job, enum mode mode)
{
	_cleanup_buf_ struct buf text = { 0 };

	add_set(job, job->dev, &text);
	fprintf(stderr, "Hint: to take it off: %s %s off\n", buf_str(&text),
		modes[mode].word);
}

static bool tell_link(const struct xdp_job *job, uint32_t id)
{
	_cleanup_holders_ struct holders held;

	holders_of_xdp(job->cli->ctx, job->ifindex, id, &held);
	if (!held.link_id)
		return false;
	fprintf(stderr, "Note: bpf_link %u holds it%s%s%s%s\n", held.link_id,
		held.pins.len ? ", pinned as " : "", buf_str(&held.pins),
		held.procs.len ? ", open in " : "", buf_str(&held.procs));
	fprintf(stderr, "Hint: it goes with its last pin and descriptor, or by: bpftool link detach id %u\n",
		held.link_id);
	return true;
}

static bool tell_dispatcher(const struct xdp_job *job, uint32_t id)
{
	_cleanup_buf_ struct buf text = { 0 };
	char name[BPF_OBJ_NAME_LEN];

	name_prog(job, id, name);
	if (!str_eq(name, "xdp_dispatcher"))
		return false;
	if (holders_of_dispatcher(job->cli->ctx, job->ifindex, id, &text))
		fprintf(stderr, "Note: it is the dispatcher of xdp-tools, %s\n",
			buf_str(&text));
	else
		fprintf(stderr, "Note: it is a dispatcher of xdp-tools\n");
	fprintf(stderr, "Hint: to take off all that it runs: xdp-loader unload %s --all\n",
		job->dev);
	return true;
}

static void tell_who_is_there(const struct xdp_job *job,
			      const struct device *dev, int error)
{
	int i;

	for (i = 0; i < MODES; i++) {
		if (!dev->ids[i])
			continue;
		tell_prog(job, dev, i, "has");
		if (tell_link(job, dev->ids[i]) ||
		    tell_dispatcher(job, dev->ids[i]))
			continue;
		/* the same mode: a hint has been given already */
		if (error == -EEXIST)
			tell_how_to_take_off(job, i);
	}
}

/* ---- what the driver does not like ---- */

static void add_peer(const struct xdp_job *job, const struct device *dev,
		     struct buf *text)
{
	char name[IFNAMSIZ];
	struct device peer;

	if (!dev->peer)
		return;
	if (dev->peer_is_away) {
		buf_addf(text, ", peer if%u in another namespace", dev->peer);
		return;
	}
	look_at(job, dev->peer, &peer);
	query_ifname(job->cli->ctx, dev->peer, name);
	buf_addf(text, ", peer %s with mtu %u", name, peer.mtu);
}

static void tell_facts(const struct xdp_job *job, const struct device *dev,
		       const struct query_driver *driver)
{
	_cleanup_buf_ struct buf text = { 0 };

	buf_addf(&text, "%s: mtu %u", job->dev, dev->mtu);
	add_peer(job, dev, &text);
	if (*driver->name)
		buf_addf(&text, ", driver %s", driver->name);
	if (driver->channels)
		buf_addf(&text, ", %u channels", driver->channels);
	if (driver->lro)
		buf_addf(&text, ", lro on");
	fprintf(stderr, "Note: %s\n", buf_str(&text));
}

/* The mtu that is in the way may be the peer's */
static void hint_mtu(const struct xdp_job *job, const struct device *dev,
		     const char *said, struct buf *text)
{
	char name[IFNAMSIZ];

	if (!strcasestr(said, "peer") || !dev->peer) {
		add_set(job, job->dev, text);
	} else if (dev->peer_is_away) {
		buf_addf(text, "in the namespace of if%u: ip link set dev if%u",
			 dev->peer, dev->peer);
	} else {
		query_ifname(job->cli->ctx, dev->peer, name);
		add_set(job, name, text);
	}
	buf_addf(text, " mtu %u", SAFE_MTU);
}

static void hint_feature(const struct xdp_job *job, const char *feature,
			 struct buf *text)
{
	buf_addf(text, "ethtool -K");
	retype_word(text, job->dev);
	buf_addf(text, " %s off", feature);
}

/* Drivers want queues for XDP_TX beside those in use. */
static void hint_channels(const struct xdp_job *job,
			  const struct query_driver *driver, struct buf *text)
{
	buf_addf(text, "ethtool -L");
	retype_word(text, job->dev);
	buf_addf(text, " combined %u", driver->channels > 1 ? driver->channels / 2 : 1);
}

/* The same command, but for its clause */
static void hint_generic(const struct xdp_job *job, struct buf *text)
{
	const struct words *w = &job->cli->words;
	int i;

	retype_command(text, job->cli);
	for (i = w->pos; i < w->argc; i++)
		retype_word(text, str_eq(w->argv[i], modes[DRIVER].word) ||
				  str_eq(w->argv[i], modes[OFFLOAD].word)
				? modes[GENERIC].word : w->argv[i]);
}

/* as the beginning of a word: "ring" is not meant by "during" */
static bool says(const char *said, const char *word)
{
	const char *at = said;

	while ((at = strcasestr(at, word))) {
		if (at == said || !isalnum((unsigned char)at[-1]))
			return true;
		at++;
	}
	return false;
}

static bool says_any(const char *said, const char *const *words)
{
	for (; *words; words++)
		if (says(said, *words))
			return true;
	return false;
}

static void tell_remedy(const struct xdp_job *job, const struct device *dev,
			const struct query_driver *driver, int error,
			const char *said)
{
	static const char *const lro[] = { "lro", "large receive", NULL };
	static const char *const gro[] = { "gro_hw", "gro-hw", "hw-gro",
					   "hw gro", "hardware gro", NULL };
	static const char *const queues[] = { "queue", "channel", "ring", NULL };
	_cleanup_buf_ struct buf text = { 0 };

	if (says(said, "mtu"))
		hint_mtu(job, dev, said, &text);
	else if (says_any(said, gro))
		hint_feature(job, "rx-gro-hw", &text);
	else if (says_any(said, lro) || (!*said && driver->lro))
		hint_feature(job, "lro", &text);
	else if (says_any(said, queues))
		hint_channels(job, driver, &text);
	else if (error == -EOPNOTSUPP && job->words->mode)
		hint_generic(job, &text);
	if (text.len)
		fprintf(stderr, "Hint: try: %s\n", buf_str(&text));
}

/* ---- the whole ---- */

void why_refused(const struct xdp_job *job, int error, const char *said)
{
	struct query_driver driver;
	struct device dev;

	look_at(job, job->ifindex, &dev);
	if (error == -EBUSY || error == -EEXIST) {
		tell_who_is_there(job, &dev, error);
		return;
	}
	query_driver(job->cli->ctx, job->ifindex, &driver);
	tell_facts(job, &dev, &driver);
	tell_remedy(job, &dev, &driver, error, said);
}

static void why_still_there(const struct xdp_job *job, const struct device *dev)
{
	int i;

	for (i = 0; i < MODES; i++) {
		if (!dev->ids[i])
			continue;
		tell_prog(job, dev, i, "still has");
		tell_how_to_take_off(job, i);
	}
}

void why_elsewhere(const struct xdp_job *job)
{
	struct device dev;

	if (!job->words->off && job->words->mode)
		return;
	look_at(job, job->ifindex, &dev);
	if (job->words->off)
		why_still_there(job, &dev);
	else if (dev.ids[GENERIC])
		fprintf(stderr, "Note: %s runs it in generic mode: its driver has no XDP of its own\n",
			job->dev);
}
