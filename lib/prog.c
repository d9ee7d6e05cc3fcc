/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "prog.h"

#include <errno.h>
#include <stdio.h>

#include "features.h"

/* touched only as far as it is written; before 5.2 the longest that is taken */
#define FULL_LOG	((16u << 20) - 1)
#define MAX_LOG		(256u << 20)	/* later ones take less than 1 GiB */

/* how many instructions the verifier may have walked for the way to a refusal
 * to be shown unasked: it walks them at some 3 us each then, else at 50 ns */
#define SHORT_WALK	1000

static int load_with_log(struct kern *k, struct kern_prog *prog,
			 uint32_t level, char *log, uint32_t size)
{
	prog->log = log;
	prog->log_size = log ? size : 0;
	prog->log_level = log ? level : 0;
	if (log)
		log[0] = '\0';
	return k->ops->prog_load(k, prog);
}

/* with @size bytes of room in @log; without a log when there is no memory */
static int load_into(struct kern *k, struct kern_prog *prog, uint32_t level,
		     uint32_t size, struct buf *log)
{
	char *room;
	int fd;

	buf_free(log);
	room = buf_reserve(log, size);
	log->failed = false;
	fd = load_with_log(k, prog, level, room, size);
	log->len = room ? strlen(room) : 0;
	return fd;
}

static bool is_silent(int code, const struct buf *log)
{
	return code == -EINVAL && !log->len;
}

/*
 * A log that does not fit is ENOSPC, whatever the verdict: ask with more room,
 * and at the end without a log. So with EINVAL that no log explains, since it
 * may be the log itself that is refused.
 */
static int load_with_full_log(struct kern *k, struct kern_prog *prog,
			      uint32_t level, struct buf *log)
{
	uint32_t size;
	int fd;

	for (size = FULL_LOG; size <= MAX_LOG; size *= 4) {
		fd = load_into(k, prog, level, size, log);
		if (is_silent(fd, log))
			break;
		if (fd != -ENOSPC || !prog->log)
			return fd;
	}
	buf_free(log);
	return load_with_log(k, prog, 0, NULL, 0);
}

/* what is kept may be one of many, and the room is large */
static void trim(struct buf *log)
{
	char *less = log->data ? realloc(log->data, log->len + 1) : NULL;

	if (!less)
		return;
	log->data = less;
	log->cap = log->len + 1;
}

int prog_try(struct kern *k, struct kern_prog *prog, bool verbose,
	     char *scratch, struct buf *log)
{
	int fd;

	buf_free(log);
	if (verbose) {
		fd = load_with_full_log(k, prog, BPF_LOG_LEVEL1 | BPF_LOG_LEVEL2, log);
		trim(log);
		return fd;
	}
	fd = load_with_log(k, prog, BPF_LOG_STATS, scratch, PROG_SCRATCH);
	if (fd < 0 && prog->log)
		buf_add(log, scratch, strlen(scratch));
	log->failed = false;
	return fd;
}

/* the statistics that end every log */
static bool is_statistics(const char *line)
{
	static const char *const starts[] = {
		"processed ", "verification time ", "stack depth ",
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(starts); i++)
		if (strncmp(line, starts[i], strlen(starts[i])) == 0)
			return true;
	return false;
}

bool prog_reason(const char *log, char *reason, size_t size)
{
	const char *end = log + strlen(log), *start;

	for (; end > log; end = start) {
		while (end > log && end[-1] == '\n')
			end--;
		for (start = end; start > log && start[-1] != '\n'; start--)
			;
		if (start == end || is_statistics(start))
			continue;
		snprintf(reason, size, "%.*s", (int)(end - start), start);
		return true;
	}
	return false;
}

/* with line info, the log has a line "; SOURCE" before its instructions */
bool prog_source(const char *log, char *line, size_t size)
{
	const char *found = NULL, *start = log;

	for (; start; start = strchr(start, '\n')) {
		start += *start == '\n';
		if (strncmp(start, "; ", 2) == 0)
			found = start + 2;
	}
	if (found)
		snprintf(line, size, "%.*s", (int)strcspn(found, "\n"), found);
	return found;
}

