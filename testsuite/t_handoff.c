/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* The hand-off message: its layout is iproute2's, and no bytes do harm. */
#include "handoff.h"

#include <errno.h>

#include "unit.h"

static struct handoff sample(size_t maps_cnt)
{
	struct handoff handoff = {
		.path = "/a/b.o", .dev = 0x0102, .ino = 0x0304,
		.maps_cnt = maps_cnt,
	};

	for (size_t i = 0; i < maps_cnt; i++)
		handoff.maps[i] = (struct bpf_elf_map) {
			.type = 2, .size_key = 4, .size_value = 8,
			.max_elem = i, .id = 100 + i, .inner_idx = -1,
		};
	return handoff;
}

static int read_msg(const void *bytes, size_t len, size_t fds_cnt,
		    struct handoff *handoff)
{
	struct err err = { 0 };
	int r = handoff_read(handoff, bytes, len, fds_cnt, &err);

	ck_assert_int_eq(r < 0, err.text[0] != '\0');
	return r;
}

/* numbers where the agents of iproute2 expect them */
START_TEST(the_layout_is_iproute2s)
{
	struct handoff handoff = sample(3);
	unsigned char bytes[HANDOFF_SIZE];
	uint64_t u64;
	uint32_t u32;
	uint16_t u16;

	memset(bytes, 0xff, sizeof(bytes));
	ck_assert_uint_eq(handoff_write(&handoff, bytes), 196);
	memcpy(&u16, bytes, 2);
	ck_assert_uint_eq(u16, 1);
	memcpy(&u16, bytes + 2, 2);
	ck_assert_uint_eq(u16, 3);
	ck_assert_mem_eq(bytes + 4, "/a/b.o\0\0", 8);
	memcpy(&u64, bytes + 72, 8);
	ck_assert_uint_eq(u64, 0x0102);
	memcpy(&u64, bytes + 80, 8);
	ck_assert_uint_eq(u64, 0x0304);
	memcpy(&u32, bytes + 88 + 2 * 36 + 5 * 4, 4);
	ck_assert_uint_eq(u32, 102);
}
END_TEST

START_TEST(what_is_written_is_read)
{
	struct handoff in = sample(_i), out;
	char bytes[HANDOFF_SIZE];
	size_t len = handoff_write(&in, bytes);

	ck_assert_uint_eq(len, 88 + 36 * (size_t)_i);
	ck_assert_int_eq(read_msg(bytes, len, _i, &out), 0);
	ck_assert_mem_eq(&in, &out, sizeof(in));
}
END_TEST

START_TEST(a_long_path_is_cut)
{
	struct handoff in = sample(0), out;
	char bytes[HANDOFF_SIZE];

	memset(in.path, 'x', sizeof(in.path));
	ck_assert_int_eq(read_msg(bytes, handoff_write(&in, bytes), 0, &out), 0);
	ck_assert_uint_eq(strlen(out.path), HANDOFF_PATH - 1);
	/* a sender that does not end it */
	memset(bytes + 4, 'y', HANDOFF_PATH);
	ck_assert_int_eq(read_msg(bytes, 88, 0, &out), 0);
	ck_assert_uint_eq(strlen(out.path), HANDOFF_PATH - 1);
}
END_TEST

START_TEST(no_truncated_message_is_read)
{
	struct handoff in = sample(2), out;
	char bytes[HANDOFF_SIZE];
	size_t len = handoff_write(&in, bytes), cut;

	for (cut = 0; cut < len; cut++) {
		/* from the heap: a sanitizer sees what is behind it */
		char *copy = malloc(cut ? cut : 1);

		memcpy(copy, bytes, cut);
		ck_assert_int_eq(read_msg(copy, cut, 2, &out), -EBADMSG);
		free(copy);
	}
	/* what later versions might append does no harm */
	ck_assert_int_eq(read_msg(bytes, len + 1, 2, &out), 0);
}
END_TEST

static const struct {
	size_t offset;
	uint16_t value;
	size_t fds_cnt;
} wrong[] = {
	{ 0, 0, 2 }, { 0, 2, 2 }, { 0, 0x0100, 2 },	/* version */
	{ 2, 0, 2 }, { 2, 1, 2 }, { 2, 3, 2 },		/* number of maps */
	{ 2, 3, 3 }, { 2, 65, 65 }, { 2, 0xffff, 2 }, { 2, 0xffff, 0xffff },
	{ 2, 2, 0 }, { 2, 2, 1 }, { 2, 2, 3 },		/* descriptors */
};

START_TEST(no_wrong_number_is_believed)
{
	struct handoff in = sample(2), out;
	char bytes[HANDOFF_SIZE];
	size_t len = handoff_write(&in, bytes);

	memcpy(bytes + wrong[_i].offset, &wrong[_i].value, 2);
	ck_assert_int_eq(read_msg(bytes, len, wrong[_i].fds_cnt, &out), -EBADMSG);
	ck_assert_uint_eq(out.maps_cnt, 0);
}
END_TEST

Suite *handoff_suite(void)
{
	Suite *s = suite_create("handoff");
	TCase *tc = tcase_create("handoff");

	tcase_add_test(tc, the_layout_is_iproute2s);
	tcase_add_loop_test(tc, what_is_written_is_read, 0, HANDOFF_MAPS + 1);
	tcase_add_test(tc, a_long_path_is_cut);
	tcase_add_test(tc, no_truncated_message_is_read);
	tcase_add_loop_test(tc, no_wrong_number_is_believed, 0,
			    sizeof(wrong) / sizeof(wrong[0]));
	suite_add_tcase(s, tc);
	return s;
}
