/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* In the place of run_pcap.c, in a tc without libpcap. */
#include <stdio.h>

#include "run.h"

static int without(const char *file)
{
	fprintf(stderr, "Error: capture file '%s': this tc is built without libpcap\n", file);
	fprintf(stderr, "Hint: give packets by \"data\" or \"packet\", or take a tc that has it\n");
	return CLI_USAGE;
}

int run_pcap_read(const char *file, struct run_packets *packets)
{
	(void)packets;
	return without(file);
}

int run_pcap_write(const char *file, const struct run_packets *packets)
{
	(void)packets;
	return without(file);
}
