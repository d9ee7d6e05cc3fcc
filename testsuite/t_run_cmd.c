/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * `tc exec bpf run`, the whole command on the fake kernel: whichever operation
 * is refused and whichever allocation fails, it says so in one sentence, opens
 * nothing that stays open, and leaves no pin that was not there.
 */
#include "../tc/run.h"

#include <errno.h>
#include <stdio.h>
#include <sys/mman.h>

#include "../tc/e_bpf.h"
#include "capture.h"
#include "oom.h"
#include "rig.h"
#include "unit.h"

static struct rig rig;
static int object = -1;		/* sample "pins" as a file */
static int capture_file = -1;	/* two packets */
static int out_file = -1;
static uint32_t kept_id;	/* a program that stays loaded */
static struct job kept;

/* The fake flips the first byte and returns the length. OBJ, PCAP, OUT and ID
 * are the above. */
static const struct line {
	const char *words;
	int status;
} lines[] = {
	{ "OBJ packet udp dst 10.0.0.7 len 80 ctx mark=7 repeat 3 expect 80 "
	  "expect-map global 1 0 expect-map none hex:00000000 0 out OUT", 0 },
	{ "OBJ data hex:00010203040506070809:0a0b0c0d expect-data hex:ff010203040506070809:0a0b0c0d "
	  "ctxout OUT", 0 },
	{ "OBJ data hex:00010203040506070809:0a0b0c0d expect 13 expect-data hex:ff010203040506070809:0a0b0c0e "
	  "expect-map object 0 7", 1 },
	{ "OBJ packet tcp dst 2001:db8::5 pins expect-map object 0 0", 0 },
	{ "OBJ type xdp packet eth len 60 meta hex:01020304 ctx rx_queue_index=1 ingress_ifindex=v0", 0 },
	{ "OBJ type xdp packet udp live batch 9 dev v0 repeat 1000 expect-map global 0 0", 0 },
	{ "OBJ type xdp packet udp live repeat 1000 expect-map global 0 9", 1 },
	{ "id ID packet udp checksum", 0 },
	{ "OBJ type syscall ctx hex:0102030405060708", 0 },
	{ "OBJ type sk_lookup ctx family=inet6 local_ip6=::1 local_port=9", 0 },
	{ "OBJ pcap PCAP packet all expect 14 expect-map global 0 0 out OUT", 1 },
	{ "OBJ pcap PCAP packet 2 checksum expect 15", 0 },
	{ "OBJ packet udp ctx nonsense=1", 255 },
};

static void make_capture(void)
{
	struct {
		uint32_t magic, version, zone, accuracy, snaplen, link;
		struct {
			uint32_t sec, usec, caplen, len;
			uint8_t data[14 + 1];
		} __attribute__((packed)) packets[2];
	} __attribute__((packed)) file = {
		.magic = 0xa1b2c3d4, .version = 2 | 4 << 16, .snaplen = 65535, .link = 1,
		.packets = { { .caplen = 15, .len = 15 }, { .caplen = 15, .len = 15 } },
	};

	capture_file = memfd_create("capture.pcap", MFD_CLOEXEC);
	ck_assert_int_eq(write(capture_file, &file, sizeof(file)), sizeof(file));
}

static void start(void)
{
	_cleanup_buf_ struct buf elf = { 0 };
	struct bpf_prog_info info;

	rig_open(&rig, NULL);
	rig_build("pins", &elf);
	object = memfd_create("pins.o", MFD_CLOEXEC);
	make_capture();
	out_file = memfd_create("out", MFD_CLOEXEC);
	ck_assert_int_eq(write(object, elf.data, elf.len), elf.len);
	ck_assert_int_eq(job_load(&kept, &rig, &elf, BPF_PROG_TYPE_SCHED_CLS, "classifier"), 0);
	ck_assert_int_eq(bpfelf_commit(kept.txn), 0);
	ck_assert_int_eq(rig.ctx->kern->ops->prog_info(rig.ctx->kern, bpfelf_prog_fd(kept.txn),
						       &info), 0);
	kept_id = info.id;
}

static void finish(void)
{
	job_free(&kept);
	close_fd(object);
	close_fd(capture_file);
	close_fd(out_file);
	rig_close(&rig);
}

/* the words of a line, with what the test alone knows in its places */
static void fill_in(const char *words, char *line, size_t size)
{
	_cleanup_free_ char *copy = strdup(words);
	char *rest, *word;

	*line = '\0';
	for (word = strtok_r(copy, " ", &rest); word; word = strtok_r(NULL, " ", &rest)) {
		line += strlen(line);
		if (str_eq(word, "OBJ"))
			sprintf(line, "obj /proc/self/fd/%d sec classifier ", object);
		else if (str_eq(word, "PCAP"))
			sprintf(line, "/proc/self/fd/%d ", capture_file);
		else if (str_eq(word, "OUT"))
			sprintf(line, "/proc/self/fd/%d ", out_file);
		else if (str_eq(word, "ID"))
			sprintf(line, "%u ", kept_id);
		else
			snprintf(line, size, "%s ", word);
	}
}

struct outcome {
	int status;
	char *out, *err;
};

static void outcome_free(struct outcome *o)
{
	free(o->out);
	free(o->err);
}

/* as command_main() ends it: what cannot be written is a failure */
static int run_and_write(struct cli *cli, struct words *w)
{
	int status = e_bpf_run_prog(cli, w), r = out_status(&cli->out);

	return status ?: r;
}

