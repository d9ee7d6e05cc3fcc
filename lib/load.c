/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "loader.h"

#include <errno.h>

#include "btfload.h"
#include "nested.h"

/* Losing a race for a pin means one more round; each round needs another
 * loader that came first, and with it a pin that stays. */
#define MAX_ROUNDS	64

static bool has_new_pins(const struct loader *l)
{
	size_t i;

	for (i = 0; i < l->plan->maps_cnt; i++)
		if (l->pins[i] && !l->taken[i])
			return true;
	return false;
}

static bool has_slots_to_fill(const struct loader *l)
{
	return load_has_live_slots(l) || nested_has_live(l->txn, l->taken);
}

static int lock(struct loader *l, struct err *err)
{
	int r;

	if (l->txn->locked || (!has_new_pins(l) && !has_slots_to_fill(l)))
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

	r = load_maps(l, err);
	if (r == 0)
		load_common(l);
	r = r ?: load_progs(l, err);
	r = r ?: nested_fill_new(l->txn, l->taken, err);
	r = r ?: lock(l, err);
	r = r ?: load_pin_maps(l, err);
	r = r ?: nested_fill_live(l->txn, l->taken, err);
	return r ?: load_fill_live_slots(l, err);
}

static void start_over(struct loader *l)
{
	struct bpfelf_txn *txn = l->txn;
	size_t i;

	txn_rollback(txn);
	for (i = 0; i < txn->maps_cnt; i++)
		close_fd(steal_fd(&txn->map_fds[i]));
	close_fd(steal_fd(&txn->prog_fd));
	load_forget_pins(l);		/* a bpffs may be there by now */
}

static int run_rounds(struct loader *l, struct err *err)
{
	int r, round;

	for (round = 0; round < MAX_ROUNDS; round++) {
		l->lost_race = false;
		r = run(l, err);
		load_drop_progs(l);
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

static struct load_prog *new_progs(size_t cnt)
{
	struct load_prog *progs = reallocarray(NULL, cnt, sizeof(*progs));
	size_t i;

	for (i = 0; progs && i < cnt; i++)
		progs[i] = (struct load_prog) { .fd = -1 };
	return progs;
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
	l->bare = calloc(plan->maps_cnt + 1, sizeof(*l->bare));
	l->taken = calloc(plan->maps_cnt + 1, sizeof(*l->taken));
	l->large = new_fds(plan->maps_cnt);
	l->progs = new_progs(plan->progs_cnt);
	if (!txn->name || !txn->map_fds || !l->pins || !l->bare || !l->taken ||
	    !l->large || !l->progs)
		return err_sys(err, -ENOMEM, "load");
	return 0;
}

static void loader_free(struct loader *l)
{
	load_forget_pins(l);
	load_drop_slots(l);
	free(l->pins);
	free(l->bare);
	free(l->taken);
	free(l->large);
	free(l->progs);
	load_close_modules(l);
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
	r = r ?: load_open_modules(&l, err);
	if (r == 0)
		l.btf_fd = btfload(txn->ctx, plan);
	r = r ?: run_rounds(&l, err);
	loader_free(&l);
	return r;
}
