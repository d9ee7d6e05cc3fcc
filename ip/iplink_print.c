/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "iplink_print.h"

#include <linux/if.h>
#include <stdio.h>
#include <sys/socket.h>

#include "fmt.h"
#include "iplink_stats.h"
#include "iplink_xdp.h"

/* ---- names and flags ---- */

#define NAME_SIZE	(2 * IFNAMSIZ + 16)

/* "if7", in @room, for one that we cannot see */
static const char *get_ifname(const struct show *show, uint32_t ifindex,
			      char room[IFNAMSIZ])
{
	const char *known = linkset_name(&show->links, ifindex);

	if (known)
		return known;
	snprintf(room, IFNAMSIZ, "if%u", ifindex);
	return room;
}

static const char *own_name(const struct link_info *link)
{
	return nl_str(link->tb[IFLA_IFNAME]) ?: "?";
}

/* What stands behind the '@': "v0@v1", "v0@if7" when that is in another
 * namespace, "gre0@NONE"; NULL: nothing */
static const char *name_below(const struct show *show,
			      const struct link_info *link, char room[IFNAMSIZ])
{
	uint32_t lower = nl_u32(link->tb[IFLA_LINK], 0);

	if (!link->tb[IFLA_LINK])
		return NULL;
	if (!link->tb[IFLA_LINK_NETNSID])
		return lower ? get_ifname(show, lower, room) : "NONE";
	snprintf(room, IFNAMSIZ, "if%u", lower);
	return room;
}

/* JSON: the same as two members */
static void show_names(const struct show *show, const struct link_info *link)
{
	uint32_t lower = nl_u32(link->tb[IFLA_LINK], 0);
	char room[IFNAMSIZ];

	if (!out_is_json(show->o))
		return;
	if (link->tb[IFLA_LINK_NETNSID])
		out_u32(show->o, "link_index", NULL, lower);
	else if (lower)
		out_str(show->o, "link", NULL, get_ifname(show, lower, room));
	else if (link->tb[IFLA_LINK])
		out_null(show->o, "link");
	out_str(show->o, "ifname", NULL, own_name(link));
}

static bool lower_is_down(const struct show *show,
			  const struct link_info *link)
{
	uint32_t lower = nl_u32(link->tb[IFLA_LINK], 0);

	return link_has_lower(link) && linkset_name(&show->links, lower) &&
	       !(linkset_flags(&show->links, lower) & IFF_UP);
}

static void show_flag(struct out *o, const char *name, const char **comma)
{
	out_text(o, "%s%s", *comma, name);
	out_str(o, OUT_ELEMENT, NULL, name);
	*comma = ",";
}

static void show_flags(const struct show *show, const struct link_info *link)
{
	/* IFF_RUNNING shows as the absence of NO-CARRIER */
	static const struct {
		unsigned int bit;
		const char *name;
	} names[] = {
		{ IFF_LOOPBACK,		"LOOPBACK" },
		{ IFF_BROADCAST,	"BROADCAST" },
		{ IFF_POINTOPOINT,	"POINTOPOINT" },
		{ IFF_MULTICAST,	"MULTICAST" },
		{ IFF_NOARP,		"NOARP" },
		{ IFF_ALLMULTI,		"ALLMULTI" },
		{ IFF_PROMISC,		"PROMISC" },
		{ IFF_MASTER,		"MASTER" },
		{ IFF_SLAVE,		"SLAVE" },
		{ IFF_DEBUG,		"DEBUG" },
		{ IFF_DYNAMIC,		"DYNAMIC" },
		{ IFF_AUTOMEDIA,	"AUTOMEDIA" },
		{ IFF_PORTSEL,		"PORTSEL" },
		{ IFF_NOTRAILERS,	"NOTRAILERS" },
		{ IFF_UP,		"UP" },
		{ IFF_LOWER_UP,		"LOWER_UP" },
		{ IFF_DORMANT,		"DORMANT" },
		{ IFF_ECHO,		"ECHO" },
	};
	unsigned int flags = link->ifi->ifi_flags;
	const char *comma = "";
	size_t i;

	out_text(show->o, "<");
	out_arr(show->o, "flags");
	if (flags & IFF_UP && !(flags & IFF_RUNNING))
		show_flag(show->o, "NO-CARRIER", &comma);
	for (i = 0; i < ARRAY_SIZE(names); i++)
		if (flags & names[i].bit)
			show_flag(show->o, names[i].name, &comma);
	if (lower_is_down(show, link))
		show_flag(show->o, "M-DOWN", &comma);
	out_arr_end(show->o);
	out_text(show->o, "> ");
}

