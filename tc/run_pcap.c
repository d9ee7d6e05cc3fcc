/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * Capture files: pcap and pcapng are read, pcap is written. So little of them
 * is wanted, the frames, that a library would cost every start of tc more.
 */
#include <byteswap.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>

#include "err.h"
#include "run.h"

#define MAX_FILE	(1u << 30)
#define SNAPLEN		262144u
#define MAX_INTERFACES	64u
#define LINK_ETHERNET	1

#define MAGIC_USEC	0xa1b2c3d4
#define MAGIC_NSEC	0xa1b23c4d
#define FILE_HEADER	24u	/* magic, version, ..., kind of link at 20 */
#define RECORD_HEADER	16u	/* time, bytes here at 8, bytes on the wire */

#define NG_SECTION	0x0a0d0d0a	/* the same in either byte order */
#define NG_BYTE_ORDER	0x1a2b3c4d
#define NG_INTERFACE	1u
#define NG_PACKET	2u	/* obsolete */
#define NG_SIMPLE	3u
#define NG_ENHANCED	6u

struct capture {
	const char *file;
	struct buf bytes;
	bool swapped;		/* written in the other byte order */
	uint16_t links[MAX_INTERFACES];
	uint32_t snaplens[MAX_INTERFACES];
	unsigned int interfaces;
	struct run_packets *packets;
};

static int complain(const char *file, const char *why)
{
	fprintf(stderr, "Error: capture file '%s': %s\n", file, why);
	return CLI_USAGE;
}

static int cut_short(const struct capture *c)
{
	char why[64];

	snprintf(why, sizeof(why), "it is cut short or damaged after packet %zu",
		 c->packets->cnt);
	return complain(c->file, why);
}

/* the caller has seen that there are four bytes */
static uint32_t u32_at(const struct capture *c, size_t at)
{
	uint32_t value;

	memcpy(&value, c->bytes.data + at, sizeof(value));
	return c->swapped ? bswap_32(value) : value;
}

static uint16_t u16_at(const struct capture *c, size_t at)
{
	uint16_t value;

	memcpy(&value, c->bytes.data + at, sizeof(value));
	return c->swapped ? bswap_16(value) : value;
}

static int add_packet(struct capture *c, uint16_t link, size_t at, uint32_t len)
{
	char why[64];
	int r;

	if (link != LINK_ETHERNET) {
		snprintf(why, sizeof(why), "its packets are of link type %u, not of Ethernet (1)",
			 link);
		return complain(c->file, why);
	}
	r = run_packets_add(c->packets, c->bytes.data + at, len);
	return r < 0 ? complain(c->file, err_str(r)) : 0;
}

/* ---- pcap ---- */

static int read_records(struct capture *c)
{
	uint16_t link = u32_at(c, 20);	/* above: how long the check sums are */
	size_t at = FILE_HEADER;
	uint32_t len;
	int r = 0;

	while (r == 0 && at < c->bytes.len) {
		if (c->bytes.len - at < RECORD_HEADER)
			return cut_short(c);
		len = u32_at(c, at + 8);
		at += RECORD_HEADER;
		if (len > c->bytes.len - at)
			return cut_short(c);
		r = add_packet(c, link, at, len);
		at += len;
	}
	return r;
}

/* ---- pcapng ---- */

/* A section may be of another byte order than the one before it. */
static int begin_section(struct capture *c, size_t at)
{
	c->interfaces = 0;
	if (c->bytes.len - at < 28)
		return cut_short(c);
	c->swapped = false;
	c->swapped = u32_at(c, at + 8) != NG_BYTE_ORDER;
	return u32_at(c, at + 8) == NG_BYTE_ORDER ? 0 : cut_short(c);
}

static int add_interface(struct capture *c, size_t at, size_t len)
{
	if (len < 8)
		return cut_short(c);
	if (c->interfaces == MAX_INTERFACES)
		return complain(c->file, "it is of more than 64 interfaces");
	c->links[c->interfaces] = u16_at(c, at);
	c->snaplens[c->interfaces++] = u32_at(c, at + 4);
	return 0;
}

/* @captured: how many bytes there are of it, @skip behind the block's start */
static int add_of(struct capture *c, uint32_t interface, size_t at, size_t len,
		  size_t skip, uint32_t captured)
{
	if (interface >= c->interfaces || captured > len - skip)
		return cut_short(c);
	return add_packet(c, c->links[interface], at + skip, captured);
}

