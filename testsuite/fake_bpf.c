/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* The fake's maps and programs, and its verifier. */
#include <errno.h>
#include <stdio.h>

#include "fake_world.h"
#include "types.h"

#define LD_IMM64	(BPF_LD | BPF_DW | BPF_IMM)
#define CALL		(BPF_JMP | BPF_CALL)
#define EXIT		(BPF_JMP | BPF_EXIT)
#define MAX_KEY		512
#define MAX_VALUE	(4u << 20)
#define MAX_INSNS	1000000

/* Maps */

static bool is_map_in_map(uint32_t type)
{
	return type == BPF_MAP_TYPE_ARRAY_OF_MAPS ||
	       type == BPF_MAP_TYPE_HASH_OF_MAPS;
}

static bool is_array(uint32_t type)
{
	return type == BPF_MAP_TYPE_ARRAY ||
	       type == BPF_MAP_TYPE_PERCPU_ARRAY ||
	       type == BPF_MAP_TYPE_PROG_ARRAY ||
	       type == BPF_MAP_TYPE_PERF_EVENT_ARRAY ||
	       type == BPF_MAP_TYPE_CGROUP_ARRAY ||
	       type == BPF_MAP_TYPE_ARRAY_OF_MAPS ||
	       type == BPF_MAP_TYPE_DEVMAP ||
	       type == BPF_MAP_TYPE_XSKMAP ||
	       type == BPF_MAP_TYPE_CPUMAP;
}

/* the arrays whose slots are there from the start, all zero */
static bool is_plain_array(uint32_t type)
{
	return type == BPF_MAP_TYPE_ARRAY || type == BPF_MAP_TYPE_PERCPU_ARRAY;
}

static bool holds_fds(uint32_t type)
{
	return type == BPF_MAP_TYPE_PROG_ARRAY || is_map_in_map(type);
}

static int check_shape(const struct kern_map *map)
{
	if (!map->type || map->type > BPF_MAP_TYPE_BLOOM_FILTER)
		return -EINVAL;
	if (map->ifindex && map->type != BPF_MAP_TYPE_ARRAY &&
	    map->type != BPF_MAP_TYPE_HASH)
		return -EINVAL;
	if (map->type == BPF_MAP_TYPE_RINGBUF)
		return map->key_size || map->value_size ? -EINVAL : 0;
	if (!map->max_entries || !map->value_size)
		return -EINVAL;
	if (is_array(map->type) && map->key_size != 4)
		return -EINVAL;
	if (holds_fds(map->type) && map->value_size != 4)
		return -EINVAL;
	if (map->key_size > MAX_KEY || map->value_size > MAX_VALUE)
		return -E2BIG;
	return map->flags >> 13 ? -EINVAL : 0;
}

/* arrays of descriptors and the like have no use for types */
static bool takes_btf(uint32_t type)
{
	return is_plain_array(type) || !is_array(type) || is_map_in_map(type);
}

static int find_btf(struct fake_world *world, int fd, struct fake_obj **btf)
{
	int r = fake_obj_of(world, fd, btf);

	if (r < 0)
		return r;
	return (*btf)->is_btf ? -world->fake->use_btf_code : -EINVAL;
}

static int check_types(struct fake_world *world, const struct kern_map *map,
		       struct fake_obj **btf)
{
	if (!map->value_type)
		return 0;
	return takes_btf(map->type) ? find_btf(world, map->btf_fd, btf) : -ENOTSUPP;
}

static int check_device(struct fake_world *world, uint32_t ifindex)
{
	return ifindex && ifindex != world->fake->device ? -EINVAL : 0;
}

