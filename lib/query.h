/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * Reading back what the kernel holds, for the commands' `show`.
 *
 * Not part of the public library: the commands link it from the archive of
 * objects. It knows which request gives which messages; how they are printed
 * is the commands' matter.
 */
#ifndef BPFELF_QUERY_H
#define BPFELF_QUERY_H

#include <linux/pkt_sched.h>

#include "ctx.h"
#include "nl.h"

/*
 * The ifindex of the device with this name or altname (or "ifN").
 * 0, or a negative errno with its words in the context: -ENODEV for none.
 */
int query_ifindex(struct bpfelf_ctx *ctx, const char *name, uint32_t *ifindex);

/* The name of a device, "ifN" when there is none (never fails). @name has
 * IFNAMSIZ bytes. */
void query_ifname(struct bpfelf_ctx *ctx, uint32_t ifindex, char *name);

/* One link (@ifindex != 0) or all; @ext_mask is IFLA_EXT_MASK. @fn gets
 * RTM_NEWLINK messages. */
int query_links(struct bpfelf_ctx *ctx, uint32_t ifindex, uint32_t ext_mask,
		kern_msg_fn fn, void *data);

/* Who reads a list that may be very long, message by message as it comes */
struct query_reader {
	kern_msg_fn fn;		/* what it returns, if negative, is the result */
	/* What is listed has changed: does the reader forget all that it got,
	 * to get it from the start again? Else the result is -EINTR. */
	bool (*again)(void *data);
	void *data;
};

/* All links, likewise: what is needed of them is kept by the reader. */
int query_all_links(struct bpfelf_ctx *ctx, uint32_t ext_mask,
		    const struct query_reader *reader);

/* Qdiscs of one device, or of all (0). RTM_NEWQDISC messages. */
int query_qdiscs(struct bpfelf_ctx *ctx, uint32_t ifindex, kern_msg_fn fn,
		 void *data);

/* Filters below @parent of a device, narrowed by what is not 0 in @info
 * (pref << 16 | htons(protocol)) and by *chain unless NULL. RTM_NEWTFILTER. */
int query_filters(struct bpfelf_ctx *ctx, uint32_t ifindex, uint32_t parent,
		  uint32_t info, const uint32_t *chain,
		  const struct query_reader *reader);

/* The same, up to the one for which @fn returns a negative errno, which is
 * then the result: to find one among many. */
int query_filters_until(struct bpfelf_ctx *ctx, uint32_t ifindex,
			uint32_t parent, uint32_t info, const uint32_t *chain,
			kern_msg_fn fn, void *data);

/* One filter, as `tc filter get`: @hook says which. */
int query_filter(struct bpfelf_ctx *ctx, const struct bpfelf_hook *hook,
		 kern_msg_fn fn, void *data);

/* All routes of a family, of all tables. RTM_NEWROUTE messages. */
int query_routes(struct bpfelf_ctx *ctx, uint8_t family, kern_msg_fn fn,
		 void *data);

/* A program by id: name, tag, load time and so on. -errno when it is gone or
 * may not be asked. */
int query_prog(struct bpfelf_ctx *ctx, uint32_t id,
	       struct bpf_prog_info *info);

/*
 * A map of a program. Set prog_fd, name, and map_fd to the map where it is
 * known, else to -1; then it is found by its name, which takes CAP_SYS_ADMIN.
 */
struct query_map {
	int prog_fd, map_fd;
	const char *name;
	struct bpf_map_info info;	/* out */
	uint32_t values;		/* out: one, or one for each CPU */
};

/* 0, or a negative errno with its words in the context (-ENOENT: no such map).
 * From then on map_fd is one of ours; query_map_close() in either case. */
int query_map_open(struct bpfelf_ctx *ctx, struct query_map *map);
void query_map_close(struct query_map *map);
/* Append what is under @key: value_size bytes, or with several values each
 * rounded up to 8. Returns as above (-ENOENT: nothing). */
int query_map_value(struct bpfelf_ctx *ctx, const struct query_map *map,
		    const void *key, struct buf *value);

/* Programs at a hook of a device that no netlink request shows (attach types
 * BPF_TCX_*), in the order in which they run: at most @max of them into @ids;
 * how many, or a negative errno. */
int query_attached(struct bpfelf_ctx *ctx, uint32_t ifindex,
		   uint32_t attach_type, uint32_t *ids, uint32_t max);

/* What the driver of a device says of itself. */
struct query_driver {
	char name[32];		/* "": it does not say */
	bool lro;		/* large receive offload is on */
	uint32_t channels;	/* combined ones in use; 0: it does not say */
};

void query_driver(struct bpfelf_ctx *ctx, uint32_t ifindex,
		  struct query_driver *driver);

#endif
