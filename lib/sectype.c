/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "sectype.h"

#include "uapi.h"
#include "util.h"

/* The first row of a type also stands for it, see sectype_of_type(). A name
 * may go on behind a '/'. */
static const struct row {
	const char *name;
	uint32_t prog_type, attach_type, prog_flags;
} rows[] = {
	{ "socket",		BPF_PROG_TYPE_SOCKET_FILTER, 0, 0 },
	{ "classifier",		BPF_PROG_TYPE_SCHED_CLS, 0, 0 },
	{ "tc",			BPF_PROG_TYPE_SCHED_CLS, 0, 0 },
	{ "tcx",		BPF_PROG_TYPE_SCHED_CLS, 0, 0 },
	{ "action",		BPF_PROG_TYPE_SCHED_ACT, 0, 0 },
	{ "xdp",		BPF_PROG_TYPE_XDP, 0, 0 },
	{ "xdp.frags",		BPF_PROG_TYPE_XDP, 0, BPF_F_XDP_HAS_FRAGS },
	{ "sk_lookup",		BPF_PROG_TYPE_SK_LOOKUP, BPF_SK_LOOKUP, 0 },
	{ "cgroup_skb/ingress",	BPF_PROG_TYPE_CGROUP_SKB, BPF_CGROUP_INET_INGRESS, 0 },
	{ "cgroup_skb/egress",	BPF_PROG_TYPE_CGROUP_SKB, BPF_CGROUP_INET_EGRESS, 0 },
	{ "cgroup/skb",		BPF_PROG_TYPE_CGROUP_SKB, 0, 0 },
	{ "lwt_in",		BPF_PROG_TYPE_LWT_IN, 0, 0 },
	{ "lwt_out",		BPF_PROG_TYPE_LWT_OUT, 0, 0 },
	{ "lwt_xmit",		BPF_PROG_TYPE_LWT_XMIT, 0, 0 },
	{ "lwt_seg6local",	BPF_PROG_TYPE_LWT_SEG6LOCAL, 0, 0 },
	{ "flow_dissector",	BPF_PROG_TYPE_FLOW_DISSECTOR, 0, 0 },
	{ "raw_tracepoint",	BPF_PROG_TYPE_RAW_TRACEPOINT, 0, 0 },
	{ "raw_tp",		BPF_PROG_TYPE_RAW_TRACEPOINT, 0, 0 },
	{ "syscall",		BPF_PROG_TYPE_SYSCALL, 0, BPF_F_SLEEPABLE },
	{ "struct_ops",		BPF_PROG_TYPE_STRUCT_OPS, 0, 0 },
	{ "struct_ops.s",	BPF_PROG_TYPE_STRUCT_OPS, 0, BPF_F_SLEEPABLE },
};

static void set(struct sectype *out, const struct row *row, const char *member)
{
	*out = (struct sectype) {
		.prog_type = row->prog_type,
		.attach_type = row->attach_type,
		.prog_flags = row->prog_flags,
		.member = row->prog_type == BPF_PROG_TYPE_STRUCT_OPS ? member : NULL,
	};
}

bool sectype_of_section(const char *section, struct sectype *out)
{
	size_t i, len;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		len = strlen(rows[i].name);
		if (strncmp(section, rows[i].name, len) != 0 ||
		    (section[len] && section[len] != '/'))
			continue;
		set(out, &rows[i], section[len] ? section + len + 1 : "");
		return true;
	}
	return false;
}

void sectype_of_type(uint32_t prog_type, struct sectype *out)
{
	size_t i;

	*out = (struct sectype) { .prog_type = prog_type };
	for (i = 0; i < ARRAY_SIZE(rows); i++)
		if (rows[i].prog_type == prog_type) {
			set(out, &rows[i], "");
			return;
		}
}
