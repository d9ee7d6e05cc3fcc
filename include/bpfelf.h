/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * libbpfelf: load and attach BPF network programs from ELF objects written
 * for iproute2's loader.
 *
 *	err = bpfelf_object_open(ctx, "acl.o", &obj);
 *	err = err ?: bpfelf_plan_new(obj, &request, &plan);
 *	err = err ?: bpfelf_load(plan, &txn);
 *	err = err ?: bpfelf_attach(txn, &hook);
 *	err = err ?: bpfelf_commit(txn);
 *
 * Reading an object touches no kernel; planning only asks it for what the
 * object refers to there. Everything from bpfelf_load() on belongs to one
 * transaction: what is not committed is undone when the transaction is freed.
 * The library prints nothing, never exits, and keeps no state outside its
 * handles: two contexts never meet, and one context is used by one thread at
 * a time.
 *
 * Functions that can fail return 0 (or what they say) or a negative errno;
 * the words for it are in bpfelf_error() until the next call on the same
 * context. Every _free() accepts NULL. Structs that may grow begin with
 * `sz`, which the caller sets to sizeof(); bytes beyond what the library
 * knows must be zero (else -E2BIG).
 *
 * Lifetimes: context > object > plan > transaction. Strings and handles that
 * a getter returns live as long as what they were asked of.
 */
#ifndef BPFELF_H
#define BPFELF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#ifndef BPFELF_API
#define BPFELF_API __attribute__((visibility("default")))
#endif

#define BPFELF_VERSION "0.1.0"

struct bpfelf_ctx;
struct bpfelf_object;
struct bpfelf_map;
struct bpfelf_program;
struct bpfelf_plan;
struct bpfelf_txn;

/* ------------------------------------------------------------------------
 * Context: settings, the way to the kernel, the last error
 */

/**
 * bpfelf_ctx_new - make a context
 * @ctx: where to put it; free with bpfelf_ctx_free()
 *
 * Opens nothing: sockets and mounts are looked for when first needed.
 * Returns 0 or -ENOMEM. Since: 0.1.
 */
BPFELF_API int bpfelf_ctx_new(struct bpfelf_ctx **ctx);

/** bpfelf_ctx_free - free a context; its objects, plans and transactions
 * must be gone. Since: 0.1. */
BPFELF_API void bpfelf_ctx_free(struct bpfelf_ctx *ctx);

enum bpfelf_log_level {
	BPFELF_LOG_NONE,	/* the default */
	BPFELF_LOG_WARN,	/* it works, but not as the author may think */
	BPFELF_LOG_INFO,	/* decisions: reused, skipped, retried */
};

/** One line without newline; valid during the call only. */
typedef void (*bpfelf_log_fn)(void *data, enum bpfelf_log_level level,
			      const char *line);

/**
 * bpfelf_ctx_set_log - where warnings and details go
 * @level: the most talkative level that is still passed on
 * @fn: called on the caller's thread; NULL is silence
 *
 * Failures travel by return value, never by log. Since: 0.1.
 */
BPFELF_API void bpfelf_ctx_set_log(struct bpfelf_ctx *ctx,
				   enum bpfelf_log_level level,
				   bpfelf_log_fn fn, void *data);

/**
 * bpfelf_ctx_set_bpffs - use this bpffs and no other
 * @dir: mount point; copied. NULL: back to the default
 *
 * The default is $TC_BPF_MNT, then /sys/fs/bpf, /bpf, and the first bpf line
 * of /proc/mounts. A bpffs is mounted there (/sys/fs/bpf by default) when a
 * map asks for a pin and none is found. Returns 0 or -ENOMEM. Since: 0.1.
 */
BPFELF_API int bpfelf_ctx_set_bpffs(struct bpfelf_ctx *ctx, const char *dir);

/** What a definition in section `maps` is; the two have their first five words in
 * common. */
enum bpfelf_maps_as {
	BPFELF_MAPS_AS_FOUND,		/* what BTF, or else the values, tell */
	BPFELF_MAPS_AS_BPF_ELF_MAP,	/* iproute2's struct bpf_elf_map */
	BPFELF_MAPS_AS_BPF_MAP_DEF,	/* struct bpf_map_def of 20, 24 or 28 bytes:
					 * then inner_map_idx and numa_node */
};

/**
 * bpfelf_ctx_set_maps_as - what section `maps` of objects holds
 * @maps_as: for those that are opened from now on
 *
 * Returns 0 or -EINVAL. Since: 0.1.
 */
