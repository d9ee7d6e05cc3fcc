/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* A gzip file in memory, unpacked. The only user of zlib. */
#ifndef BPFELF_GUNZIP_H
#define BPFELF_GUNZIP_H

#include "buf.h"
#include "err.h"

/* Append what @data holds to @out. 0; -EBADMSG damaged or cut short; -EFBIG
 * more than @max bytes; -ENOMEM. */
int gunzip(struct buf *out, const void *data, size_t len, size_t max,
	   struct err *err);

#endif
