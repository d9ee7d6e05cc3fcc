/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "explain.h"

#include <stdio.h>

#include "prog.h"

/* Of XDP alone: what is for a map of devices or CPUs reads more of its context. */
static void explain_attach(const struct sectype *said, const char *section,
			   struct err *err)
{
	if (said->prog_type == BPF_PROG_TYPE_XDP && said->attach_type != BPF_XDP)
		err_hint(err, "section '%s' is for programs in a devmap or cpumap by its name, and was loaded for a device",
			 section);
}

/* Any section can be loaded as any type: it is the words of the command that
 * count. But when it goes wrong, that is why. */
static void explain_type(const struct bpfelf_plan *plan,
			 const char *section, struct err *err)
{
	char theirs[PROG_TYPE_SIZE], ours[PROG_TYPE_SIZE];
	_cleanup_buf_ struct buf list = { 0 };
	struct sectype said;

	if (!sectype_of_section(section, &said))
		return;
	if (said.prog_type == plan->prog_type) {
		explain_attach(&said, section, err);
		return;
	}
	plan_list_fitting(plan, &list);
	err_hint(err, "section '%s' is for programs of type %s by its name, and was loaded as %s%s%s",
		 section, prog_type_name(said.prog_type, theirs),
		 prog_type_name(plan->prog_type, ours),
		 list.len ? "; for that there is: " : "", buf_str(&list));
}

/* An address that the program passes on, where the object meant what is there */
static void explain_data(const struct bpfelf_plan *plan,
			 const struct plan_prog *pp, struct err *err)
{
	char name[128];

	if (!strstr(err->text, "pointer") && !strstr(err->text, "type=map_value "))
		return;
	if (contents_doubtful(plan->obj, &pp->code, name, sizeof(name)))
		err_hint(err, "the program has the address of '%s'; if that stands for what it holds, say data-as value",
			 name);
}

/* Callbacks, and tail calls within functions: the kernel has to know types. */
static void explain_no_types(const struct bpfelf_plan *plan,
			     const struct plan_prog *pp, struct err *err)
{
	if (!strstr(err->text, "missing btf func_info") && !strstr(err->text, "without BTF"))
		return;
	if (plan->obj->btf_problem)
		err_hint(err, "the kernel takes that only with types, and here they cannot be read: %s",
			 plan->obj->btf_problem);
	else if (pp->info.funcs_cnt)
		err_hint(err, "the kernel takes that only with types, and refuses those of the object");
	else
		err_hint(err, "the kernel takes that only with types: compile with -g");
}

static bool is_about_types(const char *text)
{
	return strstr(text, "BTF") || strstr(text, "btf") || strstr(text, "no valid ");
}

static bool has_types(struct kern *k, int fd)
{
	struct bpf_map_info info;

	return k->ops->map_info(k, fd, &info) < 0 || info.btf_value_type_id;
}

/* A map is made without types rather than not at all; but locks, timers and
 * pointers to objects of the kernel are found in it by them. */
void explain_untyped(struct kern *k, const struct bpfelf_plan *plan,
		     const struct plan_prog *pp, const int *map_fds,
		     struct err *err)
{
	const struct plan_map *pm;
	size_t i;

	for (i = 0; is_about_types(err->text) && i < pp->code.refs_cnt; i++) {
		pm = &plan->maps[pp->code.refs[i].map];
		if (pm->value_type && !has_types(k, map_fds[pp->code.refs[i].map]))
			err_hint(err, "map '%s' is without its types (BTF): the kernel refuses them, or it was pinned so",
				 pm->map->name);
	}
}

/* what is looked at when each function has been verified */
static bool is_about_stack(const char *log)
{
	return strstr(log, "combined stack size of ") || strstr(log, "the call stack of ");
}

/*
 * The log tells of a function that is verified on its own as that begins, and
 * as it is done: "Func#2 ('f') is safe ...", which 6.8 to 6.19 leave out of a
 * short one; but they come to such functions last. False: it is not for one.
 */
static bool is_on_its_own(const char *log, unsigned int *number)
{
	const char *at = log, *last = NULL, *caller;
	char done[32];

	caller = strstr(log, "Caller passes invalid args into func#");
	if (caller)
		return sscanf(caller, "Caller passes invalid args into func#%u", number) == 1;
	for (; (at = strstr(at, "Validating ")); at++)
		if (at == log || at[-1] == '\n')
			last = at;
	if (!last || is_about_stack(log) ||
	    sscanf(last, "Validating %*[^(]() func#%u", number) != 1)
		return false;
	snprintf(done, sizeof(done), "\nFunc#%u ", *number);
	return !strstr(last, done);
}

static void explain_global(const struct bpfelf_plan *plan,
			   const struct plan_prog *pp, const char *log,
			   struct err *err)
{
	const struct types *types = &plan->obj->btf.types;
	unsigned int number;
	uint32_t type;

	if (!is_on_its_own(log, &number) || number >= pp->info.funcs_cnt)
		return;
	type = pp->info.funcs[number].type_id;
	err_wrap(err, "function '%s', verified on its own as it is global",
		 type_name(types, types_get(types, type)));
	err->hint[0] = '\0';
	err_hint(err, "to have it verified where it is called, declare it static, "
		 "or __attribute__((visibility(\"hidden\")))");
}

void explain_refusal(const struct bpfelf_plan *plan,
		     const struct plan_prog *pp, const char *log,
		     struct err *err)
{
	explain_global(plan, pp, log, err);
	explain_no_types(plan, pp, err);
	explain_type(plan, pp->prog->code->sec->name, err);
	explain_data(plan, pp, err);
}
