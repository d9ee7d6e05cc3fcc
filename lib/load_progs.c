/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * The programs of a plan, verified by several threads.
 *
 * The verifier is nearly all of the time that a load of many programs takes,
 * and it runs on as many CPUs as there are programs at a time. What a thread
 * does is no more than that: words, second tries and events are the caller's.
 */
#include <errno.h>

#include "explain.h"
#include "fds.h"
#include "loader.h"
#include "map.h"
#include "prog.h"
#include "structops.h"
#include "workers.h"

#define MAX_THREADS	256

/* from here on it takes longer than to start a thread: some 2 ms */
#define MANY_INSNS	10000
#define MANY_PROGS	30

/* ---- how many threads ---- */

static size_t count_insns(const struct bpfelf_plan *plan)
{
	size_t i, n = 0;

	for (i = 0; i < plan->progs_cnt; i++)
		n += plan->progs[i].code.insns_cnt;
	return n;
}

/* 0: nobody has said */
static unsigned int given_threads(const struct bpfelf_ctx *ctx)
{
	const char *env = secure_getenv("BPFELF_THREADS");
	unsigned long n = ctx->threads ?: env ? strtoul(env, NULL, 10) : 0;

	return n < MAX_THREADS ? n : MAX_THREADS;
}

unsigned int load_threads(const struct loader *l, size_t cnt, bool much)
{
	unsigned int n = given_threads(l->txn->ctx);

	if (cnt <= 1 || (!n && !much))
		return 1;
	if (!n)
		n = l->kern->ops->own_cpus(l->kern);
	return n < cnt ? n : cnt;
}

static unsigned int choose_threads(const struct loader *l)
{
	const struct bpfelf_plan *plan = l->plan;

	return load_threads(l, plan->progs_cnt, plan->progs_cnt > MANY_PROGS ||
						count_insns(plan) > MANY_INSNS);
}

/* ---- one program ---- */

static enum load_state state_of(const struct load_prog *lp)
{
	return atomic_load_explicit(&lp->state, memory_order_acquire);
}

static void set_state(struct load_prog *lp, enum load_state state)
{
	atomic_store_explicit(&lp->state, state, memory_order_release);
}

static struct kern_prog describe(const struct loader *l, size_t i)
{
	const struct plan_prog *pp = &l->plan->progs[i];
	struct kern_prog kp = l->like;

	kp.name = pp->name;
	kp.insns = pp->code.insns;
	kp.insn_cnt = pp->code.insns_cnt;
	if (l->progs[i].calls_modules)
		kp.fd_array = l->module_fds;
	if (l->btf_fd < 0)
		return kp;
	kp.btf_fd = l->btf_fd;
	kp.func_info = pp->info.funcs;
	kp.func_info_cnt = pp->info.funcs_cnt;
	kp.line_info = pp->info.lines;
	kp.line_info_cnt = pp->info.lines_cnt;
	return kp;
}

/* what became of it: a descriptor, or why not */
static void settle(struct loader *l, size_t i, int fd)
{
	struct load_prog *lp = &l->progs[i];

	if (fd >= 0)
		load_bind_common(l, i, fd);
	lp->code = fd < 0 ? fd : load_hold(l, i, fd);
	lp->fd = fd < 0 ? -1 : fd;
	if (fd >= 0 && lp->is_held && !l->keeps_fds)
		close_fd(steal_fd(&lp->fd));
	set_state(lp, fd < 0 ? LOAD_REFUSED : lp->code < 0 ? LOAD_NO_SLOT : LOAD_DONE);
}

static void try_one(struct loader *l, size_t i, char *scratch)
{
	struct kern_prog kp = describe(l, i);

	settle(l, i, prog_try(l->kern, &kp, l->plan->verbose, scratch,
			      &l->progs[i].log));
}

/* ---- events, on the caller's thread and in file order ---- */

static void tell(struct loader *l, size_t i)
{
	const struct plan_prog *pp = &l->plan->progs[i];
	struct load_prog *lp = &l->progs[i];
	struct bpfelf_event event = {
		.kind = BPFELF_PROG_LOADED,
		.fd = lp->fd,
		.prog = pp->prog,
		.prog_type = l->plan->prog_type,
		.insn_cnt = pp->code.insns_cnt,
		.log = buf_str(&lp->log),
		.by_value = buf_str(&pp->by_value),
	};

	if (state_of(lp) == LOAD_REFUSED) {
		event.kind = BPFELF_PROG_REFUSED;
		event.error = -lp->code;
	}
	ctx_event(l->txn->ctx, &event);
}

