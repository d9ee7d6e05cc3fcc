/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "linkset.h"

#include <errno.h>

static int add_message(const struct nlmsghdr *nlh, void *data)
{
	static const char pad[NLMSG_ALIGNTO];
	struct buf *messages = data;

	if (nlh->nlmsg_type != RTM_NEWLINK ||
	    nl_payload_len(nlh) < sizeof(struct ifinfomsg))
		return 0;
	buf_add(messages, nlh, nlh->nlmsg_len);
	buf_add(messages, pad, NLMSG_ALIGN(messages->len) - messages->len);
	return buf_failed(messages) ? -ENOMEM : 0;
}

static const struct nlmsghdr *next_message(const struct linkset *set,
					   size_t end, size_t *at)
{
	const struct nlmsghdr *nlh;

	if (*at >= end)
		return NULL;
	nlh = (const struct nlmsghdr *)(set->messages.data + *at);
	*at += NLMSG_ALIGN(nlh->nlmsg_len);
	return nlh;
}

static void take_apart(const struct nlmsghdr *nlh, struct link_info *link)
{
	link->ifi = nl_payload(nlh);
	nl_attrs(nlh, sizeof(*link->ifi), link->tb, IFLA_MAX);
	nl_nested(link->tb[IFLA_LINKINFO], link->kind, IFLA_INFO_MAX);
}

bool linkset_next(const struct linkset *set, size_t *at,
		  struct link_info *link)
{
	const struct nlmsghdr *nlh = next_message(set, set->asked_for, at);

	if (nlh)
		take_apart(nlh, link);
	return nlh;
}

static int compare_places(const void *a, const void *b)
{
	const struct link_place *x = a, *y = b;

	return (x->ifindex > y->ifindex) - (x->ifindex < y->ifindex);
}

static const struct nlmsghdr *find(const struct linkset *set, uint32_t ifindex)
{
	const struct link_place key = { .ifindex = ifindex };
	const struct link_place *place;

	place = set->count ? bsearch(&key, set->places, set->count, sizeof(key),
				     compare_places) : NULL;
	return place ? (const struct nlmsghdr *)(set->messages.data + place->at)
		     : NULL;
}

const char *linkset_name(const struct linkset *set, uint32_t ifindex)
{
	const struct nlmsghdr *nlh = find(set, ifindex);

	return nlh ? nl_str(nl_attr(nlh, sizeof(struct ifinfomsg), IFLA_IFNAME))
		   : NULL;
}

unsigned int linkset_flags(const struct linkset *set, uint32_t ifindex)
{
	const struct nlmsghdr *nlh = find(set, ifindex);
	const struct ifinfomsg *ifi = nlh ? nl_payload(nlh) : NULL;

	return ifi ? ifi->ifi_flags : 0;
}

bool link_has_lower(const struct link_info *link)
{
	return nl_u32(link->tb[IFLA_LINK], 0) && !link->tb[IFLA_LINK_NETNSID];
}

static int index_messages(struct linkset *set)
{
	const struct nlmsghdr *nlh;
	size_t at = 0, start = 0, count = 0;

	while (next_message(set, set->messages.len, &at))
		count++;
	set->places = calloc(count + 1, sizeof(*set->places));
	if (!set->places)
		return -ENOMEM;
	at = 0;
	while ((nlh = next_message(set, set->messages.len, &at))) {
		const struct ifinfomsg *ifi = nl_payload(nlh);

		set->places[set->count++] = (struct link_place){
			.ifindex = ifi->ifi_index, .at = start,
		};
		start = at;
	}
	if (set->count)
		qsort(set->places, set->count, sizeof(*set->places),
		      compare_places);
	return 0;
}

/* One that is not there is no failure: it may have gone meanwhile. */
static void add_one(struct linkset *set, struct bpfelf_ctx *ctx,
		    uint32_t ifindex)
{
	if (ifindex)
		query_links(ctx, ifindex, RTEXT_FILTER_SKIP_STATS, add_message,
			    &set->messages);
}

static void add_related(struct linkset *set, struct bpfelf_ctx *ctx)
{
	uint32_t lower, master;
	struct link_info link;
	size_t at = 0;

	if (!linkset_next(set, &at, &link))
		return;
	/* a message added moves this one: take both numbers first */
	lower = link_has_lower(&link) ? nl_u32(link.tb[IFLA_LINK], 0) : 0;
	master = nl_u32(link.tb[IFLA_MASTER], 0);
	add_one(set, ctx, lower);
	add_one(set, ctx, master);
}

static bool forget_all(void *messages)
{
	((struct buf *)messages)->len = 0;
	return true;
}

static int read_links(struct linkset *set, struct bpfelf_ctx *ctx,
		      uint32_t ifindex, uint32_t ext_mask)
{
	const struct query_reader reader = {
		.fn = add_message,
		.again = forget_all,
		.data = &set->messages,
	};

	if (!ifindex)
		return query_all_links(ctx, ext_mask, &reader);
	return query_links(ctx, ifindex, ext_mask, add_message, &set->messages);
}

int linkset_read(struct linkset *set, struct bpfelf_ctx *ctx, uint32_t ifindex,
		 uint32_t ext_mask)
{
	int r;

	*set = (struct linkset){ 0 };
	r = read_links(set, ctx, ifindex, ext_mask);
	if (r < 0)
		return r;
	set->asked_for = set->messages.len;
	if (ifindex)		/* else they are among all */
		add_related(set, ctx);
	return index_messages(set);
}

void linkset_free(struct linkset *set)
{
	buf_free(&set->messages);
	free(set->places);
}
