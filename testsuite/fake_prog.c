/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* The fake's programs, and its verifier. */
#include <errno.h>
#include <stdio.h>

#include "fake_world.h"

#define LD_IMM64	(BPF_LD | BPF_DW | BPF_IMM)
#define CALL		(BPF_JMP | BPF_CALL)
#define EXIT		(BPF_JMP | BPF_EXIT)
#define MAX_INSNS	1000000

static int refuse(struct buf *log, int code, const char *fmt, ...)
	__format(3, 4);

static int refuse(struct buf *log, int code, const char *fmt, ...)
{
	char line[256];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	buf_addf(log, "%s\n", line);
	return code;
}

static bool is_second_slot(const struct bpf_insn *insn)
{
	return !insn->code && !insn->dst_reg && !insn->src_reg && !insn->off;
}

static bool is_module(struct fake_world *world, int fd)
{
	struct fake_obj *btf;

	return fake_obj_of(world, fd, &btf) == 0 && btf->is_module;
}

static int check_ld_imm64(struct fake_world *world,
			  const struct kern_prog *prog, uint32_t i,
			  struct buf *log)
{
	const struct bpf_insn *insn = &prog->insns[i];
	struct fake_obj *map;

	if (i + 1 >= prog->insn_cnt || !is_second_slot(insn + 1))
		return refuse(log, -EINVAL, "invalid bpf_ld_imm64 insn");
	if (insn->src_reg == BPF_PSEUDO_BTF_ID && insn[1].imm &&
	    !is_module(world, insn[1].imm))
		return refuse(log, -EINVAL, "invalid module BTF object FD specified.");
	if (insn->src_reg != BPF_PSEUDO_MAP_FD &&
	    insn->src_reg != BPF_PSEUDO_MAP_VALUE)
		return 0;
	if (fake_map_of(world, insn->imm, &map) < 0)
		return refuse(log, -EBADF, "fd %d is not pointing to valid bpf_map", insn->imm);
	if (insn->src_reg == BPF_PSEUDO_MAP_VALUE)
		return (uint32_t)insn[1].imm < map->value_size ? 0 :
		       refuse(log, -EINVAL, "invalid access to map value pointer");
	if (map->ifindex != prog->ifindex && map->type != BPF_MAP_TYPE_PERF_EVENT_ARRAY)
		return refuse(log, -EINVAL, "offload device mismatch between prog and map");
	if (map->type != BPF_MAP_TYPE_PROG_ARRAY)
		return 0;
	if (fake_array_own(map, prog->type, !world->fake->no_jit) < 0)
		return refuse(log, -EINVAL, "tail_call into a map of other programs");
	return 0;
}

/* whether instruction @i names another one to go on at, and which */
static bool jump_target(const struct bpf_insn *insn, uint32_t i, int64_t *to)
{
	uint8_t class = BPF_CLASS(insn->code), op = BPF_OP(insn->code);
	bool by_imm = insn->code == CALL ||
		      (class == BPF_JMP32 && op == BPF_JA);

	if (class != BPF_JMP && class != BPF_JMP32)
		return false;
	if (op == BPF_EXIT ||
	    (op == BPF_CALL && insn->src_reg != BPF_PSEUDO_CALL))
		return false;
	*to = (int64_t)i + 1 + (by_imm ? insn->imm : insn->off);
	return true;
}

static bool calls_module(const struct bpf_insn *insn)
{
	return insn->code == CALL && insn->src_reg == BPF_PSEUDO_KFUNC_CALL && insn->off;
}

static int check_module_call(struct fake_world *world, const struct kern_prog *prog,
			     const struct bpf_insn *insn, struct buf *log)
{
	if (world->fake->no_module_calls)
		return refuse(log, -EINVAL, "BPF_CALL uses reserved fields");
	if (insn->off < 0 || !prog->fd_array)
		return refuse(log, -EINVAL, "kfunc offset > 0 without fd_array is invalid");
	if (!is_module(world, prog->fd_array[insn->off]))
		return refuse(log, -EINVAL, "invalid module BTF fd specified");
	return 0;
}

static int check_insn(struct fake_world *world, const struct kern_prog *prog,
		      uint32_t i, struct buf *log)
{
	const struct bpf_insn *insn = &prog->insns[i];
	int32_t bad = world->fake->reject_imm;
	bool outside;
	int64_t to;

	if (insn->code == LD_IMM64)
		return check_ld_imm64(world, prog, i, log);
	if (calls_module(insn))
		return check_module_call(world, prog, insn, log);
	outside = jump_target(insn, i, &to) && (to < 0 || to >= prog->insn_cnt);
	if (outside && insn->code == CALL)
		return refuse(log, -EINVAL, "call to invalid destination");
	if (outside)
		return refuse(log, -EINVAL, "jump out of range from insn %u to %lld",
			      i, (long long)to);
	if (bad && insn->imm == bad)
		return refuse(log, -EACCES, "R0 invalid mem access 'scalar'");
	return 0;
}

