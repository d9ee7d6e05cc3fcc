/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * `tc exec bpf run`: a program, what it is given, what is expected of it.
 * run_words.c reads the words, run_data.c and run_pcap.c the packets (without
 * libpcap run_no_pcap.c), e_bpf_run.c runs all that is asked for, run_one.c
 * once, run_live.c with live frames, run_check.c judges, run_show.c prints.
 */
#ifndef TC_RUN_H
#define TC_RUN_H

#include "bpfwords.h"
#include "buf.h"
#include "report.h"
#include "run_ctx.h"

#define RUN_MAX_MAPS 16
#define RUN_META_MAX 256

struct run_expect_map {
	const char *name, *key, *value;
};

struct run_words {
	struct bpf_words prog;
	uint32_t id;			/* 0: the program is another */
	uint32_t prog_type;		/* `type`; 0: not said */
	bool pins;
	const char *data;		/* file, "-" or "hex:..." */
	const char *pcap;
	uint32_t packet;		/* of the capture file, from 1 */
	bool all;
	struct buf built;		/* `packet` */
	const char *meta;		/* as data: what lies before an XDP frame */
	bool checksum;
	char **ctx;			/* words behind `ctx` */
	int ctx_cnt;
	uint32_t repeat, cpu, batch;
	bool has_repeat, has_cpu, live;
	const char *dev;
	const char *out, *ctx_out;
	const char *verdict, *expect_data;
	struct run_expect_map maps[RUN_MAX_MAPS];
	size_t maps_cnt;
};

/* The words behind `run`. 0, or CLI_USAGE after the complaint. */
int run_words_take(struct words *w, struct run_words *words);
void run_words_free(struct run_words *words);

/* ---- packets ---- */

struct run_packets {
	struct buf bytes;		/* one behind the other */
	size_t *ends;			/* in bytes, where the next begins */
	size_t cnt;
};

/* one more: 0 or -ENOMEM */
int run_packets_add(struct run_packets *packets, const void *data, uint32_t len);
void run_packets_free(struct run_packets *packets);
/* the @i-th, from 0 */
const uint8_t *run_packets_get(const struct run_packets *packets, size_t i,
			       uint32_t *len);

/* A file, "-" or "hex:...", appended to @data. 0, or CLI_USAGE after the
 * complaint; so with all that follow. */
int run_read(const char *from, struct buf *data);
/* the complaint; CLI_USAGE */
int run_no_memory(void);
int run_write(const char *file, const void *data, size_t size);
/* "pcap:FILE" gives FILE, else NULL */
const char *run_pcap_name(const char *word);
/* all packets, or one that is named as run_read() does */
int run_read_packets(const char *from, struct run_packets *packets);
int run_write_packets(const char *to, const struct run_packets *packets);

/* capture files */
int run_pcap_read(const char *file, struct run_packets *packets);
int run_pcap_write(const char *file, const struct run_packets *packets);

/* ---- a run ---- */

struct run {
	struct cli *cli;
	const struct run_words *words;
	struct bpfelf_txn *txn;
	uint32_t prog_type;
	const struct run_ctx *ctx_type;	/* NULL: bytes only */
	struct buf ctx;			/* as the words give it */
	struct buf meta;
	struct run_packets in, out, wanted;
	uint32_t verdict;		/* expected, if words->verdict */
};

/* with `pins`, when nothing can fail any more: 0 or -errno; again is no harm */
int run_keep_pins(const struct run *run);

struct run_result {
	struct bpfelf_run run;
	uint8_t *data;			/* what came out, data_size_out bytes */
	uint8_t ctx[4096];
	uint8_t meta[RUN_META_MAX];	/* what came out before it */
	uint32_t meta_len;
};

/* What a program is given, in the kernel's layout. */
struct run_input {
	struct buf data;		/* metadata and packet */
	struct buf ctx;
};

/* The packet @i, from 0; @ifindex: of an XDP context, where it has none.
 * 0 or -ENOMEM. */
int run_input_make(const struct run *run, size_t i, uint32_t ifindex,
		   struct run_input *input);
void run_input_free(struct run_input *input);

/* Once, on the packet @i: 0 or -errno as bpfelf_prog_run(). */
int run_once(const struct run *run, size_t i, struct run_result *result);
void run_result_free(struct run_result *result);

/* ---- judging: what is not as expected, a line each, to @why ---- */

/* the packet @i, from 0 */
void run_check(const struct run *run, size_t i, const struct run_result *result,
	       struct buf *why);
/* one map: 0, 1 with lines in @why, or CLI_USAGE after the complaint */
int run_check_map(const struct run *run, const struct run_expect_map *map,
		  struct buf *why);
/* all of them; the worst of that */
int run_check_maps(const struct run *run, struct buf *why);

/* ---- printing ---- */

/* all of one run; @why as above */
void run_show(const struct run *run, size_t i, const struct run_result *result,
	      const struct buf *why);
/* what is not as expected, in an object; and that it is, if it is */
void run_show_why(struct out *o, const struct buf *why);
/* one line of the Test Anything Protocol, and what is wrong behind it */
void run_show_tap(struct out *o, size_t number, const struct buf *what,
		  const struct buf *why);
/* "XDP_DROP (1)" */
void run_verdict_text(const struct run *run, uint32_t retval, struct buf *text);

/* Live frames until the count is reached or a signal comes: an exit status. */
int run_live(struct run *run, struct report *report);

#endif
