/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * A setting, and what an object leaves to the kernel. The text behind the last
 * NUL, which no reader of ELF looks at, is the setting, and what is behind its
 * `=` the value of every option. The kernel's types are the object's own, or
 * those of a module are.
 */
#include "fuzz.h"

#include <errno.h>

#include "plan.h"

struct world {
	const struct bpfelf_object *obj;
	const char *value;
	struct types module;	/* cnt 0: there is none */
};

static const struct types no_types = { .data = "", .strings = "", .first = 1, .cnt = 1 };

static int get_types(void *data, size_t n, const struct types **types,
		     struct err *err)
{
	const struct world *world = data;

	if (n > (world->module.cnt > 0) || !world->obj->btf.types.cnt)
		return err_set(err, -ENOENT, "no more");
	*types = n ? &world->module : world->module.cnt ? &no_types : &world->obj->btf.types;
	return 0;
}

static const char *module(void *data, const struct types *types)
{
	const struct world *world = data;

	return types == &world->module ? "module" : NULL;
}

static int option(void *data, const char *name, struct buf *value,
		  struct err *err)
{
	const struct world *world = data;

	if (strlen(name) % 8 == 7)
		return err_set(err, -ENOENT, "no configuration");
	buf_addf(value, "%s", world->value);
	return strlen(name) % 8 != 6;
}

static int symbols(void *data, struct kernel_symbol *list, size_t cnt,
		   struct err *err)
{
	size_t i;

	(void)data;
	(void)err;
	for (i = 0; i < cnt; i++) {
		list[i].found = strlen(list[i].name) % 3;
		list[i].address = UINT64_MAX - i;
	}
	return 0;
}

static void plan_each(const struct bpfelf_object *obj, const char *setting)
{
	const char *equals = strchr(setting, '=');
	struct world world = { .obj = obj, .value = equals ? equals + 1 : setting };
	const struct kernel_facts kernel = {
		.types = { .get = get_types, .module = module, .data = &world },
		.option = option, .symbols = symbols, .data = &world,
	};
	const char *const set[] = { setting, NULL };
	const struct bpfelf_program *p = NULL;
	int n = 0;

	if (strlen(setting) % 2) {
		world.module = obj->btf.types;
		world.module.base = &no_types;
	}
	while ((p = bpfelf_program_next(obj, p)) && n++ < 16) {
		const struct bpfelf_request req = {
			.sz = sizeof(req), .prog_type = BPF_PROG_TYPE_SCHED_CLS,
			.flags = BPFELF_PRIVATE, .program = p->name,
			.section = p->code->sec->name, .set = n % 2 ? set : NULL,
		};
		static const struct pindb no_db;
		struct bpfelf_plan *plan = NULL;
		struct err err = { 0 };

		if (plan_new(obj, &req, &no_db, &kernel, &plan, &err) < 0)
			fuzz_check(err.text[0]);
		else
			fuzz_check(!err.text[0]);
		bpfelf_plan_free(plan);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_free_ char *setting = NULL;
	struct bpfelf_object *obj = NULL;
	struct err err = { 0 };
	size_t at = size;

	while (at && data[at - 1])
		at--;
	setting = strndup((const char *)data + at, size - at);
	if (!setting)
		return 0;
	if (object_open_mem(&obj, data, size, "fuzz.o", &err) == 0)
		plan_each(obj, setting);
	bpfelf_object_free(obj);
	return 0;
}
