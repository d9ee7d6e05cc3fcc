/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "shelf.h"

void shelf_open(struct shelf *shelf, struct kern *k, uint32_t cnt)
{
	const struct kern_map array = {
		.name = "shelf", .type = BPF_MAP_TYPE_PROG_ARRAY,
		.key_size = sizeof(uint32_t), .value_size = sizeof(uint32_t),
		.max_entries = cnt, .inner_fd = -1,
	};

	/* no program has this id: ENOENT for who may ask */
	if (k->ops->prog_by_id(k, 0) != -ENOENT)
		return;
	shelf->array = k->ops->map_create(k, &array);
	if (shelf->array >= 0)
		shelf->kern = k;
}

void shelf_close(struct shelf *shelf)
{
	if (shelf->kern)
		close_fd(shelf->array);
	shelf->kern = NULL;
}

bool shelf_put(struct shelf *shelf, uint32_t place, int fd)
{
	struct kern *k = shelf->kern;

	return k && k->ops->map_update(k, shelf->array, &place, &fd) == 0;
}

int shelf_get(const struct shelf *shelf, uint32_t place)
{
	struct kern *k = shelf->kern;
	uint32_t id;
	int r;

	r = k->ops->map_lookup(k, shelf->array, &place, &id);
	return r < 0 ? r : k->ops->prog_by_id(k, id);
}