BPFELF_API int bpfelf_ctx_set_maps_as(struct bpfelf_ctx *ctx,
				      enum bpfelf_maps_as maps_as);

/**
 * bpfelf_ctx_set_threads - how many threads have programs verified
 * @cnt: at most so many, the caller's among them; 1: no others. 0: back to
 *	the default
 *
 * The default is $BPFELF_THREADS, then one for each CPU that the process may
 * run on, or none but the caller's when there is little to verify. They end
 * with bpfelf_load(), or on a busy machine soon after it, and at the latest in
 * bpfelf_ctx_free(). Functions that the caller has set are called on its own
 * thread, errors and events are the same and in the same order. Since: 0.1.
 */
BPFELF_API void bpfelf_ctx_set_threads(struct bpfelf_ctx *ctx, unsigned int cnt);

/**
 * bpfelf_error - the words for the last failure on this context
 *
 * Reads from the outside in, on one line, lower case, no full stop:
 * "object 'acl.o': program 'classifier': ...". "" when nothing failed.
 * Never NULL. Since: 0.1.
 */
BPFELF_API const char *bpfelf_error(const struct bpfelf_ctx *ctx);

/** bpfelf_hint - what to do about the last failure, one line, or "".
 * Since: 0.1. */
BPFELF_API const char *bpfelf_hint(const struct bpfelf_ctx *ctx);

/**
 * bpfelf_extack - the kernel's own words for a refused netlink request
 *
 * Returns its extended-ack text, "" when it gave none, or NULL when the last
 * failure was not a netlink refusal. Since: 0.1.
 */
BPFELF_API const char *bpfelf_extack(const struct bpfelf_ctx *ctx);

/** bpfelf_verifier_log - what the verifier said of the last program that it
 * refused on this context, or "": all of it with BPFELF_VERBOSE, or when it
 * came no further than some 1000 instructions, since to write it down takes
 * many times as long as to verify; else its reason. Since: 0.1. */
BPFELF_API const char *bpfelf_verifier_log(const struct bpfelf_ctx *ctx);

/* ------------------------------------------------------------------------
 * Object: what the file says. Pure: the same bytes give the same answer on
 * every machine.
 */

/**
 * bpfelf_object_open - read a BPF ELF object
 * @path: file name; its last component names the object in messages
 * @obj: free with bpfelf_object_free()
 *
 * Returns 0; the errno of opening or reading; -ENOEXEC not a BPF object (no
 * ELF, another machine, another byte order, not relocatable); -EBADMSG
 * damaged; -ENOTSUP understood but refused; -ENOMEM. Since: 0.1.
 */
BPFELF_API int bpfelf_object_open(struct bpfelf_ctx *ctx, const char *path,
				  struct bpfelf_object **obj);

/**
 * bpfelf_object_open_mem - the same from memory
 * @data: copied
 * @name: stands where the file's name would
 *
 * Errors as bpfelf_object_open(). Since: 0.1.
 */
BPFELF_API int bpfelf_object_open_mem(struct bpfelf_ctx *ctx, const void *data,
				      size_t size, const char *name,
				      struct bpfelf_object **obj);

/** bpfelf_object_free - free an object; its plans must be gone. Since: 0.1. */
BPFELF_API void bpfelf_object_free(struct bpfelf_object *obj);

/** The last component of the path. Since: 0.1. */
BPFELF_API const char *bpfelf_object_name(const struct bpfelf_object *obj);
/** Section `license`, "" without one. Since: 0.1. */
BPFELF_API const char *bpfelf_object_license(const struct bpfelf_object *obj);

/** Iterate over the maps in file order; start with NULL: those of section `maps`,
 * those of `.maps`, what the maps in a map of maps are like ("OUTER.inner"), then
 * sections of global data that code refers to (.rodata, .data, .bss, ...), under
 * their own names: arrays with one value. Since: 0.1. */
BPFELF_API const struct bpfelf_map *
bpfelf_map_next(const struct bpfelf_object *obj, const struct bpfelf_map *map);

/** Iterate over the functions that a request can name, in file order; start with
 * NULL: the global ones, and of a section that has none the first.
 * Since: 0.1. */
BPFELF_API const struct bpfelf_program *
bpfelf_program_next(const struct bpfelf_object *obj,
		    const struct bpfelf_program *prog);

