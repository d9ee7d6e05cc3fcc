/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * Whether a feature works, by trying: what is loaded is closed again, and what
 * is configured is in a network namespace that goes with it. Where a request
 * without a word of what it asks for tells enough, it is that.
 */
#include <arpa/inet.h>
#include <linux/filter.h>
#include <linux/if_ether.h>
#include <linux/lwtunnel.h>
#include <linux/pkt_cls.h>
#include <linux/pkt_sched.h>
#include <linux/rtnetlink.h>

#include "features.h"
#include "nl.h"

#define LO 1	/* in every namespace */

/* what became of it: @missing is how the kernel says that it does not know */
static int told(int r, int missing)
{
	if (r >= 0)
		return 1;
	return r == missing ? 0 : r;
}

/* ---- maps and programs ---- */

static int try_map(struct kern *k, uint32_t type, int missing)
{
	const struct kern_map map = {
		.name = "", .type = type, .key_size = 4, .value_size = 4,
		.max_entries = 1, .inner_fd = -1,
	};
	_cleanup_close_ int fd = k->ops->map_create(k, &map);

	return told(fd, missing);
}

static int try_prog(struct kern *k, uint32_t type, const struct bpf_insn *insns,
		    uint32_t cnt)
{
	const struct kern_prog prog = {
		.name = "", .license = "GPL", .type = type,
		.insns = insns, .insn_cnt = cnt,
	};

	return k->ops->prog_load(k, &prog);
}

#define INSN(op, dst, src, n) \
	{ .code = (op), .dst_reg = (dst), .src_reg = (src), .imm = (n) }
#define RETURN_0						\
	INSN(BPF_ALU64 | BPF_MOV | BPF_K, BPF_REG_0, 0, 0),	\
	INSN(BPF_JMP | BPF_EXIT, 0, 0, 0)

static const struct bpf_insn return_0[] = { RETURN_0 };

int feature_try_type(struct kern *k, uint32_t type)
{
	_cleanup_close_ int fd = try_prog(k, type, return_0, ARRAY_SIZE(return_0));

	return told(fd, -EINVAL);
}

static int try_bpf_syscall(struct kern *k)
{
	return try_map(k, BPF_MAP_TYPE_ARRAY, -ENOSYS);
}

/* that it is switched off does not mean that there is none */
static int try_jit(struct kern *k)
{
	_cleanup_close_ int fd = try_prog(k, BPF_PROG_TYPE_SCHED_CLS, return_0,
					  ARRAY_SIZE(return_0));
	struct bpf_prog_info info;
	int r = fd < 0 ? fd : k->ops->prog_info(k, fd, &info);

	if (r < 0)
		return r;
	return info.jited_prog_len ? 1 : -ENODATA;
}

static int try_cgroup(struct kern *k)
{
	return feature_try_type(k, BPF_PROG_TYPE_CGROUP_DEVICE);
}

/* bpf_trace_printk() itself would switch its event on for good */
static int try_events(struct kern *k)
{
	return feature_try_type(k, BPF_PROG_TYPE_TRACEPOINT);
}

static int try_xskmap(struct kern *k)
{
	return try_map(k, BPF_MAP_TYPE_XSKMAP, -EINVAL);
}

static int try_seg6_helper(struct kern *k)
{
	static const struct bpf_insn insns[] = {
		/* bpf_lwt_seg6_store_bytes(ctx, 0, stack, 8), of 0 */
		{ .code = BPF_ST | BPF_MEM | BPF_DW, .dst_reg = BPF_REG_10, .off = -8 },
		INSN(BPF_ALU64 | BPF_MOV | BPF_K, BPF_REG_2, 0, 0),
		INSN(BPF_ALU64 | BPF_MOV | BPF_X, BPF_REG_3, BPF_REG_10, 0),
		INSN(BPF_ALU64 | BPF_ADD | BPF_K, BPF_REG_3, 0, -8),
		INSN(BPF_ALU64 | BPF_MOV | BPF_K, BPF_REG_4, 0, 8),
		INSN(BPF_JMP | BPF_CALL, 0, 0, BPF_FUNC_lwt_seg6_store_bytes),
		RETURN_0,
	};
	_cleanup_close_ int fd = -1;
	int r = feature_try_type(k, BPF_PROG_TYPE_LWT_SEG6LOCAL);

	if (r != 1)
		return r;
	fd = try_prog(k, BPF_PROG_TYPE_LWT_SEG6LOCAL, insns, ARRAY_SIZE(insns));
	return told(fd, -EINVAL);
}

