/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* A kernel's configuration: packed, as text, and what is no such thing. */
#include "kconfig.h"

#include <errno.h>
#include <zlib.h>

#include "gunzip.h"
#include "unit.h"

#define SAMPLE							\
	"#\n# Automatically generated file; DO NOT EDIT.\n"	\
	"CONFIG_CC_VERSION_TEXT=\"gcc CONFIG_FAKE=y\"\n"	\
	"CONFIG_BPF=y\n"					\
	"# CONFIG_BPF_JIT is not set\n"				\
	"CONFIG_NET_CLS_BPF=m\n"				\
	"CONFIG_HZ=250\n"					\
	" CONFIG_INDENTED=y\n"					\
	"CONFIG_LAST=y"

static const struct {
	const char *text, *option;
	enum kconfig means;
} options[] = {
	{ SAMPLE, "BPF", KCONFIG_YES },
	{ SAMPLE, "BPF_JIT", KCONFIG_NO },
	{ SAMPLE, "NET_CLS_BPF", KCONFIG_MODULE },
	{ SAMPLE, "NET_CLS", KCONFIG_NO },
	{ SAMPLE, "CLS_BPF", KCONFIG_NO },
	{ SAMPLE, "HZ", KCONFIG_NO },
	{ SAMPLE, "FAKE", KCONFIG_NO },
	{ SAMPLE, "INDENTED", KCONFIG_NO },
	{ SAMPLE, "LAST", KCONFIG_YES },
	{ SAMPLE, "NOWHERE", KCONFIG_NO },
	{ "# CONFIG_A is not set\n", "B", KCONFIG_NO },
	{ "", "BPF", KCONFIG_UNKNOWN },
	{ "#\n# empty\n", "BPF", KCONFIG_UNKNOWN },
	{ "<html>CONFIG_BPF=y</html>", "BPF", KCONFIG_UNKNOWN },
	{ "CONFIG_", "BPF", KCONFIG_NO },
	{ "CONFIG_BPF", "BPF", KCONFIG_NO },
	{ "CONFIG_BPF=", "BPF", KCONFIG_NO },
};

START_TEST(an_option_means)
{
	ck_assert_int_eq(kconfig_get(options[_i].text, options[_i].option),
			 options[_i].means);
}
END_TEST

static const struct {
	const char *list, *name;
	bool there;
} modules[] = {
	{ "kernel/net/sched/act_bpf.ko:\n", "act_bpf", true },
	{ "kernel/a.ko: kernel/b.ko\nkernel/net/act_bpf.ko.xz: a\n", "act_bpf", true },
	{ "kernel/net/sched/cls_bpf.ko\n", "cls_bpf", true },
	{ "act_bpf.ko", "act_bpf", true },
	{ "kernel/x.ko: kernel/act_bpf.ko\n", "act_bpf", false },
	{ "kernel/fact_bpf.ko:\n", "act_bpf", false },
	{ "kernel/act_bpf2.ko:\n", "act_bpf", false },
	{ "kernel/act_bpf/x.ko:\n", "act_bpf", false },
	{ "kernel/act_bpf\n.ko", "act_bpf", false },
	{ "", "act_bpf", false },
	{ "\n\n:\n/\n", "act_bpf", false },
};

START_TEST(a_module_is_listed)
{
	ck_assert_int_eq(kconfig_has_module(modules[_i].list, modules[_i].name),
			 modules[_i].there);
}
END_TEST

/* ---- gzip ---- */

static size_t pack(const void *data, size_t len, unsigned char *out, size_t size)
{
	z_stream z = {
		.next_in = (Bytef *)data, .avail_in = len,
		.next_out = out, .avail_out = size,
	};

	ck_assert_int_eq(deflateInit2(&z, 9, Z_DEFLATED, 31, 8, 0), Z_OK);
	ck_assert_int_eq(deflate(&z, Z_FINISH), Z_STREAM_END);
	deflateEnd(&z);
	return size - z.avail_out;
}

static int unpack(const void *data, size_t len, size_t max, struct buf *out)
{
	struct err err = { 0 };
	/* from the heap: a sanitizer sees what is behind it */
	_cleanup_free_ char *copy = malloc(len ? len : 1);
	int r;

	memcpy(copy, data, len);
	buf_free(out);
	r = gunzip(out, copy, len, max, &err);
	ck_assert_int_eq(r < 0, err.text[0] != '\0');
	return r;
}