/** What a map definition says. */
struct bpfelf_map_info {
	size_t sz;
	const char *name;
	uint32_t type;		/* enum bpf_map_type */
	uint32_t key_size;	/* bytes */
	uint32_t value_size;	/* bytes */
	uint32_t max_entries;	/* as it stands there; 0 of a perf_event_array:
				 * one for each CPU */
	uint32_t map_flags;	/* BPF_F_* */
	uint32_t id;		/* the loader's, 0: none */
	uint32_t pinning;	/* PIN_* of bpf_elf.h, or another number;
				 * LIBBPF_PIN_BY_NAME of a map in `.maps` is
				 * PIN_GLOBAL_NS */
	uint32_t inner_id;	/* 0: not a map of maps */
	uint32_t inner_idx;	/* slot in the outer map; (uint32_t)-1: none */
	uint32_t def_size;	/* bytes that the file gives the definition; 0: a
				 * section of data, or a map defined by its type */
	uint32_t numa_node;	/* with BPF_F_NUMA_NODE */
	uint64_t map_extra;	/* what it means is the type's */
	enum bpfelf_maps_as maps_as;	/* the struct that it is taken for; 0: it is
					 * in no section `maps` */
};

/** Fill @info as far as its sz reaches. Returns 0 or -E2BIG. Since: 0.1. */
BPFELF_API int bpfelf_map_info(const struct bpfelf_map *map,
			       struct bpfelf_map_info *info);

/** The function's name, or the section's where the file has no symbol for it.
 * Since: 0.1. */
BPFELF_API const char *bpfelf_program_name(const struct bpfelf_program *prog);
/** The section that it stands in. Since: 0.1. */
BPFELF_API const char *
bpfelf_program_section(const struct bpfelf_program *prog);
/** Its instructions, without those of functions that it calls. Since: 0.1. */
BPFELF_API size_t bpfelf_program_insn_cnt(const struct bpfelf_program *prog);
/** Whether its section is named id/key, as iproute2 reads it; if so both are
 * filled in (each may be NULL). Since: 0.1. */
BPFELF_API bool bpfelf_program_slot(const struct bpfelf_program *prog,
				    uint32_t *map_id, uint32_t *key);

/* ------------------------------------------------------------------------
 * Plan: what will be done, in order. Nothing is changed for it. What is read:
 * the bpf_pinning file of iproute2, when a map has a pinning of its own; types,
 * options and symbols of the running kernel, when the object refers to them.
 */

#define BPFELF_VERBOSE	0x1u	/* keep the verifier's log on success, too */
#define BPFELF_PRIVATE	0x2u	/* maps of its own, whatever they ask to be
				 * pinned as: nothing is taken from the bpffs
				 * or put there */
/* Static data by value, as in objects that are templates: the address of a
 * variable that a program may write (.data, .bss) stands for what it holds.
 * Without these two flags so does one that the program cuts to 32 bits, and
 * never reads or writes at. */
#define BPFELF_DATA_AS_VALUE 0x4u /* all that are not read or written at */
#define BPFELF_DATA_AS_MAP 0x8u	/* none */

struct bpfelf_request {
	size_t sz;
	uint32_t prog_type;	/* BPF_PROG_TYPE_*; 0: as the section's name
				 * says, "xdp", "cgroup_skb/egress", ... */
	uint32_t ifindex;	/* device to make programs and maps on, 0: none */
	uint32_t flags;		/* BPFELF_VERBOSE, BPFELF_PRIVATE, ... */
	const char *section;	/* NULL: the default of the type, or else the
				 * only one whose name says that it is for it;
				 * with type 0 the only one that says a type */
	const char *program;	/* function name; NULL: the section's first global
				 * one, or else its first */
	const char *const *set;	/* values of global variables, "NAME=VALUE",
				 * behind the last a NULL; NULL: none. NAME can
				 * have .FIELD and [NUMBER] behind it; of what
				 * is named twice, the last counts */
	uint32_t attach_type;	/* where it is for, when no section is named:
				 * BPF_TCX_INGRESS, BPF_TCX_EGRESS; 0: anywhere */
};

