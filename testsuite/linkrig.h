/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * What suites about linking share: an object under construction, linked by
 * section `prog`.
 */
#ifndef BPFELF_LINKRIG_H
#define BPFELF_LINKRIG_H

#include "elfgen.h"
#include "link.h"
#include "unit.h"

static const struct bpf_elf_map def = { .type = BPF_MAP_TYPE_ARRAY };

static struct elfgen g;
static struct bpfelf_object *obj;
static struct link linked;
static struct err err;

static inline void link_start(void)
{
	obj = NULL;
	memset(&linked, 0, sizeof(linked));
	err_clear(&err);
	elfgen_init(&g);
}

static inline void link_finish(void)
{
	link_free(&linked);
	bpfelf_object_free(obj);
	elfgen_free(&g);
}

/* link what section `prog` is entered by */
static inline int link_it(void)
{
	_cleanup_buf_ struct buf bytes = { 0 };

	elfgen_end(&g, &bytes);
	ck_assert_msg(object_open_mem(&obj, bytes.data, bytes.len, "test.o", &err) == 0,
		      "%s", err.text);
	return link_program(obj, object_entry(obj, "prog"), &linked, &err);
}

static inline void ck_refused(int expected, const char *words, const char *hint)
{
	ck_assert_int_eq(link_it(), expected);
	ck_assert_str_eq(err.text, words);
	ck_assert_msg(strstr(err.hint, hint) != NULL, "%s", err.hint);
	ck_assert_ptr_null(linked.insns);
}

#endif