static bool ends_well(const struct bpf_insn *last)
{
	return last->code == EXIT || last->code == (BPF_JMP | BPF_JA) ||
	       last->code == (BPF_JMP32 | BPF_JA);
}

static int check_info(struct fake_world *world, const struct kern_prog *prog,
		      struct buf *log, struct fake_obj **btf)
{
	uint32_t i;
	int r;

	if (!prog->func_info)
		return 0;
	r = fake_btf_of(world, prog->btf_fd, btf);
	if (r < 0)
		return r == -EINVAL ? refuse(log, r, "invalid btf") : r;
	if (!prog->func_info_cnt || prog->func_info[0].insn_off)
		return refuse(log, -EINVAL, "nonzero insn_off for the first func info record");
	for (i = 1; i < prog->line_info_cnt; i++)
		if (prog->line_info[i].insn_off <= prog->line_info[i - 1].insn_off ||
		    prog->line_info[i].insn_off >= prog->insn_cnt)
			return refuse(log, -EINVAL, "Invalid line_info[%u].insn_off", i);
	return 0;
}

/* the real one adds the source, and from 6.8 on the file */
static void log_line(const struct kern_prog *prog, uint32_t insn, struct buf *log)
{
	uint32_t i;

	for (i = 0; i < prog->line_info_cnt; i++)
		if (prog->line_info[i].insn_off == insn)
			buf_addf(log, "; line %u\n",
				 BPF_LINE_INFO_LINE_NUM(prog->line_info[i].line_col));
}

static int verify(struct fake_world *world, const struct kern_prog *prog,
		  struct buf *log, uint32_t *processed)
{
	uint32_t i;
	int r = 0;

	if (!ends_well(&prog->insns[prog->insn_cnt - 1]))
		return refuse(log, -EINVAL, "last insn is not an exit or jmp");
	for (i = 0; i < prog->insn_cnt && r == 0; i++) {
		if (prog->log_level & (BPF_LOG_LEVEL1 | BPF_LOG_LEVEL2)) {
			log_line(prog, i, log);
			buf_addf(log, "%u: (%02x)\n", i, prog->insns[i].code);
		}
		r = check_insn(world, prog, i, log);
		*processed = i + 1;
		i += prog->insns[i].code == LD_IMM64;
	}
	/* level 1 tells the way to a refusal only */
	if (r == 0 && !(prog->log_level & BPF_LOG_LEVEL2))
		log->len = 0;
	return r;
}

static bool has_log(const struct kern_prog *prog)
{
	return prog->log_level && prog->log_size;
}

/* As since 6.4: what does not fit loses its beginning, and fails the load. */
static int write_log(const struct kern_prog *prog, const struct buf *log)
{
	size_t room = prog->log_size - 1, len = log->len;
	size_t keep = len < room ? len : room;

	if (keep)
		memcpy(prog->log, log->data + len - keep, keep);
	prog->log[keep] = '\0';
	return keep < len ? -ENOSPC : 0;
}

static uint64_t hash_insns(const struct kern_prog *prog)
{
	uint64_t hash = 0xcbf29ce484222325;
	struct bpf_insn insn;
	uint32_t i;
	size_t j;

	for (i = 0; i < prog->insn_cnt; i++) {
		insn = prog->insns[i];
		if (insn.code == LD_IMM64 && insn.src_reg)
			insn.imm = 0;	/* a descriptor differs each time */
		for (j = 0; j < sizeof(insn); j++)
			hash = (hash ^ ((uint8_t *)&insn)[j]) * 0x100000001b3;
	}
	return hash;
}

static int load_prog(struct fake_world *world, const struct kern_prog *prog)
{
	_cleanup_buf_ struct buf log = { 0 };
	uint32_t processed = 0;
	struct fake_obj *obj, *btf = NULL;
	int r;

	if (!prog->insn_cnt || prog->insn_cnt > MAX_INSNS)
		return -E2BIG;
	if (!prog->type || !prog->license)
		return -EINVAL;
	r = fake_check_device(world, prog->ifindex);
	r = r ?: check_info(world, prog, &log, &btf);
	r = r ?: verify(world, prog, &log, &processed);
	if (has_log(prog)) {
		buf_addf(&log, "processed %u insns (limit %u)\n", processed,
			 MAX_INSNS);
		r = write_log(prog, &log) ?: r;
	}
	if (r < 0)
		return r;
	obj = fake_obj_new(world, prog->name);
	if (!obj)
		return -ENOMEM;
	obj->is_prog = true;
	obj->type = prog->type;
	obj->jited = !world->fake->no_jit;
	obj->ifindex = prog->ifindex;
	obj->tag = hash_insns(prog);
	obj->btf_id = btf ? btf->id : 0;
	obj->funcs_cnt = btf ? prog->func_info_cnt : 0;
	obj->lines_cnt = btf ? prog->line_info_cnt : 0;
	return fake_obj_fd(world, obj);
}

