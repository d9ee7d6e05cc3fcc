/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "../tc/run.h"

#include <stdio.h>

#include "capture.h"
#include "unit.h"

#define PCAP_LE		"d4c3b2a1" "0200" "0400" "00000000" "00000000" "00000400"
#define PCAP_BE		"a1b2c3d4" "0002" "0004" "00000000" "00000000" "00040000"
#define NSEC_LE		"4d3cb2a1" "0200" "0400" "00000000" "00000000" "00000400"
#define ETHER_LE	"01000000"
#define TIME		"1111111122222222"
#define SECTION_LE	"0a0d0d0a" "1c000000" "4d3c2b1a" "01000000" "ffffffffffffffff" "1c000000"
#define SECTION_BE	"0a0d0d0a" "0000001c" "1a2b3c4d" "00010000" "ffffffffffffffff" "0000001c"
#define ETHER_IF_LE	"01000000" "14000000" "01000000" "00000400" "14000000"
#define SHORT_IF_LE	"01000000" "14000000" "01000000" "02000000" "14000000"
#define ENHANCED_LE	"06000000" "24000000" "00000000" TIME "03000000" "03000000" \
			"aabbcc00" "24000000"

#define OF_LIBPCAP	"Error: capture file '/"	/* and words that may change */

/* what is read from each file: all its packets, or the complaint */
static const struct file {
	const char *hex, *packets, *why;
} files[] = {
	{ PCAP_LE ETHER_LE TIME "02000000" "09000000" "aabb" TIME "01000000" "01000000" "cc",
	  "aabb cc ", NULL },
	{ NSEC_LE ETHER_LE TIME "01000000" "01000000" "aa", "aa ", NULL },
	{ PCAP_BE "00000001" TIME "00000002" "00000002" "aabb", "aabb ", NULL },
	/* frames with their check sums: said above the kind of link */
	{ PCAP_LE "01000024" TIME "01000000" "01000000" "aa", "aa ", NULL },
	{ SECTION_LE ETHER_IF_LE ENHANCED_LE, "aabbcc ", NULL },
	/* of an unknown kind; simple, cut to the interface's longest; obsolete */
	{ SECTION_LE SHORT_IF_LE "05000000" "10000000" "00000000" "10000000"
	  "03000000" "14000000" "09000000" "aabb0000" "14000000"
	  "02000000" "24000000" "00000000" TIME "01000000" "01000000" "dd000000" "24000000",
	  "aabb dd ", NULL },
	/* a second section, and without a longest */
	{ SECTION_LE ETHER_IF_LE ENHANCED_LE SECTION_LE
	  "01000000" "14000000" "01000000" "00000000" "14000000"
	  "03000000" "14000000" "03000000" "ddeeff00" "14000000", "aabbcc ddeeff ", NULL },
	{ SECTION_BE "00000001" "00000014" "00010000" "00000000" "00000014"
	  "00000003" "00000014" "00000003" "ddeeff00" "00000014", "ddeeff ", NULL },

	{ "", NULL, OF_LIBPCAP },
	{ "7f454c46" "02010100" "00000000" "00000000" "0100f700" "01000000", NULL,
	  OF_LIBPCAP },
	{ PCAP_LE ETHER_LE, NULL, "there is no packet in it" },
	{ SECTION_LE ETHER_IF_LE, NULL, "there is no packet in it" },
	{ PCAP_LE "71000000" TIME "01000000" "01000000" "aa", NULL,
	  "its packets are of LINUX_SLL, not of Ethernet" },
	{ PCAP_LE ETHER_LE TIME "01000000" "01000000" "aa" TIME "ffffffff" "01000000" "aa", NULL,
	  OF_LIBPCAP },
	/* no such interface; longer than its block; no byte order; odd length */
	{ SECTION_LE ENHANCED_LE, NULL, OF_LIBPCAP },
	{ SECTION_LE ETHER_IF_LE "06000000" "24000000" "00000000" TIME "05000000" "03000000"
	  "aabbcc00" "24000000", NULL, OF_LIBPCAP },
	{ "0a0d0d0a" "1c000000" "11111111" "01000000" "ffffffffffffffff" "1c000000", NULL,
	  OF_LIBPCAP },
	{ SECTION_LE "05000000" "0f000000" "00000000" "0f000000", NULL,
	  OF_LIBPCAP },
};

static size_t from_hex(const char *hex, uint8_t *bytes)
{
	size_t i;

	for (i = 0; hex[2 * i]; i++)
		sscanf(hex + 2 * i, "%2hhx", &bytes[i]);
	return i;
}

