/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * CO-RE relocations of an object, by the types of a kernel: the first four
 * bytes say how long the former is, then come the latter.
 */
#include "fuzz.h"

#include <errno.h>

#include "corelink.h"

static int get_types(void *data, size_t n, const struct types **types,
		     struct err *err)
{
	if (n)
		return err_set(err, -ENOENT, "no more");
	*types = data;
	return 0;
}

static void relocate(struct corelink *c, size_t i)
{
	struct link link = { 0 };
	struct err err = { 0 };
	size_t j;

	if (link_program(c->obj, &c->obj->progs[i], &link, &err) == 0 &&
	    corelink_apply(c, &link, &err) < 0)
		fuzz_check(err.text[0]);
	for (j = 0; j < link.missing_cnt; j++)
		fuzz_check(link.missing[j].insn < link.insns_cnt);
	link_free(&link);
}

static void relocate_all(const struct bpfelf_object *obj, struct types *types)
{
	const struct core_source source = { .get = get_types, .data = types };
	struct corelink c = { .obj = obj, .source = &source };
	size_t i;

	for (i = 0; i < obj->progs_cnt && i < 16; i++)
		relocate(&c, i);
	corelink_free(&c);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_free_ uint32_t *aligned = NULL;
	struct bpfelf_object *obj = NULL;
	struct types types;
	struct err err = { 0 };
	uint32_t len;

	if (size < sizeof(len))
		return 0;
	memcpy(&len, data, sizeof(len));
	data += sizeof(len);
	size -= sizeof(len);
	len = len < size ? len : size;
	aligned = malloc(size - len + 1);
	if (!aligned)
		return 0;
	memcpy(aligned, data + len, size - len);
	if (types_open(&types, NULL, aligned, size - len, &err) < 0) {
		fuzz_check(err.text[0] && !types.cnt);
		return 0;
	}
	if (object_open_mem(&obj, data, len, "fuzz.o", &err) == 0)
		relocate_all(obj, &types);
	bpfelf_object_free(obj);
	types_free(&types);
	return 0;
}
