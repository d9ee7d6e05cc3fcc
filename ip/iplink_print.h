/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * One link as iproute2 6.1 prints it, text or JSON. It knows the layout, for
 * links that `show` has found to be printable; asks nothing but what a program
 * is called.
 */
#ifndef IPLINK_PRINT_H
#define IPLINK_PRINT_H

#include "linkset.h"
#include "names.h"
#include "progs.h"

struct show {
	struct cli *cli;
	struct out *o;
	struct progs *progs;
	struct linkset links;
	struct name_db groups;
};

void link_print(const struct show *show, const struct link_info *link);
void link_print_brief(const struct show *show, const struct link_info *link);

#endif