/* run_pcap_read() of these bytes, and what it complains of; free() that */
static int read_bytes(const uint8_t *bytes, size_t size,
		      struct run_packets *packets, char **said)
{
	char path[] = "/tmp/bpfelf-pcap-XXXXXX";
	int r, fd = mkstemp(path);
	struct capture err;

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, bytes, size), size);
	close(fd);
	capture_begin(&err, STDERR_FILENO);
	r = run_pcap_read(path, packets);
	*said = capture_end(&err);
	unlink(path);
	return r;
}

static void put_packets(const struct run_packets *packets, struct buf *text)
{
	const uint8_t *data;
	uint32_t len, at;
	size_t i;

	for (i = 0; i < packets->cnt; i++) {
		data = run_packets_get(packets, i, &len);
		for (at = 0; at < len; at++)
			buf_addf(text, "%02x", data[at]);
		buf_addf(text, " ");
	}
}

START_TEST(packets_of_a_file)
{
	const struct file *f = &files[_i];
	_cleanup_buf_ struct buf text = { 0 };
	struct run_packets packets = { 0 };
	_cleanup_free_ char *said = NULL;
	uint8_t bytes[512];
	size_t size = from_hex(f->hex, bytes);
	int r;

	r = read_bytes(bytes, size, &packets, &said);
	ck_assert_msg(r == (f->why ? CLI_USAGE : 0), "status %d: %s", r, said);
	put_packets(&packets, &text);
	if (f->why)
		ck_assert_msg(strstr(said, f->why), "%s", said);
	else
		ck_assert_str_eq(buf_str(&text), f->packets);
	run_packets_free(&packets);
}
END_TEST

/* each beginning of each file: never more than what is there */
START_TEST(a_file_that_is_cut_short)
{
	const struct file *f = &files[_i];
	uint8_t bytes[512];
	size_t size = from_hex(f->hex, bytes), len;

	for (len = 0; len < size; len++) {
		struct run_packets packets = { 0 };
		_cleanup_free_ char *said = NULL;
		int r = read_bytes(bytes, len, &packets, &said);

		ck_assert_int_eq(!r, !said[0]);
		ck_assert_uint_le(packets.bytes.len, len);
		run_packets_free(&packets);
	}
}
END_TEST

START_TEST(what_is_written_is_read)
{
	char path[] = "/tmp/bpfelf-pcap-XXXXXX";
	struct run_packets out = { 0 }, in = { 0 };
	_cleanup_buf_ struct buf text = { 0 };
	int fd = mkstemp(path);

	ck_assert_int_ge(fd, 0);
	close(fd);
	ck_assert_int_eq(run_packets_add(&out, "abc", 3), 0);
	ck_assert_int_eq(run_packets_add(&out, "d", 1), 0);
	ck_assert_int_eq(run_pcap_write(path, &out), 0);
	ck_assert_int_eq(run_pcap_read(path, &in), 0);
	unlink(path);
	put_packets(&in, &text);
	ck_assert_str_eq(buf_str(&text), "616263 64 ");
	run_packets_free(&in);
	run_packets_free(&out);
}
END_TEST

START_TEST(a_full_disk)
{
	const size_t many = 300;	/* of 4 KiB: more than waits in memory */
	struct run_packets out = { 0 };
	_cleanup_free_ char *said = NULL;
	char frame[4096] = { 0 };
	struct capture err;
	size_t i;
	int r;

	for (i = 0; i < (_i ? many : 1); i++)
		ck_assert_int_eq(run_packets_add(&out, frame, sizeof(frame)), 0);
	capture_begin(&err, STDERR_FILENO);
	r = run_pcap_write("/dev/full", &out);
	said = capture_end(&err);
	ck_assert_int_eq(r, CLI_USAGE);
	ck_assert_str_eq(said, "Error: capture file '/dev/full': No space left on device\n");
	run_packets_free(&out);
}
END_TEST

static bool can_write(void)
{
	const struct run_packets none = { 0 };

	return run_pcap_write("/dev/null", &none) == 0;
}

Suite *run_pcap_suite(void)
{
	Suite *s = suite_create("run_pcap");
	TCase *tc = tcase_create("files");

	if (!can_write()) {
		printf("run_pcap: skipped, for want of libpcap\n");
		return s;
	}
	tcase_add_loop_test(tc, packets_of_a_file, 0, ARRAY_SIZE(files));
	tcase_add_loop_test(tc, a_file_that_is_cut_short, 0, ARRAY_SIZE(files));
	tcase_add_test(tc, what_is_written_is_read);
	tcase_add_loop_test(tc, a_full_disk, 0, 2);
	suite_add_tcase(s, tc);
	return s;
}