static int create_map(struct fake_world *world, const struct kern_map *map)
{
	struct fake_obj *obj, *inner = NULL, *btf = NULL;
	int r;

	r = check_shape(map);
	r = r ?: check_device(world, map->ifindex);
	r = r ?: check_types(world, map, &btf);
	if (r == 0 && is_map_in_map(map->type))
		r = fake_map_of(world, map->inner_fd, &inner);
	if (r < 0)
		return r;
	obj = fake_obj_new(world, map->name);
	if (!obj)
		return -ENOMEM;
	obj->type = map->type;
	obj->key_size = map->key_size;
	obj->value_size = map->value_size;
	obj->max_entries = map->max_entries;
	/* these are of the descriptor */
	obj->flags = map->flags & ~(BPF_F_RDONLY | BPF_F_WRONLY);
	obj->extra = map->extra;
	obj->ifindex = map->ifindex;
	obj->inner = inner;
	obj->btf_id = btf ? btf->id : 0;
	obj->key_type = map->key_type;
	obj->value_type = map->value_type;
	/* the kernel forbids programs to write it, and says so ever after */
	if (map->type == BPF_MAP_TYPE_DEVMAP ||
	    map->type == BPF_MAP_TYPE_DEVMAP_HASH)
		obj->flags |= BPF_F_RDONLY_PROG;
	return fake_obj_fd(world, obj);
}

int fake_map_create(struct kern *k, const struct kern_map *map)
{
	char more[64] = "";
	int r;

	if (map->numa_node || map->extra)
		snprintf(more, sizeof(more), " node %u extra %#jx", map->numa_node,
			 (uintmax_t)map->extra);
	r = fake_begin(k, "map_create %s type %u key %u value %u max %u flags %#x%s%s",
		       map->name, map->type, map->key_size, map->value_size,
		       map->max_entries, map->flags,
		       map->value_type ? " btf" : "", more);
	r = r ?: fake_lacks_bpf(k);
	if (r == 0 && map->type == fake_world(k)->fake->no_map_type)
		r = -EINVAL;
	return fake_end(k, r ?: create_map(fake_world(k), map));
}

/* Descriptions */

static void map_info(const struct fake_obj *map, struct bpf_map_info *info)
{
	memset(info, 0, sizeof(*info));
	info->type = map->type;
	info->id = map->id;
	info->key_size = map->key_size;
	info->value_size = map->value_size;
	info->max_entries = map->max_entries;
	info->map_flags = map->flags;
	info->map_extra = map->extra;
	info->ifindex = map->ifindex;
	memcpy(info->name, map->name, sizeof(info->name));
	info->btf_id = map->btf_id;
	info->btf_key_type_id = map->key_type;
	info->btf_value_type_id = map->value_type;
}

static void prog_info(const struct fake_obj *prog, struct bpf_prog_info *info)
{
	memset(info, 0, sizeof(*info));
	info->type = prog->type;
	info->id = prog->id;
	info->ifindex = prog->ifindex;
	memcpy(info->tag, &prog->tag, sizeof(info->tag));
	memcpy(info->name, prog->name, sizeof(info->name));
	info->btf_id = prog->btf_id;
	info->nr_func_info = prog->funcs_cnt;
	info->nr_line_info = prog->lines_cnt;
}

/* The kernel gives the description of either to who asks for the other. */
static int describe(struct kern *k, int fd, void *info, size_t size)
{
	struct fake_obj *obj;
	int r = fake_obj_of(fake_world(k), fd, &obj);
	struct bpf_map_info map;
	struct bpf_prog_info prog;

	if (r < 0)
		return r;
	memset(info, 0, size);
	if (obj->is_prog) {
		prog_info(obj, &prog);
		memcpy(info, &prog, size < sizeof(prog) ? size : sizeof(prog));
	} else {
		map_info(obj, &map);
		memcpy(info, &map, size < sizeof(map) ? size : sizeof(map));
	}
	return 0;
}

int fake_map_info(struct kern *k, int fd, struct bpf_map_info *info)
{
	char name[32];
	int r = fake_begin(k, "map_info %s", fake_obj_name(k, fd, name));

	return fake_end(k, r ?: describe(k, fd, info, sizeof(*info)));
}

int fake_prog_info(struct kern *k, int fd, struct bpf_prog_info *info)
{
	char name[32];
	int r = fake_begin(k, "prog_info %s", fake_obj_name(k, fd, name));

	return fake_end(k, r ?: describe(k, fd, info, sizeof(*info)));
}

enum kern_obj fake_obj_kind(struct kern *k, int fd)
{
	struct fake_obj *obj;
	char name[32];
	int r;

	r = fake_begin(k, "obj_kind %s", fake_obj_name(k, fd, name));
	if (fake_end(k, r) < 0 || fake_world(k)->fake->no_proc)
		return KERN_OBJ_UNKNOWN;
	if (fake_obj_of(fake_world(k), fd, &obj) < 0)
		return KERN_OBJ_OTHER;
	if (obj->is_btf)
		return KERN_OBJ_OTHER;
	return obj->is_prog ? KERN_OBJ_PROG : KERN_OBJ_MAP;
}