static struct outcome run_line(const char *words, unsigned int flags, int nth_alloc)
{
	static const struct command tc = { .tool = { .name = "tc" } };
	struct cli cli = { .command = &tc, .ctx = rig.ctx };
	char line[512], *argv[32];
	struct words w = { .argv = argv, .pos = 1 };
	struct capture out, err;
	struct outcome o;

	fill_in(words, line, sizeof(line));
	w.argc = split_words(line, argv);
	ck_assert_int_eq(ftruncate(out_file, 0), 0);
	capture_begin(&out, STDOUT_FILENO);
	capture_begin(&err, STDERR_FILENO);
	out_init(&cli.out, STDOUT_FILENO, flags);
	oom_at(nth_alloc);
	o.status = run_and_write(&cli, &w);
	oom_pause(true);
	out_free(&cli.out);
	o.err = capture_end(&err);
	o.out = capture_end(&out);
	oom_pause(false);
	return o;
}

static size_t count_of(const char *text, const char *word)
{
	size_t n = 0;

	for (; (text = strstr(text, word)); text++)
		n++;
	return n;
}

/* live frames take their time */
static bool is_timeless(const char *words)
{
	return !strstr(words, " live ");
}

/* of a device and of the output they are as they always are */
static size_t sentences(const struct outcome *o)
{
	return count_of(o->err, "Error: ") + count_of(o->err, "cannot write the output: ");
}

static void judge(const struct line *l, const struct outcome *whole,
		  const struct outcome *o, const char *what, int n)
{
	if (o->status == whole->status && o->status != 255 && sentences(o) == 0) {
		ck_assert_msg(!is_timeless(l->words) || str_eq(o->out, whole->out),
			      "%s, %s %d: status %d, but\n%s", l->words, what, n, o->status, o->out);
		return;
	}
	ck_assert_msg(o->status == 255 || o->status == 1, "%s, %s %d: status %d\n%s%s", l->words, what, n,
		      o->status, o->out, o->err);
	ck_assert_msg(sentences(o) == 1, "%s, %s %d: not one sentence:\n%s",
		      l->words, what, n, o->err);
}

static const unsigned int ways[] = { 0, OUT_JSON };

START_TEST(a_line_does_what_it_does)
{
	const struct line *l = &lines[_i];
	struct outcome o = run_line(l->words, 0, -1);

	ck_assert_msg(o.status == l->status || strstr(o.err, "without libpcap"),
		      "%s: status %d\n%s%s", l->words, o.status, o.out, o.err);
	outcome_free(&o);
}
END_TEST

/* once with each operation refused; whether there was one */
static bool refuse(const struct line *l, const struct outcome *whole,
		   unsigned int flags, int code, int n)
{
	_cleanup_free_ char *before = fake_state(&rig.fake), *after = NULL;
	int fds = count_fds();
	struct outcome o;
	bool reached;

	rig.fake.fail_at = rig.fake.ops + n;
	rig.fake.fail_code = code;
	o = run_line(l->words, flags, -1);
	reached = rig.fake.ops > rig.fake.fail_at;
	rig.fake.fail_at = -1;
	after = fake_state(&rig.fake);
	judge(l, whole, &o, "operation", n);
	ck_assert_int_eq(count_fds(), fds);
	ck_assert_str_eq(after, before);
	outcome_free(&o);
	return reached;
}

START_TEST(whatever_is_refused_is_told)
{
	static const int codes[] = { -EPERM, -EINVAL, -EBUSY, -ENOMEM };
	const struct line *l = &lines[_i];
	size_t way, c;
	int n;

	for (way = 0; way < ARRAY_SIZE(ways); way++) {
		struct outcome whole = run_line(l->words, ways[way], -1);

		for (c = 0; c < ARRAY_SIZE(codes); c++)
			for (n = 0; refuse(l, &whole, ways[way], codes[c], n); n++)
				;
		outcome_free(&whole);
	}
}
END_TEST

static bool starve(const struct line *l, const struct outcome *whole,
		   unsigned int flags, int n)
{
	_cleanup_free_ char *before = fake_state(&rig.fake), *after = NULL;
	int fds = count_fds();
	struct outcome o = run_line(l->words, flags, n);
	bool reached = oom_reached();

	oom_at(-1);
	after = fake_state(&rig.fake);
	judge(l, whole, &o, "allocation", n);
	ck_assert_int_eq(count_fds(), fds);
	ck_assert_str_eq(after, before);
	outcome_free(&o);
	return reached;
}

START_TEST(memory_that_runs_out_is_told)
{
	const struct line *l = &lines[_i];
	size_t way;
	int n;

	for (way = 0; way < ARRAY_SIZE(ways); way++) {
		struct outcome whole = run_line(l->words, ways[way], -1);

		for (n = 0; starve(l, &whole, ways[way], n); n++)
			;
		outcome_free(&whole);
	}
}
END_TEST

Suite *run_cmd_suite(void)
{
	Suite *s = suite_create("run_cmd");
	TCase *tc = tcase_create("command");

	tcase_set_timeout(tc, 60);
	tcase_add_checked_fixture(tc, start, finish);
	tcase_add_loop_test(tc, a_line_does_what_it_does, 0, ARRAY_SIZE(lines));
	tcase_add_loop_test(tc, whatever_is_refused_is_told, 0, ARRAY_SIZE(lines));
	if (oom_possible())
		tcase_add_loop_test(tc, memory_that_runs_out_is_told, 0, ARRAY_SIZE(lines));
	suite_add_tcase(s, tc);
	return s;
}
