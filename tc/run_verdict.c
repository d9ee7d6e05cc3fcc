/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "run_verdict.h"

#include <errno.h>
#include <linux/bpf.h>
#include <linux/pkt_cls.h>
#include <strings.h>

/* UAPI headers after those of Debian 12 have this one */
#define FLOW_DISSECTOR_CONTINUE 129

static const struct verdict {
	uint32_t prog_type;
	int retval;
	const char *prefix, *name;
} verdicts[] = {
#define XDP(name)	{ BPF_PROG_TYPE_XDP, XDP_ ## name, "XDP_", #name }
	XDP(ABORTED), XDP(DROP), XDP(PASS), XDP(TX), XDP(REDIRECT),
#define ACT(name)	{ BPF_PROG_TYPE_SCHED_CLS, TC_ACT_ ## name, "TC_ACT_", #name }, \
			{ BPF_PROG_TYPE_SCHED_ACT, TC_ACT_ ## name, "TC_ACT_", #name }
	ACT(UNSPEC), ACT(OK), ACT(RECLASSIFY), ACT(SHOT), ACT(PIPE), ACT(STOLEN),
	ACT(QUEUED), ACT(REPEAT), ACT(REDIRECT), ACT(TRAP),
#define LWT(name)	{ BPF_PROG_TYPE_LWT_IN, BPF_ ## name, "BPF_", #name }, \
			{ BPF_PROG_TYPE_LWT_OUT, BPF_ ## name, "BPF_", #name }, \
			{ BPF_PROG_TYPE_LWT_XMIT, BPF_ ## name, "BPF_", #name }, \
			{ BPF_PROG_TYPE_LWT_SEG6LOCAL, BPF_ ## name, "BPF_", #name }
	LWT(OK), LWT(DROP), LWT(REDIRECT), LWT(LWT_REROUTE),
#define SK(name)	{ BPF_PROG_TYPE_SK_LOOKUP, SK_ ## name, "SK_", #name }
	SK(DROP), SK(PASS),
	{ BPF_PROG_TYPE_FLOW_DISSECTOR, BPF_OK, "BPF_", "OK" },
	{ BPF_PROG_TYPE_FLOW_DISSECTOR, BPF_DROP, "BPF_", "DROP" },
	{ BPF_PROG_TYPE_FLOW_DISSECTOR, FLOW_DISSECTOR_CONTINUE,
	  "BPF_", "FLOW_DISSECTOR_CONTINUE" },
	/* no header names these two */
	{ BPF_PROG_TYPE_CGROUP_SKB, 0, "", "DENY" },
	{ BPF_PROG_TYPE_CGROUP_SKB, 1, "", "ALLOW" },
};

static const char *full_name(const struct verdict *v, char text[RUN_VERDICT_SIZE])
{
	stpcpy(stpcpy(text, v->prefix), v->name);
	return text;
}

const char *run_verdict_name(uint32_t prog_type, uint32_t retval,
			     char text[RUN_VERDICT_SIZE])
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(verdicts); i++)
		if (verdicts[i].prog_type == prog_type &&
		    (uint32_t)verdicts[i].retval == retval)
			return full_name(&verdicts[i], text);
	return NULL;
}

static bool read_number(const char *word, uint32_t *retval)
{
	long long number;
	char *end;

	errno = 0;
	number = strtoll(word, &end, 0);
	if (end == word || *end || errno || number < INT32_MIN || number > UINT32_MAX)
		return false;
	*retval = number;
	return true;
}

bool run_verdict_read(uint32_t prog_type, const char *word, uint32_t *retval)
{
	char text[RUN_VERDICT_SIZE];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(verdicts); i++) {
		if (verdicts[i].prog_type != prog_type ||
		    (strcasecmp(word, verdicts[i].name) != 0 &&
		     strcasecmp(word, full_name(&verdicts[i], text)) != 0))
			continue;
		*retval = verdicts[i].retval;
		return true;
	}
	return read_number(word, retval);
}
