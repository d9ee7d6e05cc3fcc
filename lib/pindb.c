/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "pindb.h"

#include <errno.h>
#include <fcntl.h>
#include <iproute2/bpf_elf.h>

#define MAX_FILE	(1024 * 1024)	/* bytes; who means /dev/zero? */
#define WHITE		" \t\n\v\f\r"

/* compat: iproute2 means to look into /usr/share, too, and never does */
const char *const pindb_files[] = {
	"/etc/iproute2/bpf_pinning",
	"/usr/share/iproute2/bpf_pinning",
	"/usr/lib/iproute2/bpf_pinning",
	NULL,
};

bool pindb_has_to_say(uint32_t pinning)
{
	return pinning != PIN_NONE && pinning != PIN_OBJECT_NS &&
	       pinning != PIN_GLOBAL_NS;
}

/*
 * "NUMBER WORD", what follows is a comment. compat: as scanf() reads "%i %s",
 * with any base of C, a sign, and no need of a blank in between.
 */
static bool parse_line(const char *line, uint32_t *number, const char **word,
		       size_t *len)
{
	long long n;
	char *end;

	errno = 0;
	n = strtoll(line, &end, 0);
	if (end == line || errno || n < INT32_MIN || n > UINT32_MAX)
		return false;
	*number = n;
	*word = end + strspn(end, WHITE);
	*len = strcspn(*word, WHITE);
	return *len > 0;
}

static int add_entry(struct pindb *db, uint32_t number, const char *dir,
		     size_t len)
{
	struct pindb_entry *grown;

	grown = reallocarray(db->entries, db->cnt + 1, sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	db->entries = grown;
	grown[db->cnt] = (struct pindb_entry) { number, strndup(dir, len) };
	if (!grown[db->cnt].dir)
		return -ENOMEM;
	db->cnt++;
	return 1;
}

/* 1, or 0 when nothing more is to be read */
static int read_line(struct pindb *db, const char *line)
{
	const char *word;
	uint32_t number;
	size_t len;

	line += strspn(line, " \t");
	if (!*line || *line == '#')
		return 1;
	if (!parse_line(line, &number, &word, &len)) {
		/* compat: what came before it stays valid */
		buf_addf(&db->notes, "Database %s is corrupted at: %s\n", db->file, line);
		return 0;
	}
	if (pindb_has_to_say(number))
		return add_entry(db, number, word, len);
	buf_addf(&db->notes, "Database %s, id %u is reserved - ignoring!\n",
		 db->file, number);
	return 1;
}

int pindb_parse(struct pindb *db, const char *file, const char *text,
		size_t len, struct err *err)
{
	const char *end = text + len, *next;
	int r = 1;

	db->file = file;
	for (; r > 0 && text < end; text = next + 1) {
		_cleanup_free_ char *line = NULL;

		next = memchr(text, '\n', end - text) ?: end;
		line = strndup(text, next - text);
		r = line ? read_line(db, line) : -ENOMEM;
	}
	if (buf_failed(&db->notes))
		r = -ENOMEM;
	return r < 0 ? err_sys(err, r, "read '%s'", file) : 0;
}

static int read_file(const char *path, struct buf *text)
{
	_cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

	return fd < 0 ? -errno : buf_read(text, fd, MAX_FILE);
}

static bool is_absent(int r)
{
	return r == -ENOENT || r == -ENOTDIR;
}

int pindb_read(struct pindb *db, const char *const *files, struct err *err)
{
	_cleanup_buf_ struct buf text = { 0 };
	int r = -ENOENT;
	size_t i;

	db->file = files[0];
	for (i = 0; files[i] && is_absent(r); i++) {
		r = read_file(files[i], &text);
		buf_addf(&db->searched, "%s'%s'%s", i ? ", " : "", files[i],
			 is_absent(r) ? " (not there)" : "");
	}
	if (buf_failed(&db->searched))
		r = -ENOMEM;
	if (is_absent(r))
		return 0;
	if (r < 0)
		return err_sys(err, r, "read '%s'", files[i - 1]);
	return pindb_parse(db, files[i - 1], text.data, text.len, err);
}

void pindb_free(struct pindb *db)
{
	size_t i;

	for (i = 0; i < db->cnt; i++)
		free(db->entries[i].dir);
	free(db->entries);
	buf_free(&db->searched);
	buf_free(&db->notes);
	memset(db, 0, sizeof(*db));
}

/* compat: of two lines with one number the last counts */
const char *pindb_find(const struct pindb *db, uint32_t number)
{
	size_t i;

	for (i = db->cnt; i > 0; i--)
		if (db->entries[i - 1].number == number)
			return db->entries[i - 1].dir;
	return NULL;
}