static void tell_loaded(struct loader *l)
{
	struct load_prog *lp;

	for (; l->told < l->plan->progs_cnt; l->told++) {
		lp = &l->progs[l->told];
		if (state_of(lp) != LOAD_DONE)
			return;
		tell(l, l->told);
		buf_free(&lp->log);
		if (lp->is_held && !l->few)
			close_fd(steal_fd(&lp->fd));
	}
}

/* ---- all of them ---- */

struct crowd {
	struct loader *l;
	size_t *order;
	atomic_size_t next;	/* in that */
	atomic_size_t first_bad;	/* what comes after need not be tried */
	char *scratch;		/* for each thread; NULL: no memory */
};

static void lower(atomic_size_t *least, size_t i)
{
	size_t now = atomic_load(least);

	while (i < now && !atomic_compare_exchange_weak(least, &now, i))
		;
}

static void take_programs(void *data, unsigned int number)
{
	struct crowd *c = data;
	struct loader *l = c->l;
	char *scratch = c->scratch ? c->scratch + number * PROG_SCRATCH : NULL;
	size_t n, i;

	while ((n = atomic_fetch_add(&c->next, 1)) < l->plan->progs_cnt) {
		i = c->order[n];
		if (i > atomic_load(&c->first_bad) ||
		    state_of(&l->progs[i]) != LOAD_OPEN)
			continue;
		try_one(l, i, scratch);
		if (state_of(&l->progs[i]) != LOAD_DONE)
			lower(&c->first_bad, i);
		if (!number)
			tell_loaded(l);
	}
}

static int cmp_sizes(const void *a, const void *b, void *data)
{
	const struct plan_prog *progs = data;
	size_t i = *(const size_t *)a, j = *(const size_t *)b;
	size_t x = progs[i].code.insns_cnt, y = progs[j].code.insns_cnt;

	if (x != y)
		return x > y ? -1 : 1;
	return i > j ? -1 : i < j;
}

/* The largest first, so that no thread is left alone with it at the end. Of
 * equals the last: what a program calls comes behind it, most often, and that
 * its slot is filled by then makes threads wait less for each other. */
static void sort_order(const struct bpfelf_plan *plan, size_t *order)
{
	size_t i, cnt = plan->progs_cnt;
	bool sorted = true;

	for (i = 0; i < cnt; i++) {
		order[i] = cnt - 1 - i;
		sorted &= !i || cmp_sizes(&order[i - 1], &order[i], plan->progs) < 0;
	}
	if (!sorted)
		qsort_r(order, cnt, sizeof(*order), cmp_sizes, plan->progs);
}

/* In file order when each comes with a long log, so that few have to be kept. */
static size_t *new_order(const struct loader *l)
{
	size_t i, cnt = l->plan->progs_cnt;
	size_t *order = calloc(cnt, sizeof(*order));

	for (i = 0; order && i < cnt; i++)
		order[i] = i;
	if (order && l->threads > 1 && !l->plan->verbose)
		sort_order(l->plan, order);
	return order;
}

/* What is open is tried, up to the first that is refused, which is returned;
 * else how many there are */
static size_t try_all(struct loader *l, struct crowd *c)
{
	size_t cnt = l->plan->progs_cnt;

	atomic_store(&c->next, 0);
	atomic_store(&c->first_bad, cnt);
	workers_run(&l->txn->ctx->late, l->threads, take_programs, c);
	tell_loaded(l);
	return atomic_load(&c->first_bad);
}

/* ---- what is refused ---- */

/* Beside others it may have been for want of memory, or of descriptors. */
static int load_again(struct loader *l, size_t i, struct err *err)
{
	struct load_prog *lp = &l->progs[i];
	struct kern_prog kp = describe(l, i);
	struct bpfelf_ctx *ctx = l->txn->ctx;

	if (l->threads > 1 && !lp->log.len)
		return prog_load(ctx, &kp, l->plan->verbose, &lp->log, err);
	return prog_again(ctx, &kp, l->plan->verbose, lp->code, &lp->log, err);
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
	err_hint(err, "use it where bpf_core_field_exists(), bpf_ksym_exists() and the like say that it is there");
}

static int refused_program(struct loader *l, size_t i, struct err *err)
{
	const struct plan_prog *pp = &l->plan->progs[i];
	struct bpfelf_ctx *ctx = l->txn->ctx;
	struct buf *log = &l->progs[i].log;

	tell(l, i);
	explain_missing(pp, buf_str(log), err);
	explain_untyped(l->kern, l->plan, pp, l->txn->map_fds, err);
	explain_refusal(l->plan, pp, buf_str(log), err);
	buf_free(&ctx->verifier_log);
	ctx->verifier_log = *log;
	memset(log, 0, sizeof(*log));
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
			map_hint_jit(l->kern, l->txn->map_fds[i],
				     pm[i].map->name, code, err);
	return code;
}

