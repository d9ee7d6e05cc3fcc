/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * `.BTF` and `.BTF.ext`, as one section after the other: the first four bytes
 * say how long the former is. What comes out is read once more.
 */
#include "fuzz.h"

#include "btfext.h"

static void read_ext(const struct btf *btf, const uint8_t *data, size_t size)
{
	struct btfext ext;
	struct err err = { 0 };
	size_t i;

	if (btfext_read(&ext, btf, data, size, &err) < 0)
		fuzz_check(err.text[0]);
	for (i = 1; i < ext.lines.runs_cnt; i++)
		fuzz_check(ext.lines.runs[i].first + ext.lines.runs[i].cnt <= ext.lines.cnt);
	btfext_free(&ext);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct image_section sections[] = {
		{ .name = "" }, { .name = ".data", .index = 1, .size = 64 },
	};
	const struct image img = {
		.sections = (struct image_section *)sections, .sections_cnt = 2,
	};
	uint32_t len, key, value;
	struct btf btf, again;
	struct err err = { 0 };

	if (size < sizeof(len))
		return 0;
	memcpy(&len, data, sizeof(len));
	data += sizeof(len);
	size -= sizeof(len);
	len = len < size ? len : size;
	if (btf_read(&btf, &img, data, len, &err) < 0) {
		fuzz_check(err.text[0] && !btf.data);
		return 0;
	}
	btf_map_types(&btf, "acl", &key, &value);
	read_ext(&btf, data + len, size - len);
	fuzz_check(btf_read(&again, &img, btf.data, btf.size, &err) == 0);
	fuzz_check(again.size == btf.size && !memcmp(again.data, btf.data, btf.size));
	btf_free(&again);
	btf_free(&btf);
	return 0;
}
