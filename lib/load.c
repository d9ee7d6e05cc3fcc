/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "load.h"

#include <errno.h>

#include "bpffs.h"
#include "btfload.h"
#include "map.h"
#include "nested.h"
#include "prog.h"
#include "structops.h"

/* Losing a race for a pin means one more round; each round needs another
 * loader that came first, and with it a pin that stays. */
#define MAX_ROUNDS	64

struct loader {
	struct bpfelf_txn *txn;
	const struct bpfelf_plan *plan;
	struct kern *kern;
	struct bpffs fs;
	char **pins;		/* by map: its path, NULL for none */
	bool *taken;		/* by map: it was there before */
	int *prog_fds;		/* tail calls, until they are in their slots */
	int btf_fd;		/* -1: none */
	bool lost_race;
};

static int find_pins(struct loader *l, struct err *err)
{
	const struct plan_map *pm;
	size_t i;
	int r;

	for (i = 0; i < l->plan->maps_cnt; i++) {
		pm = &l->plan->maps[i];
		if (!pm->pin)
			continue;
		r = l->fs.root ? 0 : bpffs_find(l->txn->ctx, &l->fs, err);
		if (r < 0)
			return r;
		l->pins[i] = str_printf("%s/%s", l->fs.root, pm->pin);
		if (!l->pins[i])
			return err_sys(err, -ENOMEM, "pin path");
	}
	return 0;
}

static void forget_pins(struct loader *l)
{
	size_t i;

	for (i = 0; l->pins && i < l->plan->maps_cnt; i++)
		free(steal_ptr(&l->pins[i]));
	bpffs_free(&l->fs);
}

static int tell_map(struct loader *l, enum bpfelf_event_kind kind, size_t i,
		    int fd, int error)
{
	struct bpfelf_event event = {
		.kind = kind,
		.fd = fd,
		.error = error,
		.map = l->plan->maps[i].map,
		.prog_type = l->plan->prog_type,
	};

	ctx_event(l->txn->ctx, &event);
	return fd;
}

static int get_map(struct loader *l, size_t i, struct err *err)
{
	const struct plan_map *pm = &l->plan->maps[i];
	int inner_fd = pm->inner < 0 ? -1 : l->txn->map_fds[pm->inner];
	int r, fd = -ENOENT;

	if (l->pins[i] && l->fs.mounted)
		fd = map_take(l->txn->ctx, pm, l->plan->ifindex, l->pins[i],
			      err);
	l->taken[i] = fd >= 0;
	if (fd >= 0)
		return tell_map(l, BPFELF_MAP_REUSED, i, fd, 0);
	if (fd != -ENOENT)
		return fd;
	fd = map_create(l->txn->ctx, pm, inner_fd, l->btf_fd, l->plan->ifindex, err);
	if (fd < 0) {
		tell_map(l, BPFELF_MAP_REFUSED, i, -1, -fd);
		return fd;
	}
	tell_map(l, BPFELF_MAP_CREATED, i, fd, 0);
	if (!pm->map->data)
		return fd;
	r = map_fill(l->txn->ctx, pm->map, fd, err);
	if (r < 0)
		close_fd(fd);
	return r < 0 ? r : fd;
}

static int get_each_map(struct loader *l, struct err *err)
{
	size_t n, i;
	int fd;

	for (n = 0; n < l->plan->order_cnt; n++) {
		i = l->plan->order[n];
		fd = get_map(l, i, err);
		if (fd < 0)
			return err_wrap(err, "map '%s'", l->plan->maps[i].map->name);
		l->txn->map_fds[i] = fd;
	}
	return 0;
}

static int get_maps(struct loader *l, struct err *err)
{
	int lock = bpffs_lock_shared(l->txn->ctx, &l->fs);
	int r = get_each_map(l, err);

	close_fd(lock);
	return r;
}

static void tell_prog(struct loader *l, const struct plan_prog *pp, int fd,
		      const struct buf *log)
{
	struct bpfelf_event event = {
		.kind = fd < 0 ? BPFELF_PROG_REFUSED : BPFELF_PROG_LOADED,
		.fd = fd < 0 ? -1 : fd,
		.error = fd < 0 ? -fd : 0,
		.prog = pp->prog,
		.prog_type = l->plan->prog_type,
		.insn_cnt = pp->code.insns_cnt,
		.log = buf_str(log),
	};

	ctx_event(l->txn->ctx, &event);
}

static void set_info(struct kern_prog *kp, const struct debuginfo *info,
		     int btf_fd)
{
	kp->btf_fd = btf_fd;
	kp->func_info = info->funcs;
	kp->func_info_cnt = info->funcs_cnt;
	kp->line_info = info->lines;
	kp->line_info_cnt = info->lines_cnt;
}

/* A program that reaches what CO-RE found missing is refused for that. */
static void explain_missing(const struct plan_prog *pp, const char *log,
			    struct err *err)
{
	const char *what;
	uint32_t insn;