/* 0: it is loaded after all, and the rest may be tried */
static int look_again(struct loader *l, size_t i, struct err *err)
{
	struct load_prog *lp = &l->progs[i];
	int r;

	if (state_of(lp) == LOAD_REFUSED)
		settle(l, i, load_again(l, i, err));
	r = lp->code;
	switch (state_of(lp)) {
	case LOAD_OPEN:
	case LOAD_DONE:
		break;
	case LOAD_REFUSED:
		refused_program(l, i, err);
		return explain_refused(l, r, err);
	case LOAD_NO_SLOT:
		tell(l, i);
		err_sys(err, r, "fill slot %u", l->plan->slots[lp->bad_slot].key);
		return load_refused_slot(l, lp->bad_slot, r, err);
	}
	tell_loaded(l);
	return 0;
}

/* ---- the whole ---- */

static int set_like(struct loader *l, struct err *err)
{
	const struct sectype *attach = &l->plan->attach;
	int r;

	l->like = (struct kern_prog){
		.license = l->plan->obj->license,
		.type = l->plan->prog_type,
		.ifindex = l->plan->ifindex,
		.flags = attach->prog_flags,
		.attach_type = attach->attach_type,
	};
	if (!attach->member)
		return 0;
	r = structops_find(l->txn->ctx, attach->member, &l->like, err);
	return r < 0 ? err_wrap(err, "program '%s'", l->plan->progs[0].prog->name) : 0;
}

/* Descriptors: of each program one, unless arrays hold them; of each thread a
 * few more. Those of maps and modules are open by now. */
static void make_room(struct loader *l)
{
	size_t cnt = l->plan->progs_cnt;
	bool kept = l->keeps_fds || (load_has_live_slots(l) && !l->shelf.kern);

	/* programs beside the entry are there for the sake of slots */
	if (l->threads > 1)
		l->kern->ops->fd_room(l->kern, l->txn->map_fds[l->plan->slots[0].map],
				      4 * l->threads + (kept ? cnt : 0));
}

/* descriptors only: it may be loaded again */
static void put_fds(struct loader *l, size_t i)
{
	const struct link *code = &l->plan->progs[i].code;

	link_maps(code, l->txn->map_fds);
	l->progs[i].calls_modules = link_modules(code, l->module_fds);
}

static int prepare(struct loader *l, struct err *err)
{
	size_t i;
	int r;

	r = set_like(l, err);
	r = r ?: load_index_slots(l, err);
	if (r < 0)
		return r;
	for (i = 0; i < l->plan->progs_cnt; i++)
		put_fds(l, i);
	l->told = 0;
	l->threads = choose_threads(l);
	l->few = l->plan->progs_cnt <= l->txn->ctx->few;
	l->keeps_fds = l->few || l->threads == 1 || l->plan->verbose;
	if (!l->few && load_has_live_slots(l))
		shelf_open(&l->shelf, l->kern, l->plan->progs_cnt);
	make_room(l);
	return 0;
}

int load_progs(struct loader *l, struct err *err)
{
	_cleanup_free_ size_t *order = NULL;
	_cleanup_free_ char *scratch = NULL;
	struct crowd crowd = { .l = l };
	size_t first_bad;
	int r;

	r = prepare(l, err);
	if (r < 0)
		return r;
	crowd.order = order = new_order(l);
	crowd.scratch = scratch = malloc((size_t)l->threads * PROG_SCRATCH);
	if (!order)
		return err_sys(err, -ENOMEM, "load");
	while ((first_bad = try_all(l, &crowd)) < l->plan->progs_cnt) {
		r = look_again(l, first_bad, err);
		if (r < 0)
			return r;
	}
	l->txn->prog_fd = steal_fd(&l->progs[0].fd);
	return 0;
}

void load_drop_progs(struct loader *l)
{
	struct fds_run run = { 0 };
	struct load_prog *lp;
	size_t i;

	shelf_close(&l->shelf);
	for (i = 0; i < l->plan->progs_cnt; i++) {
		lp = &l->progs[i];
		fds_close(&run, lp->fd);
		buf_free(&lp->log);
		*lp = (struct load_prog){ .fd = -1 };
	}
	fds_end(&run);
}
