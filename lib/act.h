/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * Actions of traffic control as netlink attributes: a bpf one written, and
 * what the kernel tells of any made ready to be given back to it.
 *
 * It knows the attributes of one action; where they go is the caller's.
 */
#ifndef BPFELF_ACT_H
#define BPFELF_ACT_H

#include <linux/filter.h>

#include "nl.h"
#include "txn.h"

struct act_bpf {
	int prog_fd;		/* unless there is bytecode */
	const char *name;
	const struct sock_filter *bytecode;
	size_t bytecode_cnt;	/* 0: none */
	uint32_t index;		/* 0: the kernel chooses */
	int control;		/* TC_ACT_* */
};

/* TCA_ACT_KIND and TCA_ACT_OPTIONS */
void act_put_bpf(struct nl_req *req, const struct act_bpf *act);

/*
 * The kernel's description of an action (@from holds TCA_ACT_*), as a request
 * to make it again; the programs in it are held by @txn. 1; 0 when it cannot
 * be had back, as a program is out of reach; -errno.
 */
int act_copy(struct bpfelf_txn *txn, struct nl_req *req,
	     const struct nlattr *from, struct err *err);
/* the same with a list of them, as TCA_BPF_ACT has it, under @type */
int act_copy_list(struct bpfelf_txn *txn, struct nl_req *req, uint16_t type,
		  const struct nlattr *from, struct err *err);
/* and for the attributes of a police action, in a nest of @type */
void act_copy_police(struct nl_req *req, uint16_t type,
		     const struct nlattr *from);

#endif