/* a packet of the first interface, with its length on the wire alone */
static int add_simple(struct capture *c, size_t at, size_t len)
{
	uint32_t captured = u32_at(c, at);

	if (c->interfaces && c->snaplens[0] && captured > c->snaplens[0])
		captured = c->snaplens[0];
	return add_of(c, 0, at, len, 4, captured);
}

/* the @len bytes of a block's body at @at */
static int read_block(struct capture *c, uint32_t type, size_t at, size_t len)
{
	switch (type) {
	case NG_INTERFACE:
		return add_interface(c, at, len);
	case NG_SIMPLE:
		return len < 4 ? cut_short(c) : add_simple(c, at, len);
	case NG_PACKET:
		return len < 20 ? cut_short(c) :
		       add_of(c, u16_at(c, at), at, len, 20, u32_at(c, at + 12));
	case NG_ENHANCED:
		return len < 20 ? cut_short(c) :
		       add_of(c, u32_at(c, at), at, len, 20, u32_at(c, at + 12));
	}
	return 0;	/* names, statistics, ... */
}

static int read_blocks(struct capture *c)
{
	size_t at = 0, left;
	uint32_t type, len;
	int r = 0;

	for (; r == 0 && at < c->bytes.len; at += len) {
		left = c->bytes.len - at;
		type = left < 12 ? 0 : u32_at(c, at);
		if (type == NG_SECTION)
			r = begin_section(c, at);
		if (r)
			return r;
		len = left < 12 ? 0 : u32_at(c, at + 4);
		if (len < 12 || len > left || len % 4)
			return cut_short(c);
		r = read_block(c, type, at + 8, len - 12);
	}
	return r;
}

/* ---- files ---- */

static int load_file(struct capture *c)
{
	_cleanup_close_ int fd = -1;
	int r;

	if (str_eq(c->file, "-"))
		return buf_read(&c->bytes, STDIN_FILENO, MAX_FILE);
	fd = open(c->file, O_RDONLY | O_CLOEXEC);
	r = fd < 0 ? -errno : buf_read(&c->bytes, fd, MAX_FILE);
	return r;
}

static bool is_magic(uint32_t magic)
{
	return magic == MAGIC_USEC || magic == MAGIC_NSEC;
}

static int read_all(struct capture *c)
{
	uint32_t magic = c->bytes.len < FILE_HEADER ? 0 : u32_at(c, 0);

	if (magic == NG_SECTION)
		return read_blocks(c);
	c->swapped = is_magic(bswap_32(magic));
	if (!is_magic(magic) && !c->swapped)
		return complain(c->file, "unknown file format");
	return read_records(c);
}

int run_pcap_read(const char *file, struct run_packets *packets)
{
	struct capture c = { .file = file, .packets = packets };
	int r = load_file(&c);

	r = r < 0 ? complain(file, err_str(r)) : read_all(&c);
	buf_free(&c.bytes);
	if (r)
		return r;
	return packets->cnt ? 0 : complain(file, "there is no packet in it");
}

/* magic, version 2.4, zone, precision, longest packet, kind of link */
static void put_header(struct buf *bytes)
{
	const uint32_t header[] = {
		MAGIC_USEC, __BYTE_ORDER == __LITTLE_ENDIAN ? 2 | 4 << 16 : 2 << 16 | 4,
		0, 0, SNAPLEN, LINK_ETHERNET,
	};

	_Static_assert(sizeof(header) == FILE_HEADER, "as it is read");
	buf_add(bytes, header, sizeof(header));
}

int run_pcap_write(const char *file, const struct run_packets *packets)
{
	_cleanup_buf_ struct buf bytes = { 0 };
	const uint8_t *data;
	uint32_t len, i;

	put_header(&bytes);
	for (i = 0; i < packets->cnt; i++) {
		data = run_packets_get(packets, i, &len);
		/* times in their order, and always the same */
		buf_add(&bytes, (uint32_t[]){ i, 0, len, len }, RECORD_HEADER);
		buf_add(&bytes, data, len);
	}
	if (buf_failed(&bytes))
		return complain(file, err_str(-ENOMEM));
	return run_write(file, bytes.data, bytes.len);
}
