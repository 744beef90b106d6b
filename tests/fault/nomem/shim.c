/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * For LD_PRELOAD: an allocator that fails when it is told to, for the whole
 * process with all its libraries.  Behind it is that of the GNU C library.
 */
#define _GNU_SOURCE		/* MAP_ANONYMOUS, SYS_mmap, dl_iterate_phdr */
#include "shim.h"

#include <dlfcn.h>
#include <errno.h>
#include <execinfo.h>
#include <fcntl.h>
#include <link.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

/* What the C library calls its own. */
void	*__libc_malloc(size_t n);
void	*__libc_calloc(size_t count, size_t n);
void	*__libc_realloc(void *p, size_t n);
void	*__libc_memalign(size_t alignment, size_t n);

void	*reallocarray(void *p, size_t count, size_t n);
void	*memalign(size_t alignment, size_t n);

#define FRAMES_MAX	64
#define FRAMES_INNER	5
#define FILES_MAX	64

/* The program, and each library. */
struct file {
	uintptr_t	from, to;
	uint64_t	name;
	bool		is_openssl, is_own;
};

static struct file files[FILES_MAX];
static size_t file_count;
static struct nomem *page;
static bool looked, begun;
static _Thread_local bool noting;

static void *
map(size_t n, int prot, int flags, int fd, off_t at)
{
	return (void *)(uintptr_t)syscall(SYS_mmap, NULL, n, prot, flags, fd,
	    at);
}

/* The first allocation is made before any constructor. */
static void
page_find(void)
{
	const char *path = getenv(NOMEM_FILE);
	int fd;

	looked = true;
	if (path == NULL)
		return;
	fd = open(path, O_RDWR | O_CLOEXEC);
	if (fd < 0)
		return;
	page = map(sizeof(*page), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (page == MAP_FAILED)
		page = NULL;
	(void)close(fd);
}

/*
 * Places.  dladdr() would do, were it not so slow.
 */

static void
mix(uint64_t *hash, uint64_t value)
{
	*hash = (*hash ^ value) * 0x100000001B3u;
}

static int
file_note(struct dl_phdr_info *info, size_t size, void *user)
{
	struct file *f = &files[file_count];
	uint64_t end;

	(void)size;
	(void)user;
	if (file_count == FILES_MAX)
		return 1;
	*f = (struct file){ .from = info->dlpi_addr };
	for (int i = 0; i < info->dlpi_phnum; i++) {
		end = info->dlpi_addr + info->dlpi_phdr[i].p_vaddr +
		    info->dlpi_phdr[i].p_memsz;
		if (info->dlpi_phdr[i].p_type == PT_LOAD && end > f->to)
			f->to = end;
	}
	for (const char *name = info->dlpi_name; *name != '\0'; name++)
		mix(&f->name, (unsigned char)*name);
	f->is_openssl = strstr(info->dlpi_name, "libcrypto") != NULL;
	f->is_own = f->from <= (uintptr_t)file_note &&
	    (uintptr_t)file_note < f->to;
	file_count++;
	return 0;
}

static const struct file *
file_known(uintptr_t at)
{
	for (size_t i = 0; i < file_count; i++)
		if (files[i].from <= at && at < files[i].to)
			return &files[i];
	return NULL;
}

/* Which file the address lies in; libraries come later, too. */
static const struct file *
file_of(uintptr_t at)
{
	const struct file *f = file_known(at);

	if (f != NULL)
		return f;
	file_count = 0;
	(void)dl_iterate_phdr(file_note, NULL);
	return file_known(at);
}

/* From the allocation outwards; the frames of this file do not count. */
static void
place_find(void *const *frames, int n, struct nomem_place *out)
{
	const struct file *f;
	int inner = 0;
	uint64_t here;

	for (int i = 0; i < n; i++) {
		f = file_of((uintptr_t)frames[i]);
		if (f == NULL || f->is_own)
			continue;
		/* The same in every run, wherever the file is mapped. */
		here = f->name;
		mix(&here, (uintptr_t)frames[i] - f->from);
		if (inner++ < FRAMES_INNER)
			mix(&out->inner, here);
		if (!f->is_openssl)
			mix(&out->ours, here);
	}
}

/* The first backtrace() allocates, and this counts nothing meanwhile. */
static void
place_note(unsigned long call)
{
	void *frames[FRAMES_MAX];

	if (call > NOMEM_CALLS)
		return;
	noting = true;
	place_find(frames, backtrace(frames, FRAMES_MAX),
	    &page->places[call - 1]);
	noting = false;
}

/*
 * Failing.
 */

static bool
fails(void)
{
	unsigned long call;

	if (!looked)
		page_find();
	if (page == NULL || noting || !begun || !page->armed)
		return false;
	call = ++page->calls;
	if (page->note)
		place_note(call);
	if (page->fail_at == 0 || call < page->fail_at ||
	    (call > page->fail_at && !page->from_then_on))
		return false;
	page->failed++;
	errno = ENOMEM;
	return true;
}

/*
 * Before main() allocate the initialisers of libraries, which nobody can call
 * in vain: those of libqpdf and libstdc++ end the process, by std::terminate()
 * for std::bad_alloc.
 */
typedef int main_fn(int argc, char **argv, char **env);
typedef int start_fn(main_fn *main, int argc, char **argv, void (*init)(void),
    void (*fini)(void), void (*rtld_fini)(void), void *stack_end);

start_fn __libc_start_main;

int
__libc_start_main(main_fn *main, int argc, char **argv, void (*init)(void),
    void (*fini)(void), void (*rtld_fini)(void), void *stack_end)
{
	start_fn *next = (start_fn *)(uintptr_t)dlsym(RTLD_NEXT,
	    "__libc_start_main");

	begun = true;
	return next(main, argc, argv, init, fini, rtld_fini, stack_end);
}

void *
malloc(size_t n)
{
	return fails() ? NULL : __libc_malloc(n);
}

void *
calloc(size_t count, size_t n)
{
	return fails() ? NULL : __libc_calloc(count, n);
}

void *
realloc(void *p, size_t n)
{
	return fails() ? NULL : __libc_realloc(p, n);
}

void *
reallocarray(void *p, size_t count, size_t n)
{
	if (n != 0 && count > SIZE_MAX / n) {
		errno = ENOMEM;
		return NULL;
	}
	return fails() ? NULL : __libc_realloc(p, count * n);
}

void *
memalign(size_t alignment, size_t n)
{
	return fails() ? NULL : __libc_memalign(alignment, n);
}

void *
aligned_alloc(size_t alignment, size_t n)
{
	return memalign(alignment, n);
}

int
posix_memalign(void **out, size_t alignment, size_t n)
{
	void *p = memalign(alignment, n);

	if (p == NULL)
		return ENOMEM;
	*out = p;
	return 0;
}

/* Memory only: a mapped file fails for other reasons. */
void *
mmap(void *at, size_t n, int prot, int flags, int fd, off_t offset)
{
	if ((flags & MAP_ANONYMOUS) != 0 && fails())
		return MAP_FAILED;
	return (void *)(uintptr_t)syscall(SYS_mmap, at, n, prot, flags, fd,
	    offset);
}
