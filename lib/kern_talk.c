/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "kern_talk.h"

#include <errno.h>
#include <linux/if.h>
#include <linux/rtnetlink.h>
#include <linux/sockios.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#define RECV_RETRIES	3

/*
 * How many datagrams to take with one call, each into an equal part of the
 * buffer. An echo and its acknowledgement are there at once: the kernel queues
 * them before the send returns. Of several requests that are short so are the
 * answers: an echo is made in a page, an acknowledgement repeats the request.
 */
#define SLOTS_ONE	1	/* a dump's next piece, the only answer */
#define SLOTS_ECHO	2
#define SLOTS_MANY	8
#define SHORT_REQUEST	4096

struct exchange {
	uint32_t seq;
	bool dump;
	bool get;		/* of one thing: that is the whole answer */
	bool changed;		/* the dump was not of one moment */
	bool stopped;		/* by fn: the rest of the answer is unread */
	kern_msg_fn fn;
	void *data;
	struct err *err;
	size_t slots;

	/* of several requests, with @seq the first one's */
	struct kern_request *reqs;
	size_t cnt, left;	/* of them, and of their answers */
	int flags;		/* for recvmmsg() */
};

/* datagrams of one call, each in its slot of the buffer */
struct received {
	struct mmsghdr msgs[SLOTS_MANY];
	struct iovec iov[SLOTS_MANY];
	struct sockaddr_nl from[SLOTS_MANY];
};

static int open_socket(struct kern_talk *talk)
{
	const int on = 1;

	if (talk->sock >= 0)
		return 0;
	talk->sock = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
	if (talk->sock < 0)
		return -errno;
	/* 4.12: without it there are fewer words */
	setsockopt(talk->sock, SOL_NETLINK, NETLINK_EXT_ACK, &on, sizeof(on));
	return 0;
}

void kern_talk_close(struct kern_talk *talk)
{
	close_fd(talk->sock);
	talk->sock = -1;
}

int kern_talk_ifindex(struct kern_talk *talk, const char *name)
{
	struct ifreq ifr = { 0 };
	int r = open_socket(talk);

	if (r < 0)
		return r;
	memcpy(ifr.ifr_name, name, strnlen(name, sizeof(ifr.ifr_name) - 1));
	r = ioctl(talk->sock, SIOCGIFINDEX, &ifr);
	return r < 0 ? -errno : ifr.ifr_ifindex;
}

/* The kernel's words behind @hdrlen bytes of an NLMSG_ERROR or NLMSG_DONE;
 * some kernels forget NLM_F_ACK_TLVS on the latter. */
static const char *ext_ack(const struct nlmsghdr *nlh, size_t hdrlen)
{
	const struct nlattr *tb[NLMSGERR_ATTR_MAX + 1];

	nl_attrs(nlh, hdrlen, tb, NLMSGERR_ATTR_MAX);
	return nl_str(tb[NLMSGERR_ATTR_MSG]);
}

static int verdict(struct err *err, int code, const char *words)
{
	/* more than 0: a dump that ends with a count */
	return err_netlink(err, code > 0 ? 0 : code, words);
}

/* An NLMSG_ERROR repeats the request, or its header alone (NLM_F_CAPPED),
 * before the attributes. */
static int take_ack(const struct nlmsghdr *nlh, struct err *err)
{
	const struct nlmsgerr *ack = nl_payload(nlh);
	size_t hdrlen = sizeof(*ack);

	if (nl_payload_len(nlh) < sizeof(*ack))
		return err_set(err, -EBADMSG, "netlink: acknowledgement cut short");
	if (!(nlh->nlmsg_flags & NLM_F_CAPPED))
		hdrlen = offsetof(struct nlmsgerr, msg) + ack->msg.nlmsg_len;
	return verdict(err, ack->error, ext_ack(nlh, hdrlen));
}

static int take_done(const struct nlmsghdr *nlh, struct exchange *x)
{
	const int *code = nl_payload(nlh);
	bool has_code = nl_payload_len(nlh) >= sizeof(*code);
	int r;

	r = verdict(x->err, has_code ? *code : 0,
		    ext_ack(nlh, sizeof(*code)));
	if (r == 0 && x->changed)
		return err_set(x->err, -EINTR, "netlink: what was listed changed meanwhile");
	return r;
}

/* The same, of several */
static int take_one(const struct nlmsghdr *nlh, struct exchange *x)
{
	uint32_t i = nlh->nlmsg_seq - x->seq;
	struct kern_request *req = &x->reqs[i];
	struct err words;

	if (i >= x->cnt || req->answered)
		return 1;	/* left over from an exchange that failed */
	if (nlh->nlmsg_type >= NLMSG_MIN_TYPE && req->fn)
		req->fn(nlh, req->data);
	if (nlh->nlmsg_type != NLMSG_ERROR)
		return 1;
	req->answered = true;
	req->code = take_ack(nlh, &words);
	_Static_assert(sizeof(req->extack) == sizeof(words.extack), "one size");
	strcpy(req->extack, words.extack);
	return --x->left ? 1 : 0;
}

/* 1: go on reading; else the end of the exchange and its result */
static int take_message(const struct nlmsghdr *nlh, struct exchange *x)
{
	int r = 0;

	if (x->reqs)
		return take_one(nlh, x);
	if (nlh->nlmsg_seq != x->seq)
		return 1;	/* left over from an exchange that failed */
	if (nlh->nlmsg_flags & NLM_F_DUMP_INTR && x->dump)
		x->changed = true;
	if (nlh->nlmsg_type == NLMSG_ERROR)
		return take_ack(nlh, x->err);
	if (nlh->nlmsg_type == NLMSG_DONE)
		return take_done(nlh, x);
	if (nlh->nlmsg_type >= NLMSG_MIN_TYPE && x->fn)
		r = x->fn(nlh, x->data);
	x->stopped = r < 0;
	if (r < 0)
		return r;
	return x->get ? verdict(x->err, 0, NULL) : 1;
}

