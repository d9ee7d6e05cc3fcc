/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* The counters of a link, as `ip -s link` lays them out. */
#ifndef IPLINK_STATS_H
#define IPLINK_STATS_H

#include "linkset.h"
#include "out.h"

/* @errors: with the lines of `-s -s` as well */
void link_stats_show(struct out *o, const struct link_info *link, bool errors);

#endif
