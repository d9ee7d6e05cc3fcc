/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * libpcap, opened when a capture file is named: it brings ten libraries more,
 * which every other start of tc would wait for.
 */
#ifndef TC_PCAPLIB_H
#define TC_PCAPLIB_H

#include <pcap/pcap.h>

/* its functions, without their `pcap_` */
struct pcaplib {
	__typeof__(pcap_open_offline) *open_offline;
	__typeof__(pcap_datalink) *datalink;
	__typeof__(pcap_datalink_val_to_name) *datalink_val_to_name;
	__typeof__(pcap_next_ex) *next_ex;
	__typeof__(pcap_geterr) *geterr;
	__typeof__(pcap_close) *close;
	__typeof__(pcap_open_dead) *open_dead;
	__typeof__(pcap_dump_open) *dump_open;
	__typeof__(pcap_dump) *dump;
	__typeof__(pcap_dump_file) *dump_file;
	__typeof__(pcap_dump_flush) *dump_flush;
	__typeof__(pcap_dump_close) *dump_close;
};

/* NULL: it cannot be opened, with the loader's words in @why. */
const struct pcaplib *pcaplib_open(const char **why);

#endif
