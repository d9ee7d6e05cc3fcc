/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "sectype.h"

#include "uapi.h"
#include "util.h"

#define T(name)	BPF_PROG_TYPE_##name

/* how a name may go on */
#define OLD	0x1u	/* behind a '_', too: libbpf up to 0.8 compared beginnings */
#define TARGET	0x2u	/* with what it is for, which the kernel wants to know */

/* The first row of a type also stands for it, see sectype_of_type(). A name
 * may go on behind a '/'; of several that fit, the longest is meant. */
static const struct row {
	const char *name;
	uint32_t prog_type, attach_type, prog_flags;
	unsigned int how;
} rows[] = {
	{ "socket",		T(SOCKET_FILTER), 0, 0, OLD },
	{ "classifier",		T(SCHED_CLS), 0, 0, OLD },
	{ "tc",			T(SCHED_CLS), 0, 0, OLD },
	{ "tcx",		T(SCHED_CLS), 0, 0, 0 },
	{ "tc/ingress",		T(SCHED_CLS), BPF_TCX_INGRESS, 0, 0 },
	{ "tc/egress",		T(SCHED_CLS), BPF_TCX_EGRESS, 0, 0 },
	{ "tcx/ingress",	T(SCHED_CLS), BPF_TCX_INGRESS, 0, 0 },
	{ "tcx/egress",		T(SCHED_CLS), BPF_TCX_EGRESS, 0, 0 },
	{ "netkit/primary",	T(SCHED_CLS), BPF_NETKIT_PRIMARY, 0, 0 },
	{ "netkit/peer",	T(SCHED_CLS), BPF_NETKIT_PEER, 0, 0 },
	{ "action",		T(SCHED_ACT), 0, 0, OLD },
	{ "xdp",		T(XDP), BPF_XDP, 0, OLD },
	{ "xdp.frags",		T(XDP), BPF_XDP, BPF_F_XDP_HAS_FRAGS, 0 },
	{ "xdp.frags/devmap",	T(XDP), BPF_XDP_DEVMAP, BPF_F_XDP_HAS_FRAGS, 0 },
	{ "xdp.frags/cpumap",	T(XDP), BPF_XDP_CPUMAP, BPF_F_XDP_HAS_FRAGS, 0 },
	{ "xdp/devmap",		T(XDP), BPF_XDP_DEVMAP, 0, 0 },
	{ "xdp/cpumap",		T(XDP), BPF_XDP_CPUMAP, 0, 0 },
	{ "xdp_devmap",		T(XDP), BPF_XDP_DEVMAP, 0, OLD },
	{ "xdp_cpumap",		T(XDP), BPF_XDP_CPUMAP, 0, OLD },
	{ "sk_lookup",		T(SK_LOOKUP), BPF_SK_LOOKUP, 0, 0 },
	{ "cgroup_skb/ingress",	T(CGROUP_SKB), BPF_CGROUP_INET_INGRESS, 0, 0 },
	{ "cgroup_skb/egress",	T(CGROUP_SKB), BPF_CGROUP_INET_EGRESS, 0, 0 },
	{ "cgroup/skb",		T(CGROUP_SKB), 0, 0, 0 },
	{ "lwt_in",		T(LWT_IN), 0, 0, OLD },
	{ "lwt_out",		T(LWT_OUT), 0, 0, OLD },
	{ "lwt_xmit",		T(LWT_XMIT), 0, 0, OLD },
	{ "lwt_seg6local",	T(LWT_SEG6LOCAL), 0, 0, OLD },
	{ "flow_dissector",	T(FLOW_DISSECTOR), BPF_FLOW_DISSECTOR, 0, 0 },
	{ "raw_tracepoint",	T(RAW_TRACEPOINT), 0, 0, 0 },
	{ "raw_tracepoint.w",	T(RAW_TRACEPOINT_WRITABLE), 0, 0, 0 },
	{ "raw_tp",		T(RAW_TRACEPOINT), 0, 0, 0 },
	{ "raw_tp.w",		T(RAW_TRACEPOINT_WRITABLE), 0, 0, 0 },
	{ "tracepoint",		T(TRACEPOINT), 0, 0, 0 },
	{ "tp",			T(TRACEPOINT), 0, 0, 0 },
	{ "kprobe",		T(KPROBE), 0, 0, 0 },
	{ "kprobe.multi",	T(KPROBE), BPF_TRACE_KPROBE_MULTI, 0, 0 },
	{ "kretprobe.multi",	T(KPROBE), BPF_TRACE_KPROBE_MULTI, 0, 0 },
	{ "kretprobe",		T(KPROBE), 0, 0, 0 },
	{ "ksyscall",		T(KPROBE), 0, 0, 0 },
	{ "kretsyscall",	T(KPROBE), 0, 0, 0 },
	{ "uprobe.s",		T(KPROBE), 0, BPF_F_SLEEPABLE, 0 },
	{ "uretprobe.s",	T(KPROBE), 0, BPF_F_SLEEPABLE, 0 },
	{ "uprobe",		T(KPROBE), 0, 0, 0 },
	{ "uretprobe",		T(KPROBE), 0, 0, 0 },
	{ "usdt.s",		T(KPROBE), 0, BPF_F_SLEEPABLE, 0 },
	{ "usdt",		T(KPROBE), 0, 0, 0 },
	{ "perf_event",		T(PERF_EVENT), 0, 0, 0 },
	{ "syscall",		T(SYSCALL), 0, BPF_F_SLEEPABLE, 0 },
	{ "struct_ops",		T(STRUCT_OPS), 0, 0, 0 },
	{ "struct_ops.s",	T(STRUCT_OPS), 0, BPF_F_SLEEPABLE, 0 },
	{ "tp_btf",		T(TRACING), BPF_TRACE_RAW_TP, 0, TARGET },
	{ "fentry",		T(TRACING), BPF_TRACE_FENTRY, 0, TARGET },
	{ "fexit",		T(TRACING), BPF_TRACE_FEXIT, 0, TARGET },
	{ "fmod_ret",		T(TRACING), BPF_MODIFY_RETURN, 0, TARGET },
	{ "fentry.s",		T(TRACING), BPF_TRACE_FENTRY, BPF_F_SLEEPABLE, TARGET },
	{ "fexit.s",		T(TRACING), BPF_TRACE_FEXIT, BPF_F_SLEEPABLE, TARGET },
	{ "fmod_ret.s",		T(TRACING), BPF_MODIFY_RETURN, BPF_F_SLEEPABLE, TARGET },
	{ "iter",		T(TRACING), BPF_TRACE_ITER, 0, TARGET },
	{ "iter.s",		T(TRACING), BPF_TRACE_ITER, BPF_F_SLEEPABLE, TARGET },
	{ "lsm",		T(LSM), BPF_LSM_MAC, 0, TARGET },
	{ "lsm.s",		T(LSM), BPF_LSM_MAC, BPF_F_SLEEPABLE, TARGET },
	{ "lsm_cgroup",		T(LSM), BPF_LSM_CGROUP, 0, TARGET },
	{ "freplace",		T(EXT), 0, 0, TARGET },
	{ "netfilter",		T(NETFILTER), BPF_NETFILTER, 0, 0 },
	{ "lirc_mode2",		T(LIRC_MODE2), BPF_LIRC_MODE2, 0, 0 },
	{ "sockops",		T(SOCK_OPS), BPF_CGROUP_SOCK_OPS, 0, 0 },
	{ "sk_skb",		T(SK_SKB), 0, 0, 0 },
	{ "sk_skb/stream_parser", T(SK_SKB), BPF_SK_SKB_STREAM_PARSER, 0, 0 },
	{ "sk_skb/stream_verdict", T(SK_SKB), BPF_SK_SKB_STREAM_VERDICT, 0, 0 },
	{ "sk_msg",		T(SK_MSG), BPF_SK_MSG_VERDICT, 0, 0 },
	{ "sk_reuseport",	T(SK_REUSEPORT), BPF_SK_REUSEPORT_SELECT, 0, 0 },
	{ "sk_reuseport/migrate", T(SK_REUSEPORT), BPF_SK_REUSEPORT_SELECT_OR_MIGRATE, 0, 0 },
	{ "cgroup/sock_create",	T(CGROUP_SOCK), BPF_CGROUP_INET_SOCK_CREATE, 0, 0 },
	{ "cgroup/sock_release", T(CGROUP_SOCK), BPF_CGROUP_INET_SOCK_RELEASE, 0, 0 },
	{ "cgroup/sock",	T(CGROUP_SOCK), BPF_CGROUP_INET_SOCK_CREATE, 0, 0 },
	{ "cgroup/post_bind4",	T(CGROUP_SOCK), BPF_CGROUP_INET4_POST_BIND, 0, 0 },
	{ "cgroup/post_bind6",	T(CGROUP_SOCK), BPF_CGROUP_INET6_POST_BIND, 0, 0 },
	{ "cgroup/bind4",	T(CGROUP_SOCK_ADDR), BPF_CGROUP_INET4_BIND, 0, 0 },
	{ "cgroup/bind6",	T(CGROUP_SOCK_ADDR), BPF_CGROUP_INET6_BIND, 0, 0 },
	{ "cgroup/connect4",	T(CGROUP_SOCK_ADDR), BPF_CGROUP_INET4_CONNECT, 0, 0 },
	{ "cgroup/connect6",	T(CGROUP_SOCK_ADDR), BPF_CGROUP_INET6_CONNECT, 0, 0 },
	{ "cgroup/connect_unix", T(CGROUP_SOCK_ADDR), BPF_CGROUP_UNIX_CONNECT, 0, 0 },
	{ "cgroup/sendmsg4",	T(CGROUP_SOCK_ADDR), BPF_CGROUP_UDP4_SENDMSG, 0, 0 },
	{ "cgroup/sendmsg6",	T(CGROUP_SOCK_ADDR), BPF_CGROUP_UDP6_SENDMSG, 0, 0 },
	{ "cgroup/sendmsg_unix", T(CGROUP_SOCK_ADDR), BPF_CGROUP_UNIX_SENDMSG, 0, 0 },
	{ "cgroup/recvmsg4",	T(CGROUP_SOCK_ADDR), BPF_CGROUP_UDP4_RECVMSG, 0, 0 },
	{ "cgroup/recvmsg6",	T(CGROUP_SOCK_ADDR), BPF_CGROUP_UDP6_RECVMSG, 0, 0 },
	{ "cgroup/recvmsg_unix", T(CGROUP_SOCK_ADDR), BPF_CGROUP_UNIX_RECVMSG, 0, 0 },
	{ "cgroup/getpeername4", T(CGROUP_SOCK_ADDR), BPF_CGROUP_INET4_GETPEERNAME, 0, 0 },
	{ "cgroup/getpeername6", T(CGROUP_SOCK_ADDR), BPF_CGROUP_INET6_GETPEERNAME, 0, 0 },
	{ "cgroup/getpeername_unix", T(CGROUP_SOCK_ADDR), BPF_CGROUP_UNIX_GETPEERNAME, 0, 0 },
	{ "cgroup/getsockname4", T(CGROUP_SOCK_ADDR), BPF_CGROUP_INET4_GETSOCKNAME, 0, 0 },
	{ "cgroup/getsockname6", T(CGROUP_SOCK_ADDR), BPF_CGROUP_INET6_GETSOCKNAME, 0, 0 },
	{ "cgroup/getsockname_unix", T(CGROUP_SOCK_ADDR), BPF_CGROUP_UNIX_GETSOCKNAME, 0, 0 },
	{ "cgroup/getsockopt",	T(CGROUP_SOCKOPT), BPF_CGROUP_GETSOCKOPT, 0, 0 },
	{ "cgroup/setsockopt",	T(CGROUP_SOCKOPT), BPF_CGROUP_SETSOCKOPT, 0, 0 },
	{ "cgroup/sysctl",	T(CGROUP_SYSCTL), BPF_CGROUP_SYSCTL, 0, 0 },
	{ "cgroup/dev",		T(CGROUP_DEVICE), BPF_CGROUP_DEVICE, 0, 0 },
};