/**
 * bpfelf_plan_new - decide what a load will do
 * @plan: free with bpfelf_plan_free()
 *
 * Chooses the entry program, its tail calls, the order of the maps and their
 * paths below the bpffs. Returns 0; -ENOENT no such section or program;
 * -ENOTSUP something that this loader understands but cannot do, or a pinning
 * number that no bpf_pinning file has; -EBADMSG damaged; -EINVAL a request
 * that makes no sense, or a name or directory that cannot be pinned in;
 * -ENAMETOOLONG; -E2BIG; -ENOMEM; the errno of reading that file. Of @set:
 * -ENOENT no such variable, -ERANGE or -EINVAL a value that it cannot have,
 * -ENOTSUP an object without BTF. Of what the object wants of the running
 * kernel, which is read then: -ENOENT the kernel does not have it, -EINVAL it
 * has something else of that name, -EPERM it does not tell.
 * Since: 0.1.
 */
BPFELF_API int bpfelf_plan_new(struct bpfelf_object *obj,
			       const struct bpfelf_request *request,
			       struct bpfelf_plan **plan);

/** bpfelf_plan_free - free a plan; its transactions must be gone. Since: 0.1. */
BPFELF_API void bpfelf_plan_free(struct bpfelf_plan *plan);

/** The program that will be attached. Since: 0.1. */
BPFELF_API const struct bpfelf_program *
bpfelf_plan_entry(const struct bpfelf_plan *plan);

/** The plan as text, one step a line; free() it. NULL: no memory.
 * Since: 0.1. */
BPFELF_API char *bpfelf_plan_text(const struct bpfelf_plan *plan);

/** The section a program of @prog_type is looked for in by default, or NULL
 * for a type that iproute2's dialect does not know. Since: 0.1. */
BPFELF_API const char *bpfelf_default_section(uint32_t prog_type);

/* ------------------------------------------------------------------------
 * Load
 */

enum bpfelf_event_kind {
	BPFELF_MAP_CREATED,	/* map, fd */
	BPFELF_MAP_REUSED,	/* map, fd: taken from its pin */
	BPFELF_MAP_REFUSED,	/* map, error */
	BPFELF_PROG_LOADED,	/* prog, fd, log with BPFELF_VERBOSE */
	BPFELF_PROG_REFUSED,	/* prog, error, log */
	BPFELF_BTF_REFUSED,	/* error, log, btf_size: the load goes on */
};

/** What happened during bpfelf_load(); valid during the call only. */
struct bpfelf_event {
	size_t sz;
	enum bpfelf_event_kind kind;
	int fd;			/* -1: none; or, without BPFELF_VERBOSE, closed
				 * by now: of many programs */
	int error;		/* positive errno of the kernel's refusal */
	const struct bpfelf_map *map;
	const struct bpfelf_program *prog;
	uint32_t prog_type;	/* as loaded */
	size_t insn_cnt;	/* as loaded, with subprograms */
	const char *log;	/* the verifier's, never NULL */
	size_t btf_size;	/* bytes */
	const char *by_value;	/* variables whose contents are in the program
				 * in place of their addresses, "a, b"; NULL: none */
};

typedef void (*bpfelf_event_fn)(void *data, const struct bpfelf_event *event);

/** Watch loads: for a command that reports each step. Since: 0.1. */
BPFELF_API void bpfelf_ctx_set_observer(struct bpfelf_ctx *ctx,
					bpfelf_event_fn fn, void *data);

/**
 * bpfelf_load - begin a transaction and carry out a plan in it
 * @txn: free with bpfelf_txn_free()
 *
 * Takes or creates the maps, has the programs verified, fills prog arrays
 * and maps of maps, pins. On failure everything is as it was before, and
 * *txn is NULL.
 *
 * Returns 0; -EEXIST a pinned map of another shape, or something that is no
 * map at its path; -EINVAL a pinned prog array for programs of another type;
 * else what the kernel said. Since: 0.1.
 */
BPFELF_API int bpfelf_load(struct bpfelf_plan *plan, struct bpfelf_txn **txn);

/**
 * bpfelf_load_is_same - whether another load would come to the same
 * @txn: made by bpfelf_load(), and committed; its plan still there
 *
 * True if bpfelf_load() of the same plan would now give a program that differs
 * in nothing but its id, so that @txn's may be attached in its place (see
 * bpfelf_hook.from): its maps are constants, or pinned and to be found at their
 * pins, and no slot of a prog array or of a map of maps would be filled anew.
 * Says nothing of the object's file. Since: 0.1.
 */
BPFELF_API bool bpfelf_load_is_same(struct bpfelf_txn *txn);

