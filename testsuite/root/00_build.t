#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#
# What make built and make install installs can be used.

. "$(dirname "$0")/lib.sh"

assert_match "$("$IP" -V)" '^ip '
assert_match "$("$TC" -V)" '^tc '

# needed COMMAND: its shared libraries. What it takes into itself is no library
# to be looked for at every start.
needed() {
	readelf -d "$1" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p' | grep -v '^ld-'
}

if [ -n "${STATIC-}" ]; then
	assert_eq "$(needed "$IP")$(needed "$TC")" ""
elif grep -q '^CMD_LIBS.*-Bstatic' "$TOP/config.mk" && [ -z "${SANITIZED-}" ]; then
	assert_eq "$(needed "$IP") $(needed "$TC")" "libc.so.6 libc.so.6"
fi

cat >"$T/use.c" <<'END'
#include <bpfelf.h>
#include <iproute2/bpf_elf.h>
#include <stdio.h>

int main(void)
{
	struct bpfelf_ctx *ctx;
	struct bpfelf_object *obj;

	if (bpfelf_ctx_new(&ctx))
		return 1;
	if (bpfelf_object_open(ctx, "/nowhere.o", &obj) == 0)
		return 1;
	printf("%s: %s\n", BPFELF_VERSION, bpfelf_error(ctx));
	bpfelf_ctx_free(ctx);
	return 0;
}
END

make -s -C "$TOP" install DESTDIR="$T/dest" PREFIX=/usr

export PKG_CONFIG_PATH=$T/dest/usr/lib/pkgconfig
export PKG_CONFIG_SYSROOT_DIR=$T/dest
pc=${PKG_CONFIG:-pkg-config}

# the sysroot in front of the dependencies' -L names nothing, which is fine
$CC -o use-shared use.c $($pc --cflags --libs bpfelf)
out=$(LD_LIBRARY_PATH=$T/dest/usr/lib ./use-shared)
assert_match "$out" '^0\.1\.0: .*nowhere\.o.*No such file'
assert_match "$(readelf -d use-shared)" 'NEEDED.*libbpfelf\.so\.0'

$CC -o use-static use.c $($pc --cflags bpfelf) -Wl,-Bstatic -lbpfelf \
	-L"$T/dest/usr/lib" -Wl,-Bdynamic $($pc --static --libs bpfelf |
	sed 's/-lbpfelf//')
assert_eq "$(./use-static)" "$out"
assert_no_match "$(readelf -d use-static)" 'libbpfelf'

# only our names are visible in the archive: nothing to clash with
names=$(nm -g --defined-only "$T/dest/usr/lib/libbpfelf.a" |
	awk 'NF == 3 { print $3 }' | grep -v '^bpfelf_' || true)
[ -n "${SANITIZED-}" ] || assert_eq "$names" ""

make -s -C "$TOP" uninstall DESTDIR="$T/dest" PREFIX=/usr >uninstall.log
assert_eq "$(find "$T/dest" ! -type d)" "" "left after uninstall"
