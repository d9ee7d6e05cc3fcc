/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What acct.bpf.c counts and read_acct.c reads. */
#ifndef ACCT_H
#define ACCT_H

#include <linux/types.h>

enum { ACCT_INGRESS, ACCT_EGRESS, ACCT_MAX };

struct acct {
	__u64 packets;
	__u64 bytes;
};

#endif
