/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * `-netns NAME`: the network namespace for our sockets.
 *
 * Only that one. iproute2 also goes into a mount namespace of its own and
 * mounts another /sys there, which hides the bpffs: every pin made under it is
 * lost when the command ends. Ours stay where the user's are.
 */
#ifndef CLI_NETNS_H
#define CLI_NETNS_H

#include "cli.h"

/* Enter /var/run/netns/NAME. 0, or CLI_USAGE after having said why. */
int netns_enter(const char *name);

#endif
