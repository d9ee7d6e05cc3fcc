/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * What a command says on stderr about a load: each step with `verbose`, the
 * library's warnings, and the failure. The labels of the blocks are
 * iproute2's, for scripts read them; the line above them is ours.
 *
 * It knows how things are worded; the facts are the library's.
 *
 *	report_begin(&report, cli, &loaded, words.verbose);
 *	r = bpf_words_load(&words, cli->ctx, type, &loaded);
 *	if (r < 0)
 *		return report_failure(&report, r, CLI_FAIL);
 */
#ifndef CLI_REPORT_H
#define CLI_REPORT_H

#include "bpfwords.h"
#include "buf.h"
#include "command.h"

struct report {
	struct cli *cli;
	const struct bpf_loaded *loaded;
	bool verbose;
	bool told_fixup;
	bool warned;
	struct buf refused;	/* what the kernel refused: after our own line */
};

/*
 * Listen to the context of @cli, one load at a time. @loaded is what
 * bpf_words_load() will fill, or NULL when nothing is going to be loaded; like
 * @report, it stays where it is until report_end().
 */
void report_begin(struct report *report, struct cli *cli,
		  const struct bpf_loaded *loaded, bool verbose);
void report_end(struct report *report);
#define _cleanup_report_ _cleanup_(report_end)

/*
 * Say why the last call on the context failed with the negative errno @error,
 * reason first, the verifier's log last. Returns CLI_KERNEL for a netlink
 * request that the kernel refused, else @status; a final line of the
 * command's own comes after it.
 */
int report_failure(struct report *report, int error, int status);

#endif