int fake_map_owner(struct kern *k, int fd, struct kern_owner *owner)
{
	struct fake_obj *map;
	char name[32];
	int r;

	r = fake_begin(k, "map_owner %s", fake_obj_name(k, fd, name));
	r = r ?: fake_map_of(fake_world(k), fd, &map);
	if (r == 0 && fake_world(k)->fake->no_proc)
		r = -ENOENT;
	if (r == 0)
		*owner = (struct kern_owner) {
			.type = map->owner_type, .jited = map->jited,
		};
	return fake_end(k, r);
}

int fake_jit(struct kern *k)
{
	const struct fake_kern *fake = fake_world(k)->fake;
	int r = fake_begin(k, "jit");

	return fake_end(k, r ?: fake->no_proc ? -ENOENT : !fake->no_jit);
}

int fake_cpus(struct kern *k)
{
	(void)k;
	return 3;
}

int fake_own_cpus(struct kern *k)
{
	return fake_world(k)->fake->cpus ?: 1;
}

/* Slots */

/* the link that points, or would point, to the slot of @key */
static struct fake_slot **find_slot(struct fake_obj *map, const void *key)
{
	struct fake_slot **slot = &map->slots;

	while (*slot && memcmp((*slot)->key, key, map->key_size) < 0)
		slot = &(*slot)->next;
	return slot;
}

static bool slot_is(const struct fake_obj *map, const struct fake_slot *slot,
		    const void *key)
{
	return slot && memcmp(slot->key, key, map->key_size) == 0;
}

static bool in_range(const struct fake_obj *map, const void *key)
{
	uint32_t index;

	if (!is_array(map->type))
		return true;
	memcpy(&index, key, sizeof(index));
	return index < map->max_entries;
}

static int lookup(struct fake_obj *map, const void *key, void *value)
{
	struct fake_slot *slot = *find_slot(map, key);

	if (!in_range(map, key))
		return -ENOENT;
	if (slot_is(map, slot, key))
		memcpy(value, slot->value, map->value_size);
	else if (is_plain_array(map->type))
		memset(value, 0, map->value_size);
	else
		return -ENOENT;
	return 0;
}

static uint32_t count_slots(const struct fake_obj *map)
{
	const struct fake_slot *slot;
	uint32_t n = 0;

	for (slot = map->slots; slot; slot = slot->next)
		n++;
	return n;
}

static int store(struct fake_obj *map, const void *key, const void *value)
{
	struct fake_slot **at = find_slot(map, key), *slot = *at;

	if (!slot_is(map, slot, key)) {
		if (count_slots(map) >= map->max_entries)
			return -E2BIG;
		slot = calloc(1, sizeof(*slot) + map->key_size + map->value_size);
		if (!slot)
			return -ENOMEM;
		memcpy(slot->key, key, map->key_size);
		slot->value = slot->key + map->key_size;
		slot->next = *at;
		*at = slot;
	}
	memcpy(slot->value, value, map->value_size);
	return 0;
}

static bool same_shape(const struct fake_obj *a, const struct fake_obj *b)
{
	return a->type == b->type && a->key_size == b->key_size &&
	       a->value_size == b->value_size && a->flags == b->flags &&
	       (!is_array(a->type) || a->max_entries == b->max_entries);
}

/* The first program that calls through a prog array, or goes into it, makes
 * it an array of such. */
static int own(struct fake_obj *array, uint32_t type, bool jited)
{
	if (!array->owner_type) {
		array->owner_type = type;
		array->jited = jited;
	}
	return array->owner_type == type && array->jited == jited ? 0 : -EINVAL;
}

/* What stands in for a descriptor in a slot is the object's id. */
static int fd_to_id(struct fake_world *world, struct fake_obj *map, int fd,
		    uint32_t *id)
{
	struct fake_obj *obj;
	int r;

	if (is_map_in_map(map->type)) {
		r = fake_map_of(world, fd, &obj);
		if (r == 0 && !same_shape(obj, map->inner))
			r = -EINVAL;
	} else {
		r = fake_prog_of(world, fd, 0, &obj);
		r = r ?: own(map, obj->type, obj->jited);
	}
	if (r == 0)
		*id = obj->id;
	return r;
}

