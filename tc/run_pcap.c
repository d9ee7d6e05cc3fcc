/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Capture files. */
#include <errno.h>
#include <stdio.h>

#include "err.h"
#include "pcaplib.h"
#include "run.h"

#define SNAPLEN 262144

static int complain(const char *file, const char *why)
{
	size_t len = strlen(file);

	/* some of libpcap's words name the file, some do not */
	if (strncmp(why, file, len) == 0 && strncmp(why + len, ": ", 2) == 0)
		why += len + 2;
	fprintf(stderr, "Error: capture file '%s': %s\n", file, why);
	return CLI_USAGE;
}

/* libpcap, or NULL after the complaint */
static const struct pcaplib *need_libpcap(const char *file)
{
	const char *why;
	const struct pcaplib *lib = pcaplib_open(&why);

	if (lib)
		return lib;
	fprintf(stderr, "Error: capture file '%s': cannot open libpcap: %s\n", file, why);
	fprintf(stderr, "Hint: install libpcap (Debian: libpcap0.8), or give packets by \"data\" or \"packet\"\n");
	return NULL;
}

/* ---- reading ---- */

static int read_all(const struct pcaplib *lib, pcap_t *pcap, const char *file,
		    struct run_packets *packets)
{
	struct pcap_pkthdr *hdr;
	const u_char *data;
	int r, link = lib->datalink(pcap);
	char why[80];

	if (link != DLT_EN10MB) {
		snprintf(why, sizeof(why), "its packets are of %s, not of Ethernet",
			 lib->datalink_val_to_name(link) ?: "another kind");
		return complain(file, why);
	}
	while ((r = lib->next_ex(pcap, &hdr, &data)) == 1) {
		r = run_packets_add(packets, data, hdr->caplen);
		if (r < 0)
			return complain(file, err_str(r));
	}
	if (r == PCAP_ERROR)
		return complain(file, lib->geterr(pcap));
	return packets->cnt ? 0 : complain(file, "there is no packet in it");
}

int run_pcap_read(const char *file, struct run_packets *packets)
{
	const struct pcaplib *lib = need_libpcap(file);
	char why[PCAP_ERRBUF_SIZE] = "";
	pcap_t *pcap;
	int r;

	if (!lib)
		return CLI_USAGE;
	pcap = lib->open_offline(file, why);
	if (!pcap)
		return complain(file, why);
	r = read_all(lib, pcap, file, packets);
	lib->close(pcap);
	return r;
}

/* ---- writing ---- */

static void put_all(const struct pcaplib *lib, pcap_dumper_t *dumper,
		    const struct run_packets *packets)
{
	struct pcap_pkthdr hdr = { 0 };
	const uint8_t *data;
	uint32_t len;
	size_t i;

	for (i = 0; i < packets->cnt; i++) {
		data = run_packets_get(packets, i, &len);
		hdr.caplen = hdr.len = len;
		hdr.ts.tv_sec = i;	/* in their order, and always the same */
		lib->dump((u_char *)dumper, &hdr, data);
	}
}

static int write_all(const struct pcaplib *lib, pcap_t *pcap, const char *file,
		     const struct run_packets *packets)
{
	pcap_dumper_t *dumper = lib->dump_open(pcap, file);
	int r = 0;

	if (!dumper)
		return complain(file, lib->geterr(pcap));
	errno = 0;
	put_all(lib, dumper, packets);
	/* pcap_dump() itself tells nothing */
	if (lib->dump_flush(dumper) != 0 || ferror(lib->dump_file(dumper)))
		r = complain(file, err_str(errno ? -errno : -EIO));
	lib->dump_close(dumper);
	return r;
}

int run_pcap_write(const char *file, const struct run_packets *packets)
{
	const struct pcaplib *lib = need_libpcap(file);
	pcap_t *pcap;
	int r;

	if (!lib)
		return CLI_USAGE;
	pcap = lib->open_dead(DLT_EN10MB, SNAPLEN);
	if (!pcap)
		return complain(file, err_str(-ENOMEM));
	r = write_all(lib, pcap, file, packets);
	lib->close(pcap);
	return r;
}
