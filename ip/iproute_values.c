/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Numbers among the words of a route, and names that stand for numbers. */
#include "iproute_words.h"

#include <linux/if_link.h>

#include "names.h"
#include "query.h"

static void put_number(struct nl_req *req, const struct route_attr *attr,
		       uint32_t number)
{
	const uint8_t byte = number;

	if (attr->size == sizeof(byte))
		nl_put(req, attr->type, &byte, sizeof(byte));
	else
		nl_put_u32(req, attr->type, number);
}

static bool read_number(const struct route_attr *attr, const char *word,
			uint32_t *number)
{
	const struct word_name *name = attr->names;

	for (; name && name->name; name++) {
		if (str_eq(word, name->name)) {
			*number = name->value;
			return true;
		}
	}
	return attr->max && word_to_u32(word, 0, attr->max, number);
}

int route_take_number(struct words *w, const struct kw *kw, void *into)
{
	const struct route_attr *attr = kw->arg;
	struct route_words *route = into;
	uint32_t number;
	const char *word;
	int r = word_need(w, &word);

	if (r)
		return r;
	if (!read_number(attr, word, &number))
		return word_wrong(word, attr->wrong);
	route->has_nhid |= attr->type == RTA_NH_ID;
	put_number(&route->req, attr, number);
	return 0;
}

static int take_name(struct words *w, const struct route_name *name,
		     uint32_t *number)
{
	const char *word;
	int r = word_need(w, &word);

	if (r)
		return r;
	return name_to_number(name->kind, word, number) ? 0 : word_wrong(word, name->wrong);
}

int route_take_name(struct words *w, const struct kw *kw, void *field)
{
	uint8_t *byte = field;
	uint32_t number = 0;
	int r = take_name(w, kw->arg, &number);

	*byte = number;
	return r;
}

int route_take_scope(struct words *w, const struct kw *kw, void *into)
{
	struct route_words *route = into;

	route->has_scope = true;
	return route_take_name(w, kw, &route->rtm.rtm_scope);
}

static void set_table(struct route_words *route, uint32_t table)
{
	route->has_table = true;
	route->rtm.rtm_table = table <= UINT8_MAX ? table : RT_TABLE_UNSPEC;
	if (table > UINT8_MAX)
		nl_put_u32(&route->req, RTA_TABLE, table);
}

int route_take_table(struct words *w, const struct kw *kw, void *into)
{
	uint32_t number = 0;
	int r = take_name(w, kw->arg, &number);

	if (r == 0)
		set_table(into, number);
	return r;
}

static int take_vrf_table(const struct nlmsghdr *nlh, void *data)
{
	const struct nlattr *tb[IFLA_LINKINFO + 1], *info[IFLA_INFO_DATA + 1];
	const struct nlattr *vrf[IFLA_VRF_TABLE + 1];
	const char *kind;

	if (nlh->nlmsg_type != RTM_NEWLINK)
		return 0;
	nl_attrs(nlh, sizeof(struct ifinfomsg), tb, IFLA_LINKINFO);
	nl_nested(tb[IFLA_LINKINFO], info, IFLA_INFO_DATA);
	kind = nl_str(info[IFLA_INFO_KIND]);
	nl_nested(info[IFLA_INFO_DATA], vrf, IFLA_VRF_TABLE);
	if (kind && str_eq(kind, "vrf"))
		*(uint32_t *)data = nl_u32(vrf[IFLA_VRF_TABLE], 0);
	return 0;
}

int route_take_vrf(struct words *w, const struct kw *kw, void *into)
{
	struct route_words *route = into;
	uint32_t ifindex, table = 0;
	const char *word;
	int r = word_need(w, &word);

	(void)kw;
	if (r)
		return r;
	if (query_ifindex(route->cli->ctx, word, &ifindex) < 0 ||
	    query_links(route->cli->ctx, ifindex, 0, take_vrf_table, &table) < 0 ||
	    !table)
		return word_wrong(word, "Invalid VRF");
	set_table(route, table);
	return 0;
}

/* [FROM/]TO */
static bool read_realms(const char *word, uint32_t *realms)
{
	_cleanup_free_ char *from = strdup(word);
	char *slash = from ? strchr(from, '/') : NULL;
	uint32_t number = 0;

	if (!from)
		return false;
	if (!slash)
		return name_to_number(NAME_RT_REALM, word, realms);
	*slash = '\0';
	if (!name_to_number(NAME_RT_REALM, from, &number) ||
	    !name_to_number(NAME_RT_REALM, slash + 1, realms))
		return false;
	*realms |= number << 16;
	return true;
}

int route_take_flow(struct words *w, struct nl_req *req)
{
	uint32_t realms;
	const char *word;
	int r = word_need(w, &word);

	if (r)
		return r;
	if (!read_realms(word, &realms))
		return word_wrong(word, "\"realm\" value is invalid");
	nl_put_u32(req, RTA_FLOW, realms);
	return 0;
}
