/* Marks memory that nobody may touch, for AddressSanitizer and, in debug
 * builds, for valgrind. What is unpoisoned is undefined; what is revealed is as
 * it was. */
#ifndef TINYGRAD_CORE_POISON_H
#define TINYGRAD_CORE_POISON_H

#if defined(__SANITIZE_ADDRESS__)
#define TG_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define TG_ASAN 1
#endif
#endif

#if defined(TG_ASAN)
#include <sanitizer/asan_interface.h>
#define TG_POISON(p, n) ASAN_POISON_MEMORY_REGION(p, n)
#define TG_UNPOISON(p, n) ASAN_UNPOISON_MEMORY_REGION(p, n)
#define TG_REVEAL(p, n) ASAN_UNPOISON_MEMORY_REGION(p, n)
#define TG_GUARD ((size_t)64)
#elif defined(TG_HAVE_MEMCHECK) && !defined(NDEBUG)
#include <valgrind/memcheck.h>
#define TG_POISON(p, n) (void)VALGRIND_MAKE_MEM_NOACCESS(p, n)
#define TG_UNPOISON(p, n) (void)VALGRIND_MAKE_MEM_UNDEFINED(p, n)
#define TG_REVEAL(p, n) (void)VALGRIND_MAKE_MEM_DEFINED(p, n)
#define TG_GUARD ((size_t)64)
#else
#define TG_POISON(p, n) ((void)(p), (void)(n))
#define TG_UNPOISON(p, n) ((void)(p), (void)(n))
#define TG_REVEAL(p, n) ((void)(p), (void)(n))
#define TG_GUARD ((size_t)0)
#endif

#endif