bool prog_bad_helper(const char *log, uint32_t number, uint32_t *insn)
{
	char call[64], reason[64];
	const char *line;

	snprintf(call, sizeof(call), ": (85) call unknown#%u", number);
	snprintf(reason, sizeof(reason), "invalid func unknown#%u", number);
	line = strstr(log, reason);
	if (!line)
		return false;
	/* the last instruction before it, at the beginning of a line */
	while (line > log && strncmp(line, call, strlen(call)) != 0)
		line--;
	if (line == log)
		return false;
	while (line > log && line[-1] != '\n')
		line--;
	*insn = strtoul(line, NULL, 10);
	return true;
}

/*
 * The driver of a device has its say after the verifier. Its lines in the log
 * begin with its name in brackets, and EOPNOTSUPP is its usual answer.
 */
static int refused_by_device(const char *reason, int code, struct err *err)
{
	if (reason[0] == '[')
		err_set(err, code, "the device refuses it: %s (%s)", reason,
			err_str(code));
	else
		err_sys(err, code, "the device refuses it");
	return err_hint(err, KERN_DEVICE_HINT);
}

static int refused_with(struct kern *k, const char *reason, const char *log,
			int code, struct err *err)
{
	char line[256];

	if (prog_source(log, line, sizeof(line)))
		err_set(err, code, "the verifier refuses it: %s (%s), at: %s",
			reason, err_str(code), line);
	else
		err_set(err, code, "the verifier refuses it: %s (%s)",
			reason, err_str(code));
	feature_hint_helper(k, reason, code, err);
	return code;
}

static int refused(struct kern *k, const struct kern_prog *prog,
		   const char *log, int code, struct err *err)
{
	char reason[512] = "";

	prog_reason(log, reason, sizeof(reason));
	if (prog->ifindex && (code == -EOPNOTSUPP || reason[0] == '['))
		return refused_by_device(reason, code, err);
	if (reason[0])
		return refused_with(k, reason, log, code, err);
	err_sys(err, code, "load");
	if (feature_hint_no_bpf(k, code, err))
		return code;
	if (code == -EINVAL && !prog->attach_type && !prog->flags &&
	    feature_try_type(k, prog->type) == 0)
		return err_hint(err, "this kernel has no programs of type %u", prog->type);
	if (code == -EPERM)
		return err_hint(err, "it takes root, or CAP_BPF and CAP_NET_ADMIN");
	if (prog->ifindex)
		return err_hint(err, KERN_DEVICE_HINT);
	return code;
}

/* how many instructions the verifier has walked, as the statistics say */
static bool find_walked(const char *log, unsigned long *cnt)
{
	const char *word = "processed ", *at, *found = NULL;

	for (at = log; (at = strstr(at, word)); at += strlen(word))
		if (at == log || at[-1] == '\n')
			found = at + strlen(word);
	if (found)
		*cnt = strtoul(found, NULL, 10);
	return found;
}

/* BTF is looked at before the first instruction is. */
static bool may_be_btf(const struct kern_prog *prog, int r, const char *log)
{
	unsigned long walked;

	/* types name the function that catches exceptions: without them it would
	 * be another one */
	return prog->func_info && kern_may_refuse_btf(r) &&
	       !(find_walked(log, &walked) && walked) &&
	       !strstr(log, "exception callback");
}

static bool same_reason(const char *a, const char *b)
{
	char x[512], y[512];
	bool has_x = prog_reason(a, x, sizeof(x));

	return has_x == prog_reason(b, y, sizeof(y)) && (!has_x || str_eq(x, y));
}

static void swap_logs(struct buf *a, struct buf *b)
{
	struct buf c = *a;

	*a = *b;
	*b = c;
}