/**
 * bpfelf_open_pinned - begin a transaction with a program that is pinned
 * @path: a path, or "m:REST" for REST below the bpffs directory of the type
 * @prog_type: what the program must be, 0: any
 * @txn: free with bpfelf_txn_free()
 *
 * Returns 0; -ENOENT nothing is pinned there; -EINVAL it is no program, or one
 * of another type, or "m:REST" with a type that has no directory; else what the
 * kernel said. Since: 0.1.
 */
BPFELF_API int bpfelf_open_pinned(struct bpfelf_ctx *ctx, const char *path,
				  uint32_t prog_type, struct bpfelf_txn **txn);

/**
 * bpfelf_open_id - begin a transaction with a program that the kernel holds
 * @prog_type: what the program must be, 0: any
 * @txn: free with bpfelf_txn_free()
 *
 * Takes CAP_SYS_ADMIN. Returns 0; -ENOENT no such program; -EINVAL it is of
 * another type; else what the kernel said. Since: 0.1.
 */
BPFELF_API int bpfelf_open_id(struct bpfelf_ctx *ctx, uint32_t id,
			      uint32_t prog_type, struct bpfelf_txn **txn);

/** Begin a transaction without a program: to detach, or for a qdisc.
 * Returns 0 or -ENOMEM. Since: 0.1. */
BPFELF_API int bpfelf_txn_new(struct bpfelf_ctx *ctx, struct bpfelf_txn **txn);

/** The loaded program, -1 without one; stays the transaction's, dup() it to
 * keep it. Since: 0.1. */
BPFELF_API int bpfelf_prog_fd(const struct bpfelf_txn *txn);

/** BPF_PROG_TYPE_* of the program, 0 without one. Since: 0.1. */
BPFELF_API uint32_t bpfelf_prog_type(const struct bpfelf_txn *txn);

/** A map of the loaded object by name; stays the transaction's. -1: no such
 * map, or a section of data that no program of this load needs. Since: 0.1. */
BPFELF_API int bpfelf_map_fd(const struct bpfelf_txn *txn, const char *name);

/** "FILE:[SECTION]", "PIN:[*fsobj]" or, of a program by its id, "[ID]": what the
 * kernel will show beside the attachment. "" without a program. Since: 0.1. */
BPFELF_API const char *bpfelf_txn_name(const struct bpfelf_txn *txn);

/* ------------------------------------------------------------------------
 * Run
 */

/**
 * One call of BPF_PROG_RUN. What a type has no use for stays 0; buffers are
 * the caller's.
 */
struct bpfelf_run {
	size_t sz;
	const void *data_in;	/* a packet, beginning with its Ethernet header;
				 * of xdp metadata may stand before it, see
				 * the context's @data */
	void *data_out;		/* what the program made of it; of a
				 * flow_dissector struct bpf_flow_keys */
	const void *ctx_in;	/* struct __sk_buff, xdp_md, bpf_sk_lookup,
				 * bpf_flow_keys; numbers of 64 bits of a
				 * raw_tracepoint and a struct_ops */
	void *ctx_out;
	uint32_t data_size_in;	/* bytes */
	uint32_t data_size_out;	/* room; then what there is, which may be more */
	uint32_t ctx_size_in;
	uint32_t ctx_size_out;
	uint32_t repeat;	/* runs, or live frames to send; 0: once */
	uint32_t flags;		/* BPF_F_TEST_*: BPF_F_TEST_XDP_LIVE_FRAMES has
				 * an xdp program's verdicts carried out,
				 * BPF_F_TEST_SKB_CHECKSUM_COMPLETE looks at
				 * the checksum of an skb afterwards */
	uint32_t cpu;		/* with BPF_F_TEST_RUN_ON_CPU: raw_tracepoint */
	uint32_t batch_size;	/* live frames at once, 0: 64 */
	uint32_t retval;	/* out: of the last run */
	uint32_t duration;	/* out: of each run, ns */
};

/**
 * bpfelf_prog_run - have the kernel run the transaction's program, now
 *
 * For programs of the types socket_filter, sched_cls, sched_act, xdp,
 * sk_lookup, cgroup_skb, lwt_in, lwt_out, lwt_xmit, lwt_seg6local,
 * flow_dissector, raw_tracepoint, syscall and struct_ops. What a type cannot
 * be given is refused before the kernel is asked. Where the kernel changes the
 * context of a syscall program in place, a copy is given and is in @ctx_out;
 * so with the state of a struct_ops, @data_in, which replaces the first
 * argument of its context.
 *
 * The context of an xdp program is struct xdp_md with @data the length of the
 * metadata (0: none), @data_end that of what lies in the first buffer,
 * metadata included, and @data_meta 0; it comes back so, and @data_out has the
 * metadata in front.
 *
 * Returns 0; -EINVAL a run that makes no sense for the type; -EBADMSG the
 * program changed the packet and not its checksum; -ENOTSUP programs of this
 * type cannot be run, by this kernel or at all; -ENOSPC it was run, but an
 * output is cut to its room; -EINTR a signal came, repeats or frames were left
 * out; else what the kernel said. Since: 0.1.
 */