	if (!prog_bad_helper(log, CORELINK_POISON, &insn))
		return;
	what = corelink_missing(&pp->code, insn);
	if (!what)
		return;
	err_wrap(err, "instruction %u needs %s, which this kernel does not have",
		 insn, what);
	err->hint[0] = '\0';
	err_hint(err, "use it where bpf_core_field_exists() and the like say that it is there");
}

static int load_prog(struct loader *l, const struct plan_prog *pp,
		     struct err *err)
{
	struct bpfelf_ctx *ctx = l->txn->ctx;
	_cleanup_buf_ struct buf log = { 0 };
	struct kern_prog kp = {
		.name = pp->name,
		.license = l->plan->obj->license,
		.insns = pp->code.insns,
		.insn_cnt = pp->code.insns_cnt,
		.type = l->plan->prog_type,
		.ifindex = l->plan->ifindex,
		.flags = l->plan->attach.prog_flags,
		.attach_type = l->plan->attach.attach_type,
	};
	int fd;

	if (l->plan->attach.member) {
		fd = structops_find(ctx, l->plan->attach.member, &kp, err);
		if (fd < 0)
			return err_wrap(err, "program '%s'", pp->prog->name);
	}

	if (l->btf_fd >= 0)
		set_info(&kp, &pp->info, l->btf_fd);
	/* fds only: the plan may be loaded again */
	link_maps(&pp->code, l->txn->map_fds);
	fd = prog_load(ctx, &kp, l->plan->verbose, &log, err);
	tell_prog(l, pp, fd, &log);
	if (fd >= 0)
		return fd;
	explain_missing(pp, buf_str(&log), err);
	buf_free(&ctx->verifier_log);
	ctx->verifier_log = log;
	memset(&log, 0, sizeof(log));
	return err_wrap(err, "program '%s' (section '%s')", pp->prog->name,
			pp->prog->code->sec->name);
}

/* Which prog array does not go with the programs, should it be for that */
static int explain_refused(struct loader *l, int code, struct err *err)
{
	const struct plan_map *pm = l->plan->maps;
	size_t i;

	for (i = 0; code == -EINVAL && i < l->plan->maps_cnt; i++)
		if (l->taken[i] && pm[i].user_type)
			map_hint_jit(l->txn->ctx->kern, l->txn->map_fds[i],
				     pm[i].map->name, code, err);
	return code;
}

static int load_progs(struct loader *l, struct err *err)
{
	size_t i;

	for (i = 0; i < l->plan->progs_cnt; i++) {
		l->prog_fds[i] = load_prog(l, &l->plan->progs[i], err);
		if (l->prog_fds[i] < 0)
			return explain_refused(l, l->prog_fds[i], err);
	}
	l->txn->prog_fd = steal_fd(&l->prog_fds[0]);
	return 0;
}

static int slot_prog_fd(const struct loader *l, const struct plan_slot *slot)
{
	return slot->prog ? l->prog_fds[slot->prog] : l->txn->prog_fd;
}

static int wrap_slot(struct loader *l, const struct plan_slot *slot, int r,
		     struct err *err)
{
	if (r == 0)
		return 0;
	if (r == -EINVAL)
		err_hint(err, "a prog array takes programs of one type only, "
			 "all with or all without JIT");
	return err_wrap(err, "map '%s', section '%s'",
			l->plan->maps[slot->map].map->name,
			l->plan->progs[slot->prog].prog->code->sec->name);
}

/* Slots of arrays that nobody else knows yet */
static int fill_new_slots(struct loader *l, struct err *err)
{
	const struct plan_slot *slot;
	size_t i;
	int r, fd;

	for (i = 0; i < l->plan->slots_cnt; i++) {
		slot = &l->plan->slots[i];
		if (l->taken[slot->map])
			continue;
		fd = slot_prog_fd(l, slot);
		r = l->kern->ops->map_update(l->kern, l->txn->map_fds[slot->map],
					     &slot->key, &fd);
		if (r < 0)
			return wrap_slot(l, slot, err_sys(err, r, "fill slot %u", slot->key), err);
	}
	return 0;
}

/* Slots of arrays that others may be running through at this moment */
static int fill_live_slots(struct loader *l, struct err *err)
{
	const struct plan_slot *slot;
	size_t i;
	int r;

	for (i = 0; i < l->plan->slots_cnt; i++) {
		slot = &l->plan->slots[i];
		if (!l->taken[slot->map])
			continue;
		r = txn_fill_slot(l->txn, l->txn->map_fds[slot->map], slot->key,
				  slot_prog_fd(l, slot), err);
		if (r < 0)
			return wrap_slot(l, slot, r, err);
	}
	return 0;
}

static int pin_map(struct loader *l, size_t i, struct err *err)
{
	_cleanup_free_ char *path = strdup(l->pins[i]);
	int r, fd = l->txn->map_fds[i];

	if (!path)
		return err_sys(err, -ENOMEM, "pin");
	r = txn_reserve(l->txn, err);
	if (r < 0)
		return r;
	r = l->kern->ops->obj_pin(l->kern, fd, path);
	if (r == -ENOENT) {
		r = bpffs_make_tree(l->txn, &l->fs, l->plan->maps[i].pin, err);
		r = r ?: txn_reserve(l->txn, err);
		if (r < 0)
			return r;
		r = l->kern->ops->obj_pin(l->kern, fd, path);
	}
	l->lost_race = r == -EEXIST;
	if (r < 0)
		return err_sys(err, r, "pin at '%s'", path);
	txn_did_link(l->txn, steal_ptr(&path));
	return 0;
}

