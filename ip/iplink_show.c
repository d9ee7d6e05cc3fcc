/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * `ip link show`: everything is asked first; if something occurs that we
 * cannot print as iproute2 6.1 does, the whole command goes to the system's ip.
 */
#include <errno.h>
#include <linux/if.h>
#include <stdio.h>

#include "ip_common.h"
#include "iplink_print.h"
#include "names.h"

#define GROUP_DB	"/etc/iproute2/group"

/* ---- can we print it? ---- */

static bool has_foreign_option(const struct opts *opts)
{
	return opts_want_system(opts) || opts->human;
}

/* Kinds about which iproute2 itself has no more to say than their name. */
static bool is_plain_kind(const char *kind)
{
	static const char *const kinds[] = { "veth", "dummy", "ifb", "nlmon" };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(kinds); i++)
		if (str_eq(kind, kinds[i]))
			return true;
	return false;
}

static bool has_plain_details(const struct link_info *link)
{
	const char *kind = nl_str(link->kind[IFLA_INFO_KIND]);

	return (!kind || is_plain_kind(kind)) &&
	       !link->kind[IFLA_INFO_SLAVE_KIND] &&
	       !link->tb[IFLA_PHYS_PORT_NAME] &&
	       !link->tb[IFLA_PHYS_PORT_ID] &&
	       !link->tb[IFLA_PHYS_SWITCH_ID];
}

/* Tunnels have internet addresses there, and a peer. */
static bool has_plain_address(const struct link_info *link)
{
	const struct nlattr *address = link->tb[IFLA_ADDRESS];
	size_t len = address ? nl_len(address) : 0;

	if (len == 4 || len == 16)
		return false;
	return !(link->ifi->ifi_flags & IFF_POINTOPOINT) ||
	       !link->tb[IFLA_BROADCAST];
}

/* Only the long text names the namespace of the peer, if it has a name. */
static bool has_plain_netns(const struct show *show,
			    const struct link_info *link)
{
	return !link->tb[IFLA_LINK_NETNSID] || out_is_json(show->o) ||
	       show->cli->opts.brief || access("/var/run/netns", F_OK) != 0;
}

static bool is_plain(const struct show *show, const struct link_info *link)
{
	const struct nlattr *const *tb = link->tb;

	return name_operstate(nl_u8(tb[IFLA_OPERSTATE], 0)) &&
	       name_linkmode(nl_u8(tb[IFLA_LINKMODE], 0)) &&
	       name_arphrd(link->ifi->ifi_type) &&
	       has_plain_address(link) && has_plain_netns(show, link) &&
	       nl_u32(tb[IFLA_NUM_VF], 0) == 0 &&
	       nl_u8(tb[IFLA_PROTO_DOWN], 0) == 0 &&
	       (!show->cli->opts.details || has_plain_details(link));
}

static bool are_plain(const struct show *show)
{
	struct link_info link;
	size_t at = 0;

	while (linkset_next(&show->links, &at, &link))
		if (!is_plain(show, &link))
			return false;
	return true;
}

/* ---- the command ---- */

/* iproute2 takes these for a condition; a device of that name needs "dev". */
static bool is_condition(const char *word)
{
	static const char *const words[] = {
		"up", "type", "group", "master", "vrf", "nomaster", "novf",
		"to", "scope", "label", "help",
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(words); i++)
		if (word_is(word, words[i]))
			return true;
	return false;
}

/* [ [ dev ] NAME ]; anything else is for the system's ip */
static int parse(struct words *w, const char **dev)
{
	const char *word = word_take(w);

	*dev = word;
	if (!word)
		return 0;
	if (str_eq(word, "dev"))
		*dev = word_take(w);
	else if (is_condition(word))
		return CLI_HANDOVER;
	return *dev && !word_peek(w) ? 0 : CLI_HANDOVER;
}

static int find_device(struct cli *cli, const char *dev, uint32_t *ifindex)
{
	int r = dev ? query_ifindex(cli->ctx, dev, ifindex) : 0;

	if (r == 0)
		return CLI_OK;
	if (r == -ENODEV)
		fprintf(stderr, "Device \"%s\" does not exist.\n", dev);
	else
		fprintf(stderr, "%s\n", bpfelf_error(cli->ctx));
	return CLI_FAIL;
}

static void show_all(const struct show *show)
{
	struct link_info link;
	size_t at = 0;

	out_arr(show->o, NULL);
	while (linkset_next(&show->links, &at, &link)) {
		out_obj(show->o, OUT_ELEMENT);
		if (show->cli->opts.brief)
			link_print_brief(show, &link);
		else
			link_print(show, &link);
		out_obj_end(show->o);
	}
	out_arr_end(show->o);
}

static int show_links(struct show *show, uint32_t ifindex)
{
	struct cli *cli = show->cli;
	uint32_t mask = RTEXT_FILTER_VF;
	int r;

	if (!cli->opts.stats)
		mask |= RTEXT_FILTER_SKIP_STATS;
	r = linkset_read(&show->links, cli->ctx, ifindex, mask);
	if (r < 0) {
		fprintf(stderr, "Cannot read the links: %s\n", strerror(-r));
		return CLI_FAIL;
	}
	if (!are_plain(show) && handover_is_possible(&cli->command->tool))
		return CLI_HANDOVER;
	name_db_read(&show->groups, GROUP_DB);
	show_all(show);
	return CLI_OK;
}

int iplink_show(struct cli *cli, struct words *w)
{
	struct progs progs;
	struct show show = { .cli = cli, .o = &cli->out, .progs = &progs };
	uint32_t ifindex = 0;
	const char *dev;
	int r = parse(w, &dev);

	if (r)
		return r;
	progs_init(&progs, cli);
	if (has_foreign_option(&cli->opts) &&
	    handover_is_possible(&cli->command->tool))
		return CLI_HANDOVER;
	r = find_device(cli, dev, &ifindex);
	r = r ?: show_links(&show, ifindex);
	name_db_free(&show.groups);
	linkset_free(&show.links);
	return r;
}
