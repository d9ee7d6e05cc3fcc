/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * Building and taking apart rtnetlink messages.
 *
 * It knows attribute layout and bounds; it knows nothing of sockets (that is
 * kern_linux.c) nor of what the messages mean.
 */
#ifndef BPFELF_NL_H
#define BPFELF_NL_H

#include <linux/netlink.h>
#include <sys/socket.h>

#include "util.h"

/* A request under construction. 64 KiB hold the longest that we send. */
struct nl_req {
	union {
		struct nlmsghdr nlh;
		char room[65536];
	};
	bool full;		/* an attribute did not fit: do not send */
};

/* Start a request with a zeroed fixed header of @hdrlen bytes behind the
 * nlmsghdr, which is returned. @flags without NLM_F_REQUEST, which is set. */
void *nl_start(struct nl_req *req, uint16_t type, uint16_t flags,
	       size_t hdrlen);
void nl_put(struct nl_req *req, uint16_t type, const void *data, size_t len);
void nl_put_u32(struct nl_req *req, uint16_t type, uint32_t value);
void nl_put_str(struct nl_req *req, uint16_t type, const char *str);
/* Zeroed room for what is no attribute, as a rtnexthop; NULL: full */
void *nl_room(struct nl_req *req, size_t len);
/* attributes that are laid out already */
void nl_put_raw(struct nl_req *req, const void *attrs, size_t len);
/* @type may carry NLA_F_NESTED: iproute2 sets it for some nests only */
struct nlattr *nl_nest(struct nl_req *req, uint16_t type);
void nl_nest_end(struct nl_req *req, struct nlattr *nest);

/* ---- what is in a message that was taken: bounds are the caller's ---- */

static inline const void *nl_payload(const struct nlmsghdr *nlh)
{
	return (const char *)nlh + NLMSG_HDRLEN;
}

static inline size_t nl_payload_len(const struct nlmsghdr *nlh)
{
	return nlh->nlmsg_len - NLMSG_HDRLEN;
}

static inline uint16_t nl_type(const struct nlattr *attr)
{
	return attr->nla_type & NLA_TYPE_MASK;
}

static inline const void *nl_data(const struct nlattr *attr)
{
	return (const char *)attr + NLA_HDRLEN;
}

static inline uint16_t nl_len(const struct nlattr *attr)
{
	return attr->nla_len - NLA_HDRLEN;
}

/* What was found in a message that is ours to write to */
static inline void *nl_own(struct nlmsghdr *nlh, const void *at)
{
	return (char *)nlh + ((const char *)at - (const char *)nlh);
}

/* The message in @len bytes at @at, or NULL: not a whole one */
const struct nlmsghdr *nl_message(const void *at, size_t len);
/* The attribute of a nest behind @at, the first for NULL; NULL: no more */
const struct nlattr *nl_next(const struct nlattr *nest, const struct nlattr *at);

/*
 * Fill @tb[0..max] with the attributes of a message behind a fixed header of
 * @hdrlen bytes, or of a nest. Absent and unknown ones are NULL / left out; a
 * type seen twice keeps the last.
 */
void nl_attrs(const struct nlmsghdr *nlh, size_t hdrlen,
	      const struct nlattr **tb, unsigned int max);
void nl_nested(const struct nlattr *nest, const struct nlattr **tb,
	       unsigned int max);
/* the same with attributes that stand anywhere */
void nl_parse(const void *from, size_t len, const struct nlattr **tb,
	      unsigned int max);
/* The first of a type, where it is all that one wants; NULL: there is none */
const struct nlattr *nl_attr(const struct nlmsghdr *nlh, size_t hdrlen,
			     unsigned int type);

/* Values, with a fallback for an attribute that is absent or too short.
 * nl_str() is NULL unless the payload is NUL-terminated within its bounds. */
uint8_t nl_u8(const struct nlattr *attr, uint8_t fallback);
uint16_t nl_u16(const struct nlattr *attr, uint16_t fallback);
uint32_t nl_u32(const struct nlattr *attr, uint32_t fallback);
uint64_t nl_u64(const struct nlattr *attr, uint64_t fallback);
const char *nl_str(const struct nlattr *attr);

#endif
