/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "nl.h"

void *nl_start(struct nl_req *req, uint16_t type, uint16_t flags,
	       size_t hdrlen)
{
	const size_t len = NLMSG_HDRLEN + NLMSG_ALIGN(hdrlen);

	memset(req->room, 0, len);
	req->full = false;
	req->nlh.nlmsg_len = len;
	req->nlh.nlmsg_type = type;
	req->nlh.nlmsg_flags = NLM_F_REQUEST | flags;
	return req->room + NLMSG_HDRLEN;
}

/* NULL: no room, which the request remembers */
static struct nlattr *put_header(struct nl_req *req, uint16_t type, size_t len)
{
	size_t used = req->nlh.nlmsg_len;
	struct nlattr *attr = (struct nlattr *)(req->room + used);

	if (req->full || len > sizeof(req->room) ||
	    NLA_HDRLEN + NLA_ALIGN(len) > sizeof(req->room) - used) {
		req->full = true;
		return NULL;
	}
	attr->nla_type = type;
	attr->nla_len = NLA_HDRLEN + len;
	req->nlh.nlmsg_len += NLA_HDRLEN + NLA_ALIGN(len);
	return attr;
}

void *nl_room(struct nl_req *req, size_t len)
{
	const size_t used = req->nlh.nlmsg_len;
	char *at = (char *)req->room + used;

	if (req->full || len > sizeof(req->room) ||
	    NLA_ALIGN(len) > sizeof(req->room) - used) {
		req->full = true;
		return NULL;
	}
	memset(at, 0, NLA_ALIGN(len));
	req->nlh.nlmsg_len += NLA_ALIGN(len);
	return at;
}

void nl_put(struct nl_req *req, uint16_t type, const void *data, size_t len)
{
	char *payload;

	if (!put_header(req, type, len) || !len)
		return;
	payload = req->room + req->nlh.nlmsg_len - NLA_ALIGN(len);
	memcpy(payload, data, len);
	memset(payload + len, 0, NLA_ALIGN(len) - len);
}

void nl_put_u32(struct nl_req *req, uint16_t type, uint32_t value)
{
	nl_put(req, type, &value, sizeof(value));
}

void nl_put_str(struct nl_req *req, uint16_t type, const char *str)
{
	nl_put(req, type, str, strlen(str) + 1);
}

void nl_put_raw(struct nl_req *req, const void *attrs, size_t len)
{
	size_t used = req->nlh.nlmsg_len;

	if (req->full || len > sizeof(req->room) - used ||
	    NLA_ALIGN(len) > sizeof(req->room) - used) {
		req->full = true;
		return;
	}
	if (len)
		memcpy(req->room + used, attrs, len);
	memset(req->room + used + len, 0, NLA_ALIGN(len) - len);
	req->nlh.nlmsg_len += NLA_ALIGN(len);
}

struct nlattr *nl_nest(struct nl_req *req, uint16_t type)
{
	return put_header(req, type, 0);
}

void nl_nest_end(struct nl_req *req, struct nlattr *nest)
{
	/* so that whatever fits into the request fits into nla_len */
	_Static_assert(sizeof(req->room) - NLMSG_HDRLEN <= UINT16_MAX,
		       "a nest may be as long as the request");

	if (nest)
		nest->nla_len = req->room + req->nlh.nlmsg_len - (char *)nest;
}

const struct nlmsghdr *nl_message(const void *at, size_t len)
{
	const struct nlmsghdr *nlh = at;

	if (len < sizeof(*nlh) || nlh->nlmsg_len < sizeof(*nlh) ||
	    nlh->nlmsg_len > len)
		return NULL;
	return nlh;
}

/* Walk attributes: the one at *@at, which moves on to the next; NULL: there is
 * no more, or it is cut short. */
static const struct nlattr *next_attr(const char **at, size_t *len)
{
	const struct nlattr *attr = (const struct nlattr *)*at;
	size_t step;

	if (*len < sizeof(*attr) || attr->nla_len < sizeof(*attr) ||
	    attr->nla_len > *len)
		return NULL;
	step = NLA_ALIGN(attr->nla_len);
	if (step > *len)	/* the last one need not be padded */
		step = *len;
	*at += step;
	*len -= step;
	return attr;
}

const struct nlattr *nl_next(const struct nlattr *nest, const struct nlattr *at)
{
	const char *end = (const char *)nl_data(nest) + nl_len(nest);
	const char *next = at ? (const char *)at + NLA_ALIGN(at->nla_len) :
				nl_data(nest);
	size_t len = next < end ? end - next : 0;

	return next_attr(&next, &len);
}

void nl_parse(const void *from, size_t len, const struct nlattr **tb,
	      unsigned int max)
{
	const struct nlattr *attr;
	const char *at = from;

	memset(tb, 0, (max + 1) * sizeof(*tb));
	while ((attr = next_attr(&at, &len)))
		if (nl_type(attr) <= max)
			tb[nl_type(attr)] = attr;
}

static const char *attrs_of(const struct nlmsghdr *nlh, size_t hdrlen,
			    size_t *len)
{
	size_t off = NLMSG_HDRLEN + NLA_ALIGN(hdrlen);

	*len = nlh->nlmsg_len > off ? nlh->nlmsg_len - off : 0;
	return (const char *)nlh + off;
}

void nl_attrs(const struct nlmsghdr *nlh, size_t hdrlen,
	      const struct nlattr **tb, unsigned int max)
{
	size_t len;
	const char *at = attrs_of(nlh, hdrlen, &len);

	nl_parse(at, len, tb, max);
}

const struct nlattr *nl_attr(const struct nlmsghdr *nlh, size_t hdrlen,
			     unsigned int type)
{
	size_t len;
	const char *at = attrs_of(nlh, hdrlen, &len);
	const struct nlattr *attr;

	while ((attr = next_attr(&at, &len)))
		if (nl_type(attr) == type)
			break;
	return attr;
}

void nl_nested(const struct nlattr *nest, const struct nlattr **tb,
	       unsigned int max)
{
	if (nest)
		nl_parse(nl_data(nest), nl_len(nest), tb, max);
	else
		nl_parse(NULL, 0, tb, max);
}

/* Attributes are aligned to four bytes only, so values are copied out. */
static bool get(const struct nlattr *attr, void *value, size_t size)
{
	if (!attr || nl_len(attr) < size)
		return false;
	memcpy(value, nl_data(attr), size);
	return true;
}

uint8_t nl_u8(const struct nlattr *attr, uint8_t fallback)
{
	uint8_t value;

	return get(attr, &value, sizeof(value)) ? value : fallback;
}

uint16_t nl_u16(const struct nlattr *attr, uint16_t fallback)
{
	uint16_t value;

	return get(attr, &value, sizeof(value)) ? value : fallback;
}

uint32_t nl_u32(const struct nlattr *attr, uint32_t fallback)
{
	uint32_t value;

	return get(attr, &value, sizeof(value)) ? value : fallback;
}

uint64_t nl_u64(const struct nlattr *attr, uint64_t fallback)
{
	uint64_t value;

	return get(attr, &value, sizeof(value)) ? value : fallback;
}

const char *nl_str(const struct nlattr *attr)
{
	const char *str;

	if (!attr)
		return NULL;
	str = nl_data(attr);
	return memchr(str, '\0', nl_len(attr)) ? str : NULL;
}