BPFELF_API int bpfelf_prog_run(struct bpfelf_txn *txn, struct bpfelf_run *run);

/* ------------------------------------------------------------------------
 * Hooks
 */

enum bpfelf_hook_kind {
	BPFELF_XDP = 1,		/* ifindex, xdp_flags, expected_id */
	BPFELF_CLS,		/* a `bpf` filter of tc */
	BPFELF_QDISC,		/* clsact or ingress: ifindex, qdisc; no program */
	BPFELF_ROUTE,		/* a route that runs programs: route, encap */
	BPFELF_ACT,		/* a `bpf` action of tc, of its own: no device */
};

#define BPFELF_REPLACE	0x1u	/* overwrite what is there */
#define BPFELF_CHANGE	0x2u	/* BPFELF_CLS: only what is there already */

/** A program in a route's encapsulation. */
struct bpfelf_lwt {
	const struct bpfelf_txn *txn;	/* whose program; to detach: NULL */
	const char *name;		/* NULL: bpfelf_txn_name() of it */
};

/**
 * What a route, or one nexthop of several, runs: either in, out and xmit, each
 * with a program of its type (BPF_PROG_TYPE_LWT_IN and so on), or seg6local
 * (the action End.BPF of IPv6, BPF_PROG_TYPE_LWT_SEG6LOCAL) alone. What has
 * neither txn nor name is none.
 */
struct bpfelf_encap {
	size_t sz;
	const struct bpfelf_encap *next; /* of another nexthop; NULL: none */
	uint32_t nexthop;	/* the n-th of RTA_MULTIPATH, from 1; 0: none,
				 * the route itself */
	uint32_t headroom;	/* bytes that xmit may put in front, 0..256 */
	struct bpfelf_lwt in, out, xmit, seg6local;
	bool count;		/* seg6local: count packets (5.14) */
};

struct nlmsghdr;

/* BPFELF_CLS: the ifindex of a block of filters that devices share, whose
 * number is the parent then (TCM_IFINDEX_MAGIC_BLOCK) */
#define BPFELF_BLOCK	0xffffffffu

struct sock_filter;		/* linux/filter.h */
struct tc_estimator;		/* linux/pkt_sched.h */

struct bpfelf_hook {
	size_t sz;
	enum bpfelf_hook_kind kind;
	uint32_t ifindex;	/* 0 for BPFELF_ROUTE */
	uint32_t flags;		/* BPFELF_REPLACE, BPFELF_CHANGE */

	/* BPFELF_XDP */
	uint32_t xdp_flags;	/* XDP_FLAGS_{SKB,DRV,HW}_MODE, 0: default */
	uint32_t expected_id;	/* only if this program is there; 0: any */

	/* BPFELF_CLS; 0 lets the kernel choose, and is filled in then */
	uint32_t parent;	/* TC_H_MAKE(TC_H_CLSACT, ...) */
	uint32_t handle;
	uint32_t pref;		/* 0..65535 */
	uint32_t protocol;	/* ETH_P_*, host order */
	uint32_t chain;
	uint32_t classid;
	uint32_t cls_flags;	/* TCA_CLS_FLAGS_SKIP_{HW,SW} */
	bool direct_action;
	bool has_chain;
	bool any_kind;		/* detach: filters that are no bpf ones, too;
				 * without a pref there is no other way */
	const char *name;	/* NULL: bpfelf_txn_name() */

	/* BPFELF_QDISC */
	const char *qdisc;	/* "clsact" or "ingress" */

	uint32_t prog_id;	/* out: the attached program, where known */

	/*
	 * BPFELF_ROUTE: an rtnetlink message with struct rtmsg and all that
	 * the route is besides (RTA_DST, RTA_OIF, RTA_MULTIPATH ...), but no
	 * RTA_ENCAP. Of its header nlmsg_len counts, and for bpfelf_attach()
	 * nlmsg_flags, which say what becomes of a route that is there:
	 * NLM_F_CREATE with NLM_F_EXCL, NLM_F_REPLACE or NLM_F_APPEND.
	 */
	const struct nlmsghdr *route;
	const struct bpfelf_encap *encap;