static void format_address(const struct nlattr *attr, char text[3 * 32 + 1])
{
	const uint8_t *byte = nl_data(attr);
	size_t i, len = nl_len(attr);

	for (i = 0; i < len && i < 32; i++) {
		if (i)
			*text++ = ':';
		text = fmt_hex(text, byte[i]);
	}
	*text = '\0';
}

static void show_address(struct out *o, const struct nlattr *attr,
			 const char *key, const char *before, const char *after)
{
	char text[3 * 32 + 1];

	if (!attr)
		return;
	format_address(attr, text);
	out_text(o, "%s%s%s", before, text, after);
	out_str(o, key, NULL, text);
}

/* ---- the first line ---- */

static void show_str(struct out *o, const struct nlattr *attr, const char *key,
		     const char *fmt)
{
	if (nl_str(attr))
		out_str(o, key, fmt, nl_str(attr));
}

static void show_u32(struct out *o, const struct nlattr *attr, const char *key,
		     const char *fmt)
{
	if (attr)
		out_u32(o, key, fmt, nl_u32(attr, 0));
}

static void show_master(const struct show *show, const struct link_info *link)
{
	uint32_t master = nl_u32(link->tb[IFLA_MASTER], 0);
	char room[IFNAMSIZ];

	if (link->tb[IFLA_MASTER])
		out_str(show->o, "master", "master %s ",
			get_ifname(show, master, room));
}

static void show_group(const struct show *show, const struct link_info *link)
{
	uint32_t group = nl_u32(link->tb[IFLA_GROUP], 0);
	const char *name = name_db_get(&show->groups, group);
	char number[16];

	if (!link->tb[IFLA_GROUP])
		return;
	/* compat: signed */
	if (!name)
		snprintf(number, sizeof(number), "%d", (int)group);
	out_str(show->o, "group", "group %s ", name ?: number);
}

static void show_state(struct out *o, const struct link_info *link)
{
	const struct nlattr *state = link->tb[IFLA_OPERSTATE];
	const struct nlattr *mode = link->tb[IFLA_LINKMODE];

	if (state)
		out_str(o, "operstate", "state %s ",
			name_operstate(nl_u8(state, 0)) ?: "?");
	if (mode)
		out_str(o, "linkmode", "mode %s ",
			name_linkmode(nl_u8(mode, 0)) ?: "?");
}

static void show_first_line(const struct show *show,
			    const struct link_info *link)
{
	struct out *o = show->o;
	char room[IFNAMSIZ];
	const char *below = name_below(show, link, room);

	out_u32(o, "ifindex", "%u: ", link->ifi->ifi_index);
	out_text(o, "%s", own_name(link));
	if (below)
		out_text(o, "@%s", below);
	out_text(o, ": ");
	show_names(show, link);
	show_flags(show, link);
	show_u32(o, link->tb[IFLA_MTU], "mtu", "mtu %u ");
	xdp_show_word(show->progs, link->tb[IFLA_XDP]);
	show_str(o, link->tb[IFLA_QDISC], "qdisc", "qdisc %s ");
	show_master(show, link);
	show_state(o, link);
	show_group(show, link);
	if (nl_u32(link->tb[IFLA_TXQLEN], 0))
		out_int(o, "txqlen", "qlen %d",
			nl_u32(link->tb[IFLA_TXQLEN], 0));
}

/* ---- the second, and the details ---- */

static bool same_address(const struct nlattr *a, const struct nlattr *b)
{
	size_t len = nl_len(a);

	return b && nl_len(b) == len &&
	       !memcmp(nl_data(a), nl_data(b), len);
}

static void show_second_line(const struct show *show,
			     const struct link_info *link)
{
	const struct nlattr *const *tb = link->tb;
	struct out *o = show->o;

	out_nl(o);
	out_str(o, "link_type", "    link/%s ",
		name_arphrd(link->ifi->ifi_type) ?: "?");
	show_address(o, tb[IFLA_ADDRESS], "address", "", "");
	show_address(o, tb[IFLA_BROADCAST], "broadcast", " brd ", "");
	if (tb[IFLA_PERM_ADDRESS] &&
	    !same_address(tb[IFLA_PERM_ADDRESS], tb[IFLA_ADDRESS]))
		show_address(o, tb[IFLA_PERM_ADDRESS], "permaddr",
			     " permaddr ", "");
	if (tb[IFLA_LINK_NETNSID])
		out_int(o, "link_netnsid", " link-netnsid %d",
			nl_u32(tb[IFLA_LINK_NETNSID], 0));
}

static void show_kind(struct out *o, const struct link_info *link)
{
	const char *kind = nl_str(link->kind[IFLA_INFO_KIND]);

	if (!kind)
		return;
	out_nl(o);
	out_obj(o, "linkinfo");
	out_str(o, "info_kind", "    %s ", kind);
	out_obj_end(o);
}