START_TEST(what_is_packed_is_unpacked)
{
	static const size_t sizes[] = { 0, 1, 16383, 16384, 16385, 500000 };
	_cleanup_buf_ struct buf out = { 0 };
	size_t len, size = sizes[_i];
	_cleanup_free_ char *text = malloc(size + 1);
	_cleanup_free_ unsigned char *packed = malloc(size + 4096);

	for (size_t i = 0; i < size; i++)
		text[i] = 'a' + i * i % 23;
	len = pack(text, size, packed, size + 4096);
	ck_assert_int_eq(unpack(packed, len, size, &out), 0);
	ck_assert_uint_eq(out.len, size);
	ck_assert_int_eq(memcmp(buf_str(&out), text, size), 0);
	if (size)
		ck_assert_int_eq(unpack(packed, len, size - 1, &out), -EFBIG);
}
END_TEST

START_TEST(what_is_cut_short_is_told)
{
	_cleanup_buf_ struct buf out = { 0 };
	unsigned char packed[1024];
	size_t cut, len = pack(SAMPLE, sizeof(SAMPLE), packed, sizeof(packed));

	for (cut = 0; cut < len; cut++)
		ck_assert_int_eq(unpack(packed, cut, SIZE_MAX, &out), -EBADMSG);
	ck_assert_int_eq(unpack(packed, len, SIZE_MAX, &out), 0);
}
END_TEST

/* a byte of it is another: told, or it was one that says nothing */
START_TEST(what_is_damaged_is_told)
{
	_cleanup_buf_ struct buf out = { 0 };
	unsigned char packed[1024];
	size_t i, told = 0, len = pack(SAMPLE, sizeof(SAMPLE), packed, sizeof(packed));
	int r, bit;

	for (i = 0; i < len; i++) {
		for (bit = 1; bit < 256; bit *= 2) {
			packed[i] ^= bit;
			r = unpack(packed, len, 1 << 20, &out);
			packed[i] ^= bit;
			ck_assert(r == 0 || r == -EBADMSG || r == -EFBIG);
			ck_assert(r < 0 || memcmp(out.data, SAMPLE, sizeof(SAMPLE)) == 0);
			told += r < 0;
		}
	}
	ck_assert_uint_gt(told, 7 * len);
	ck_assert_int_eq(unpack(SAMPLE, sizeof(SAMPLE), SIZE_MAX, &out), -EBADMSG);
}
END_TEST

/* zlib counts in 32 bits: not the first so many of them, either */
START_TEST(more_than_zlib_can_count)
{
	_cleanup_buf_ struct buf out = { 0 };
	struct err err = { 0 };

	if (SIZE_MAX > UINT32_MAX)
		ck_assert_int_eq(gunzip(&out, "", (size_t)UINT32_MAX + 1, 1, &err), -EFBIG);
}
END_TEST

/* few bytes that unpack to many */
START_TEST(a_bomb_does_not_go_off)
{
	_cleanup_buf_ struct buf out = { 0 };
	_cleanup_free_ char *zeros = calloc(1, 32 << 20);
	_cleanup_free_ unsigned char *packed = malloc(1 << 20);
	size_t len = pack(zeros, 32 << 20, packed, 1 << 20);

	ck_assert_uint_lt(len, 64 << 10);
	ck_assert_int_eq(unpack(packed, len, 1 << 20, &out), -EFBIG);
	ck_assert_uint_lt(out.cap, 4 << 20);
}
END_TEST

Suite *kconfig_suite(void)
{
	Suite *s = suite_create("kconfig");
	TCase *tc = tcase_create("kconfig");

	tcase_add_loop_test(tc, an_option_means, 0, ARRAY_SIZE(options));
	tcase_add_loop_test(tc, a_module_is_listed, 0, ARRAY_SIZE(modules));
	tcase_add_loop_test(tc, what_is_packed_is_unpacked, 0, 6);
	tcase_add_test(tc, what_is_cut_short_is_told);
	tcase_add_test(tc, what_is_damaged_is_told);
	tcase_add_test(tc, more_than_zlib_can_count);
	tcase_add_test(tc, a_bomb_does_not_go_off);
	suite_add_tcase(s, tc);
	return s;
}