/* STATS came with 5.2, and reason and statistics may be longer than the room
 * for them. */
static bool may_be_log(int code, const struct buf *log)
{
	return code == -ENOSPC || is_silent(code, log);
}

static int load_without_log(struct kern *k, struct kern_prog *prog, int code,
			    struct buf *log)
{
	if (!may_be_log(code, log))
		return code;
	buf_free(log);
	return load_with_log(k, prog, 0, NULL, 0);
}

/*
 * The program that @log refuses, once more without BTF. When it was not the
 * BTF, it stays, and so does the log, which may tell source lines.
 */
static int load_without_btf(struct bpfelf_ctx *ctx, struct kern_prog *prog,
			    bool verbose, int code, struct buf *log)
{
	_cleanup_free_ char *scratch = malloc(PROG_SCRATCH);
	_cleanup_buf_ struct buf plain_log = { 0 };
	struct kern_prog plain = *prog;
	char reason[512];
	int fd;

	plain.func_info = NULL;
	plain.line_info = NULL;
	plain.func_info_cnt = plain.line_info_cnt = 0;
	fd = prog_try(ctx->kern, &plain, verbose, scratch, &plain_log);
	if (!verbose)
		fd = load_without_log(ctx->kern, &plain, fd, &plain_log);
	if (fd < 0 && same_reason(buf_str(log), buf_str(&plain_log)))
		return code;
	if (!prog_reason(buf_str(log), reason, sizeof(reason)))
		snprintf(reason, sizeof(reason), "%s", err_str(code));
	ctx_info(ctx, "program '%s': its BTF is refused (%s), it is loaded without",
		 prog->name, reason);
	*prog = plain;
	swap_logs(log, &plain_log);
	return fd;
}

/* the reason alone does not tell where that is, see prog_bad_helper() */
static bool is_bad_helper(const struct buf *log)
{
	return strstr(buf_str(log), "invalid func unknown#");
}

/* nobody knows: as before 5.2 */
static bool is_short_walk(const struct buf *log)
{
	unsigned long walked;

	return !find_walked(buf_str(log), &walked) || walked <= SHORT_WALK;
}

/* That may succeed, too, when it was memory that lacked for a moment. */
static int load_with_trace(struct kern *k, struct kern_prog *prog, int code,
			   struct buf *log)
{
	_cleanup_buf_ struct buf trace = { 0 };
	int fd = load_into(k, prog, BPF_LOG_LEVEL1 | BPF_LOG_STATS, FULL_LOG, &trace);

	if (is_silent(fd, &trace))
		fd = load_into(k, prog, BPF_LOG_LEVEL1, FULL_LOG, &trace);
	if (fd < 0 && !trace.len)
		return code;
	trim(&trace);
	swap_logs(log, &trace);
	return fd == -ENOSPC ? code : fd;
}

static void hint_trace(const struct buf *log, struct err *err)
{
	if (!is_short_walk(log))
		err_hint(err, "'verbose' shows the way there, instruction by instruction");
}

/* Before 5.14 the kernel has no room for their descriptors, and then no use. */
static void hint_modules(const struct kern_prog *prog, const char *log, int code,
			 struct err *err)
{
	if (prog->fd_array && (strstr(log, "BPF_CALL uses reserved fields") ||
			       (code == -E2BIG && !*log)))
		err_hint(err, "programs can call functions of modules since Linux 5.16");
}

int prog_again(struct bpfelf_ctx *ctx, struct kern_prog *prog, bool verbose,
	       int code, struct buf *log, struct err *err)
{
	bool by_log = !verbose && may_be_log(code, log);
	int fd = code;

	if (!verbose)
		fd = load_without_log(ctx->kern, prog, fd, log);
	if (may_be_btf(prog, fd, buf_str(log)))
		fd = load_without_btf(ctx, prog, verbose, fd, log);
	/* without a word it was refused before the verifier saw it */
	if (fd < 0 && !verbose && (log->len ? is_short_walk(log) || is_bad_helper(log) : by_log))
		fd = load_with_trace(ctx->kern, prog, fd, log);
	if (fd >= 0) {
		if (!verbose)
			buf_free(log);
		return fd;
	}
	refused(ctx->kern, prog, buf_str(log), fd, err);
	hint_modules(prog, buf_str(log), fd, err);
	if (!verbose)
		hint_trace(log, err);
	return fd;
}

