/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "holders.h"

#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>

#include "bpffs.h"

#define MAX_DEPTH	8	/* directories below the bpffs */

static void add_to_list(struct buf *list, const char *item)
{
	buf_addf(list, "%s%s", list->len ? ", " : "", item);
}

/* ---- the link ---- */

static bool is_link_of(struct kern *k, uint32_t id, uint32_t ifindex,
		       uint32_t prog_id)
{
	_cleanup_close_ int fd = k->ops->link_by_id(k, id);
	struct bpf_link_info info;

	/* of another namespace it could be the same index, with another program */
	return fd >= 0 && k->ops->link_info(k, fd, &info) == 0 &&
	       info.type == BPF_LINK_TYPE_XDP && info.prog_id == prog_id &&
	       info.xdp.ifindex == ifindex;
}

static uint32_t find_link(struct kern *k, uint32_t ifindex, uint32_t prog_id)
{
	int id = 0;

	while ((id = k->ops->link_next(k, id)) > 0)
		if (is_link_of(k, id, ifindex, prog_id))
			return id;
	return 0;
}

/* ---- descriptors, as /proc tells of them ---- */

/* Does this fdinfo say "link_id: ID"? */
static bool tells_of_link(int dir, const char *name, uint32_t id)
{
	_cleanup_close_ int fd = openat(dir, name, O_RDONLY | O_CLOEXEC);
	_cleanup_buf_ struct buf text = { 0 };
	const char *at;

	if (fd < 0 || buf_read(&text, fd, 1 << 16) < 0)
		return false;
	at = strstr(buf_str(&text), "link_id:");
	return at && strtoul(at + strlen("link_id:"), NULL, 10) == id;
}

static bool process_has_link(const char *pid, uint32_t id)
{
	const struct dirent *entry;
	bool found = false;
	char path[64];
	DIR *dir;

	snprintf(path, sizeof(path), "/proc/%.20s/fdinfo", pid);
	dir = opendir(path);
	while (dir && !found && (entry = readdir(dir)))
		found = isdigit((unsigned char)entry->d_name[0]) &&
			tells_of_link(dirfd(dir), entry->d_name, id);
	if (dir)
		closedir(dir);
	return found;
}

static void add_process(struct buf *list, const char *pid)
{
	_cleanup_close_ int fd = -1;
	char path[64], text[64];
	char name[32] = "?";
	ssize_t len;

	snprintf(path, sizeof(path), "/proc/%.20s/comm", pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	len = fd < 0 ? -1 : read(fd, name, sizeof(name) - 1);
	if (len > 0)
		name[len] = '\0';
	name[strcspn(name, "\n")] = '\0';
	snprintf(text, sizeof(text), "%s (pid %.20s)", name, pid);
	add_to_list(list, text);
}

static void find_processes(uint32_t id, struct buf *list)
{
	const struct dirent *entry;
	DIR *dir = opendir("/proc");

	while (dir && (entry = readdir(dir)))
		if (isdigit((unsigned char)entry->d_name[0]) &&
		    process_has_link(entry->d_name, id))
			add_process(list, entry->d_name);
	if (dir)
		closedir(dir);
}

/* ---- pins ---- */

static bool is_pin_of(struct kern *k, const char *path, uint32_t id)
{
	_cleanup_close_ int fd = k->ops->obj_get(k, path);
	char name[32];

	snprintf(name, sizeof(name), "/proc/self/fdinfo/%d", fd);
	return fd >= 0 && tells_of_link(AT_FDCWD, name, id);
}

static void find_pins_below(struct kern *k, const char *dir, uint32_t id,
			    struct buf *list, int depth)
{
	const struct dirent *entry;
	DIR *d = depth ? opendir(dir) : NULL;

	while (d && (entry = readdir(d))) {
		_cleanup_free_ char *path = str_printf("%s/%s", dir, entry->d_name);

		/* no pin has a dot in its name, but ".", ".." and the kernel's own do */
		if (!path || strchr(entry->d_name, '.'))
			continue;
		if (entry->d_type == DT_DIR)
			find_pins_below(k, path, id, list, depth - 1);
		else if (entry->d_type == DT_REG && is_pin_of(k, path, id))
			add_to_list(list, path);
	}
	if (d)
		closedir(d);
}

static void find_pins(struct bpfelf_ctx *ctx, uint32_t id, struct buf *list)
{
	struct err unseen = { 0 };
	struct bpffs fs;

	if (bpffs_find(ctx, &fs, &unseen) < 0)
		return;
	if (fs.mounted)
		find_pins_below(ctx->kern, fs.root, id, list, MAX_DEPTH);
	bpffs_free(&fs);
}

void holders_of_xdp(struct bpfelf_ctx *ctx, uint32_t ifindex, uint32_t prog_id,
		    struct holders *holders)
{
	*holders = (struct holders){ 0 };
	holders->link_id = find_link(ctx->kern, ifindex, prog_id);
	if (!holders->link_id)
		return;
	find_pins(ctx, holders->link_id, &holders->pins);
	find_processes(holders->link_id, &holders->procs);
}

void holders_free(struct holders *holders)
{
	buf_free(&holders->pins);
	buf_free(&holders->procs);
}

/* ---- xdp-tools' dispatcher ---- */

static int compare_names(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static int is_part(const struct dirent *entry)
{
	return strncmp(entry->d_name, "prog", 4) == 0 ||
	       strncmp(entry->d_name, "link", 4) == 0;
}

static void list_parts(const char *dir, struct buf *list)
{
	struct dirent **parts = NULL;
	int i, n = scandir(dir, &parts, is_part, compare_names);

	for (i = 0; i < n; i++) {
		add_to_list(list, parts[i]->d_name);
		free(parts[i]);
	}
	free(parts);
}

bool holders_of_dispatcher(struct bpfelf_ctx *ctx, uint32_t ifindex,
			   uint32_t prog_id, struct buf *text)
{
	_cleanup_free_ char *dir = NULL;
	_cleanup_buf_ struct buf parts = { 0 };
	struct err unseen = { 0 };
	struct bpffs fs;

	if (bpffs_find(ctx, &fs, &unseen) < 0)
		return false;
	dir = str_printf("%s/xdp/dispatch-%u-%u", fs.root, ifindex, prog_id);
	bpffs_free(&fs);
	if (!dir || access(dir, F_OK) < 0)
		return false;
	list_parts(dir, &parts);
	buf_addf(text, "%s: %s", dir, buf_str(&parts));
	return true;
}
