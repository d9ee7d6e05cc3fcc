/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "pcaplib.h"

#include <dlfcn.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "util.h"

static const struct {
	const char *name;
	size_t at;
} functions[] = {
#define FUNCTION(f) { "pcap_" #f, offsetof(struct pcaplib, f) }
	FUNCTION(open_offline),
	FUNCTION(datalink),
	FUNCTION(datalink_val_to_name),
	FUNCTION(next_ex),
	FUNCTION(geterr),
	FUNCTION(close),
	FUNCTION(open_dead),
	FUNCTION(dump_open),
	FUNCTION(dump),
	FUNCTION(dump_file),
	FUNCTION(dump_flush),
	FUNCTION(dump_close),
#undef FUNCTION
};

_Static_assert(sizeof(struct pcaplib) == ARRAY_SIZE(functions) * sizeof(void *),
	       "each function is looked for");

/* the project's own name for it, then Debian's, which dlerror() is to name */
static void *open_library(void)
{
	return dlopen("libpcap.so.1", RTLD_LAZY) ?: dlopen("libpcap.so.0.8", RTLD_LAZY);
}

static bool find_functions(void *library, struct pcaplib *lib)
{
	void *function;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(functions); i++) {
		function = dlsym(library, functions[i].name);
		if (!function)
			return false;
		memcpy((char *)lib + functions[i].at, &function, sizeof(function));
	}
	return true;
}

const struct pcaplib *pcaplib_open(const char **why)
{
	static struct pcaplib lib;	/* it stays open until tc ends */
	static bool found;
	void *library;

	if (found)
		return &lib;
	library = open_library();
	found = library && find_functions(library, &lib);
	if (found)
		return &lib;
	*why = dlerror() ?: "of another kind";
	return NULL;
}