static int update(struct fake_world *world, struct fake_obj *map,
		  const void *key, const void *value)
{
	uint32_t id;
	int fd, r;

	if (map->frozen)
		return -EPERM;
	if (!in_range(map, key))
		return -E2BIG;
	if (!holds_fds(map->type))
		return store(map, key, value);
	memcpy(&fd, value, sizeof(fd));
	r = fd_to_id(world, map, fd, &id);
	return r ?: store(map, key, &id);
}

static int drop(struct fake_obj *map, const void *key)
{
	struct fake_slot **at = find_slot(map, key), *slot = *at;

	if (is_plain_array(map->type))
		return -EINVAL;
	if (!in_range(map, key))
		return is_array(map->type) ? -E2BIG : -ENOENT;
	if (!slot_is(map, slot, key))
		return -ENOENT;
	*at = slot->next;
	free(slot);
	return 0;
}

static const char *hex(const void *bytes, size_t len, char text[65])
{
	size_t i;

	for (i = 0; i < len && i < 32; i++)
		sprintf(text + 2 * i, "%02x", ((const uint8_t *)bytes)[i]);
	text[2 * i] = '\0';
	return text;
}

static int begin_slot(struct kern *k, const char *what, int fd, const void *key,
		      const char *rest, struct fake_obj **map)
{
	int r = fake_map_of(fake_world(k), fd, map);
	char name[32], bytes[65];

	r = fake_begin(k, "%s %s %s%s", what, fake_obj_name(k, fd, name),
		       r ? "?" : hex(key, (*map)->key_size, bytes), rest) ?: r;
	/* the hook may have closed it */
	return r ?: fake_map_of(fake_world(k), fd, map);
}

int fake_map_lookup(struct kern *k, int fd, const void *key, void *value)
{
	struct fake_obj *map;
	int r = begin_slot(k, "map_lookup", fd, key, "", &map);

	return fake_end(k, r ?: lookup(map, key, value));
}

static void describe_value(struct kern *k, int fd, const void *value,
			   char text[80])
{
	char name[32], bytes[65];
	struct fake_obj *map;

	text[0] = '\0';
	if (fake_map_of(fake_world(k), fd, &map) < 0)
		return;
	if (holds_fds(map->type))
		snprintf(text, 80, " %s",
			 fake_obj_name(k, *(const int *)value, name));
	else
		snprintf(text, 80, " %s", hex(value, map->value_size, bytes));
}

int fake_map_update(struct kern *k, int fd, const void *key,
			   const void *value)
{
	struct fake_obj *map;
	char rest[80];
	int r;

	describe_value(k, fd, value, rest);
	r = begin_slot(k, "map_update", fd, key, rest, &map);
	return fake_end(k, r ?: update(fake_world(k), map, key, value));
}

int fake_map_delete(struct kern *k, int fd, const void *key)
{
	struct fake_obj *map;
	int r = begin_slot(k, "map_delete", fd, key, "", &map);

	return fake_end(k, r ?: drop(map, key));
}

int fake_map_freeze(struct kern *k, int fd)
{
	struct fake_obj *map;
	char name[32];
	int r;

	r = fake_begin(k, "map_freeze %s", fake_obj_name(k, fd, name));
	r = r ?: fake_map_of(fake_world(k), fd, &map);
	if (r == 0)
		map->frozen = true;
	return fake_end(k, r);
}

/* Programs */

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
	if (own(map, prog->type, !world->fake->no_jit) < 0)
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
	r = find_btf(world, prog->btf_fd, btf);
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
	r = check_device(world, prog->ifindex);
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

static int prog_by_id(struct fake_world *world, uint32_t id)
{
	struct fake_obj *prog = fake_obj_by_id(world, id);

	return prog && prog->is_prog ? fake_obj_fd(world, prog) : -ENOENT;
}

