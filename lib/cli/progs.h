/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * What a listing says of a program: id, name, tag, and so on. Each listing
 * has one of these: a program that many filters or devices share is asked for
 * once.
 */
#ifndef CLI_PROGS_H
#define CLI_PROGS_H

#include <linux/bpf.h>

#include "command.h"

#define PROGS_KNOWN 64

struct progs {
	struct cli *cli;
	struct progs_known {
		uint32_t id;	/* 0: nothing here yet */
		int error;	/* of asking */
		struct bpf_prog_info info;
		struct out_kept text;	/* as it was printed last */
		const char *fmt;	/* with this format */
	} known[PROGS_KNOWN];
};

void progs_init(struct progs *progs, struct cli *cli);

/*
 * @fmt for the id in text, then what else there is to say; in JSON the object
 * "prog". False: only the id, as without the right to ask, or when the program
 * has gone meanwhile.
 */
bool progs_print(struct progs *progs, const char *fmt, uint32_t id);

void progs_print_tag(struct out *o, const uint8_t tag[BPF_TAG_SIZE]);

#endif