static void set(struct sectype *out, const struct row *row, const char *member)
{
	*out = (struct sectype) {
		.prog_type = row->prog_type,
		.attach_type = row->attach_type,
		.prog_flags = row->prog_flags,
		.member = row->prog_type == BPF_PROG_TYPE_STRUCT_OPS ? member : NULL,
		.has_target = row->how & TARGET,
	};
}

static bool goes_on(const struct row *row, char next)
{
	return !next || next == '/' || (next == '_' && row->how & OLD);
}

bool sectype_of_section(const char *section, struct sectype *out)
{
	const struct row *found = NULL;
	size_t i, len, found_len = 0;

	section += sectype_is_optional(section);
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		len = strlen(rows[i].name);
		if (len <= found_len || strncmp(section, rows[i].name, len) != 0 ||
		    !goes_on(&rows[i], section[len]))
			continue;
		found = &rows[i];
		found_len = len;
	}
	if (found)
		set(out, found, section[found_len] ? section + found_len + 1 : "");
	return found;
}

void sectype_of_type(uint32_t prog_type, struct sectype *out)
{
	size_t i;

	*out = (struct sectype) { .prog_type = prog_type };
	for (i = 0; i < ARRAY_SIZE(rows); i++)
		if (rows[i].prog_type == prog_type) {
			set(out, &rows[i], "");
			break;
		}
	out->has_target = false;
}

/* The hooks of iproute2, which it tells by its words and not by sections */
static bool is_plain_hook(uint32_t prog_type)
{
	return prog_type == BPF_PROG_TYPE_XDP ||
	       prog_type == BPF_PROG_TYPE_SCHED_CLS ||
	       prog_type == BPF_PROG_TYPE_SCHED_ACT;
}

void sectype_as(const char *section, uint32_t prog_type, struct sectype *out)
{
	if (!sectype_of_section(section, out) || out->prog_type != prog_type)
		sectype_of_type(prog_type, out);
	if (!is_plain_hook(prog_type))
		return;
	/* compat: a pinned prog array takes programs of one attach type, and
	 * iproute2 gives none */
	out->attach_type = 0;
}

bool sectype_fits(const struct sectype *type, uint32_t prog_type,
		  uint32_t attach_type)
{
	if (type->prog_type != prog_type)
		return false;
	if (!is_plain_hook(prog_type) || !type->attach_type)
		return true;
	if (prog_type == BPF_PROG_TYPE_XDP)
		return type->attach_type == BPF_XDP;
	if (!attach_type)
		return type->attach_type == BPF_TCX_INGRESS ||
		       type->attach_type == BPF_TCX_EGRESS;
	return type->attach_type == attach_type;
}
