/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* The text of /proc/mounts, as bpffs.c takes it apart. */
#include "fuzz.h"

#include "bpffs.h"

static int no_bpffs(struct kern *k, const char *dir)
{
	(void)k;
	(void)dir;
	return 0;
}

static int mounts(struct kern *k, struct buf *text)
{
	const struct buf *input = k->priv;

	buf_add(text, input->data, input->len);
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct kern_ops ops = {
		.is_bpffs = no_bpffs,
		.mounts = mounts,
	};
	struct buf input = { .data = (char *)data, .len = size };
	struct kern kern = { .ops = &ops, .priv = &input };
	struct bpfelf_ctx ctx = { .kern = &kern };
	struct bpffs fs;
	struct err err;

	unsetenv("TC_BPF_MNT");
	if (bpffs_find(&ctx, &fs, &err) == 0)
		fuzz_check(fs.root != NULL);
	bpffs_free(&fs);
	return 0;
}
