/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Capture files, where libpcap is. */
#include <stdio.h>

#include "run.h"

#ifdef HAVE_PCAP

#include <errno.h>
#include <pcap/pcap.h>

#include "err.h"

#define SNAPLEN 262144

static int complain(const char *file, const char *why)
{
	size_t len = strlen(file);

	/* some of libpcap's words name the file, some do not */
	if (strncmp(why, file, len) == 0 && why[len] == ':')
		fprintf(stderr, "Error: capture file %s\n", why);
	else
		fprintf(stderr, "Error: capture file '%s': %s\n", file, why);
	return CLI_USAGE;
}

static int read_all(pcap_t *pcap, const char *file, struct run_packets *packets)
{
	struct pcap_pkthdr *hdr;
	const u_char *data;
	char why[80];
	int r;

	if (pcap_datalink(pcap) != DLT_EN10MB) {
		snprintf(why, sizeof(why), "its packets are of %s, not of Ethernet",
			 pcap_datalink_val_to_name(pcap_datalink(pcap)) ?: "another kind");
		return complain(file, why);
	}
	while ((r = pcap_next_ex(pcap, &hdr, &data)) == 1) {
		r = run_packets_add(packets, data, hdr->caplen);
		if (r < 0)
			return complain(file, err_str(r));
	}
	if (r == PCAP_ERROR)
		return complain(file, pcap_geterr(pcap));
	return packets->cnt ? 0 : complain(file, "there is no packet in it");
}

int run_pcap_read(const char *file, struct run_packets *packets)
{
	char why[PCAP_ERRBUF_SIZE] = "";
	pcap_t *pcap = pcap_open_offline(file, why);
	int r;

	if (!pcap)
		return complain(file, why);
	r = read_all(pcap, file, packets);
	pcap_close(pcap);
	return r;
}

static void write_all(pcap_dumper_t *dumper, const struct run_packets *packets)
{
	struct pcap_pkthdr hdr = { 0 };
	const uint8_t *data;
	uint32_t len;
	size_t i;

	for (i = 0; i < packets->cnt; i++) {
		data = run_packets_get(packets, i, &len);
		hdr.caplen = hdr.len = len;
		hdr.ts.tv_sec = i;	/* in their order, and always the same */
		pcap_dump((u_char *)dumper, &hdr, data);
	}
}

int run_pcap_write(const char *file, const struct run_packets *packets)
{
	pcap_t *pcap = pcap_open_dead(DLT_EN10MB, SNAPLEN);
	pcap_dumper_t *dumper = pcap ? pcap_dump_open(pcap, file) : NULL;
	int r = 0;

	if (!dumper) {
		r = complain(file, pcap ? pcap_geterr(pcap) : err_str(-ENOMEM));
	} else {
		write_all(dumper, packets);
		if (pcap_dump_flush(dumper) != 0)
			r = complain(file, err_str(-errno));
		pcap_dump_close(dumper);
	}
	if (pcap)
		pcap_close(pcap);
	return r;
}

#else

static int without(const char *file)
{
	fprintf(stderr, "Error: capture file '%s': this tc is built without libpcap\n", file);
	fprintf(stderr, "Hint: give packets by \"data\" or \"packet\", or install libpcap-dev and build anew\n");
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

#endif
