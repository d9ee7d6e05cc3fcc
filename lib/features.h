/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * What a kernel is built with, as far as we use it: which option it is, what
 * fails without it, and whether it is there. features.c has the configuration
 * and the words, trials.c tries.
 */
#ifndef BPFELF_FEATURES_H
#define BPFELF_FEATURES_H

#include "kconfig.h"
#include "kern.h"

enum feature {
	FEATURE_BPF,
	FEATURE_BPF_SYSCALL,
	FEATURE_HAVE_EBPF_JIT,
	FEATURE_BPF_JIT,
	FEATURE_CGROUP_BPF,
	FEATURE_BPF_EVENTS,
	FEATURE_FTRACE,
	FEATURE_DEBUG_INFO_BTF,
	FEATURE_XDP_SOCKETS,
	FEATURE_NET_CLS_ACT,
	FEATURE_NET_SCH_INGRESS,
	FEATURE_NET_CLS_BPF,
	FEATURE_NET_ACT_BPF,
	FEATURE_NET_ACT_GACT,
	FEATURE_NET_ACT_MIRRED,
	FEATURE_NET_ACT_POLICE,
	FEATURE_LWTUNNEL_BPF,
	FEATURE_IPV6_SEG6_LWTUNNEL,
	FEATURE_IPV6_SEG6_BPF,
	FEATURES
};

struct feature_row {
	const char *option;	/* without CONFIG_ */
	const char *module;	/* that it may be built as; NULL: it may not */
	const char *serves;	/* what fails without it */
};

extern const struct feature_row feature_rows[FEATURES];

/* ---- the configuration of the running kernel ---- */

struct features_config {
	struct buf text;	/* "" when there is none */
	char release[65];	/* as uname -r has it */
	char from[128];		/* the file; "": none */
	struct err why;		/* of the last file that was of no use */
};

void features_config_read(struct kern *k, struct features_config *config);
void features_config_free(struct features_config *config);
#define _cleanup_config_ _cleanup_(features_config_free)

/* ---- is it there? ---- */

enum feature_verdict {
	FEATURE_UNKNOWN,
	FEATURE_MISSING,
	FEATURE_MODULE,		/* not loaded, but installed */
	FEATURE_THERE,
};

struct feature_state {
	enum feature_verdict verdict;
	enum kconfig config;
	bool installed;		/* KCONFIG_MODULE: there is such a module */
	int tried;		/* 1: works, 0: does not, -ENODATA: not tried,
				 * other: why it could not be */
};

/* Whatever this does is undone; modules are not loaded for it. */
void feature_check(struct kern *k, const struct features_config *config,
		   enum feature feature, struct feature_state *state);

/* Does it work? As feature_state.tried. */
int feature_try(struct kern *k, enum feature feature);
/* the same for programs of a type */
int feature_try_type(struct kern *k, uint32_t prog_type);

/* ---- words for what failed ---- */

/* The kernel refused with errno @code what takes @feature: say so. Returns
 * @code. */
int feature_hint(struct kern *k, enum feature feature, int code,
		 struct err *err);

/* What is missing is in @module, of which nothing is known: why that is. */
void feature_hint_module(struct kern *k, const char *module, struct err *err);

/* Whether bpf(2) as a whole is what is missing; if so it is said. */
bool feature_hint_no_bpf(struct kern *k, int code, struct err *err);

/* The verifier's @reason, where it is a helper that an option brings */
void feature_hint_helper(struct kern *k, const char *reason, int code,
			 struct err *err);

#endif
