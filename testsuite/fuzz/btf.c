/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * `.BTF` and `.BTF.ext`, as one section after the other: the first four bytes
 * say how long the former is. What comes out is read once more.
 */
#include "fuzz.h"

#include "btfext.h"

static void check_run(const struct btfext_table *table, const char *bytes,
		      size_t size, size_t i)
{
	const struct btfext_run *run = &table->runs[i];

	fuzz_check(run->records >= bytes);
	fuzz_check(run->records + run->cnt * table->rec_size <= bytes + size);
}

/* on a copy, as it is written to */
static void read_ext(const struct btf *btf, const uint8_t *data, size_t size)
{
	_cleanup_free_ char *bytes = malloc(size + 1);
	struct btfext ext;
	struct err err = { 0 };
	size_t i;

	if (!bytes)
		return;
	memcpy(bytes, data, size);
	if (btfext_read(&ext, btf, bytes, size, &err) < 0)
		fuzz_check(err.text[0]);
	for (i = 0; i < ext.lines.runs_cnt; i++)
		check_run(&ext.lines, bytes, size, i);
	for (i = 0; i < ext.funcs.runs_cnt; i++)
		check_run(&ext.funcs, bytes, size, i);
	btfext_free(&ext);
}

static const char *name_of(const void *sections, size_t i)
{
	return ((const struct image_section *)sections)[i].name;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct image_section sections[] = {
		{ .name = "" }, { .name = ".data", .index = 1, .size = 64 },
	};
	static const uint32_t places[] = { 2, 2, 2, 2, 2, 2, 2, 0 };
	const struct image img = {
		.sections = (struct image_section *)sections, .sections_cnt = 2,
		.names = { (uint32_t *)places, ARRAY_SIZE(places), 0, name_of, sections },
	};
	uint32_t len, key, value;
	struct btf btf, again;
	struct err err = { 0 };

	fuzz_check(image_find(&img, ".data") == &sections[1]);
	if (size < sizeof(len))
		return 0;
	memcpy(&len, data, sizeof(len));
	data += sizeof(len);
	size -= sizeof(len);
	len = len < size ? len : size;
	if (btf_read(&btf, &img, NULL, data, len, &err) < 0) {
		fuzz_check(err.text[0] && !btf.data);
		return 0;
	}
	btf_map_types(&btf, "acl", &key, &value);
	read_ext(&btf, data + len, size - len);
	fuzz_check(btf_read(&again, &img, NULL, btf.data, btf.size, &err) == 0);
	fuzz_check(again.size == btf.size && !memcmp(again.data, btf.data, btf.size));
	btf_free(&again);
	btf_free(&btf);
	return 0;
}