static int pin_maps(struct loader *l, struct err *err)
{
	size_t n, i;
	int r;

	for (n = 0; n < l->plan->order_cnt; n++) {
		i = l->plan->order[n];
		if (!l->pins[i] || l->taken[i])
			continue;
		r = pin_map(l, i, err);
		if (r < 0)
			return err_wrap(err, "map '%s'", l->plan->maps[i].map->name);
	}
	return 0;
}

static bool has_live_slots(const struct loader *l)
{
	size_t i;

	for (i = 0; i < l->plan->slots_cnt; i++)
		if (l->taken[l->plan->slots[i].map])
			return true;
	return nested_has_live(l->txn, l->taken);
}

static bool has_new_pins(const struct loader *l)
{
	size_t i;

	for (i = 0; i < l->plan->maps_cnt; i++)
		if (l->pins[i] && !l->taken[i])
			return true;
	return false;
}

static int lock(struct loader *l, struct err *err)
{
	int r;

	if (l->txn->locked || (!has_new_pins(l) && !has_live_slots(l)))
		return 0;
	r = bpffs_lock(l->txn, &l->fs, err);
	l->lost_race = r == -ESTALE;
	return r;
}

/* Everything that can be refused comes first, without a trace in the world;
 * what others can see comes last. */
static int run(struct loader *l, struct err *err)
{
	int r;

	r = find_pins(l, err);
	r = r ?: get_maps(l, err);
	r = r ?: load_progs(l, err);
	r = r ?: nested_fill_new(l->txn, l->taken, err);
	r = r ?: fill_new_slots(l, err);
	r = r ?: lock(l, err);
	r = r ?: pin_maps(l, err);
	r = r ?: nested_fill_live(l->txn, l->taken, err);
	return r ?: fill_live_slots(l, err);
}

static void close_progs(struct loader *l)
{
	size_t i;

	for (i = 0; i < l->plan->progs_cnt; i++) {
		close_fd(l->prog_fds[i]);
		l->prog_fds[i] = -1;
	}
}

static void start_over(struct loader *l)
{
	struct bpfelf_txn *txn = l->txn;
	size_t i;

	txn_rollback(txn);
	for (i = 0; i < txn->maps_cnt; i++)
		close_fd(steal_fd(&txn->map_fds[i]));
	close_fd(steal_fd(&txn->prog_fd));
	forget_pins(l);		/* a bpffs may be there by now */
}

static int run_rounds(struct loader *l, struct err *err)
{
	int r, round;

	for (round = 0; round < MAX_ROUNDS; round++) {
		l->lost_race = false;
		r = run(l, err);
		close_progs(l);
		if (r == 0)
			return 0;
		start_over(l);
		if (!l->lost_race)
			return r;
		ctx_info(l->txn->ctx, "another loader was faster: %s", err->text);
	}
	return err_wrap(err, "gave up after %d rounds", round);
}

static int *new_fds(size_t cnt)
{
	int *fds = calloc(cnt + 1, sizeof(*fds));
	size_t i;

	for (i = 0; fds && i <= cnt; i++)
		fds[i] = -1;
	return fds;
}

static int loader_init(struct loader *l, struct err *err)
{
	const struct bpfelf_plan *plan = l->plan;
	struct bpfelf_txn *txn = l->txn;

	txn->plan = plan;
	txn->prog_type = plan->prog_type;
	txn->name = str_printf("%s:[%s]", plan->obj->name,
			       plan->progs[0].prog->code->sec->name);
	txn->map_fds = new_fds(plan->maps_cnt);
	if (txn->map_fds)
		txn->maps_cnt = plan->maps_cnt;
	l->pins = calloc(plan->maps_cnt + 1, sizeof(*l->pins));
	l->taken = calloc(plan->maps_cnt + 1, sizeof(*l->taken));
	l->prog_fds = new_fds(plan->progs_cnt);
	if (!txn->name || !txn->map_fds || !l->pins || !l->taken || !l->prog_fds)
		return err_sys(err, -ENOMEM, "load");
	return 0;
}

static void loader_free(struct loader *l)
{
	forget_pins(l);
	free(l->pins);
	free(l->taken);
	free(l->prog_fds);
	close_fd(l->btf_fd);
}

int load_plan(struct bpfelf_txn *txn, const struct bpfelf_plan *plan,
	      struct err *err)
{
	struct loader l = {
		.txn = txn, .plan = plan, .kern = txn->ctx->kern, .btf_fd = -1,
	};
	int r;

	r = loader_init(&l, err);
	if (r == 0)
		l.btf_fd = btfload(txn->ctx, plan);
	r = r ?: run_rounds(&l, err);
	loader_free(&l);
	return r;
}
