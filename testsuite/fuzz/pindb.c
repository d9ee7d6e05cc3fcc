/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* The text of a bpf_pinning file, and the paths that come of it. */
#include "fuzz.h"

#include "pinpath.h"

static bool leads_out(const char *path)
{
	return path[0] == '/' || strstr(path, "//") || strchr(path, '.');
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct pindb db = { 0 };
	const struct pinpath_ns ns = { "tc", "", &db };
	struct err err;
	char *path;
	size_t i;

	fuzz_check(pindb_parse(&db, "fuzz", (const char *)data, size, &err) == 0);
	for (i = 0; i < db.cnt; i++) {
		if (pinpath_map(&ns, db.entries[i].number, "m", &path, &err) == 0)
			fuzz_check(path && !leads_out(path));
		else
			fuzz_check(!path && err.text[0]);
		free(path);
	}
	pindb_free(&db);
	return 0;
}
