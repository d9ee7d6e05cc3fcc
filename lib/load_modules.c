/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Descriptors of the types of modules that a plan's programs refer to. */
#include <errno.h>

#include "loader.h"

static int gone(const char *module, struct err *err)
{
	err_set(err, -ENOENT, "module '%s' is not loaded any more", module);
	return err_hint(err, "modprobe %s", module);
}

static int refused(int code, struct err *err)
{
	err_sys(err, code, "ask the kernel for the types of modules");
	return code == -EPERM ? err_hint(err, "it takes root, or CAP_SYS_ADMIN") : code;
}

int load_open_modules(struct loader *l, struct err *err)
{
	const char *const *names = (const char *const *)l->plan->modules;
	size_t i, cnt = l->plan->modules_cnt;
	int r;

	if (!cnt)
		return 0;
	l->module_fds = malloc((cnt + 1) * sizeof(*l->module_fds));
	if (!l->module_fds)
		return err_sys(err, -ENOMEM, "load");
	for (i = 0; i <= cnt; i++)
		l->module_fds[i] = -1;
	r = l->kern->ops->module_btfs(l->kern, names, cnt, l->module_fds + 1);
	if (r < 0)
		return refused(r, err);
	for (i = 0; i < cnt; i++)
		if (l->module_fds[i + 1] < 0)
			return gone(names[i], err);
	return 0;
}

void load_close_modules(struct loader *l)
{
	size_t i;

	for (i = 1; l->module_fds && i <= l->plan->modules_cnt; i++)
		close_fd(l->module_fds[i]);
	free(l->module_fds);
}