/* ---- files ---- */

static int try_btf(struct kern *k)
{
	_cleanup_buf_ struct buf data = { 0 };
	int r = k->ops->read(k, "/sys/kernel/btf/vmlinux", 1, &data);

	return told(r == -EFBIG ? 0 : r, -ENOENT);
}

static int try_tracefs(struct kern *k)
{
	_cleanup_buf_ struct buf text = { 0 };
	int r = k->ops->read(k, "/proc/filesystems", 1 << 16, &text);

	return r < 0 ? r : strstr(buf_str(&text), "\ttracefs\n") != NULL;
}

/* ---- rtnetlink, in a namespace apart ---- */

/* @answered (may be NULL): it was the kernel that refused */
static int talk(struct kern *k, struct nl_req *req, bool *answered)
{
	struct err words = { 0 };
	int r = k->ops->talk(k, &req->nlh, NULL, NULL, &words);

	if (answered)
		*answered = r == 0 || words.netlink;
	return r;
}

static int add_clsact(struct kern *k)
{
	struct nl_req req;
	struct tcmsg *tcm = nl_start(&req, RTM_NEWQDISC,
				     NLM_F_CREATE | NLM_F_EXCL, sizeof(*tcm));

	tcm->tcm_ifindex = LO;
	tcm->tcm_handle = TC_H_MAKE(TC_H_CLSACT, 0);
	tcm->tcm_parent = TC_H_CLSACT;
	nl_put_str(&req, TCA_KIND, "clsact");
	return talk(k, &req, NULL);
}

/* a request without actions: EINVAL where there are such requests at all */
static int apart_actions(struct kern *k)
{
	struct nl_req req;
	int r;

	nl_start(&req, RTM_NEWACTION, NLM_F_CREATE | NLM_F_EXCL, sizeof(struct tcamsg));
	r = talk(k, &req, NULL);
	return r == -EINVAL ? 1 : told(r, -EOPNOTSUPP);
}

static int apart_clsact(struct kern *k)
{
	return told(add_clsact(k), -ENOENT);
}

/* it knows the kind before it finds that there is no program: EINVAL */
static int apart_cls_bpf(struct kern *k)
{
	struct nl_req req;
	struct tcmsg *tcm;
	int r = add_clsact(k);

	if (r < 0)
		return -ENODATA;
	tcm = nl_start(&req, RTM_NEWTFILTER, NLM_F_CREATE | NLM_F_EXCL, sizeof(*tcm));
	tcm->tcm_ifindex = LO;
	tcm->tcm_parent = TC_H_MAKE(TC_H_CLSACT, TC_H_MIN_INGRESS);
	tcm->tcm_info = TC_H_MAKE(1 << 16, htons(ETH_P_ALL));
	nl_put_str(&req, TCA_KIND, "bpf");
	r = talk(k, &req, NULL);
	return r == -EINVAL ? 1 : told(r, -ENOENT);
}

/* the same; EOPNOTSUPP: no actions of any kind */
static int apart_action(struct kern *k, const char *kind)
{
	struct nlattr *tab, *action;
	struct nl_req req;
	int r;

	nl_start(&req, RTM_NEWACTION, NLM_F_CREATE | NLM_F_EXCL, sizeof(struct tcamsg));
	tab = nl_nest(&req, TCA_ACT_TAB);
	action = nl_nest(&req, 1);
	nl_put_str(&req, TCA_ACT_KIND, kind);
	nl_nest_end(&req, action);
	nl_nest_end(&req, tab);
	r = talk(k, &req, NULL);
	if (r == -EINVAL)
		return 1;
	return told(r == -EOPNOTSUPP ? -ENOENT : r, -ENOENT);
}