int prog_load(struct bpfelf_ctx *ctx, struct kern_prog *prog, bool verbose,
	      struct buf *log, struct err *err)
{
	_cleanup_free_ char *scratch = malloc(PROG_SCRATCH);
	int fd = prog_try(ctx->kern, prog, verbose, scratch, log);

	return fd < 0 ? prog_again(ctx, prog, verbose, fd, log, err) : fd;
}

const char *prog_type_name(uint32_t type, char text[PROG_TYPE_SIZE])
{
	static const char *const names[] = {
		[BPF_PROG_TYPE_SOCKET_FILTER] = "socket_filter",
		[BPF_PROG_TYPE_KPROBE] = "kprobe",
		[BPF_PROG_TYPE_SCHED_CLS] = "sched_cls",
		[BPF_PROG_TYPE_SCHED_ACT] = "sched_act",
		[BPF_PROG_TYPE_TRACEPOINT] = "tracepoint",
		[BPF_PROG_TYPE_XDP] = "xdp",
		[BPF_PROG_TYPE_PERF_EVENT] = "perf_event",
		[BPF_PROG_TYPE_CGROUP_SKB] = "cgroup_skb",
		[BPF_PROG_TYPE_CGROUP_SOCK] = "cgroup_sock",
		[BPF_PROG_TYPE_LWT_IN] = "lwt_in",
		[BPF_PROG_TYPE_LWT_OUT] = "lwt_out",
		[BPF_PROG_TYPE_LWT_XMIT] = "lwt_xmit",
		[BPF_PROG_TYPE_SOCK_OPS] = "sock_ops",
		[BPF_PROG_TYPE_SK_SKB] = "sk_skb",
		[BPF_PROG_TYPE_CGROUP_DEVICE] = "cgroup_device",
		[BPF_PROG_TYPE_SK_MSG] = "sk_msg",
		[BPF_PROG_TYPE_RAW_TRACEPOINT] = "raw_tracepoint",
		[BPF_PROG_TYPE_CGROUP_SOCK_ADDR] = "cgroup_sock_addr",
		[BPF_PROG_TYPE_LWT_SEG6LOCAL] = "lwt_seg6local",
		[BPF_PROG_TYPE_LIRC_MODE2] = "lirc_mode2",
		[BPF_PROG_TYPE_SK_REUSEPORT] = "sk_reuseport",
		[BPF_PROG_TYPE_FLOW_DISSECTOR] = "flow_dissector",
		[BPF_PROG_TYPE_CGROUP_SYSCTL] = "cgroup_sysctl",
		[BPF_PROG_TYPE_RAW_TRACEPOINT_WRITABLE] = "raw_tracepoint_writable",
		[BPF_PROG_TYPE_CGROUP_SOCKOPT] = "cgroup_sockopt",
		[BPF_PROG_TYPE_TRACING] = "tracing",
		[BPF_PROG_TYPE_STRUCT_OPS] = "struct_ops",
		[BPF_PROG_TYPE_EXT] = "ext",
		[BPF_PROG_TYPE_LSM] = "lsm",
		[BPF_PROG_TYPE_SK_LOOKUP] = "sk_lookup",
		[BPF_PROG_TYPE_SYSCALL] = "syscall",
		[BPF_PROG_TYPE_NETFILTER] = "netfilter",
	};

	if (type < ARRAY_SIZE(names) && names[type])
		return names[type];
	snprintf(text, PROG_TYPE_SIZE, "%u", type);
	return text;
}
