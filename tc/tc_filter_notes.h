/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * What `tc filter` says that iproute2 keeps to itself: a copy where a
 * replacement was meant, filters that a listing left out, tcx programs that
 * run before the filters. On stderr, but for the last.
 */
#ifndef TC_FILTER_NOTES_H
#define TC_FILTER_NOTES_H

#include "progs.h"
#include "tc_filter.h"

/* @hook was attached by `replace` under the name @name: is there another one
 * beside it that was to be replaced? */
void filter_note_copy(struct cli *cli, const struct filter_words *filter,
		      const struct bpfelf_hook *hook, const char *name);

/* `show` without a parent lists what is at the root qdisc. */
void filter_note_elsewhere(struct cli *cli, const struct filter_words *filter,
			   uint32_t ifindex);

/* The tcx programs of a device in the direction of @parent, which run before
 * its filters: as lines, or elements, of the listing. */
void filter_print_tcx(struct progs *progs, uint32_t parent, uint32_t ifindex);

#endif