	/* BPFELF_CLS, BPFELF_ACT: classic BPF instead of the transaction's
	 * program */
	const struct sock_filter *bytecode;
	size_t bytecode_cnt;	/* instructions; 0: none */

	/* Netlink attributes that are passed on as they are. BPFELF_CLS: inside
	 * TCA_OPTIONS (TCA_BPF_ACT, TCA_BPF_POLICE); BPFELF_ACT: beside its
	 * options (TCA_ACT_COOKIE, ...). Descriptors that they name stay the
	 * caller's. */
	const void *attrs;
	size_t attrs_len;	/* bytes */

	/* BPFELF_CLS: measure the rate, for its police actions; NULL: do not */
	const struct tc_estimator *estimator;

	/* BPFELF_QDISC: blocks that its filters are shared through; 0: none */
	uint32_t ingress_block, egress_block;

	/* BPFELF_ACT; its index is @handle, 0 lets the kernel choose, and is
	 * filled in then */
	int control;		/* TC_ACT_*, where the program has no verdict */

	/* BPFELF_XDP, BPFELF_CLS: whose program it is; NULL: that of the
	 * transaction it is attached in, which @from must outlast */
	const struct bpfelf_txn *from;
};

/**
 * bpfelf_attach - attach the transaction's program, or add a qdisc
 *
 * What is already there is refused (-EBUSY for XDP, -EEXIST) unless
 * BPFELF_REPLACE is given; with @expected_id only that program is replaced.
 * Undone, with what it replaced put back, unless committed. The rest of the
 * transaction stands when it fails: try another hook, or free it.
 *
 * For BPFELF_ROUTE, @txn keeps the undo and need not have a program; the
 * transactions in @encap must outlast it (be freed after it), and are
 * committed by themselves, which cannot fail. A name that another IPv4 route
 * has is sent with "#ID" behind it, since the kernel takes programs of one
 * name for one program. A former route is put back if its programs can be
 * told from others, see ip-route-bpf(8).
 *
 * Returns 0; -EINVAL a hook that makes no sense; else what the kernel said,
 * its words in bpfelf_extack(). Since: 0.1.
 */
BPFELF_API int bpfelf_attach(struct bpfelf_txn *txn, struct bpfelf_hook *hook);

/**
 * bpfelf_attach_many - attach to a list of hooks, with few calls of the kernel
 * @hooks: an array; each as for bpfelf_attach()
 * @done: out: how many are attached; the next one was refused. NULL: not asked
 *
 * As bpfelf_attach() for each in turn until one is refused, but dozens are sent
 * together. Those behind the one that is refused may have been attached for a
 * moment; they are taken back before this returns. The first *@done are in the
 * journal: bpfelf_txn_free() then makes it all or nothing, bpfelf_commit()
 * keeps them. One program on many devices costs the wait for the kernel's
 * readers that comes with a new XDP program (some 10 ms) once.
 *
 * Returns as bpfelf_attach() for the hook that was refused. Since: 0.1.
 */
BPFELF_API int bpfelf_attach_many(struct bpfelf_txn *txn,
				  struct bpfelf_hook *hooks, size_t cnt,
				  size_t *done);

/**
 * bpfelf_detach - take off what is at a hook
 *
 * For BPFELF_CLS, pref, handle, protocol and chain narrow down what goes, as
 * for `tc filter del`. A program, or a single filter (pref and handle given),
 * is put back unless committed, and so is an action; many filters at once, a
 * qdisc with all that sits on it, or a route, are not. For BPFELF_ROUTE the
 * names in @encap narrow down what goes, as far as the kernel compares them (a
 * single nexthop of IPv4); no program is needed. Returns as bpfelf_attach().
 * Since: 0.1.
 */
BPFELF_API int bpfelf_detach(struct bpfelf_txn *txn, struct bpfelf_hook *hook);

/**
 * bpfelf_graft - put the transaction's program into a pinned prog array
 * @map: path, or "m:globals/NAME"
 * @key: slot
 *
 * Returns 0; -ENOENT no such map; -EINVAL it is no prog array, or holds
 * programs of another type; -E2BIG the key is past its end; else what the
 * kernel said. Undone unless committed. Since: 0.1.
 */