static int take_datagram(const char *data, size_t len, struct exchange *x)
{
	const struct nlmsghdr *nlh;
	size_t step;
	int r = 1;

	while (r > 0 && (nlh = nl_message(data, len))) {
		r = take_message(nlh, x);
		step = NLMSG_ALIGN(nlh->nlmsg_len);
		if (step > len)
			break;
		data += step;
		len -= step;
	}
	return r;
}

/*
 * The kernel has done what was asked before it answers: giving up here would
 * leave us not knowing what. A dump with a hole in it is no answer, though.
 */
static bool worth_retrying(const struct exchange *x, int *tries)
{
	return errno == EINTR || (!x->dump && (*tries)--);
}

/* How many there are, or -errno. */
static int receive_all(struct kern_talk *talk, const struct exchange *x,
		       struct received *in)
{
	size_t room = sizeof(talk->recv) / x->slots, i;
	int n, tries = RECV_RETRIES;

	for (i = 0; i < x->slots; i++) {
		in->from[i] = (struct sockaddr_nl){ 0 };
		in->iov[i] = (struct iovec){ talk->recv + i * room, room };
		in->msgs[i] = (struct mmsghdr){ .msg_hdr = {
			.msg_name = &in->from[i], .msg_namelen = sizeof(in->from[i]),
			.msg_iov = &in->iov[i], .msg_iovlen = 1,
		} };
	}
	do {
		n = recvmmsg(talk->sock, in->msgs, x->slots,
			     MSG_TRUNC | MSG_WAITFORONE | x->flags, NULL);
	} while (n < 0 && worth_retrying(x, &tries));
	return n < 0 ? -errno : n;
}

/*
 * Nobody is told the port of this socket and it joined no group, so what the
 * kernel sends are answers; other processes could send to it, too, though.
 */
static int receive(struct kern_talk *talk, struct exchange *x)
{
	struct received in;
	int i, r = 1, n = receive_all(talk, x, &in);

	if (n < 0)
		return err_sys(x->err, n, "netlink: receive");
	for (i = 0; i < n && r > 0; i++) {
		if (in.from[i].nl_pid != 0)
			continue;
		if (in.msgs[i].msg_len > in.iov[i].iov_len)
			return err_set(x->err, -EMSGSIZE, "netlink: an answer of %u bytes is too long",
				       in.msgs[i].msg_len);
		r = take_datagram(in.iov[i].iov_base, in.msgs[i].msg_len, x);
	}
	return r;
}

static bool is_get(const struct nlmsghdr *req)
{
	return (req->nlmsg_type & 3) == (RTM_GETLINK & 3);
}

/* Elsewhere the two bits that make up NLM_F_DUMP mean REPLACE and EXCL. */
static bool is_dump(const struct nlmsghdr *req)
{
	return is_get(req) && req->nlmsg_flags & NLM_F_DUMP;
}

int kern_talk(struct kern_talk *talk, struct nlmsghdr *req, kern_msg_fn fn,
	      void *data, struct err *err)
{
	struct exchange x = {
		.seq = ++talk->seq,
		.dump = is_dump(req),
		.get = is_get(req) && !is_dump(req),
		.fn = fn,
		.data = data,
		.err = err,
		.slots = is_get(req) ? SLOTS_ONE : SLOTS_ECHO,
	};
	int r;

	r = open_socket(talk);
	if (r < 0)
		return err_sys(err, r, "netlink: open socket");
	req->nlmsg_seq = x.seq;
	if (!is_get(req))	/* that is answered or refused */
		req->nlmsg_flags |= NLM_F_ACK;
	if (send(talk->sock, req, req->nlmsg_len, 0) < 0)
		return err_sys(err, -errno, "netlink: send");
	do {
		r = receive(talk, &x);
	} while (r > 0);
	if (x.stopped)
		kern_talk_close(talk);
	return r;
}

static int send_all(struct kern_talk *talk, struct exchange *x)
{
	struct iovec iov[KERN_REQUESTS_MAX];
	const struct msghdr msg = { .msg_iov = iov, .msg_iovlen = x->cnt };
	struct nlmsghdr *nlh;
	size_t i;

	for (i = 0; i < x->cnt; i++) {
		nlh = x->reqs[i].nlh;
		nlh->nlmsg_seq = x->seq + i;
		nlh->nlmsg_flags |= NLM_F_ACK;
		if (nlh->nlmsg_len > SHORT_REQUEST)
			x->slots = SLOTS_ECHO;
		iov[i] = (struct iovec){ nlh, nlh->nlmsg_len };
		x->reqs[i].answered = false;
	}
	return sendmsg(talk->sock, &msg, 0) < 0 ? -errno : 0;
}

/*
 * The answers are there when the send returns: one that is not then was lost
 * for want of room, and waiting for it would be for ever.
 */
int kern_talk_many(struct kern_talk *talk, struct kern_request *reqs,
		   size_t cnt, struct err *err)
{
	struct exchange x = {
		.seq = talk->seq + 1,
		.reqs = reqs, .cnt = cnt, .left = cnt,
		.flags = MSG_DONTWAIT,
		.err = err,
		.slots = SLOTS_MANY,
	};
	int r;

	talk->seq += cnt;
	r = open_socket(talk);
	if (r < 0)
		return err_sys(err, r, "netlink: open socket");
	r = send_all(talk, &x);
	if (r < 0)
		return err_sys(err, r, "netlink: send");
	do {
		r = receive(talk, &x);
	} while (r > 0);
	return r;
}