int fake_prog_by_id(struct kern *k, uint32_t id)
{
	int r = fake_begin(k, "prog_by_id %u", id);

	return fake_end(k, r ?: prog_by_id(fake_world(k), id));
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

static int map_by_id(struct fake_world *world, uint32_t id)
{
	struct fake_obj *map = fake_obj_by_id(world, id);

	if (!map || map->is_prog || map->is_btf)
		return -ENOENT;
	return fake_obj_fd(world, map);
}

int fake_map_by_id(struct kern *k, uint32_t id)
{
	int r = fake_begin(k, "map_by_id %u", id);

	return fake_end(k, r ?: map_by_id(fake_world(k), id));
}

/* BTF */

static bool has_kinds(const void *data, uint32_t size, uint32_t from)
{
	struct types types;
	struct err err;
	uint32_t id;
	bool has = false;

	if (!from || types_read(&types, NULL, data, size, &err) < 0)
		return from;
	for (id = 1; id < types.cnt; id++)
		has |= type_kind(types_get(&types, id)) >= from;
	types_free(&types);
	return has;
}

static int btf_load(struct fake_world *world, const void *data, uint32_t size,
		    char *log, uint32_t log_size)
{
	int code = world->fake->btf_code;
	struct fake_obj *obj;
	uint16_t magic;

	if (size < 24)
		return -EINVAL;
	memcpy(&magic, data, sizeof(magic));
	if (has_kinds(data, size, world->fake->btf_kinds))
		code = EINVAL;
	if (code || magic != 0xeb9f) {
		snprintf(log, log ? log_size : 0, "[1] INT (anon)\nnobody likes it\n");
		return -(code ?: EINVAL);
	}
	obj = fake_obj_new(world, "");
	if (!obj)
		return -ENOMEM;
	obj->is_btf = true;
	return fake_obj_fd(world, obj);
}

int fake_btf_load(struct kern *k, const void *data, uint32_t size, char *log,
		  uint32_t log_size)
{
	int r = fake_begin(k, "btf_load%s", log ? " with log" : "");

	if (log)
		log[0] = '\0';
	r = r ?: fake_lacks_bpf(k);
	return fake_end(k, r ?: btf_load(fake_world(k), data, size, log, log_size));
}

/* Whether it has a file of types, and has not gone; -ENOMEM */
static int has_module(const struct fake_kern *fake, const char *name)
{
	_cleanup_free_ char *path = str_printf("/sys/kernel/btf/%s", name);
	const struct fake_file *file = fake->files;

	if (!path)
		return -ENOMEM;
	while (file && file->path && !str_eq(file->path, path))
		file++;
	return file && file->path && !(fake->gone && str_eq(name, fake->gone));
}

static int open_module(struct fake_world *world, const char *name, int *fd)
{
	struct fake_obj *obj;
	int r = has_module(world->fake, name);

	if (r <= 0)
		return r;
	obj = fake_obj_new(world, name);
	if (!obj)
		return -ENOMEM;
	obj->is_btf = obj->is_module = true;
	*fd = fake_obj_fd(world, obj);
	return *fd < 0 ? *fd : 0;
}

int fake_module_btfs(struct kern *k, const char *const *names, size_t cnt,
		     int *fds)
{
	_cleanup_buf_ struct buf list = { 0 };
	size_t i;
	int r;

	for (i = 0; i < cnt; i++) {
		buf_addf(&list, " %s", names[i]);
		fds[i] = -1;
	}
	r = fake_begin(k, "module_btfs%s", buf_str(&list));
	for (i = 0; r == 0 && i < cnt; i++)
		r = open_module(fake_world(k), names[i], &fds[i]);
	for (i = 0; r < 0 && i < cnt; i++)
		close_fd(steal_fd(&fds[i]));
	return fake_end(k, r);
}

/* As text */

void fake_obj_state(const struct fake_obj *obj, struct buf *text)
{
	char key[65], value[65];
	const struct fake_slot *slot;

	if (obj->is_prog) {
		buf_addf(text, "prog %u '%s'\n", obj->id, obj->name);
		return;
	}
	buf_addf(text, "map %u '%s' type %u key %u value %u max %u\n", obj->id,
		 obj->name, obj->type, obj->key_size, obj->value_size,
		 obj->max_entries);
	for (slot = obj->slots; slot; slot = slot->next)
		buf_addf(text, "  [%s] = %s\n",
			 hex(slot->key, obj->key_size, key),
			 hex(slot->value, obj->value_size, value));
}
