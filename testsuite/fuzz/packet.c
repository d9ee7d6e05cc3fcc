/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * What a stranger may give to `tc exec bpf run`. The first byte tells which: a
 * capture file, bytes in hexadecimal, or the words of a packet, of a context or
 * of a whole run.
 */
#include "fuzz.h"

#include <linux/bpf.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "../../tc/run.h"
#include "../../tc/run_packet.h"
#include "ctx.h"
#include "fake_kern.h"

#define MAX_WORDS 64

/* ---- capture files ---- */

static void path_of(int fd, char *path, size_t size)
{
	snprintf(path, size, "/proc/self/fd/%d", fd);
}

static void check_same(const struct run_packets *a, const struct run_packets *b)
{
	const uint8_t *x, *y;
	uint32_t x_len, y_len;
	size_t i;

	fuzz_check(a->cnt == b->cnt);
	for (i = 0; i < a->cnt; i++) {
		x = run_packets_get(a, i, &x_len);
		y = run_packets_get(b, i, &y_len);
		fuzz_check(x_len == y_len && memcmp(x, y, x_len) == 0);
	}
}

/* what was read is written, and reads the same */
static void capture_file(const uint8_t *data, size_t size)
{
	_cleanup_(run_packets_free) struct run_packets packets = { 0 }, again = { 0 };
	_cleanup_close_ int from = memfd_create("in", MFD_CLOEXEC);
	_cleanup_close_ int to = memfd_create("out", MFD_CLOEXEC);
	char path[32];

	if (from < 0 || to < 0 || write(from, data, size) != (ssize_t)size)
		return;
	path_of(from, path, sizeof(path));
	if (run_pcap_read(path, &packets) != 0)
		return;
	fuzz_check(packets.cnt > 0);
	path_of(to, path, sizeof(path));
	if (run_pcap_write(path, &packets) != 0)
		return;
	fuzz_check(run_pcap_read(path, &again) == 0);
	check_same(&packets, &again);
}

/* ---- words ---- */

/* cut @text at its blanks */
static struct words split(char *text, char **argv)
{
	struct words w = { .argv = argv };
	char *rest, *word;

	for (word = strtok_r(text, " ", &rest); word && w.argc < MAX_WORDS;
	     word = strtok_r(NULL, " ", &rest))
		argv[w.argc++] = word;
	return w;
}

static void hex(const char *text)
{
	_cleanup_buf_ struct buf data = { 0 }, word = { 0 };

	buf_addf(&word, "hex:%s", text);
	if (run_read(buf_str(&word), &data) == 0)
		fuzz_check(data.len <= strlen(text) / 2);
}

static void packet(char *text)
{
	_cleanup_buf_ struct buf frame = { 0 };
	char *argv[MAX_WORDS];
	struct words w = split(text, argv);

	if (run_packet_take(&w, &frame) == 0)
		fuzz_check(frame.len >= 14 && frame.len <= RUN_PACKET_MAX);
}

/* into the context of each type, and out again */
static void context(char *text)
{
	static const uint32_t types[] = {
		BPF_PROG_TYPE_SCHED_CLS, BPF_PROG_TYPE_XDP, BPF_PROG_TYPE_SK_LOOKUP,
		BPF_PROG_TYPE_FLOW_DISSECTOR,
	};
	const struct run_ctx *ctx = run_ctx_of(types[(uint8_t)*text % 4]);
	static const struct command tc = { .tool = { .name = "tc" } };
	struct fake_kern fake = FAKE_KERN;
	struct cli cli = { .command = &tc };
	char bytes[RUN_CTX_MAX] = { 0 }, *argv[MAX_WORDS];
	struct words w = split(*text ? text + 1 : text, argv);
	struct kern *kern = fake_open(&fake);

	if (kern && ctx_new_with_kern(kern, &cli.ctx) == 0) {
		out_init(&cli.out, STDOUT_FILENO, 0);
		out_hold(&cli.out);
		while (word_peek(&w))
			run_ctx_set(&cli, ctx, word_take(&w), bytes);
		run_ctx_print(&cli.out, ctx, "context:", NULL, bytes, ctx->size);
		out_drop(&cli.out);
		out_free(&cli.out);
		bpfelf_ctx_free(cli.ctx);
	}
	fake_free(&fake);
}

static void whole_run(char *text)
{
	char *argv[MAX_WORDS];
	struct words w = split(text, argv);
	struct run_words words;

	if (run_words_take(&w, &words) == 0)
		fuzz_check(!word_peek(&w) && words.maps_cnt <= RUN_MAX_MAPS);
	run_words_free(&words);
}

static void take(uint8_t what, const uint8_t *data, size_t size)
{
	_cleanup_free_ char *text = strndup((const char *)data, size);

	if (what == 'p')
		capture_file(data, size);
	else if (!text)
		return;
	else if (what == 'h')
		hex(text);
	else if (what == 'w')
		packet(text);
	else if (what == 'c')
		context(text);
	else
		whole_run(text);
}

/* Complaints are many, and nobody is to read them: glibc's stderr can be set,
 * and what the sanitizers write to its descriptor is still seen. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	FILE *told = stderr, *null = fopen("/dev/null", "we");

	if (null && size) {
		stderr = null;
		take(data[0], data + 1, size - 1);
		stderr = told;
	}
	if (null)
		fclose(null);
	return 0;
}