int fake_prog_load(struct kern *k, const struct kern_prog *prog)
{
	int r = fake_begin(k, "prog_load %s type %u insns %u log %u%s%s",
			   prog->name, prog->type, prog->insn_cnt,
			   prog->log_level, prog->func_info ? " btf" : "",
			   prog->fd_array ? " modules" : "");

	if (has_log(prog))
		prog->log[0] = '\0';
	r = r ?: fake_lacks_bpf(k);
	if (r == 0 && prog->type == fake_world(k)->fake->no_prog_type)
		r = -EINVAL;
	return fake_end(k, r ?: load_prog(fake_world(k), prog));
}

/* Each run flips the bits of the first byte, and returns how many bytes there
 * are; a context comes back as it went in. */
static int run_prog(struct fake_world *world, struct kern_run *run)
{
	uint32_t size = run->data_size_in;
	struct fake_obj *prog;
	int r = fake_prog_of(world, run->prog_fd, 0, &prog);

	if (r < 0)
		return r;
	run->retval = size;
	run->duration = 7;
	if (run->ctx_in && run->ctx_out && run->ctx_size_out >= run->ctx_size_in)
		memcpy(run->ctx_out, run->ctx_in, run->ctx_size_in);
	run->ctx_size_out = run->ctx_size_in;
	if (run->data_out && size) {
		memcpy(run->data_out, run->data_in,
		       size < run->data_size_out ? size : run->data_size_out);
		*(uint8_t *)run->data_out ^= 0xff;
		r = size > run->data_size_out ? -ENOSPC : 0;
	}
	run->data_size_out = size;
	return r;
}

int fake_prog_run(struct kern *k, struct kern_run *run)
{
	char name[32];
	int r;

	r = fake_begin(k, "prog_run %s data %u ctx %u repeat %u flags %#x",
		       fake_obj_name(k, run->prog_fd, name), run->data_size_in,
		       run->ctx_size_in, run->repeat, run->flags);
	return fake_end(k, r ?: run_prog(fake_world(k), run));
}

/* Those that routes run or somebody has open: these are what is asked for. */
int fake_prog_next_id(struct kern *k, uint32_t *id)
{
	struct fake_world *world = fake_world(k);
	int r = fake_begin(k, "prog_next_id %u", *id);
	const struct fake_obj *obj = NULL;

	while (r == 0 && !obj && *id < world->last_id) {
		obj = fake_obj_by_id(world, ++*id);
		if (!obj->is_prog || (!fake_obj_is_open(world, obj) &&
				      !fake_net_runs(world->net, obj)))
			obj = NULL;
	}
	return fake_end(k, r ?: obj ? 0 : -ENOENT);
}

static int prog_maps(struct fake_world *world, int fd, uint32_t *ids,
		     uint32_t cnt)
{
	struct fake_obj *prog;
	uint32_t n = 0;
	size_t i;
	int r;

	r = fake_prog_of(world, fd, 0, &prog);
	for (i = 0; r == 0 && i < ARRAY_SIZE(prog->bound) && n < cnt; i++)
		if (prog->bound[i])
			ids[n++] = prog->bound[i];
	return r ?: (int)n;
}

int fake_prog_maps(struct kern *k, int fd, uint32_t *ids, uint32_t cnt)
{
	char name[32];
	int r = fake_begin(k, "prog_maps %s", fake_obj_name(k, fd, name));

	return fake_end(k, r ?: prog_maps(fake_world(k), fd, ids, cnt));
}

static int prog_bind_map(struct fake_world *world, int fd, int map_fd)
{
	struct fake_obj *prog, *map;
	size_t i;
	int r;

	r = fake_prog_of(world, fd, 0, &prog);
	r = r ?: fake_map_of(world, map_fd, &map);
	for (i = 0; r == 0 && i < ARRAY_SIZE(prog->bound); i++) {
		if (prog->bound[i])
			continue;
		prog->bound[i] = map->id;
		return 0;
	}
	return r ?: -E2BIG;
}

int fake_prog_bind_map(struct kern *k, int fd, int map_fd)
{
	char name[32], map[32];
	int r;

	r = fake_begin(k, "prog_bind_map %s %s", fake_obj_name(k, fd, name),
		       fake_obj_name(k, map_fd, map));
	return fake_end(k, r ?: prog_bind_map(fake_world(k), fd, map_fd));
}