BPFELF_API int bpfelf_graft(struct bpfelf_txn *txn, const char *map,
			    uint32_t key);

/**
 * bpfelf_export - hand the maps of the loaded object to an agent
 * @path: the UNIX socket at which it listens, see bpfelf_agent_listen()
 *
 * Finds the agent now, best before anything is attached; bpfelf_commit()
 * sends. Returns 0; -ENOENT or -ECONNREFUSED nobody listens there; -ENOTSUP
 * the transaction's program is a pinned one; -E2BIG more than 64 maps; -EINVAL
 * there is an agent already; else what the kernel said. Since: 0.1.
 */
BPFELF_API int bpfelf_export(struct bpfelf_txn *txn, const char *path);

/**
 * bpfelf_lend - a path where other processes can open the program
 * @path: out, on the bpffs; there, and valid, until bpfelf_commit() or
 *        bpfelf_txn_free()
 *
 * For what takes a program by its pin, as the system's `tc` does. Returns 0;
 * -EINVAL a transaction without a program; else what the kernel said.
 * Since: 0.1.
 */
BPFELF_API int bpfelf_lend(struct bpfelf_txn *txn, const char **path);

/** Keep everything that was done. Returns 0; what cannot fail any more does
 * not. After bpfelf_export() the maps are sent first: when that fails its
 * errno is returned, and nothing is kept. Since: 0.1. */
BPFELF_API int bpfelf_commit(struct bpfelf_txn *txn);

/** Close the descriptors; undo what was not committed. The last error's
 * words survive it. Since: 0.1. */
BPFELF_API void bpfelf_txn_free(struct bpfelf_txn *txn);

/* ------------------------------------------------------------------------
 * Agent: the process that works with the maps of programs that others load.
 *
 *	err = bpfelf_agent_listen(ctx, "/run/acl.sock", &agent);
 *	while (err == 0 && bpfelf_agent_receive(agent, -1) >= 0)
 *		for (i = 0; (map = bpfelf_agent_map(agent, i, &fd)); i++)
 *			...
 *	bpfelf_agent_free(agent);
 *
 * The loader is bpfelf_export(), or `tc filter add ... export PATH`, of
 * iproute2 as well as ours.
 */

struct bpfelf_agent;

/**
 * bpfelf_agent_listen - make a UNIX socket to which maps are sent
 * @path: must not be there, but for the socket of an agent that has gone
 * @agent: free with bpfelf_agent_free()
 *
 * Who may write to the file may send: that is the umask's. Returns 0;
 * -EADDRINUSE; -ENAMETOOLONG; else what the kernel said. Since: 0.1.
 */
BPFELF_API int bpfelf_agent_listen(struct bpfelf_ctx *ctx, const char *path,
				   struct bpfelf_agent **agent);

/** Close the socket, remove its file, and close the maps that came last.
 * Since: 0.1. */
BPFELF_API void bpfelf_agent_free(struct bpfelf_agent *agent);

/** The socket, to poll() for POLLIN; stays the agent's. Since: 0.1. */
BPFELF_API int bpfelf_agent_socket(const struct bpfelf_agent *agent);

/**
 * bpfelf_agent_receive - wait for the maps of a load
 * @timeout_ms: -1 for ever, 0 not at all
 *
 * What came before is closed once something new has come. Returns the number
 * of maps, which may be 0; -ETIMEDOUT; -EINTR a signal came first; -EBADMSG
 * what was received is no hand-off: listen on. Since: 0.1.
 */
BPFELF_API int bpfelf_agent_receive(struct bpfelf_agent *agent, int timeout_ms);

/** The path of the object whose maps came last, as its loader was given it,
 * cut to 63 bytes. Since: 0.1. */
BPFELF_API const char *bpfelf_agent_object(const struct bpfelf_agent *agent);

/**
 * bpfelf_agent_map - one of the maps that came last
 * @i: from 0, in the order of the object
 * @fd: unless NULL, its descriptor; stays the agent's, dup() it to keep it
 *
 * For bpfelf_map_info(), which has the name from the kernel: cut to 15 bytes,
 * "" when it has none. NULL: there are not so many. Valid until the agent
 * receives again. Since: 0.1.
 */
BPFELF_API const struct bpfelf_map *
bpfelf_agent_map(const struct bpfelf_agent *agent, unsigned int i, int *fd);

#ifdef __cplusplus
}
#endif

#endif /* BPFELF_H */