static void show_addr_gen_mode(struct out *o, const struct link_info *link)
{
	static const char *const names[] = {
		"eui64", "none", "stable_secret", "random",
	};
	const struct nlattr *families[AF_INET6 + 1];
	const struct nlattr *inet6[IFLA_INET6_MAX + 1];
	const struct nlattr *mode;

	nl_nested(link->tb[IFLA_AF_SPEC], families, AF_INET6);
	nl_nested(families[AF_INET6], inet6, IFLA_INET6_MAX);
	mode = inet6[IFLA_INET6_ADDR_GEN_MODE];
	if (mode && nl_u8(mode, 0) < ARRAY_SIZE(names))
		out_str(o, "inet6_addr_gen_mode", "addrgenmode %s ",
			names[nl_u8(mode, 0)]);
}

static void show_details(struct out *o, const struct link_info *link)
{
	const struct nlattr *const *tb = link->tb;

	show_u32(o, tb[IFLA_PROMISCUITY], "promiscuity", " promiscuity %u ");
	show_u32(o, tb[IFLA_ALLMULTI], "allmulti", " allmulti %u ");
	show_u32(o, tb[IFLA_MIN_MTU], "min_mtu", "minmtu %u ");
	show_u32(o, tb[IFLA_MAX_MTU], "max_mtu", "maxmtu %u ");
	show_kind(o, link);
	show_addr_gen_mode(o, link);
	show_u32(o, tb[IFLA_NUM_TX_QUEUES], "num_tx_queues", "numtxqueues %u ");
	show_u32(o, tb[IFLA_NUM_RX_QUEUES], "num_rx_queues", "numrxqueues %u ");
	show_u32(o, tb[IFLA_GSO_MAX_SIZE], "gso_max_size", "gso_max_size %u ");
	show_u32(o, tb[IFLA_GSO_MAX_SEGS], "gso_max_segs", "gso_max_segs %u ");
	show_u32(o, tb[IFLA_TSO_MAX_SIZE], "tso_max_size", "tso_max_size %u ");
	show_u32(o, tb[IFLA_TSO_MAX_SEGS], "tso_max_segs", "tso_max_segs %u ");
	show_u32(o, tb[IFLA_GRO_MAX_SIZE], "gro_max_size", "gro_max_size %u ");
	show_str(o, tb[IFLA_PARENT_DEV_BUS_NAME], "parentbus", "parentbus %s ");
	show_str(o, tb[IFLA_PARENT_DEV_NAME], "parentdev", "parentdev %s ");
}

/* ---- what follows ---- */

static void show_altnames(struct out *o, const struct link_info *link)
{
	const struct nlattr *list = link->tb[IFLA_PROP_LIST], *attr;

	if (!list)
		return;
	out_arr(o, "altnames");
	for (attr = nl_next(list, NULL); attr; attr = nl_next(list, attr)) {
		if (nl_type(attr) != IFLA_ALT_IFNAME || !nl_str(attr))
			continue;
		out_nl(o);
		out_str(o, OUT_ELEMENT, "    altname %s", nl_str(attr));
	}
	out_arr_end(o);
}

/* A card that could have virtual functions and has none; see is_plain() */
static void show_no_vfs(struct out *o, const struct link_info *link)
{
	if (!link->tb[IFLA_VFINFO_LIST])
		return;
	out_arr(o, "vfinfo_list");
	out_arr_end(o);
}

void link_print(const struct show *show, const struct link_info *link)
{
	const struct opts *opts = &show->cli->opts;
	struct out *o = show->o;

	show_first_line(show, link);
	show_second_line(show, link);
	if (opts->details)
		show_details(o, link);
	if (nl_str(link->tb[IFLA_IFALIAS])) {
		out_nl(o);
		out_str(o, "ifalias", "    alias %s",
			nl_str(link->tb[IFLA_IFALIAS]));
	}
	xdp_show_lines(show->progs, link->tb[IFLA_XDP]);
	if (opts->stats)
		link_stats_show(o, link, opts->stats > 1);
	show_no_vfs(o, link);
	show_altnames(o, link);
	out_text(o, "\n");
}

void link_print_brief(const struct show *show, const struct link_info *link)
{
	const struct nlattr *state = link->tb[IFLA_OPERSTATE];
	struct out *o = show->o;
	char name[NAME_SIZE], room[IFNAMSIZ];
	const char *below = name_below(show, link, room);

	snprintf(name, sizeof(name), "%s%s%s", own_name(link), below ? "@" : "",
		 below ?: "");
	out_text(o, "%-16s ", name);
	show_names(show, link);
	if (state)
		out_str(o, "operstate", "%-14s ",
			name_operstate(nl_u8(state, 0)) ?: "?");
	show_address(o, link->tb[IFLA_ADDRESS], "address", "", " ");
	show_flags(show, link);
	out_text(o, "\n");
}
