/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* A kernel's configuration, packed or not, and lists of modules. */
#include "fuzz.h"

#include "gunzip.h"
#include "kconfig.h"

#define MAX (1u << 16)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buf text = { 0 };
	struct err err = { 0 };

	if (gunzip(&text, data, size, MAX, &err) < 0) {
		fuzz_check(err.text[0]);
		buf_free(&text);
		buf_add(&text, data, size);
	}
	fuzz_check(!text.len || text.data[text.len] == '\0');
	fuzz_check(kconfig_is(buf_str(&text)) ==
		   (kconfig_get(buf_str(&text), "BPF") != KCONFIG_UNKNOWN));
	kconfig_has_module(buf_str(&text), "cls_bpf");
	buf_free(&text);
	return 0;
}
