/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "handoff.h"

#include <errno.h>

#define VERSION 1

struct message {
	uint16_t version;
	uint16_t maps_cnt;
	char path[HANDOFF_PATH];
	uint32_t hole;
	uint64_t dev, ino;
	struct bpf_elf_map maps[HANDOFF_MAPS];
} __attribute__((packed));

#define HEAD_SIZE offsetof(struct message, maps)

_Static_assert(sizeof(struct message) == HANDOFF_SIZE, "as on the wire");

size_t handoff_write(const struct handoff *handoff, void *bytes)
{
	size_t size = handoff->maps_cnt * sizeof(handoff->maps[0]);
	struct message *msg = bytes;

	memset(msg, 0, HEAD_SIZE);
	msg->version = VERSION;
	msg->maps_cnt = handoff->maps_cnt;
	memcpy(msg->path, handoff->path, strnlen(handoff->path, HANDOFF_PATH - 1));
	msg->dev = handoff->dev;
	msg->ino = handoff->ino;
	memcpy(msg->maps, handoff->maps, size);
	return HEAD_SIZE + size;
}

int handoff_read(struct handoff *handoff, const void *bytes, size_t len,
		 size_t fds_cnt, struct err *err)
{
	const struct message *msg = bytes;
	size_t size;

	memset(handoff, 0, sizeof(*handoff));
	if (len < HEAD_SIZE)
		return err_set(err, -EBADMSG, "%zu bytes are no hand-off, its head alone has %zu",
			       len, HEAD_SIZE);
	if (msg->version != VERSION)
		return err_set(err, -EBADMSG, "version %u of the hand-off, known is %u",
			       msg->version, VERSION);
	size = msg->maps_cnt * sizeof(msg->maps[0]);
	if (msg->maps_cnt > HANDOFF_MAPS || len - HEAD_SIZE < size)
		return err_set(err, -EBADMSG, "%u maps in a hand-off of %zu bytes",
			       msg->maps_cnt, len);
	if (msg->maps_cnt != fds_cnt)
		return err_set(err, -EBADMSG, "%u maps with %zu descriptors",
			       msg->maps_cnt, fds_cnt);
	memcpy(handoff->path, msg->path, strnlen(msg->path, HANDOFF_PATH - 1));
	handoff->dev = msg->dev;
	handoff->ino = msg->ino;
	handoff->maps_cnt = msg->maps_cnt;
	memcpy(handoff->maps, msg->maps, size);
	return 0;
}
