/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#define ZLIB_CONST
#include "gunzip.h"

#include <errno.h>
#include <zlib.h>

#define PIECE		16384
#define GZIP_WINDOW	(16 + MAX_WBITS)	/* and no other format */

static int inflate_all(z_stream *z, struct buf *out, size_t max,
		       struct err *err)
{
	size_t before = out->len;
	char *room;
	int r;

	do {
		room = buf_reserve(out, PIECE);
		if (!room)
			return err_sys(err, -ENOMEM, "unpack");
		z->next_out = (Bytef *)room;
		z->avail_out = PIECE;
		r = inflate(z, Z_NO_FLUSH);
		out->len += PIECE - z->avail_out;
		out->data[out->len] = '\0';
		if (out->len - before > max)
			return err_set(err, -EFBIG, "unpacks to more than %zu bytes", max);
	} while (r == Z_OK);
	if (r == Z_MEM_ERROR)
		return err_sys(err, -ENOMEM, "unpack");
	if (r == Z_BUF_ERROR)
		return err_set(err, -EBADMSG, "cut short");
	if (r != Z_STREAM_END)
		return err_set(err, -EBADMSG, "damaged: %s", z->msg ?: "no gzip file");
	return 0;
}

int gunzip(struct buf *out, const void *data, size_t len, size_t max,
	   struct err *err)
{
	z_stream z = { .next_in = data, .avail_in = len };
	int r;

	if (len != z.avail_in)
		return err_sys(err, -EFBIG, "unpack");
	if (inflateInit2(&z, GZIP_WINDOW) != Z_OK)
		return err_sys(err, -ENOMEM, "unpack");
	r = inflate_all(&z, out, max, err);
	inflateEnd(&z);
	return r;
}