static int apart_act_bpf(struct kern *k)
{
	return apart_action(k, "bpf");
}

static int apart_act_gact(struct kern *k)
{
	return apart_action(k, "gact");
}

static int apart_act_mirred(struct kern *k)
{
	return apart_action(k, "mirred");
}

static int apart_act_police(struct kern *k)
{
	return apart_action(k, "police");
}

/* the type is looked at first; that there is no program, or that the device
 * is down, comes after it */
static int apart_encap(struct kern *k, uint16_t type)
{
	const in_addr_t dst = htonl(INADDR_LOOPBACK);
	struct nl_req req;
	struct rtmsg *rtm = nl_start(&req, RTM_NEWROUTE,
				     NLM_F_CREATE | NLM_F_EXCL, sizeof(*rtm));
	bool answered;
	int r;

	rtm->rtm_family = AF_INET;
	rtm->rtm_dst_len = 32;
	rtm->rtm_table = RT_TABLE_MAIN;
	rtm->rtm_protocol = RTPROT_STATIC;
	rtm->rtm_type = RTN_UNICAST;
	nl_put(&req, RTA_DST, &dst, sizeof(dst));
	nl_put_u32(&req, RTA_OIF, LO);
	nl_put(&req, RTA_ENCAP_TYPE, &type, sizeof(type));
	r = talk(k, &req, &answered);
	if (!answered || r == -EPERM)
		return r;
	return r != -EOPNOTSUPP;
}

static int apart_encap_bpf(struct kern *k)
{
	return apart_encap(k, LWTUNNEL_ENCAP_BPF);
}

static int apart_encap_seg6local(struct kern *k)
{
	return apart_encap(k, LWTUNNEL_ENCAP_SEG6_LOCAL);
}

/* ---- all of them ---- */

static const struct trial {
	int (*here)(struct kern *k);
	int (*apart)(struct kern *k);
} trials[FEATURES] = {
	[FEATURE_BPF]		= { .here = try_bpf_syscall },
	[FEATURE_BPF_SYSCALL]	= { .here = try_bpf_syscall },
	[FEATURE_HAVE_EBPF_JIT]	= { .here = try_jit },
	[FEATURE_BPF_JIT]	= { .here = try_jit },
	[FEATURE_CGROUP_BPF]	= { .here = try_cgroup },
	[FEATURE_BPF_EVENTS]	= { .here = try_events },
	[FEATURE_FTRACE]	= { .here = try_tracefs },
	[FEATURE_DEBUG_INFO_BTF] = { .here = try_btf },
	[FEATURE_XDP_SOCKETS]	= { .here = try_xskmap },
	[FEATURE_IPV6_SEG6_BPF]	= { .here = try_seg6_helper },
	[FEATURE_NET_CLS_ACT]	= { .apart = apart_actions },
	[FEATURE_NET_SCH_INGRESS] = { .apart = apart_clsact },
	[FEATURE_NET_CLS_BPF]	= { .apart = apart_cls_bpf },
	[FEATURE_NET_ACT_BPF]	= { .apart = apart_act_bpf },
	[FEATURE_NET_ACT_GACT]	= { .apart = apart_act_gact },
	[FEATURE_NET_ACT_MIRRED] = { .apart = apart_act_mirred },
	[FEATURE_NET_ACT_POLICE] = { .apart = apart_act_police },
	[FEATURE_LWTUNNEL_BPF]	= { .apart = apart_encap_bpf },
	[FEATURE_IPV6_SEG6_LWTUNNEL] = { .apart = apart_encap_seg6local },
};

int feature_try(struct kern *k, enum feature feature)
{
	const struct trial *trial = &trials[feature];

	if (trial->here)
		return trial->here(k);
	return trial->apart ? k->ops->apart(k, trial->apart) : -ENODATA;
}
